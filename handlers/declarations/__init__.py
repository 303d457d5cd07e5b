"""Declarations: a member's drafts and lines, their review, and the organisation's own entries."""

from __future__ import annotations

from handlers.declarations import change, draft, proof, record, review

REQUESTS = {**draft.REQUESTS, **change.REQUESTS, **review.REQUESTS, **record.REQUESTS, **proof.REQUESTS}
