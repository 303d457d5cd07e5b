"""The one catalogue: ids are English sentences, Chinese is complete and the default."""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rules.declarations import named
from rules.schemes import Criterion
from storage.kinds import plain

FOLDER = Path(__file__).parent / "locale"
LOCALES = ("zh_CN", "en")
ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
Say = Callable[..., str]
Facts = Mapping[str, Any]
Sentences = dict[str, Callable[[Say, Facts], str]]
"""The code of a problem → the sentence that tells it with its facts."""


@cache
def words(locale: str) -> Say:
    """The function that says an English sentence in a language, with its facts filled in."""
    catalogue = gettext.translation("zhibu", FOLDER, [locale], fallback=locale == "en")

    def say(sentence: str, **facts: object) -> str:
        return catalogue.gettext(sentence).format(**facts)

    return say


def number(value: Decimal | str | int) -> str:
    """A figure as people write it: no trailing zeros."""
    return format(plain(Decimal(value)), "f")


def signed(value: Decimal | str | int) -> str:
    """Points with their sign."""
    figure = number(value)
    return figure if figure.startswith("-") or figure == "0" else f"+{figure}"


def month(say: Say, period: str) -> str:
    """A period for people: 2026年11月."""
    return say("{year}-{month:02d}", year=int(period[:4]), month=int(period[5:7]))


def short_month(say: Say, period: str) -> str:
    """A period of the year one is looking at: 11月."""
    return say("month {month}", month=int(period[5:7]))


def day(say: Say, date: str) -> str:
    """A day for people, from its ISO text: 11月30日."""
    return say("{month:02d}-{day:02d}", month=int(date[5:7]), day=int(date[8:10]))


def moment(say: Say, instant: datetime, zone: ZoneInfo) -> str:
    """An instant for people, in local time: 11月22日 14:30."""
    local = instant.astimezone(zone)
    return say("{month:02d}-{day:02d} {time}", month=local.month, day=local.day, time=f"{local:%H:%M}")


def amount(criterion: Criterion, quantity: Decimal | None, option: str | None = None, matter: str | None = None) -> str:
    """A criterion with its quantity, option and matter: 志愿服务 2小时, 表彰 市级 “抗洪” 1次."""
    name = named(criterion.name, option and clean(option), matter and clean(matter))
    return name if quantity is None else f"{name} {number(quantity)}{criterion.unit}"


def names(say: Say, people: Iterable[str]) -> str:
    """Names in a row."""
    return say(", ").join(people)


def joined(say: Say, *parts: str) -> str:
    """Parts of one line, the empty ones left out."""
    return say("; ").join(part for part in parts if part)


def note_text(say: Say, note: str) -> str:
    """A note; the day of a meeting is written as people write it."""
    return day(say, note) if ISO_DAY.fullmatch(note) else clean(note)


def clean(text: str) -> str:
    """Text for a line of a screen: no control or direction marks, no line breaks."""
    if not text.isprintable():  # asked of the whole text first: nearly all of it is, and announcements are long
        text = "".join(c for c in text if c.isprintable() or c in "\n\t ")
    return " ".join(text.split())
