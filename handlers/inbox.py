"""Housekeeping of what came in: replies are kept for ever, old buttons and questions are not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from handlers.context import Context, Handler
from handlers.periods import Ran
from storage import inbox

KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Tidy:
    """Forgets buttons and questions that expired a month ago."""


def tidy(context: Context, _request: Tidy) -> Ran:
    """What is forgotten is answered like any unknown button: with the current screen."""
    return Ran(inbox.forget_expired(context.connection, context.now - KEPT))


REQUESTS: dict[type, Handler] = {Tidy: tidy}
