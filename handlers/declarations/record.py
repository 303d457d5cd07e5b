"""The organisation's own entries: additions and deductions, attendance of a meeting, and members' answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from handlers.context import Context, Handler, Refused, refuse
from handlers.declarations.review import allowed
from handlers.ledger.posting import post_lines
from rules.declarations import check_note, check_quantity
from rules.periods import period_of
from rules.schemes import Criterion
from storage import audit, declarations, members, reviews
from storage.ledger import Posted, posted_of_year
from storage.locks import hold_members
from storage.members import Person

PAGE = 10
ONE = Decimal(1)
# purpose → the action of rules.access it needs
ACTIONS = {"meeting": "record", "entry": "record", "behalf": "record", "reverse": "reverse", "invite": "invite"}


@dataclass(frozen=True, slots=True)
class RecordMenu:
    """登记: what the organisation may record."""


@dataclass(frozen=True, slots=True)
class PickMember:
    """Chooses a member of one's units for: entry, behalf, reverse or invite."""

    purpose: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class PickRecord:
    """Chooses a criterion that the organisation records."""

    member: int
    page: int = 0


@dataclass(frozen=True, slots=True)
class RecordEntry:
    """Records one entry for a member: how many, why, and shown before it counts."""

    member: int
    criterion: str
    quantity: Decimal | None = None
    reason: str = ""
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class PickReversal:
    """Chooses the entry of a member to take back."""

    member: int


@dataclass(frozen=True, slots=True)
class Menu:
    """What the organisation may record: purposes of `PickMember`, and "meeting"."""

    purposes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class People:
    """Members to choose from, one page of them."""

    purpose: str
    people: tuple[Person, ...]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Records:
    """Criteria the organisation records, for one member."""

    person: Person
    criteria: tuple[Criterion, ...]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class RecordDraft:
    """An entry before it counts; it asks for the quantity, then for the reason, while they are missing."""

    person: Person
    criterion: Criterion
    quantity: Decimal | None
    points: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was posted; `waiting` lines are one's own and go to another reviewer."""

    criterion: Criterion
    names: tuple[str, ...]
    posted: int
    waiting: int
    points: Decimal | None = None
    quantity: Decimal | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Reversals:
    """A member's entries that could be taken back, newest first."""

    person: Person
    entries: tuple[tuple[Posted, Criterion], ...]


def record_menu(context: Context, _request: RecordMenu) -> Menu | Refused:
    """The menu: what the actor's roles allow of it."""
    allowed_here = tuple(purpose for purpose, action in ACTIONS.items() if context.actor.granted(action))
    return Menu(allowed_here) if allowed_here else refuse("not_recorder")


def pick_member(context: Context, request: PickMember) -> People | Refused:
    """The members in the actor's scope, ten a page."""
    scopes = context.actor.granted(ACTIONS.get(request.purpose, "record"))
    if not scopes:
        return refuse("not_recorder")
    found: dict[int, Person] = {}
    for grant, scope in scopes:
        if scope == "unit":
            some = members.people_of(context.connection, grant.unit, context.today)
        else:
            some = members.people_under(context.connection, grant.path, context.today)
        found |= {person.id: person for person in some}
    people = list(found.values())
    pages = max(1, -(-len(people) // PAGE))
    page = min(max(request.page, 0), pages - 1)
    return People(request.purpose, tuple(people[page * PAGE : (page + 1) * PAGE]), page, pages)


def _for_record(context: Context, member: int, action: str = "record") -> Person | Refused:
    person = context.person(member)
    if person is None or context.actor.may(action, person.unit, person.path) is None:
        return refuse("not_allowed")
    return person


def pick_record(context: Context, request: PickRecord) -> Records | Refused:
    """The organisation's criteria, ten a page; attendance has its own sheet."""
    person = _for_record(context, request.member)
    if isinstance(person, Refused):
        return person
    published = context.scheme_for(person.path)
    if published is None:
        return refuse("no_scheme")
    found = [each for each in published.scheme.recorded_by("organisation") if each.value.attendance is None]
    found.sort(key=lambda each: each.sign != "minus")
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(request.page, 0), pages - 1)
    return Records(person, tuple(found[page * PAGE : (page + 1) * PAGE]), page, pages)


def record_entry(context: Context, request: RecordEntry) -> RecordDraft | Recorded | Refused:
    """Asks for the reason, shows the entry, and posts it when confirmed."""
    person = _for_record(context, request.member)
    if isinstance(person, Refused):
        return person
    published = context.scheme_for(person.path)
    criterion = published.scheme.criteria.get(request.criterion) if published else None
    if published is None or criterion is None or "organisation" not in criterion.by:
        return refuse("criterion_unknown", text=request.criterion)
    quantity = request.quantity or (ONE if criterion.most == 1 else None)
    problems = [*check_quantity(criterion, quantity or ONE), *(check_note(request.reason) if request.reason else ())]
    if problems:
        return Refused(tuple(problems))
    points = criterion.points(quantity or ONE)
    if quantity is None or not request.reason or not request.confirmed:
        return RecordDraft(person, criterion, quantity, points, request.reason)
    row = {"criterion": criterion, "quantity": quantity, "note": request.reason, "points": points}
    posted, waiting = post_own(context, published.id, [(person, row)])
    return Recorded(criterion, (person.name,), posted, waiting, points, quantity)


def post_own(context: Context, version: int, rows: Sequence[tuple[Person, dict[str, Any]]]) -> tuple[int, int]:
    """Makes the lines; the actor decides them at once, except his own, which wait for another reviewer."""
    scheme, period = context.version(version).scheme.scheme, period_of(context.today)
    units = {person.id: person.unit for person, _ in rows}
    hold_members(context.connection, units)
    made = declarations.declarations_for(context.connection, units, scheme, period, context.now)
    same = {
        "version_id": version,
        "period": period,
        "source": "organisation",
        "recorded_by": context.actor.member,
        "batch": 0,
        "state": "submitted",
        "edition": 1,
        "created_at": context.now,
        "submitted_at": context.now,
    }
    numbers = declarations.add_all(
        context.connection,
        [
            {
                **same,
                **row,
                "criterion": row["criterion"].code,
                "declaration_id": made[person.id],
                "member_id": person.id,
                "unit_id": person.unit,
            }
            for person, row in rows
        ],
    )
    lines = declarations.by_ids(context.connection, numbers)
    behalf = allowed(context, list(lines.values()))
    pins = [(number, 1) for number in numbers if number in behalf]
    declarations.change(context.connection, pins, ("submitted",), state="approved", decided_at=context.now)
    reviews.add_reviews(
        context.connection,
        [
            {
                "line_id": number,
                "decision": "record",
                "reviewer_id": context.actor.member,
                "behalf_id": behalf[number],
                "reason": "",
                "at": context.now,
            }
            for number, _ in pins
        ],
    )
    post_lines(context, [lines[number] for number, _ in pins])
    context.audit_all(
        [
            audit.Deed("record", "line", number, {"points": str(lines[number].points)}, behalf.get(number))
            for number in numbers
        ]
    )
    _tell(context, version, rows, numbers)
    return len(pins), len(numbers) - len(pins)


def _tell(context: Context, version: int, rows: Sequence[tuple[Person, dict[str, Any]]], numbers: list[int]) -> None:
    """Everyone hears of an entry about him; mere presence at a meeting is not news."""
    criteria = context.version(version).scheme.criteria
    context.tell_all(
        [
            {
                "member_id": person.id,
                "kind": "entry_recorded",
                "key": f"recorded:{number}",
                "facts": {
                    "line": number,
                    "name": row["criterion"].name,
                    "points": str(row["points"]),
                    "note": row["note"],
                    "attendance": row.get("attendance"),
                    "by": context.actor.name,
                    "clause": criteria[row["criterion"].code].clause,
                },
            }
            for (person, row), number in zip(rows, numbers, strict=True)
            if row.get("attendance") != "present" and person.id != context.actor.member
        ]
    )


def pick_reversal(context: Context, request: PickReversal) -> Reversals | Refused:
    """The newest ten entries of a member that nobody took back yet."""
    person = _for_record(context, request.member, "reverse")
    if isinstance(person, Refused):
        return person
    published = context.scheme_for(person.path)
    if published is None:
        return refuse("no_scheme")
    rows = posted_of_year(context.connection, person.id, published.scheme.scheme, context.today.year)
    back = {row.reverses for row in rows}
    open_rows = [row for row in reversed(rows) if row.reverses is None and row.id not in back]
    shown = [(row, context.version(row.version).scheme.criteria[row.criterion]) for row in open_rows[:PAGE]]
    return Reversals(person, tuple(shown))


REQUESTS: dict[type, Handler] = {
    RecordMenu: record_menu,
    PickMember: pick_member,
    PickRecord: pick_record,
    RecordEntry: record_entry,
    PickReversal: pick_reversal,
}
