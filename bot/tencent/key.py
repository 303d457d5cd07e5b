"""What names a message: the platform repeats one that was not answered, under the same name."""

from __future__ import annotations

import hashlib

from bot.tencent.xml import Fields, text_of

MOST = 180
EVENT = ("FromUserName", "CreateTime", "Event", "EventKey")
PRESSED = ("TaskId", "ResponseCode")


def key_of(fields: Fields) -> str:
    """The MsgId; of an event, which has none, who, when and what, for two may come in one second."""
    number = text_of(fields, "MsgId")
    if number and text_of(fields, "MsgType") != "event":
        return number[:MOST]
    told = "\n".join(text_of(fields, name) for name in (*EVENT, *PRESSED)).strip()
    return told if len(told) <= MOST else hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()
