"""Which passwords are refused, and how long an account rests after wrong ones."""

from __future__ import annotations

from datetime import timedelta

from rules.problems import Problem

SHORTEST, LONGEST = 10, 128
FAILURES = 5
REST = timedelta(minutes=15)
LONGEST_REST = timedelta(hours=24)
WALKS = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn")
WORN = ("password", "admin", "zhibu", "dangjian", "woaini", "iloveyou", "letmein", "welcome")


def check(text: str, about: tuple[str, ...]) -> list[Problem]:
    """Every reason against a password; `about` is what others know of its owner: name and code."""
    found = []
    if len(text) < SHORTEST:
        found.append(Problem("password_short", {"least": SHORTEST}))
    if len(text) > LONGEST:
        found.append(Problem("password_long", {"most": LONGEST}))
    folded = text.casefold()
    if any(len(word) > 1 and word.casefold() in folded for word in about):
        found.append(Problem("password_about_you"))
    if _weak(folded):
        found.append(Problem("password_weak"))
    return found


def _weak(folded: str) -> bool:
    """Few characters over and over, a walk over the keys, or a worn word with a number behind it."""
    bare = "".join(each for each in folded if each.isalnum())
    if len(set(folded)) < 5:
        return True
    half = folded[: max(1, len(folded) // 2)]
    if half * 2 == folded or any(_walked(bare, walk) or _walked(bare, walk[::-1]) for walk in WALKS):
        return True
    return any(bare.strip("0123456789") == word for word in WORN)


def _walked(bare: str, walk: str) -> bool:
    """Whether most of the text is one stretch of a walk."""
    stretches = (bare[start:end] for start in range(len(bare)) for end in range(start + 4, len(bare) + 1))
    longest = max((len(stretch) for stretch in stretches if stretch in walk), default=0)
    return longest * 4 >= len(bare) * 3


def rest_after(failures: int) -> timedelta | None:
    """How long an account rests after so many wrong passwords in a row: 15 min at every fifth, doubled each time."""
    if failures == 0 or failures % FAILURES:
        return None
    return min(LONGEST_REST, REST * (1 << min(failures // FAILURES - 1, 10)))
