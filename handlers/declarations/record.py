"""The organisation's own entries: additions and deductions, attendance of a meeting, and members' answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from handlers import ledger
from handlers.context import Context, Refused, refuse
from handlers.declarations.review import allowed
from handlers.declarations.view import LineView, views
from rules.declarations import check_note, check_quantity
from rules.periods import period_of
from rules.schemes import ATTENDANCE, Criterion
from storage import audit, declarations, members
from storage.ledger import Posted, posted_of_year
from storage.members import Person

PAGE = 10
ONE = Decimal(1)
Marks = tuple[tuple[int, str], ...]


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
    """Records one entry for a member; the reason is asked when it is missing, and shown before it counts."""

    member: int
    criterion: str
    reason: str = ""
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class MeetingMenu:
    """Chooses the kind of meeting whose attendance is recorded."""


@dataclass(frozen=True, slots=True)
class Attendance:
    """The attendance sheet: everybody present but those marked; `words` marks more of them."""

    criterion: str
    marks: Marks = ()
    words: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RecordAttendance:
    """Posts a whole meeting."""

    criterion: str
    marks: Marks
    on: date


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
    """An entry before it counts; without a reason it asks for one."""

    person: Person
    criterion: Criterion
    points: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Meetings:
    """The kinds of meeting."""

    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The attendance sheet of a meeting today."""

    criterion: Criterion
    unit_name: str
    on: date
    people: tuple[tuple[Person, str], ...]
    marks: Marks


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
    found = [person for unit in sorted(set(units)) for person in members.people_of(context.connection, unit, context.today)]
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
    problems = [*check_quantity(criterion, ONE), *(check_note(request.reason) if request.reason else ())]
    if problems:
        return Refused(tuple(problems))
    points = criterion.points(ONE)
    if not request.reason or not request.confirmed:
        return RecordDraft(person, criterion, points, request.reason)
    row = {"criterion": criterion, "note": request.reason, "attendance": None, "points": points, "key": None}
    posted, waiting = _post(context, published.id, [(person, row)])
    return Recorded(criterion, (person.name,), posted, waiting, points)


def meeting_menu(context: Context, _request: MeetingMenu) -> Meetings | Refused:
    """The kinds of meeting of the branch's scheme."""
    units = [grant for grant, _ in context.actor.granted("record")]
    published = context.scheme_for(units[0].path) if units else None
    if published is None:
        return refuse("not_recorder")
    found = published.scheme.recorded_by("organisation")
    return Meetings(tuple(each for each in found if each.value.attendance is not None))


def attendance(context: Context, request: Attendance) -> Sheet | Refused:
    """The sheet with what is marked so far."""
    units = [grant for grant, _ in context.actor.granted("record")]
    published = context.scheme_for(units[0].path) if units else None
    if published is None:
        return refuse("not_recorder")
    criterion = published.scheme.criteria.get(request.criterion)
    if criterion is None or criterion.value.attendance is None:
        return refuse("criterion_unknown", text=request.criterion)
    people = members.people_of(context.connection, units[0].unit, context.today)
    marks = dict(request.marks)
    for number, state in request.words:
        if not 1 <= number <= len(people) or state not in ATTENDANCE:
            return refuse("number_not_shown", numbers=number, most=len(people))
        marks[people[number - 1].id] = state
    kept = tuple((member, state) for member, state in marks.items() if state != "present")
    sheet = tuple((person, marks.get(person.id, "present")) for person in people)
    return Sheet(criterion, people[0].unit_name if people else "", context.today, sheet, kept)


def record_attendance(context: Context, request: RecordAttendance) -> Recorded | Refused:
    """One line for each member of the branch; a meeting is recorded once a day."""
    sheet = attendance(context, Attendance(request.criterion, request.marks))
    if isinstance(sheet, Refused):
        return sheet
    unit = sheet.people[0][0].unit
    key = f"meeting:{unit}:{request.criterion}:{request.on.isoformat()}"
    keys = [f"{key}:{person.id}" for person, _ in sheet.people]
    if any(declarations.key_exists(context.connection, each) for each in keys):
        return refuse("meeting_recorded", name=sheet.criterion.name, on=request.on)
    published = context.scheme_for(sheet.people[0][0].path)
    if published is None:
        return refuse("no_scheme")
    rows = [
        (person, {
            "criterion": sheet.criterion, "note": request.on.isoformat(), "attendance": state,
            "points": sheet.criterion.points(ONE, state), "key": each,
        })
        for (person, state), each in zip(sheet.people, keys, strict=True)
    ]
    posted, waiting = _post(context, published.id, rows)
    marked = tuple(person.name for person, state in sheet.people if state != "present")
    return Recorded(sheet.criterion, marked, posted, waiting, on=request.on)


def _post(context: Context, version: int, rows: Sequence[tuple[Person, dict[str, Any]]]) -> tuple[int, int]:
    """Makes the lines; the actor decides them at once, except his own, which wait for another reviewer."""
    scheme, period = context.version(version).scheme.scheme, period_of(context.today)
    numbers = []
    for person, row in rows:
        declaration = declarations.declaration_for(
            context.connection, person.id, person.unit, scheme, period, context.now
        )
        numbers.append(declarations.add(context.connection, {
            **row, "criterion": row["criterion"].code, "declaration_id": declaration, "member_id": person.id,
            "unit_id": person.unit, "version_id": version, "period": period, "quantity": ONE,
            "source": "organisation", "recorded_by": context.actor.member, "batch": 0, "state": "submitted",
            "edition": 1, "created_at": context.now, "submitted_at": context.now,
        }))
    lines = declarations.by_ids(context.connection, numbers)
    behalf = allowed(context, list(lines.values()))
    pins = [(number, 1) for number in numbers if number in behalf]
    declarations.change(context.connection, pins, ("submitted",), state="approved", decided_at=context.now)
    declarations.add_reviews(context.connection, [
        {
            "line_id": number, "decision": "record", "reviewer_id": context.actor.member,
            "behalf_id": behalf[number], "reason": "", "at": context.now,
        }
        for number, _ in pins
    ])
    ledger.post_lines(context, [lines[number] for number, _ in pins])
    context.audit_all([
        audit.Deed("record", "line", number, {"points": str(lines[number].points)}, behalf.get(number))
        for number in numbers
    ])
    _tell(context, version, rows, numbers)
    return len(pins), len(numbers) - len(pins)


def _tell(context: Context, version: int, rows: Sequence[tuple[Person, dict[str, Any]]], numbers: list[int]) -> None:
    """Everyone hears of an entry about him; mere presence at a meeting is not news."""
    criteria = context.version(version).scheme.criteria
    context.tell_all([
        {
            "member_id": person.id, "kind": "entry_recorded", "key": f"recorded:{number}",
            "facts": {
                "line": number, "name": row["criterion"].name, "points": str(row["points"]), "note": row["note"],
                "attendance": row["attendance"], "by": context.actor.name,
                "clause": criteria[row["criterion"].code].clause,
            },
        }
        for (person, row), number in zip(rows, numbers, strict=True)
        if row["attendance"] != "present" and person.id != context.actor.member
    ])


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


REQUESTS = {
    RecordMenu: record_menu, PickMember: pick_member, PickRecord: pick_record, RecordEntry: record_entry,
    MeetingMenu: meeting_menu, Attendance: attendance, RecordAttendance: record_attendance, Answer: answer,
    PickReversal: pick_reversal,
}
