"""The envelope of a platform's messages: signed over the whole ciphertext, sealed with the account's key."""

from __future__ import annotations

import base64
import hmac
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from bot.tencent.xml import Fields, Unreadable, parsed, text_of, written

MOST_AGE_S = 300
MOST_ECHO = 512
Chance = Callable[[int], str]
"""So many random letters and digits."""


class Forged(Exception):
    """Not from the platform, or not now, or not for this account: which of these is told to nobody."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account at a platform; `receiver` is whom its messages are sealed for: the app's id or the corporation's."""

    channel: str
    token: str
    aes_key: str
    receiver: str


class Envelope:
    """Opens what the platform sends to an account, and seals what it is answered."""

    def __init__(self, account: Account) -> None:
        if not account.token:
            raise ValueError("an account without a token would believe anybody")
        self.account = account

    def ready(self) -> None:
        """Loads what opens a message: that takes longer than the platform waits when it checks the address."""
        parsed(written({"Ready": 1}))
        self._cipher.encrypt(self._signature(), self.account.receiver)

    def echo(self, query: Mapping[str, str], now: datetime) -> str:
        """What the platform's check of the address wants to hear; raises Forged."""
        said = query.get("echostr", "")
        if not said or len(said) > MOST_ECHO or not (said.isascii() and said.isprintable()):
            raise Forged
        self._timely(query, now)
        if self.account.channel == "wechat":
            self._signed(query, "signature")
            return said
        self._signed(query, "msg_signature", said)
        return self._plain(said)

    def opened(self, query: Mapping[str, str], body: bytes, now: datetime) -> Fields:
        """The message in a post; raises Forged or Unreadable. Nothing but the outer envelope is read unproven."""
        sealed = text_of(parsed(body), "Encrypt")
        self._timely(query, now)
        if not sealed:  # a plain body has a signature that covers none of it
            raise Forged
        self._signed(query, "msg_signature", sealed)
        try:
            return parsed(self._plain(sealed))
        except Unreadable as error:  # told apart from a wrong key it would be an oracle
            raise Forged from error

    def sealed(self, fields: Fields, now: datetime, chance: Chance) -> str:
        """An answer as it travels."""
        nonce, stamp = chance(10), str(int(now.timestamp()))
        cipher = self._cipher
        cipher.get_random_string = lambda: chance(16)  # the library's own chance is no secure one
        ciphertext = cipher.encrypt(written(fields), self.account.receiver).decode()
        outer = {"Encrypt": ciphertext, "MsgSignature": self._signature(stamp, nonce, ciphertext)}
        return written({**outer, "TimeStamp": int(stamp), "Nonce": nonce})

    @cached_property
    def _cipher(self) -> Any:
        from wechatpy.crypto import PrpCrypto  # both platforms seal alike

        return PrpCrypto(base64.b64decode(self.account.aes_key + "="))

    def _timely(self, query: Mapping[str, str], now: datetime) -> None:
        stamp = query.get("timestamp", "")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 12):
            raise Forged
        if abs(now.timestamp() - int(stamp)) > MOST_AGE_S:
            raise Forged

    def _signed(self, query: Mapping[str, str], name: str, *parts: str) -> None:
        expected = self._signature(query.get("timestamp", ""), query.get("nonce", ""), *parts)
        given = query.get(name, "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, expected.encode()):
            raise Forged

    def _signature(self, *parts: str) -> str:
        from wechatpy.utils import WeChatSigner

        signer = WeChatSigner()
        try:
            signer.add_data(self.account.token, *parts)
        except UnicodeError as error:  # a lone surrogate in the query
            raise Forged from error
        signature: str = signer.signature
        return signature

    def _plain(self, sealed: str) -> str:
        """What was sealed; every way to fail is one and the same."""
        from wechatpy.exceptions import WeChatException

        failures = (WeChatException, ValueError, LookupError, OSError, ArithmeticError, TypeError, AttributeError)
        try:
            plain: str = self._cipher.decrypt(sealed, self.account.receiver)
        except (*failures, struct.error) as error:
            raise Forged from error
        return plain
