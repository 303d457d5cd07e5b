"""Announcements (公告): how a text becomes title and text, what is too long, and who is reminded on which day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from rules.periods import Calendar, working_before
from rules.problems import Problem

MOST_TITLE = 60
MOST_TEXT = 1500
AUDIENCES = ("all", "secretary", "officer", "member")
"""Whom in a unit and below it: everybody, those who hold a role, or members of branches."""
CONFIRM_DAYS = (0, 3, 7)
"""How many days there may be to confirm; 0 sets no day."""
SENTENCE_END = re.compile(r"[。！？!?；;]|：(?!\d)")  # a colon between figures belongs to a time


@dataclass(frozen=True, slots=True)
class Written:
    """What an author wrote, title and text."""

    title: str
    text: str


def written(text: str) -> Written:
    """The first line is the title; one that is too long is divided after its first sentence, if that is short enough.

    Lines lose the spaces around them, several empty lines become one; no word is lost.
    """
    lines = [line.strip() for line in text.strip().splitlines()]
    title, rest = (lines[0], lines[1:]) if lines else ("", [])
    end = SENTENCE_END.search(title) if len(title) > MOST_TITLE else None
    if end is not None and end.end() <= MOST_TITLE:
        mark = "。：；;"
        rest = [title[end.end() :].strip(), *rest]
        title = title[: end.end()].rstrip(mark)
    kept = [line for index, line in enumerate(rest) if line or (index and rest[index - 1])]
    return Written(title, "\n".join(kept).strip("\n"))


def check(wanted: Written) -> list[Problem]:
    """Whether an announcement can be sent as it is written."""
    problems = []
    if not wanted.title:
        problems.append(Problem("text_empty"))
    if len(wanted.title) > MOST_TITLE:
        problems.append(Problem("title_too_long", {"length": len(wanted.title), "most": MOST_TITLE}))
    if len(wanted.text) > MOST_TEXT:
        problems.append(Problem("text_too_long", {"length": len(wanted.text), "most": MOST_TEXT}))
    return problems


def reminder_day(sent_on: date, confirm_by: date | None, calendar: Calendar) -> date | None:
    """The working day before the last day to confirm; None without one, or where it is not after the day of sending."""
    if confirm_by is None:
        return None
    day = working_before(confirm_by, calendar)
    return day if day > sent_on else None


def reminder_due(sent_on: date, confirm_by: date | None, today: date, calendar: Calendar) -> bool:
    """Whether those who have not confirmed are to be reminded today: late if still useful, never after the last day."""
    day = reminder_day(sent_on, confirm_by, calendar)
    return day is not None and confirm_by is not None and day <= today <= confirm_by
