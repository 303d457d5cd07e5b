"""What is wrong in a file that somebody wrote, in words; and where."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from screens.texts import Facts, Say, Sentences, clean

if TYPE_CHECKING:  # only the commands read files
    from rules.documents import Placed

EXAMPLES = {"rulebook": "examples/b1-member-points/scheme.yaml", "plan": "examples/d2-five-beats/tasks.yaml"}
WORDS: Sentences = {
    "document_encoding": lambda say, f: say("The file is not in UTF-8. Save it with the encoding UTF-8."),
    "document_encoding_gb": lambda say, f: say(
        "The file is saved as GBK (GB18030, “ANSI”), not as UTF-8. Save it with the encoding UTF-8."
    ),
    "document_too_large": lambda say, f: say("The file is larger than {most} KB, the most there may be.", **f),
    "document_too_deep": lambda say, f: say("More than {most} levels stand within one another here.", **f),
    "document_too_many": lambda say, f: say("The file holds more than {most} values, the most there may be.", **f),
    "document_alias_many": lambda say, f: say(
        "The references (*) repeat too much. Write out what they stand for, or take fewer."
    ),
    "document_alias_itself": lambda say, f: say(
        "The reference *{name} holds itself. Write out what is meant.", name=clean(f["name"])[:40]
    ),
    "document_alias_unknown": lambda say, f: say(
        "Nothing is named &{name} above. A text that begins with * goes in quotes.", name=clean(f["name"])[:40]
    ),
    "document_nul": lambda say, f: say(
        "The file holds a zero byte, as no text does. Is it a YAML file? Save it anew as text, in UTF-8."
    ),
    "document_control": lambda say, f: say("An invisible control character stands here. Delete it, or type it anew."),
    "document_tab": lambda say, f: say("A tab stands at the beginning of the line. Indent with spaces."),
    "document_colon_wide": lambda say, f: say("A full-width colon “：” stands here. Write “: ”, followed by a space."),
    "document_colon_space": lambda say, f: say("After the colon a space is missing."),
    "document_quote_open": lambda say, f: say("This quotation mark is not closed."),
    "document_bracket_open": lambda say, f: say(
        "This bracket is not closed, or a comma is missing between what stands in it."
    ),
    "document_several": lambda say, f: say("A second document begins here (---); a file holds one."),
    "document_empty": lambda say, f: say("The file is empty."),
    "document_top": lambda say, f: say("The file must begin with fields and their values, such as title: …"),
    "document_key": lambda say, f: say("A field's name is expected here: a plain word, then a colon."),
    "document_tag": lambda say, f: say("“!{tag}” is not taken here. Delete it.", tag=clean(f["tag"])[:40]),
    "document_merge": lambda say, f: say("“<<” is not taken here. Write the fields out."),
    "document_number_endless": lambda say, f: say("An endless or undefined number is not taken. Write a number."),
    "document_number_long": lambda say, f: say(
        "A number may have at most {most} digits. Put it in quotes if it is a text.", **f
    ),
    "document_faults_many": lambda say, f: say("There are more than {most} problems; the others are not told.", **f),
    "document_syntax": lambda say, f: say(
        "This line, or the one above it, does not read as YAML. Check the indentation (spaces, no tabs), "
        "a space after each colon, and that quotes are closed."
    ),
    "document_key_twice": lambda say, f: say("The field {field} stands twice. Keep one of them.", field=_name(f)),
    "document_field_unknown": lambda say, f: _unknown(say, f),
    "document_field_missing": lambda say, f: say("The field {field} is missing. Add it.", **f),
    "document_choice": lambda say, f: say("Write one of: {choices}.", **f),
    "document_type": lambda say, f: _type(say, f),
    "document_length": lambda say, f: say("The list must have this many entries: {length}.", **f),
    "document_text_length": lambda say, f: say("The text must have this many characters: {length}.", **f),
    "document_pattern": lambda say, f: say(
        "This text does not have the form expected here. A day of the year is written 09-01, the 28th at the latest."
    ),
    "document_bound": lambda say, f: say("The number must be {bound}.", **f),
    "document_value": lambda say, f: say("This value does not fit. Compare it with the example."),
    "points_out_of_range": lambda say, f: say(
        "{number} must lie between {least} and {most}, with at most three decimals.", **f
    ),
    "total_min_above_max": lambda say, f: say("The least total {least} is above the most {most}.", **f),
    "range_backwards": lambda say, f: say("The range begins at {least}, above its end {most}.", **f),
    "step_not_positive": lambda say, f: say("every must be more than 0."),
    "scheme_closes_before_review": lambda say, f: say("close_on must be a later day than review_until."),
    "code_is_personal": lambda say, f: say(
        "This looks like an identity or phone number, which is never stored. Give a code of your own, such as m001."
    ),
    "code_missing": lambda say, f: say("The code is missing. Give one, such as m001."),
    "code_letters": lambda say, f: say("A code is made of letters, digits, and . _ - / only, without spaces."),
    "code_twice": lambda say, f: say(
        "The code {code} stands already on line {other}. Give each its own.",
        code=clean(f["code_given"]),
        other=f["other"],
    ),
    "name_missing": lambda say, f: say("The name is missing."),
    "name_control": lambda say, f: say("The name holds an invisible control character. Type it anew."),
    "unit_kind_unclear": lambda say, f: say(
        "What kind of unit “{name}” is cannot be told. Write 工委, 责任区, 机关党委 or 支部 before its name.",
        name=clean(f["name"])[:40],
    ),
    "address_unfit": lambda say, f: say(
        "An address looks like https://zhibu.example.cn: http or https, a host name, no path."
    ),
    "timezone_unknown": lambda say, f: say("No time zone has this name. For example: Asia/Shanghai."),
    "telegram_bot_unfit": lambda say, f: say("The bot's name is what follows the @: letters, digits and _, 5 to 32."),
    "telegram_token_unfit": lambda say, f: say(
        "This is no bot token. BotFather shows it as digits, a colon and letters."
    ),
}

# What to do, where the sentence of a problem does not say it already.
HINTS: Sentences = {
    "document_too_large": lambda say, f: say("Is it the right file? Pictures and tables do not belong in it."),
    "document_too_deep": lambda say, f: say("Check the brackets and the indentation above this line."),
    "document_too_many": lambda say, f: say("Is it the right file?"),
    "document_several": lambda say, f: say("Delete the line ---, or put the rest in a file of its own."),
    "document_empty": lambda say, f: say("Begin with a copy of {rulebook}, or for tasks of {plan}.", **EXAMPLES),
    "document_top": lambda say, f: say("Compare it with {rulebook}, or for tasks with {plan}.", **EXAMPLES),
    "document_quote_open": lambda say, f: say("Take the same straight quotation mark (\" or ') before and after."),
    "document_key_twice": lambda say, f: say("It stands on line {other} too.", other=f["other"]),
    "points_out_of_range": lambda say, f: (
        say("A deduction is written as a positive number with sign: minus.")
        if f["least"] == 0 and f["number"].startswith("-")
        else ""
    ),
    "range_backwards": lambda say, f: say("Write the smaller number under from, the larger under to."),
    "step_not_positive": lambda say, f: say("Leave it out for steps of 1."),
    "total_min_above_max": lambda say, f: say("Exchange min and max, or delete one of them."),
    "scheme_closes_before_review": lambda say, f: say("For example review_until: 5 and close_on: 6."),
    "scheme_unreadable": lambda say, f: say("zhibu scheme check FILE names every place."),
    "scheme_overlay_alone": lambda say, f: say("zhibu scheme publish takes the rulebook it adds to."),
}


def _name(facts: Facts) -> str:
    return clean(str(facts["field"]))[:40]


def _unknown(say: Say, facts: Facts) -> str:
    """A field nobody knows; the one that is likely meant, else all there are."""
    near = get_close_matches(str(facts["field"])[:40], facts["known"], 1)
    if near:
        return say("There is no field {field} here. Did you mean {near}?", field=_name(facts), near=near[0])
    return say(
        "There is no field {field} here. Possible are: {known}.", field=_name(facts), known="、".join(facts["known"])
    )


def _type(say: Say, facts: Facts) -> str:
    """What is expected here, and what stands here."""
    expected = _type_word(say, facts["expected"])
    if facts["expected"].startswith("str") and not facts["got"].startswith(("array", "object", "null")):
        return say("A text is expected here. Put it in quotes.")
    return say("{expected} is expected here, not {got}.", expected=expected, got=_type_word(say, facts["got"]))


def _type_word(say: Say, name: str) -> str:
    """A kind of value; of several the first."""
    return {
        "str": say("a text"),
        "int": say("a whole number"),
        "float": say("a number"),
        "decimal": say("a number"),
        "bool": say("true or false"),
        "array": say("a list"),
        "object": say("fields with values"),
        "date": say("a day"),
        "datetime": say("a day"),
        "null": say("nothing"),
    }.get(name.split(" ")[0], say("another value"))


def field_name(place: tuple[str | int, ...]) -> str:
    """A place in a file: nodes[2].criteria[1].value, counted from 1 as people do."""
    text = ""
    for part in place:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def on_line(say: Say, line: int, place: tuple[str | int, ...], told: str) -> str:
    """A sentence with its line and field."""
    if place:
        return say("Line {line}, {field}: {told}", line=line, field=clean(field_name(place))[:80], told=told)
    return say("Line {line}: {told}", line=line, told=told)


def wrong_at(say: Say, wrong: Placed) -> list[str]:
    """One thing that is wrong: line and column, its field where the sentence does not name it; then what to do."""
    from screens.problems import HINTS, sentence  # which gathers those of this file

    problem, (line, column) = wrong.problem, wrong.place
    where = say("Line {line}, column {column}", line=line, column=column)
    if wrong.severity == "warning":
        where = say("Line {line}, column {column} (note)", line=line, column=column)
    told = {"where": where, "field": clean(field_name(wrong.path))[:80], "told": sentence(say, problem)}
    named = not wrong.path or problem.code.startswith(("scheme_", "plan_"))
    hint = HINTS[problem.code](say, problem.facts) if problem.code in HINTS else ""
    return [
        say("{where}: {told}", **told) if named else say("{where}, {field}: {told}", **told),
        *([f"  {hint}"] if hint else []),
    ]
