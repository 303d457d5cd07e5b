"""A house whose people have a draft ready: what is left is the press that confirms it."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import sqlalchemy as sa

from bot.channel import Inbound
from bot.clock import Clock
from bot.router import Router
from handlers.context import House
from handlers.desk import Desk
from storage import members
from storage.engine import Connection, Database

START = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
TEXT = "志愿服务 2 学习 1"
FIRST_CHAT = 7_000_000_000
FIRST_MEMBER = 100_000
BRANCHES = 40
AT_ONCE = 64
CHANNEL = "telegram"


def prepared(folder: Path, count: int) -> list[bytes]:
    """Adds so many people with Telegram and a draft each; gives the webhook's body of each one's press."""
    database = Database(folder / "zhibu.db")
    try:
        database.write(lambda connection: _people(connection, count))
        router = Router(
            Desk(database, House(ZoneInfo("Asia/Shanghai"))), Clock(lambda: START), "zh_CN", "http://127.0.0.1"
        )
        return asyncio.run(_drafts(router, count))
    finally:
        database.close()


def _people(connection: Connection, count: int) -> None:
    """Branches of people below the first organisation, bound to Telegram."""
    above = next(row for row in members.units_under(connection, "/") if row.kind == "organisation")
    long_ago = date(2000, 1, 1)
    for number in range(BRANCHES):
        unit = FIRST_MEMBER + number
        row = {"code": f"press-{number}", "kind": "branch", "name": f"测试第{number + 1}支部", "parent_id": above.id}
        connection.execute(sa.insert(members.unit), {"id": unit, "path": f"{above.path}{unit}/", **row})
    people, places, accounts = [], [], []
    for number in range(count):
        member = FIRST_MEMBER + number
        people.append({"id": member, "code": f"press-{number}", "name": f"测试{number:05d}", "class": "full"})
        places.append({"member_id": member, "unit_id": FIRST_MEMBER + number % BRANCHES, "from_on": long_ago})
        address = {"channel": CHANNEL, "address": str(FIRST_CHAT + number)}
        accounts.append({**address, "member_id": member, "bound_at": START})
    for table, rows in ((members.member, people), (members.membership, places), (members.identity, accounts)):
        connection.execute(sa.insert(table), rows)


async def _drafts(router: Router, count: int) -> list[bytes]:
    bodies: list[bytes] = []
    for start in range(0, count, AT_ONCE):
        some = range(start, min(start + AT_ONCE, count))
        bodies += await asyncio.gather(*(_draft(router, number) for number in some))
    return bodies


async def _draft(router: Router, number: int) -> bytes:
    """One person's typed line, and the press of 确认 as Telegram tells it."""
    chat = FIRST_CHAT + number
    reply = await router.receive(Inbound(CHANNEL, str(chat), f"prepared-{number}", text=TEXT))
    choices = [choice for screen in reply for choice in screen["choices"]]
    token = next(choice["token"] for choice in choices if choice["label"].startswith("确认"))
    person = {"id": chat, "is_bot": False, "first_name": f"测试{number:05d}", "language_code": "zh-hans"}
    message = {
        "message_id": 2 * number + 2,
        "date": int(START.timestamp()),
        "chat": {"id": chat, "type": "private", "first_name": person["first_name"]},
        "from": {"id": 1, "is_bot": True, "first_name": "支部", "username": "zhibu_bot"},
        "text": "\n".join([reply[-1]["title"], *reply[-1]["lines"]]),
        "reply_markup": {
            "inline_keyboard": [
                [{"text": each["label"], "callback_data": "a:" + each["token"]}] for each in reply[-1]["choices"]
            ]
        },
    }
    query = {
        "id": str(10**15 + number),
        "from": person,
        "message": message,
        "chat_instance": str(chat),
        "data": "a:" + token,
    }
    return msgspec.json.encode({"update_id": 500_000_000 + number, "callback_query": query})
