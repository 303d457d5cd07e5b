"""The organisation's own entries: additions and deductions, attendance of a meeting, and members' answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from handlers.context import Context, Handler, Refused, refuse
from handlers.declarations.review import allowed
from handlers.declarations.view import LineView, views
from handlers.ledger.posting import post_lines
from rules.declarations import check_note, check_quantity
from rules.periods import period_of
from rules.schemes import Criterion
from storage import audit, declarations, members
from storage.ledger import Posted, posted_of_year
from storage.members import Person

PAGE = 10
ONE = Decimal(1)


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
class Answer:
    """The member's word on an entry the organisation made."""

    line: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class PickReversal:
    """Chooses the entry of a member to take back."""

    member: int


@dataclass(frozen=True, slots=True)
class Menu:
    """What the organisation may record."""


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
    on: date | None = None


@dataclass(frozen=True, slots=True)
class AnswerQuestion:
    """What does the member want to say about this entry?"""

    line: LineView


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer reached the one who made the entry."""

    to: str


@dataclass(frozen=True, slots=True)
class Reversals:
    """A member's entries that could be taken back, newest first."""

    person: Person
    entries: tuple[tuple[Posted, Criterion], ...]


def record_menu(context: Context, _request: RecordMenu) -> Menu | Refused:
    """The menu, for those who may record."""
    return Menu() if context.actor.granted("record") else refuse("not_recorder")


def pick_member(context: Context, request: PickMember) -> People | Refused:
    """The members of the units the actor records for, ten a page."""
    action = "invite" if request.purpose == "invite" else "record"
    units = [grant.unit for grant, _ in context.actor.granted(action)]
    if not units:
        return refuse("not_recorder")
    found = [
        person for unit in sorted(set(units)) for person in members.people_of(context.connection, unit, context.today)
    ]
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(request.page, 0), pages - 1)
    return People(request.purpose, tuple(found[page * PAGE : (page + 1) * PAGE]), page, pages)


def _for_record(context: Context, member: int) -> Person | Refused:
    person = members.person(context.connection, member, context.today)
    if person is None or context.actor.may("record", person.unit, person.path) is None:
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
    return Recorded(criterion, (person.name,), posted, waiting, points)


def post_own(context: Context, version: int, rows: Sequence[tuple[Person, dict[str, Any]]]) -> tuple[int, int]:
    """Makes the lines; the actor decides them at once, except his own, which wait for another reviewer."""
    scheme, period = context.version(version).scheme.scheme, period_of(context.today)
    units = {person.id: person.unit for person, _ in rows}
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
    declarations.add_reviews(
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


def answer(context: Context, request: Answer) -> AnswerQuestion | Answered | Refused:
    """Keeps the member's word with the line and passes it on."""
    line = declarations.by_ids(context.connection, [request.line]).get(request.line)
    if line is None or line.member != context.actor.member:
        return refuse("line_unknown")
    shown = views(context, [line])[0]
    if not request.text:
        return AnswerQuestion(shown)
    problems = check_note(request.text)
    if problems:
        return Refused(tuple(problems))
    declarations.add_remark(context.connection, line.id, context.actor.member, request.text, context.now)
    context.audit("answer", "line", line.id)
    facts = {"name": shown.criterion.name, "by": context.actor.name, "text": request.text, "points": str(line.points)}
    key = f"answer:{line.id}:{int(context.now.timestamp() * 1000)}"
    context.tell(line.recorded_by, "member_answered", key, facts)
    return Answered(members.names(context.connection, [line.recorded_by])[line.recorded_by])


def pick_reversal(context: Context, request: PickReversal) -> Reversals | Refused:
    """The newest ten entries of a member that nobody took back yet."""
    person = _for_record(context, request.member)
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
    Answer: answer,
    PickReversal: pick_reversal,
}
