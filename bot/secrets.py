"""Secrets of invitations and sessions: drawn and hashed here, outside the write unit."""

from __future__ import annotations

import hashlib
import secrets
import threading
from dataclasses import dataclass
from queue import SimpleQueue

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError


@dataclass(frozen=True, slots=True)
class Drawn:
    """A link's token and PIN with the hashes that are stored."""

    token: str
    token_hash: str
    pin: str
    pin_hash: str


def hashed(text: str) -> str:
    """The hash of a long random text, as it is stored and looked up."""
    return hashlib.sha256(text.encode()).hexdigest()


def draw() -> Drawn:
    """A new token and a PIN of six digits."""
    token, pin = secrets.token_urlsafe(24), f"{secrets.randbelow(1_000_000):06d}"
    return Drawn(token, hashed(token), pin, PasswordHasher().hash(pin))


def matches(pin_hash: str, pin: str) -> bool:
    """Whether a PIN is the one whose hash was stored."""
    try:
        return PasswordHasher().verify(pin_hash, pin)
    except VerifyMismatchError:
        return False


class Spare:
    """Secrets drawn in advance: hashing a PIN takes longer than a write unit may."""

    def __init__(self) -> None:
        self._drawn: SimpleQueue[Drawn] = SimpleQueue()
        self._draw_ahead()

    def take(self) -> Drawn:
        """Secrets nobody was given; the next are drawn meanwhile."""
        self._draw_ahead()
        return self._drawn.get()

    def _draw_ahead(self) -> None:
        threading.Thread(target=lambda: self._drawn.put(draw()), name="secrets", daemon=True).start()
