"""How tasks stand, for who issued them: counts, names, and decisions about many."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import structs

from handlers.members import Home
from handlers.tasks import giving, many, state
from handlers.tasks.deciding import OpenReport, ShowReports
from handlers.tasks.handing import Orphans
from handlers.tasks.urging import PreviewUrging
from rules.tasks.states import LIVE
from screens.screen import Choice, Draw, Prompt, Screen
from screens.tasks.deciding import missed_line, queued, usual_reasons
from screens.tasks.words import brief, deed_word, on
from screens.texts import Say, clean, joined
from storage.tasks.lists import Counts

WAYS: dict[str, Callable[[Say, int], str]] = {
    "done": lambda say, count: say("done {count}", count=count),
    "reported": lambda say, count: say("to verify {count}", count=count),
    "open": lambda say, count: say("open {count}", count=count),
    "overdue": lambda say, count: say("overdue {count}", count=count),
    "help": lambda say, count: say("need help {count}", count=count),
    "waived": lambda say, count: say("waived {count}", count=count),
    "vacant": lambda say, count: say("role vacant {count}", count=count),
}
"""How tasks may stand, in the order they are told."""


def listing(say: Say, answer: state.StateList) -> Screen:
    """What was issued, one tap from its names."""
    first = answer.page * state.PAGE + 1
    lines = [f"{place}. {_row(say, each)}" for place, each in enumerate(answer.rows, first)]
    choices = [
        Choice(f"{place}. {brief(each.title)}", state.ShowState(each.first))
        for place, each in enumerate(answer.rows, first)
    ]
    if answer.pages > 1:
        onward = state.TaskStates((answer.page + 1) % answer.pages)
        choices.append(Choice(say("More ({page}/{pages})", page=answer.page + 1, pages=answer.pages), onward))
    if answer.orphans:
        lines.append(say("{count} tasks are without anybody: who carried them is gone.", count=answer.orphans))
        choices.append(Choice(say("Without anybody ({count})", count=answer.orphans), Orphans()))
    choices += [Choice(say("Give a task"), giving.GiveTask()), Choice(say("Reports"), ShowReports())]
    text = tuple(lines) or (say("Nothing was issued yet."),)
    return Screen(say("State of tasks"), text, (*choices, Choice(say("Home"), Home())))


def _row(say: Say, each: Counts) -> str:
    due = say("due on {day}", day=on(say, each.due_first))
    if each.due_last != each.due_first:
        due = say("due {first} to {last}", first=on(say, each.due_first), last=on(say, each.due_last))
    counts = [word(say, getattr(each, way)) for way, word in WAYS.items() if getattr(each, way)]
    return joined(say, clean(each.title), due, say("{count} in all", count=each.total), *counts)


def names_of(say: Say, answer: state.StateNames) -> Screen:
    """The tasks that stand so, and what can be decided about all of them."""
    request, task = answer.request, answer.task
    lines = []
    for place, view in enumerate(answer.tasks, request.offset + 1):
        done, total = answer.parts.get(view.task.id, (0, 0))
        parts = say("{done} of {count} parts done", done=done, count=total) if total else ""
        due = "" if view.task.due_on == task.due_on else say("due on {day}", day=on(say, view.task.due_on))
        lines.append(joined(say, queued(say, place, view), due, parts))
    shown_to = request.offset + len(answer.tasks)
    choices = []
    if shown_to < len(answer.pins):
        choices.append(Choice(say("Next page"), structs.replace(request, offset=shown_to)))
    choices += [
        Choice(word(say, answer.counts[way]), state.ShowState(request.task, way))
        for way, word in WAYS.items()
        if answer.counts[way] and way != request.which
    ]
    if request.which:
        choices.append(Choice(say("All ({count})", count=answer.counts[""]), state.ShowState(request.task)))
    choices += _doings(say, answer)
    choices += [
        Choice(f"{place}. {brief(view.task.unit_name)}", OpenReport(view.pin))
        for place, view in enumerate(answer.tasks, request.offset + 1)
        if answer.decides and view.task.state in (*LIVE, "reported")
    ]
    title = say("{title}: {count} tasks", title=clean(task.title), count=answer.counts[""])
    back = (Choice(say("State of tasks"), state.TaskStates()), Choice(say("Home"), Home()))
    return Screen(title, tuple(lines) or (say("None stands so."),), (*choices, *back))


def _doings(say: Say, answer: state.StateNames) -> list[Choice]:
    """What who decides may do to many of them."""
    if not answer.decides:
        return []
    number, pins = answer.request.task, answer.pins
    choices = []
    if answer.counts["open"]:
        choices.append(Choice(say("Urge"), PreviewUrging(task=number)))
        choices += [
            Choice(_many_word(say, deed), many.DecideTasks(number, deed, pins))
            for deed in ("extend", "waive", "cancel")
        ]
    return choices


def _many_word(say: Say, deed: str) -> str:
    return {"extend": say("Extend"), "waive": say("Waive"), "cancel": say("Cancel tasks")}[deed]


def question(say: Say, answer: many.ManyQuestion) -> Screen:
    """Which, until when, and why."""
    request, back = answer.request, Choice(say("Back"), state.ShowState(answer.request.task))
    facts = {"word": _many_word(say, request.deed), "title": brief(answer.task.title)}
    if answer.wanted == "which":
        everyone = Choice(say("All ({count})", count=answer.count), structs.replace(request, which="all"))
        line = say("Type numbers of the list, such as: 3 7. Or: all; all but 3 7.")
        title = say("{word}: for whom? {title}", **facts)
        return Screen(title, (line,), (everyone, back), Prompt(request, "which"))
    if answer.wanted == "day":
        line = say("Type a day, such as 12-15 or next Friday.")
        title = say("{word}: until when? {title}", **facts)
        lines = (say("It is due on {day} now.", day=on(say, answer.task.due_on)), line)
        return Screen(title, lines, (back,), Prompt(request, "until"))
    choices = [Choice(text, structs.replace(request, reason=text)) for text in usual_reasons(say, request.deed)]
    line = say("For {count} tasks. Tap a reason or type one; who carries them reads it.", count=answer.count)
    title = say("{word}: why? {title}", **facts)
    return Screen(title, (line,), (*choices, back), Prompt(request, "reason"))


def done(say: Say, answer: many.ManyDecided) -> Screen:
    """What was done."""
    word = deed_word(say, answer.request.deed)
    if answer.until is not None:
        word = say("extended until {day}", day=on(say, answer.until))
    lines = [say("{count} tasks: {word}.", count=answer.count, word=word)]
    lines += [missed_line(say, view) for view in answer.missed[:10]]
    lines.append(say("Who carries them is being told."))
    choices = (
        Choice(say("How it stands"), state.ShowState(answer.request.task)),
        Choice(say("State of tasks"), state.TaskStates()),
        Choice(say("Home"), Home()),
    )
    return Screen(say("Decided: {title}", title=clean(answer.task.title)), tuple(lines), choices)


SCREENS: dict[type, Draw] = {
    state.StateList: listing,
    state.StateNames: names_of,
    many.ManyQuestion: question,
    many.ManyDecided: done,
}
