"""What becomes of a message after one attempt."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.channel import DeliveryError
from storage import outbox
from storage.going import Left
from storage.outbox import OutboxRow, Settled

MOST_ATTEMPTS = 8
NEVER, ALWAYS = timedelta(0), timedelta.max


def outcome(row: OutboxRow, error: DeliveryError | None, now: datetime, recognised: timedelta) -> Settled:
    """Sent, unknown, failed, or due again; soon when somebody waits for it.

    `recognised` is how long the platform knows what it had before: so long what may have arrived is tried again.
    """
    if error is None:
        return Settled(row, "sent", "")
    wait = (timedelta(seconds=5) if row.kind == outbox.REPLY else timedelta(minutes=1)) * 2**row.attempts
    if error.unknown:
        again = row.attempts < MOST_ATTEMPTS and now + wait - (row.tried_at or now) < recognised
        return Settled(row, "failed", error.code, now + wait) if again else Settled(row, "unknown", error.code)
    if error.rest_s:  # the lane lets the address rest; being asked to wait is no failure
        return Settled(row, "failed", error.code, now)
    if not error.retry or row.attempts >= MOST_ATTEMPTS:
        return Settled(row, "failed", error.code)
    if error.moved_to and row.attempts == 1:
        return Settled(row, "failed", error.code, now)
    return Settled(row, "failed", error.code, now + wait)


def sent_again(row: Left, recognised: timedelta, now: datetime) -> bool:
    """Whether a message that a process left behind is sent by another: what may have arrived only where nobody sees it
    twice, or to somebody who waits for it."""
    if not row.went or row.kind == outbox.REPLY or recognised == ALWAYS:
        return True
    return row.tried_at is not None and now - row.tried_at < recognised
