"""A line in words, and the words for its state, flags and evidence."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from handlers.declarations.view import LineView
from rules.declarations import Flag
from rules.schemes import Criterion
from rules.scoring.worth import WINDOWED
from screens.scoring import reason as why_in_words
from screens.texts import Say, amount, clean, joined, names, note_text, number, signed
from screens.worth import STATES as ATTENDANCE_STATES

STATES: dict[str, Callable[[Say], str]] = {
    "draft": lambda say: say("draft"),
    "submitted": lambda say: say("waiting for review"),
    "approved": lambda say: say("approved"),
    "returned": lambda say: say("returned"),
    "rejected": lambda say: say("rejected"),
    "withdrawn": lambda say: say("withdrawn"),
}
SOURCES: dict[str, Callable[[Say], str]] = {
    "member": lambda say: say("declared"),
    "organisation": lambda say: say("entered by the organisation"),
    "task": lambda say: say("posted by a task"),
}


def state_word(say: Say, state: str) -> str:
    """The state of a line."""
    return STATES[state](say)


def source_word(say: Say, source: str) -> str:
    """Who made a line."""
    return SOURCES[source](say)


def attendance_word(say: Say, state: str | None) -> str:
    """The attendance of one member."""
    return ATTENDANCE_STATES[state](say) if state is not None else ""


def flag_word(say: Say, line: LineView, flag: Flag) -> str:
    """What a reviewer should look at."""
    facts = dict(flag.facts)
    if flag.code == "over_cap":
        return say("over the cap, {points} would count", points=number(str(facts["counted"])))
    if flag.code == "not_counted":
        return say("would not count: {why}", why=why_in_words(say, str(facts["why"])))
    if flag.code == "above_usual":
        return say("usually {quantity}", quantity=f"{number(str(facts['usual']))}{line.criterion.unit}")
    return say("same evidence used before")


def worth(say: Say, criterion: Criterion, points: Decimal) -> str:
    """The points of an entry, or that all of its kind are worth something together."""
    return say("points by all of them together") if criterion.value.kind in WINDOWED else signed(points)


def thing(line: LineView) -> str:
    """Criterion, option, matter and quantity."""
    return amount(line.criterion, line.quantity, line.option, line.matter)


def what(say: Say, line: LineView) -> str:
    """Criterion, quantity and points."""
    head = thing(line)
    if line.attendance is not None:
        head = f"{line.criterion.name} {attendance_word(say, line.attendance)}"
    if line.criterion.value.kind in WINDOWED:
        return joined(say, head, worth(say, line.criterion, line.points))
    return say("{what}, {points} points", what=head, points=signed(line.points))


def own(say: Say, line: LineView) -> str:
    """A line as its member sees it."""
    parts = [what(say, line)]
    if line.evidence:
        parts.append(say("{count} files", count=len(line.evidence)))
    if line.note:
        parts.append(say("note: {text}", text=note_text(say, line.note)))
    if line.state == "draft" and line.reason:
        parts.append(say("returned before: {text}", text=clean(line.reason)))
    return joined(say, *parts, *(flag_word(say, line, flag) for flag in line.flags))


def counted(line: LineView) -> Decimal:
    """Points that would count after the caps."""
    less = [dict(flag.facts)["counted"] for flag in line.flags if flag.code in ("over_cap", "not_counted")]
    return Decimal(str(less[0])) if less else line.points


def with_state(say: Say, line: LineView) -> str:
    """A line with its state, and the reason when it came back."""
    came_back = line.reason and line.state in ("returned", "rejected")
    reason = say("reason: {text}", text=clean(line.reason)) if came_back else ""
    return joined(say, own(say, line), state_word(say, line.state), reason)


def queued(say: Say, number_shown: int, line: LineView) -> str:
    """A line as its reviewer sees it."""
    entered = say("entered on behalf") if line.behalf else ""
    state = "" if line.state == "submitted" else state_word(say, line.state)
    return joined(say, f"{number_shown}. {line.member_name} {own(say, line)}", entered, state)


def files(say: Say, line: LineView) -> list[str]:
    """The evidence of a line, by name."""
    if not line.evidence:
        return []
    return [say("Evidence: {names}", names=names(say, [clean(each.name) for each in line.evidence]))]
