"""Screens of a declaration until it is submitted."""

from __future__ import annotations

from decimal import Decimal

from handlers.declarations import forms as f
from handlers.declarations.view import LineView
from handlers.ledger.points import MyPoints
from handlers.members import Home
from rules.schemes import Criterion
from screens.declarations import choices as choices_of
from screens.declarations import lines as words
from screens.problems import sentence
from screens.screen import Choice, Draw, Prompt, Screen
from screens.texts import Say, amount, clean, month, signed

MOST_LINES = 20


def evidence(say: Say, answer: f.EvidenceQuestion) -> Screen:
    """A photo, a file or a note."""
    line = answer.line
    lines = [words.own(say, line), *words.files(say, line)]
    lines.append(say("Send a photo or a file (PDF, Word, Excel), or type a note."))
    if answer.required:
        lines.append(say("Evidence is required for this criterion"))
    choices = [Choice(say("Delete this line"), f.Withdraw(line.id))] if line.state == "draft" else []
    back: object = f.ShowDraft(line.batch, answer.member) if line.state == "draft" else f.ShowLine(line.id)
    title = say("Evidence: {what}", what=line.criterion.name)
    prompt = Prompt(f.AddNote(line.id), "text", "evidence")
    return Screen(title, tuple(lines), (*choices, Choice(say("Back"), back)), prompt)


def draft(say: Say, answer: f.Draft) -> Screen:
    """Everything before it counts."""
    who = 0 if answer.own else answer.person.id
    lines = [] if answer.own else [say("On behalf of {name}", name=answer.person.name)]
    lines += [f"{index}. {words.own(say, line)}" for index, line in enumerate(answer.lines[:MOST_LINES], 1)]
    lines += _remarks(say, answer)
    pins = tuple(line.pin for line in answer.lines)
    choices = [Choice(confirm_label(say, answer), f.Submit(pins, who))] if pins else []
    choices += [
        Choice(amount(each, many), f.AddLine(each.code, answer.batch, who, many))
        for _, many, some in answer.unclear
        for each in some
    ]
    choices += [choice for wanted in answer.wanting for choice in _wanted(answer.batch, who, *wanted)]
    choices.append(Choice(say("Add another"), f.Declare(who, answer.batch)))
    choices += [_change_choice(say, line) for line in answer.lines[:MOST_LINES]]
    if len(pins) > 1:
        choices.append(Choice(say("Delete these drafts"), f.DropDrafts(pins, who)))
    title = say("Please check: {month}", month=month(say, answer.period)) if pins else say("Nothing understood yet")
    return Screen(title, tuple(lines), (*choices, Choice(say("Cancel"), Home())))


def _wanted(batch: int, who: int, criterion: Criterion, many: Decimal | None, option: str) -> list[Choice]:
    """Buttons for what a line of text left open: one for each option, or one that asks the rest."""
    if many is None:
        return [Choice(criterion.name, f.PickCriterion(criterion.code, batch, who))]
    options = [option] if option or not criterion.options else criterion.options
    return [
        Choice(amount(criterion, many, each), f.AddLine(criterion.code, batch, who, many, each)) for each in options
    ]


def confirm_label(say: Say, answer: f.Draft) -> str:
    """What submitting the drafts means: how many lines and points, and how many of them count."""
    points = sum((line.points for line in answer.lines), Decimal(0))
    counted = sum((words.counted(line) for line in answer.lines), Decimal(0))
    facts = {"count": len(answer.lines), "points": signed(points)}
    if counted == points:
        return say("Confirm {count} lines ({points} points)", **facts)
    return say("Confirm {count} lines ({points} points, {counted} count)", **facts, counted=signed(counted))


def _remarks(say: Say, answer: f.Draft) -> list[str]:
    """What was not understood, guessed, left out, received."""
    lines = [sentence(say, problem) for problem in answer.problems]
    lines += [say("Not understood: {text}. Type it again or choose by category.", text=text) for text in answer.unknown]
    lines += [say("“{text}” could be several criteria: choose below.", text=typed) for typed, _, _ in answer.unclear]
    lines += [say("{name}: one thing is missing, choose below.", name=each.name) for each, _, _ in answer.wanting]
    lines += [say("“{typed}” was read as “{name}”", typed=typed, name=name) for typed, name in answer.guessed]
    lines += [
        say("“{name}” is recorded by your branch; you need not declare it.", name=name) for name in answer.organised
    ]
    if answer.left_out:
        lines.append(say("{count} lines already stand this month and were left out.", count=answer.left_out))
    if answer.filed:
        lines.append(say("Received: {name}", name=clean(answer.filed)))
    if answer.others:
        lines.append(say("{count} other drafts are kept", count=answer.others))
    return lines


def _change_choice(say: Say, line: LineView) -> Choice:
    label = say("Change or add evidence: {what}", what=words.thing(line))
    return Choice(label, f.ShowLine(line.id))


def receipt(say: Say, answer: f.Receipt) -> Screen:
    """Submitted, and how to take it back."""
    lines = [] if answer.own else [say("On behalf of {name}", name=answer.person.name)]
    lines += [f"{index}. {words.own(say, line)}" for index, line in enumerate(answer.lines[:MOST_LINES], 1)]
    who = 0 if answer.own else answer.person.id
    undo = Choice(say("Undo"), f.Undo(answer.undo, who))
    if answer.own:
        lines.append(say("Each decision will be told to you here."))
        choices = (undo, Choice(say("This month's lines"), f.MyLines()), Choice(say("My points"), MyPoints()))
    else:
        lines.append(say("{name} is told of each decision.", name=answer.person.name))
        choices = (undo, Choice(say("Add another"), f.Declare(who)), Choice(say("Home"), Home()))
    title = say("Submitted: {count} lines of {month}", count=len(answer.lines), month=month(say, answer.period))
    return Screen(title, tuple(lines), choices)


def mine(say: Say, answer: f.Mine) -> Screen:
    """The month's lines, each one tap from what can be done with it."""
    lines = [f"{index}. {words.with_state(say, line)}" for index, line in enumerate(answer.lines[:MOST_LINES], 1)]
    open_lines = [line for line in answer.lines if line.state in ("draft", "submitted", "returned")]
    choices = [
        Choice(f"{words.thing(line)} {words.state_word(say, line.state)}", f.ShowLine(line.id))
        for line in open_lines[:MOST_LINES]
    ]
    title = say("Declared in {month}", month=month(say, answer.period))
    text = tuple(lines) or (say("Nothing yet this month."),)
    return Screen(title, text, (*choices, Choice(say("Declare"), f.Declare()), Choice(say("Back"), Home())))


def one_line(say: Say, answer: f.OneLine) -> Screen:
    """One line and what can be done with it."""
    line = answer.line
    done = {
        "noted": say("The note is saved."),
        "filed": say("The file is saved."),
        "changed": say("Changed; it is reviewed as it stands now."),
        "withdrawn": say("Withdrawn; it does not count."),
    }.get(answer.done)
    lines = [*([done] if done else []), words.with_state(say, line), *words.files(say, line)]
    if line.criterion.clause:
        lines.append(say("Rule: {clause}", clause=line.criterion.clause))
    choices = []
    if line.source == "member" and line.state == "returned":
        choices.append(Choice(say("Open again"), f.Reopen(line.id)))
    if line.source == "member" and line.state in ("draft", "submitted"):
        choices.append(Choice(say("Change quantity"), f.AskQuantity(line.id)))
        if line.criterion.evidence != "none":
            choices.append(Choice(say("Add evidence"), f.AskEvidence(line.id)))
    if line.source == "member" and line.state in ("draft", "submitted", "returned"):
        label = say("Delete this line") if line.state == "draft" else say("Withdraw")
        choices.append(Choice(label, f.Withdraw(line.id)))
    if line.state == "draft":
        choices.append(Choice(say("Back"), f.ShowDraft(line.batch)))
    else:
        choices.append(Choice(say("This month's lines"), f.MyLines()))
    return Screen(line.criterion.name, tuple(lines), tuple(choices))


def file_for(say: Say, answer: f.FileFor) -> Screen:
    """Which of the drafts is the file for?"""
    choices = [Choice(words.thing(line), f.AttachFile(answer.evidence, line.id)) for line in answer.lines[:MOST_LINES]]
    title = say("Which line is “{name}” for?", name=clean(answer.name))
    return Screen(title, (say("Tap the line; the file is kept until then."),), tuple(choices))


def file_waits(say: Say, answer: f.FileWaits) -> Screen:
    """A file without a line: kept, and what to do now."""
    lines = (
        say("“{name}” is kept for one day.", name=clean(answer.name)),
        say("Declare the line it belongs to, and it is attached by itself."),
    )
    return Screen(say("File received"), lines, (Choice(say("Declare"), f.Declare()), Choice(say("Back"), Home())))


SCREENS: dict[type, Draw] = {
    **choices_of.SCREENS,
    f.EvidenceQuestion: evidence,
    f.Draft: draft,
    f.Receipt: receipt,
    f.Mine: mine,
    f.OneLine: one_line,
    f.FileFor: file_for,
    f.FileWaits: file_waits,
}
