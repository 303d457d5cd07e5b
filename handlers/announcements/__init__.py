"""Announcements (公告): written, sent to a unit or role, confirmed by each recipient."""

from __future__ import annotations

from handlers.announcements import audience, lists, receiving, status, waves, writing
from handlers.context import Handler

REQUESTS: dict[type, Handler] = {
    **writing.REQUESTS,
    **audience.REQUESTS,
    **status.REQUESTS,
    **lists.REQUESTS,
    **receiving.REQUESTS,
    **waves.REQUESTS,
}
