"""What the platforms answered when somebody recorded it, as our client reads it, and answers that nobody ever gave."""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.channel import DeliveryError
from bot.clock import Clock
from bot.tencent.api import Answer, Api
from bot.tencent.tokens import Asked, Tokens, WeChatKey
from storage import platforms
from storage.engine import Store
from tests.peers.wxplatform import Platform
from tests.tencent.conftest import NOW, House

ANSWERS = Path(__file__).parents[1] / "samples/wechat-answers"


def recorded(name: str) -> dict[str, Any]:
    return dict(json.loads((ANSWERS / f"{name}.json").read_text("utf-8")))


def read(content: bytes, status: int = 200) -> Answer:
    """What the client makes of an answer."""
    clock = Clock(lambda: NOW)
    api = Api("wechat", "http://nowhere", Tokens("wechat", None, WeChatKey("wx", "s"), clock), clock)  # type: ignore[arg-type]
    return api._read("/cgi-bin/x", status, content)


@pytest.mark.parametrize("path", sorted(ANSWERS.rglob("*.json")), ids=lambda path: path.stem)
def test_every_recorded_answer_is_read_whole(path: Path):
    assert read(path.read_bytes()) == json.loads(path.read_text("utf-8"))


@pytest.mark.parametrize("name", ["token", "work/gettoken"])
def test_a_recorded_token_is_kept_five_minutes_less_than_it_lasts(store: Store, clock: Clock, name: str):
    async def ask(_asked: Asked) -> Answer:
        return recorded(name)

    value = asyncio.run(Tokens("wechat", store, WeChatKey("wx", "s"), clock).value(ask))
    row = store.read(lambda connection: platforms.credential_of(connection, "wechat"))
    assert row is not None
    assert (value, row.value, row.expires_at) == ("1234567890", "1234567890", NOW + timedelta(seconds=6900))


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[dict[str, Platform]]:
    """Stand-ins that answer from what was recorded where they have nothing."""
    with (
        Platform("wechat", answers=ANSWERS).serving() as wechat,
        Platform("wecom", answers=ANSWERS).serving() as wecom,
    ):
        yield {"wechat": wechat, "wecom": wecom}


@pytest.mark.needs("node")
@pytest.mark.parametrize(
    ("kind", "path", "name", "holds"),
    [
        ("wechat", "/cgi-bin/user/info", "user_info", ("openid", "o6_bmjrPTlm6_2sgVt7hMZOPfL2M")),
        ("wecom", "/cgi-bin/user/list", "work/user_list", ("userlist", None)),
        ("wecom", "/cgi-bin/user/simplelist", "work/user_simplelist", ("userlist", None)),
        ("wecom", "/cgi-bin/department/list", "work/department_list", ("department", None)),
    ],
)
def test_recorded_answers_reach_who_calls(
    elsewhere: dict[str, Platform], house: House, kind: str, path: str, name: str, holds: tuple[str, str | None]
):
    found = house.does(elsewhere[kind], lambda api: api.call(path))
    key, value = holds
    assert found == recorded(name)
    assert found[key] == value if value is not None else found[key]


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("message_custom_send", {"errcode"}),
        ("menu_create", {"errcode"}),
        ("qrcode_create", {"ticket", "expire_seconds", "url"}),
        ("media_upload", {"media_id", "type"}),
        ("work/media_upload", {"media_id", "type"}),
        ("sns_oauth2_access_token", {"openid", "access_token", "scope"}),
    ],
)
def test_what_callers_rely_on_stands_in_the_recorded_answers(name: str, fields: set[str]):
    assert fields <= set(read((ANSWERS / f"{name}.json").read_bytes()))


def made_of(content: bytes, status: int) -> Answer | DeliveryError:
    """An answer, or an error of ours; any other error is the test's failure."""
    try:
        return read(content, status)
    except DeliveryError as error:
        return error


def only_ours(content: bytes, status: int) -> None:
    found = made_of(content, status)
    assert isinstance(found, dict) or not (found.retry and found.unknown)


@given(some.binary(max_size=200), some.integers(100, 599))
def test_whatever_bytes_come_are_an_answer_or_an_error_of_ours(content: bytes, status: int):
    only_ours(content, status)


VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=9),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES, some.dictionaries(some.sampled_from(["errcode", "errmsg", "msgid"]), VALUES))
def test_whatever_json_comes_is_an_answer_or_an_error_of_ours(anything: Any, fields: dict[str, Any]):
    for each in (anything, fields, {"errcode": anything}):
        only_ours(json.dumps(each).encode(), 200)
