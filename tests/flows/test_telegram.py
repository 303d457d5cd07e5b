"""Telegram from end to end, by polling and by webhook."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.telegram import Telegram, telegram


@pytest.fixture(params=["polling", "webhook"])
def house(folder: Path, request: pytest.FixtureRequest) -> Iterator[Telegram]:
    with telegram(folder, request.param) as found:
        yield found


def test_a_month_is_walked_by_typing_and_by_buttons(house: Telegram):
    member, secretary = house.bound("m03"), house.bound("m01")
    member.says("申报 志愿服务 2")
    draft = member.sees("志愿服务 2")
    member.presses(draft, "确认")
    done = member.sees("已提交", kind="edit")
    assert done.id == draft.id, "the draft's message became the answer"
    secretary.says("审核")
    queue = secretary.sees("孙柏青")
    secretary.presses(queue, "全部通过")
    secretary.sees("通过", kind="edit")
    pushed = member.sees("通过", kind="message")
    member.presses(pushed, "我的积分")
    points = member.sees(kind="message")
    assert points.id > pushed.id, "a notice stays as it is"
