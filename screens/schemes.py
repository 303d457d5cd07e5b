"""A scheme in words: what a criterion is worth, its caps, who records it, and on what evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rules.schemes import Caps, Criterion
from rules.schemes.criteria import Recorder
from screens.texts import Say, clean, names
from screens.worth import WORTH, figure


def worth_in_words(say: Say, criterion: Criterion) -> str:
    """What a criterion is worth, as it stands on the wall: 每小时 0.5 分."""
    value = criterion.value
    if len(value.kinds) != 1:
        return say("not settled yet")
    return WORTH[value.kind](say, criterion)


def caps_in_words(say: Say, caps: Caps) -> str:
    """The most points in each window: 每月 1 分、全年 8 分."""
    return names(say, [CAPS[window](say, figure(cap)) for window, cap in caps.windows.items()])


def recorders_in_words(say: Say, criterion: Criterion) -> str:
    """Who may record it."""
    return names(say, [RECORDERS[recorder](say) for recorder in criterion.by])


def evidence_in_words(say: Say, criterion: Criterion) -> str:
    """Whether evidence is needed, and of what kind."""
    need = EVIDENCE[criterion.evidence](say)
    if not criterion.proof:
        return need
    return say("{need}: {kinds}", need=need, kinds=names(say, map(clean, criterion.proof)))


CAPS: Mapping[str, Callable[[Say, str], str]] = {
    "occurrence": lambda say, cap: say("{cap} points each time", cap=cap),
    "day": lambda say, cap: say("{cap} points a day", cap=cap),
    "week": lambda say, cap: say("{cap} points a week", cap=cap),
    "month": lambda say, cap: say("{cap} points a month", cap=cap),
    "quarter": lambda say, cap: say("{cap} points a quarter", cap=cap),
    "half": lambda say, cap: say("{cap} points a half-year", cap=cap),
    "year": lambda say, cap: say("{cap} points a year", cap=cap),
    "cycle": lambda say, cap: say("{cap} points in all", cap=cap),
}
RECORDERS: Mapping[Recorder, Callable[[Say], str]] = {
    "member": lambda say: say("oneself"),
    "organisation": lambda say: say("the organisation"),
    "committee": lambda say: say("the committee above"),
    "peer": lambda say: say("peers"),
    "witness": lambda say: say("who was helped"),
    "host": lambda say: say("who held it"),
    "system": lambda say: say("the system"),
}
EVIDENCE: Mapping[str, Callable[[Say], str]] = {
    "none": lambda say: say("not needed"),
    "optional": lambda say: say("may be added"),
    "required": lambda say: say("required"),
}
