"""What an Official Account's messages and events mean; a field that is missing is empty, and nothing raises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.channel import Inbound
from bot.secrets import hashed
from bot.tencent.key import key_of
from bot.tencent.xml import Fields, text_of
from rules.problems import Problem

NAME = "wechat"
MOST_ADDRESS, MOST_TEMPLATE = 128, 64
MOST_TOKEN = 16
SCENE = "qrscene_"
GREETING = "/start"


@dataclass(frozen=True, slots=True)
class Opens:
    """How many messages may be written to the sender from now on, and for how long."""

    messages: int
    lasts: timedelta


LONG, BRIEF = Opens(5, timedelta(hours=48)), Opens(3, timedelta(minutes=1))


@dataclass(frozen=True, slots=True)
class Agreed:
    """Somebody agreed to one more notification of a template, or (not `yes`) to none any more."""

    template: str
    yes: bool


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a message asks for: to be answered (with a file that is fetched first by `media`), to open the window of
    replies, a follower who came or left, consents; `undelivered` is why a template message did not arrive."""

    address: str = ""
    key: str = ""
    inbound: Inbound | None = None
    media: str = ""
    opens: Opens | None = None
    reachable: bool | None = None
    consents: tuple[Agreed, ...] = ()
    undelivered: str = ""


def meaning(fields: Fields) -> Meaning:
    """What a message asks for; one without a sender asks for nothing."""
    address = text_of(fields, "FromUserName")
    if not address or len(address) > MOST_ADDRESS:
        return Meaning()
    if text_of(fields, "MsgType") == "event":
        read = EVENTS.get(text_of(fields, "Event").casefold())
        return Meaning() if read is None else read(fields)
    return _message(fields)


def _message(fields: Fields) -> Meaning:
    kind = text_of(fields, "MsgType")
    if kind == "image" and text_of(fields, "MediaId"):
        return _heard(fields, LONG, media=text_of(fields, "MediaId"))
    if kind != "text":
        return _heard(fields, LONG, problems=(Problem("kind_not_taken", {}),))
    pressed = text_of(fields, "bizmsgmenuid")
    if pressed:
        return _heard(fields, BRIEF, token=pressed[:MOST_TOKEN])
    return _heard(fields, LONG, text=text_of(fields, "Content"))


def _heard(fields: Fields, opens: Opens, media: str = "", **given: Any) -> Meaning:
    """Something the router answers."""
    address, key = text_of(fields, "FromUserName"), key_of(fields)
    return Meaning(address, key, Inbound(NAME, address, key, **given), media, opens)


def _followed(fields: Fields) -> Meaning:
    """Somebody came, perhaps by the code of an invitation."""
    return _scene(fields, text_of(fields, "EventKey").removeprefix(SCENE))


def _scanned(fields: Fields) -> Meaning:
    """A follower read a code of ours."""
    return _scene(fields, text_of(fields, "EventKey"))


def _scene(fields: Fields, scene: str) -> Meaning:
    return _heard(fields, BRIEF, text=GREETING, invitation=hashed(scene) if scene else "")


def _clicked(fields: Fields) -> Meaning:
    """The menu bar's keys are what could be typed."""
    text = text_of(fields, "EventKey")
    return _heard(fields, BRIEF, text=text) if text else Meaning()


def _left(fields: Fields) -> Meaning:
    return Meaning(text_of(fields, "FromUserName"), key_of(fields), reachable=False)


def _finished(fields: Fields) -> Meaning:
    """What became of a template message: "success", "failed:user block", "failed: system failed"."""
    status = text_of(fields, "Status")
    if not status or status == "success":
        return Meaning()
    refused = False if "block" in status else None
    return Meaning(text_of(fields, "FromUserName"), key_of(fields), reachable=refused, undelivered=status[:64])


def _agreements(name: str) -> Callable[[Fields], Meaning]:
    """Who was asked may agree once more; who changes his settings can only take it back: what he gives there is not
    counted by the platform as a notification."""

    def read(fields: Fields) -> Meaning:
        found = []
        for row in _rows(fields, name):
            template, said = text_of(row, "TemplateId"), text_of(row, "SubscribeStatusString")
            asked = name == "SubscribeMsgPopupEvent"
            if 0 < len(template) <= MOST_TEMPLATE and said == ("accept" if asked else "reject"):
                found.append(Agreed(template, asked))
        return Meaning(text_of(fields, "FromUserName"), key_of(fields), consents=tuple(found)) if found else Meaning()

    return read


def _notified(fields: Fields) -> Meaning:
    """What became of a notification: the first that did not arrive."""
    for row in _rows(fields, "SubscribeMsgSentEvent"):
        code, status = text_of(row, "ErrorCode"), text_of(row, "ErrorStatus")
        if code not in ("", "0"):
            return Meaning(text_of(fields, "FromUserName"), key_of(fields), undelivered=f"{code} {status}"[:64])
    return Meaning()


def _rows(fields: Fields, name: str) -> list[Mapping[str, Any]]:
    """The rows of a list: none, one, or many."""
    inside = fields.get(name)
    rows = inside.get("List") if isinstance(inside, dict) else None
    some = rows if isinstance(rows, list) else [rows]
    return [row for row in some if isinstance(row, dict)]


EVENTS: dict[str, Callable[[Fields], Meaning]] = {
    "subscribe": _followed,
    "unsubscribe": _left,
    "scan": _scanned,
    "click": _clicked,
    "templatesendjobfinish": _finished,
    "subscribe_msg_popup_event": _agreements("SubscribeMsgPopupEvent"),
    "subscribe_msg_change_event": _agreements("SubscribeMsgChangeEvent"),
    "subscribe_msg_sent_event": _notified,
}
"""Event → what it means; VIEW, LOCATION and whatever else comes means nothing."""
