"""Screens become rows: each choice a token, each question a dialog; a restart goes on where it was."""

from __future__ import annotations

import base64
import io
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from bot import marks
from bot.channel import Rendered
from handlers.desk import BY_NAME
from screens.screen import Prompt, Screen
from storage import inbox
from storage.engine import Connection
from storage.inbox import DialogRow, TokenRow

LIFE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Place:
    """An address on a channel, where a screen is shown."""

    channel: str
    address: str


def present(
    connection: Connection, place: Place, screens: Sequence[Screen], now: datetime, public_url: str, spent: str = ""
) -> list[Rendered]:
    """Stores what the screens' choices and question mean, and gives the screens as channels draw them.

    A reply ends the keyboard and the question shown before; `spent` is the button of it that was pressed.
    """
    inbox.replace_keyboard(connection, place.channel, place.address, spent)
    prompt = next((screen.prompt for screen in reversed(screens) if screen.prompt), None)
    inbox.put_dialog(connection, place.channel, place.address, None if prompt is None else _question(prompt, now))
    rendered, rows = drawn(place, screens, now, public_url, pushed=False)
    inbox.issue(connection, rows)
    return rendered


def _question(prompt: Prompt, now: datetime) -> DialogRow:
    kind = type(prompt.request).__name__
    return DialogRow(kind, msgspec.to_builtins(prompt.request), prompt.field, prompt.expects, now + LIFE)


def drawn(
    place: Place, screens: Sequence[Screen], now: datetime, public_url: str, *, pushed: bool
) -> tuple[list[Rendered], list[dict[str, Any]]]:
    """The screens as channels draw them, and the rows of their choices' tokens, still to be stored.

    A reply's choices have marks, counted through all its screens; a notice's have none, for it is no keyboard.
    """
    rows: list[dict[str, Any]] = []
    rendered = []
    letters = not pushed and marks.lettered(screens)
    for screen in screens:
        choices = []
        for choice in screen.choices:
            token = secrets.token_urlsafe(8)[:10]
            shown = {} if pushed else {"mark": marks.mark(len(rows), letters=letters)}
            choices.append({"label": choice.label, "token": token, **shown})
            rows.append(
                {
                    "token": token,
                    "channel": place.channel,
                    "address": place.address,
                    "position": len(rows),
                    "label": choice.label[:200],
                    "kind": type(choice.request).__name__,
                    "args": msgspec.to_builtins(choice.request),
                    "pushed": pushed,
                    "state": "live",
                    "expires_at": now + LIFE,
                }
            )
        rendered.append(plain(screen, public_url) | {"choices": choices})
    return rendered, rows


def plain(screen: Screen, public_url: str) -> Rendered:
    """A screen without its choices; a picture of a link becomes a QR code."""
    link = None if screen.link is None else public_url + screen.link
    image = None if screen.image is None else qr(public_url + screen.image)
    return {"title": screen.title, "lines": list(screen.lines), "choices": [], "image": image, "link": link}


def qr(text: str) -> str:
    """A QR code as a data address."""
    import segno

    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", scale=6, border=3, dark="#1c1b1a", light="#ffffff")
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()


def request_of(row: TokenRow) -> Any:
    """The request behind a button."""
    return msgspec.convert(row.args, BY_NAME[row.kind])


def completed(row: DialogRow, value: Any) -> Any:
    """The request of a question, with its answer filled in."""
    return msgspec.convert({**row.args, row.field: msgspec.to_builtins(value)}, BY_NAME[row.kind])
