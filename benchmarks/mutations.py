"""Requests no platform sent: what is signed changed, cut, aged, replayed elsewhere, or rightly signed and hostile."""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from urllib.parse import quote_from_bytes

import msgspec

from benchmarks.sealing import WECHAT, WECOM, Account, Seal, written

SECRET = "benchmark-on-the-loopback"
SECRET_HEADER = b"x-telegram-bot-api-secret-token"
OTHERS = {WECHAT: WECOM, WECOM: WECHAT}
BOMBS = (
    b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><xml><Content>&b;</Content></xml>',
    b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><xml><Content>&f;</Content></xml>',
    b"<xml>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</xml>",
    b"<xml>" + b"<a/>" * 11_000 + b"</xml>",
    b"<xml>" + b"<![CDATA[" * 5000 + b"</xml>",
    b"<xml><Content>" + b"]]>" * 15_000 + b"</Content></xml>",
    b'<xml a="' + b"x" * 45_000 + b'"/>',
    b"<xml " + b" ".join(b"a%d=''" % number for number in range(5000)) + b">",
    b"<xml><MsgType>text</MsgType><MsgType>event</MsgType></xml>",
    b"<xml><A>\xff\xfe</A></xml>",
    b"<xml><A>&#0;</A></xml>",
    b'{"FromUserName": "li", "MsgType": "text", "Content": "x", "MsgId": 7}',
    b"",
)
NESTED = b"[" * 200_000
WILD = (b"", b"\xff\xfe", b"%00", b"%ed%b2%80", b"%e7%ad%be", b"9" * 5000, b"-1", b"1e9", b"\x7f", b"%0d%0aX: y")


@dataclass(frozen=True, slots=True)
class Mutation:
    """A request; `may_pass` when a 200 that changes nothing is an answer, too: who made it knew the secret."""

    kind: str
    target: bytes
    body: bytes = b""
    method: bytes = b"POST"
    headers: tuple[tuple[bytes, bytes], ...] = ()
    may_pass: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """A post as the platform makes it: the query's parameters and the body."""

    query: dict[str, bytes]
    body: bytes

    def at(self, path: bytes, kind: str) -> Mutation:
        """The request."""
        told = b"&".join(name.encode() + b"=" + value for name, value in self.query.items())
        return Mutation(kind, path + b"?" + told, self.body)


def posted(account: Account, at: float, number: int, inner: bytes | None = None) -> Post:
    """A message of a stranger, rightly sealed and signed for an account."""
    said = {"FromUserName": f"stranger-{number}", "MsgType": "text", "Content": "我的积分", "MsgId": 10**15 + number}
    seal = Seal(account)
    return _signed(account, at, seal.closed_bytes(written(said).encode() if inner is None else inner))


def _signed(account: Account, at: float, ciphertext: str) -> Post:
    told = (pair.split("=", 1) for pair in Seal(account).query(ciphertext, at).split("&"))
    body = written({"ToUserName": account.id, "Encrypt": ciphertext}).encode()
    return Post({name: value.encode() for name, value in told}, body)


def tencent(account: Account, at: float, number: int) -> Mutation:
    """The mutation of this number for an Official Account's or a WeCom app's door."""
    chance = Random(f"{account.channel} {number}")
    make = chance.choice(MADE)
    return make(account, at, number, chance)


def _path(account: Account) -> bytes:
    return f"/hooks/{account.channel}".encode()


def _query(account: Account, at: float, number: int, chance: Random) -> Mutation:
    """A signed parameter missing, emptied, cut, changed by a bit, or something wild."""
    post = posted(account, at, number)
    name = chance.choice(("msg_signature", "timestamp", "nonce"))
    value = post.query[name]
    place = chance.randrange(len(value))
    changed = bytes([value[place] ^ 1 << chance.randrange(7)])
    flipped = quote_from_bytes(value[:place] + changed + value[place + 1 :]).encode()
    wild = (flipped, value[:place], value + value, value.upper() + b"A", *WILD)
    query = {**post.query, name: chance.choice(wild)}
    if chance.random() < 0.1:
        del query[name]
    return replace(post, query=query).at(_path(account), "query")


def _body(account: Account, at: float, number: int, chance: Random) -> Mutation:
    """A bit of the ciphertext changed, a part of it or of the body cut, another message's put in its place."""
    post = posted(account, at, number)
    first, end = post.body.index(b"<Encrypt><![CDATA[") + 18, post.body.index(b"]]></Encrypt>")
    place = chance.randrange(first, end)
    flipped = bytearray(post.body)
    flipped[place] ^= 1 << chance.randrange(8)
    changed = (
        bytes(flipped),
        post.body[:place],
        post.body[:place] + post.body[end:],
        post.body[:first] + post.body[end:],
        posted(account, at, number + 1).body,
        written({"FromUserName": "li", "MsgType": "text", "Content": "x", "MsgId": number}).encode(),
        post.body.replace(b"Encrypt", b"encrypt"),
        post.body + post.body,
        chance.randbytes(chance.randrange(1, 2000)),
        b"x" * 70_000,
        *BOMBS,
    )
    return replace(post, body=chance.choice(changed)).at(_path(account), "body")


def _age(account: Account, at: float, number: int, chance: Random) -> Mutation:
    """Rightly signed, at another time."""
    seconds = chance.choice((400, 3600, 86_400, 10**7, 10**9)) * chance.choice((-1, 1))
    return posted(account, at + seconds, number).at(_path(account), "age")


def _account(account: Account, at: float, number: int, chance: Random) -> Mutation:
    """Meant for another account: its id, its token, its key, or all of the other platform's."""
    wrong = (
        replace(account, id="wx00000000000000"),
        replace(account, id=""),
        replace(account, token="another"),
        replace(account, token=""),
        replace(account, aes_key=OTHERS[account].aes_key),
        OTHERS[account],
    )
    return posted(chance.choice(wrong), at, number).at(_path(account), "account")


def _hostile(account: Account, at: float, number: int, chance: Random) -> Mutation:
    """Rightly sealed and signed, and no message; or rightly signed, and nothing sealed."""
    if chance.random() < 0.5:
        post = posted(account, at, number, chance.choice((*BOMBS, chance.randbytes(chance.randrange(1, 2000)))))
    else:
        garbage = base64.b64encode(chance.randbytes(chance.choice((1, 15, 16, 32, 48, 1024)))).decode()
        post = _signed(account, at, chance.choice((garbage, garbage[:-1], "====", "签", "A" * 43)))
    return replace(post.at(_path(account), "hostile"), may_pass=True)


def _headers(account: Account, at: float, number: int, chance: Random) -> Mutation:
    """Another method, strange headers, around a post of another token."""
    post = posted(replace(account, token="another"), at, number).at(_path(account), "headers")
    method = chance.choice((b"POST", b"POST", b"PUT", b"DELETE", b"GET", b"HEAD", b"PATCH"))
    strange = (b"application/json", b"multipart/form-data; boundary=", b"\xff\xfe", b"text/xml; charset=utf-7", b"")
    headers = (
        (b"content-type", chance.choice(strange)),
        (
            chance.choice((b"x-forwarded-for", b"cookie", b"content-encoding", b"origin")),
            chance.randbytes(40).hex().encode(),
        ),
    )
    return replace(post, method=method, headers=headers)


def _echo(account: Account, at: float, number: int, chance: Random) -> Mutation:
    """A check of the address that nobody signed, or that wants something else to be said."""
    seal = Seal(replace(account, token=chance.choice(("another", account.token + "x"))))
    said = chance.choice((seal.closed("1"), "<script>alert(1)</script>", "x" * 5000, "", "%ff"))
    query = seal.query(said, at).encode() + b"&signature=" + os.urandom(20).hex().encode()
    target = _path(account) + b"?" + query + b"&echostr=" + quote_from_bytes(said.encode()).encode()
    return Mutation("echo", target, method=b"GET")


Made = Callable[[Account, float, int, Random], Mutation]
MADE: tuple[Made, ...] = (_query, _query, _body, _body, _age, _account, _hostile, _headers, _echo)


def telegram(_at: float, number: int) -> Mutation:
    """The mutation of this number for Telegram's door."""
    chance = Random(f"telegram {number}")
    secret = SECRET.encode()
    place = chance.randrange(len(secret))
    chat = {"id": 900_000 + number, "type": "private"}
    update = {"update_id": 5_000_000 + number, "message": {"message_id": 1, "chat": chat, "text": "我的积分"}}
    body = msgspec.json.encode(update)
    if chance.random() < 0.1:
        hostile = chance.choice((NESTED, b"", b"null", b"[]", b'{"update_id": "x"}', b"\xff", b"x" * 1_100_000))
        return Mutation("hostile", b"/hooks/telegram", hostile, headers=((SECRET_HEADER, secret),), may_pass=True)
    flipped = secret[:place] + bytes([secret[place] ^ 1 << chance.randrange(5)]) + secret[place + 1 :]
    wrong = (b"", secret[:place], flipped, secret + b"x", secret.swapcase(), secret * 2, b"\xe7\xad\xbe", b"\xff" * 40)
    given = chance.choice((*wrong, None))
    headers = () if given is None else ((SECRET_HEADER, given),)
    target = b"/hooks/telegram" + chance.choice((b"", b"?secret_token=" + secret, b"?" + SECRET_HEADER + b"=" + secret))
    cut = chance.choice((body, body[: chance.randrange(len(body))], NESTED, b"x" * 1_100_000, chance.randbytes(200)))
    return Mutation("secret", target, cut, headers=headers)
