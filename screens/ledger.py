"""Screens of points and of why they are what they are."""

from __future__ import annotations

from decimal import Decimal

from handlers.declarations.forms import MyLines
from handlers.declarations.meeting import MarkAgain
from handlers.ledger import points as h
from handlers.ledger import reversal as r
from handlers.members import Home
from rules.periods import year_of
from rules.schemes import ATTENDANCE
from screens.declarations.lines import attendance_word
from screens.scoring import reason as why_in_words
from screens.screen import Choice, Draw, Prompt, Screen
from screens.texts import Say, amount, clean, joined, month, note_text, number, short_month, signed


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
    choices = _whys(say, answer.figures, answer.year)
    choices.append(Choice(say("Why: all of it"), h.Why("", answer.year)))
    choices.append(Choice(say("Year before"), h.MyPoints(answer.year - 1)))
    choices.append(Choice(say("This month's lines"), MyLines()))
    choices.append(Choice(say("Home"), Home()))
    title = say("Points in {year}: {total}", year=answer.year, total=number(answer.total))
    return Screen(title, tuple(lines), tuple(choices))


def _whys(say: Say, figures: tuple[h.CategoryFigure, ...], year: int) -> list[Choice]:
    return [Choice(say("Why: {name}", name=each.name), h.Why(each.code, year)) for each in figures]


def _figure(say: Say, figure: h.CategoryFigure) -> str:
    text = f"{figure.name} {signed(figure.counted)}"
    if figure.cap is not None:
        text += say(
            " of at most {cap}, {room} still possible", cap=number(figure.cap), room=number(figure.room or Decimal(0))
        )
    if figure.over > 0:
        text += say(" ({points} above the caps)", points=number(figure.over))
    if figure.standing:
        text += say(" (of which {points} without an entry)", points=signed(figure.standing))
    return text


def why(say: Say, answer: h.Explanation) -> Screen:
    """A figure opened down to its lines, the newest first."""
    lines = []
    if not answer.node:
        lines = [say("Base {points}", points=number(answer.base))] if answer.base else []
        lines += [_figure(say, figure) for figure in answer.figures]
    lines.append(_sum(say, answer))
    lines += [_reason(say, reason, answer.year) for reason in answer.reasons]
    lines.append(say("Rulebook: {title}, version {version}", title=answer.title, version=answer.version))
    name = answer.name or say("the total")
    choices = []
    if answer.page + 1 < answer.pages:
        label = say("Earlier lines ({page}/{pages})", page=answer.page + 1, pages=answer.pages)
        choices.append(Choice(label, h.Why(answer.node, answer.year, answer.page + 1)))
    if not answer.node:
        choices += _whys(say, answer.figures, answer.year)
    choices.append(Choice(say("My points"), h.MyPoints(answer.year)))
    return Screen(say("Why: {name}", name=name), tuple(lines), (*choices, Choice(say("Home"), Home())))


def _sum(say: Say, answer: h.Explanation) -> str:
    if not answer.node:
        return say("Total: {points}", points=number(answer.total))
    text = say("Counted: {points}", points=signed(answer.counted))
    text += "" if answer.cap is None else say(" of at most {cap}", cap=number(answer.cap))
    standing = next((each.standing for each in answer.figures if each.code == answer.node), Decimal(0))
    return text + (say(" (of which {points} without an entry)", points=signed(standing)) if standing else "")


def _reason(say: Say, reason: h.Reason, year: int) -> str:
    what = amount(reason.criterion, reason.quantity, reason.option, reason.matter)
    if reason.attendance is not None:
        what = f"{reason.criterion.name} {attendance_word(say, reason.attendance)}"
    when = month(say, reason.period) if year_of(reason.period) != year else short_month(say, reason.period)
    return joined(
        say,
        f"{when} {what} {signed(reason.posted)}",
        _counts(say, reason),
        say("by {name}", name=reason.reviewer) if reason.reviewer else "",
        reason.criterion.clause,
        note_text(say, reason.note),
        *(say("your answer: {text}", text=clean(text)) for text in reason.remarks),
    )


def _counts(say: Say, reason: h.Reason) -> str:
    """What of the entry does not count, and why; nothing when all of it counts."""
    if reason.reversal:
        return say("takes an entry back")
    if reason.cancelled:
        return say("taken back, counts 0")
    if reason.why:
        return say("counts 0: {why}", why=why_in_words(say, reason.why))
    parts = []
    if reason.capped != reason.posted and reason.criterion.factors:
        parts.append(say("{points} after factors and caps", points=signed(reason.capped)))
    elif reason.capped != reason.posted:
        parts.append(say("{points} after the month's or year's cap", points=signed(reason.capped)))
    if reason.counted != reason.capped:
        parts.append(say("{points} after the category's cap", points=signed(reason.counted)))
    return joined(say, *parts)


def reason_wanted(say: Say, answer: r.ReasonWanted) -> Screen:
    """A reversal needs a reason."""
    line = f"{answer.criterion.name} {signed(answer.points)}"
    lines = (line, say("The entry stays in the ledger; a new one takes it back. Type the reason; the member reads it."))
    prompt = Prompt(r.Reverse(answer.entry), "reason")
    return Screen(say("Why take it back?"), lines, (Choice(say("Cancel"), Home()),), prompt)


def reversed_(say: Say, answer: r.Reversed) -> Screen:
    """The reversal was posted."""
    line = joined(say, answer.member_name, f"{answer.criterion.name} {signed(answer.points)}")
    rule = answer.criterion.value.attendance
    states = [state for state in ATTENDANCE if rule is not None and getattr(rule, state) is not None]
    choices = [
        Choice(say("Record instead: {state}", state=attendance_word(say, state)), MarkAgain(answer.entry, state))
        for state in states
    ]
    return Screen(say("Taken back"), (line, say("The member is told.")), (*choices, Choice(say("Home"), Home())))


SCREENS: dict[type, Draw] = {h.Points: points, h.Explanation: why, r.ReasonWanted: reason_wanted, r.Reversed: reversed_}
