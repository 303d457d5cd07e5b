"""Lines on their way: evidence, submitting, changing, withdrawing, undoing, opening again."""

from __future__ import annotations

from datetime import timedelta

from handlers.context import Context, Handler, Refused, refuse
from handlers.declarations.declarer import Declarer, subject
from handlers.declarations.draft import new_batch
from handlers.declarations.drafts import lacks_evidence, next_step, whole_draft
from handlers.declarations.forms import (
    AskQuantity,
    ChangeQuantity,
    Draft,
    DropDrafts,
    EvidenceQuestion,
    Mine,
    MyLines,
    OneLine,
    QuantityQuestion,
    Receipt,
    Reopen,
    ShowLine,
    Submit,
    Undo,
    Withdraw,
)
from handlers.declarations.view import views
from rules.declarations import check_quantity, named
from rules.periods import period_of, shift
from rules.scoring.worth import worth_of
from storage import declarations, schemes
from storage.declarations import Line
from storage.locks import hold_lines

UNDO = timedelta(minutes=5)


def own_line(context: Context, number: int, *states: str) -> tuple[Line, Declarer] | Refused:
    """A line the actor may change, standing in one of the states."""
    hold_lines(context.connection, [number])
    line = declarations.by_ids(context.connection, [number]).get(number)
    if line is None:
        return refuse("line_unknown")
    desk = subject(context, line.member)
    mine = not isinstance(desk, Refused) and (desk.own or line.recorded_by == context.actor.member)
    if isinstance(desk, Refused) or not mine or (line.source != "member" and states):
        return refuse("line_unknown")
    if states and line.state not in states:
        shown = views(context, [line])[0]
        return refuse("line_state", state=line.state, reviewer=shown.reviewer, name=shown.criterion.name)
    return line, desk


def after_change(
    context: Context, line: Line, desk: Declarer, done: str, filed: str = ""
) -> Draft | EvidenceQuestion | OneLine:
    """A draft goes back to its batch, a submitted line to its own screen."""
    if line.state == "draft":
        return next_step(context, desk, line.batch, filed=filed)
    fresh = declarations.by_ids(context.connection, [line.id])[line.id]
    return OneLine(views(context, [fresh])[0], done)


def submit(context: Context, request: Submit) -> Receipt | EvidenceQuestion | Refused:
    """Submits drafts exactly as they were shown; what changed meanwhile is shown again instead."""
    desk = subject(context, request.member)
    if isinstance(desk, Refused):
        return desk
    wanted = [number for number, _ in request.pins]
    lines = declarations.by_ids(context.connection, wanted)
    current = [
        lines[number] for number, edition in request.pins if number in lines and lines[number].edition == edition
    ]
    if len(current) != len(wanted) or any(line.member != desk.person.id or line.state != "draft" for line in current):
        return refuse("drafts_changed")
    criteria = desk.published.scheme.criteria
    required = {code for code, each in criteria.items() if each.evidence == "required"}
    strict = [line for line in current if line.criterion in required]
    missing = next((shown for shown in views(context, strict) if lacks_evidence(shown)), None) if strict else None
    if missing is not None:
        return EvidenceQuestion(missing, desk.person.id, required=True)
    period = period_of(context.today)
    if any(line.period != period and not _still_open(context, desk, line) for line in current):
        return refuse("period_over", period=current[0].period)
    fresh = declarations.change(
        context.connection,
        request.pins,
        ("draft",),
        state="submitted",
        submitted_at=context.now,
        recorded_by=context.actor.member,
    )
    context.audit("submit", "member", desk.person.id, lines=wanted)
    shown = views(context, [fresh[number] for number in wanted])
    if not desk.own:
        facts = {
            "by": context.actor.name,
            "period": shown[0].period,
            "lines": [
                [named(line.criterion.name, line.option, line.matter), str(line.quantity), line.criterion.unit]
                for line in shown
            ],
        }
        context.tell(desk.person.id, "declared_for", f"declared:{wanted[0]}:{shown[0].edition}", facts)
    undo = tuple((line.id, line.edition) for line in shown)
    return Receipt(desk.person, desk.own, shown[0].period, tuple(shown), undo, context.now + UNDO)


def _still_open(context: Context, desk: Declarer, line: Line) -> bool:
    """A returned line may come again until its month is closed; a new one only within its month."""
    closed = schemes.closed(context.connection, desk.published.scheme.scheme, line.period)
    return line.submitted_at is not None and not closed


def ask_quantity(context: Context, request: AskQuantity) -> QuantityQuestion | Refused:
    """Asks for another quantity."""
    found = own_line(context, request.line, "draft", "submitted")
    if isinstance(found, Refused):
        return found
    line, _ = found
    criterion = context.version(line.version).scheme.criteria[line.criterion]
    return QuantityQuestion(criterion, line=line.id, option=line.option or "")


def change_quantity(context: Context, request: ChangeQuantity) -> Draft | EvidenceQuestion | OneLine | Refused:
    """Changes a line that is not decided yet; a reviewer who saw the old one must look again."""
    found = own_line(context, request.line, "draft", "submitted")
    if isinstance(found, Refused):
        return found
    line, desk = found
    criterion = context.version(line.version).scheme.criteria[line.criterion]
    problems = check_quantity(criterion, request.quantity)
    if problems:
        return Refused(tuple(problems))
    points = worth_of(criterion, request.quantity, option=line.option, state=line.attendance)
    values = {"quantity": request.quantity, "points": points}
    declarations.change(context.connection, [(line.id, line.edition)], (line.state,), **values)
    if line.state == "submitted":
        context.audit("change", "line", line.id, before=str(line.quantity), after=str(request.quantity))
    return after_change(context, line, desk, "changed")


def withdraw(context: Context, request: Withdraw) -> OneLine | Draft | Mine | Refused:
    """Takes a line back before it is decided."""
    found = own_line(context, request.line, "draft", "submitted", "returned")
    if isinstance(found, Refused):
        return found
    line, desk = found
    declarations.change(context.connection, [(line.id, line.edition)], (line.state,), state="withdrawn")
    context.audit("withdraw", "line", line.id, state=line.state)
    if line.state == "draft" and (left := whole_draft(context, desk, line.batch)).lines:
        return left
    fresh = declarations.by_ids(context.connection, [line.id])[line.id]
    return OneLine(views(context, [fresh])[0], "withdrawn")


def drop_drafts(context: Context, request: DropDrafts) -> Mine | Refused:
    """Deletes the drafts that were shown; what was submitted meanwhile stays."""
    desk = subject(context, request.member)
    if isinstance(desk, Refused):
        return desk
    lines = declarations.by_ids(context.connection, [number for number, _ in request.pins])
    pins = [pin for pin in request.pins if pin[0] in lines and lines[pin[0]].member == desk.person.id]
    dropped = declarations.change(context.connection, pins, ("draft",), state="withdrawn")
    context.audit("drop", "member", desk.person.id, lines=sorted(dropped))
    return Mine(period_of(context.today), tuple(views(context, _of_month(context))))


def undo(context: Context, request: Undo) -> Draft | Refused:
    """Takes a whole submission back to a draft."""
    desk = subject(context, request.member)
    if isinstance(desk, Refused):
        return desk
    wanted = [number for number, _ in request.pins]
    lines = declarations.by_ids(context.connection, wanted)
    mine = [line for line in lines.values() if line.member == desk.person.id]
    if len(mine) != len(wanted):
        return refuse("line_unknown")
    decided = next((line for line in mine if line.state != "submitted"), None)
    if decided is not None:
        shown = views(context, [decided])[0]
        return refuse("line_state", state=decided.state, reviewer=shown.reviewer, name=shown.criterion.name)
    if any(line.submitted_at is None or context.now - line.submitted_at > UNDO for line in mine):
        return refuse("undo_over")
    pins = [(line.id, line.edition) for line in mine]
    lines_now = declarations.change(context.connection, pins, ("submitted",), state="draft", submitted_at=None)
    context.audit("undo", "member", desk.person.id, lines=wanted)
    shown_again = views(context, [lines_now[number] for number in wanted])
    return Draft(desk.person, desk.own, shown_again[0].period, shown_again[0].batch, tuple(shown_again))


def reopen(context: Context, request: Reopen) -> Draft | EvidenceQuestion | Refused:
    """Opens a returned line as a draft; when its month is closed it belongs to the current one."""
    found = own_line(context, request.line, "returned")
    if isinstance(found, Refused):
        return found
    line, desk = found
    batch, period = new_batch(context), line.period
    if schemes.closed(context.connection, desk.published.scheme.scheme, period):
        period = period_of(context.today)
    declarations.change(
        context.connection, [(line.id, line.edition)], ("returned",), state="draft", batch=batch, period=period
    )
    context.audit("reopen", "line", line.id)
    return next_step(context, desk, batch)


def my_lines(context: Context, _request: MyLines) -> Mine | Refused:
    """The member's lines of the month; returned ones of the month before come along while they can be mended."""
    if isinstance(desk := subject(context, 0), Refused):
        return desk
    return Mine(period_of(context.today), tuple(views(context, _of_month(context))))


def _of_month(context: Context) -> list[Line]:
    """The month's lines; those of the month before that are not settled come first."""
    period = period_of(context.today)
    states = ("draft", "submitted", "approved", "returned", "rejected")
    before = declarations.of_period(context.connection, context.actor.member, shift(period, -1), states)
    open_still = [line for line in before if line.state in ("returned", "submitted") or _opened_again(line)]
    return [*open_still, *declarations.of_period(context.connection, context.actor.member, period, states)]


def _opened_again(line: Line) -> bool:
    return line.state == "draft" and line.submitted_at is not None


def show_line(context: Context, request: ShowLine) -> OneLine | Refused:
    """One line of one's own."""
    found = own_line(context, request.line)
    if isinstance(found, Refused):
        return found
    return OneLine(views(context, [found[0]])[0])


REQUESTS: dict[type, Handler] = {
    DropDrafts: drop_drafts,
    Submit: submit,
    AskQuantity: ask_quantity,
    ChangeQuantity: change_quantity,
    Withdraw: withdraw,
    Undo: undo,
    Reopen: reopen,
    MyLines: my_lines,
    ShowLine: show_line,
}
