"""What the rows say of the channels: accounts, open windows, the notice about personal data, who is not reached."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from handlers.context import Context, Handler, Refused, refuse
from storage import acknowledgements, deliveries
from storage.acknowledgements import Told
from storage.ways import Counted, counted


class AskChannels(Struct, frozen=True):
    """How the accounts of all channels stand."""


class ChannelRows(Struct, frozen=True):
    """Channel → its accounts, and at how many the notice of today was shown; how many members nobody reaches."""

    accounts: Mapping[str, Counted]
    told: Mapping[str, Told]
    unreached: int


def ask_channels(context: Context, _request: AskChannels) -> ChannelRows | Refused:
    """For the operator: figures, and nobody's name."""
    if context.actor.may("install", 0, "/") is None:
        return refuse("not_allowed")
    accounts = counted(context.connection, context.now)
    notice = context.house.notice
    told = {
        channel: acknowledgements.told(context.connection, channel, notice.version)
        for channel in (*accounts, "webchat")
        if notice is not None
    }
    unreached = len(deliveries.unreached(context.connection, None, context.today))
    return ChannelRows(accounts, told, unreached)


REQUESTS: dict[type, Handler] = {AskChannels: ask_channels}
