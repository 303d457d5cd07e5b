"""Members declare on WeChat and on WeCom while the bot is killed under them; the large version is `make faults`."""

import shutil
from pathlib import Path

import pytest

from benchmarks.declaring import Declared
from benchmarks.process import Samples
from benchmarks.sealing import WECHAT, WECOM, Account
from benchmarks.tencent import Shown, card
from benchmarks.tencent_kill import Outcome, Size, run
from benchmarks.tencent_phones import about, may_confirm
from bot.sample.marks import marked

ACCOUNTS = [pytest.param(WECHAT, id="wechat"), pytest.param(WECOM, id="wecom")]


@pytest.fixture(scope="module", params=ACCOUNTS)
def outcome(request: pytest.FixtureRequest, year: Path, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    account: Account = request.param
    work = tmp_path_factory.mktemp(f"kill-{account.channel}")
    seeded = Path(shutil.copytree(year, work / "year"))
    with marked(seeded):  # a folder without the mark is taken for one of real people
        pass
    return run(account, Samples(work, seeded), Size(messages=100, kills=3))


def test_every_acknowledged_message_has_its_effect_once(outcome: Outcome):
    assert outcome.messages >= 80
    assert outcome.kills == 3
    assert (outcome.lost, outcome.double) == (0, 0)


def test_every_reply_goes_to_who_asked(outcome: Outcome):
    assert outcome.declarations >= 30
    assert outcome.misdirected == ()


def test_nothing_else_is_wrong_after_the_kills(outcome: Outcome):
    assert outcome.faults == ()


WANTED = Declared("m03", 2, 1)
DRAFT = "请核对：2026年11月申报\n1. 志愿服务 2小时，+1 分\n2. 学习 1次，+0.5 分"


@pytest.mark.parametrize(
    ("shown", "speaks", "confirms"),
    [
        (Shown(f"{DRAFT}\nA. 确认提交 2 条（+1.5 分）\nB. 取消"), True, True),
        (Shown(f"{DRAFT}\n【1】确认提交 2 条"), True, True),
        (Shown(DRAFT, (("确认提交 2 条", "k1"), ("取消", "k2"))), True, True),
        (Shown("已提交\n志愿服务 2小时\n学习 1次\n1. 撤销"), True, False),
        (Shown("已提交\n志愿服务 20小时\n学习 1次"), False, False),
        (Shown("已提交\n志愿服务 2小时\n学习 11次"), False, False),
    ],
)
def test_what_a_member_reads_is_told_apart(shown: Shown, speaks: bool, confirms: bool):
    assert (about(shown, WANTED), may_confirm(shown)) == (speaks, confirms)


def test_a_card_is_read_from_json_and_from_xml():
    told = {"main_title": {"title": "请核对"}, "sub_title_text": "学习 1次", "task_id": "t1"}
    json = card({**told, "button_list": [{"text": "确认", "key": "a"}, {"text": "取消", "key": "b"}]}, "c")
    assert json == Shown("请核对\n学习 1次\nt1", (("确认", "a"), ("取消", "b")), "t1", "c")
    xml = {"MainTitle": {"Title": "请核对"}, "SubTitleText": "学习 1次", "ButtonList": {"Text": "确认", "Key": "a"}}
    assert card(xml, "") == Shown("请核对\n学习 1次", (("确认", "a"),))
