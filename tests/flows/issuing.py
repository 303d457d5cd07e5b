"""Plans published and tasks issued in the small house: what the tests of both share."""

from datetime import date
from typing import Any

from handlers.context import Refused
from handlers.periods import Ran
from handlers.tasks.issuing import IssueTasks
from handlers.tasks.publishing import PublishPlan
from rules.access import OPERATOR
from tests.flows.tasking import Town
from tests.flows.town import HEAD

MEETING = "  - {code: meeting, name: 支部党员大会, every: month, due: {day: 25}, lead: 10}\n"


def publish(town: Town, text: str = HEAD + MEETING, unit: str = "jw", from_on: str = "2026-03-02") -> Any:
    request = PublishPlan(text, town.units[unit], date.fromisoformat(from_on))
    return town.parts.desk.do(OPERATOR, request, town.now)


def by_operator(town: Town, request: Any) -> Any:
    return town.parts.desk.do(OPERATOR, request, town.now)


def run(town: Town) -> int:
    """The job, until it has no more to do; gives how many tasks it issued."""
    done, more = 0, True
    while more:
        ran = town.do("", IssueTasks())
        assert isinstance(ran, Ran)
        done, more = done + ran.done, ran.more
    return done


def obligation(rest: str, code: str = "one") -> str:
    return f"{HEAD}  - {{code: {code}, name: 任务甲, every: month, due: {{day: 25}}, lead: 10, {rest}}}\n"


def codes(answer: Any) -> list[str]:
    assert isinstance(answer, Refused), answer
    return [problem.code for problem in answer.problems]


def told(town: Town) -> set[tuple[int, str]]:
    who = {number: code for code, number in town.members.items()}
    return {(row["facts"]["task"], who[row["member_id"]]) for row in town.notices(kind="task_issued")}
