"""What the platforms post is proven before it is read, and what they are answered opens only for them."""

import base64
import random
from datetime import UTC, datetime, timedelta
from time import process_time
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from wechatpy import parse_message

from benchmarks.sealing import WECHAT, WECOM, Seal
from benchmarks.sealing import Account as There
from benchmarks.sealing import written as written_there
from bot.tencent.envelope import Account, Envelope, Forged
from bot.tencent.hook import drawn
from bot.tencent.key import key_of
from bot.tencent.xml import NOT_XML, Fields, Unreadable, parsed, text_of, written

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
# the values Tencent publishes with its own libraries
VECTORS = Account(
    "wecom", "hJqcu3uJ9Tn2gXPmxx2w9kkCkCE2EPYo", "6qkdMrq68nTKduznJYO1A37W2oEgpkMUvkttRToqhUt", "ww1436e0e65a779aee"
)
VECTOR_ECHO = {
    "msg_signature": "012bc692d0a58dd4b10f8dfe5c4ac00ae211ebeb",
    "timestamp": "1476416373",
    "nonce": "47744683",
    "echostr": "fsi1xnbH4yQh0+PJxcOdhhK6TDXkjMyhEPA7xB2TGz6b+g7xyAbEkRxN/3cNXW9qdqjnoVzEtpbhnFyq6SVHyA==",
}
VECTOR_MESSAGE = (
    "Kl7kjoSf6DMD1zh7rtrHjFaDapSCkaOnwu3bqLc5tAybhhMl9pFeK8NslNPVdMwmBQTNoW4mY7AIjeLvEl3NyeTkAgGzBhzTtRLNshw2AEew+kkYcD+"
    "Fq72Kt00fT0WnN87hGrW8SqGc+NcT3mu87Ha3dz1pSDi6GaUA6A0sqfde0VJPQbZ9U+3JWcoD4Z5jaU0y9GSh010wsHF8KZD24YhmZH4ch4Ka7ilEbjbf"
    "vhKkNL65HHL0J6EYJIZUC2pFrdkJ7MhmEbU2qARR4iQHE7wy24qy0cRX3Mfp6iELcDNfSsPGjUQVDGxQDCWjayJOpcwocugux082f49HKYg84EpHSGXAyh"
    "+/oxwaWbvL6aSDPOYuPDGOCI8jmnKiypE+"
)


def account(there: There) -> Account:
    return Account(there.channel, there.token, there.aes_key, there.id)


def post(there: There, xml: str, at: datetime = NOW) -> tuple[dict[str, str], bytes]:
    """A post as the platform makes it: query and body."""
    seal = Seal(there)
    sealed = seal.closed(xml)
    query = dict(pair.split("=", 1) for pair in seal.query(sealed, at.timestamp()).split("&"))
    return query, written_there({"ToUserName": there.id, "Encrypt": sealed}).encode()


def message(text: str = "申报 学习 1") -> str:
    return written_there({"FromUserName": "li", "MsgType": "text", "Content": text, "MsgId": 7})


def test_the_vendor_s_own_values_are_opened():
    at = datetime.fromtimestamp(1476416373, UTC)
    assert Envelope(VECTORS).echo(VECTOR_ECHO, at) == "1288432023552776189"
    body = f"<xml><Encrypt><![CDATA[{VECTOR_MESSAGE}]]></Encrypt></xml>".encode()
    query = {"msg_signature": "0c3914025cb4b4d68103f6bfc8db550f79dcf48e", "timestamp": "1476422779"}
    fields = Envelope(VECTORS).opened({**query, "nonce": "1597212914"}, body, datetime.fromtimestamp(1476422779, UTC))
    assert (fields["Content"], fields["FromUserName"], key_of(fields)) == ("你好", "ChenJiaShun", "1456453720")


def test_the_check_of_an_official_account_s_address_is_answered_as_the_vendor_signs_it():
    there = Account("wechat", "AAAAA", WECHAT.aes_key, "wx1")
    query = {"signature": "899cf89e464efb63f54ddac96b0a0a235f53aa78", "timestamp": "1714037059", "nonce": "486452656"}
    at = datetime.fromtimestamp(1714037059, UTC)
    assert Envelope(there).echo({**query, "echostr": "4375120948345356249"}, at) == "4375120948345356249"
    with pytest.raises(Forged):
        Envelope(there).echo({**query, "echostr": "1" * 513}, at)


@pytest.mark.parametrize("there", [WECHAT, WECOM], ids=["wechat", "wecom"])
@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_a_post_of_these_minutes_is_opened(there: There, seconds: int):
    query, body = post(there, message("加油 😀"), NOW + timedelta(seconds=seconds))
    fields = Envelope(account(there)).opened(query, body, NOW)
    assert fields == {"FromUserName": "li", "MsgType": "text", "Content": "加油 😀", "MsgId": "7"}


def other(there: There, **given: str) -> There:
    return There(**{name: getattr(there, name) for name in there.__slots__} | given)


REFUSED = {
    "no signature": lambda query, body: ({**query, "msg_signature": ""}, body),
    "none at all": lambda query, body: ({}, body),
    "a prefix of the signature": lambda query, body: ({**query, "msg_signature": query["msg_signature"][:39]}, body),
    "another signature": lambda query, body: ({**query, "msg_signature": "0" * 40}, body),
    "a signature beyond ASCII": lambda query, body: ({**query, "msg_signature": "签" * 40}, body),
    "a signature that is no text": lambda query, body: ({**query, "msg_signature": "\udc80" * 40}, body),
    "another time": lambda query, body: ({**query, "timestamp": str(int(query["timestamp"]) + 1)}, body),
    "no time": lambda query, body: ({**query, "timestamp": ""}, body),
    "a time in words": lambda query, body: ({**query, "timestamp": "now"}, body),
    "a time in other digits": lambda query, body: ({**query, "timestamp": "\uff11\uff17\uff19\uff15"}, body),
    "a time beyond all": lambda query, body: ({**query, "timestamp": "9" * 400}, body),
    "another nonce": lambda query, body: ({**query, "nonce": "\udcff"}, body),
    "six minutes ago": lambda query, body: post(WECHAT, message(), NOW - timedelta(seconds=301)),
    "in six minutes": lambda query, body: post(WECHAT, message(), NOW + timedelta(seconds=301)),
    "in 1970": lambda query, body: post(WECHAT, message(), datetime.fromtimestamp(0, UTC)),
    "for another account": lambda query, body: post(other(WECHAT, id="wx9"), message()),
    "of another token": lambda query, body: post(other(WECHAT, token="t"), message()),
    "with another key": lambda query, body: post(other(WECHAT, aes_key=WECOM.aes_key), message()),
    "of the other platform": lambda query, body: post(WECOM, message()),
    "a plain body": lambda query, body: (query, message().encode()),
    "a plain body beside the sealed one": lambda query, body: (query, message("x").encode()),
    "no ciphertext": lambda query, body: (query, b"<xml><Encrypt></Encrypt></xml>"),
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_what_is_not_proven_is_refused(change):
    query, body = change(*post(WECHAT, message()))
    with pytest.raises(Forged):
        Envelope(account(WECHAT)).opened(query, body, NOW)


GARBAGE = ["", "a", "AAAA", "====", "签", "\x00", "A" * 43, "AAAAAAAAAAAAAAAAAAAAAA==", "A" * 64, "B" * 24 + "=" * 8]


@pytest.mark.parametrize("sealed", GARBAGE)
def test_garbage_that_is_rightly_signed_is_refused_in_the_same_way(sealed: str):
    seal = Seal(WECHAT)
    query = dict(pair.split("=", 1) for pair in seal.query(sealed, NOW.timestamp()).split("&"))
    body = written({"Encrypt": sealed}).encode()
    with pytest.raises((Forged, Unreadable)) as refused:
        Envelope(account(WECHAT)).opened(query, body, NOW)
    assert not str(refused.value)


BOMBS = {
    "billion laughs": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><xml><Content>&b;</Content></xml>',
    "a foreign file": '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><xml><Content>&f;</Content></xml>',
    "deeply nested": "<xml>" + "<a>" * 8000 + "</a>" * 8000 + "</xml>",
    "33 deep": "<xml>" + "<a>" * 33 + "</a>" * 33 + "</xml>",
    "longer than messages are": "<xml><Content>" + "x" * 70_000 + "</Content></xml>",
    "an attribute of great length": f'<xml a="{"x" * 70_000}"/>',
    "twice the same field": "<xml><MsgType>text</MsgType><MsgType>event</MsgType></xml>",
    "json": '{"xml": {"Content": "x"}}',
    "nothing": "",
    "no message": "<html><body>x</body></html>",
    "text alone": "<xml>text</xml>",
    "broken": "<xml><Content>x</xml>",
    "two documents": "<xml><A>1</A></xml><xml><A>1</A></xml>",
    "a number of no character": "<xml><A>&#0;</A></xml>",
    "sections without an end": "<xml>" + "<![CDATA[" * 7000 + "</xml>",
    "a great many elements": "<xml>" + "<a/>" * 9000 + "</xml>",
}


@pytest.mark.parametrize("xml", BOMBS.values(), ids=BOMBS)
def test_what_no_platform_sends_is_not_read(xml: str):
    with pytest.raises(Unreadable):
        parsed(xml)
    if len(xml) < 40_000:  # a longer one is refused with its envelope
        query, body = post(WECHAT, xml)
        with pytest.raises(Forged):  # as a wrong key is: to tell them apart would help to guess it
            Envelope(account(WECHAT)).opened(query, body, NOW)


@pytest.mark.parametrize("xml", BOMBS.values(), ids=BOMBS)
def test_what_no_platform_sends_costs_little(xml: str):
    began = process_time()
    with pytest.raises(Unreadable):
        parsed(xml)
    assert process_time() - began < 0.1


@pytest.mark.parametrize(
    "echo", ["", "签", "1\n2", "1\x00", "1" * 513], ids=["none", "beyond ASCII", "lines", "nul", "long"]
)
def test_an_official_account_s_check_says_nothing_but_what_a_platform_asks(echo: str):
    there = Account("wechat", "AAAAA", WECHAT.aes_key, "wx1")
    query = {"signature": "899cf89e464efb63f54ddac96b0a0a235f53aa78", "timestamp": "1714037059", "nonce": "486452656"}
    with pytest.raises(Forged):
        Envelope(there).echo({**query, "echostr": echo}, datetime.fromtimestamp(1714037059, UTC))


@given(st.dictionaries(st.text(max_size=12), st.text(st.characters(exclude_categories=()), max_size=40)), st.binary())
def test_whatever_is_asked_is_answered_or_forged(query: dict[str, str], body: bytes):
    signed = {"timestamp": str(int(NOW.timestamp())), "nonce": "1", "msg_signature": "x", "signature": "x", **query}
    for there in (WECHAT, WECOM):
        envelope = Envelope(account(there))
        for asked in (query, signed):
            with pytest.raises(Forged):
                envelope.echo(asked, NOW)
            with pytest.raises((Forged, Unreadable)):
                envelope.opened(asked, body, NOW)


@given(st.binary(max_size=300))
def test_whatever_was_sealed_and_rightly_signed_is_fields_or_forged(inner: bytes):
    seal = Seal(WECHAT)
    for sealed in (base64.b64encode(inner).decode(), inner.decode("latin-1")):
        query = dict(pair.split("=", 1) for pair in seal.query(sealed, NOW.timestamp()).split("&"))
        with pytest.raises((Forged, Unreadable)):
            Envelope(account(WECHAT)).opened(query, written({"Encrypt": sealed}).encode(), NOW)


def test_bytes_that_are_no_text_are_not_read():
    with pytest.raises(Unreadable):
        parsed(b"<xml><A>\xff\xfe</A></xml>")


def test_a_message_may_hold_whatever_people_type():
    typed = "<!DOCTYPE html> ]]> &amp; <a href='x'>"
    assert parsed(written({"Content": typed}))["Content"] == typed


TEXTS = st.text(st.characters(exclude_categories=()), max_size=200)


@given(TEXTS)
@example("]]>")
@example("]]]]>><![CDATA[")
@example("a\x00\x0b\ud800\uffff😀")
def test_no_text_breaks_out_of_the_reply(text: str):
    xml = written({"Content": text, "After": "x", "Number": 5})
    kept = NOT_XML.sub("", text)
    element = ElementTree.fromstring(xml)
    assert [child.tag for child in element] == ["Content", "After", "Number"]
    assert (element[0].text or "").replace("\r", "\n") == kept.replace("\r\n", "\n").replace("\r", "\n")
    assert (element[1].text, element[2].text) == ("x", "5")


@given(TEXTS.map(lambda text: NOT_XML.sub("", text).replace("\r", "")))
def test_what_is_sealed_opens_on_the_other_side_as_it_was(text: str):
    fields: Fields = {"ToUserName": "li", "FromUserName": "gh", "CreateTime": 5, "MsgType": "text", "Content": text}
    for there in (WECHAT, WECOM):
        sealed = Envelope(account(there)).sealed(fields, NOW, drawn)
        assert Seal(there).opened(sealed.encode()) == fields | {"CreateTime": "5"}


def test_a_reply_is_read_by_the_library_as_it_was_meant():
    found = parse_message(written({"MsgType": "text", "Content": "1]]>2", "MsgId": 9, "CreateTime": 5}))
    assert (found.content, found.id) == ("1]]>2", 9)


def test_no_two_answers_are_sealed_alike():
    envelope = Envelope(account(WECHAT))
    assert len({envelope.sealed({"A": "x"}, NOW, drawn) for _ in range(50)}) == 50


def test_an_account_without_a_token_is_none():
    with pytest.raises(ValueError, match="token"):
        Envelope(Account("wechat", "", WECHAT.aes_key, "wx1"))


@given(st.binary(max_size=400))
def test_whatever_bytes_come_are_fields_or_unreadable(body: bytes):
    for whole in (body, b"<xml>" + body + b"</xml>"):
        try:
            fields = parsed(whole)
        except Unreadable:
            continue
        assert all(isinstance(text_of(fields, name), str) for name in fields)
        assert len(key_of(fields)) <= 180


@given(st.integers(0, 10**9))
def test_a_changed_post_is_never_accepted(seed: int):
    chance = random.Random(seed)
    query, body = post(WECHAT, message())
    changed = bytearray(body)
    place = chance.randrange(body.index(b"<Encrypt>") + 18, body.index(b"]]></Encrypt>"))
    changed[place] ^= 1 << chance.randrange(7)
    with pytest.raises((Forged, Unreadable)):
        Envelope(account(WECHAT)).opened(query, bytes(changed), NOW)
