"""What is wrong in a file that somebody wrote, in words; and where."""

from __future__ import annotations

from screens.texts import Facts, Say, Sentences, clean

WORDS: Sentences = {
    "document_encoding": lambda say, f: say("The file is not in UTF-8. Save it with the encoding UTF-8."),
    "document_syntax": lambda say, f: say(
        "This line, or the one above it, does not read as YAML. Check the indentation (spaces, no tabs), "
        "a space after each colon, and that quotes are closed."
    ),
    "document_key_twice": lambda say, f: say("The field {field} stands twice. Keep one of them.", **f),
    "document_field_unknown": lambda say, f: say(
        "There is no field {field} here. Possible are: {known}.", field=clean(f["field"])[:40], known=f["known"]
    ),
    "document_field_missing": lambda say, f: say("The field {field} is missing. Add it.", **f),
    "document_choice": lambda say, f: say("Write one of: {choices}.", **f),
    "document_type": lambda say, f: _type(say, f),
    "document_bound": lambda say, f: say("The number must be {bound}.", **f),
    "document_value": lambda say, f: say("This value does not fit. Compare it with the example."),
    "points_out_of_range": lambda say, f: say(
        "{number} must lie between {least} and {most}, with at most three decimals.", **f
    ),
    "total_min_above_max": lambda say, f: say("The least total {least} is above the most {most}.", **f),
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
