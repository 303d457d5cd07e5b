"""A sentence for each reason to refuse something that who carries a task wants."""

from __future__ import annotations

from screens.tasks.words import task_state
from screens.texts import Facts, Say, Sentences, clean, day, number

WORDS: Sentences = {
    "task_not_yours": lambda say, f: say("Others carry this task; you can only look at it."),
    "task_parts_open": lambda say, f: say(
        "{left} parts of this task are not done yet. It can be reported once all are.", **f
    ),
    "task_closed": lambda say, f: _closed(say, f),
    "task_not_reported": lambda say, f: say("There is no report yet; nothing was changed."),
    "task_sheet_open": lambda say, f: say(
        "{left} items of the sheet are not scored yet. Please fill them in first.", **f
    ),
    "task_figure_unclear": lambda say, f: say(
        "{name}: please type a number with at most two decimals.", name=clean(f["name"])
    ),
    "task_figure_low": lambda say, f: say(
        "{name}: at least {least}{unit}. Please check the number.",
        name=clean(f["name"]),
        least=number(f["least"]),
        unit=clean(f["unit"]),
    ),
    "task_figure_high": lambda say, f: say(
        "{name}: at most {most}{unit}. Please check the number.",
        name=clean(f["name"]),
        most=number(f["most"]),
        unit=clean(f["unit"]),
    ),
    "task_files_full": lambda say, f: say("A report takes at most {most} files.", **f),
    "day_not_understood": lambda say, f: say(
        "“{text}” is not understood as a day. Please type one such as 12-15, 3 days or next Friday.",
        text=clean(f["text"])[:30],
    ),
    "more_time_waits": lambda say, f: say(
        "More time until {day} is asked for already and not decided yet.", day=day(say, f["until"])
    ),
    "more_time_late": lambda say, f: say(
        "More time can be asked for until the due day ({day}). It is over; please do it soon, or ask for help.",
        day=day(say, f["due"]),
    ),
    "more_time_none": lambda say, f: say(
        "It is due on {due} anyway. Please choose a later day.", due=day(say, f["due"])
    ),
    "more_time_far": lambda say, f: say("At most {most} days beyond the due day can be asked for.", **f),
    "promise_not_extended": lambda say, f: say("The day of a promise stays as it was given."),
    "promises_full": lambda say, f: say("At most {most} promises may be open. Please keep one first.", **f),
    "promise_day": lambda say, f: say("A promise ends on a day from today on, within three years."),
}


def _closed(say: Say, f: Facts) -> str:
    facts = {"title": clean(f["title"]), "state": task_state(say, f["state"])}
    if not f["by"] or not f["on"]:
        return say("{title}: {state} already; nothing was changed.", **facts)
    return say(
        "{title}: {state} on {day} by {name} already; nothing was changed.",
        **facts,
        name=clean(f["by"]),
        day=day(say, f["on"]),
    )
