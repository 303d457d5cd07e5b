"""What vouches for somebody who comes to the phone pages: given by the composition root, which knows the platforms."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform whose page sends people back here with a code.

    `authorize` gives that page's address for the address to come back to and a state; `address_of` asks the platform
    whose code it is, None when it does not say; `seal` makes letters and digits that only this house can make.
    """

    authorize: Callable[[str, str], str]
    address_of: Callable[[str], Awaitable[str | None]]
    seal: Callable[[str], str]


def nobody(_data: str, _now: datetime) -> str | None:
    """Where there is no Mini App it vouches for nobody."""
    return None


@dataclass(frozen=True, slots=True)
class Phones:
    """What the phone pages need besides the office: channel → its platform, whom a Mini App's data means, and where a
    file goes (a stored file, or the problems that keep it out). `scene` asks for what stands in an official account's
    code for an invitation, None when the platform gives none.
    """

    keep: Callable[[str, bytes], Any]
    platforms: Mapping[str, Platform] = field(default_factory=dict)
    mini_app: Callable[[str, datetime], str | None] = nobody
    scene: Callable[[str, timedelta], Awaitable[str | None]] | None = None
