"""A sentence for each reason to refuse something about tasks that an issuer wants."""

from __future__ import annotations

from screens.tasks.words import STATES
from screens.texts import Say, Sentences, clean, day

WORDS: Sentences = {
    "no_such_task": lambda say, f: say("There is no such task, or it is not yours to open."),
    "task_not_so_now": lambda say, f: say(
        "The task stands differently now ({state}); nothing was changed.", state=_state(say, f["state"])
    ),
    "task_changed_meanwhile": lambda say, f: say("Somebody changed the task meanwhile. Please look again."),
    "not_deciding": lambda say, f: say("Only those who give tasks verify them, such as branch secretaries."),
    "due_past": lambda say, f: say("{day} is past. Please choose a day from today on.", day=day(say, f["day"])),
    "due_not_later": lambda say, f: say(
        "An extension ends later than it was due ({due}). Please choose a later day.", due=day(say, f["due"])
    ),
    "due_far": lambda say, f: say("{day} is more than two years ahead. Please check the day.", day=day(say, f["day"])),
    "not_giving": lambda say, f: say(
        "Only branch secretaries, organisation officers, grid leads and the committee give tasks."
    ),
    "given_to_nobody": lambda say, f: say("It would go to nobody. Please choose somebody."),
    "given_already": lambda say, f: say("It was issued already; nothing was issued twice."),
    "numbers_unclear": lambda say, f: say("Please type numbers of the list, such as: 3 7. Or: all; all but 3 7."),
    "one_number_wanted": lambda say, f: say("Please type one number of the list."),
    "no_instructor": lambda say, f: say("The member chosen is no instructor for {unit} today.", unit=clean(f["unit"])),
    "sheet_unclear": lambda say, f: say(
        "An item sheet has 1 to {most} items, each with a code of its own.", most=f["most"]
    ),
    "sheet_points": lambda say, f: say("Each item needs points above 0, with at most four decimals."),
    "not_breaking": lambda say, f: say("A task of a branch is broken down by its secretary, to whom it was given."),
    "part_due_later": lambda say, f: say(
        "No part is due later than the task itself ({due}). Please choose an earlier day.", due=day(say, f["due"])
    ),
    "task_has_somebody": lambda say, f: say("Who carries it is still there; nothing was changed."),
    "not_looking_after": lambda say, f: say("Only those who look after units see how their tasks stand."),
    "nobody_to_urge": lambda say, f: say("There is nobody to remind: all have answered, or the roles are vacant."),
}


def _state(say: Say, state: str) -> str:
    return STATES[state](say)
