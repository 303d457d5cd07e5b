"""Screens of a declaration until it is submitted."""

from __future__ import annotations

from decimal import Decimal

from handlers.declarations import forms as f
from handlers.declarations.view import LineView
from handlers.ledger.points import MyPoints
from handlers.members import Home
from screens.declarations import lines as words
from screens.problems import sentence
from screens.screen import Choice, Draw, Prompt, Screen
from screens.texts import Say, amount, clean, month, number, signed

OFFERED = (Decimal(1), Decimal(2), Decimal(3), Decimal(4), Decimal(5))
MOST_LINES = 20


def categories(say: Say, answer: f.Categories) -> Screen:
    """Which category?"""
    who = 0 if answer.own else answer.person.id
    if answer.own:
        lines = [say("Choose a category, or type one line such as: declare volunteering 2 study 1")]
    else:
        lines = [say("On behalf of {name}", name=answer.person.name)]
    for node, room in answer.nodes:
        open_to = say("{points} more may count", points=number(room)) if room is not None else say("no cap")
        lines.append(node.name + say(" ({text})", text=open_to))
    choices = []
    if answer.last:
        choices.append(Choice(say("Same as last month ({count})", count=answer.last), f.SameAsLast(who)))
    if answer.drafts:
        choices.append(Choice(say("Go on with {count} drafts", count=answer.drafts), f.ShowDraft(0, who)))
    choices += [Choice(node.name, f.PickCategory(node.code, answer.batch, who)) for node, _ in answer.nodes]
    title = say("Declaration of {month}", month=month(say, answer.period))
    return Screen(title, tuple(lines), (*choices, Choice(say("Back"), Home())))


def criteria(say: Say, answer: f.Criteria) -> Screen:
    """Which criterion?"""
    lines = tuple(
        each.name + say(": ") + say("{points} points per {unit}", points=signed(each.value.rate), unit=each.unit)
        for each in answer.criteria
    )
    choices = [Choice(each.name, f.PickCriterion(each.code, answer.batch, answer.member)) for each in answer.criteria]
    if answer.pages > 1:
        onward = f.PickCategory(answer.node.code, answer.batch, answer.member, (answer.page + 1) % answer.pages)
        label = say("More ({page}/{pages})", page=answer.page + 1, pages=answer.pages)
        choices.append(Choice(label, onward))
    choices.append(Choice(say("Back"), f.Declare(answer.member, answer.batch)))
    return Screen(answer.node.name, lines, tuple(choices))


def quantity(say: Say, answer: f.QuantityQuestion) -> Screen:
    """How many? A tap for small numbers, typing for others."""
    criterion = answer.criterion
    if answer.line:
        request: f.ChangeQuantity | f.AddLine = f.ChangeQuantity(answer.line)
        back: object = f.ShowLine(answer.line)
    else:
        request = f.AddLine(criterion.code, answer.batch, answer.member)
        back = f.Declare(answer.member, answer.batch)
    offered = [each for each in OFFERED if each <= criterion.most]
    choices = [Choice(f"{number(each)}{criterion.unit}", _with_quantity(request, each)) for each in offered]
    lines = [criterion.about] if criterion.about else []
    lines.append(say("{points} points per {unit}", points=signed(criterion.value.rate), unit=criterion.unit))
    lines.append(say("Tap a number, or type one (at most {most})", most=criterion.most))
    if criterion.evidence == "required":
        lines.append(say("Evidence is required for this criterion"))
    title = say("{name}: how many?", name=criterion.name)
    prompt = Prompt(request, "quantity", "number")
    return Screen(title, tuple(lines), (*choices, Choice(say("Back"), back)), prompt)


def _with_quantity(request: f.ChangeQuantity | f.AddLine, value: Decimal) -> f.ChangeQuantity | f.AddLine:
    if isinstance(request, f.ChangeQuantity):
        return f.ChangeQuantity(request.line, value)
    return f.AddLine(request.criterion, request.batch, request.member, value)


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
    choices = [Choice(_confirm_label(say, answer), f.Submit(pins, who))] if pins else []
    choices += [
        Choice(amount(each, many), f.AddLine(each.code, answer.batch, who, many))
        for _, many, some in answer.unclear
        for each in some
    ]
    choices.append(Choice(say("Add another"), f.Declare(who, answer.batch)))
    choices += [_change_choice(say, line) for line in answer.lines[:MOST_LINES]]
    if len(pins) > 1:
        choices.append(Choice(say("Delete these drafts"), f.DropDrafts(pins, who)))
    title = say("Please check: {month}", month=month(say, answer.period)) if pins else say("Nothing understood yet")
    return Screen(title, tuple(lines), (*choices, Choice(say("Cancel"), Home())))


def _confirm_label(say: Say, answer: f.Draft) -> str:
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
    label = say("Change or add evidence: {what}", what=amount(line.criterion, line.quantity))
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
        Choice(f"{amount(line.criterion, line.quantity)} {words.state_word(say, line.state)}", f.ShowLine(line.id))
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
    choices = [
        Choice(amount(line.criterion, line.quantity), f.AttachFile(answer.evidence, line.id))
        for line in answer.lines[:MOST_LINES]
    ]
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
    f.Categories: categories,
    f.Criteria: criteria,
    f.QuantityQuestion: quantity,
    f.EvidenceQuestion: evidence,
    f.Draft: draft,
    f.Receipt: receipt,
    f.Mine: mine,
    f.OneLine: one_line,
    f.FileFor: file_for,
    f.FileWaits: file_waits,
}
