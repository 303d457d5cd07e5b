"""Answer → screen: one table of all subjects."""

from __future__ import annotations

from typing import Any

from screens import announcements, identities, ledger, members, overview, privacy, problems, reminding, signin, tasks
from screens.declarations import draft, record, review
from screens.screen import Draw, Screen
from screens.texts import Say

SCREENS: dict[type, Draw] = {
    **members.SCREENS,
    **identities.SCREENS,
    **draft.SCREENS,
    **review.SCREENS,
    **record.SCREENS,
    **ledger.SCREENS,
    **overview.SCREENS,
    **announcements.SCREENS,
    **problems.SCREENS,
    **signin.SCREENS,
    **privacy.SCREENS,
    **reminding.SCREENS,
    **tasks.SCREENS,
}


def screen_of(say: Say, answer: Any) -> Screen:
    """The screen of a handler's answer."""
    return SCREENS[type(answer)](say, answer)
