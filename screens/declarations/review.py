"""Screens of a reviewer."""

from __future__ import annotations

from handlers.declarations import review as r
from handlers.declarations.view import LineView
from handlers.members import Home
from screens.declarations import lines as words
from screens.screen import Choice, Draw, Prompt, Screen
from screens.texts import Say, clean, joined, month


def queue(say: Say, answer: r.Queue) -> Screen:
    """Twenty lines a page; one tap approves all that were pinned, whatever comes later."""
    if not answer.lines:
        return Screen(
            say("Nothing waits for review"),
            (say("New lines come to you in the morning digest."),),
            (Choice(say("Back"), Home()),),
        )
    lines = [words.queued(say, answer.offset + index, line) for index, line in enumerate(answer.lines, 1)]
    lines.append(say("To leave some out, type for example: approve all but 3 7"))
    shown_to = answer.offset + len(answer.lines)
    choices = [Choice(say("Approve all ({count})", count=len(answer.pins)), r.ApproveAll(answer.pins))]
    if shown_to < len(answer.pins):
        choices.append(Choice(say("Next page"), r.ShowQueue(shown_to, answer.pins)))
    first, rest = answer.pins[answer.offset], answer.pins[answer.offset + 1 :]
    choices.append(Choice(say("One by one"), r.ReviewLine(first, rest)))
    choices += [
        Choice(say("No. {number} {name}", number=answer.offset + index, name=line.member_name), r.ReviewLine(line.pin))
        for index, line in enumerate(answer.lines, 1)
        if line.flags
    ]
    title = say(
        "For review: {count} lines ({first}–{last} shown)",
        count=len(answer.pins),
        first=answer.offset + 1,
        last=shown_to,
    )
    return Screen(title, tuple(lines), (*choices, Choice(say("Back"), Home())))


def for_decision(say: Say, answer: r.ForDecision) -> Screen:
    """One line, three decisions."""
    line = answer.line
    lines = _done(say, answer.approved, answer.missed, answer.decided)
    lines += [
        joined(say, line.member_name, month(say, line.period)),
        words.own(say, line),
        *words.files(say, line),
    ]
    if line.criterion.about:
        lines.append(line.criterion.about)
    if line.criterion.clause:
        lines.append(say("Rule: {clause}", clause=line.criterion.clause))
    choices = (
        Choice(say("Approve"), r.Decide(line.pin, "approve", answer.rest)),
        *((Choice(say("Return"), r.Decide(line.pin, "return", answer.rest)),) if line.source == "member" else ()),
        Choice(say("Reject"), r.Decide(line.pin, "reject", answer.rest)),
        Choice(say("Later"), r.ReviewLine(answer.rest[0], answer.rest[1:]) if answer.rest else Home()),
        Choice(say("Queue"), r.ShowQueue()),
    )
    title = say("Decide: {name}, {what}", name=line.member_name, what=line.criterion.name)
    return Screen(title, tuple(lines), choices, link=_evidence_link(line))


def _evidence_link(line: LineView) -> str | None:
    if len(line.evidence) > 1:
        return f"/chat/evidence/line/{line.id}"
    return f"/chat/evidence/{line.evidence[0].id}" if line.evidence else None


def reason(say: Say, answer: r.ReasonQuestion) -> Screen:
    """A reason is required; three usual ones are a tap away."""
    usual = (
        say("Evidence is missing or unclear"),
        say("The quantity does not match"),
        say("It belongs to another criterion"),
    )
    line = answer.line
    choices = [Choice(text, r.Decide(line.pin, answer.decision, answer.rest, text)) for text in usual]
    choices.append(Choice(say("Back"), r.ReviewLine(line.pin, answer.rest)))
    word = say("return") if answer.decision == "return" else say("reject")
    title = say("Reason to {decision} {name}'s line?", decision=word, name=line.member_name)
    prompt = Prompt(r.Decide(line.pin, answer.decision, answer.rest), "reason")
    return Screen(
        title, (words.own(say, line), say("Tap a reason or type one; the member reads it.")), tuple(choices), prompt
    )


def decided(say: Say, answer: r.Decided) -> Screen:
    """What was done and what is left."""
    lines = _done(say, answer.approved, answer.missed, answer.decided)
    lines.append(
        say("{count} lines still wait.", count=answer.waiting) if answer.waiting else say("Nothing else waits.")
    )
    choices = [Choice(say("Go on reviewing"), r.ShowQueue())] if answer.waiting else []
    return Screen(say("Review done"), tuple(lines), (*choices, Choice(say("Home"), Home())))


def _done(say: Say, approved: int | None, missed: tuple[LineView, ...], one: tuple[LineView, str] | None) -> list[str]:
    lines = []
    if approved is not None:
        lines.append(say("Approved: {count} lines.", count=approved))
    if one is not None:
        line, decision = one
        word = {"approve": say("approved"), "return": say("returned"), "reject": say("rejected")}[decision]
        lines.append(say("{name}, {what}: {word}.", name=line.member_name, what=line.criterion.name, word=word))
    for line in missed[:10]:
        if line.state == "submitted":
            lines.append(
                say(
                    "{name} changed {what} meanwhile; please look again.",
                    name=line.member_name,
                    what=line.criterion.name,
                )
            )
        else:
            lines.append(
                say(
                    "{name}, {what}: already {state}{by}.",
                    name=line.member_name,
                    what=line.criterion.name,
                    state=words.state_word(say, line.state),
                    by=_by(say, line),
                )
            )
    return lines


def _by(say: Say, line: LineView) -> str:
    return say(" (by {name})", name=clean(line.reviewer)) if line.reviewer else ""


SCREENS: dict[type, Draw] = {r.Queue: queue, r.ForDecision: for_decision, r.ReasonQuestion: reason, r.Decided: decided}
