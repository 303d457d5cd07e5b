"""A platform of Tencent's on the loopback: it posts sealed messages to the bot as the real one does, takes its calls,
and keeps a ledger of what was acknowledged and what each person got."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic, perf_counter
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from benchmarks.process import HOST, NOW
from benchmarks.sealing import Account, Seal, written
from benchmarks.wire import Answer, Wire, serving

TRIES, TRY_S, PAUSE_S = 3, 5.0, 2.0
"""A try without an answer ends after 5 s; who refuses the connection is tried again a little later."""
BEGAN = monotonic()
CODE_OK = {"errcode": 0, "errmsg": "ok"}


def bots_time() -> datetime:
    """The instant the demo's clock shows, which goes on from `NOW` through all its starts."""
    return datetime.fromisoformat(NOW).replace(tzinfo=ZoneInfo("Asia/Shanghai")) + timedelta(
        seconds=monotonic() - BEGAN
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person got: its text, and the buttons (label → key) of a card with its task and the code to update it."""

    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    task: str = ""
    code: str = ""


@dataclass(slots=True)
class Ledger:
    """Grows only: what was acknowledged, what each person got, the calls taken, and what was wrong with some."""

    acknowledged: list[dict[str, Any]] = field(default_factory=list)
    unheard: int = 0
    tries: int = 0
    shown: defaultdict[str, list[Shown]] = field(default_factory=lambda: defaultdict(list))
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)


class Platform:
    """One account's platform; `port` is where the bot listens, which may be nowhere at times."""

    def __init__(self, account: Account, port: int) -> None:
        self.account, self.ledger, self.changed = account, Ledger(), asyncio.Condition()
        self.api = ""
        self._seal, self._port, self._numbers = Seal(account), port, iter(range(10**15, 2 * 10**15))
        self._wires: list[Wire] = []
        self._codes: dict[str, str] = {}
        self._seen: set[str] = set()

    async def __aenter__(self) -> Platform:
        self._server, port = await serving(self._answer)
        self.api = f"http://{HOST}:{port}"
        return self

    async def __aexit__(self, *_given: object) -> None:
        self._server.close()
        for wire in self._wires:
            wire.close()

    async def text(self, person: str, content: str) -> bool:
        """Somebody types; gives whether the post was acknowledged."""
        return await self.deliver({"MsgType": "text", "Content": content, "MsgId": next(self._numbers)}, person)

    async def press(self, person: str, shown: Shown, key: str) -> bool:
        """Somebody presses a card's button."""
        code = self._code_for(person)
        event = {"MsgType": "event", "Event": "template_card_event", "EventKey": key, "TaskId": shown.task}
        return await self.deliver({**event, "CardType": "button_interaction", "ResponseCode": code}, person)

    async def deliver(self, told: dict[str, Any], person: str) -> bool:
        """Posts one message up to three times until it is answered with 200."""
        message = {
            "ToUserName": self.account.id,
            "FromUserName": person,
            "CreateTime": int(bots_time().timestamp()),
            **told,
        }
        if self.account.channel == "wecom":
            message["AgentID"] = self.account.agent
        xml = written(message)
        for _ in range(TRIES):
            self.ledger.tries += 1
            began = perf_counter()
            answer = await self._tried(xml)
            if answer is not None and answer.status == 200:
                self.ledger.latencies.append(perf_counter() - began)
                self.ledger.acknowledged.append(message)
                await self._passive(person, answer.body)
                return True
            await asyncio.sleep(max(0.0, PAUSE_S - (perf_counter() - began)))
        self.ledger.unheard += 1
        return False

    async def _tried(self, xml: str) -> Answer | None:
        """One post; None when nothing came back in time."""
        ciphertext = self._seal.closed(xml)
        outer = {"ToUserName": self.account.id, "Encrypt": ciphertext}
        path = f"/hooks/{self.account.channel}?{self._seal.query(ciphertext, bots_time().timestamp())}"
        wire = self._wires.pop() if self._wires else Wire(self._port)
        try:
            async with asyncio.timeout(TRY_S):
                answer = await wire.post(path, "text/xml", written(outer).encode())
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            wire.close()
            return None
        self._wires.append(wire)
        return answer

    async def _passive(self, person: str, body: bytes) -> None:
        if not body or body == b"success":
            return
        reply = self._seal.opened(body)
        if reply["ToUserName"] != person:
            self.ledger.violations.append(f"an answer to {person} is for {reply['ToUserName']}")
        if reply["MsgType"] == "text":
            await self._show(person, Shown(reply["Content"]))
        elif reply["MsgType"] == "update_template_card":
            await self._show(person, card(reply["TemplateCard"], self._code_for(person)))
        elif reply["MsgType"] != "update_button":
            self.ledger.violations.append(f"an answer of kind {reply['MsgType']}")

    async def something(self, most_s: float) -> None:
        """Waits until somebody is shown something, or so long."""
        try:
            async with asyncio.timeout(most_s), self.changed:
                await self.changed.wait()
        except TimeoutError:
            return

    async def _answer(self, path: str, body: bytes) -> dict[str, Any]:
        """Takes a call of the bot's."""
        said = msgspec.json.decode(body) if body.startswith(b"{") else {}
        self.ledger.calls.append((path, said))
        if "token" in path.rpartition("/")[2]:
            return {**CODE_OK, "access_token": "TOKEN", "expires_in": 7200}
        taken = {
            "/cgi-bin/message/custom/send": self._customer,
            "/cgi-bin/message/send": self._app,
            "/cgi-bin/message/update_template_card": self._update,
        }.get(path)
        return CODE_OK if taken is None else await taken(said)

    async def _customer(self, said: dict[str, Any]) -> dict[str, Any]:
        await self._show(said["touser"], message(said))
        return CODE_OK

    async def _app(self, said: dict[str, Any]) -> dict[str, Any]:
        mark = hashlib.sha256(msgspec.json.encode(said)).hexdigest()
        if said.get("enable_duplicate_check") and mark in self._seen:
            return {**CODE_OK, "msgid": ""}
        self._seen.add(mark)
        if int(said["agentid"]) != self.account.agent:
            self.ledger.violations.append("a message of another app")
        code = ""
        for person in said["touser"].split("|"):
            code = self._code_for(person)
            await self._show(person, message(said, code))
        return {**CODE_OK, "msgid": mark[:20], "response_code": code, "invaliduser": ""}

    async def _update(self, said: dict[str, Any]) -> dict[str, Any]:
        person = self._codes.pop(said["response_code"], None)
        if person is None:
            return {"errcode": 40058, "errmsg": "response_code is used"}
        if "template_card" in said:
            await self._show(person, card(said["template_card"], self._code_for(person)))
        return {**CODE_OK, "invaliduser": []}

    def _code_for(self, person: str) -> str:
        code = os.urandom(8).hex()
        self._codes[code] = person
        return code

    async def _show(self, person: str, shown: Shown) -> None:
        self.ledger.shown[person].append(shown)
        async with self.changed:
            self.changed.notify_all()


def message(said: dict[str, Any], code: str = "") -> Shown:
    """What a pushed message shows."""
    kind = said["msgtype"]
    if kind == "template_card":
        return card(said["template_card"], code)
    if kind == "msgmenu":
        rows = said["msgmenu"]
        buttons = tuple((each["content"], each["id"]) for each in rows["list"])
        return Shown(rows.get("head_content", ""), buttons)
    return Shown(str(said[kind].get("content", "")))


def card(said: dict[str, Any], code: str) -> Shown:
    """A card's texts and buttons, from JSON or from the XML of a passive answer."""
    lower = {name.replace("_", "").casefold(): value for name, value in said.items()}
    rows = lower.get("buttonlist", [])
    buttons = [{name.casefold(): value for name, value in each.items()} for each in listed(rows)]
    texts = [text for name, value in lower.items() if "button" not in name for text in _texts(value)]
    keys = tuple((each["text"], each["key"]) for each in buttons)
    return Shown("\n".join(texts), keys, str(lower.get("taskid", "")), code)


def listed(value: Any) -> list[Any]:
    """What may stand alone, as a list."""
    return value if isinstance(value, list) else [value]


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for each in value.values() for text in _texts(each)]
    return [text for each in value for text in _texts(each)] if isinstance(value, list) else []
