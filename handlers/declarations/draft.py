"""Drafts: choosing, one line of text, the same as last month; what a batch would bring."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from handlers.context import Context, Handler, Refused, refuse
from handlers.declarations.declarer import Declarer, subject
from handlers.declarations.forms import (
    AddLine,
    AddLines,
    Categories,
    Criteria,
    Declare,
    Draft,
    EvidenceQuestion,
    PickCategory,
    PickCriterion,
    QuantityQuestion,
    SameAsLast,
    ShowDraft,
)
from handlers.declarations.view import LineView, views
from handlers.ledger import posting
from rules.declarations import Flag, check_quantity, flag_cap
from rules.periods import period_of, shift, year_of
from rules.problems import Problem
from rules.schemes import Criterion
from rules.scoring import ZERO, Entry, Id, day_of
from storage import declarations, evidence
from storage.declarations import Line

WAITING_EVIDENCE = timedelta(days=1)


PAGE = 10


def declare(context: Context, request: Declare) -> Categories | Refused:
    """Opens a declaration: the categories, and what is there already."""
    desk = subject(context, request.member)
    if isinstance(desk, Refused):
        return desk
    scheme, period = desk.published.scheme, period_of(context.today)
    result = posting.scored(context, scheme.scheme, year_of(period), [desk.person.id])[desk.person.id][1]
    rooms = {figure.node: figure.room for figure in result.figures}
    nodes = tuple(
        (node, rooms[node.code]) for node in scheme.nodes if any("member" in each.by for each in node.criteria)
    )
    batch = request.batch or new_batch(context)
    drafts = declarations.drafts(context.connection, desk.person.id, period)
    last = _last_month(context, desk)
    return Categories(desk.person, desk.own, period, nodes, batch, len(drafts), len(last))


def new_batch(context: Context) -> int:
    """A number for drafts that belong together: the instant in milliseconds."""
    return int(context.now.timestamp() * 1000)


def pick_category(context: Context, request: PickCategory) -> Criteria | Refused:
    """The criteria of a category, ten a page."""
    desk = subject(context, request.member)
    if isinstance(desk, Refused):
        return desk
    node = next((node for node in desk.published.scheme.nodes if node.code == request.node), None)
    if node is None:
        return refuse("criterion_unknown", text=request.node)
    open_to = [criterion for criterion in node.criteria if "member" in criterion.by]
    pages = max(1, -(-len(open_to) // PAGE))
    page = min(max(request.page, 0), pages - 1)
    shown = tuple(open_to[page * PAGE : (page + 1) * PAGE])
    return Criteria(node, shown, request.batch, request.member, page, pages)


def pick_criterion(context: Context, request: PickCriterion) -> QuantityQuestion | Refused:
    """Asks how many."""
    desk = subject(context, request.member)
    if isinstance(desk, Refused):
        return desk
    criterion = desk.published.scheme.criteria.get(request.criterion)
    if criterion is None or "member" not in criterion.by:
        return refuse("criterion_unknown", text=request.criterion)
    return QuantityQuestion(criterion, request.batch, request.member)


def add_line(context: Context, request: AddLine) -> Draft | EvidenceQuestion | Refused:
    """Adds a draft line and shows the batch, or asks for evidence that is required."""
    desk = subject(context, request.member)
    if isinstance(desk, Refused):
        return desk
    problem = put_drafts(context, desk, [(request.criterion, request.quantity)], request.batch)
    return problem or next_step(context, desk, request.batch)


def add_lines(context: Context, request: AddLines) -> Draft | EvidenceQuestion | Refused:
    """Drafts from one line of text: shown before they count."""
    desk = subject(context, 0)
    if isinstance(desk, Refused):
        return desk
    batch = new_batch(context)
    problems = check_items(desk, request.items)
    good = [(code, quantity) for code, quantity in request.items if not check_items(desk, [(code, quantity)])]
    if problems and not good:
        return Refused(tuple(problems))
    put_drafts(context, desk, good, batch)
    notes = (request.unknown, request.guessed, request.unclear, request.organised, problems)
    shown = next_step(context, desk, batch)
    if not any(notes):
        return shown
    criteria = desk.published.scheme.criteria
    unclear = tuple((typed, many, tuple(criteria[code] for code in codes)) for typed, many, codes in request.unclear)
    return replace(
        shown if isinstance(shown, Draft) else whole_draft(context, desk, batch),
        unknown=request.unknown,
        guessed=request.guessed,
        unclear=unclear,
        organised=request.organised,
        problems=tuple(problems),
    )


def same_as_last(context: Context, request: SameAsLast) -> Draft | EvidenceQuestion | Refused:
    """Drafts last month's lines again, for the member to look at and confirm."""
    desk = subject(context, request.member)
    if isinstance(desk, Refused):
        return desk
    last = _last_month(context, desk)
    if not last:
        return refuse("nothing_last_month")
    period = period_of(context.today)
    there = declarations.of_period(context.connection, desk.person.id, period, ("submitted", "approved"))
    standing = {line.criterion for line in there if line.source == "member"}
    fresh = [(line.criterion, line.quantity) for line in last if line.criterion not in standing]
    if not fresh:
        return refuse("declared_already")
    batch = new_batch(context)
    problem = put_drafts(context, desk, fresh, batch)
    if problem is not None:
        return problem
    shown = next_step(context, desk, batch)
    return replace(shown, left_out=len(last) - len(fresh)) if isinstance(shown, Draft) else shown


def _last_month(context: Context, desk: Declarer) -> list[Line]:
    period = shift(period_of(context.today), -1)
    lines = declarations.of_period(context.connection, desk.person.id, period, ("submitted", "approved"))
    criteria = desk.published.scheme.criteria
    return [
        line
        for line in lines
        if line.source == "member" and line.criterion in criteria and "member" in criteria[line.criterion].by
    ]


def check_items(desk: Declarer, items: Iterable[tuple[str, Decimal]]) -> list[Problem]:
    """Why some of the items cannot be declared."""
    criteria = desk.published.scheme.criteria
    problems: list[Problem] = []
    for code, quantity in _summed(items).items():
        if code not in criteria or "member" not in criteria[code].by:
            problems.append(Problem("criterion_unknown", {"text": code}))
        else:
            problems += check_quantity(criteria[code], quantity)
    return problems


def _summed(items: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    wanted: dict[str, Decimal] = {}
    for code, quantity in items:
        wanted[code] = wanted.get(code, ZERO) + quantity
    return wanted


def put_drafts(context: Context, desk: Declarer, items: Iterable[tuple[str, Decimal]], batch: int) -> Refused | None:
    """Adds drafts, or none of them with every reason; a criterion already in the batch gets the new quantity."""
    wanted, criteria = _summed(items), desk.published.scheme.criteria
    problems = check_items(desk, wanted.items())
    if problems:
        return Refused(tuple(problems))
    there = {line.criterion: line for line in declarations.of_batch(context.connection, desk.person.id, batch)}
    for code in wanted.keys() & there.keys():
        values = {"quantity": wanted[code], "points": criteria[code].points(wanted[code])}
        declarations.change(context.connection, [(there[code].id, there[code].edition)], ("draft",), **values)
    fresh = [(criteria[code], quantity) for code, quantity in wanted.items() if code not in there]
    if fresh:
        _add_drafts(context, desk, fresh, batch)
    return None


def _add_drafts(context: Context, desk: Declarer, fresh: list[tuple[Criterion, Decimal]], batch: int) -> None:
    period = period_of(context.today)
    person = desk.person
    declaration = declarations.declarations_for(
        context.connection, {person.id: person.unit}, desk.published.scheme.scheme, period, context.now
    )[person.id]
    same = {
        "declaration_id": declaration,
        "member_id": person.id,
        "unit_id": person.unit,
        "version_id": desk.published.id,
        "period": period,
        "note": "",
        "source": "member",
        "recorded_by": context.actor.member,
        "batch": batch,
        "state": "draft",
        "edition": 1,
        "created_at": context.now,
    }
    rows = [
        {**same, "criterion": each.code, "quantity": quantity, "points": each.points(quantity)}
        for each, quantity in fresh
    ]
    numbers = declarations.add_all(context.connection, rows)
    evidence.attach_waiting(context.connection, context.actor.member, numbers[0], context.now - WAITING_EVIDENCE)


def next_step(context: Context, desk: Declarer, batch: int, filed: str = "") -> Draft | EvidenceQuestion:
    """The first line that still lacks required evidence, else the whole batch to confirm."""
    whole = whole_draft(context, desk, batch)
    missing = next((line for line in whole.lines if lacks_evidence(line)), None)
    if missing is not None:
        return EvidenceQuestion(missing, desk.person.id, required=True)
    return replace(whole, filed=filed)


def whole_draft(context: Context, desk: Declarer, batch: int) -> Draft:
    """A batch as it stands (all drafts when 0), and how many drafts there are besides."""
    period = period_of(context.today)
    everything = declarations.drafts(context.connection, desk.person.id, period)
    lines = [line for line in everything if batch in (0, line.batch)]
    shown = tuple(views(context, lines, cap_flags(context, lines)))
    month = max((line.period for line in lines), default=period)
    return Draft(desk.person, desk.own, month, batch, shown, len(everything) - len(lines))


def lacks_evidence(line: LineView) -> bool:
    """Whether a line cannot be submitted for want of evidence."""
    return line.criterion.evidence == "required" and not line.evidence and not line.note


def cap_flags(context: Context, lines: list[Line]) -> dict[int, tuple[Flag, ...]]:
    """Line → the flag that less would count, as if all these lines were posted now."""
    flags: dict[int, tuple[Flag, ...]] = {}
    by_year: dict[tuple[str, int], list[Line]] = {}
    for line in lines:
        key = (context.version(line.version).scheme.scheme, year_of(line.period))
        by_year.setdefault(key, []).append(line)
    for (scheme, year), some in by_year.items():
        extra: dict[int, list[Entry]] = {}
        tried: dict[Id, int] = {}
        for line in some:
            entry = Entry(10**15 + line.id, line.criterion, day_of(line.period), line.points)
            tried[entry.id] = line.id
            extra.setdefault(line.member, []).append(entry)
        for _, result in posting.scored(context, scheme, year, extra.keys(), extra).values():
            for part in result.parts:
                if part.entry in tried and (found := flag_cap(part.posted, part.counted)):
                    flags[tried[part.entry]] = tuple(found)
    return flags


def show_draft(context: Context, request: ShowDraft) -> Draft | Refused:
    """The drafts, to confirm or change."""
    desk = subject(context, request.member)
    if isinstance(desk, Refused):
        return desk
    draft = whole_draft(context, desk, request.batch)
    return draft if draft.lines else refuse("no_drafts")


REQUESTS: dict[type, Handler] = {
    Declare: declare,
    PickCategory: pick_category,
    PickCriterion: pick_criterion,
    AddLine: add_line,
    AddLines: add_lines,
    SameAsLast: same_as_last,
    ShowDraft: show_draft,
}
