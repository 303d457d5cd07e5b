"""The facts of a finding as its sentence takes them: what people wrote is cleaned and short."""

from __future__ import annotations

from screens.texts import Facts, Say, clean

LONGEST = 60
LONGEST_LIST = 300


SPANS = ("window", "part", "narrow", "wide")  # the facts that name a span of time


def told(facts: Facts, say: Say) -> dict[str, object]:
    """Each text without control marks, no longer than a line or two, and spans of time in words."""
    shown = {key: _short(fact) if isinstance(fact, str) else fact for key, fact in facts.items()}
    return shown | {key: span(say, str(shown[key])) for key in SPANS if shown.get(key)}


def span(say: Say, name: str) -> str:
    """The word for a span of time."""
    return {
        "occurrence": say("time"),
        "day": say("day"),
        "week": say("week"),
        "month": say("month"),
        "quarter": say("quarter"),
        "half": say("half-year"),
        "year": say("year"),
        "cycle": say("cycle"),
    }.get(name, name)


def given(say: Say, facts: Facts) -> dict[str, object]:
    """The facts with what was found, or the word for nothing."""
    return told(facts, say) | {"found": facts["found"] or say("nothing")}


def meant(say: Say, facts: Facts) -> str:
    """A question for the word most like the one that was written; nothing when none is like it."""
    return say("Did you mean “{nearest}”?", **told(facts, say)) if facts["nearest"] else ""


def _short(text: str) -> str:
    most = LONGEST_LIST if "、" in text or "→" in text else LONGEST
    cleaned = clean(text)
    return cleaned if len(cleaned) <= most else cleaned[: most - 1] + "…"
