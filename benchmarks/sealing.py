"""What a platform of Tencent's seals and signs, written from its description with `cryptography` and `xml.etree` alone:
a mistake of the bot's own is not repeated on this side."""

from __future__ import annotations

import base64
import hashlib
import os
import struct
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes


@dataclass(frozen=True, slots=True)
class Account:
    """An account at a platform: `channel` is wechat or wecom, `id` the app's or the corporation's."""

    channel: str
    id: str
    token: str
    aes_key: str
    agent: int = 0

    def settings(self, api: str) -> dict[str, str]:
        """The bot's settings for it."""
        own = {"SECRET": "a-secret", "TOKEN": self.token, "AES_KEY": self.aes_key, "API": api}
        if self.channel == "wechat":
            return {f"ZHIBU_WECHAT_{name}": value for name, value in {**own, "APP_ID": self.id}.items()}
        more = {"CORP_ID": self.id, "AGENT_ID": str(self.agent)}
        return {f"ZHIBU_WECOM_{name}": value for name, value in {**own, **more}.items()}


WECHAT = Account("wechat", "wx0123456789abcdef", "BenchmarkToken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG")
WECOM = Account("wecom", "ww0123456789abcdef", "BenchmarkToken", "GFEDCBA9876543210zyxwvutsrqponmlkjihgfedcba", 1000002)


class Seal:
    """The envelope of an account: AES-256-CBC, the key's first half as vector, padded to 32 bytes."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._key = base64.b64decode(account.aes_key + "=")

    def query(self, ciphertext: str, at: float) -> str:
        """The signed query of a post."""
        stamp, nonce = str(int(at)), os.urandom(5).hex()
        signature = self._signature(stamp, nonce, ciphertext)
        more = "&encrypt_type=aes" if self._account.channel == "wechat" else ""
        return f"msg_signature={signature}&timestamp={stamp}&nonce={nonce}{more}"

    def closed(self, xml: str) -> str:
        """A message as it travels."""
        said = xml.encode()
        plain = os.urandom(16) + struct.pack(">I", len(said)) + said + self._account.id.encode()
        padding = 32 - len(plain) % 32
        box = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16])).encryptor()
        return base64.b64encode(box.update(plain + bytes([padding]) * padding) + box.finalize()).decode()

    def opened(self, body: bytes) -> dict[str, Any]:
        """The fields of an answer of the bot's; ValueError when its signature or receiver is wrong."""
        outer = fields(body)
        stamp, nonce, ciphertext = outer["TimeStamp"], outer["Nonce"], outer["Encrypt"]
        if outer["MsgSignature"] != self._signature(stamp, nonce, ciphertext):
            raise ValueError("the answer's signature is wrong")
        box = Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16])).decryptor()
        plain = box.update(base64.b64decode(ciphertext)) + box.finalize()
        plain = plain[16 : -plain[-1]]
        length = struct.unpack(">I", plain[:4])[0]
        if plain[4 + length :].decode() != self._account.id:
            raise ValueError("the answer is for another account")
        return fields(plain[4 : 4 + length])

    def _signature(self, *parts: str) -> str:
        return hashlib.sha1("".join(sorted((self._account.token, *parts))).encode()).hexdigest()


def fields(xml: bytes) -> dict[str, Any]:
    """Elements as a nested dict; what comes several times is a list."""

    def inner(element: ElementTree.Element) -> Any:
        if not len(element):
            return element.text or ""
        found: dict[str, Any] = {}
        for child in element:
            known = found.get(child.tag)
            value = inner(child)
            found[child.tag] = value if known is None else [*(known if isinstance(known, list) else [known]), value]
        return found

    read: dict[str, Any] = inner(ElementTree.fromstring(xml))
    return read


def written(values: dict[str, Any]) -> str:
    """Fields as XML; no value of a measurement holds the end of a CDATA section."""
    inside = "".join(
        f"<{name}>{value}</{name}>" if isinstance(value, int) else f"<{name}><![CDATA[{value}]]></{name}>"
        for name, value in values.items()
    )
    return f"<xml>{inside}</xml>"
