"""What a line still needs before it can be drafted: which option, how many, about which matter."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.declarations.declarer import Declarer, subject
from handlers.declarations.drafts import Item, check_items, next_step, put_drafts
from handlers.declarations.forms import AddLine, Draft, EvidenceQuestion, PickCriterion, QuantityQuestion
from rules.declarations import check_option, matter_of
from rules.schemes import Criterion, Scheme
from storage import lists


class PickOption(Struct, frozen=True):
    """Takes one option of a criterion; asks how many where there may be several."""

    criterion: str
    option: str
    batch: int
    member: int = 0


class OptionQuestion(Struct, frozen=True):
    """Which option? `quantity` is what was said already."""

    criterion: Criterion
    batch: int
    member: int = 0
    quantity: Decimal | None = None


class MatterQuestion(Struct, frozen=True):
    """Which matter is it about? `matters` are those of the member's own lines of the year."""

    criterion: Criterion
    line: AddLine
    matters: tuple[str, ...]


Question = OptionQuestion | QuantityQuestion | MatterQuestion
Answer = Draft | EvidenceQuestion | Question | Refused


def pick_criterion(context: Context, request: PickCriterion) -> Question | Refused:
    """Asks which option, else how many."""
    desk = subject(context, request.member)
    if isinstance(desk, Refused):
        return desk
    criterion = desk.published.scheme.criteria.get(request.criterion)
    if criterion is None or not criterion.open_to("member"):
        return refuse("criterion_unknown", text=request.criterion)
    if criterion.options:
        return OptionQuestion(criterion, request.batch, request.member)
    return QuantityQuestion(criterion, request.batch, request.member)


def pick_option(context: Context, request: PickOption) -> Answer:
    """Asks how many; where there can be only one, drafts it at once."""
    found = pick_criterion(context, PickCriterion(request.criterion, request.batch, request.member))
    if isinstance(found, Refused):
        return found
    problems = check_option(found.criterion, request.option)
    if problems:
        return Refused(tuple(problems))
    if found.criterion.most > 1:
        return QuantityQuestion(found.criterion, request.batch, request.member, option=request.option)
    return add_line(context, AddLine(request.criterion, request.batch, request.member, option=request.option))


def add_line(context: Context, request: AddLine) -> Answer:
    """Adds a draft line and shows the batch, or asks for what the line or its evidence still lacks."""
    desk = subject(context, request.member)
    if isinstance(desk, Refused):
        return desk
    item = Item(request.criterion, request.quantity, request.option, matter_of(request.matter))
    question = asked_of(context, desk, item, request.batch)
    if question is not None:
        return question
    problem = put_drafts(context, desk, [item], request.batch)
    return problem or next_step(context, desk, request.batch)


def asked_of(context: Context, desk: Declarer, item: Item, batch: int) -> OptionQuestion | MatterQuestion | None:
    """The question for what an item lacks; None when it is complete, or cannot be declared at all."""
    scheme = desk.published.scheme
    if not lacks(scheme, item) or check_items(desk, [item], lacking=True):
        return None
    criterion, member = scheme.criteria[item.criterion], 0 if desk.own else desk.person.id
    if criterion.options and not item.option:
        return OptionQuestion(criterion, batch, member, item.quantity)
    line = AddLine(item.criterion, batch, member, item.quantity, item.option)
    return MatterQuestion(criterion, line, known_matters(context, scheme, desk.person.id, criterion))


def lacks(scheme: Scheme, item: Item) -> bool:
    """Whether an item needs an option or a matter it has not."""
    criterion = scheme.criteria.get(item.criterion)
    if criterion is None:
        return False
    return bool(criterion.options and not item.option) or (criterion.code in scheme.by_matter and not item.matter)


def known_matters(context: Context, scheme: Scheme, member: int, criterion: Criterion) -> tuple[str, ...]:
    """The matters of a member's lines of the year under a criterion and those it competes with or lifts."""
    together = {criterion.code, *criterion.lifts}
    together |= {code for code, each in scheme.criteria.items() if criterion.group and each.group == criterion.group}
    return tuple(lists.matters(context.connection, member, together, context.today.year)[:MOST_MATTERS])


MOST_MATTERS = 8
REQUESTS: dict[type, Handler] = {PickCriterion: pick_criterion, PickOption: pick_option, AddLine: add_line}
