"""When people are told: the hour of a digest, waking hours, what rings at night, and what may be muted."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.notices import DIGEST_AT, GATHER_AT, KINDS
from rules.reminding import (
    AT_NIGHT,
    HOURS,
    LAST_DAYS,
    MATTERS,
    MUTABLE,
    WAKING_FROM,
    Wish,
    at_once,
    hour_of,
    nearest_hour,
    silenced,
    waking,
)

CITY, GRID = Wish("/1/", "工委", "09:00", ("task_due",)), Wish("/1/2/", "责任区", "07:30", ("task_due", "task_still"))
BRANCH, SILENT = Wish("/1/2/3/", "支部", "12:00"), Wish("/1/2/3/", "支部")


@pytest.mark.parametrize(
    ("own", "path", "wishes", "at"),
    [
        ("", "/1/2/3/", [], DIGEST_AT),
        ("", "/1/2/3/", [CITY, GRID, BRANCH], time(12)),
        ("", "/1/2/3/", [CITY, GRID, SILENT], time(7, 30)),
        ("", "/1/4/", [CITY, GRID, BRANCH], time(9)),
        ("", "", [CITY, GRID, BRANCH], DIGEST_AT),
        ("20:30", "/1/2/3/", [CITY, GRID, BRANCH], time(20, 30)),
        ("06:30", "/1/4/", [CITY], time(9)),
        ("08:15", "/1/4/", [], DIGEST_AT),
    ],
)
def test_the_hour_is_one_s_own_else_the_nearest_unit_s_else_the_house_s(own, path, wishes, at):
    assert nearest_hour(own, path, wishes) == at


def test_every_hour_of_a_digest_lies_in_waking_hours_and_after_the_gathering():
    assert (HOURS[0], HOURS[-1], len(HOURS)) == (time(7), time(20, 30), 28)
    assert all(waking(hour) and hour_of(f"{hour:%H:%M}") == hour for hour in HOURS)
    assert GATHER_AT < WAKING_FROM <= DIGEST_AT
    assert DIGEST_AT in HOURS


@given(st.times())
def test_at_night_only_what_somebody_waits_for_rings_and_by_day_everything_urgent(at: time):
    urgent = {kind for kind, once in KINDS.items() if once}
    assert set(at_once(at)) == (urgent if time(7) <= at < time(21) else AT_NIGHT)


def test_the_tables_speak_of_kinds_there_are():
    assert KINDS.keys() >= AT_NIGHT | set(MUTABLE) | MATTERS.keys() | LAST_DAYS.keys()
    assert all(KINDS[kind] for kind in AT_NIGHT)
    assert not any(KINDS[kind] for kind in MUTABLE), "what waits for the digest may be muted, decisions may not"


@pytest.mark.parametrize(
    ("kind", "facts", "muted", "path", "silent"),
    [
        ("declare_reminder", {}, {"declare_reminder"}, "/1/2/3/", True),
        ("declare_reminder", {}, {"task_due"}, "/1/2/3/", False),
        ("task_due", {}, {"task_due"}, "/9/", True),
        ("task_due", {}, {"task_due"}, "/1/2/3/", False),
        ("task_still", {}, {"task_still"}, "/1/2/3/", False),
        ("task_still", {}, {"task_still"}, "/1/4/", True),
        ("task_still", {"compulsory": True}, {"task_still"}, "/1/4/", False),
        ("task_overdue", {}, {"task_overdue"}, "/9/", False),
        ("period_closed", {}, {"period_closed"}, "/9/", False),
    ],
)
def test_a_kind_is_silent_where_it_may_be_and_no_unit_above_nor_the_task_demands_it(kind, facts, muted, path, silent):
    assert silenced(kind, facts, muted, path, [CITY, GRID]) is silent
