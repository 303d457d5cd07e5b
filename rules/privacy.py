"""The notice about personal data as an organisation wrote it: its version, its words, and what is still left blank."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from rules.problems import Problem

VERSION = re.compile(r"\s*version\s*[:：]\s*(.*\S)\s*", re.IGNORECASE)
BLANK = re.compile(r"【[^】]*】")
LONGEST_VERSION, LONGEST = 64, 20_000
MARKS = re.compile(r"\*\*|__|`")


@dataclass(frozen=True, slots=True)
class Words:
    """The notice in one language: a title, and a line for each paragraph."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice about personal data in one version; without English words the others are shown to everybody."""

    version: str
    words: Words
    english: Words | None = None

    def told(self, locale: str) -> Words:
        """The words for a reader."""
        return self.english if locale == "en" and self.english is not None else self.words


def read_notice(text: str, english: str = "") -> Notice:
    """A notice from its files; without a line `version:` every change of the text is a new version."""
    named = VERSION.fullmatch(_first(text))
    digest = hashlib.sha256(f"{text}\n{english}".encode()).hexdigest()[:16]
    version = named[1][:LONGEST_VERSION] if named else digest
    return Notice(version, _words(text), _words(english) if english.strip() else None)


def notice_problems(text: str, english: str = "") -> list[Problem]:
    """Why a notice cannot be shown yet."""
    words = _words(text)
    if not words.lines:
        return [Problem("notice_empty", {})]
    if len(text) > LONGEST or len(english) > LONGEST:
        return [Problem("notice_too_long", {"most": LONGEST})]
    blanks = list(dict.fromkeys(BLANK.findall(text) + BLANK.findall(english)))
    return [Problem("notice_blanks", {"count": len(blanks), "blanks": tuple(blanks[:3])})] if blanks else []


def _first(text: str) -> str:
    return next((line for line in text.lstrip("\ufeff").splitlines() if line.strip()), "")


def _words(text: str) -> Words:
    """Markdown as plain lines: the first heading is the title, other headings and points keep a mark of their own."""
    title, lines = "", list[str]()
    for line in text.lstrip("\ufeff").splitlines():
        plain = MARKS.sub("", line).strip()
        if not plain or (not lines and not title and VERSION.fullmatch(plain)):
            continue
        heading = plain.lstrip("#").strip() if plain.startswith("#") else ""
        if heading and not title and not lines:
            title = heading
        elif heading:
            lines.append(heading)
        else:
            lines.append(re.sub(r"^[-*+] ", "· ", plain))
    return Words(title, tuple(lines))
