"""A new house: its units and its first administrator, made in one unit of work while nobody is there yet."""

from __future__ import annotations

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.members import Invitation, Invite, invite
from storage import members
from storage.locks import hold


class NewUnit(Struct, frozen=True):
    """A unit to be made; `parent` is a code, "" for the top."""

    code: str
    kind: str
    name: str
    parent: str


class SetUp(Struct, frozen=True):
    """Makes the units, each after its parent, and the administrator with an invitation drawn before the unit."""

    units: tuple[NewUnit, ...]
    code: str
    name: str
    token: str = ""
    token_hash: str = ""
    pin: str = ""
    pin_hash: str = ""


class FindUnit(Struct, frozen=True):
    """The unit with a code; "" is the one above all."""

    code: str = ""


class FoundUnit(Struct, frozen=True):
    """Its number, name, and where it stands in the tree."""

    unit: int
    name: str
    path: str


def find_unit(context: Context, request: FindUnit) -> FoundUnit | Refused:
    """A code is how the operator names a unit; there is one top."""
    units = members.units_under(context.connection, "/")
    found = [unit for unit in units if (unit.code == request.code if request.code else unit.parent is None)]
    if request.code and not found:
        return refuse("no_such_unit", unit=request.code)
    if not found:
        return refuse("no_units")
    return FoundUnit(found[0].id, found[0].name, found[0].path)


def set_up(context: Context, request: SetUp) -> Invitation | Refused:
    """A folder that holds people is left as it is."""
    if context.actor.may("install", 0, "/") is None:
        return refuse("not_allowed")
    hold(context.connection, "set_up")
    if not members.is_empty(context.connection):
        return refuse("people_already")
    made: dict[str, tuple[int, str]] = {}
    for unit in request.units:
        parent, above = made.get(unit.parent, (None, "/"))
        values = {"code": unit.code, "parent_id": parent, "kind": unit.kind, "name": unit.name, "path": above}
        number = members.insert(context.connection, members.unit, values)
        made[unit.code] = number, f"{above}{number}/"
        members.set_path(context.connection, *made[unit.code])
    top, _ = made[request.units[0].code]
    person = members.insert(
        context.connection, members.member, {"code": request.code, "name": request.name, "class": "full"}
    )
    since = {"member_id": person, "unit_id": top, "from_on": context.today}
    members.insert(context.connection, members.membership, since)
    members.insert(context.connection, members.role, since | {"role": "administrator"})
    context.audit("set_up", "member", person, units=len(made))
    return invite(context, Invite(person, request.token, request.token_hash, request.pin, request.pin_hash))


REQUESTS: dict[type, Handler] = {SetUp: set_up, FindUnit: find_unit}
