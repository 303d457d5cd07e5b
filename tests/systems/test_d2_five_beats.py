"""D2: five beats of a year, run from the example as it stands, day by day through 2026."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from bot.clock import Clock
from bot.config import Settings
from bot.holidays import CHINA
from bot.opening import EXAMPLES, open_parts
from handlers.tasks.deciding import DecideTask
from handlers.tasks.publishing import PublishedPlan
from handlers.tasks.reminding import RemindTasks
from handlers.tasks.reporting import AddTaskFile, TaskDone
from rules.tasks.kept import kept_plan
from storage import members
from storage.evidence import Filed
from storage.tasks.rows import TaskRow
from tests.flows import issuing
from tests.flows.tasking import Town, living
from tests.flows.town import SINCE, settle

FILE = EXAMPLES / "d2-five-beats" / "tasks.yaml"
TEXT = FILE.read_text("utf-8")
FILED = Filed("photo", "现场.jpg", "image/jpeg", "a" * 64, "evidence/aa/a.jpg", 1)
BEGIN = datetime(2025, 12, 20, 1, 0, tzinfo=UTC)
BRANCHES = ("s1+d1", "s2", "s3", "m41")
AREAS = ("l1", "l2")
BODIES = ("f1", "f2", "f3")
# obligation, period, issued, due, who carries each of its tasks
YEAR: list[tuple[str, str, str, str, tuple[str, ...]]] = [
    ("list", "2026-01", "01-06", "01-26", BRANCHES),  # the 25th is a Sunday
    ("list", "2026-02", "02-05", "02-25", BRANCHES),
    ("dispatch", "2026-T1", "02-13", "02-28", AREAS),  # a Saturday worked for the Spring Festival
    ("supervision", "2026-Q1", "02-18", "03-20", BODIES),
    ("list", "2026-03", "03-05", "03-25", BRANCHES),
    ("list", "2026-04", "04-07", "04-27", BRANCHES),  # the 25th is a Saturday
    ("dispatch", "2026-T2", "04-15", "04-30", AREAS),
    ("list", "2026-05", "05-05", "05-25", BRANCHES),
    ("supervision", "2026-Q2", "05-19", "06-18", BODIES),  # the 20th lies in the Dragon Boat holiday
    ("inspection", "2026-H1", "06-01", "06-30", ("i1",)),
    ("list", "2026-06", "06-05", "06-25", BRANCHES),
    ("dispatch", "2026-T3", "06-15", "06-30", AREAS),
    ("list", "2026-07", "07-07", "07-27", BRANCHES),  # the 25th is a Saturday
    ("list", "2026-08", "08-05", "08-25", BRANCHES),
    ("dispatch", "2026-T4", "08-16", "08-31", AREAS),
    ("supervision", "2026-Q3", "08-21", "09-20", BODIES),  # a Sunday worked for the National Day
    ("list", "2026-09", "09-08", "09-28", BRANCHES),  # the 25th is the Mid-Autumn holiday, a Friday
    ("list", "2026-10", "10-06", "10-26", BRANCHES),  # the 25th is a Sunday
    ("dispatch", "2026-T5", "10-15", "10-30", AREAS),
    ("list", "2026-11", "11-05", "11-25", BRANCHES),
    ("report", "2026", "11-15", "12-15", BODIES),
    ("supervision", "2026-Q4", "11-18", "12-18", BODIES),  # the 20th is a Sunday
    ("inspection", "2026-H2", "12-03", "12-31", ("i1",)),
    ("list", "2026-12", "12-05", "12-25", BRANCHES),
    ("evaluation", "2026", "12-12", "12-22", ("c1",)),  # five working days after the report
    ("dispatch", "2026-T6", "12-16", "12-31", AREAS),
]
LATE = {("list", "2026-03", "s2"): date(2026, 3, 27), ("list", "2026-09", "s3"): date(2026, 10, 13)}
"""What is reported after its due day, and when; all else the day before it."""


class Year:
    """The year as it went: the tasks, the day each was issued on, and who was told of a late one on which day."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.codes = {number: code for code, number in town.members.items()}
        self.issued: dict[int, date] = {}
        self.told: list[tuple[str, str, str, str]] = []

    def live(self) -> None:
        day = date(2026, 1, 1)
        while day.year == 2026:
            self.town.at(day.isoformat())
            self._day(day)
            day += timedelta(days=1)

    def _day(self, day: date) -> None:
        issuing.run(self.town)
        tasks = self.town.tasks()
        self.issued |= {task.id: day for task in tasks if task.id not in self.issued}
        known = len(self.town.notices())
        self.town.do("", RemindTasks())
        for row in self.town.notices()[known:]:
            if row["kind"] in ("task_overdue", "task_escalated"):
                task = self.town.task(row["facts"]["task"])
                self.told.append((f"{day:%m-%d}", task.period, self.codes[row["member_id"]], row["kind"]))
        for task in tasks:
            who = self.carriers(task)[0]
            wanted = LATE.get((task.obligation or "", task.period, who), task.due_on - timedelta(days=1))
            if task.state == "open" and wanted == day:
                self._report(task, who)

    def carriers(self, task: TaskRow) -> list[str]:
        if task.member is not None:
            return [self.codes[task.member]]
        town = self.town
        held = town.parts.database.read(lambda c: members.holders(c, (task.role,), (task.unit,), town.today))
        return [self.codes[each.member] for each in sorted(held[task.unit], key=lambda each: each.deputy_of or 0)]

    def _report(self, task: TaskRow, who: str) -> None:
        terms = next(each for each in kept_plan(TEXT).obligations if each.code == task.obligation).terms
        figure = Decimal(3) if terms.figure else None
        request = AddTaskFile(FILED, task.id, figure, "已办结") if terms.evidence == "required" else None
        self.town.do(who, request or TaskDone(task.id, figure, "已督查"))
        after = self.town.task(task.id)
        if terms.verify == "issuer":
            assert after.state == "reported"
            self.town.do("c1", DecideTask((task.id, after.edition), "verify"))


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Year]:
    """The small house from December 2025, with a secretary in its fourth branch, after the plan has run a five."""
    settings = Settings(data=tmp_path_factory.mktemp("five") / "data")
    parts = open_parts(settings, Clock(lambda: BEGIN))
    parts.database.write(settle)
    parts.close()
    with living(settings, BEGIN) as town:
        holds = {"member_id": town.members["m41"], "role": "secretary", "unit_id": town.units["b4"], "from_on": SINCE}
        town.write(lambda connection: members.insert(connection, members.role, holds))
        answer = issuing.publish(town, TEXT, from_on="2026-01-01")
        assert isinstance(answer, PublishedPlan), answer
        assert (answer.fresh, answer.warnings) == (True, ())
        found = Year(town)
        found.live()
        yield found


def test_exactly_these_tasks_fall_on_these_days_and_on_these_people(five: Year):
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for task in five.town.tasks():
        key = (task.obligation or "", task.period, f"{five.issued[task.id]:%m-%d}", f"{task.due_on:%m-%d}")
        found.setdefault(key, []).append("+".join(five.carriers(task)))
    assert [(*key, tuple(some)) for key, some in found.items()] == YEAR
    assert len(five.town.tasks()) == 48 + 12 + 12 + 2 + 4


def test_every_due_day_is_worked_and_none_of_them_is_issued_twice(five: Year):
    tasks = five.town.tasks()
    assert all(CHINA.working(task.due_on) for task in tasks)
    assert len({task.key for task in tasks}) == len(tasks)
    assert CHINA.known(2026), "the days above are those of the published calendar"


def test_all_is_done_and_two_are_late(five: Year):
    tasks = five.town.tasks()
    assert Counter(task.state for task in tasks) == {"done": 78}
    late = {
        (task.obligation, task.period, five.carriers(task)[0]): task.done_on
        for task in tasks
        if task.done_on is not None and task.done_on > task.due_on
    }
    assert late == LATE


def test_what_is_late_goes_up_step_by_step_on_working_days(five: Year):
    assert five.told == [
        ("03-26", "2026-03", "s2", "task_overdue"),
        ("09-29", "2026-09", "s3", "task_overdue"),
        ("10-08", "2026-09", "f2", "task_escalated"),  # the third day after lies in the National Day holiday
        ("10-08", "2026-09", "l1", "task_escalated"),  # so does the seventh
        ("10-12", "2026-09", "c1", "task_escalated"),
    ]


def test_what_is_due_is_told_before_it_and_nobody_twice_of_one_step(five: Year):
    keys = [row["key"] for row in five.town.notices() if row["key"].startswith("task:")]
    assert len(keys) == len(set(keys))
    names = Counter(key.split(":", 3)[3].rsplit(":", 1)[0] for key in keys)
    assert names["still:1"] == names["still:2"] == 12, "quarterly supervision asks twice whether it goes on"
    assert names["due"] == 2, "all others are done the day before"


def test_the_next_year_goes_on_with_its_first_month(five: Year):
    town = five.town
    town.at("2027-01-05")
    assert issuing.run(town) == 4
    assert {(task.obligation, task.period) for task in town.tasks()[78:]} == {("list", "2027-01")}
