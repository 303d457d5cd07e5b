"""Tasks (任务): issued, reported, verified; who carries one and who decides about it."""

from __future__ import annotations

from handlers.context import Handler
from handlers.tasks import issuing, previewing, publishing

REQUESTS: dict[type, Handler] = {
    **issuing.REQUESTS,
    **previewing.REQUESTS,
    **publishing.REQUESTS,
}
