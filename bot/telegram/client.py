"""The Bot API through python-telegram-bot's client, and its errors as ours."""

from __future__ import annotations

import logging
import os
import warnings
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog

from bot.channel import DeliveryError, Pace, Rendered
from bot.telegram.draw import Json, call, method
from bot.telegram.edge import NAME
from screens.texts import Say

if TYPE_CHECKING:  # imported when a house opens the channel: a house without Telegram holds none of it in memory
    from telegram import Bot
    from telegram.error import TelegramError
    from telegram.request import HTTPXRequest

log = structlog.get_logger(__name__)
PACE = Pace(a_second=29.0, address_s=1.0)
ANSWER_S, POOL_S, POLL_S = 15.0, 10.0, 25
CONNECTIONS = 80
# what did not leave this machine when the connection failed so
NOT_SENT = {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol", "LocalProtocolError"}
CANNOT_EDIT = ("message to edit not found", "message can't be edited", "message_id_invalid")
SAME = "message is not modified"


@dataclass(slots=True)
class Account:
    """The bot's account, once Telegram has told it."""

    username: str = ""


@dataclass(slots=True)
class TelegramChannel:
    """A bot's account at a Bot API server. The token stands in every address it calls: none of them is ever logged."""

    token: str
    api: str
    say: Say
    public_url: str
    pace: Pace | None = PACE
    name: str = NAME
    idempotent: bool = False
    account: Account = field(default_factory=Account)
    _bot: Bot | None = None
    _requests: tuple[HTTPXRequest, ...] = ()

    async def open(self) -> None:
        """Makes the client; nothing is sent yet."""
        os.environ.setdefault("PTB_TIMEDELTA", "true")  # retry_after as it will be, without a warning at each 429
        for name in ("httpx", "httpcore", "telegram"):
            logging.getLogger(name).setLevel(logging.WARNING)  # they log addresses, and these hold the token
        from telegram import Bot
        from telegram.request import HTTPXRequest

        # raw answers are wanted: a field the library cannot read must not make a delivered message look failed
        warnings.filterwarnings("ignore", message="Please use 'Bot.")
        calls = HTTPXRequest(CONNECTIONS, read_timeout=ANSWER_S, write_timeout=ANSWER_S, pool_timeout=POOL_S)
        polls = HTTPXRequest(2, read_timeout=POLL_S + ANSWER_S, pool_timeout=POOL_S)
        for request in (calls, polls):
            await request.initialize()
        self._requests = (calls, polls)
        api = self.api.rstrip("/")
        self._bot = Bot(
            self.token,
            base_url=f"{api}/bot",
            base_file_url=f"{api}/file/bot",
            request=calls,
            get_updates_request=polls,
        )

    async def close(self) -> None:
        """Ends all connections."""
        for request in self._requests:
            await request.shutdown()

    async def ask(self, method: str, arguments: Json | None = None) -> Any:
        """Calls a method and gives its result as it came; raises DeliveryError."""
        if self._bot is None:
            raise DeliveryError("channel_off", retry=True)
        from telegram.error import TelegramError

        try:
            result = await self._bot.do_api_request(method, api_kwargs=dict(arguments or {}))
        except TelegramError as error:
            raise mapped(error) from error
        if result is None:  # "ok": false with status 200, as some proxies answer
            raise DeliveryError("answer_unclear", retry=False, unknown=True)
        return result

    async def send(self, address: str, body: Rendered) -> None:
        """A new message, or the pressed one anew; what cannot be edited is sent."""
        try:
            arguments = call(body, self.say, address, self.public_url)
        except ValueError as error:
            raise DeliveryError("address_invalid", retry=False) from error
        if "message_id" in arguments and await self._edited(arguments):
            return
        arguments.pop("message_id", None)
        await self.ask("sendMessage", arguments)

    async def _edited(self, arguments: Json) -> bool:
        """Whether the message shows it now. Editing twice shows the same, so a lost answer is asked again."""
        try:
            await self.ask(method(arguments), arguments)
        except DeliveryError as error:
            cause = str(error.__cause__).casefold()
            if SAME in cause:
                return True
            if any(words in cause for words in CANNOT_EDIT):
                return False
            if error.unknown:
                raise DeliveryError(error.code, retry=True) from error
            raise
        return True

    async def fetch(self, file_id: str) -> bytes:
        """A file's content; raises DeliveryError."""
        if self._bot is None:
            raise DeliveryError("channel_off", retry=True)
        from telegram.error import TelegramError

        try:
            file = await self._bot.get_file(file_id)
            return bytes(await file.download_as_bytearray(read_timeout=60))
        except TelegramError as error:
            raise mapped(error) from error

    async def answer_press(self, press: str) -> None:
        """Ends the waiting mark on a pressed button; a failure is nobody's loss."""
        with suppress(DeliveryError):
            await self.ask("answerCallbackQuery", {"callback_query_id": press})


def mapped(error: TelegramError) -> DeliveryError:
    """Every error of the library as ours: what it is called, whether to retry, whether it may have arrived."""
    from telegram import error as errors

    if isinstance(error, errors.RetryAfter):
        wait = error.retry_after
        return DeliveryError("flood", retry=True, rest_s=wait if isinstance(wait, int) else wait.total_seconds())
    if isinstance(error, errors.ChatMigrated):
        return DeliveryError("chat_migrated", retry=True, moved_to=str(error.new_chat_id))
    for kind, code, retry, blocked in (
        (errors.Forbidden, "blocked", False, True),
        (errors.EndPointNotFound, "method_unknown", False, False),
        (errors.InvalidToken, "token_invalid", True, False),
        (errors.Conflict, "conflict", True, False),
        (errors.PassportDecryptionError, "passport", False, False),
    ):
        if isinstance(error, kind):
            return DeliveryError(code, retry=retry, blocked=blocked)
    if isinstance(error, errors.BadRequest):
        gone = "chat not found" in str(error).casefold()
        return DeliveryError("chat_not_found" if gone else "bad_request", retry=False, blocked=gone)
    if isinstance(error, errors.NetworkError):
        return _network(error)
    return DeliveryError("telegram_error", retry=True)


def _network(error: Exception) -> DeliveryError:
    """What broke the connection says whether the request had left."""
    cause = type(error.__cause__).__name__
    if error.__cause__ is None:  # the server answered with 5xx
        return DeliveryError("server_error", retry=True)
    if cause in NOT_SENT:
        return DeliveryError("not_connected", retry=True)
    return DeliveryError("timed_out" if "Timeout" in cause else "connection_lost", retry=False, unknown=True)
