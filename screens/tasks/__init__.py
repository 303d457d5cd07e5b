"""Tasks in words."""

from __future__ import annotations

from screens.screen import Draw
from screens.tasks import asking, deciding, mine, promises

SCREENS: dict[type, Draw] = {
    **deciding.SCREENS,
    **mine.SCREENS,
    **asking.SCREENS,
    **promises.SCREENS,
}
