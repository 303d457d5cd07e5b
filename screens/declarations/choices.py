"""Screens of what a line of a declaration is chosen from: category, criterion, option, quantity, matter."""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from handlers.declarations import choices as c
from handlers.declarations import forms as f
from handlers.members import Home
from rules.schemes import Criterion
from screens.schemes import worth_in_words
from screens.screen import Choice, Draw, Prompt, Screen
from screens.signin import form_choice
from screens.texts import Say, amount, month, number

OFFERED = (Decimal(1), Decimal(2), Decimal(3), Decimal(4), Decimal(5))


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
    if answer.own:
        choices.append(form_choice(say))
    title = say("Declaration of {month}", month=month(say, answer.period))
    return Screen(title, tuple(lines), (*choices, Choice(say("Back"), Home())))


def criteria(say: Say, answer: f.Criteria) -> Screen:
    """Which criterion?"""
    lines = tuple(each.name + say(": ") + worth_in_words(say, each) for each in answer.criteria)
    choices = [Choice(each.name, f.PickCriterion(each.code, answer.batch, answer.member)) for each in answer.criteria]
    if answer.pages > 1:
        onward = f.PickCategory(answer.node.code, answer.batch, answer.member, (answer.page + 1) % answer.pages)
        label = say("More ({page}/{pages})", page=answer.page + 1, pages=answer.pages)
        choices.append(Choice(label, onward))
    choices.append(Choice(say("Back"), f.Declare(answer.member, answer.batch)))
    return Screen(answer.node.name, lines, tuple(choices))


def option(say: Say, answer: c.OptionQuestion) -> Screen:
    """Which option? One tap each."""
    criterion, batch, who = answer.criterion, answer.batch, answer.member
    choices = [
        Choice(
            each,
            c.PickOption(criterion.code, each, batch, who)
            if answer.quantity is None
            else f.AddLine(criterion.code, batch, who, answer.quantity, each),
        )
        for each in criterion.options
    ]
    title = say("{name}: which one?", name=criterion.name)
    return Screen(title, tuple(_about(say, criterion)), (*choices, Choice(say("Back"), f.Declare(who, batch))))


def matter(say: Say, answer: c.MatterQuestion) -> Screen:
    """Which matter? Those of the year are a tap away."""
    line, criterion = answer.line, answer.criterion
    lines = (
        amount(criterion, line.quantity, line.option),
        matter_hint(say),
    )
    choices = [Choice(each, replace(line, matter=each)) for each in answer.matters]
    title = say("{name}: which matter is it about?", name=criterion.name)
    back = Choice(say("Back"), f.Declare(line.member, line.batch))
    return Screen(title, lines, (*choices, back), Prompt(line, "matter"))


def matter_hint(say: Say) -> str:
    """What may be typed for a matter."""
    return say("Type its name in a few words, always the same: one matter counts once.")


def _about(say: Say, criterion: Criterion) -> list[str]:
    """What a criterion is, what it is worth, and whether evidence is needed."""
    lines = [criterion.about] if criterion.about else []
    lines.append(worth_in_words(say, criterion))
    if criterion.evidence == "required":
        lines.append(say("Evidence is required for this criterion"))
    return lines


def quantity(say: Say, answer: f.QuantityQuestion) -> Screen:
    """How many? A tap for small numbers, typing for others."""
    criterion = answer.criterion
    if answer.line:
        request: f.ChangeQuantity | f.AddLine = f.ChangeQuantity(answer.line)
        back: object = f.ShowLine(answer.line)
    else:
        request = f.AddLine(criterion.code, answer.batch, answer.member, option=answer.option)
        back = f.Declare(answer.member, answer.batch)
    offered = offers(criterion)
    choices = [Choice(f"{number(each)}{criterion.unit}", replace(request, quantity=each)) for each in offered]
    lines = [*_about(say, criterion), hint(say, criterion)]
    title = say("{name}: how many?", name=amount(criterion, None, answer.option))
    prompt = Prompt(request, "quantity", "number")
    return Screen(title, tuple(lines), (*choices, Choice(say("Back"), back)), prompt)


def offers(criterion: Criterion) -> list[Decimal]:
    """The quantities that are a tap away."""
    bounds = criterion.value.range
    if bounds is None:
        return [each for each in OFFERED if each <= criterion.most]
    return [each for each in OFFERED if bounds.least <= each <= bounds.most]


def hint(say: Say, criterion: Criterion) -> str:
    """What may be typed for a quantity."""
    bounds = criterion.value.range
    if bounds is None:
        return say("Tap a number, or type one (at most {most})", most=criterion.most)
    facts = {"least": number(bounds.least), "most": number(bounds.most)}
    return say("Tap the points, or type them ({least} to {most})", **facts)


SCREENS: dict[type, Draw] = {
    f.Categories: categories,
    f.Criteria: criteria,
    c.OptionQuestion: option,
    c.MatterQuestion: matter,
    f.QuantityQuestion: quantity,
}
