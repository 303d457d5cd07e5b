"""The invented city: a committee, six grids, their organisations with about four branches each, who holds what."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from msgspec import Struct

from handlers.members import WEBCHAT, address_of
from storage import members, schemes
from storage.engine import Connection

GRIDS, ORGANISATIONS, BRANCHES = 6, 97, 400
SCHEME = Path(__file__).with_name("scheme.yaml").read_text("utf-8")
PLAN = Path(__file__).with_name("plan.yaml").read_text("utf-8")
LONG_AGO = date(2000, 1, 1)


class Size(Struct, frozen=True):
    """How large the city is."""

    members: int
    organisations: int = ORGANISATIONS
    branches: int = BRANCHES


class City(Struct, frozen=True):
    """Numbers: the committee's unit and its official, (unit, role) → who holds it, branch → its members."""

    top: int
    official: int
    holders: dict[tuple[int, str], int]
    branches: dict[int, list[int]]


def found(connection: Connection, size: Size, year: int, now: datetime) -> City:
    """Builds it; the members belong to their branches during one year, secretaries to their organisation."""
    builder = _Builder(connection, now)
    top, path = builder.unit("city", "committee", None, "/", "滨湖市直机关工委")
    official = builder.person("official", "工委干部", top, "committee", top)
    builder.person("admin", "系统管理员", top, "administrator", top)
    grids = [builder.unit(f"g{n}", "grid", top, path, f"第{n + 1}责任区") for n in range(GRIDS)]
    organisations = []
    for number, grid in enumerate(grids):
        builder.person(f"l{number}", f"联系领导{number + 1}", grid[0], "grid_lead", grid[0])
    for number in range(size.organisations):
        above = grids[number % GRIDS]
        organisation = builder.unit(f"o{number}", "organisation", *above, f"第{number + 1}机关党委")
        builder.person(f"f{number}", f"专干{number + 1}", organisation[0], "officer", organisation[0])
        organisations.append(organisation)
    branches: dict[int, list[int]] = {}
    for number in range(size.branches):
        above = organisations[number % size.organisations]
        branch, _ = builder.unit(f"b{number}", "branch", *above, f"第{number + 1}党支部")
        builder.person(f"s{number}", f"书记{number + 1}", above[0], "secretary", branch)
        branches[branch] = []
    numbers = sorted(branches)
    for number in range(size.members):
        branch = numbers[number % len(numbers)]
        branches[branch].append(builder.person(f"m{number}", f"成员{number + 1}", branch, "", branch, year))
    version = {"scheme": "city", "version": "1", "unit_id": top, "text": SCHEME, "text_hash": "", "initials": {}}
    schemes.add_version(connection, {**version, "from_on": LONG_AGO, "published_at": now})
    return City(top, official, builder.holders, branches)


class _Builder:
    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self.holders: dict[tuple[int, str], int] = {}

    def unit(self, code: str, kind: str, parent: int | None, above: str, name: str) -> tuple[int, str]:
        values = {"code": code, "kind": kind, "name": name, "parent_id": parent, "path": above}
        number = members.insert(self._connection, members.unit, values)
        path = f"{above}{number}/"
        members.set_path(self._connection, number, path)
        return number, path

    def person(self, code: str, name: str, unit: int, role: str, at: int, year: int = 0) -> int:
        """Somebody of a unit who holds a role at one; with a year, only during it."""
        number = members.insert(self._connection, members.member, {"code": code, "name": name, "class": "full"})
        since = {"from_on": date(year, 1, 1), "until_on": date(year, 12, 31)} if year else {"from_on": LONG_AGO}
        members.insert(self._connection, members.membership, {"member_id": number, "unit_id": unit, **since})
        if role:
            held = {"member_id": number, "role": role, "unit_id": at, "from_on": LONG_AGO}
            members.insert(self._connection, members.role, held)
            self.holders[at, role] = number
        members.bind(self._connection, WEBCHAT, address_of(number), number, self._now)
        return number
