"""Breaking a task down to members, and how its parts stand."""

from __future__ import annotations

from msgspec import structs

from handlers.members import Home
from handlers.tasks import breaking as b
from handlers.tasks.deciding import ShowReports
from handlers.tasks.mine import MyTasks, ShowTask
from rules.tasks.states import OVER
from screens.screen import Choice, Draw, Prompt, Screen
from screens.tasks.deciding import queued
from screens.tasks.words import brief, on
from screens.texts import Say, clean, joined, names
from storage.tasks.rows import TaskRow

NAMED = 10


def menu(say: Say, answer: b.Breakable) -> Screen:
    """Which task?"""
    home = Choice(say("Home"), Home())
    if not answer.tasks:
        line = say("What is given to your branch can be broken down to its members.")
        return Screen(say("No task to break down"), (line,), (home,))
    lines = tuple(
        f"{place}. " + joined(say, clean(task.title), say("due on {day}", day=on(say, task.due_on)))
        for place, task in enumerate(answer.tasks, 1)
    )
    choices = [
        Choice(f"{place}. {brief(task.title)}", b.BreakDown(begun(task))) for place, task in enumerate(answer.tasks, 1)
    ]
    return Screen(say("Which task is to be broken down?"), lines, (*choices, home))


def begun(task: TaskRow) -> b.Split:
    """A split of a task as it is shown, to everybody."""
    return b.Split((task.id, task.edition))


def preview(say: Say, answer: b.SplitPreview) -> Screen:
    """What will be issued to whom."""
    split, task = answer.split, answer.task
    some = names(say, [clean(each.name) for each in answer.to[:NAMED]]) + ("…" if len(answer.to) > NAMED else "")
    verified = say("nobody: done is done") if split.verify == "nobody" else say("you")
    lines = (
        say("Goes to {count} members: {names}", count=len(answer.to), names=some),
        say("due on {day}", day=on(say, split.until or task.due_on)),
        say("Verified by: {who}", who=verified),
        say("The task itself can be reported once all parts are done."),
    )
    other = structs.replace(split, verify="issuer" if split.verify == "nobody" else "nobody")
    verify = say("I verify the parts") if split.verify == "nobody" else say("Nobody need verify the parts")
    choices = (
        Choice(say("Issue ({count})", count=len(answer.to)), b.IssueParts(split)),
        Choice(say("Choose members"), b.SplitTo(split)),
        Choice(say("Another day"), b.SplitDay(split)),
        Choice(verify, b.BreakDown(other)),
        Choice(say("Cancel"), ShowTask(task.id)),
    )
    return Screen(say("Break down: {title}", title=clean(task.title)), lines, choices)


def audience(say: Say, answer: b.SplitAudience) -> Screen:
    """Numbers of the list, or everybody."""
    split = answer.split
    lines = [
        f"{place}. {clean(each.name)}" + (" ✓" if each.number in split.chosen else "")
        for place, each in enumerate(answer.free, 1)
    ]
    lines.append(say("Type the numbers, such as: 3 7. Or: all; all but 3 7."))
    everybody = b.BreakDown(structs.replace(split, chosen=()))
    choices = (
        Choice(say("All ({count})", count=len(answer.free)), everybody),
        Choice(say("Back"), b.BreakDown(split)),
    )
    title = say("To whom? {title}", title=clean(answer.task.title))
    return Screen(title, tuple(lines), choices, Prompt(b.SplitTo(split), "typed"))


def day_question(say: Say, answer: b.SplitDayQuestion) -> Screen:
    """Until when?"""
    lines = (
        say("The task itself is due on {day}; no part is due later.", day=on(say, answer.task.due_on)),
        say("Type a day, such as 12-15 or next Friday."),
    )
    back = Choice(say("Back"), b.BreakDown(answer.split))
    title = say("Until when? {title}", title=clean(answer.task.title))
    return Screen(title, lines, (back,), Prompt(b.SplitDay(answer.split), "text"))


def part_list(say: Say, answer: b.PartList) -> Screen:
    """How many are done, and by whom not."""
    task = answer.task
    over = sum(view.task.state in OVER for view in answer.parts)
    lines = [say("{count} parts were issued; who carries them is told.", count=answer.issued)] if answer.issued else []
    if answer.taken_back:
        lines.append(say("Taken back from {name}.", name=clean(answer.taken_back)))
    lines.append(say("{done} of {count} parts done", done=over, count=len(answer.parts)))
    lines += [queued(say, place, view) for place, view in enumerate(answer.parts, 1)]
    if answer.parts and over == len(answer.parts) and task.state in ("open", "returned"):
        lines.append(say("All parts are done: the task can be reported now."))
    choices = []
    if any(view.task.state == "reported" for view in answer.parts):
        choices.append(Choice(say("Reports"), ShowReports()))
    if answer.mine and task.state in ("open", "returned"):
        choices.append(Choice(say("Break down further"), b.SplitTo(begun(task))))
        choices += [
            Choice(say("Take back from {name}", name=clean(names(say, view.carried_by))), b.TakeBackPart(view.pin))
            for view in answer.parts
            if view.task.state not in OVER
        ]
    choices += [Choice(say("The task"), ShowTask(task.id)), Choice(say("My tasks"), MyTasks())]
    return Screen(say("Parts of {title}", title=clean(task.title)), tuple(lines), tuple(choices))


SCREENS: dict[type, Draw] = {
    b.Breakable: menu,
    b.SplitPreview: preview,
    b.SplitAudience: audience,
    b.SplitDayQuestion: day_question,
    b.PartList: part_list,
}
