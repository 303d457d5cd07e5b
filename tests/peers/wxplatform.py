"""Drives wx_platform.js: an Official Account or a WeCom app as the platform sees it, and the people who use it."""

from __future__ import annotations

import json
import os
import subprocess
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from tests.peers.packages import installed
from tests.peers.wire import posted

SERVER = Path(__file__).with_name("wx_platform.js")
Json = dict[str, Any]
Kind = Literal["wechat", "wecom"]
MOST_S = 10.0
IDS = {"wechat": "wx5823bf96d3bd56c7", "wecom": "wwcorp0123456789ab"}
SECRET = "a-secret-nobody-may-log-0123456789"
TOKEN = "QDG6eK2Tb9sVqL4w"
AES_KEY = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
AGENT = 1000002
HOOKS = {"wechat": "/hooks/wechat", "wecom": "/hooks/wecom"}


class Unseen(AssertionError):
    """What a test waited for did not happen."""


@dataclass
class Platform:
    """One account at a stand-in of its own; `users` are the members a WeCom app may reach, empty means everybody."""

    kind: Kind = "wechat"
    users: tuple[str, ...] = ()
    timeout_ms: int = 5000
    answers: Path | None = None
    address: str = ""
    account: str = field(init=False)

    def __post_init__(self) -> None:
        self.account = IDS[self.kind]

    @contextmanager
    def serving(self) -> Iterator[Platform]:
        """Starts the process, and ends that process."""
        environment = os.environ | {
            "PEERS": str(installed()),
            "PORT": "0",
            "CALLBACK_TIMEOUT_MS": str(self.timeout_ms),
            "ANSWERS": str(self.answers or ""),
        }
        pipe = subprocess.PIPE
        with subprocess.Popen(["node", str(SERVER)], env=environment, stdin=pipe, stdout=pipe, text=True) as process:
            assert process.stdout is not None
            try:
                self.address = process.stdout.readline().strip()
                assert self.address, "the stand-in did not start"
                self.config(
                    id=self.account,
                    secret=SECRET,
                    token=TOKEN,
                    aes_key=AES_KEY,
                    agent_id=AGENT,
                    gh="gh_0123456789ab" if self.kind == "wechat" else "",
                    users=list(self.users),
                )
                yield self
            finally:
                process.terminate()

    def settings(self) -> dict[str, str]:
        """What the bot's environment has to say, without the prefix ZHIBU_."""
        facts = {"token": TOKEN, "aes_key": AES_KEY, "secret": SECRET, "api": self.address}
        if self.kind == "wechat":
            facts |= {"app_id": self.account}
        else:
            facts |= {"corp_id": self.account, "agent_id": str(AGENT)}
        return {f"{self.kind}_{name}": value for name, value in facts.items()}

    def do(self, verb: str, **facts: Any) -> Any:
        """One control verb."""
        found = posted(f"{self.address}/ctl/{verb}", json.dumps(facts).encode())
        if isinstance(found, dict) and found.get("error"):
            raise Unseen(found["error"])
        return found

    def config(self, **facts: Any) -> None:
        """Changes the account: url, mode (safe, plain, compatible), users, unlicensed, secret, …"""
        self.do("config", kind=self.kind, **facts)

    def at_bot(self, address: str) -> None:
        """Where the bot listens; the hook's path is added."""
        self.config(url=address.rstrip("/") + HOOKS[self.kind])

    def at(self, moment: datetime) -> None:
        """Sets the platform's clock; it goes on from there."""
        self.do("now", at_s=moment.timestamp())

    def forward(self, seconds: float) -> None:
        """Moves the platform's clock."""
        self.do("now", forward_s=seconds)

    def verify(self, bad: bool = False) -> Json:
        """The check of the callback's address: ok, status, body."""
        return dict(self.do("verify", kind=self.kind, bad=bad))

    def send(self, who: str, fields: Mapping[str, Any], **wish: Any) -> Json:
        """A message or an event of somebody: {msgid, tries: [{status, ms, timeout}], reply, fault}."""
        return dict(self.do("send", kind=self.kind, **{"from": who}, fields=dict(fields), **wish))

    def text(self, who: str, text: str, **wish: Any) -> Json:
        """A text of somebody."""
        return self.send(who, {"MsgType": "text", "Content": text}, **wish)

    def event(self, who: str, name: str, key: str = "", **fields: Any) -> Json:
        """An event of somebody: subscribe, unsubscribe, SCAN, CLICK, …"""
        return self.send(who, {"MsgType": "event", "Event": name, "EventKey": key, **fields})

    def image(self, who: str, content: bytes, name: str = "image.jpg", kind: str = "image/jpeg") -> Json:
        """A picture of somebody, to be fetched by its MediaId."""
        number = self.media(content, name, kind)
        return self.send(who, {"MsgType": "image", "PicUrl": f"{self.address}/pic/{number}", "MediaId": number})

    def media(self, content: bytes, name: str = "image.jpg", kind: str = "image/jpeg") -> str:
        """Something the platform keeps; gives its media id."""
        return str(self.do("media", data=b64encode(content).decode(), name=name, type=kind)["media_id"])

    def click(self, who: str, task: str, key: str, **wish: Any) -> Json:
        """A press on a card as this person sees it; raises Unseen when the card is grey or has no such button."""
        return dict(self.do("click", **{"from": who}, task_id=task, key=key, **wish))

    def fault(self, path: str, **wish: Any) -> None:
        """The next calls of a path go wrong: errcode, status, text, body, wait_ms, done, lose, drop, times (1)."""
        self.do("fault", path=path, **wish)

    def revoke(self) -> None:
        """Makes the account's access token invalid."""
        self.do("revoke", kind=self.kind)

    def login(self, who: str) -> str:
        """The code that the authorisation page hands to our page."""
        return str(self.do("code", kind=self.kind, user=who)["code"])

    def consents(self, who: str, template: str, times: int = 1) -> None:
        """Somebody agrees to be notified."""
        self.do("consent", to=who, template=template, times=times)

    def calls(self, path: str = "") -> list[Json]:
        """The calls so far whose path ends so: method, path, query, body, token, out."""
        return [each for each in self.do("calls") if each["path"].endswith(path)]

    def cards(self) -> dict[str, Json]:
        """Cards by task: card, to, grey and seen by user."""
        return dict(self.do("cards"))

    def violations(self) -> list[str]:
        """What the real platform would have cut, dropped or refused without telling."""
        return list(self.do("violations"))

    def shown(self, who: str = "", after: int = 0, wait_s: float = 0) -> list[Json]:
        """What people were shown, in order: {n, to, by: push, passive or update, msgtype, content}."""
        return list(self.do("shown", kind=self.kind, to=who, after=after, wait_ms=1000 * wait_s))

    def reset(self) -> None:
        """Forgets calls, faults and violations."""
        self.do("reset")

    def person(self, address: str) -> Person:
        """Somebody at this account."""
        return Person(self, address)


@dataclass
class Person:
    """Somebody who writes and sees; `seen` counts what he has read."""

    platform: Platform
    address: str
    seen: int = 0

    def says(self, text: str, **wish: Any) -> Json:
        """Writes."""
        return self.platform.text(self.address, text, **wish)

    def sees(self, *words: str) -> Json:
        """The next thing shown that has all the words; waits up to 10 s."""
        passed: list[str] = []
        while found := self.platform.shown(self.address, self.seen, MOST_S):
            for each in found:
                self.seen = each["n"]
                text = json.dumps(each["content"], ensure_ascii=False)
                if all(word in text for word in words):
                    return each
                passed.append(text)
        raise Unseen(f"{self.address} was not shown {words}, but {passed}")

    def presses(self, shown: Json, label: str) -> Json:
        """Presses the button of a card whose text holds the word."""
        card = shown["content"]
        key = next(each["key"] for each in card["button_list"] if label in each["text"])
        return self.platform.click(self.address, card["task_id"], key)
