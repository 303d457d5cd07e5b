"""Parked messages: listed without personal text, handled again on command."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient
from typer.testing import CliRunner

from bot.app import build
from bot.cli import commands
from bot.clock import Clock
from bot.config import Settings
from bot.opening import open_parts
from handlers import desk
from handlers.ledger.points import MyPoints
from storage.outbox import outbox
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


def test_an_update_that_cannot_be_read_stays_parked_with_its_error(folder: Path):
    with BotApi().serving() as api, house(folder, api, "webhook") as found:
        headers = {"x-telegram-bot-api-secret-token": "a-secret-of-the-webhook"}
        found.client.post("/hooks/telegram", content=b'{"update_id": 5, "message": 3}', headers=headers)
    number = number_in(run(folder, "list")[1])
    code, said = run(folder, "retry", number)
    assert (code, "仍未处理" in said) == (1, True)
    assert run(folder, "retry", "--all")[0] == 1


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
    assert run(folder, "retry", "--all") == (0, "没有未处理的消息。\n")
