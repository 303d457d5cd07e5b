"""Attendance of a whole meeting in one action: everybody present but those marked."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.declarations.recording import ONE, Recorded, post_own
from rules.schemes import ATTENDANCE, Criterion
from rules.scoring.worth import worth_of
from storage import declarations, members
from storage.ledger import posted_by_id, reversal_of
from storage.locks import hold_members
from storage.members import Person

Marks = tuple[tuple[int, str], ...]


class MeetingMenu(Struct, frozen=True):
    """Chooses the kind of meeting whose attendance is recorded."""


class Attendance(Struct, frozen=True):
    """The attendance sheet: everybody present but those marked; `words` marks more of them."""

    criterion: str
    marks: Marks = ()
    words: tuple[tuple[int, str], ...] = ()


class RecordAttendance(Struct, frozen=True):
    """Posts a whole meeting."""

    criterion: str
    marks: Marks
    on: date


class MarkAgain(Struct, frozen=True):
    """Records one member's attendance anew, in place of an entry that was taken back."""

    entry: int
    state: str


class Meetings(Struct, frozen=True):
    """The kinds of meeting."""

    criteria: tuple[Criterion, ...]


class Sheet(Struct, frozen=True):
    """The attendance sheet of a meeting today."""

    criterion: Criterion
    unit_name: str
    on: date
    people: tuple[tuple[Person, str], ...]
    marks: Marks


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
    if declarations.known_keys(context.connection, keys):
        return refuse("meeting_recorded", name=sheet.criterion.name, on=request.on)
    published = context.scheme_for(sheet.people[0][0].path)
    if published is None:
        return refuse("no_scheme")
    rows = [
        (
            person,
            {
                "criterion": sheet.criterion,
                "quantity": ONE,
                "note": request.on.isoformat(),
                "attendance": state,
                "points": worth_of(sheet.criterion, ONE, state=state),
                "key": each,
            },
        )
        for (person, state), each in zip(sheet.people, keys, strict=True)
    ]
    posted, waiting = post_own(context, published.id, rows)
    marked = tuple(person.name for person, state in sheet.people if state != "present")
    return Recorded(sheet.criterion, marked, posted, waiting, on=request.on)


def mark_again(context: Context, request: MarkAgain) -> Recorded | Refused:
    """The right state of one member, after a wrong one was taken back."""
    row = posted_by_id(context.connection, request.entry)
    if row is None or request.state not in ATTENDANCE or reversal_of(context.connection, row.id) is None:
        return refuse("entry_unknown")
    hold_members(context.connection, [row.member])
    line = declarations.by_ids(context.connection, [row.line])[row.line]
    person = context.person(row.member)
    if person is None or context.actor.may("record", person.unit, person.path) is None:
        return refuse("not_allowed")
    key = f"again:{row.id}"
    if declarations.known_keys(context.connection, [key]):
        return refuse("entry_reversed_already")
    criterion = context.version(row.version).scheme.criteria[row.criterion]
    points = worth_of(criterion, ONE, state=request.state)
    fresh = {
        "criterion": criterion,
        "quantity": ONE,
        "note": line.note,
        "attendance": request.state,
        "points": points,
        "key": key,
    }
    posted, waiting = post_own(context, row.version, [(person, fresh)])
    return Recorded(criterion, (person.name,), posted, waiting, points, ONE)


REQUESTS: dict[type, Handler] = {
    MeetingMenu: meeting_menu,
    Attendance: attendance,
    RecordAttendance: record_attendance,
    MarkAgain: mark_again,
}
