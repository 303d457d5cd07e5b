"""A sentence for each reason to refuse something about tasks that an issuer wants."""

from __future__ import annotations

from screens.tasks.words import STATES
from screens.texts import Say, Sentences, day

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
}


def _state(say: Say, state: str) -> str:
    return STATES[state](say)
