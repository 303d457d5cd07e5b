"""A plan from the text of its file, or every problem that keeps it from being used."""

from __future__ import annotations

from rules.problems import Problem
from rules.tasks.kept import kept_plan
from rules.tasks.plan import Plan


def parse(text: str) -> Plan | list[Problem]:
    """The plan in a YAML file."""
    try:
        return kept_plan(text)
    except ValueError as error:
        return [Problem("plan_unreadable", {"told": str(error)})]
