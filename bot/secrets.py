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


# 19 MiB and two passes, OWASP's least for argon2id: a PIN has five tries, and the usual 64 MiB would stay resident
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# what a password is held against when there is none: it takes the same time, and nothing matches it
NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$qtCej1FbZ9FBLm4cNZXcHA$CrADDZnIl0kqImUbbN5OBIFADm+g9DUZoPLFO3Mgfus"


def hashed(text: str) -> str:
    """The hash of a long random text, as it is stored and looked up."""
    return hashlib.sha256(text.encode()).hexdigest()


def fresh() -> str:
    """A new random text: a link's token or a session's key."""
    return secrets.token_urlsafe(32)


def draw() -> Drawn:
    """A new token and a PIN of six digits."""
    token, pin = secrets.token_urlsafe(24), f"{secrets.randbelow(1_000_000):06d}"
    return Drawn(token, hashed(token), pin, HASHER.hash(pin))


def slowly_hashed(text: str) -> str:
    """The hash of a password, as it is stored."""
    return HASHER.hash(text)


def matches(pin_hash: str, pin: str) -> bool:
    """Whether a PIN is the one whose hash was stored."""
    try:
        return HASHER.verify(pin_hash, pin)
    except VerifyMismatchError:
        return False


class Spare:
    """Secrets drawn in advance: hashing a PIN takes longer than a write unit may."""

    def __init__(self) -> None:
        self._drawn: SimpleQueue[Drawn] = SimpleQueue()
        self._begun = False

    def take(self) -> Drawn:
        """Secrets nobody was given; the next are drawn meanwhile, and none before the first are wanted."""
        for _ in range(1 if self._begun else 2):
            self._draw_ahead()
        self._begun = True
        return self._drawn.get()

    def _draw_ahead(self) -> None:
        threading.Thread(target=lambda: self._drawn.put(draw()), name="secrets", daemon=True).start()
