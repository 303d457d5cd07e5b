"""What WeCom posts, and what it means."""

from __future__ import annotations

from dataclasses import dataclass

from bot.channel import Inbound
from bot.tencent.key import key_of
from bot.tencent.xml import Fields, text_of
from bot.wecom.cards import Edit, read_task
from rules.problems import Problem

NAME = "wecom"
MOST_TOKEN, MOST_CODE, MOST_ADDRESS = 16, 200, 128


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a post asks for: a message, with a picture to be fetched by its id; a person that can be reached again or
    not; one who opened the app (a greeting, when he was never here); an account that was removed or renamed."""

    inbound: Inbound | None = None
    fetch: str = ""
    reach: tuple[str, bool] | None = None
    entered: bool = False
    removed: str = ""
    renamed: tuple[str, str] | None = None


def address_of(userid: str) -> str:
    """WeCom tells the same member in capitals and in small letters."""
    return userid.strip().lower()[:MOST_ADDRESS]


def meaning(fields: Fields) -> Meaning:
    """What a post asks for; what is not known asks for nothing."""
    kind = text_of(fields, "MsgType")
    if kind == "event":
        return _event(fields)
    if not address_of(text_of(fields, "FromUserName")):
        return Meaning()
    if kind == "text" and text_of(fields, "Content").strip():
        return Meaning(_inbound(fields, text=text_of(fields, "Content")))
    if kind == "image" and text_of(fields, "MediaId"):
        return Meaning(_inbound(fields), fetch=text_of(fields, "MediaId"))
    return Meaning(_inbound(fields, problems=(Problem("kind_not_taken", {}),)))


def _event(fields: Fields) -> Meaning:
    name, address = text_of(fields, "Event").lower(), address_of(text_of(fields, "FromUserName"))
    if name == "change_contact":
        return _contact(fields)
    if name in ("subscribe", "unsubscribe") and address:
        return Meaning(reach=(address, name == "subscribe"))
    inbound = _acted(fields, name) if address else None
    return Meaning(inbound, entered=name == "enter_agent")


def _acted(fields: Fields, name: str) -> Inbound | None:
    """The message that an act of a member comes to: the app opened, an entry of its menu, a button of a card."""
    key = text_of(fields, "EventKey").strip()
    if name == "enter_agent":
        return _inbound(fields, text="/start")
    if name == "click" and key:
        return _inbound(fields, text=key)
    return _pressed(fields, key) if name == "template_card_event" else None


def _pressed(fields: Fields, key: str) -> Inbound:
    flag, buttons = read_task(text_of(fields, "TaskId"))
    code = text_of(fields, "ResponseCode")[:MOST_CODE]
    edit = Edit(flag, buttons, code).written() if code else ""
    return _inbound(fields, token=key[:MOST_TOKEN] or "?", edit=edit)


def _contact(fields: Fields) -> Meaning:
    change, userid = text_of(fields, "ChangeType").lower(), address_of(text_of(fields, "UserID"))
    fresh = address_of(text_of(fields, "NewUserID"))
    if change == "delete_user" and userid:
        return Meaning(removed=userid)
    if change == "update_user" and userid and fresh and fresh != userid:
        return Meaning(renamed=(userid, fresh))
    return Meaning()


def _inbound(
    fields: Fields, text: str = "", token: str = "", edit: str = "", problems: tuple[Problem, ...] = ()
) -> Inbound:
    return Inbound(
        NAME,
        address_of(text_of(fields, "FromUserName")),
        key_of(fields),
        text=text,
        token=token,
        problems=problems,
        by_answer=False,
        edit=edit,
    )
