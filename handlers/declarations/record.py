"""The organisation's own entries: additions and deductions, attendance of a meeting, and members' answers."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from handlers.context import Context, Handler, Refused, refuse
from handlers.declarations.choices import known_matters
from handlers.declarations.recording import ONE, Recorded, post_own
from rules.declarations import check_matter, check_note, check_option, check_quantity, matter_of
from rules.problems import Problem
from rules.schemes import Criterion, Scheme
from rules.scoring.worth import worth_of
from storage import members
from storage.ledger import Posted, posted_of_year
from storage.members import Person

PAGE = 10
# purpose → the action of rules.access it needs
ACTIONS = {"meeting": "record", "entry": "record", "behalf": "record", "reverse": "reverse", "invite": "invite"}


class RecordMenu(Struct, frozen=True):
    """登记: what the organisation may record."""


class PickMember(Struct, frozen=True):
    """Chooses a member of one's units for: entry, behalf, reverse or invite."""

    purpose: str
    page: int = 0


class PickRecord(Struct, frozen=True):
    """Chooses a criterion that the organisation records."""

    member: int
    page: int = 0


class RecordEntry(Struct, frozen=True):
    """Records one entry for a member: which option, how many, about which matter, why; shown before it counts."""

    member: int
    criterion: str
    quantity: Decimal | None = None
    reason: str = ""
    confirmed: bool = False
    option: str = ""
    matter: str = ""


class PickReversal(Struct, frozen=True):
    """Chooses the entry of a member to take back."""

    member: int


class Menu(Struct, frozen=True):
    """What the organisation may record: purposes of `PickMember`, and "meeting"."""

    purposes: tuple[str, ...]


class People(Struct, frozen=True):
    """Members to choose from, one page of them."""

    purpose: str
    people: tuple[Person, ...]
    page: int
    pages: int


class Records(Struct, frozen=True):
    """Criteria the organisation records, for one member."""

    person: Person
    criteria: tuple[Criterion, ...]
    page: int
    pages: int


class RecordDraft(Struct, frozen=True):
    """An entry before it counts; `wants` names what is asked for next: option, quantity, matter, reason or nothing."""

    person: Person
    criterion: Criterion
    quantity: Decimal | None
    points: Decimal
    reason: str
    option: str = ""
    matter: str = ""
    wants: str = ""
    matters: tuple[str, ...] = ()


class Reversals(Struct, frozen=True):
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
    if published is None or criterion is None or not criterion.open_to("organisation"):
        return refuse("criterion_unknown", text=request.criterion)
    quantity = request.quantity
    if quantity is None and criterion.most == 1 and criterion.value.range is None:
        quantity = ONE
    request = replace(request, quantity=quantity, matter=matter_of(request.matter))
    problems = _entry_problems(criterion, request)
    if problems:
        return Refused(tuple(problems))
    wants = _wanted(published.scheme, criterion, request)
    points = worth_of(criterion, _shown(criterion, quantity), option=request.option)
    if wants or not request.confirmed or quantity is None:
        matters = known_matters(context, published.scheme, person.id, criterion) if wants == "matter" else ()
        told = (request.reason, request.option, request.matter, wants, matters)
        return RecordDraft(person, criterion, quantity, points, *told)
    row = {
        "criterion": criterion,
        "quantity": quantity,
        "note": request.reason,
        "points": points,
        "option": request.option or None,
        "matter": request.matter or None,
    }
    posted, waiting = post_own(context, published.id, [(person, row)])
    told_back = (request.option, request.matter)
    return Recorded(criterion, (person.name,), posted, waiting, points, quantity, None, *told_back)


def _entry_problems(criterion: Criterion, request: RecordEntry) -> list[Problem]:
    """What is wrong with what was said so far."""
    problems = [] if request.quantity is None else check_quantity(criterion, request.quantity)
    problems += check_option(criterion, request.option) if request.option else []
    problems += check_matter(request.matter) if request.matter else []
    return [*problems, *(check_note(request.reason) if request.reason else ())]


def _wanted(scheme: Scheme, criterion: Criterion, request: RecordEntry) -> str:
    """What is still to be asked for, one thing at a time."""
    missing = {
        "option": bool(criterion.options) and not request.option,
        "quantity": request.quantity is None,
        "matter": criterion.code in scheme.by_matter and not request.matter,
        "reason": not request.reason,
    }
    return next((name for name, wanted in missing.items() if wanted), "")


def _shown(criterion: Criterion, quantity: Decimal | None) -> Decimal:
    """The quantity whose worth is shown: one while none is known, none of what is judged."""
    return quantity if quantity is not None else Decimal(0) if criterion.value.range else ONE


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
