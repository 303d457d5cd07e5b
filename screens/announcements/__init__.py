"""Announcements in words."""

from __future__ import annotations

from screens.announcements import receiving, sending, standing
from screens.screen import Draw

SCREENS: dict[type, Draw] = {**sending.SCREENS, **standing.SCREENS, **receiving.SCREENS}
