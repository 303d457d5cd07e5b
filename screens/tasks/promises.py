"""Promises (承诺): one's own, and those of one's branch."""

from __future__ import annotations

from datetime import date

from msgspec import structs

from handlers.members import Home
from handlers.tasks import mine, promises
from screens.screen import Choice, Draw, Prompt, Screen
from screens.tasks.words import brief, on
from screens.texts import Say, clean, joined, names

ORDER = ("kept", "late", "missed", "open", "released")


def promise_list(say: Say, answer: promises.PromiseList) -> Screen:
    """Each promise, when it is due, and how it stands."""
    branch, page = answer.request.branch, answer.request.page
    first = page * promises.PAGE + 1
    lines = [f"{place}. {_line(say, each, branch)}" for place, each in enumerate(answer.rows, first)]
    if answer.tally:
        lines.insert(
            0, names(say, [_count(say, stands, answer.tally[stands]) for stands in ORDER if stands in answer.tally])
        )
    choices: list[Choice] = []
    if not branch:
        choices = [
            Choice(f"{place}. {brief(each.title)}", mine.ShowTask(each.task))
            for place, each in enumerate(answer.rows, first)
        ]
    if page:
        choices.append(Choice(say("Back"), structs.replace(answer.request, page=page - 1)))
    if answer.more:
        choices.append(Choice(say("Next page"), structs.replace(answer.request, page=page + 1)))
    choices.append(Choice(say("New promise"), promises.AskPromise()))
    other = say("My promises") if branch else say("Promises of the branch")
    choices += [Choice(other, promises.Promises(branch=not branch)), Choice(say("Home"), Home())]
    title = say("Promises: {unit}", unit=clean(answer.unit_name)) if branch else say("My promises")
    return Screen(title, tuple(lines) or (say("None yet."),), tuple(choices))


def _line(say: Say, each: promises.PromiseLine, branch: bool) -> str:
    name = clean(each.name) if branch else ""
    return joined(say, name, clean(each.title), _until(say, each.due_on), stands_word(say, each.stands))


def _until(say: Say, day: date) -> str:
    return say("until {day}", day=on(say, day))


def stands_word(say: Say, stands: str) -> str:
    """How a promise stands."""
    return {
        "kept": say("kept"),
        "late": say("kept late"),
        "missed": say("not kept"),
        "open": say("under way"),
        "released": say("released"),
    }[stands]


def _count(say: Say, stands: str, count: int) -> str:
    return f"{stands_word(say, stands)} {count}"


def question(say: Say, answer: promises.PromiseQuestion) -> Screen:
    """What, then until when."""
    back = Choice(say("Back"), promises.Promises())
    if not answer.title:
        line = say("One sentence that can be checked; everybody in {unit} can see it.", unit=clean(answer.unit_name))
        prompt = Prompt(promises.NamePromise(), "text", "writing")
        return Screen(say("What do you promise?"), (line,), (back,), prompt)
    lines = (say("Type a day: 12-15, 3 weeks, end of month."),)
    request = promises.TypePromiseDay(answer.title)
    usual = ((say("End of this month"), "月底"), (say("End of next month"), "下月底"), (say("End of the year"), "年底"))
    choices = [Choice(label, structs.replace(request, text=text)) for label, text in usual]
    title = say("Until when? {title}", title=clean(answer.title))
    return Screen(title, lines, (*choices, back), Prompt(request, "text"))


SCREENS: dict[type, Draw] = {promises.PromiseList: promise_list, promises.PromiseQuestion: question}
