"""Questions to who carries a task: how many, a photo please, what help, until when and why."""

from __future__ import annotations

from datetime import timedelta

from msgspec import structs

from handlers.tasks import mine, reporting, wanting
from screens.screen import Choice, Draw, Prompt, Screen
from screens.tasks.mine import figure_words
from screens.tasks.words import on
from screens.texts import Say, clean

STEPS = (3, 7, 14)
"""Days that are offered when more time is asked for."""


def figure_question(say: Say, answer: reporting.FigureQuestion) -> Screen:
    """How many?"""
    lines = (figure_words(say, answer.figure), say("Please type the number."))
    back = Choice(say("Back"), mine.ShowTask(answer.task.id))
    prompt = Prompt(answer.report, "figure", "number")
    return Screen(say("Done: how many? {title}", title=clean(answer.task.title)), lines, (back,), prompt)


def proof_question(say: Say, answer: reporting.ProofQuestion) -> Screen:
    """A photo or file; words may be typed too."""
    task = answer.task
    lines = [say("Send a photo or a file (PDF, Word, Excel) now; several one after the other are all kept.")]
    choices = [Choice(say("Back"), mine.ShowTask(task.id))]
    if answer.report is None:
        prompt = Prompt(reporting.AddTaskWords(task.id), "text", "evidence")
        return Screen(
            say("More for the report: {title}", title=clean(task.title)), tuple(lines), tuple(choices), prompt
        )
    lines.append(say("The first one finishes the report."))
    if answer.report.text:
        lines.append(say("Noted: {text}", text=clean(answer.report.text)))
    if answer.before:
        label = say("The files sent before will do ({count})", count=answer.before)
        choices.insert(0, Choice(label, structs.replace(answer.report, kept=True)))
    prompt = Prompt(answer.report, "text", "evidence")
    return Screen(say("Done: a photo, please. {title}", title=clean(task.title)), tuple(lines), tuple(choices), prompt)


def help_question(say: Say, answer: wanting.HelpQuestion) -> Screen:
    """What for? It may be left out."""
    number, title = answer.task.id, clean(answer.task.title)
    line = say("Type what you need in a few words, or tap; who issued the task is told at once.")
    choices = (
        Choice(say("Ask without words"), wanting.NeedHelp(number)),
        Choice(say("Back"), mine.ShowTask(number)),
    )
    prompt = Prompt(wanting.NeedHelp(number), "reason", "writing")
    return Screen(say("What help do you need? {title}", title=title), (line,), choices, prompt)


def day_question(say: Say, answer: wanting.DayQuestion) -> Screen:
    """Until when?"""
    task = answer.task
    lines = (
        say("It is due on {day} now.", day=on(say, task.due_on)),
        say("Tap a day, or type one: 12-15, 3 days, next Friday."),
    )
    choices = [
        Choice(
            say("{days} days more, until {day}", days=days, day=on(say, until)), wanting.WantMoreTime(task.id, until)
        )
        for days in STEPS
        for until in (task.due_on + timedelta(days=days),)
    ]
    choices.append(Choice(say("Back"), mine.ShowTask(task.id)))
    prompt = Prompt(wanting.TypeMoreTime(task.id), "text")
    return Screen(say("More time until when? {title}", title=clean(task.title)), lines, tuple(choices), prompt)


def reason_question(say: Say, answer: wanting.ReasonQuestion) -> Screen:
    """Why? Usual reasons are a tap away."""
    task = answer.task
    request = wanting.WantMoreTime(task.id, answer.until)
    usual = (say("Waiting for materials of others"), say("Other urgent work came first"))
    choices = [Choice(text, structs.replace(request, reason=text)) for text in usual]
    choices.append(Choice(say("Back"), wanting.AskMoreTime(task.id)))
    line = say("Tap a reason or type one; who issued the task reads it.")
    title = say("More time until {day}: why? {title}", day=on(say, answer.until), title=clean(task.title))
    return Screen(title, (line,), tuple(choices), Prompt(request, "reason", "writing"))


SCREENS: dict[type, Draw] = {
    reporting.FigureQuestion: figure_question,
    reporting.ProofQuestion: proof_question,
    wanting.HelpQuestion: help_question,
    wanting.DayQuestion: day_question,
    wanting.ReasonQuestion: reason_question,
}
