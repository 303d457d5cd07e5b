"""Tasks in words."""

from __future__ import annotations

from screens.screen import Draw
from screens.tasks import deciding

SCREENS: dict[type, Draw] = {
    **deciding.SCREENS,
}
