"""What an import changes: the rows of the table compared with what is stored; and what of it cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from rules.imports.entries import Flaw, MemberEntry, Table, UnitEntry
from rules.problems import Problem


@dataclass(frozen=True, slots=True)
class StandingUnit:
    """A unit as it is stored."""

    id: int
    code: str
    name: str
    kind: str
    path: str
    parent: str


@dataclass(frozen=True, slots=True)
class StandingMember:
    """A member as he is stored, with the unit and the roles of today."""

    id: int
    code: str
    name: str
    kind: str
    joined: date | None
    unit: str
    roles: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Standing:
    """What is stored, by code."""

    units: Mapping[str, StandingUnit]
    members: Mapping[str, StandingMember]

    @property
    def top(self) -> str:
        """The code of the unit above all, "" in an empty house."""
        return next((unit.code for unit in self.units.values() if not unit.parent), "")


@dataclass(frozen=True, slots=True)
class Change:
    """What one row changes: `fields` is name → (before, after); a new one has none before."""

    code: str
    name: str
    number: int | None
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def fresh(self) -> bool:
        """Nobody has the code yet."""
        return self.number is None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The rows that can be taken over, in the order they must be, and what each changes; flaws of the others."""

    units: tuple[UnitEntry, ...]
    members: tuple[MemberEntry, ...]
    unit_changes: tuple[Change, ...]
    member_changes: tuple[Change, ...]
    unchanged: int
    flaws: tuple[Flaw, ...]


def compare(table: Table, standing: Standing) -> Comparison:
    """Row by row; a row that leans on a flawed one is flawed itself."""
    if not standing.units:
        return Comparison((), (), (), (), 0, (*table.flaws, Flaw("", 0, "", Problem("no_units"))))
    flaws = list(table.flaws)
    bad = {(flaw.sheet, flaw.row) for flaw in flaws}
    units, more = _placed([entry for entry in table.units if (entry.sheet, entry.row) not in bad], standing)
    flaws += more
    codes = set(standing.units) | {unit.code for unit in units}
    by_name = _names(standing, units)
    members = []
    for entry in table.members:
        if (entry.sheet, entry.row) in bad:
            continue
        known, wrong = _settled(entry, codes, by_name)
        flaws += wrong
        members += [] if wrong else [known]
    kept, wrong = _with_administrators(members, standing)
    unit_changes = [unit_change(entry, standing.units.get(entry.code)) for entry in units]
    member_changes = [member_change(entry, standing.members.get(entry.code)) for entry in kept]
    changed = [change for change in [*unit_changes, *member_changes] if change is not None]
    return Comparison(
        tuple(units),
        tuple(kept),
        tuple(change for change in unit_changes if change is not None),
        tuple(change for change in member_changes if change is not None),
        len(units) + len(kept) - len(changed),
        tuple(sorted([*flaws, *wrong], key=lambda flaw: (flaw.sheet, flaw.row))),
    )


def _placed(entries: Sequence[UnitEntry], standing: Standing) -> tuple[list[UnitEntry], list[Flaw]]:
    """The units, each after its parent; a parent may be named by its code or its name."""
    waiting = {entry.code: _parented(entry, entries, standing) for entry in entries}
    placed: list[UnitEntry] = []
    codes = set(standing.units)
    flaws: list[Flaw] = []
    while True:
        ready = [entry for entry in waiting.values() if not entry.parent or entry.parent in codes]
        if not ready:
            break
        for entry in ready:
            del waiting[entry.code]
            codes.add(entry.code)
            stands = standing.units.get(entry.code)
            if stands is not None and entry.parent not in ("", stands.parent):
                flaws.append(Flaw(entry.sheet, entry.row, "", Problem("unit_moved", {"parent": stands.parent or "—"})))
            else:
                placed.append(entry)
    for entry in waiting.values():
        code = "unit_cycle" if entry.parent in waiting else "unit_unknown"
        flaws.append(Flaw(entry.sheet, entry.row, "", Problem(code, {"unit": entry.parent})))
    return placed, flaws


def _parented(entry: UnitEntry, entries: Sequence[UnitEntry], standing: Standing) -> UnitEntry:
    if entry.code == standing.top and entry.parent in ("", standing.top):
        return replace(entry, parent="")
    if not entry.parent:
        return replace(entry, parent="" if entry.code in standing.units else standing.top)
    return replace(entry, parent=_names(standing, entries).get(entry.parent, entry.parent))


def _names(standing: Standing, entries: Iterable[UnitEntry]) -> dict[str, str]:
    """What a unit may be called → its code: its code, or a name that only one has."""
    named: dict[str, set[str]] = {}
    for stands in standing.units.values():
        named.setdefault(stands.name, set()).add(stands.code)
    for entry in entries:
        named.setdefault(entry.name, set()).add(entry.code)
    found = {name: next(iter(codes)) for name, codes in named.items() if len(codes) == 1}
    return found | {code: code for codes in named.values() for code in codes}


def _settled(entry: MemberEntry, codes: set[str], by_name: Mapping[str, str]) -> tuple[MemberEntry, list[Flaw]]:
    """The row with the codes of its units; a flaw for each unit that is nowhere."""
    roles = None if entry.roles is None else tuple((role, by_name.get(unit, unit)) for role, unit in entry.roles)
    known = replace(entry, unit=by_name.get(entry.unit, entry.unit), roles=roles)
    named = dict.fromkeys([known.unit, *(unit for _, unit in known.roles or ())])
    missing = [unit for unit in named if unit not in codes]
    return known, [Flaw(entry.sheet, entry.row, "", Problem("unit_unknown", {"unit": unit})) for unit in missing]


def _with_administrators(members: list[MemberEntry], standing: Standing) -> tuple[list[MemberEntry], list[Flaw]]:
    """Somebody must be left who administers: rows that take the role from the last one are flawed."""
    held = {code for code, member in standing.members.items() if _administers(member.roles)}
    losing = [
        entry for entry in members if entry.code in held and entry.roles is not None and not _administers(entry.roles)
    ]
    gaining = any(_administers(entry.roles or ()) for entry in members)
    if not losing or gaining or held - {entry.code for entry in losing}:
        return members, []
    flaws = [Flaw(entry.sheet, entry.row, "", Problem("last_administrator")) for entry in losing]
    return [entry for entry in members if entry not in losing], flaws


def _administers(roles: Iterable[tuple[str, str]]) -> bool:
    return any(role == "administrator" for role, _ in roles)


def unit_change(entry: UnitEntry, stands: StandingUnit | None) -> Change | None:
    """What a row changes of a unit, None when nothing."""
    if stands is None:
        return Change(entry.code, entry.name, None)
    pairs = {"name": (stands.name, entry.name), "kind": (stands.kind, entry.kind)}
    fields = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    return Change(entry.code, entry.name, stands.id, fields) if fields else None


def member_change(entry: MemberEntry, stands: StandingMember | None) -> Change | None:
    """What a row changes of a member, None when nothing; an empty cell changes nothing."""
    if stands is None:
        return Change(entry.code, entry.name, None)
    fields = dict(_differing(entry, stands))
    return Change(entry.code, entry.name, stands.id, fields) if fields else None


def _differing(entry: MemberEntry, stands: StandingMember) -> Iterator[tuple[str, tuple[str, str]]]:
    if entry.name != stands.name:
        yield "name", (stands.name, entry.name)
    if entry.kind and entry.kind != stands.kind:
        yield "class", (stands.kind, entry.kind)
    if entry.joined is not None and entry.joined != stands.joined:
        yield "joined", ("" if stands.joined is None else stands.joined.isoformat(), entry.joined.isoformat())
    if entry.unit != stands.unit:
        yield "unit", (stands.unit, entry.unit)
    if entry.roles is not None and set(entry.roles) != stands.roles:
        yield "roles", (roles_text(stands.roles), roles_text(entry.roles))


def roles_text(roles: Iterable[tuple[str, str]]) -> str:
    """Roles as one text: secretary@water-1;officer@water."""
    return ";".join(f"{role}@{unit}" for role, unit in sorted(roles))
