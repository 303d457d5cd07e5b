"""How a text becomes title and text, and the one day on which a reminder goes out."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.announcements import MOST_TEXT, MOST_TITLE, check, reminder_day, reminder_due, written
from rules.periods import Calendar, weekdays, working_before

LONG = "关于开展年度组织生活会的通知"


@pytest.mark.parametrize(
    ("text", "title", "rest"),
    [
        ("标题", "标题", ""),
        ("标题\n正文", "标题", "正文"),
        ("\n\n  标题  \r\n\r\n\r\n 第一段 \r\n\r\n\r\n第二段\n\n", "标题", "第一段\n\n第二段"),
        (f"{LONG}。{'请' * 60}", LONG, "请" * 60),
        (f"紧急通知：{'请' * 60}\n落款", "紧急通知", "请" * 60 + "\n落款"),
        (f"{'会' * 50}15：00开始。{'请' * 60}", f"{'会' * 50}15：00开始", "请" * 60),
        (f"好吗？{'请' * 60}", "好吗？", "请" * 60),
        ("甲。乙。", "甲。乙。", ""),
        ("", "", ""),
        (" \n \n", "", ""),
    ],
)
def test_the_first_line_is_the_title_and_a_long_one_is_divided_after_its_first_sentence(
    text: str, title: str, rest: str
):
    found = written(text)
    assert (found.title, found.text) == (title, rest)
    assert check(found) == [] or not title


def test_a_long_first_line_without_an_early_end_stays_whole_and_is_refused():
    found = written("长" * 61 + "。短")
    assert found.title == "长" * 61 + "。短"
    assert [(problem.code, problem.facts) for problem in check(found)] == [
        ("title_too_long", {"length": 63, "most": MOST_TITLE})
    ]


@pytest.mark.parametrize(
    ("title", "text", "codes"),
    [
        (MOST_TITLE, MOST_TEXT, []),
        (MOST_TITLE + 1, 0, ["title_too_long"]),
        (1, MOST_TEXT + 1, ["text_too_long"]),
        (MOST_TITLE + 1, MOST_TEXT + 1, ["title_too_long", "text_too_long"]),
        (0, 0, ["text_empty"]),
    ],
)
def test_every_reason_is_given(title: int, text: int, codes: list[str]):
    found = check(written("长" * title + "\n" + "文" * text))
    assert [problem.code for problem in found] == codes


MARKS = "。：；;"


@given(st.text(alphabet=f"字a {MARKS}\n？", max_size=200))
def test_no_word_is_lost(text: str):
    def letters(some: str) -> str:
        return "".join(c for c in some if not c.isspace() and c not in MARKS)

    found = written(text)
    assert letters(found.title + found.text) == letters(text)


def off(*days: date) -> Calendar:
    return Calendar(working=lambda day: day.weekday() < 5 and day not in days, known=lambda year: True)


# 23 November 2026 is a Monday
@pytest.mark.parametrize(
    ("sent", "confirm_by", "calendar", "expected"),
    [
        pytest.param(23, 26, weekdays(), 25, id="the working day before"),
        pytest.param(20, 23, weekdays(), None, id="a Monday's is the Friday of sending: none"),
        pytest.param(19, 23, weekdays(), 20, id="a Monday's is the Friday before"),
        pytest.param(23, 26, off(date(2026, 11, 25)), 24, id="over a holiday"),
        pytest.param(23, 24, weekdays(), None, id="the day before is the day of sending"),
        pytest.param(23, None, weekdays(), None, id="no last day, no reminder"),
    ],
)
def test_the_reminder_falls_on_the_working_day_before_the_last_day(
    sent: int, confirm_by: int | None, calendar: Calendar, expected: int | None
):
    last = None if confirm_by is None else date(2026, 11, confirm_by)
    sent_on = date(2026, 11, sent)
    found = reminder_day(sent_on, last, calendar)
    assert found == (None if expected is None else date(2026, 11, expected))
    due = [day for day in range(sent, 31) if reminder_due(sent_on, last, date(2026, 11, day), calendar)]
    assert due == ([] if expected is None or confirm_by is None else list(range(expected, confirm_by + 1)))


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_the_working_day_before_is_the_nearest(day: date):
    found = working_before(day, weekdays())
    assert found < day
    assert weekdays().working(found)
    assert not any(weekdays().working(found + timedelta(days=n)) for n in range(1, (day - found).days))
