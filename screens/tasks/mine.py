"""What a member carries: the list, and one task with at most six buttons."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from handlers.members import Home
from handlers.tasks import mine, reporting, wanting
from handlers.tasks.breaking import BreakDown, ShowParts, Split
from handlers.tasks.deciding import OpenReport
from handlers.tasks.mine import Happened, ShownTask, TaskList
from handlers.tasks.promises import Promises
from rules.tasks.plan import Figure
from rules.tasks.states import LIVE
from screens.announcements.words import body
from screens.screen import Choice, Draw, Prompt, Screen
from screens.tasks.words import DEEDS, brief, figure, on, task_state
from screens.texts import Say, clean, joined, names, number
from storage.tasks.rows import TaskRow

NOTE = 40
HAPPENED: dict[str, Callable[[Say], str]] = {
    **DEEDS,
    "report": lambda say: say("reported"),
    "finish": lambda say: say("done"),
    "withdraw": lambda say: say("report taken back"),
    "file": lambda say: say("file added"),
    "words": lambda say: say("words added"),
    "doing": lambda say: say("on it"),
    "help": lambda say: say("needs help"),
    "ask_more_time": lambda say: say("asked for more time"),
    "break_down": lambda say: say("broken down"),
    "promise": lambda say: say("promised"),
    "issue": lambda say: say("issued"),
    "give": lambda say: say("issued"),
    "urge": lambda say: say("urged"),
    "posted": lambda say: say("points posted"),
    "not_posted": lambda say: say("points not posted"),
}


def task_list(say: Say, answer: TaskList) -> Screen:
    """Today and overdue, this week, later, and what waits for others."""
    ways = (Choice(say("Promises"), Promises()), Choice(say("Home"), Home()))
    if not answer.rows:
        line = say("New ones come to you in the morning digest.")
        return Screen(say("You have no open tasks"), (line,), ways)
    lines: list[str] = []
    last = ""
    for place, task in enumerate(answer.rows, answer.first):
        if (heading := _group(say, task, answer.today)) != last:
            lines.append(heading)
            last = heading
        lines.append(f"{place}. {_line(say, task, answer)}")
    choices = [
        Choice(f"{place}. {brief(task.title)}", mine.ShowTask(task.id))
        for place, task in enumerate(answer.rows, answer.first)
    ]
    if answer.pages > 1:
        onward = mine.MyTasks((answer.page + 1) % answer.pages)
        choices.append(Choice(say("More ({page}/{pages})", page=answer.page + 1, pages=answer.pages), onward))
    return Screen(say("My tasks"), tuple(lines), (*choices, *ways))


def _group(say: Say, task: TaskRow, today: date) -> str:
    if task.state == "reported":
        return say("Being verified:")
    if task.due_on <= today:
        return say("Today and overdue:")
    sunday = today + timedelta(days=6 - today.weekday())
    return say("This week:") if task.due_on <= sunday else say("Later:")


def _line(say: Say, task: TaskRow, answer: TaskList) -> str:
    unit = clean(task.unit_name) if answer.units else ""
    left = "" if task.state == "reported" else left_words(say, (task.due_on - answer.today).days)
    return joined(say, clean(task.title), unit, left, stands(say, task))


def left_words(say: Say, days: int) -> str:
    """How many days are left, negative when it is late."""
    if days == 0:
        return say("due today")
    return say("{days} days left", days=days) if days > 0 else say("{days} days late", days=-days)


def stands(say: Say, task: TaskRow) -> str:
    """What is to be known of a task besides its due date; nothing of one that was just issued."""
    said = {"": "", "doing": say("on it"), "help": say("needs help")}[task.stance]
    if task.state == "returned":
        returned = with_note(say, task_state(say, "returned"), task.reason)
        said = joined(say, returned, said)
    elif task.state != "open":
        said = task_state(say, task.state)
    wanted = "" if task.wanted_on is None else say("more time asked until {day}", day=on(say, task.wanted_on))
    return joined(say, said, wanted)


def with_note(say: Say, what: str, note: str) -> str:
    """Words with what somebody wrote to them, as far as a line has room."""
    text = clean(note)
    shown = text if len(text) <= NOTE else text[: NOTE - 1] + "…"
    return say("{what} ({note})", what=what, note=shown) if text else what


def one(say: Say, answer: ShownTask) -> Screen:
    """A task and what can be done about it."""
    task = answer.task
    told = [] if answer.done else [*body(task.about), *_asked(say, answer)]
    lines = [*_just(say, answer), *told, *_when(say, answer), *_who(say, answer), *_state(say, answer)]
    if answer.history and not answer.done:
        lines += ["", *(_event(say, each) for each in answer.history)]
    choices = [BUTTONS[deed](say, task) for deed in answer.can if deed in BUTTONS]
    choices.append(Choice(say("My tasks"), mine.MyTasks()))
    if len(choices) < 3:
        choices.append(Choice(say("Home"), Home()))
    prompt = None
    if answer.done in ("reported", "finished", "filed", "worded") and "add" in answer.can:
        prompt = Prompt(reporting.AddTaskWords(task.id), "text", "evidence")
    return Screen(_title(say, answer), tuple(lines), tuple(choices), prompt, link=_files_link(answer))


def _title(say: Say, answer: ShownTask) -> str:
    title = clean(answer.task.title)
    return {
        "reported": say("Reported: {title}", title=title),
        "finished": say("Done: {title}", title=title),
        "withdrawn": say("Taken back: {title}", title=title),
        "doing": say("Noted: {title}", title=title),
        "help": say("Help is asked for: {title}", title=title),
        "wanted": say("More time is asked for: {title}", title=title),
        "promised": say("Promised: {title}", title=title),
        "filed": say("Added: {title}", title=title),
        "worded": say("Added: {title}", title=title),
    }.get(answer.done, say("Task: {title}", title=title))


def _just(say: Say, answer: ShownTask) -> list[str]:
    """What follows from what was just done."""
    lines = {
        "reported": say("{name} verifies it; you hear what comes of it.", name=clean(answer.issuer)),
        "withdrawn": say("The report is taken back, its files stay. Report it again when it is ready."),
        "doing": say("Nobody is bothered with it."),
        "help": say("{name} was told at once.", name=clean(answer.issuer)),
        "wanted": say("{name} decides it; until then the old day holds.", name=clean(answer.issuer)),
        "promised": say("Your branch can see it. Nobody verifies it but yourself."),
    }
    found = [lines[answer.done]] if answer.done in lines else []
    if answer.done in ("reported", "finished", "filed") and "add" in answer.can and answer.terms.evidence != "none":
        found.append(say("A photo or file that you send now is added; what you type joins the report."))
    return found


def _asked(say: Say, answer: ShownTask) -> list[str]:
    """What a report has to have."""
    terms = answer.terms
    parts = [figure_words(say, terms.figure)] if terms.figure is not None else []
    if terms.sheet:
        parts.append(say("an item sheet of {count} items", count=len(terms.sheet)))
    if terms.evidence == "required":
        parts.append(say("a photo or file"))
    if terms.evidence == "optional":
        parts.append(say("a photo or file if you like"))
    return [say("Asked: {what}", what=joined(say, *parts))] if parts and answer.task.kind != "promise" else []


def figure_words(say: Say, asked: Figure) -> str:
    """A figure that is asked, with its unit and bounds."""
    name = with_note(say, clean(asked.name), asked.unit)
    if asked.least is not None and asked.most is not None:
        return say("{name}, {least} to {most}", name=name, least=number(asked.least), most=number(asked.most))
    if asked.least is not None:
        return say("{name}, at least {least}", name=name, least=number(asked.least))
    return say("{name}, at most {most}", name=name, most=number(asked.most)) if asked.most is not None else name


def _when(say: Say, answer: ShownTask) -> list[str]:
    task = answer.task
    due = say("Due on {day}", day=on(say, task.due_on))
    if task.state not in LIVE:
        return [due]
    rest = say("not a working day, the last before it is {day}", day=on(say, answer.worked))
    left = left_words(say, (task.due_on - answer.today).days)
    return [joined(say, due, left, "" if answer.worked == task.due_on else rest)]


def _who(say: Say, answer: ShownTask) -> list[str]:
    """Who issued it, who verifies it, and who carries it."""
    lines = []
    if answer.task.kind != "promise":
        facts = {"name": clean(answer.issuer)}
        nobody = answer.terms.verify == "nobody"
        lines.append(
            say("Issued by {name}; nobody verifies it", **facts)
            if nobody
            else say("Issued and verified by {name}", **facts)
        )
    if answer.behalf:
        lines.append(say("You carry it in place of {name}", name=clean(answer.behalf)))
    carried = names(say, map(clean, answer.carriers)) or say("(nobody)")
    lines.append(f"{clean(answer.task.unit_name)} {carried}")
    done, count = answer.parts
    if count:
        lines.append(say("Broken down: {done} of {count} parts are done", done=done, count=count))
    return lines


def _state(say: Say, answer: ShownTask) -> list[str]:
    task = answer.task
    lines = [say("State: {state}", state=said)] if (said := stands(say, task)) else []
    if answer.reported_by and task.state in ("reported", "done"):
        lines.append(say("reported by {name}", name=clean(answer.reported_by)))
    report = joined(say, figure(answer.terms, task), *body(task.report))
    if report:
        lines.append(say("Report: {text}", text=report))
    if answer.files:
        lines.append(say("Evidence: {names}", names=names(say, [clean(each.name) for each in answer.files])))
    return lines


def _event(say: Say, each: Happened) -> str:
    words = HAPPENED[each.deed](say) if each.deed in HAPPENED else say("changed")
    said = with_note(say, words, each.text)
    return " ".join(part for part in (on(say, each.on), clean(each.by), said) if part)


def _files_link(answer: ShownTask) -> str | None:
    if len(answer.files) == 1:
        return f"/chat/evidence/{answer.files[0].id}"
    return f"/chat/evidence/task/{answer.task.id}" if answer.files else None


BUTTONS: dict[str, Callable[[Say, TaskRow], Choice]] = {
    "finish": lambda say, task: Choice(say("Mark done"), reporting.TaskDone(task.id)),
    "doing": lambda say, task: Choice(say("On it"), wanting.OnIt(task.id)),
    "help": lambda say, task: Choice(say("Need help"), wanting.AskHelp(task.id)),
    "more_time": lambda say, task: Choice(say("More time"), wanting.AskMoreTime(task.id)),
    "add": lambda say, task: Choice(say("Add a photo or file"), reporting.AskTaskFile(task.id)),
    "withdraw": lambda say, task: Choice(say("Take the report back"), reporting.WithdrawReport(task.id)),
    "break_down": lambda say, task: Choice(say("Break down"), BreakDown(Split((task.id, task.edition)))),
    "parts": lambda say, task: Choice(say("Parts"), ShowParts(task.id)),
    "decide": lambda say, task: Choice(say("Decide"), OpenReport((task.id, task.edition))),
}
"""What may be done about a task → its button."""
SCREENS: dict[type, Draw] = {TaskList: task_list, ShownTask: one}
