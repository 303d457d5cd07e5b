"""Who may open which page: one table of method, path, action and the kind of thing the path names."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from screens.texts import Say

OPEN = ""
"""The action of what everybody signed in may do, even when his roles are over."""


class Way(NamedTuple):
    """A page's door: `{id:int}` in the path names a thing of kind `object` ("" when it names none)."""

    method: str
    path: str
    action: str
    object: str = ""


ROUTES: tuple[Way, ...] = (
    Way("GET", "/console", "console"),
    Way("GET", "/console/me", "console"),
    Way("POST", "/console/me/password", "console"),
    Way("POST", "/console/me/sessions/{id:int}/end", "console", "session"),
    Way("POST", "/console/sign-out", OPEN),
    Way("GET", "/console/notice", OPEN),
    Way("POST", "/console/notice", OPEN),
    Way("GET", "/console/units", "see_people"),
    Way("GET", "/console/units/{id:int}", "see_people", "unit"),
    Way("GET", "/console/people", "see_people"),
    Way("GET", "/console/people/{id:int}", "see_people", "member"),
    Way("POST", "/console/people/{id:int}/invite", "invite", "member"),
    Way("POST", "/console/people/{id:int}/unbind", "unbind", "member"),
    Way("POST", "/console/people/{id:int}/roles", "appoint", "member"),
    Way("POST", "/console/people/{id:int}/roles/end", "appoint", "member"),
    Way("POST", "/console/people/{id:int}/deputies", "appoint", "member"),
    Way("POST", "/console/people/{id:int}/deputies/end", "appoint", "member"),
    Way("GET", "/console/declarations", "see_lines"),
    Way("GET", "/console/declarations/queue", "review"),
    Way("POST", "/console/declarations/decide", "review"),
    Way("GET", "/console/declarations/months", "see_lines"),
    Way("GET", "/console/declarations/{id:int}", "see_lines", "line"),
    Way("GET", "/console/evidence/{id:int}", "reverse", "evidence"),
    Way("GET", "/console/ledger", "see_ledger"),
    Way("GET", "/console/ledger/{id:int}", "see_ledger", "member"),
    Way("GET", "/console/publication", "publication"),
    Way("GET", "/console/publication/{id:int}/{period}", "publication", "unit"),
    Way("GET", "/console/announcements", "announce"),
    Way("GET", "/console/announcements/{id:int}", "announce", "announcement"),
    Way("GET", "/console/deliveries", "see_deliveries"),
    Way("GET", "/console/deliveries/unreached", "see_deliveries"),
    Way("GET", "/console/deliveries/notice", "see_deliveries"),
    Way("GET", "/console/reminding", "set_reminding"),
    Way("POST", "/console/reminding/{id:int}", "set_reminding", "unit"),
    Way("GET", "/console/calendar", "set_calendar"),
    Way("POST", "/console/calendar/{id:int}", "set_calendar", "unit"),
    Way("POST", "/console/calendar/{id:int}/remove", "set_calendar", "unit"),
    Way("GET", "/console/trail", "see_trail"),
    Way("GET", "/console/exports", "export"),
    Way("POST", "/console/exports/make", "export"),
)


class Entry(NamedTuple):
    """An entry of the navigation."""

    path: str
    icon: str
    label: Callable[[Say], str]


NAVIGATION: tuple[Entry, ...] = (
    Entry("/console", "home", lambda say: say("Overview")),
    Entry("/console/declarations", "lines", lambda say: say("Declarations")),
    Entry("/console/ledger", "ledger", lambda say: say("Ledger")),
    Entry("/console/publication", "board", lambda say: say("Publication")),
    Entry("/console/people", "people", lambda say: say("People")),
    Entry("/console/units", "units", lambda say: say("Units")),
    Entry("/console/announcements", "horn", lambda say: say("Announcements")),
    Entry("/console/deliveries", "bell", lambda say: say("Deliveries")),
    Entry("/console/trail", "trail", lambda say: say("Audit trail")),
    Entry("/console/exports", "export", lambda say: say("Exports")),
)
WAYS = {(way.method, way.path): way for way in ROUTES}
