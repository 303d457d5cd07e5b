"""Declarations: a member's drafts and lines, their review, and the organisation's own entries."""

from __future__ import annotations

from handlers.context import Handler
from handlers.declarations import answer, change, draft, lists, many, meeting, proof, record, review, sheet

REQUESTS: dict[type, Handler] = {
    **draft.REQUESTS,
    **change.REQUESTS,
    **review.REQUESTS,
    **record.REQUESTS,
    **meeting.REQUESTS,
    **proof.REQUESTS,
    **answer.REQUESTS,
    **lists.REQUESTS,
    **many.REQUESTS,
    **sheet.REQUESTS,
}
