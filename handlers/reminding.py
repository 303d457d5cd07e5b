"""How somebody wants to be reminded, and what his unit demands: hour of the digest, muted kinds, compulsory ones."""

from __future__ import annotations

import re
from datetime import time

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.signin import Done
from rules.reminding import BY_TEXT, MUTABLE, Wish, demanded, nearest_hour
from storage import absences, digests, members
from storage.locks import hold_members

TYPED = re.compile(r"(\d{1,2})(?:[:：点时]([03]0|半)?分?)?")


class ReminderSettings(Struct, frozen=True):
    """提醒设置: the hour of one's digest, and which reminders one gets."""


class SetMute(Struct, frozen=True):
    """Mutes a kind of reminder, or is told of it again."""

    kind: str
    muted: bool


class ChooseHour(Struct, frozen=True):
    """Asks for the hour of the digest."""


class SetHour(Struct, frozen=True):
    """The hour as typed, "08:30"; "" is that of one's unit."""

    text: str = ""


class Reminding(Struct, frozen=True):
    """The hour, whether it is one's own, and kind → whether it is muted and which unit demands it."""

    hour: str
    own: bool
    kinds: tuple[tuple[str, bool, str], ...]


class Hours(Struct, frozen=True):
    """The hour is asked for; `hour` is the present one."""

    hour: str
    own: bool


class ListWishes(Struct, frozen=True):
    """What the actor's units want of reminders."""


class SetWish(Struct, frozen=True):
    """What a unit wants for itself and all below it: the hour "" as above, and kinds nobody may mute."""

    unit: int
    digest_at: str
    compulsory: tuple[str, ...] = ()


class UnitWish(Struct, frozen=True):
    """A unit of the actor's with what it wants; `hour` is the one that holds there."""

    unit: int
    wish: Wish
    hour: str


class Wishes(Struct, frozen=True):
    """The actor's units."""

    rows: tuple[UnitWish, ...]


def settings(context: Context, _request: ReminderSettings) -> Reminding:
    """As it holds now."""
    member, path = context.actor.member, context.actor.path
    wishes, muted = digests.wishes(context.connection), absences.mutes_of(context.connection, member)
    own = absences.hour_of(context.connection, member)
    required = {kind: demanded(kind, path, wishes) for kind in MUTABLE}
    kinds = tuple((kind, kind in muted, wish.name if (wish := required[kind]) else "") for kind in MUTABLE)
    return Reminding(f"{nearest_hour(own, path, wishes):%H:%M}", bool(own), kinds)


def set_mute(context: Context, request: SetMute) -> Reminding | Refused:
    """What a unit above demands cannot be muted."""
    if request.kind not in MUTABLE:
        return refuse("not_mutable")
    by = demanded(request.kind, context.actor.path, digests.wishes(context.connection))
    if request.muted and by is not None:
        return refuse("mute_forbidden", unit=by.name)
    hold_members(context.connection, [context.actor.member])
    since = context.now if request.muted else None
    absences.set_mute(context.connection, context.actor.member, request.kind, since)
    context.audit("mute" if request.muted else "unmute", "member", context.actor.member, kind=request.kind)
    return settings(context, ReminderSettings())


def choose_hour(context: Context, _request: ChooseHour) -> Hours:
    """Asks for it."""
    now = settings(context, ReminderSettings())
    return Hours(now.hour, now.own)


def set_hour(context: Context, request: SetHour) -> Reminding | Refused:
    """A half hour within waking hours."""
    wanted = typed_hour(request.text)
    if wanted is None:
        return refuse("hour_unclear", text=request.text)
    hold_members(context.connection, [context.actor.member])
    absences.wish(context.connection, {"member_id": context.actor.member}, wanted)
    context.audit("digest_hour", "member", context.actor.member, hour=wanted)
    return settings(context, ReminderSettings())


def typed_hour(text: str) -> str | None:
    """08:30, 8:30, 8点半 or 8点 as "08:30"; "" stays; None for what is no hour of a digest."""
    if not text.strip():
        return ""
    found = TYPED.fullmatch(text.strip())
    if found is None or int(found[1]) > 23:
        return None
    minute = 30 if found[2] in ("30", "半") else 0
    hour = f"{time(int(found[1]), minute):%H:%M}"
    return hour if hour in BY_TEXT else None


def list_wishes(context: Context, _request: ListWishes) -> Wishes:
    """The units of the roles by which the actor may set them."""
    numbers = {grant.unit for grant, _ in context.actor.granted("set_reminding")}
    wishes = digests.wishes(context.connection)
    known = {wish.path: wish for wish in wishes}
    units = sorted(members.units_by_ids(context.connection, numbers).values(), key=lambda unit: unit.path)
    hours = {unit.id: f"{nearest_hour('', unit.path, wishes):%H:%M}" for unit in units}
    own = {unit.id: known.get(unit.path, Wish(unit.path, unit.name)) for unit in units}
    return Wishes(tuple(UnitWish(unit.id, own[unit.id], hours[unit.id]) for unit in units))


def set_wish(context: Context, request: SetWish) -> Done | Refused:
    """For the unit and all below it, from the next digest on."""
    unit = members.units_by_ids(context.connection, [request.unit]).get(request.unit)
    grant = None if unit is None else context.actor.may("set_reminding", unit.id, unit.path)
    if unit is None or grant is None:
        return refuse("not_allowed")
    if request.digest_at and request.digest_at not in BY_TEXT:
        return refuse("hour_unclear", text=request.digest_at)
    if not set(request.compulsory) <= set(MUTABLE):
        return refuse("not_mutable")
    absences.wish(context.connection, {"unit_id": unit.id}, request.digest_at, request.compulsory)
    facts = {"hour": request.digest_at, "compulsory": list(request.compulsory)}
    context.audit("unit_reminding", "unit", unit.id, grant.behalf, **facts)
    return Done()


REQUESTS: dict[type, Handler] = {
    ReminderSettings: settings,
    SetMute: set_mute,
    ChooseHour: choose_hour,
    SetHour: set_hour,
    ListWishes: list_wishes,
    SetWish: set_wish,
}
