"""Drafts: choosing, one line of text, the same as last month."""

from __future__ import annotations

from msgspec.structs import replace

from handlers.context import Context, Handler, Refused, refuse
from handlers.declarations import choices
from handlers.declarations.choices import asked_of, lacks
from handlers.declarations.declarer import Declarer, subject
from handlers.declarations.drafts import Item, check_items, key_of, next_step, put_drafts, whole_draft
from handlers.declarations.forms import (
    AddLines,
    Categories,
    Criteria,
    Declare,
    Draft,
    EvidenceQuestion,
    PickCategory,
    QuantityQuestion,
    SameAsLast,
    ShowDraft,
)
from handlers.ledger import posting
from rules.periods import period_of, shift, year_of
from rules.schemes import Scheme
from rules.scoring import ZERO
from storage import declarations
from storage.declarations import Line

PAGE = 10


def declare(context: Context, request: Declare) -> Categories | Refused:
    """Opens a declaration: the categories, and what is there already."""
    desk = subject(context, request.member)
    if isinstance(desk, Refused):
        return desk
    scheme, period = desk.published.scheme, period_of(context.today)
    tried = posting.Tried(versions=frozenset({desk.published.id}))
    result = posting.scored(context, scheme.scheme, year_of(period), [desk.person.id], tried)[desk.person.id][1]
    rooms = {figure.node: figure.room for figure in result.figures}
    nodes = tuple(
        (node, rooms[node.code]) for node in scheme.categories if any(each.open_to("member") for each in node.criteria)
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
    node = desk.published.scheme.every_node.get(request.node)
    if node is None:
        return refuse("criterion_unknown", text=request.node)
    open_to = [criterion for criterion in node.criteria if criterion.open_to("member")]
    pages = max(1, -(-len(open_to) // PAGE))
    page = min(max(request.page, 0), pages - 1)
    shown = tuple(open_to[page * PAGE : (page + 1) * PAGE])
    return Criteria(node, shown, request.batch, request.member, page, pages)


def add_lines(context: Context, request: AddLines) -> choices.Answer:
    """Drafts from one line of text: shown before they count; what lacks something is asked for."""
    desk = subject(context, 0)
    if isinstance(desk, Refused):
        return desk
    batch, scheme = new_batch(context), desk.published.scheme
    items = _items(scheme, request)
    problems = check_items(desk, items, lacking=True)
    good = [item for item in items if not check_items(desk, [item], lacking=True)]
    if problems and not good:
        return Refused(tuple(problems))
    wanting = [item for item in good if item.criterion in request.asked or lacks(scheme, item)]
    put_drafts(context, desk, [item for item in good if item not in wanting], batch)
    notes = (request.unknown, request.guessed, request.unclear, request.organised, problems, wanting)
    if len(good) == len(wanting) == 1 and not any(notes[:-1]):
        return _question(context, desk, wanting[0], batch, request)
    shown = next_step(context, desk, batch)
    if not any(notes):
        return shown
    criteria = scheme.criteria
    unclear = tuple((typed, many, tuple(criteria[code] for code in codes)) for typed, many, codes in request.unclear)
    return replace(
        shown if isinstance(shown, Draft) else whole_draft(context, desk, batch),
        unknown=request.unknown,
        guessed=request.guessed,
        unclear=unclear,
        organised=request.organised,
        problems=tuple(problems),
        wanting=tuple(
            (criteria[item.criterion], None if item.criterion in request.asked else item.quantity, item.option)
            for item in wanting
        ),
    )


def _items(scheme: Scheme, request: AddLines) -> list[Item]:
    """The items of a text; what is judged and was given without a number stands at its most until it is asked for."""
    options = (*request.options, *("",) * len(request.items))
    items = []
    for (code, quantity), option in zip(request.items, options, strict=False):
        bounds = scheme.criteria[code].value.range if code in request.asked and code in scheme.criteria else None
        items.append(Item(code, ZERO + quantity if bounds is None else bounds.most, option))
    return items


def _question(context: Context, desk: Declarer, item: Item, batch: int, request: AddLines) -> choices.Answer:
    """What the only item of a text lacks."""
    question = asked_of(context, desk, item, batch)
    if question is None or item.criterion in request.asked:
        return QuantityQuestion(desk.published.scheme.criteria[item.criterion], batch, option=item.option)
    return question


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
    standing = {key_of(line) for line in there if line.source == "member"}
    fresh = [Item(line.criterion, line.quantity, line.option or "") for line in last if key_of(line) not in standing]
    if not fresh:
        return refuse("declared_already")
    batch = new_batch(context)
    problem = put_drafts(context, desk, fresh, batch)
    if problem is not None:
        return problem
    shown = next_step(context, desk, batch)
    return replace(shown, left_out=len(last) - len(fresh)) if isinstance(shown, Draft) else shown


def _last_month(context: Context, desk: Declarer) -> list[Line]:
    """What can be declared again as it is: a matter is another one each time."""
    period = shift(period_of(context.today), -1)
    lines = declarations.of_period(context.connection, desk.person.id, period, ("submitted", "approved"))
    by_matter = desk.published.scheme.by_matter
    return [
        line
        for line in lines
        if line.source == "member"
        and line.criterion not in by_matter
        and not check_items(desk, [Item(line.criterion, line.quantity, line.option or "")])
    ]


def show_draft(context: Context, request: ShowDraft) -> Draft | Refused:
    """The drafts, to confirm or change."""
    desk = subject(context, request.member)
    if isinstance(desk, Refused):
        return desk
    draft = whole_draft(context, desk, request.batch)
    return draft if draft.lines else refuse("no_drafts")


REQUESTS: dict[type, Handler] = {
    **choices.REQUESTS,
    Declare: declare,
    PickCategory: pick_category,
    AddLines: add_lines,
    SameAsLast: same_as_last,
    ShowDraft: show_draft,
}
