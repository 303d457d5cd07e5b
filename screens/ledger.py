"""Screens of points and of why they are what they are."""

from __future__ import annotations

from decimal import Decimal

from handlers.declarations.forms import Declare, MyLines
from handlers.ledger import points as h
from handlers.ledger import reversal as r
from handlers.members import Home
from screens.declarations.lines import attendance_word
from screens.screen import Choice, Draw, Prompt, Screen
from screens.texts import Say, amount, clean, month, number, signed

MOST_REASONS = 40


def points(say: Say, answer: h.Points) -> Screen:
    """The total by category against caps, and what is still possible."""
    lines = [say("Base {points}", points=number(answer.base))] if answer.base else []
    for figure in answer.figures:
        lines.append(_figure(say, figure))
    if answer.waiting:
        lines.append(
            say(
                "{count} lines ({points}) wait for review and are not in the total.",
                count=answer.waiting,
                points=signed(answer.waiting_points),
            )
        )
    if answer.grade:
        lines.append(say("At this total: {grade}. A committee decides the year's grade.", grade=answer.grade))
    choices = [Choice(say("Why: {name}", name=each.name), h.Why(each.code, answer.year)) for each in answer.figures]
    choices.append(Choice(say("Why: all of it"), h.Why("", answer.year)))
    choices.append(Choice(say("This month's lines"), MyLines()))
    choices.append(Choice(say("Home"), Home()))
    title = say("Points in {year}: {total}", year=answer.year, total=number(answer.total))
    return Screen(title, tuple(lines), tuple(choices))


def _figure(say: Say, figure: h.CategoryFigure) -> str:
    text = f"{figure.name} {signed(figure.counted)}"
    if figure.cap is not None:
        text += say(
            " of at most {cap}, {room} still possible", cap=number(figure.cap), room=number(figure.room or Decimal(0))
        )
    if figure.posted > figure.counted:
        text += say(" ({points} above the caps)", points=number(figure.posted - figure.counted))
    return text


def why(say: Say, answer: h.Explanation) -> Screen:
    """A figure opened down to its lines."""
    shown = answer.reasons[-MOST_REASONS:]
    lines = [_reason(say, reason) for reason in shown]
    hidden = len(answer.reasons) - len(shown)
    if hidden:
        lines.insert(0, say("{count} older lines are in the figure too.", count=hidden))
    if not answer.node and answer.base:
        lines.insert(0, say("Base {points}", points=number(answer.base)))
    lines.append(_sum(say, answer))
    lines.append(say("Rulebook: {title}, version {version}", title=answer.title, version=answer.version))
    name = answer.name or say("the total")
    choices = (Choice(say("My points"), h.MyPoints(answer.year)), Choice(say("Declare"), Declare()))
    return Screen(say("Why: {name}", name=name), tuple(lines), choices)


def _sum(say: Say, answer: h.Explanation) -> str:
    if not answer.node:
        return say("Total: {points}", points=number(answer.total))
    text = say("Counted: {points}", points=signed(answer.counted))
    return text if answer.cap is None else text + say(" of at most {cap}", cap=number(answer.cap))


def _reason(say: Say, reason: h.Reason) -> str:
    what = amount(reason.criterion, reason.quantity)
    if reason.attendance is not None:
        what = f"{reason.criterion.name} {attendance_word(say, reason.attendance)}"
    parts = [f"{month(say, reason.period)} {what} {signed(reason.posted)}"]
    if reason.reversal:
        parts.append(say("takes an entry back"))
    elif reason.cancelled:
        parts.append(say("taken back, counts 0"))
    else:
        parts += _counts(say, reason)
    if reason.reviewer:
        parts.append(say("by {name}", name=reason.reviewer))
    if reason.criterion.clause:
        parts.append(reason.criterion.clause)
    if reason.note:
        parts.append(clean(reason.note))
    return say("; ").join(parts)


def _counts(say: Say, reason: h.Reason) -> list[str]:
    parts = []
    if reason.capped != reason.posted:
        parts.append(say("{points} after the month's or year's cap", points=signed(reason.capped)))
    if reason.counted != reason.capped:
        parts.append(say("{points} after the category's cap", points=signed(reason.counted)))
    return parts or [say("all of it counts")]


def reason_wanted(say: Say, answer: r.ReasonWanted) -> Screen:
    """A reversal needs a reason."""
    line = f"{answer.criterion.name} {signed(answer.points)}"
    lines = (line, say("The entry stays in the ledger; a new one takes it back. Type the reason; the member reads it."))
    prompt = Prompt(r.Reverse(answer.entry), "reason")
    return Screen(say("Why take it back?"), lines, (Choice(say("Cancel"), Home()),), prompt)


def reversed_(say: Say, answer: r.Reversed) -> Screen:
    """The reversal was posted."""
    line = f"{answer.member_name}{say('; ')}{answer.criterion.name} {signed(Decimal(answer.points))}"
    return Screen(say("Taken back"), (line, say("The member is told.")), (Choice(say("Home"), Home()),))


SCREENS: dict[type, Draw] = {h.Points: points, h.Explanation: why, r.ReasonWanted: reason_wanted, r.Reversed: reversed_}
