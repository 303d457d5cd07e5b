"""Words that all screens of announcements share."""

from __future__ import annotations

from screens.texts import Say, clean

LABEL = 16


def body(text: str) -> list[str]:
    """All lines of a text."""
    return [clean(line) for line in text.splitlines()]


def short(title: str) -> str:
    """A title as far as a button has room."""
    shown = clean(title)
    return shown if len(shown) <= LABEL else shown[: LABEL - 1] + "…"


def audience_words(say: Say, unit: str, role: str) -> str:
    """Whom an announcement is for."""
    return {
        "all": say("everybody in {unit}", unit=unit),
        "secretary": say("branch secretaries in {unit}", unit=unit),
        "officer": say("organisation officers in {unit}", unit=unit),
        "member": say("branch members in {unit}", unit=unit),
    }[role]
