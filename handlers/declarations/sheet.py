"""The form (申报表单): every criterion at once, many lines drafted in one go, with notes and files."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.declarations.choices import known_matters
from handlers.declarations.declarer import Declarer, subject
from handlers.declarations.draft import declare
from handlers.declarations.drafts import Item, check_items, key_of, put_drafts, whole_draft
from handlers.declarations.forms import Declare, Draft
from handlers.declarations.view import LineView, views
from rules.declarations import check_note, matter_of
from rules.problems import Problem
from rules.schemes import Criterion, Node
from storage import declarations, evidence
from storage.declarations import Line
from storage.evidence import Filed

MOST_ITEMS = 100


class ShowSheet(Struct, frozen=True):
    """The form of the month, with what is drafted and declared already."""


class SheetItem(Struct, frozen=True):
    """One criterion as it was filled in."""

    criterion: str
    quantity: Decimal
    option: str = ""
    matter: str = ""
    note: str = ""
    files: tuple[Filed, ...] = ()


class DraftMany(Struct, frozen=True):
    """Drafts what was filled in: all of it, or nothing with every reason."""

    items: tuple[SheetItem, ...]
    batch: int


class SheetCriterion(Struct, frozen=True):
    """A criterion that may be declared: the words it is found by; the matters known, None where none is asked for."""

    criterion: Criterion
    words: str
    matters: tuple[str, ...] | None


class SheetNode(Struct, frozen=True):
    """A category of the form, with what may still count in it."""

    node: Node
    room: Decimal | None
    criteria: tuple[SheetCriterion, ...]


class Sheet(Struct, frozen=True):
    """The form, the drafts with what would count of them, how many lines of last month may be taken, and the month's
    lines."""

    period: str
    batch: int
    nodes: tuple[SheetNode, ...]
    draft: Draft
    last: int
    lines: tuple[LineView, ...]


def show_sheet(context: Context, _request: ShowSheet) -> Sheet | Refused:
    """The same categories, rooms and drafts as in the chat."""
    shown = declare(context, Declare())
    desk = subject(context, 0)
    if isinstance(shown, Refused) or isinstance(desk, Refused):
        return shown if isinstance(shown, Refused) else refuse("not_declaring")
    scheme, initials = desk.published.scheme, desk.published.row.initials
    nodes = []
    for node, room in shown.nodes:
        criteria = [
            SheetCriterion(
                each,
                " ".join((each.name, *each.aliases, *initials.get(each.code, ()))).casefold(),
                known_matters(context, scheme, desk.person.id, each) if each.code in scheme.by_matter else None,
            )
            for each in node.criteria
            if each.open_to("member")
        ]
        nodes.append(SheetNode(node, room, tuple(criteria)))
    states = ("submitted", "approved", "returned", "rejected")
    lines = declarations.of_period(context.connection, desk.person.id, shown.period, states)
    draft = whole_draft(context, desk, 0)
    return Sheet(shown.period, shown.batch, tuple(nodes), draft, shown.last, tuple(views(context, lines)))


def draft_many(context: Context, request: DraftMany) -> Draft | Refused:
    """Sent again it changes nothing: what is in the batch already gets the quantity it has."""
    desk = subject(context, 0)
    if isinstance(desk, Refused):
        return desk
    if not 1 <= len(request.items) <= MOST_ITEMS:
        return refuse("nothing_filled" if not request.items else "too_much_filled", most=MOST_ITEMS)
    items = [Item(each.criterion, each.quantity, each.option, matter_of(each.matter)) for each in request.items]
    problems = [*check_items(desk, items), *_noted_wrong(request)]
    if problems:
        return Refused(tuple(problems))
    refused = put_drafts(context, desk, items, request.batch)
    if refused is not None:
        return refused
    lines = {key_of(line): line for line in declarations.of_batch(context.connection, desk.person.id, request.batch)}
    for item, filled in zip(items, request.items, strict=True):
        _prove(context, desk, lines[item.key], filled)
    return whole_draft(context, desk, 0)


def _noted_wrong(request: DraftMany) -> Iterator[Problem]:
    for each in request.items:
        if each.note:
            yield from check_note(each.note)


def _prove(context: Context, desk: Declarer, line: Line, filled: SheetItem) -> None:
    """Notes and files go with the line; a file that is there already is not added twice."""
    there = {each.sha256 for each in evidence.of_lines(context.connection, [line.id]).get(line.id, ())}
    fresh = [filed for filed in filled.files if filed.sha256 not in there]
    note = filled.note if filled.note != line.note else ""
    for filed in fresh:
        evidence.add(context.connection, desk.person.id, line.id, filed, context.now)
        context.audit("file", "line", line.id, sha256=filed.sha256)
    if note:
        context.audit("note", "line", line.id)
    if note or fresh:
        values = {"note": note} if note else {}
        declarations.change(context.connection, [(line.id, line.edition)], (line.state,), **values)


REQUESTS: dict[type, Handler] = {ShowSheet: show_sheet, DraftMany: draft_many}
