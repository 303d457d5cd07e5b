"""Words about the working days of units."""

from __future__ import annotations

from screens.texts import Sentences, clean

WORDS: Sentences = {
    "calendar_line_unclear": lambda say, f: say(
        "Line {line} is not understood: “{text}”. Write a day, 休 or 班, and perhaps a name.",
        line=f["line"],
        text=clean(f["text"]),
    ),
    "calendar_day_twice": lambda say, f: say("Line {line}: {day} stands there twice.", **f),
    "calendar_too_long": lambda say, f: say("At most {most} lines at once.", **f),
    "calendar_empty": lambda say, f: say("There are no days in it. Write one a line, such as 2027-01-01 休 元旦."),
}
