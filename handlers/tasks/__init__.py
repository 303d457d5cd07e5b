"""Tasks (任务): issued, reported, verified; who carries one and who decides about it."""

from __future__ import annotations

from handlers.context import Handler
from handlers.tasks import (
    auditing,
    breaking,
    deciding,
    giving,
    handing,
    issuing,
    many,
    mine,
    previewing,
    promises,
    publishing,
    reminding,
    reporting,
    state,
    urging,
    visits,
    wanting,
)

REQUESTS: dict[type, Handler] = {
    **issuing.REQUESTS,
    **previewing.REQUESTS,
    **publishing.REQUESTS,
    **auditing.REQUESTS,
    **reminding.REQUESTS,
    **mine.REQUESTS,
    **reporting.REQUESTS,
    **wanting.REQUESTS,
    **promises.REQUESTS,
    **deciding.REQUESTS,
    **many.REQUESTS,
    **giving.REQUESTS,
    **visits.REQUESTS,
    **breaking.REQUESTS,
    **handing.REQUESTS,
    **state.REQUESTS,
    **urging.REQUESTS,
}
