"""A plan from the text of its file, or everything that is wrong in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from rules.documents import Document, Fault, Placed, examined, fitted, read
from rules.periods import Calendar
from rules.problems import Problem
from rules.schemes.findings import Finding
from rules.tasks.checking import check
from rules.tasks.plan import Plan

AMONG = frozenset({"plan_after_unknown", "plan_after_broken", "plan_after_circle", "plan_after_shorter"})
"""What follows from several obligations together, and so is not sure while one of them does not read."""
HEAD = {"plan": "?", "title": "?", "version": "?"}


@dataclass(frozen=True, slots=True)
class Judged:
    """A plan's file: what it holds, None when it does not read, and everything that is wrong, by place."""

    found: Plan | None
    wrong: list[Placed]

    @property
    def errors(self) -> list[Placed]:
        """What keeps the file from being used."""
        return [each for each in self.wrong if each.severity == "error"]


def judge(document: Document, today: date, calendar: Calendar) -> Judged:
    """Everything that is wrong in a plan's file, seen from a day."""
    found = examined(document, Plan)
    if isinstance(found, Plan):
        return Judged(found, _in_order(_placed(document, check(found, today, calendar))))
    wrong = [Placed(document.place(fault), fault.path, fault.problem) for fault in found]
    rest = _beside(document.value, found, today, calendar)
    return Judged(None, _in_order([*wrong, *_placed(document, rest)]))


def parse(text: str, today: date, calendar: Calendar) -> Plan | list[Problem]:
    """The plan in a YAML file, or every problem that keeps it from being used; warnings do not."""
    judged = judge(read(text), today, calendar)
    if judged.found is None or judged.errors:
        return told(judged)
    return judged.found


def told(judged: Judged) -> list[Problem]:
    """What keeps a plan from being used, each with its place."""
    return [
        Problem(
            "plan_wrong",
            {
                "line": each.place[0],
                "column": each.place[1],
                "code": each.problem.code,
                "facts": dict(each.problem.facts),
            },
        )
        for each in judged.errors
    ]


def _beside(value: Any, faults: list[Fault], today: date, calendar: Calendar) -> list[Finding]:
    """The contradictions in the obligations that have no fault; something harmless stands in for the others."""
    if any(fault.path == ("obligations",) for fault in faults) or not isinstance(value, dict):
        return []
    broken = {fault.path[1] for fault in faults if len(fault.path) > 1 and fault.path[0] == "obligations"}
    written = value.get("obligations")
    if not isinstance(written, list):
        return []
    stand_ins = [
        {"code": f"?{number}", "name": "?", "every": "month"} if number in broken else each
        for number, each in enumerate(written)
    ]
    plan = fitted({**HEAD, "obligations": stand_ins}, Plan)
    if isinstance(plan, list):
        return []
    unsure = AMONG if broken else frozenset[str]()
    return [each for each in check(plan, today, calendar) if each.severity == "error" and each.code not in unsure]


def _placed(document: Document, findings: Iterable[Finding]) -> list[Placed]:
    return [Placed(document.place_of(each.path), each.path, each.problem, each.severity) for each in findings]


def _in_order(wrong: list[Placed]) -> list[Placed]:
    return sorted(wrong, key=lambda each: each.place)
