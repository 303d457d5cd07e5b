"""A reviewer's queue: all at once except numbers named, or line by line with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from handlers.declarations.drafts import cap_flags
from handlers.declarations.forms import Pins
from handlers.declarations.view import LineView, told, views
from handlers.ledger.posting import post_lines
from rules.access import reviewers
from rules.declarations import DECISIONS, Flag, check_note, flag_usual
from storage import audit, declarations, evidence, locks, members, reviews
from storage.declarations import Line

SHOWN = 20
MOST_PINNED = 500


class ShowQueue(Struct, frozen=True):
    """审核: the queue; later pages keep the numbers of the first by its pins."""

    offset: int = 0
    pins: Pins = ()


class ApproveAll(Struct, frozen=True):
    """全部通过: approves the pinned lines except the numbers named, which are asked next."""

    pins: Pins
    but: tuple[int, ...] = ()


class ReviewLine(Struct, frozen=True):
    """Shows one line for decision; `rest` are asked after it."""

    pin: tuple[int, int]
    rest: Pins = ()


class Decide(Struct, frozen=True):
    """Approves, returns or rejects one line as it was shown."""

    pin: tuple[int, int]
    decision: str
    rest: Pins = ()
    reason: str = ""


class Queue(Struct, frozen=True):
    """One page of what waits; numbers run through all pages."""

    lines: tuple[LineView, ...]
    pins: Pins
    offset: int
    total: int


class ForDecision(Struct, frozen=True):
    """One line to decide, and how many are asked after it; `approved` and `missed` tell what went before."""

    line: LineView
    rest: Pins
    approved: int | None = None
    missed: tuple[LineView, ...] = ()
    decided: tuple[LineView, str] | None = None


class ReasonQuestion(Struct, frozen=True):
    """Why is the line returned or rejected?"""

    line: LineView
    decision: str
    rest: Pins


class Decided(Struct, frozen=True):
    """What was decided, and how many lines still wait."""

    approved: int | None
    missed: tuple[LineView, ...]
    decided: tuple[LineView, str] | None
    waiting: int


def allowed(context: Context, lines: Sequence[Line]) -> dict[int, int | None]:
    """Line → on whose behalf the actor may decide it; lines he may not decide are left out."""
    units = {line.unit for line in lines}
    rows = members.units_by_ids(context.connection, units)
    branch = members.holders(context.connection, ("secretary",), units, context.today)
    parents = {row.parent for row in rows.values() if row.parent is not None}
    above = members.holders(context.connection, ("officer",), parents, context.today)
    found: dict[int, int | None] = {}
    for line in lines:
        parent = rows[line.unit].parent
        can = reviewers(line.member, branch[line.unit], above[parent] if parent is not None else ())
        if context.actor.member in can:
            found[line.id] = can[context.actor.member]
    return found


def waiting_lines(context: Context) -> list[Line]:
    """What waits for the actor, flagged lines left where they are: oldest first."""
    units = {grant.unit for grant in context.actor.grants if grant.role == "secretary"}
    for grant in context.actor.grants:
        if grant.role == "officer":
            below = members.units_under(context.connection, grant.path, "branch")
            units |= {unit.id for unit in below if unit.parent == grant.unit}
    lines = declarations.waiting(context.connection, units) if units else []
    can = allowed(context, lines)
    return [line for line in lines if line.id in can]


def flags_for(context: Context, lines: list[Line]) -> dict[int, tuple[Flag, ...]]:
    """Line → what a reviewer should look at: over cap, same evidence elsewhere, far above the usual."""
    if not lines:
        return {}
    flags = {number: list(found) for number, found in cap_flags(context, lines).items()}
    for number in evidence.used_elsewhere(context.connection, [line.id for line in lines]):
        flags.setdefault(number, []).append(Flag("same_evidence"))
    criteria = {line.criterion for line in lines}
    oldest = min(line.period for line in lines)
    past = declarations.past_quantities(context.connection, {line.member for line in lines}, criteria, oldest)
    for line in lines:
        found = flag_usual(line.quantity, past.get((line.member, line.criterion), []))
        if found:
            flags.setdefault(line.id, []).extend(found)
    return {number: tuple(found) for number, found in flags.items()}


def show_queue(context: Context, request: ShowQueue) -> Queue | Refused:
    """The actor's queue; without pins a fresh one, with pins another page of the one shown."""
    if not context.actor.granted("review"):
        return refuse("not_reviewer")
    if request.pins:
        found = declarations.by_ids(context.connection, [number for number, _ in request.pins])
        lines = [found[number] for number, _ in request.pins if number in found]
    else:
        lines = waiting_lines(context)
        flags = flags_for(context, lines)
        lines.sort(key=lambda line: line.id not in flags)
    shown = lines[:MOST_PINNED]
    page = shown[request.offset : request.offset + SHOWN]
    pins = request.pins or tuple((line.id, line.edition) for line in shown)
    return Queue(tuple(views(context, page, flags_for(context, page))), pins, request.offset, len(lines))


def approve_all(context: Context, request: ApproveAll) -> ForDecision | Decided | Refused:
    """Approves what was shown; excepted lines stay pending and are asked next."""
    wrong = [number for number in request.but if not 1 <= number <= len(request.pins)]
    if wrong:
        return refuse("number_not_shown", numbers=", ".join(map(str, wrong)), most=len(request.pins))
    excepted = tuple(request.pins[number - 1] for number in sorted(set(request.but)))
    pins = tuple(pin for pin in request.pins if pin not in excepted)
    done, missed = decide_lines(context, pins, "approve", "")
    return _go_on(context, excepted, approved=len(done), missed=missed)


def review_line(context: Context, request: ReviewLine) -> ForDecision | Refused:
    """One line to look at."""
    lines = list(declarations.by_ids(context.connection, [request.pin[0]]).values())
    if not lines or not allowed(context, lines):
        return refuse("line_unknown")
    shown = views(context, lines, flags_for(context, lines))[0]
    if shown.state != "submitted":
        return refuse("line_state", state=shown.state, reviewer=shown.reviewer, name=shown.criterion.name)
    return ForDecision(shown, request.rest)


def decide(context: Context, request: Decide) -> ForDecision | Decided | ReasonQuestion | Refused:
    """Decides one line; return and reject ask for a reason first."""
    locks.hold_lines(context.connection, [request.pin[0]])
    lines = list(declarations.by_ids(context.connection, [request.pin[0]]).values())
    if request.decision not in DECISIONS or not lines or not allowed(context, lines):
        return refuse("line_unknown")
    shown = views(context, lines)[0]
    if shown.state != "submitted":
        return _go_on(context, request.rest, missed=(shown,))
    if shown.edition != request.pin[1]:
        return ForDecision(shown, request.rest, missed=(shown,))
    wanting = _wanting(shown, request)
    if wanting is not None:
        return wanting
    decide_lines(context, [request.pin], request.decision, request.reason)
    return _go_on(context, request.rest, decided=(shown, request.decision))


def _wanting(line: LineView, request: Decide) -> ReasonQuestion | Refused | None:
    """What a decision still lacks: a reason that can be read; nothing when it is complete."""
    if request.decision == "return" and line.source == "organisation":
        return refuse("not_returned")
    if request.decision == "approve":
        return None
    if not request.reason:
        return ReasonQuestion(line, request.decision, request.rest)
    problems = check_note(request.reason)
    return Refused(tuple(problems)) if problems else None


def _go_on(
    context: Context,
    rest: Pins,
    *,
    approved: int | None = None,
    missed: tuple[LineView, ...] = (),
    decided: tuple[LineView, str] | None = None,
) -> ForDecision | Decided:
    lines = declarations.by_ids(context.connection, [number for number, _ in rest])
    for index, (number, _) in enumerate(rest):
        if number in lines and lines[number].state == "submitted" and allowed(context, [lines[number]]):
            line = [lines[number]]
            shown = views(context, line, flags_for(context, line))[0]
            return ForDecision(shown, rest[index + 1 :], approved, missed, decided)
    return Decided(approved, missed, decided, len(waiting_lines(context)))


def decide_lines(
    context: Context, pins: Iterable[tuple[int, int]], decision: str, reason: str
) -> tuple[list[Line], tuple[LineView, ...]]:
    """Decides the lines that still stand as shown; gives them, and those that were missed."""
    wanted = list(pins)
    locks.hold_lines(context.connection, [number for number, _ in wanted])
    lines = declarations.by_ids(context.connection, [number for number, _ in wanted])
    behalf = allowed(context, list(lines.values()))
    mine = [pin for pin in wanted if pin[0] in behalf]
    changed = declarations.change(
        context.connection, mine, ("submitted",), state=DECISIONS[decision], decided_at=context.now
    )
    done = [lines[number] for number, _ in mine if number in changed]
    reviews.add_reviews(
        context.connection,
        [
            {
                "line_id": line.id,
                "decision": decision,
                "reviewer_id": context.actor.member,
                "behalf_id": behalf[line.id],
                "reason": reason,
                "at": context.now,
            }
            for line in done
        ],
    )
    if decision == "approve":
        post_lines(context, done)
    context.audit_all(
        [
            audit.Deed(decision, "line", line.id, {"reason": reason, "edition": line.edition}, behalf[line.id])
            for line in done
        ]
    )
    _tell_members(context, done, decision, reason)
    missed = [line for number, line in lines.items() if number not in changed]
    return done, tuple(views(context, missed))


def _tell_members(context: Context, done: list[Line], decision: str, reason: str) -> None:
    """One notice a member, whatever the number of his lines."""
    by_member: dict[int, list[Line]] = {}
    for line in done:
        by_member.setdefault(line.member, []).append(line)
    rows = []
    for member, lines in by_member.items():
        facts = {
            "decision": decision,
            "reason": reason,
            "by": context.actor.name,
            "period": lines[0].period,
            "lines": [told(context, line) for line in lines],
        }
        row = {"kind": "lines_decided", "key": f"decided:{lines[0].id}:{lines[0].edition}", "facts": facts}
        rows.append({"member_id": member, **row})
    context.tell_all(rows)


REQUESTS: dict[type, Handler] = {
    ShowQueue: show_queue,
    ApproveAll: approve_all,
    ReviewLine: review_line,
    Decide: decide,
}
