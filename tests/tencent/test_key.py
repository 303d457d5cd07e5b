"""What names a message: a repeated one has the same name, two of one second have not."""

import hashlib

import pytest

from bot.tencent.key import key_of
from bot.tencent.xml import Fields

KEYS = [
    ({"MsgId": "12", "MsgType": "text"}, "12"),
    ({"MsgId": "9" * 400, "MsgType": "text"}, hashlib.sha256(b"9" * 400).hexdigest()),
    ({"FromUserName": "li", "CreateTime": "5", "Event": "CLICK", "EventKey": "申报"}, "li\n5\nCLICK\n申报"),
    ({"FromUserName": "li", "CreateTime": "5", "Event": "CLICK", "EventKey": "审核"}, "li\n5\nCLICK\n审核"),
    ({"FromUserName": "li", "CreateTime": "5", "Event": "subscribe"}, "li\n5\nsubscribe"),
    ({"MsgType": "event", "MsgId": "200", "FromUserName": "li", "Event": "TEMPLATESENDJOBFINISH"}, None),
    ({"FromUserName": "l" * 300, "Event": "x"}, None),
    ({"Content": "x"}, "<xml><Content><![CDATA[x]]></Content></xml>"),
]


@pytest.mark.parametrize(("fields", "key"), KEYS)
def test_a_message_is_named_by_its_number_and_an_event_by_who_when_and_what(fields: Fields, key: str | None):
    found = key_of(fields)
    assert len(found) <= 180
    if key is not None:
        assert found == key


TWINS = {
    "presses": ({"Event": "template_card_event", "EventKey": "k", "TaskId": "t"}, "ResponseCode"),
    "people who leave": ({"Event": "change_contact", "ChangeType": "delete_user"}, "UserID"),
    "departments": ({"Event": "change_contact", "ChangeType": "delete_party"}, "Id"),
    "changes of one person": ({"Event": "change_contact", "UserID": "li"}, "ChangeType"),
    "results of templates": ({"Event": "TEMPLATESENDJOBFINISH"}, "MsgID"),
    "menu entries": ({"Event": "CLICK"}, "EventKey"),
}


@pytest.mark.parametrize(("event", "name"), TWINS.values(), ids=TWINS)
def test_two_events_of_one_second_are_two_and_each_repeated_is_one(event: Fields, name: str):
    told = {"FromUserName": "sys", "CreateTime": "5", "MsgType": "event", **event}
    first, second = {**told, name: "a"}, {**told, name: "b"}
    assert key_of(first) != key_of(second)
    assert key_of(first) == key_of(dict(reversed(first.items())))
