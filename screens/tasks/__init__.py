"""Tasks in words."""

from __future__ import annotations

from screens.screen import Draw
from screens.tasks import asking, breaking, deciding, giving, handing, mine, promises, state, urging

SCREENS: dict[type, Draw] = {
    **deciding.SCREENS,
    **mine.SCREENS,
    **asking.SCREENS,
    **promises.SCREENS,
    **giving.SCREENS,
    **breaking.SCREENS,
    **handing.SCREENS,
    **state.SCREENS,
    **urging.SCREENS,
}
