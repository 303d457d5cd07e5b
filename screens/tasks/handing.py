"""Tasks without anybody: the list, and to whom each is handed over."""

from __future__ import annotations

from handlers.members import Home
from handlers.tasks import handing as h
from handlers.tasks.deciding import DecideTask
from handlers.tasks.state import TaskStates
from screens.screen import Choice, Draw, Prompt, Screen
from screens.tasks.words import brief, on
from screens.texts import Say, clean, joined


def orphans(say: Say, answer: h.OrphanList) -> Screen:
    """Ten a page, each one tap from whom to hand it to."""
    back = (Choice(say("State of tasks"), TaskStates()), Choice(say("Home"), Home()))
    if not answer.tasks:
        return Screen(say("No task is without anybody"), (say("Everybody who carries one is still there."),), back)
    first = answer.page * h.PAGE + 1
    lines, choices = [], []
    for place, view in enumerate(answer.tasks, first):
        task = view.task
        gone = say("{name} is gone", name=clean(answer.gone.get(task.id, "")))
        due = say("due on {day}", day=on(say, task.due_on))
        lines.append(f"{place}. " + joined(say, clean(task.title), clean(task.unit_name), gone, due))
        choices.append(Choice(f"{place}. {brief(task.title)}", h.HandOver(view.pin)))
    if answer.pages > 1:
        onward = h.Orphans((answer.page + 1) % answer.pages)
        choices.append(Choice(say("More ({page}/{pages})", page=answer.page + 1, pages=answer.pages), onward))
    return Screen(say("Tasks without anybody"), tuple(lines), (*choices, *back))


def heirs(say: Say, answer: h.HeirQuestion) -> Screen:
    """To whom?"""
    view = answer.task
    lines = [
        joined(say, clean(view.task.unit_name), say("{name} is gone", name=clean(answer.gone))),
        *(f"{place}. {clean(person.name)}" for place, person in enumerate(answer.people, 1)),
        say("Type the number of the member who carries it from now on."),
    ]
    choices = [Choice(say("Waive"), DecideTask(view.pin, "waive"))] if answer.waivable else []
    choices.append(Choice(say("Back"), h.Orphans()))
    title = say("Hand over to whom? {title}", title=clean(view.task.title))
    return Screen(title, tuple(lines), tuple(choices), Prompt(h.HandOver(view.pin), "typed"))


def handed_over(say: Say, answer: h.HandedOver) -> Screen:
    """Who carries it now."""
    lines = [say("{name} carries it now and is being told.", name=clean(answer.to))]
    if answer.left:
        lines.append(say("{count} tasks are still without anybody.", count=answer.left))
    choices = [Choice(say("Go on"), h.Orphans())] if answer.left else []
    title = say("Handed over: {title}", title=clean(answer.task.title))
    return Screen(title, tuple(lines), (*choices, Choice(say("Home"), Home())))


SCREENS: dict[type, Draw] = {
    h.OrphanList: orphans,
    h.HeirQuestion: heirs,
    h.HandedOver: handed_over,
}
