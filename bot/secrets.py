"""Secrets of invitations and sessions: drawn and hashed here, outside the write unit."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

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
