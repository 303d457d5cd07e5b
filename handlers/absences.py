"""离岗: reminders wait while somebody is away, and who stands in for him hears what is due; deadlines do not move."""

from __future__ import annotations

from datetime import date, timedelta

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.needed import judged
from handlers.periods import Ran
from rules.days import day_typed
from rules.notices import GATHER_AT
from storage import absences, digests, lists, members, outbox, people
from storage.absences import Absence
from storage.locks import hold_members
from storage.members import Person
from storage.outbox import NoticeRow

LONGEST = timedelta(days=366)
SHOWN = 7
TOLD = 10
STOOD_IN = (
    "review_pending",
    "task_issued",
    "task_due",
    "task_overdue",
    "task_escalated",
    "task_still",
    "task_reported",
    "more_time_asked",
)
"""What somebody who stands in can do something about; a declaration everybody makes himself."""


class AskAway(Struct, frozen=True):
    """离岗: asks until which day, or shows how it stands."""


class WriteAway(Struct, frozen=True):
    """A last day for oneself, or the name of a member one looks after with it: "三天", "李明 12月5日"."""

    text: str


class AwayUntil(Struct, frozen=True):
    """The last day, as typed; `member` 0 is the actor."""

    text: str
    member: int = 0


class GoAway(Struct, frozen=True):
    """Begins an absence today; `deputy` 0 for nobody."""

    until: date
    member: int = 0
    deputy: int = 0


class NameStandIn(Struct, frozen=True):
    """The same with the name or code of who stands in."""

    until: date
    text: str
    member: int = 0


class ComeBack(Struct, frozen=True):
    """销假: ends an absence now."""

    member: int = 0


class TellDeputies(Struct, frozen=True):
    """Tells who stands in for somebody what is due for him, when something new waits."""


class WhenBack(Struct, frozen=True):
    """The last day is asked for; `name` is "" for oneself."""

    member: int
    name: str


class StandIns(Struct, frozen=True):
    """Who might stand in until a day: number and name."""

    until: date
    member: int
    name: str
    people: tuple[tuple[int, str], ...]


class AwayNow(Struct, frozen=True):
    """An absence as it holds; `fresh` when it has just begun, `own` when it is the actor's."""

    row: Absence
    own: bool
    fresh: bool


class BackNow(Struct, frozen=True):
    """An absence is over."""

    name: str
    own: bool


def ask_away(context: Context, _request: AskAway) -> WhenBack | AwayNow:
    """Who is away sees until when."""
    row = absences.current(context.connection, context.actor.member, context.today)
    return WhenBack(0, "") if row is None else AwayNow(row, own=True, fresh=False)


def _whose(context: Context, member: int) -> Person | Refused:
    """The member an absence is recorded for: oneself, or one whom the actor looks after."""
    person = context.person(member or context.actor.member)
    if person is None:
        return refuse("absent")
    if person.id != context.actor.member and context.actor.may("record_absence", person.unit, person.path) is None:
        return refuse("not_allowed")
    return person


def write_away(context: Context, request: WriteAway) -> StandIns | WhenBack | Refused:
    """A text that is no day begins with a name."""
    if _last_day(context, request.text) is not None:
        return away_until(context, AwayUntil(request.text))
    name, _, day = request.text.strip().partition(" ")
    reach = context.actor.reach("record_absence")
    numbers = lists.find_members(context.connection, name, SHOWN) if reach and name else []
    known = [person for number in numbers if (person := context.person(number)) is not None]
    found = [each for each in known if reach.covers(each.unit, each.path) and name in (each.name, each.code)]
    if len(found) != 1:
        return refuse("away_unclear", text=request.text) if reach else refuse("away_day_unclear", text=request.text)
    return away_until(context, AwayUntil(day, found[0].id)) if day.strip() else WhenBack(found[0].id, found[0].name)


def _last_day(context: Context, text: str) -> date | None:
    """Three days are today and two more."""
    return day_typed(text, context.today, context.today - timedelta(days=1))


def away_until(context: Context, request: AwayUntil) -> StandIns | Refused:
    """A day from today on, within a year."""
    person = _whose(context, request.member)
    if isinstance(person, Refused):
        return person
    until = _last_day(context, request.text)
    if until is None:
        return refuse("away_day_unclear", text=request.text)
    if not context.today <= until <= context.today + LONGEST:
        return refuse("away_day_out", most=LONGEST.days)
    deputies = {row.other: row.other_name for row in people.deputies_of(context.connection, person.id) if row.own}
    others = {each.id: each.name for each in members.people_of(context.connection, person.unit, context.today)}
    shown = [(number, name) for number, name in (deputies | others).items() if number != person.id]
    return StandIns(until, request.member, "" if not request.member else person.name, tuple(shown[:SHOWN]))


def name_stand_in(context: Context, request: NameStandIn) -> AwayNow | Refused:
    """By name or code."""
    text = request.text.strip()
    found = [each for each in _possible(context, request.member) if text in each]
    if len(found) != 1:
        return refuse("stand_in_unknown", text=text)
    return go_away(context, GoAway(request.until, request.member, found[0][0]))


def _possible(context: Context, member: int) -> list[tuple[int, str, str]]:
    """Who may stand in: his branch and his deputies, each with number, name and code."""
    person = _whose(context, member)
    if isinstance(person, Refused):
        return []
    branch = members.people_of(context.connection, person.unit, context.today)
    deputies = [row for row in people.deputies_of(context.connection, person.id) if row.own]
    found = {each.id: (each.id, each.name, each.code) for each in branch}
    found |= {row.other: (row.other, row.other_name, "") for row in deputies if row.other not in found}
    return [each for number, each in found.items() if number != person.id]


def go_away(context: Context, request: GoAway) -> AwayNow | Refused:
    """An absence that overlaps another takes its place."""
    person = _whose(context, request.member)
    if isinstance(person, Refused):
        return person
    if not context.today <= request.until <= context.today + LONGEST:
        return refuse("away_day_out", most=LONGEST.days)
    if request.deputy and request.deputy not in {number for number, _, _ in _possible(context, request.member)}:
        return refuse("stand_in_unknown", text="")
    hold_members(context.connection, [person.id])
    values = {
        "member_id": person.id,
        "from_on": context.today,
        "until_on": request.until,
        "deputy_id": request.deputy or None,
        "made_at": context.now,
    }
    number = absences.begin(context.connection, values)
    context.audit(
        "go_away", "member", person.id, number=number, until=request.until.isoformat(), deputy=request.deputy or None
    )
    own = person.id == context.actor.member
    facts = {"name": person.name, "until": request.until.isoformat()}
    if request.deputy:
        context.tell(request.deputy, "stand_in_named", f"stand-in:{number}", facts)
    if not own:
        facts["by"] = context.actor.name
        context.tell(person.id, "away_recorded", f"away-recorded:{number}", facts)
    row = absences.current(context.connection, person.id, context.today)
    return refuse("absent") if row is None else AwayNow(row, own, fresh=True)


def come_back(context: Context, request: ComeBack) -> BackNow | Refused:
    """What waited is told in the next digest."""
    person = _whose(context, request.member)
    if isinstance(person, Refused):
        return person
    hold_members(context.connection, [person.id])
    row = absences.current(context.connection, person.id, context.today)
    if row is None:
        return refuse("not_away")
    absences.end(context.connection, row.id, context.now)
    context.audit("come_back", "member", person.id, number=row.id)
    return BackNow(person.name, person.id == context.actor.member)


def tell_deputies(context: Context, _request: TellDeputies) -> Ran:
    """From 06:30 on, so that it stands in the digest of the day."""
    if context.now.astimezone(context.house.zone).time() < GATHER_AT:
        return Ran(0)
    outbox.hold_waiting(context.connection)
    away = absences.stood_in_for(context.connection, context.today)
    waiting = digests.waiting_of(context.connection, {row.member for row in away}, STOOD_IN)
    gone = judged(context, waiting).gone
    by_member: dict[int, list[NoticeRow]] = {}
    for notice in waiting:
        if notice.id not in gone:
            by_member.setdefault(notice.member, []).append(notice)
    rows = [
        {
            "member_id": row.deputy,
            "kind": "away_waiting",
            "key": f"away:{row.id}:{some[-1].id}",
            "facts": {
                "absence": row.id,
                "name": row.name,
                "until": row.until_on.isoformat(),
                "count": len(some),
                "waiting": [[notice.kind, notice.facts] for notice in some[-TOLD:]],
            },
        }
        for row in away
        if (some := by_member.get(row.member))
    ]
    context.tell_all(rows)
    return Ran(len(rows))


REQUESTS: dict[type, Handler] = {
    AskAway: ask_away,
    WriteAway: write_away,
    AwayUntil: away_until,
    GoAway: go_away,
    NameStandIn: name_stand_in,
    ComeBack: come_back,
    TellDeputies: tell_deputies,
}
