"""The ledger: posting, a member's points and their reasons, reversals, and the check of it all."""

from __future__ import annotations

from handlers.context import Handler
from handlers.ledger import check, facts, lists, points, reversal

REQUESTS: dict[type, Handler] = {
    **points.REQUESTS,
    **reversal.REQUESTS,
    **check.REQUESTS,
    **lists.REQUESTS,
    **facts.REQUESTS,
}
