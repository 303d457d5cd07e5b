"""Words of the filters of lists: how a form asks for them, and how files and records tell them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from handlers.naming import Names
from screens import deliveries, privacy
from screens.declarations.lines import SOURCES, STATES
from screens.deeds import ACTIONS
from screens.texts import Say, clean

Word = Callable[[Say], str]


class Filter(NamedTuple):
    """A filter: a choice of words, a thing of its name (`handlers.naming.FILTERED`), or something typed."""

    label: Word
    words: Mapping[str, Word] = {}
    typed: str = "text"


PERIOD = Filter(lambda say: say("Month or year"))
MONTH = Filter(lambda say: say("Month"))
UNIT = Filter(lambda say: say("Unit"))
MEMBER = Filter(lambda say: say("Name or code"))
CRITERION = Filter(lambda say: say("Criterion"))
FIRST = Filter(lambda say: say("From"), typed="date")
LAST = Filter(lambda say: say("Until"), typed="date")
LISTED = {state: word for state, word in STATES.items() if state != "draft"}
ORDERS: dict[str, Word] = {
    "newest": lambda say: say("newest first"),
    "oldest": lambda say: say("oldest first"),
    "most": lambda say: say("most points first"),
}
ROLL_STATES: dict[str, Word] = {
    "silent": lambda say: say("not confirmed"),
    "failed": lambda say: say("not reached"),
    "confirmed": lambda say: say("confirmed"),
}
# list → its filters by name, in the order of the form
FILTERS: dict[str, dict[str, Filter]] = {
    "lines": {
        "period": PERIOD,
        "unit": UNIT,
        "member": MEMBER,
        "state": Filter(lambda say: say("State"), LISTED),
        "criterion": CRITERION,
        "source": Filter(lambda say: say("Source"), SOURCES),
        "text": Filter(lambda say: say("Text of the note")),
        "sort": Filter(lambda say: say("Order"), ORDERS),
    },
    "entries": {"period": PERIOD, "unit": UNIT, "member": MEMBER, "criterion": CRITERION},
    "months": {"period": MONTH, "unit": UNIT},
    "announcements": {},
    "recipients": {
        "announcement": Filter(lambda say: say("Announcement")),
        "state": Filter(lambda say: say("State"), ROLL_STATES),
    },
    "messages": {
        "unit": UNIT,
        "member": MEMBER,
        "state": Filter(lambda say: say("State"), deliveries.STATES),
        "kind": Filter(lambda say: say("Kind"), deliveries.KINDS),
        "notice": Filter(lambda say: say("Contents"), deliveries.NOTICES),
        "first": FIRST,
        "last": LAST,
    },
    "unreached": {"unit": UNIT},
    "proofs": {"unit": UNIT, "state": Filter(lambda say: say("State"), privacy.STATES)},
    "deeds": {
        "member": MEMBER,
        "action": Filter(lambda say: say("Deed"), ACTIONS),
        "first": FIRST,
        "last": LAST,
    },
    "publication": {"unit": Filter(lambda say: say("Branch")), "period": MONTH},
}


def narrowed_words(say: Say, kind: str, narrowed: Mapping[str, object], names: Names) -> list[tuple[str, str]]:
    """Label and value of each filter that was set; a filter of former days keeps its value alone."""
    filters = FILTERS.get(kind, {})
    known = [name for name in filters if name in narrowed]
    told = [(filters[name].label(say), _value(say, name, filters[name], str(narrowed[name]), names)) for name in known]
    former = [(say("other"), clean(str(value))) for name, value in narrowed.items() if name not in filters]
    return [(label, value) for label, value in (*told, *former) if value]


def _value(say: Say, name: str, each: Filter, value: str, names: Names) -> str:
    if value in each.words:
        return each.words[value](say)
    if (name, value) in names:
        return clean(names[name, value].name)
    numbered = name in ("unit", "announcement") and value
    return say("no. {number}", number=clean(value)) if numbered else clean(value)
