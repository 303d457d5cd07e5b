"""Parked messages: listed without personal text, handled again on command."""

import os
import re
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from typer.testing import CliRunner

from benchmarks.process import Server
from bot.app import build
from bot.cli import commands
from bot.clock import Clock
from bot.config import Settings
from bot.opening import open_parts
from handlers import desk
from handlers.context import Refused
from handlers.inbox import DropParked
from handlers.ledger.points import MyPoints
from rules.access import AT_THE_MACHINE, Actor, Grant
from storage.engine import sqlite_engine
from storage.outbox import outbox
from tests.flows.commands import zhibu
from tests.flows.people import People
from tests.flows.telegram import house
from tests.houses import START, on_both
from tests.peers.botapi import BotApi


def broken(_context: object, _request: object) -> object:
    raise ZeroDivisionError("planted")


def run(folder: Path, *arguments: str) -> tuple[int, str]:
    answer = CliRunner().invoke(commands(), ["inbox", *arguments], env={"ZHIBU_DATA": str(folder)})
    return answer.exit_code, answer.output


def number_in(text: str) -> str:
    return text.split()[0]


@on_both
def test_a_parked_telegram_message_is_handled_again_and_answered(installed: Path, monkeypatch: pytest.MonkeyPatch):
    folder = installed
    with BotApi().serving() as api:
        with monkeypatch.context() as patch, house(folder, api) as found:
            patch.setitem(desk.REQUESTS, MyPoints, broken)
            member = found.bound("m03")
            member.says("我的积分")
            member.sees("已保存")
            found.until(lambda: found.states() == {"sent": 1})
        code, listed = run(folder, "list")
        assert code == 0
        assert "ZeroDivisionError" in listed
        assert "我的积分" in listed
        code, said = run(folder, "retry", number_in(listed))
        assert (code, "已处理" in said) == (0, True)
        assert "没有未处理的消息" in run(folder, "list")[1]
        with house(folder, api) as found:
            due = sa.update(outbox).where(outbox.c.state == "due").values(due_at=START)  # this house's clock is behind
            assert found.parts.database.write(lambda connection: connection.execute(due).rowcount) == 1
            assert "77.5" in member.sees("积分", kind="message").text
        assert api.violations == []


@pytest.fixture
def unreadable(installed: Path) -> Path:
    """A house that was sent what is no update, and what is no JSON."""
    with BotApi().serving() as api, house(installed, api, "webhook") as found:
        headers = {"x-telegram-bot-api-secret-token": "a-secret-of-the-webhook"}
        for body in (b'{"update_id": 5, "message": 3}', b"no \x1b[31mJSON"):
            found.client.post("/hooks/telegram", content=body, headers=headers)
    return installed


def numbers_in(text: str) -> list[str]:
    return [line.split()[0] for line in text.splitlines()]


def asked(folder: Path, query: str) -> list[tuple[object, ...]]:
    """Rows of the database, read past the program."""
    if url := os.environ.get("ZHIBU_DATABASE_URL", ""):
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            return connection.execute(query.encode()).fetchall()
    engine = sqlite_engine(folder / "zhibu.db", read_only=True)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(query).fetchall()
    engine.dispose()
    return [tuple(row) for row in rows]


def test_what_can_never_be_read_is_said_in_words_and_stays_parked(unreadable: Path):
    _, listed = run(unreadable, "list")
    assert "无法读取这条消息" in listed
    assert not re.search("[A-Za-z]+Error", listed)
    for number in numbers_in(listed):
        code, said = run(unreadable, "retry", number)
        assert (code, f"zhibu inbox drop {number}" in said) == (1, True)
        assert not re.search("Error|malformed", said), said
    assert run(unreadable, "retry", "--all")[0] == 1
    assert len(numbers_in(run(unreadable, "list")[1])) == 2


def test_a_parked_message_can_be_looked_at_whole(unreadable: Path):
    first, second = numbers_in(run(unreadable, "list")[1])
    code, shown = run(unreadable, "show", first)
    assert code == 0
    assert '{"update_id":5,"message":3}' in shown
    assert "no [31mJSON" in run(unreadable, "show", second)[1], "control marks are left out"
    assert run(unreadable, "show", "999999") == (1, "没有编号为 999999 的未处理消息。\n")


@on_both
def test_a_message_is_given_up_and_kept(unreadable: Path):
    first, second = numbers_in(run(unreadable, "list")[1])
    code, said = run(unreadable, "drop", first, "--yes")
    assert (code, f"{first}：已放弃" in said) == (0, True)
    assert numbers_in(run(unreadable, "list")[1]) == [second]
    ((state, kept),) = asked(unreadable, f"SELECT state, said FROM inbox WHERE id = {first}")
    assert (state, "update_id" in str(kept)) == ("dropped", True)
    trails = [f"SELECT action, actor_id, subject_id FROM {name}" for name in ("audit", "audit_unlinked")]
    deeds = asked(unreadable, f"SELECT * FROM ({' UNION ALL '.join(trails)}) AS deeds WHERE action = 'drop_parked'")
    assert deeds == [("drop_parked", AT_THE_MACHINE, int(first))]
    assert run(unreadable, "drop", first, "--yes") == (1, f"没有编号为 {first} 的未处理消息。\n")
    assert run(unreadable, "retry", first)[0] == 1
    assert zhibu(unreadable, "verify").returncode == 0


def test_several_are_given_up_together_or_none(unreadable: Path):
    numbers = numbers_in(run(unreadable, "list")[1])
    assert run(unreadable, "drop", *numbers, "999999", "--yes") == (1, "没有编号为 999999 的未处理消息。\n")
    assert len(numbers_in(run(unreadable, "list")[1])) == 2
    assert run(unreadable, "drop", *numbers, "--yes")[0] == 0
    assert run(unreadable, "list")[1] == "没有未处理的消息。\n"


@pytest.mark.parametrize(
    ("typed", "code", "left"), [("\n", 1, 2), ("n\n", 1, 2), ("", 1, 2), ("y\n", 0, 1), ("是\n", 0, 1)]
)
def test_giving_up_is_asked_about_first(unreadable: Path, typed: str, code: int, left: int):
    first = number_in(run(unreadable, "list")[1])
    ran = zhibu(unreadable, "inbox", "drop", first, typed=typed)
    assert (ran.returncode, "update_id" in ran.stdout) == (code, True), ran.stdout
    assert len(numbers_in(run(unreadable, "list")[1])) == left


def test_a_message_is_given_up_beside_a_running_process(unreadable: Path, tmp_path: Path):
    first, second = numbers_in(run(unreadable, "list")[1])
    with Server(tmp_path, "bot", "run", "--port", "{port}", data=unreadable) as server:
        server.start()
        assert run(unreadable, "drop", first, "--yes")[0] == 0
        assert numbers_in(run(unreadable, "list")[1]) == [second]


def test_only_the_operator_gives_messages_up(people: People):
    answer = people.parts.desk.do(Actor(1, grants=(Grant("administrator", 1, "/1/"),)), DropParked((1,)), START)
    assert isinstance(answer, Refused)


@on_both
def test_a_web_message_is_answered_where_it_stands(installed: Path, monkeypatch: pytest.MonkeyPatch):
    folder = installed
    parts = open_parts(Settings(data=folder), Clock(lambda: START))
    with monkeypatch.context() as patch, TestClient(build(parts, demo=True)) as client:
        patch.setitem(desk.REQUESTS, MyPoints, broken)
        People(client, parts)["m03"].say("我的积分", id="x1")
    assert run(folder, "retry", "--all")[0] == 0
    parts = open_parts(Settings(data=folder), Clock(lambda: START))
    with TestClient(build(parts, demo=True)) as client:
        assert "77.5" in str(People(client, parts)["m03"].say("我的积分", id="x1"))


def test_wrong_calls_are_said_in_words(folder: Path):
    assert run(folder, "retry") == (2, "请给出消息编号，或使用 --all。\n")
    assert run(folder, "retry", "7") == (1, "没有编号为 7 的未处理消息。\n")
    assert run(folder, "drop")[0] == 2
    assert run(folder, "retry", "--all") == (0, "没有未处理的消息。\n")
