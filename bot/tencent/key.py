"""What names a message: the platform repeats one that was not answered, under the same name."""

from __future__ import annotations

import hashlib

from bot.tencent.xml import Fields, text_of, written

MOST = 180
EVENT = ("FromUserName", "CreateTime", "Event", "EventKey")
MORE = ("TaskId", "ResponseCode", "ChangeType", "UserID", "NewUserID", "Id", "TagId", "JobId", "MsgID", "MsgId")
"""What else tells two events of one second apart: presses, people who leave together, results of templates."""


def key_of(fields: Fields) -> str:
    """The MsgId; of an event, which has none, who, when and what, for two may come in one second."""
    number = text_of(fields, "MsgId")
    if number and text_of(fields, "MsgType") != "event":
        return _short(number)
    told = [text_of(fields, name) for name in EVENT]
    more = [f"{name}={text_of(fields, name)}" for name in MORE if text_of(fields, name)]
    return _short("\n".join((*told, *more)).strip() or written(fields))


def _short(told: str) -> str:
    return told if len(told) <= MOST else hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()
