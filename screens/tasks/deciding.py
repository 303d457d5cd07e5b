"""Screens of who decides about tasks: the queue, one task, reasons and days."""

from __future__ import annotations

from msgspec import structs

from handlers.members import Home
from handlers.tasks import deciding as d
from handlers.tasks.settling import Pins
from handlers.tasks.view import TaskView
from rules.tasks.states import LIVE
from screens.screen import Choice, Draw, Prompt, Screen
from screens.tasks.words import brief, deed_word, figure, on, task_state
from screens.texts import Say, clean, joined, names


def reports(say: Say, answer: d.Reports) -> Screen:
    """Twenty a page; one tap verifies all reports that were pinned, whatever comes later."""
    back = Choice(say("Back"), Home())
    if not answer.tasks:
        line = say("New reports come to you in the morning digest.")
        return Screen(say("No report waits for verification"), (line,), (back,))
    lines = [queued(say, answer.offset + index, view) for index, view in enumerate(answer.tasks, 1)]
    choices = []
    if answer.reports:
        lines.append(say("To leave some out, type for example: all verified but 3 7. To open one, type its number."))
        choices.append(Choice(say("Verify all ({count})", count=answer.reports), d.VerifyAll(answer.pins)))
    shown_to = answer.offset + len(answer.tasks)
    if shown_to < len(answer.pins):
        choices.append(Choice(say("Next page"), d.ShowReports(shown_to, answer.pins)))
    first, rest = answer.pins[answer.offset], answer.pins[answer.offset + 1 :]
    choices.append(Choice(say("One by one"), d.OpenReport(first, rest)))
    choices += [
        Choice(say("No. {number} {name}", number=place, name=brief(view.task.unit_name)), d.OpenReport(view.pin))
        for place, view in enumerate(answer.tasks, answer.offset + 1)
        if view.task.state != "reported"
    ]
    title = say(
        "To decide: {count} tasks ({first}–{last} shown)",
        count=answer.total,
        first=answer.offset + 1,
        last=shown_to,
    )
    return Screen(title, tuple(lines), (*choices, back))


def queued(say: Say, place: int, view: TaskView) -> str:
    """A task as its decider sees it in a list."""
    task = view.task
    head = f"{place}. {who(say, view)} {clean(task.title)}"
    if task.wanted_on is not None and task.state in LIVE:
        wanted = say("asks for more time: {old} → {new}", old=on(say, task.due_on), new=on(say, task.wanted_on))
        return joined(say, head, wanted, clean(task.wanted_reason))
    return joined(say, head, *_reported(say, view), "" if task.state == "reported" else task_state(say, task.state))


def who(say: Say, view: TaskView) -> str:
    """Unit and people a task is carried by; vacant roles are said."""
    people = names(say, view.carried_by) or say("(role vacant)")
    return f"{clean(view.task.unit_name)} {people}"


def _reported(say: Say, view: TaskView) -> list[str]:
    parts = [figure(view.terms, view.task), clean(view.task.report)]
    if view.files:
        parts.append(say("{count} files", count=len(view.files)))
    elif view.terms.evidence == "required" and view.task.state == "reported":
        parts.append(say("no evidence"))
    if view.reported_late:
        parts.append(say("reported late"))
    return parts


def for_verification(say: Say, answer: d.ForVerification) -> Screen:
    """One task, and what can be decided about it."""
    view, task, rest = answer.task, answer.task.task, answer.rest
    lines = [*done_lines(say, answer.before), *about_lines(say, view)]
    choices = [_decision(say, view, deed, rest) for deed in answer.may if deed != "extend"]
    if "extend" in answer.may:
        choices = [*_extensions(say, view, rest), *choices]
    later = d.OpenReport(rest[0], rest[1:]) if rest else Home()
    choices += [Choice(say("Decide later"), later), Choice(say("Reports"), d.ShowReports())]
    link = f"/chat/evidence/task/{task.id}" if len(view.files) > 1 else None
    if len(view.files) == 1:
        link = f"/chat/evidence/{view.files[0].id}"
    title = say("Decide: {unit}, {title}", unit=clean(task.unit_name), title=clean(task.title))
    return Screen(title, tuple(lines), tuple(choices), link=link)


def about_lines(say: Say, view: TaskView) -> list[str]:
    """What there is to know of a task."""
    task = view.task
    due = say("due on {day}", day=on(say, task.due_on))
    lines = [joined(say, who(say, view), due, task_state(say, task.state))]
    if task.about:
        lines.append(clean(task.about))
    if told := joined(say, *_reported(say, view)):
        lines.append(say("Report: {text}", text=told))
    if view.files:
        lines.append(say("Evidence: {names}", names=names(say, [clean(each.name) for each in view.files])))
    if view.reported_by and task.state == "reported":
        lines.append(say("reported by {name}", name=view.reported_by))
    if task.wanted_on is not None:
        lines.append(
            say(
                "Asks for more time until {day}: {reason}",
                day=on(say, task.wanted_on),
                reason=clean(task.wanted_reason),
            )
        )
    if task.reason:
        lines.append(say("reason: {text}", text=clean(task.reason)))
    return lines


def _decision(say: Say, view: TaskView, deed: str, rest: Pins) -> Choice:
    words = {
        "verify": say("Verify"),
        "return": say("Return"),
        "waive": say("Waive"),
        "cancel": say("Cancel the task"),
        "refuse_more_time": say("Refuse the extension"),
    }
    return Choice(words[deed], d.DecideTask(view.pin, deed, rest))


def _extensions(say: Say, view: TaskView, rest: Pins) -> list[Choice]:
    """Agree to the day that was asked for, or another; without a wish the day is asked."""
    request = d.DecideTask(view.pin, "extend", rest)
    if view.task.wanted_on is None:
        return [Choice(say("Extend"), request)]
    agree = structs.replace(request, until=view.task.wanted_on.isoformat())
    day = on(say, view.task.wanted_on)
    return [Choice(say("Agree until {day}", day=day), agree), Choice(say("Another day"), request)]


USUAL = ("return", "waive", "cancel", "extend", "refuse_more_time")


def usual_reasons(say: Say, deed: str) -> tuple[str, ...]:
    """Reasons a tap away."""
    return {
        "return": (
            say("Evidence is missing or unclear"),
            say("The report does not say what was asked"),
            say("The figure does not fit"),
        ),
        "waive": (say("It does not apply to this unit"), say("It was done together with another unit")),
        "cancel": (say("It was given by mistake"), say("It is not needed any more")),
        "extend": (say("Work was rearranged"), say("Materials from above came late")),
        "refuse_more_time": (say("The date is set from above"), say("There is time enough")),
    }[deed]


def reason_question(say: Say, answer: d.TaskReasonQuestion) -> Screen:
    """A reason is required; usual ones are a tap away."""
    request, view = answer.request, answer.task
    choices = [Choice(text, structs.replace(request, reason=text)) for text in usual_reasons(say, request.deed)]
    choices.append(Choice(say("Back"), d.OpenReport(view.pin, request.rest)))
    facts = {"unit": clean(view.task.unit_name), "title": brief(view.task.title)}
    title = say("{word}: why? {unit}, {title}", word=deed_word(say, request.deed), **facts)
    line = say("Tap a reason or type one; who carries the task reads it.")
    return Screen(title, (line,), tuple(choices), Prompt(request, "reason"))


def day_question(say: Say, answer: d.TaskDayQuestion) -> Screen:
    """Until when?"""
    view = answer.task
    lines = [say("It is due on {day} now.", day=on(say, view.task.due_on))]
    if view.task.wanted_on is not None:
        lines.append(say("Asked for: {day}", day=on(say, view.task.wanted_on)))
    lines.append(say("Type a day, such as 12-15 or next Friday."))
    back = Choice(say("Back"), d.OpenReport(view.pin, answer.request.rest))
    title = say("Extended until when? {unit}, {title}", unit=clean(view.task.unit_name), title=brief(view.task.title))
    return Screen(title, tuple(lines), (back,), Prompt(answer.request, "until"))


def decided(say: Say, answer: d.TasksDecided) -> Screen:
    """What was done and what is left."""
    lines = done_lines(say, answer.before)
    wait = say("{count} tasks still wait for you.", count=answer.waiting)
    lines.append(wait if answer.waiting else say("Nothing else waits."))
    choices = [Choice(say("Go on deciding"), d.ShowReports())] if answer.waiting else []
    return Screen(say("Decided"), tuple(lines), (*choices, Choice(say("Home"), Home())))


def done_lines(say: Say, before: d.Outcome) -> list[str]:
    """What went before."""
    lines = []
    if before.verified is not None:
        lines.append(say("Verified: {count} tasks.", count=before.verified))
    if before.one is not None:
        view, deed = before.one
        word = deed_word(say, deed)
        if deed == "extend":
            word = say("extended until {day}", day=on(say, view.task.due_on))
        lines.append(f"{clean(view.task.unit_name)} {clean(view.task.title)}" + say(": ") + word)
    return lines + [missed_line(say, view) for view in before.missed[:10]]


def missed_line(say: Say, view: TaskView) -> str:
    """Why a task was not decided: it was changed, or decided by somebody, meanwhile."""
    task = view.task
    facts = {"unit": clean(task.unit_name), "title": clean(task.title), "state": task_state(say, task.state)}
    if view.settled_by:
        return say("{unit}, {title}: already {state} (by {name}); nothing was changed.", **facts, name=view.settled_by)
    return say("{unit}, {title}: changed meanwhile ({state}); please look again.", **facts)


SCREENS: dict[type, Draw] = {
    d.Reports: reports,
    d.ForVerification: for_verification,
    d.TaskReasonQuestion: reason_question,
    d.TaskDayQuestion: day_question,
    d.TasksDecided: decided,
}
