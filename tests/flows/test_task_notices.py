"""Notices of tasks as messages: one in full, many as one list; in both languages."""

from datetime import UTC, datetime
from typing import Any

import pytest

from rules.access import SYSTEM
from screens.notices import message
from screens.screen import Screen
from screens.texts import words
from storage.outbox import NoticeRow
from tests.flows.tasking import Town

AT = datetime(2026, 3, 2, tzinfo=UTC)


def notice(kind: str, task: int = 1, left: int = 3, **more: Any) -> NoticeRow:
    facts = {"task": task, "title": f"任务{task}", "unit": "第一党支部", "due": f"2026-03-{5 + left:02d}", "left": left}
    return NoticeRow(task, 1, kind, facts | more, AT)


def told(*rows: NoticeRow, locale: str = "zh_CN") -> Screen:
    return message(words(locale), rows)


def labels(screen: Screen) -> list[str]:
    return [choice.label for choice in screen.choices]


@pytest.mark.parametrize(
    ("kind", "left", "title", "line", "choices"),
    [
        ("task_issued", 3, "新任务：任务1", "3月8日截止；还有 3 天", ["查看：任务1", "完成：任务1", "我的任务"]),
        ("task_due", 0, "任务将到期：任务1", "3月5日截止；今天截止", ["完成：任务1", "我的任务"]),
        ("task_overdue", -2, "任务已逾期：任务1", "3月3日截止；已逾期 2 天", ["完成：任务1", "我的任务"]),
        (
            "task_still",
            9,
            "还在办理吗？任务1",
            "3月14日截止；还有 9 天",
            ["仍在办理：任务1", "完成：任务1", "需要协助：任务1", "我的任务"],
        ),
    ],
)
def test_one_is_told_in_full_with_what_can_be_done(kind: str, left: int, title: str, line: str, choices: list[str]):
    screen = told(notice(kind, left=left))
    assert (screen.title, screen.lines, labels(screen)) == (title, ("第一党支部", line), choices)


def test_several_kinds_are_one_matter_by_due_date_and_a_task_is_told_once():
    screen = told(
        notice("task_issued", 1, 9),
        notice("task_due", 2, 0),
        notice("task_overdue", 3, -1),
        notice("task_issued", 2, 0),
    )
    assert screen.title == "您有 3 项任务待办"
    assert screen.lines == ("任务3；已逾期 1 天", "任务2；今天截止", "任务1；还有 9 天；新任务")
    assert labels(screen) == ["我的任务"]


def test_only_new_ones_are_told_as_new():
    screen = told(notice("task_issued", 1, 9), notice("task_issued", 2, 4))
    assert screen.title == "新交办任务 2 项"
    assert screen.lines == ("任务2；还有 4 天", "任务1；还有 9 天")


def test_units_are_said_when_there_is_more_than_one():
    screen = told(notice("task_due", 1), notice("task_due", 2, unit="第二党支部"))
    assert screen.lines == ("任务1；第一党支部；还有 3 天", "任务2；第二党支部；还有 3 天")


def test_at_most_ten_lines_and_how_many_more():
    screen = told(*(notice("task_due", number) for number in range(1, 24)))
    assert screen.title == "您有 23 项任务待办"
    assert len(screen.lines) == 11
    assert screen.lines[-1] == "另有 13 项"


def test_officers_read_who_is_late_with_what():
    late = [notice("task_escalated", number, -number, who="沈书记") for number in (1, 2)]
    screen = told(*late)
    assert screen.title == "您分管的 2 项任务已逾期"
    assert screen.lines == ("第一党支部 沈书记；任务2；已逾期 2 天", "第一党支部 沈书记；任务1；已逾期 1 天")
    assert labels(told(notice("task_escalated", 1, -3))) == ["查看：任务1"]


def test_ones_own_and_those_in_ones_charge_are_two_matters_of_a_digest():
    screen = told(notice("task_due", 1), notice("task_escalated", 2, -4), notice("task_due", 3))
    assert screen.title == "今日汇总：2 项"
    assert screen.lines == (
        "1. 您有 2 项任务待办",
        "任务1；还有 3 天",
        "任务3；还有 3 天",
        "2. 您分管的 1 项任务已逾期",
        "第一党支部；任务2；已逾期 4 天",
    )


@pytest.mark.parametrize("kind", ["task_issued", "task_due", "task_overdue", "task_still", "task_escalated"])
def test_every_kind_has_its_english(kind: str):
    plain: dict[str, Any] = {"title": "Minutes", "unit": "First branch"}
    for rows in ([notice(kind, **plain)], [notice(kind, number, **plain) for number in range(1, 13)]):
        screen = told(*rows, locale="en")
        assert all(text.isascii() for text in (screen.title, *screen.lines, *labels(screen)))


@pytest.mark.parametrize(
    ("label", "became"),
    [
        ("仍在办理", ("open", "doing")),
        ("完成", ("reported", "")),
        ("需要协助", ("open", "")),
        ("我的任务", ("open", "")),
    ],
)
def test_buttons_of_a_digest_do_what_they_say(town: Town, label: str, became: tuple[str, str]):
    task, person = town.give("b1"), town.people["s1"]
    facts = {"task": task.id, "title": task.title, "unit": task.unit_name, "due": "2026-03-20", "left": 17}
    desk = town.parts.desk
    member = town.members["s1"]
    town.people.clock("2026-03-03T07:00")  # after it was looked up what stands today
    town.write(lambda connection: desk.context(connection, SYSTEM, town.now).tell(member, "task_still", "still", facts))
    town.people.clock("2026-03-03T10:00")
    digest = next(item for item in person.inbox() if any("仍在办理" in each["label"] for each in item["choices"]))
    person.post(token=person.token(label, [digest]))
    now = town.task(task.id)
    assert (now.state, now.stance) == became
    assert task.title in person.screens[0]["title"]
