"""What is wrong in a formula, in words; and where."""

from __future__ import annotations

from screens.texts import Facts, Say, Sentences, clean

WORDS: Sentences = {
    "formula_unreadable": lambda say, f: _unreadable(say, f),
    "formula_too_long": lambda say, f: say(
        "The formula has {length} characters; at most {most}. Divide it among several nodes.", **f
    ),
    "formula_too_deep": lambda say, f: say(
        "The formula has {levels} levels of brackets and signs; at most {most}. Divide it among several nodes.", **f
    ),
    "formula_too_many_parts": lambda say, f: say(
        "The formula has {parts} numbers, names and signs; at most {most}. Divide it among several nodes.", **f
    ),
    "formula_function_unknown": lambda say, f: say(
        "There is no function {name} (character {column} of the formula). Possible are: {known}.",
        name=clean(f["name"])[:40],
        column=f["column"],
        known=f["known"],
    ),
    "formula_arguments": lambda say, f: say(
        "The function {name} (character {column} of the formula) takes {wanted} values, not {given}.", **f
    ),
}


def _unreadable(say: Say, facts: Facts) -> str:
    column = facts["column"]
    if not facts["near"]:
        return say("The formula ends too early, after {length} characters. Complete it.", length=column - 1)
    near = clean(facts["near"])
    if not near:
        return say("Character {column} of the formula cannot be seen. Delete it.", column=column)
    return say("The formula does not read from character {column} on: “{near}”.", column=column, near=near)
