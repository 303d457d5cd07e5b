"""The bot against an emulator of somebody else: npm telegram-test-api, by polls and by webhook."""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from benchmarks.process import NOW, free_port
from benchmarks.telegram import Bot, bind_members
from bot.sample.marks import marked
from tests.houses import START
from tests.peers import description
from tests.peers.botapi import TOKEN
from tests.peers.packages import installed
from tests.peers.wire import posted

SERVER = Path(__file__).with_name("tta_server.mjs")

pytestmark = pytest.mark.needs("node")


@pytest.fixture(scope="module")
def peers() -> Path:
    """The packages."""
    return installed()


@dataclass
class Chat:
    """One person's chat at the package's own client side, whose form its routes define."""

    address: str
    token: str
    number: int

    def says(self, text: str) -> None:
        entities = [{"type": "bot_command", "offset": 0, "length": len(text)}] if text.startswith("/") else None
        command = {"entities": entities} if entities else {}
        kind = "sendCommand" if entities else "sendMessage"
        posted(f"{self.address}/{kind}", json.dumps({**self._mine(), "text": text, **command}).encode())

    def presses(self, message: dict[str, Any], label: str) -> None:
        rows = message["message"]["reply_markup"]["inline_keyboard"]
        data = next(each["callback_data"] for row in rows for each in row if each["text"].startswith(label))
        mine = self._mine()
        pressed = {
            "botToken": self.token,
            "from": mine["from"],
            "message": {"message_id": message["messageId"], "date": mine["date"], "chat": mine["chat"]},
            "data": data,
        }
        posted(f"{self.address}/sendCallback", json.dumps(pressed).encode())

    def sees(self, words: str) -> dict[str, Any]:
        """The next message or edit that has the words."""
        passed: list[str] = []
        asked = json.dumps({"token": self.token, "chatId": self.number}).encode()
        while found := posted(f"{self.address}/peer/seen", asked):
            for each in found:
                if words in each["message"]["text"]:
                    return dict(each)
                passed.append(each["message"]["text"])
        raise AssertionError(f"nobody said {words}: {passed}")

    def _mine(self) -> dict[str, Any]:
        return {
            "botToken": self.token,
            "date": int(START.timestamp()),
            "from": {"id": self.number, "is_bot": False, "first_name": "赵晨"},
            "chat": {"id": self.number, "type": "private", "first_name": "赵晨"},
        }


@dataclass(frozen=True)
class Elsewhere:
    """The package's server."""

    address: str
    token: str = TOKEN

    def calls(self) -> list[dict[str, Any]]:
        return list(self._asked("calls"))

    def called(self, method: str) -> None:
        assert self._asked(f"called/{method}"), f"{method} was not called"

    def _asked(self, what: str) -> Any:
        with urlopen(f"{self.address}/peer/{what}", timeout=60) as answer:
            return json.loads(answer.read())


@pytest.fixture
def elsewhere(peers: Path) -> Iterator[Elsewhere]:
    environment = os.environ | {"PEERS": str(peers), "PORT": str(free_port())}
    with subprocess.Popen(["node", str(SERVER)], env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Elsewhere(process.stdout.readline().strip())
        finally:
            process.terminate()


@pytest.mark.parametrize("mode", ["polling", "webhook"])
def test_start_declare_confirm(elsewhere: Elsewhere, folder: Path, tmp_path: Path, mode: str):
    with marked(folder):
        pass
    (bound, *_) = bind_members(folder, datetime.fromisoformat(NOW).replace(tzinfo=START.tzinfo))
    with Bot(tmp_path, folder, elsewhere, mode) as bot:
        bot.start()
        chat = Chat(elsewhere.address, elsewhere.token, bound.chat)
        if mode == "webhook":
            elsewhere.called("setWebhook")
        chat.says("/start")
        chat.sees("您要办什么")
        chat.says("申报 志愿服务 2 学习 1")
        draft = chat.sees("请核对")
        assert "志愿服务 2小时" in draft["message"]["text"]
        chat.presses(draft, "确认提交")
        receipt = chat.sees("已提交：2 条")
        assert receipt["messageId"] == draft["messageId"]
    calls = elsewhere.calls()
    assert {"sendMessage", "editMessageText", "answerCallbackQuery"} <= {each["method"] for each in calls}
    faults = [fault for each in calls for fault in description.read(each["method"], each["body"], {})[1]]
    assert faults == []
