"""Whom somebody may give a task to: the units below him by kind, or the members of his branch."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from handlers.context import Context
from rules.access import Grant
from storage import members

CARRIED_BY = {"branch": "secretary", "organisation": "officer", "grid": "grid_lead"}
"""Kind of unit → the role that carries a task given to it."""
MEMBERS = "member"


class Audience(Struct, frozen=True):
    """A choice of whom: units of a kind below `unit`, or (kind member) its members; `chosen` narrows it."""

    unit: int = 0
    kind: str = ""
    chosen: tuple[int, ...] = ()


class Target(Struct, frozen=True):
    """One that a task goes to: a unit, or a member of one; `vacant` when nobody holds the role."""

    unit: int
    member: int | None
    name: str
    vacant: bool = False

    @property
    def number(self) -> int:
        """What a choice calls it."""
        return self.member or self.unit


class Offer(Struct, frozen=True):
    """An audience that can be chosen, and how many it has."""

    unit: int
    unit_name: str
    kind: str
    count: int


def offers(context: Context) -> list[Offer]:
    """Whom the actor may give tasks to: what is nearest to his role first."""
    found: dict[tuple[int, str], Offer] = {}
    for grant, scope in context.actor.granted("give_tasks"):
        below = members.units_under(context.connection, grant.path)
        top = next(unit for unit in below if unit.id == grant.unit)
        if scope == "unit" or top.kind == "branch":
            people = _people(context, grant.unit)
            found[top.id, MEMBERS] = Offer(top.id, top.name, MEMBERS, len(people))
            continue
        for kind in CARRIED_BY:
            count = sum(unit.kind == kind and unit.id != top.id for unit in below)
            if count:
                found[top.id, kind] = Offer(top.id, top.name, kind, count)
    return [offer for offer in found.values() if offer.count]


def grant_of(context: Context, audience: Audience) -> Grant | None:
    """The role by which the actor gives to an audience."""
    held = [grant for grant, _ in context.actor.granted("give_tasks") if grant.unit == audience.unit]
    return min(held, key=lambda grant: grant.behalf is not None, default=None)


def targets(context: Context, audience: Audience, *, everything: bool = False) -> list[Target]:
    """Those of an audience, in the order of the tree or by code; all it could be chosen from with `everything`."""
    grant = grant_of(context, audience)
    if grant is None:
        return []
    people = audience.kind == MEMBERS
    found = _people(context, audience.unit) if people else _units(context, grant, audience.kind)
    return found if everything or not audience.chosen else [each for each in found if each.number in audience.chosen]


def _people(context: Context, unit: int) -> list[Target]:
    """Members of a unit but the actor: nobody gives himself what he then verifies."""
    people: Sequence[members.Person] = members.people_of(context.connection, unit, context.today)
    return [Target(unit, each.id, each.name) for each in people if each.id != context.actor.member]


def _units(context: Context, grant: Grant, kind: str) -> list[Target]:
    if kind not in CARRIED_BY:
        return []
    below = members.units_under(context.connection, grant.path, kind)
    units = [unit for unit in below if unit.id != grant.unit]
    held = members.holders(context.connection, (CARRIED_BY[kind],), [unit.id for unit in units], context.today)
    return [Target(unit.id, None, unit.name, not held[unit.id]) for unit in units]
