"""The notice about personal data comes first: nothing is handled before it, nothing is lost by it, and it is proven."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from bot.app import build
from bot.clock import Clock
from bot.commands import COMMANDS
from bot.config import Settings
from bot.opening import Parts, open_parts
from storage import audit, members
from storage.acknowledgements import Proof, proofs_of
from storage.declarations import line
from storage.inbox import inbox
from tests.flows.people import People
from tests.flows.test_evidence import photo
from tests.houses import START, Place, looking, on_both
from tests.notices import ENGLISH, put_notice

TITLE = "个人信息处理告知书"
DECLARED = "申报 志愿服务 2"


@contextmanager
def opened(folder: Path, version: str = "2026-11", english: str = "") -> Iterator[People]:
    """The house of a year with a notice."""
    put_notice(folder, version, english)
    parts = open_parts(Settings(data=folder), Clock(lambda: START))
    with TestClient(build(parts, demo=True)) as client:
        yield People(client, parts)


def proofs(people: People, code: str) -> list[Proof]:
    def found(connection: sa.Connection) -> list[Proof]:
        member = members.member_by_code(connection, code)
        assert member is not None
        return proofs_of(connection, member)

    return people.parts.database.read(found)


def lines_of(parts: Parts, code: str) -> int:
    """How many lines a member has drafted or declared this month."""
    with looking(parts) as connection:
        member = members.member_by_code(connection, code)
        query = sa.select(sa.func.count()).where(line.c.member_id == member, line.c.period == "2026-11")
        return int(connection.execute(query).scalar_one())


def kept(parts: Parts, words: str) -> int:
    """How many messages in the inbox hold some words."""
    with looking(parts) as connection:
        said = connection.execute(sa.select(sa.cast(inbox.c.said, sa.Text))).scalars()
        return sum(words in str(each) for each in said)


def test_the_first_word_is_answered_by_the_notice_and_nothing_is_done(folder: Path):
    with opened(folder) as people:
        member, before = people["m03"], lines_of(people.parts, "m03")
        member.say(DECLARED)
        assert member.screens[0]["title"] == TITLE
        assert "· 您的姓名、申报和积分。" in member.screens[0]["lines"]
        assert member.labels == ["我已阅读", "不同意"]
        assert lines_of(people.parts, "m03") == before
        (proof,) = proofs(people, "m03")
        assert (proof.version, proof.channel, proof.acknowledged_at) == ("2026-11", "webchat", None)


@pytest.mark.parametrize("answer", ["我已阅读", "同意", "1", "\uff11", "一", "A", "I have read it"])
def test_one_tap_or_word_and_the_message_is_handled_as_it_was_written(folder: Path, answer: str):
    with opened(folder) as people:
        member, before = people["m03"], lines_of(people.parts, "m03")
        member.say(DECLARED)
        if answer == "我已阅读":
            member.tap(answer)
        else:
            member.say(answer)
        assert "志愿服务" in member.text
        assert lines_of(people.parts, "m03") == before + 1
        (proof,) = proofs(people, "m03")
        assert proof.acknowledged_at == START
        member.say("我的积分")
        assert member.screens[0]["title"] != TITLE


def test_no_word_and_no_button_gets_past_it(folder: Path):
    with opened(folder) as people:
        people["m01"].say("首页")
        people["m01"].tap("我已阅读")
        labels = list(people["m01"].labels)
        assert labels
    with opened(folder, "2027-01") as people:
        secretary, parts = people["m01"], people.parts
        before = {code: lines_of(parts, code) for code in ("m01", "m03")}
        deeds = parts.database.read(audit.count)
        for text in (
            *(word for some, _ in COMMANDS for word in some),
            DECLARED,
            "全部通过 除 2",
            "公告 大家好",
            "撤销",
            "123456",
            "我 已 阅 读 吗",
            "2次",
        ):
            secretary.say(text)
            assert secretary.screens[0]["title"] == TITLE, text
        assert {code: lines_of(parts, code) for code in before} == before
        assert parts.database.read(audit.count) == deeds


@on_both
def test_it_is_the_same_on_both_databases(place: Place):
    put_notice(place.folder)
    parts = open_parts(place.settings(), Clock(lambda: START))
    with TestClient(build(parts, demo=True)) as client:
        people = People(client, parts)
        member, before = people["m03"], lines_of(parts, "m03")
        member.say(DECLARED)
        assert (member.screens[0]["title"], lines_of(parts, "m03")) == (TITLE, before)
        member.tap("我已阅读")
        assert lines_of(parts, "m03") == before + 1
        people["m05"].say(DECLARED)
        people["m05"].tap("不同意")
        assert kept(parts, "志愿服务 2") == 1


def test_it_is_asked_once_and_again_once_when_the_version_changes(folder: Path):
    with opened(folder) as people:
        people["m03"].say("首页")
        people["m03"].tap("我已阅读")
        assert people["m03"].screens[0]["title"] != TITLE
    with opened(folder) as people:
        people["m03"].say("首页")
        assert people["m03"].screens[0]["title"] != TITLE
    with opened(folder, "2027-01") as people:
        people["m03"].say("首页")
        assert people["m03"].screens[0]["title"] == TITLE
        people["m03"].tap("我已阅读")
        people["m03"].say("首页")
        assert people["m03"].screens[0]["title"] != TITLE
        assert [proof.version for proof in proofs(people, "m03")] == ["2026-11", "2027-01"]
        assert all(proof.acknowledged_at for proof in proofs(people, "m03"))


def test_a_question_and_a_button_that_were_there_go_on_after_a_new_version(folder: Path):
    with opened(folder) as people:
        member = people["m03"]
        member.say("首页")
        member.tap("我已阅读")
        member.say("申报 志愿服务")
        screens = member.screens
        label = member.labels[0]
    with opened(folder, "2027-01") as people:
        member = people["m03"]
        member.post(token=member.token(label, screens))
        assert member.screens[0]["title"] == TITLE
        member.tap("我已阅读")
        assert "旧按钮" not in member.text
        assert member.screens[0]["title"] != TITLE


def test_all_that_was_written_meanwhile_is_handled_in_its_order(folder: Path):
    with opened(folder) as people:
        member, before = people["m03"], lines_of(people.parts, "m03")
        for text in (DECLARED, "申报 学习 1", "我的积分"):
            member.say(text)
            assert member.screens[0]["title"] == TITLE
        member.tap("我已阅读")
        assert lines_of(people.parts, "m03") == before + 2
        assert len(member.screens) >= 3
        assert [bool(screen["choices"]) for screen in member.screens][:2] == [False, False]
        assert member.labels, "only the last answer has buttons"


def test_a_photo_sent_first_becomes_evidence_after_the_tap(folder: Path):
    with opened(folder) as people:
        member = people["m03"]
        member.say(DECLARED)
        member.tap("我已阅读")
    with opened(folder, "2027-01") as people:
        member = people["m03"]
        member.send("photo.jpg", photo())
        assert member.screens[0]["title"] == TITLE
        member.tap("我已阅读")
        assert "佐证" in member.text


def test_who_declines_is_told_how_to_declare_on_paper_and_nothing_is_kept(folder: Path):
    with opened(folder) as people:
        member, before = people["m03"], lines_of(people.parts, "m03")
        member.say(DECLARED)
        member.tap("不同意")
        assert "书面申报" in member.text
        member.say("申报 学习 3")
        assert member.screens[0]["title"] == "您选择了不同意"
        assert lines_of(people.parts, "m03") == before
        assert (kept(people.parts, "志愿服务 2"), kept(people.parts, "学习 3")) == (0, 0)
        (proof,) = proofs(people, "m03")
        assert (proof.acknowledged_at, proof.declined_at) == (None, START)
        member.tap("重新阅读告知书")
        assert member.screens[0]["title"] == TITLE
        member.tap("我已阅读")
        assert "您好" in member.text or member.labels
        (proof,) = proofs(people, "m03")
        assert (proof.acknowledged_at, proof.declined_at) == (START, None)


def test_the_same_message_again_gives_the_same_reply_and_is_done_once(folder: Path):
    with opened(folder) as people:
        member, before = people["m03"], lines_of(people.parts, "m03")
        first = member.say(DECLARED, id="one")
        assert member.say(DECLARED, id="one") == first
        token = member.token("我已阅读")
        done = member.post(token=token, id="two")
        assert member.post(token=token, id="two") == done
        assert lines_of(people.parts, "m03") == before + 1
        member.post(token=token, id="three")
        assert lines_of(people.parts, "m03") == before + 1


def test_who_reads_english_gets_the_english_words(folder: Path):
    with opened(folder, english=ENGLISH) as people:

        def prefer(connection: sa.Connection) -> None:
            connection.execute(sa.update(members.member).where(members.member.c.code == "m03").values(locale="en"))

        people.parts.database.write(prefer)
        people["m03"].say("home")
        assert people["m03"].screens[0]["title"] == "Your personal data"
        assert people["m03"].labels == ["I have read it", "I do not agree"]


def test_the_whole_text_is_a_page_for_everybody(folder: Path):
    with opened(folder) as people:
        people["m03"].say("首页")
        assert people["m03"].screens[0]["link"].endswith("/notice")
        page = people.client.get("/notice")
        assert page.status_code == 200
        assert "测试单位，联系人：王老师。" in page.text


def test_a_house_without_a_notice_asks_nobody(people: People):
    people["m03"].say("首页")
    assert people["m03"].screens[0]["title"] != TITLE
    assert people.client.get("/notice").status_code == 404
