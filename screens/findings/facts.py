"""The facts of a finding as its sentence takes them: what people wrote is cleaned and short."""

from __future__ import annotations

from screens.texts import Facts, Say, clean

LONGEST = 60
LONGEST_LIST = 300


def told(facts: Facts) -> dict[str, object]:
    """Each text without control marks, and no longer than a line or two."""
    return {key: _short(fact) if isinstance(fact, str) else fact for key, fact in facts.items()}


def given(say: Say, facts: Facts) -> dict[str, object]:
    """The facts with what was found, or the word for nothing."""
    return told(facts) | {"found": facts["found"] or say("nothing")}


def meant(say: Say, facts: Facts) -> str:
    """A question for the word most like the one that was written; nothing when none is like it."""
    return say("Did you mean “{nearest}”?", **told(facts)) if facts["nearest"] else ""


def _short(text: str) -> str:
    most = LONGEST_LIST if "、" in text or "→" in text else LONGEST
    cleaned = clean(text)
    return cleaned if len(cleaned) <= most else cleaned[: most - 1] + "…"
