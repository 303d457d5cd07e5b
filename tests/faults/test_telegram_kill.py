"""Members declare on Telegram while the bot is killed under them; the large version is `make faults`."""

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest

from benchmarks.declaring import Declared
from benchmarks.process import Samples
from benchmarks.telegram import Bound, Phone, Seen, declared
from benchmarks.telegram_kill import Outcome, Size, rows, run
from bot.sample.marks import marked
from tests.peers.botapi import BotApi

CHAT = 700_001
CONFIRM = {"inline_keyboard": [[{"text": "确认提交 2 条", "callback_data": "a:1"}]]}


@pytest.fixture(scope="module")
def outcome(year: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    work = tmp_path_factory.mktemp("kill")
    seeded = Path(shutil.copytree(year, work / "year"))
    with marked(seeded):  # a folder without the mark is taken for one of real people
        pass
    return run(Samples(work, seeded), Size(updates=(60, 40), kills=(2, 2)))


def test_every_acknowledged_update_has_its_effect_once(outcome: Outcome):
    assert outcome.updates >= 100
    assert outcome.kills == 4
    assert (outcome.lost, outcome.double) == (0, 0)


def test_every_reply_goes_to_the_chat_that_asked(outcome: Outcome):
    assert outcome.acknowledged >= 50
    assert outcome.misdirected == ()


def test_nothing_else_is_wrong_after_the_kills(outcome: Outcome):
    assert outcome.faults == ()


@pytest.mark.parametrize(
    ("known", "missing_and_again"),
    [({"1": 1, "2": 1}, (0, 0)), ({"1": 1}, (1, 0)), ({"1": 1, "2": 3}, (0, 2)), ({"2": 2}, (1, 1))],
    ids=["as acknowledged", "one is lost", "one thrice", "one lost and one twice"],
)
def test_the_comparison_sees_rows(known: dict[str, int], missing_and_again: tuple[int, int]):
    assert rows(["1", "2"], known) == missing_and_again


def test_no_two_members_are_at_the_same_declaration_and_nobody_makes_one_twice():
    assert len({declared(who, "m", 7) for who in range(53)}) == 53
    assert len({declared(5, "m", number) for number in range(480)}) == 480


def told(draft: dict[str, Any], *replies: dict[str, Any]) -> Seen:
    """What a phone notes when the bot answers its text with the draft, and its press with the replies."""

    async def watch() -> Seen:
        api, seen = BotApi(), Seen()
        await api.control.people([CHAT])
        phone = Phone(api, Bound("m01", CHAT), 0, seen)
        working = asyncio.create_task(phone.work(lambda: len(seen.updates) > 0))
        assert await api.world.arrived.until(lambda: len(api.world.pending) == 1, 5)
        await api.call("sendMessage", {"chat_id": CHAT, **draft}, {}, "http")
        assert await api.world.arrived.until(lambda: len(api.world.pending) == 2, 5)
        for reply in replies:
            await api.call("sendMessage", {"chat_id": CHAT, **reply}, {}, "http")
        await working
        return seen

    return asyncio.run(watch())


def test_a_reply_with_somebody_elses_figures_is_seen_as_misdirected():
    draft = {"text": "请核对\n1. 志愿服务 0.5小时\n2. 学习 1次", "reply_markup": CONFIRM}
    receipt = {"text": "已提交\n1. 志愿服务 0.5小时\n2. 学习 1次"}
    other = {"text": "已提交\n1. 志愿服务 7小时\n2. 学习 1次"}
    seen = told(draft, other, draft, receipt)
    assert seen.acknowledged == [Declared("m01", 0.5, 1)]
    assert len(seen.misdirected) == 1
    assert "志愿服务 7小时" in seen.misdirected[0]
    assert seen.repeated == 1
