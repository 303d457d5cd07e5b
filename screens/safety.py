"""What people are told for safety's sake: sign-ins, roles, backups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rules.problems import Problem
from screens.members import role_word
from screens.problems import sentence
from screens.screen import Choice
from screens.signin import device_word, means_word, when
from screens.texts import Say, clean, day

Facts = dict[str, Any]
Part = tuple[str, list[str], list[Choice]]


def _backup_failed(say: Say, f: Facts) -> Part:
    lines = [sentence(say, Problem(f["code"], f["facts"]))]
    if f["newest"]:
        lines.append(say("The newest verified backup is of {day}.", day=f["newest"]))
    else:
        lines.append(say("There is no verified backup at all."))
    return say("The backup needs your attention"), lines, []


def _console_entered(say: Say, f: Facts) -> Part:
    lines = [
        f"{when(say, f['at'])} {device_word(say, f['device'])}",
        say("By: {means}", means=means_word(say, f["means"])),
        say("Not you? End the session under My account in the console, and tell your administrator."),
    ]
    return say("You signed in to the console"), lines, []


def _console_password(say: Say, f: Facts) -> Part:
    lines = [when(say, f["at"]), say("All other sessions have ended. Not you? Please tell your administrator at once.")]
    return say("Your console password was set"), lines, []


def _role_changed(say: Say, f: Facts) -> Part:
    title = {
        "given": say("You were given a role"),
        "ended": say("A role of yours ends"),
        "deputy": say("You stand in for somebody"),
    }[f["change"]]
    lines = [f"{clean(f['unit'])} {role_word(say, f['role'])}", say("from {day}", day=day(say, f["from"]))]
    if f["until"]:
        lines.append(say("last day {day}", day=day(say, f["until"])))
    return title, lines, []


PARTS: dict[str, Callable[[Say, Facts], Part]] = {
    "backup_failed": _backup_failed,
    "console_entered": _console_entered,
    "console_password": _console_password,
    "role_changed": _role_changed,
}
