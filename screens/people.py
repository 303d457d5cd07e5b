"""Words for people and units on pages: classes, kinds, channels, invitations."""

from __future__ import annotations

from screens.texts import Say


def class_word(say: Say, kind: str) -> str:
    """What kind of member somebody is; a class nobody has named here stands as it is."""
    known = {"full": say("full member"), "probationary": say("probationary member"), "staff": say("staff")}
    return known.get(kind, kind)


def unit_word(say: Say, kind: str) -> str:
    """What kind of unit it is."""
    known = {
        "committee": say("committee (unit)"),
        "grid": say("grid"),
        "organisation": say("organisation"),
        "branch": say("branch"),
    }
    return known.get(kind, kind)


def channel_word(say: Say, channel: str) -> str:
    """A channel by its name."""
    known = {
        "webchat": say("web chat"),
        "telegram": say("Telegram"),
        "wechat": say("WeChat official account"),
        "wecom": say("WeCom"),
    }
    return known.get(channel, channel)


def invitation_word(say: Say, state: str) -> str:
    """How the last invitation stands."""
    return {
        "none": say("never invited"),
        "open": say("invited, not entered yet"),
        "used": say("entered by invitation"),
        "over": say("invitation is over"),
    }[state]


def shortened(channel: str, address: str) -> str:
    """An address that can be told from another but not used; the web chat has none of its own."""
    if channel == "webchat":
        return ""
    return f"{address[:1]}…{address[-2:]}" if len(address) > 4 else "…"
