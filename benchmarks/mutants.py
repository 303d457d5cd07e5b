"""Posts of the platforms, and the ways in which they are changed: each must be refused."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from benchmarks.sealing import WECHAT, WECOM, Account, Seal, written
from benchmarks.tencent import bots_time

SEED = 20261122
SECRET = "a-secret-of-the-measurement"
OTHER = Account("wechat", "wxffffffffffffffff", "AnotherToken", WECOM.aes_key)
BOMBS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><xml><Content>&b;&b;</Content></xml>',
    '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><xml><Content>&f;</Content></xml>',
    "<xml>" + "<a>" * 6000 + "</a>" * 6000 + "</xml>",
    "<xml><MsgType>text</MsgType><MsgType>event</MsgType></xml>",
    "<xml><Content>",
    "<xml>" + "<![CDATA[" * 4000 + "</xml>",
    "<xml>" + "<a/>" * 9000 + "</xml>",
    '<xml a="' + "x" * 40_000 + '"/>',
    "<xml " + " ".join(f"a{number}=''" for number in range(4000)) + ">",
    "<xml><A>&#0;</A></xml>",
    '{"MsgType": "text"}',
    "",
)


@dataclass(frozen=True, slots=True)
class Post:
    """A request to a hook."""

    path: str
    query: dict[str, str]
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "POST"

    def but(self, **given: Any) -> Post:
        """The same with something else."""
        return replace(self, **given)


Change = Callable[[Post, random.Random], Post]


def flipped(post: Post, chance: random.Random) -> Post:
    """One bit of what is proven is another: of the ciphertext, or of anything Telegram sent."""
    body = bytearray(post.body)
    first, last = body.find(b"<Encrypt><![CDATA[") + 18, body.find(b"]]></Encrypt>")
    place = chance.randrange(first, last) if last > 0 else chance.randrange(len(body))
    body[place] ^= 1 << chance.randrange(8)
    return post.but(body=bytes(body))


def shortened(post: Post, chance: random.Random) -> Post:
    """The body ends too early."""
    return post.but(body=post.body[: chance.randrange(len(post.body))])


def grown(post: Post, chance: random.Random) -> Post:
    """The body is longer than any."""
    least = 20 if post.path.endswith("telegram") else 16
    return post.but(body=post.body + b" " * chance.randrange(1 << least, 1 << 21))


def noise(post: Post, chance: random.Random) -> Post:
    """The body is anything."""
    return post.but(body=chance.randbytes(chance.randrange(2000)))


def without(post: Post, chance: random.Random) -> Post:
    """A part of the proof is missing."""
    name = chance.choice(["msg_signature", "timestamp", "nonce"])
    return post.but(query={each: value for each, value in post.query.items() if each != name})


def misproven(post: Post, chance: random.Random) -> Post:
    """A part of the proof is another."""
    name = chance.choice(["msg_signature", "timestamp", "nonce"])
    value = post.query[name]
    place = chance.randrange(len(value))
    other = chance.choice([c for c in "0123456789abcdef\u7b7e\x00" if c != value[place]])
    return post.but(query={**post.query, name: value[:place] + other + value[place + 1 :]})


def oddly(post: Post, chance: random.Random) -> Post:
    """The signature is of another kind altogether."""
    odd = chance.choice(["", "0", "\udc80" * 40, "\u7b7e" * 40, post.query["msg_signature"][:-1], "f" * 10_000])
    return post.but(query={**post.query, "msg_signature": odd})


def old(post: Post, chance: random.Random) -> Post:
    """Rightly signed, at another time."""
    away = chance.choice([-1, 1]) * chance.randrange(301, 10**9)
    return sealed_post(WECHAT if post.path.endswith("wechat") else WECOM, message(chance), away)


def foreign(post: Post, chance: random.Random) -> Post:
    """Rightly signed, by another account."""
    return sealed_post(OTHER, message(chance), 0).but(path=post.path)


def misdirected(post: Post, chance: random.Random) -> Post:
    """The other platform's, rightly signed there."""
    there = WECOM if post.path.endswith("wechat") else WECHAT
    return sealed_post(there, message(chance), 0).but(path=post.path)


def hostile(post: Post, chance: random.Random) -> Post:
    """Rightly signed and sealed, and no message."""
    return sealed_post(WECHAT if post.path.endswith("wechat") else WECOM, chance.choice(BOMBS), 0)


def bombed(post: Post, chance: random.Random) -> Post:
    """The same, where it must be read before anything is proven."""
    return post.but(body=chance.choice(BOMBS).encode())


def rubbish(post: Post, chance: random.Random) -> Post:
    """Rightly signed, and nothing that can be opened."""
    there = WECHAT if post.path.endswith("wechat") else WECOM
    text = "".join(chance.choices("ABCxyz019+/=", k=chance.randrange(200)))
    return signed_post(there, text, 0)


def plain(post: Post, chance: random.Random) -> Post:
    """The body as it would be without sealing."""
    return post.but(body=message(chance).encode())


def otherwise(post: Post, chance: random.Random) -> Post:
    """Asked for in another way."""
    return post.but(method=chance.choice(["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]))


SEALED: tuple[Change, ...] = (
    flipped, shortened, grown, noise, without, misproven, oddly, old, foreign, misdirected, hostile, bombed,
    rubbish, plain, otherwise,
)  # fmt: skip


def missecret(post: Post, chance: random.Random) -> Post:
    """Telegram's secret is missing, another, or a part."""
    told = chance.choice(["", SECRET[:-1], SECRET + "x", SECRET.upper(), SECRET[::-1], "\u00e9" * 5, "x" * 5000])
    return noise(post, chance).but(headers={"x-telegram-bot-api-secret-token": told})


def nosecret(post: Post, chance: random.Random) -> Post:
    """Telegram's secret is missing altogether."""
    return flipped(post, chance).but(headers={})


OPEN: tuple[Change, ...] = (missecret, nosecret, grown, otherwise)


def message(chance: random.Random) -> str:
    """A member's message."""
    said = {"ToUserName": "gh", "FromUserName": "li", "CreateTime": 1, "MsgType": "text", "Content": "help"}
    return written({**said, "MsgId": chance.randrange(1 << 60)})


def sealed_post(account: Account, xml: str, away: float) -> Post:
    """A message as the platform posts it, so many seconds away from now."""
    return signed_post(account, Seal(account).closed(xml), away)


def signed_post(account: Account, ciphertext: str, away: float) -> Post:
    """A ciphertext, rightly signed."""
    at = max(0.0, bots_time().timestamp() + away)
    query = dict(pair.split("=", 1) for pair in Seal(account).query(ciphertext, at).split("&"))
    body = written({"ToUserName": account.id, "Encrypt": ciphertext}).encode()
    return Post(f"/hooks/{account.channel}", query, body)


def telegram_post(chance: random.Random) -> Post:
    """A message as Telegram posts it."""
    person = {"id": 5, "type": "private", "first_name": "x"}
    said = {"message_id": 1, "date": 1, "chat": person, "from": person, "text": "help"}
    body = msgspec.json.encode({"update_id": chance.randrange(1 << 31), "message": said})
    return Post("/hooks/telegram", {}, body, {"x-telegram-bot-api-secret-token": SECRET})


def mutants(count: int) -> Iterator[tuple[str, Post]]:
    """Changed posts to the three hooks in turn, each with what was done to it."""
    chance = random.Random(SEED)
    for number in range(count):
        if number % 3 == 0:
            change, post = chance.choice(OPEN), telegram_post(chance)
        else:
            account = WECHAT if number % 3 == 1 else WECOM
            change, post = chance.choice(SEALED), sealed_post(account, message(chance), 0)
        yield change.__name__, change(post, chance)
