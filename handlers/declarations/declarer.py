"""For whom one declares: oneself, or a member of the own branch who cannot."""

from __future__ import annotations

from msgspec import Struct

from handlers.context import Context, Published, Refused, refuse
from storage.locks import hold_members
from storage.members import Person


class Declarer(Struct, frozen=True):
    """For whom one declares, under which scheme."""

    person: Person
    published: Published
    own: bool = True


def subject(context: Context, member: int) -> Declarer | Refused:
    """The person a declaration is for, when the actor may make it."""
    wanted = member or context.actor.member
    hold_members(context.connection, [wanted])
    person = context.person(wanted)
    own = wanted == context.actor.member
    if person is None:
        return refuse("member_unknown")
    if person.unit_kind != "branch":
        return refuse("not_declaring")
    if not own and context.actor.may("record", person.unit, person.path) is None:
        return refuse("not_allowed")
    published = context.scheme_for(person.path)
    return refuse("no_scheme") if published is None else Declarer(person, published, own)
