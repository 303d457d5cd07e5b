"""Invitation slips for printing: one self-contained page, a card a member, a sheet a unit."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

import segno

from bot.secrets import Drawn, draw
from bot.webchat import environment
from handlers.invitations import Candidate
from screens.texts import Say, day


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on one member's slip."""

    person: Candidate
    drawn: Drawn
    until: datetime
    wechat: str | None = None
    """What stands in the official account's code: "" when it gave none, None when none was asked for."""


def draw_all(people: Sequence[Candidate], done: Callable[[], None]) -> list[Drawn]:
    """Secrets for everybody; argon2 lets go of the interpreter, so threads hash side by side."""
    drawn = []
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for one in pool.map(lambda _: draw(), people):
            drawn.append(one)
            done()
    return drawn


def qr(text: str) -> str:
    """A QR code as inline SVG that scales with its box."""
    drawn: str = segno.make(text, error="m", micro=False).svg_inline(omitsize=True, border=2, dark="#000", light="#fff")
    return drawn


def page(say: Say, cards: Sequence[Card], address: str, telegram: str, zone: ZoneInfo) -> str:
    """The whole document; it loads nothing."""
    units = []
    two = bool(telegram) or any(card.wechat is not None for card in cards)
    for _, some in groupby(cards, key=lambda card: card.person.unit):
        shown = [_shown(say, card, address, telegram, zone) for card in some]
        units.append({"name": shown[0]["unit"], "cards": shown})
    return environment().get_template("slips.html").render(say=say, units=units, telegram=telegram, two=two)


def _shown(say: Say, card: Card, address: str, telegram: str, zone: ZoneInfo) -> dict[str, Any]:
    link = f"{address}/chat/enter/{card.drawn.token}"
    return {
        "unit": card.person.unit_name,
        "name": card.person.name,
        "pin": card.drawn.pin,
        "link": link,
        "qr": qr(link),
        "telegram_qr": qr(f"https://t.me/{telegram}?start={card.drawn.token}") if telegram else "",
        "wechat": card.wechat is not None,
        "wechat_qr": qr(card.wechat) if card.wechat else "",
        "until": day(say, card.until.astimezone(zone).date().isoformat()),
    }


@contextmanager
def private_file(path: Path) -> Iterator[IO[str]]:
    """A new file that only its owner may read; taken away again when what it was made for fails."""
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(number, "w", encoding="utf-8") as file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise
