"""A reply and its ways: kept in the inbox, given in the answer, or put into the outbox."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from bot.channel import Inbound, Rendered
from storage import inbox, outbox, sending
from storage.engine import Connection
from storage.held import DECLINED, HELD

MOST_TEXT = 2000
HIDDEN = "••••••"


@dataclass(frozen=True, slots=True)
class Reply:
    """What a message is answered with; a secret one is shown once and kept nowhere, a queued one is in the outbox,
    and one given `again` answers a message that came before."""

    screens: list[Rendered]
    secret: bool = False
    queued: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class Answered:
    """A reply as it was made: whose, what the inbox keeps instead when it holds a secret, the label pressed.

    `refused` when what was asked for could not be done; `state` is how the message stands then: "done"; "held" until it
    may be handled; "declined", when nothing of it is kept.
    """

    member: int | None
    reply: list[Rendered]
    kept: list[Rendered] | None = None
    pressed: str = ""
    state: str = "done"
    refused: bool = False


def row_of(inbound: Inbound, answered: Answered, now: datetime) -> dict[str, Any]:
    """A message and its reply as the inbox keeps them."""
    said: dict[str, Any] = {"text": answered.pressed or inbound.text[:MOST_TEXT], "token": inbound.token}
    if inbound.file is not None and answered.state != DECLINED:
        said["file"] = asdict(inbound.file)
    if answered.state == HELD:
        said["inbound"] = asdict(inbound)
    return {
        "channel": inbound.channel,
        "external_id": inbound.external_id,
        "address": inbound.address,
        "member_id": answered.member,
        "said": said,
        "reply": answered.reply if answered.kept is None else answered.kept,
        "state": answered.state,
        "error": None,
        "received_at": now,
    }


def key_of(inbound: Inbound, again: str = "") -> str:
    """The key of a reply in the outbox."""
    return f"reply:{inbound.channel}:{inbound.external_id}{again}"[:160]


def body_of(screens: list[Rendered], inbound: Inbound, *, refused: bool = False) -> Rendered:
    """A reply as it waits in the outbox; `refused` tells a channel that the pressed button does nothing any more."""
    body: Rendered = {"screens": screens, "edit": inbound.edit}
    return body | {"refused": True} if refused and inbound.edit else body


def turn_of(inbound: Inbound) -> str:
    """Messages of one address are handled one after another, by whatever process."""
    return f"{inbound.channel}:{inbound.address}"


def given_before(connection: Connection, inbound: Inbound) -> Reply | None:
    """The reply to a message that came in before."""
    stored = inbox.reply_to(connection, inbound.channel, inbound.external_id)
    if stored is None:
        return None
    return Reply(stored, queued=bool(outbox.has_key(connection, [key_of(inbound)])), again=True)


def sent(connection: Connection, inbound: Inbound, answered: Answered, now: datetime, again: str = "") -> Reply:
    """The reply as it goes out: in the answer, or through the outbox, where a secret never stands."""
    secret = answered.kept is not None
    if not inbound.by_answer and not secret:
        row = {
            "key": key_of(inbound, again),
            "member_id": answered.member,
            "channel": inbound.channel,
            "address": inbound.address,
            "body": body_of(answered.reply, inbound, refused=answered.refused),
        }
        sending.put_reply(connection, row, now)
    return Reply(answered.reply, secret)
