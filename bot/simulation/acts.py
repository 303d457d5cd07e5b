"""What people of the invented city do: report, ask for more time, verify, return, waive; drawn from the seed alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from bot.simulation.city import City
from handlers.context import Refused
from handlers.tasks.deciding import DecideTask, ForVerification, Reports, ShowReports, VerifyAll
from handlers.tasks.many import DecideTasks
from handlers.tasks.reporting import TaskDone
from handlers.tasks.wanting import WantMoreTime
from rules.tasks.states import LIVE
from storage.tasks.rows import TaskRow

Do = Callable[[int, Any], Any]
"""A member does a request; raises Broken when it is refused."""
FATES = ("report", "late", "more_time", "waive", "never")
SHARES = (83, 8, 4, 3, 2)
RETURNED = 0.04


class Broken(RuntimeError):
    """Something that must hold in the simulation does not; its words say what."""


class Agenda:
    """Which day whom is to do what about which task; drawn when the task is issued."""

    def __init__(self, city: City, chance: Random) -> None:
        self._city = city
        self._chance = chance
        self._days: dict[date, list[tuple[str, TaskRow]]] = {}

    def plan(self, tasks: list[TaskRow], today: date) -> None:
        """Draws what becomes of each new task."""
        for task in tasks:
            fate = self._chance.choices(FATES, SHARES)[0]
            ahead = max(1, (task.due_on - today).days)
            if fate == "late":
                day = task.due_on + timedelta(days=self._chance.randint(1, 25))
            else:
                day = today + timedelta(days=self._chance.randint(1, ahead))
            if fate != "never":
                self._put(day, "report" if fate == "late" else fate, task)

    def _put(self, day: date, act: str, task: TaskRow) -> None:
        self._days.setdefault(day, []).append((act, task))

    def people(self, do: Do, today: date) -> None:
        """What carriers do today and since the last working day; what the committee waives it waives in one request."""
        waived = []
        due = sorted(day for day in self._days if day <= today)
        for act, task in [each for day in due for each in self._days.pop(day)]:
            carrier = self._city.holders[task.unit, task.role]
            if act == "waive":
                waived.append(task)
            elif act == "more_time":
                until = max(task.due_on, today) + timedelta(days=7)
                do(carrier, WantMoreTime(task.id, until, "材料还在核对，请延期一周"))
                self._put(until - timedelta(days=1), "report", task)
            else:
                do(carrier, TaskDone(task.id, text="已按要求完成"))
        if waived:
            pins = tuple((task.id, task.edition) for task in waived)
            do(self._city.official, DecideTasks(waived[0].id, "waive", pins, "all", reason="工作调整，本期免除"))

    def committee(self, do: Do, today: date) -> None:
        """Verifies all that waits except what is drawn; those are returned, and more time is given as asked."""
        shown = do(self._city.official, ShowReports())
        if not isinstance(shown, Reports) or not shown.pins:
            return
        but = tuple(n for n in range(1, len(shown.pins) + 1) if self._chance.random() < RETURNED)
        answer = do(self._city.official, VerifyAll(shown.pins, but))
        while isinstance(answer, ForVerification):
            task, rest = answer.task.task, answer.rest
            if task.state in LIVE:
                until = "" if task.wanted_on is None else task.wanted_on.isoformat()
                request = DecideTask((task.id, task.edition), "extend", rest, until=until)
            else:
                request = DecideTask((task.id, task.edition), "return", rest, reason="请补充完成情况的数字")
                self._put(today + timedelta(days=self._chance.randint(2, 5)), "report", task)
            answer = do(self._city.official, request)


def accepted(answer: Any) -> Any:
    """An answer that is no refusal."""
    if isinstance(answer, Refused):
        raise Broken(", ".join(each.code for each in answer.problems))
    return answer
