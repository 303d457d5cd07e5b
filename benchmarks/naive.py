"""The baseline of declaring: the bot as one would write it first, on the same interface and with the same rows.

Starlette, a SQLAlchemy ORM session and one transaction per request, SQLite in WAL with synchronous=FULL. It has no
rules: no scheme, no caps, no roles, no catalogue. A lock keeps its writers in line, so none of them waits by polling.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import sqlite3
import sys
import threading
from datetime import datetime
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

PERIOD = "2026-11"
CRITERIA = {"志愿服务": ("C01", 5000), "学习": ("P01", 5000)}
ITEM = re.compile(r"(志愿服务|学习)\s*(\d+(?:\.\d+)?)")
NOW = int(datetime.fromisoformat("2026-11-22T01:00:00Z").timestamp() * 1000)
PEOPLE = 56


class Base(orm.DeclarativeBase):
    """All tables."""


class Member(Base):
    __tablename__ = "member"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    code: orm.Mapped[str] = orm.mapped_column(unique=True)


class Inbox(Base):
    __tablename__ = "inbox"
    __table_args__ = (sa.UniqueConstraint("channel", "external_id"),)
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    channel: orm.Mapped[str]
    external_id: orm.Mapped[str]
    member_id: orm.Mapped[int] = orm.mapped_column(index=True)
    said: orm.Mapped[str]
    reply: orm.Mapped[str]
    received_at: orm.Mapped[int]


class Token(Base):
    __tablename__ = "token"
    __table_args__ = (sa.Index("ix_token_member", "member_id", "state"),)
    token: orm.Mapped[str] = orm.mapped_column(primary_key=True)
    member_id: orm.Mapped[int]
    label: orm.Mapped[str]
    args: orm.Mapped[str]
    state: orm.Mapped[str]


class Dialog(Base):
    __tablename__ = "dialog"
    member_id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    args: orm.Mapped[str]


class Declaration(Base):
    __tablename__ = "declaration"
    __table_args__ = (sa.UniqueConstraint("member_id", "period"),)
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    member_id: orm.Mapped[int]
    period: orm.Mapped[str]


class Line(Base):
    __tablename__ = "line"
    __table_args__ = (sa.Index("ix_line_member", "member_id", "period", "state"),)
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    declaration_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("declaration.id"), index=True)
    member_id: orm.Mapped[int]
    period: orm.Mapped[str]
    criterion: orm.Mapped[str]
    quantity: orm.Mapped[int]
    points: orm.Mapped[int]
    state: orm.Mapped[str]
    submitted_at: orm.Mapped[int | None]


class Audit(Base):
    __tablename__ = "audit"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    actor_id: orm.Mapped[int]
    action: orm.Mapped[str]
    facts: orm.Mapped[str]
    previous: orm.Mapped[str]
    hash: orm.Mapped[str] = orm.mapped_column(unique=True)


class Naive:
    """The whole bot."""

    def __init__(self, path: Path) -> None:
        engine = sa.create_engine(f"sqlite:///{path}")
        sa.event.listen(engine, "connect", durable)
        Base.metadata.create_all(engine)
        self._session = orm.sessionmaker(engine)
        self._lock = threading.Lock()
        with self._session.begin() as session:
            if session.scalar(sa.select(sa.func.count(Member.id))) == 0:
                session.add_all(Member(code=f"n{number:02d}") for number in range(PEOPLE))

    async def health(self, _request: Request) -> Response:
        """Always well."""
        return JSONResponse({"status": "ok"})

    async def personas(self, _request: Request) -> Response:
        """Everybody."""
        with self._session() as session:
            people = session.scalars(sa.select(Member)).all()
        return JSONResponse([{"id": each.code, "name": each.code, "role": "member", "unit": ""} for each in people])

    async def messages(self, request: Request) -> Response:
        """One message, one transaction."""
        return JSONResponse(await run_in_threadpool(self._handle, await request.json()))

    def _handle(self, said: dict[str, str]) -> Any:
        with self._lock, self._session.begin() as session:
            seen = session.scalars(sa.select(Inbox).filter_by(channel="web", external_id=said["id"])).one_or_none()
            if seen is not None:
                return json.loads(seen.reply)
            member = session.scalars(sa.select(Member).filter_by(code=said["persona"])).one()
            screen = (
                confirm(session, member, said["token"]) if "token" in said else draft(session, member, said["text"])
            )
            reply = {"screens": [{**screen, "image": None, "link": None}]}
            row = {"said": json.dumps(said), "reply": json.dumps(reply), "received_at": NOW}
            session.add(Inbox(channel="web", external_id=said["id"], member_id=member.id, **row))
            return reply


def durable(connection: sqlite3.Connection, _record: object) -> None:
    """The same promise as the bot's own."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def draft(session: orm.Session, member: Member, text: str) -> dict[str, Any]:
    """Drafts of the lines in a text, and the button that confirms them."""
    wanted = sa.select(Declaration).filter_by(member_id=member.id, period=PERIOD)
    declaration = session.scalars(wanted).one_or_none()
    if declaration is None:
        declaration = Declaration(member_id=member.id, period=PERIOD)
        session.add(declaration)
        session.flush()
    lines = []
    for name, typed in ITEM.findall(text):
        criterion, each = CRITERIA[name]
        many = float(typed)
        common = {"declaration_id": declaration.id, "member_id": member.id, "period": PERIOD, "state": "draft"}
        lines.append(Line(criterion=criterion, quantity=int(many * 10_000), points=int(many * each), **common))
    session.add_all(lines)
    session.flush()
    labels = ["确认", "再加一条", *(f"修改 {line.criterion}" for line in lines), "取消"]
    choices = keyboard(session, member, labels, [line.id for line in lines])
    return {"title": "请核对", "lines": [f"{line.criterion} {line.quantity}" for line in lines], "choices": choices}


def confirm(session: orm.Session, member: Member, pressed: str) -> dict[str, Any]:
    """Submits the drafts behind a button."""
    token = session.get_one(Token, pressed)
    lines = session.scalars(sa.select(Line).where(Line.id.in_(json.loads(token.args)), Line.state == "draft")).all()
    token.state = "used"
    for line in lines:
        line.state, line.submitted_at = "submitted", NOW
    last = session.scalars(sa.select(Audit).order_by(Audit.id.desc()).limit(1)).one_or_none()
    previous, facts = last.hash if last else "", token.args
    link = hashlib.sha256(f"{previous}{member.id}{facts}".encode()).hexdigest()
    session.add(Audit(actor_id=member.id, action="submit", facts=facts, previous=previous, hash=link))
    choices = keyboard(session, member, ["撤销", "本月申报", "我的积分"], [line.id for line in lines])
    return {"title": "已提交", "lines": [line.criterion for line in lines], "choices": choices}


def keyboard(session: orm.Session, member: Member, labels: list[str], lines: list[int]) -> list[dict[str, str]]:
    """New buttons in place of those before."""
    session.execute(sa.update(Token).filter_by(member_id=member.id, state="live").values(state="replaced"))
    session.execute(sa.delete(Dialog).filter_by(member_id=member.id))
    common = {"member_id": member.id, "args": json.dumps(lines), "state": "live"}
    tokens = [Token(token=secrets.token_hex(5), label=label, **common) for label in labels]
    session.add_all(tokens)
    return [{"label": each.label, "token": each.token} for each in tokens]


if __name__ == "__main__":
    naive = Naive(Path(sys.argv[2]))
    routes = [
        Route("/healthz", naive.health),
        Route("/chat/api/personas", naive.personas),
        Route("/chat/api/messages", naive.messages, methods=["POST"]),
    ]
    uvicorn.run(Starlette(routes=routes), port=int(sys.argv[1]), log_level="warning", access_log=False)
