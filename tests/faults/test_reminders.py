"""Reminders while the clock jumps and the house starts anew; and that the judge would see a fault."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from benchmarks.reminders import TERMS, History, history, make
from benchmarks.reminders_due import SECRETARIES, START, Known, expected
from scheduler.jobs import JOBS, Job


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("reminders") / "zhibu.db"
    make(path)
    return path


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_missed_and_nothing_told_twice(template: Path, seed: int):
    found = history(template, seed)
    assert (found.missed, found.double) == (0, 0)
    assert found.told > 50


def test_the_judge_sees_what_a_house_that_never_looks_misses(template: Path, monkeypatch: pytest.MonkeyPatch):
    def none(*_given: object) -> list[Job]:
        return [job for job in JOBS if job.name == "digest"]

    monkeypatch.setattr("benchmarks.reminders.due", none)
    assert history(template, 1).missed > 50


def test_the_judge_sees_what_is_told_twice(template: Path, monkeypatch: pytest.MonkeyPatch):
    note = History._note

    def again(self: History, day: date) -> None:
        note(self, day)
        self.seen = 0

    monkeypatch.setattr(History, "_note", again)
    assert history(template, 1).double > 50


def test_the_judge_expects_of_each_hearer_the_last_that_has_come():
    known = {1: Known(3, SECRETARIES[3], TERMS[0], START.date(), date(2026, 3, 11))}
    told = {day: expected(known, date(2026, 3, 2) + timedelta(days=day)) for day in (3, 9, 15)}
    assert told[3] == set()
    assert told[9] == {(3, 1, "2026-03-11", "due")}
    assert {(who, step) for who, _, _, step in told[15]} == {(3, "late:1:1:self"), (1, "late:5:1:officer")}
