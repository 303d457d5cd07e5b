"""The baseline of a confirm press by webhook: the bot as one would write it first, on the same database.

Starlette, python-telegram-bot's Update, one SQLAlchemy ORM session and transaction an update, SQLite in WAL with
synchronous=FULL. It writes the same rows as the bot, and checks no more than that the button is still live.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
import sys
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import uvicorn
from sqlalchemy import orm
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from telegram import CallbackQuery, Update

from storage import audit, declarations, inbox, members, outbox
from storage.tables import metadata

registry = orm.registry(metadata=metadata)
TODAY = date(2026, 11, 22)


class Identity:
    """An address and whose it is."""

    member_id: int


class Member:
    """A person."""

    id: int
    name: str


class Membership:
    """Where a person belongs."""

    unit_id: int


class Role:
    """What a person is in a unit."""

    role: str


class Token:
    """A button."""

    token: str
    kind: str
    args: Any
    state: str


class Dialog:
    """A question."""


class Line:
    """A line of a declaration."""

    id: int
    criterion: str
    state: str
    edition: int
    submitted_at: datetime


class Audit:
    """A deed."""

    hash: str


class Message:
    """A message and its reply."""

    reply: Any


class Outgoing:
    """A reply on its way."""


for made, table in (
    (Identity, members.identity),
    (Member, members.member),
    (Membership, members.membership),
    (Role, members.role),
    (Token, inbox.token),
    (Dialog, inbox.dialog),
    (Line, declarations.line),
    (Audit, audit.audit),
    (Message, inbox.inbox),
    (Outgoing, outbox.outbox),
):
    registry.map_imperatively(made, table)


class Naive:
    """The whole bot."""

    def __init__(self, path: Path) -> None:
        engine = sa.create_engine(f"sqlite:///{path}")
        sa.event.listen(engine, "connect", durable)
        self._session = orm.sessionmaker(engine)
        self._lock = threading.Lock()

    async def health(self, _request: Request) -> Response:
        """Always well."""
        return JSONResponse({"status": "ok"})

    async def hook(self, request: Request) -> Response:
        """One update, one transaction, the reply in the answer."""
        update = Update.de_json(await request.json(), None)
        if update.callback_query is None:
            return Response()
        return JSONResponse(await run_in_threadpool(self._handle, update.update_id, update.callback_query))

    def _handle(self, number: int, query: CallbackQuery) -> dict[str, Any]:
        address, pressed = str(query.from_user.id), (query.data or "").removeprefix("a:")
        with self._lock, self._session.begin() as session:
            seen = session.scalars(sa.select(Message).filter_by(channel="telegram", external_id=str(number))).first()
            if seen is not None:
                return answer(query, seen.reply[0])
            who = session.scalars(
                sa.select(Identity).filter_by(channel="telegram", address=address, unbound_at=None)
            ).one()
            person = session.get_one(Member, who.member_id)
            session.scalars(sa.select(Membership).filter_by(member_id=person.id, until_on=None)).first()
            session.scalars(sa.select(Role).filter_by(member_id=person.id)).all()
            reply = confirm(session, person, address, session.get_one(Token, pressed))
            said = {"text": "确认", "token": pressed}
            row = {"channel": "telegram", "external_id": str(number), "address": address, "member_id": person.id}
            session.add(filled(Message(), **row, said=said, reply=[reply], state="done", received_at=now()))
            session.add(outgoing(person, address, number, reply))
            return answer(query, reply)


def confirm(session: orm.Session, person: Member, address: str, token: Token) -> dict[str, Any]:
    """Submits the drafts behind a button."""
    wanted = [number for number, _ in token.args["pins"]]
    lines = session.scalars(sa.select(Line).where(Line.id.in_(wanted), Line.state == "draft")).all()  # type: ignore[attr-defined,arg-type]
    token.state = "used"
    for line in lines:
        line.state, line.submitted_at, line.edition = "submitted", now(), line.edition + 1
    last = session.scalars(sa.select(Audit).order_by(audit.audit.c.id.desc()).limit(1)).one()
    facts = json.dumps({"lines": wanted})
    link = hashlib.sha256(f"{last.hash}{person.id}{facts}".encode()).hexdigest()
    deed = {"actor_id": person.id, "action": "submit", "subject": "member", "subject_id": person.id, "facts": facts}
    session.add(filled(Audit(), at=now(), previous=last.hash, hash=link, **deed))
    here = {"channel": "telegram", "address": address}
    session.execute(sa.update(Token).filter_by(**here, state="live", pushed=False).values(state="replaced"))
    session.execute(sa.delete(Dialog).filter_by(**here))
    choices = []
    for position, label in enumerate(("撤销", "本月申报", "我的积分")):
        text = secrets.token_urlsafe(8)[:10]
        choices.append({"label": label, "token": text})
        row = {"kind": "Undo", "args": {"pins": token.args["pins"]}, "pushed": False, "state": "live"}
        until = now() + timedelta(days=7)
        session.add(filled(Token(), **here, **row, token=text, position=position, label=label, expires_at=until))
    shown = [f"{index}. {line.criterion}" for index, line in enumerate(lines, 1)]
    return {"title": f"已提交：{len(lines)} 条", "lines": shown, "choices": choices, "image": None, "link": None}


def outgoing(person: Member, address: str, number: int, reply: dict[str, Any]) -> Outgoing:
    """The reply as it is kept until it was sent."""
    row = {"key": f"reply:telegram:{number}", "class": "reply", "member_id": person.id, "state": "due", "attempts": 0}
    here = {"channel": "telegram", "address": address, "body": {"screens": [reply], "edit": "2"}}
    made: Outgoing = filled(Outgoing(), **row, **here, due_at=now(), made_at=now())
    return made


def answer(query: CallbackQuery, reply: dict[str, Any]) -> dict[str, Any]:
    """The reply as a method in the answer to the webhook."""
    keyboard = [[{"text": each["label"], "callback_data": "a:" + each["token"]}] for each in reply["choices"]]
    message = query.message
    return {
        "method": "editMessageText",
        "chat_id": message.chat.id if message else 0,
        "message_id": message.message_id if message else 0,
        "text": "\n".join([reply["title"], *reply["lines"]]),
        "reply_markup": {"inline_keyboard": keyboard},
    }


def filled(row: Any, **values: Any) -> Any:
    """A mapped row with its columns set."""
    for name, value in values.items():
        setattr(row, name, value)
    return row


def durable(connection: sqlite3.Connection, _record: object) -> None:
    """The same promise as the bot's own."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def now() -> datetime:
    """The instant of the run, as in the demo."""
    return datetime(2026, 11, 22, 1, 0, tzinfo=UTC)


if __name__ == "__main__":
    naive = Naive(Path(sys.argv[2]))
    routes = [Route("/healthz", naive.health), Route("/hooks/telegram", naive.hook, methods=["POST"])]
    uvicorn.run(Starlette(routes=routes), port=int(sys.argv[1]), log_level="warning", access_log=False)
