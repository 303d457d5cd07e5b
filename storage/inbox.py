"""What came in and what was answered; dialogs and the actions behind buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.kinds import Instant, Json
from storage.metadata import identifier, metadata
from storage.statement import Statement

inbox = sa.Table(
    "inbox",
    metadata,
    identifier(),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("external_id", sa.String(200), nullable=False),
    sa.Column("address", sa.String(128), nullable=False),
    sa.Column("member_id", sa.BigInteger),
    sa.Column("said", Json, nullable=False),
    sa.Column("reply", Json),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("received_at", Instant, nullable=False),
    sa.UniqueConstraint("channel", "external_id"),
    sa.Index("ix_inbox_address", "channel", "address", "id"),
)
dialog = sa.Table(
    "dialog",
    metadata,
    sa.Column("channel", sa.String(16), primary_key=True),
    sa.Column("address", sa.String(128), primary_key=True),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("args", Json, nullable=False),
    sa.Column("field", sa.String(32), nullable=False),
    sa.Column("expects", sa.String(16), nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
)
token = sa.Table(
    "token",
    metadata,
    sa.Column("token", sa.String(16), primary_key=True),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("address", sa.String(128), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("label", sa.String(200), nullable=False),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("args", Json, nullable=False),
    sa.Column("pushed", sa.Boolean, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
    sa.Index("ix_token_address", "channel", "address", "state"),
    sa.Index("ix_token_expires_at", "expires_at"),
)


@dataclass(frozen=True, slots=True)
class Said:
    """One message and its reply (a list of screens as JSON)."""

    id: int
    said: dict[str, Any]
    reply: list[dict[str, Any]] | None
    received_at: datetime


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """A message that could not be handled: what is needed to try again, and what went wrong."""

    id: int
    channel: str
    address: str
    member: int | None
    external_id: str
    said: dict[str, Any]
    error: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class DialogRow:
    """A question that waits for an answer: the request it completes and the field it fills."""

    kind: str
    args: dict[str, Any]
    field: str
    expects: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TokenRow:
    """The action behind a button: state live, used or replaced."""

    token: str
    label: str
    kind: str
    args: dict[str, Any]
    pushed: bool
    state: str
    expires_at: datetime


_HERE = (token.c.channel == sa.bindparam("channel_"), token.c.address == sa.bindparam("address_"))
_TOKENS = sa.select(
    token.c.token, token.c.label, token.c.kind, token.c.args, token.c.pushed, token.c.state, token.c.expires_at
)
SHARED = ""
"""The address of a button that everybody has who got the message."""
_TOKEN = Statement(
    _TOKENS.where(
        token.c.token == sa.bindparam("token_"),
        token.c.channel == sa.bindparam("channel_"),
        token.c.address.in_([sa.bindparam("address_"), SHARED]),
    ),
    TokenRow,
)
_LIVE = Statement(
    _TOKENS.where(*_HERE, token.c.state == "live", token.c.pushed.is_(False)).order_by(token.c.position), TokenRow
)
_REPLACE = Statement(
    sa.update(token)
    .where(*_HERE, token.c.state == "live", token.c.pushed.is_(False))
    .values(state=sa.case((token.c.token == sa.bindparam("pressed"), "used"), else_="replaced"))
)
_REPLY = Statement(
    sa.select(inbox.c.reply).where(
        inbox.c.channel == sa.bindparam("channel_"), inbox.c.external_id == sa.bindparam("external")
    )
)
_LAST_REPLY = Statement(
    sa.select(inbox.c.reply)
    .where(
        inbox.c.channel == sa.bindparam("channel_"),
        inbox.c.address == sa.bindparam("address_"),
        inbox.c.reply.is_not(None),
        inbox.c.state != "held",  # what was shown in place of an answer
        inbox.c.state != "declined",
    )
    .order_by(inbox.c.id.desc())
    .limit(1)
)
_DIALOG_HERE = (dialog.c.channel == sa.bindparam("channel_"), dialog.c.address == sa.bindparam("address_"))
_DIALOG = Statement(
    sa.select(dialog.c.kind, dialog.c.args, dialog.c.field, dialog.c.expects, dialog.c.expires_at).where(*_DIALOG_HERE),
    DialogRow,
)
_END_DIALOG = Statement(sa.delete(dialog).where(*_DIALOG_HERE))
_PUT_DIALOG = Statement(sa.insert(dialog))
_KEEP = Statement(sa.insert(inbox).returning(inbox.c.id))
_ISSUE = Statement(sa.insert(token))


def _here(channel: str, address: str) -> dict[str, str]:
    return {"channel_": channel, "address_": address}


def reply_to(connection: sa.Connection, channel: str, external_id: str) -> list[dict[str, Any]] | None:
    """The reply given to a message seen before; None when it is new."""
    facts = {"channel_": channel, "external": external_id}
    reply: list[dict[str, Any]] | None = _REPLY.value(connection, facts)
    return reply


def seen(connection: sa.Connection, channel: str, external_id: str) -> bool:
    """Whether a message came in before, answered or not."""
    query = sa.select(inbox.c.id).where(inbox.c.channel == channel, inbox.c.external_id == external_id)
    return connection.execute(query).first() is not None


def keep(connection: sa.Connection, values: Mapping[str, Any]) -> int:
    """Stores a message with its reply."""
    return int(_KEEP.value(connection, values))


def answer_parked(connection: sa.Connection, number: int, values: Mapping[str, Any]) -> None:
    """A parked message that was handled after all."""
    kept = {name: values[name] for name in ("member_id", "said", "reply", "state", "error")}
    connection.execute(sa.update(inbox).where(inbox.c.id == number).values(**kept))


def park_again(connection: sa.Connection, number: int, error: str) -> None:
    """A parked message that could not be handled this time either."""
    connection.execute(sa.update(inbox).where(inbox.c.id == number, inbox.c.state == "parked").values(error=error))


def drop_parked(connection: sa.Connection, numbers: Sequence[int]) -> list[int]:
    """Gives parked messages up; what was said and what went wrong stays in their rows. Gives those that waited."""
    query = sa.update(inbox).where(inbox.c.id.in_(numbers), inbox.c.state == "parked").values(state="dropped")
    return sorted(connection.execute(query.returning(inbox.c.id)).scalars())


def is_parked(connection: sa.Connection, number: int) -> bool:
    """Whether a message still waits to be handled."""
    query = sa.select(inbox.c.id).where(inbox.c.id == number, inbox.c.state == "parked")
    return connection.execute(query).first() is not None


def parked_rows(connection: sa.Connection, number: int | None = None) -> list[ParkedRow]:
    """Parked messages, oldest first; or the one with a number."""
    c = inbox.c
    query = sa.select(c.id, c.channel, c.address, c.member_id, c.external_id, c.said, c.error, c.received_at)
    query = query.where(c.state == "parked").order_by(c.id)
    rows = connection.execute(query if number is None else query.where(c.id == number))
    return [ParkedRow(*row) for row in rows]


def parked(connection: sa.Connection) -> int:
    """How many messages could not be handled and wait for an administrator."""
    query = sa.select(sa.func.count()).select_from(inbox).where(inbox.c.state == "parked")
    return int(connection.execute(query).scalar_one())


def count(connection: sa.Connection) -> int:
    """How many messages came in."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(inbox)).scalar_one())


def conversation(connection: sa.Connection, channel: str, address: str, most: int) -> list[Said]:
    """The newest messages of an address with their replies, oldest first."""
    c = inbox.c
    query = sa.select(c.id, c.said, c.reply, c.received_at).where(c.channel == channel, c.address == address)
    rows = connection.execute(query.order_by(c.id.desc()).limit(most)).all()
    return [Said(*row) for row in reversed(rows)]


def last_reply(connection: sa.Connection, channel: str, address: str) -> list[dict[str, Any]]:
    """The reply that an address saw last; empty when there is none."""
    return _LAST_REPLY.value(connection, _here(channel, address)) or []


def dialog_of(connection: sa.Connection, channel: str, address: str) -> DialogRow | None:
    """The question an address is being asked."""
    return _DIALOG.first(connection, _here(channel, address))


def put_dialog(connection: sa.Connection, channel: str, address: str, row: DialogRow | None) -> None:
    """Replaces the question of an address; None ends the dialog."""
    _END_DIALOG.change(connection, _here(channel, address))
    if row is not None:
        values = {
            "channel": channel,
            "address": address,
            "kind": row.kind,
            "args": row.args,
            "field": row.field,
            "expects": row.expects,
            "expires_at": row.expires_at,
        }
        _PUT_DIALOG.change(connection, values)


def token_of(connection: sa.Connection, channel: str, address: str, text: str) -> TokenRow | None:
    """The action behind a token that was given to this address, alone or with others."""
    return _TOKEN.first(connection, {"token_": text, **_here(channel, address)})


def live_tokens(connection: sa.Connection, channel: str, address: str) -> list[TokenRow]:
    """The choices of the screen an address sees, in their order."""
    return _LIVE.all(connection, _here(channel, address))


def replace_keyboard(connection: sa.Connection, channel: str, address: str, pressed: str = "") -> None:
    """Ends the choices of the screen an address saw before; the one that was pressed is spent."""
    _REPLACE.change(connection, {"pressed": pressed, **_here(channel, address)})


def issue(connection: sa.Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Stores the actions of a screen's choices."""
    _ISSUE.many(connection, rows)


def forget_expired(connection: sa.Connection, before: datetime) -> int:
    """Deletes tokens and dialogs that expired before an instant; gives how many."""
    gone = connection.execute(sa.delete(token).where(token.c.expires_at < before)).rowcount
    return gone + connection.execute(sa.delete(dialog).where(dialog.c.expires_at < before)).rowcount
