"""The scheme language: a rulebook as one file. `docs/scheme.md` tells it in words; the types are the reference.

What checks a scheme is imported when something is checked: a house that only runs does not need it.
"""

from __future__ import annotations

from rules.problems import Problem
from rules.schemes.bounds import FINEST, MOST_POINTS, Formula, Source, Window, sources_of
from rules.schemes.criteria import Caps, Credit, Criterion, Dedupe, Factor, Group, Pool, Recorder
from rules.schemes.findings import Finding
from rules.schemes.grades import Effect, Gate, Grade, GradeStep, Quota, Veto
from rules.schemes.nodes import AnyOf, Node, Periods, Rounding, Total
from rules.schemes.scheme import Months, Overlay, Scheme
from rules.schemes.subjects import Cycle, Exemption, Pass, Subjects, Visibility
from rules.schemes.values import ATTENDANCE, Attendance, Value

__all__ = [
    "ATTENDANCE",
    "FINEST",
    "MOST_POINTS",
    "AnyOf",
    "Attendance",
    "Caps",
    "Credit",
    "Criterion",
    "Cycle",
    "Dedupe",
    "Effect",
    "Exemption",
    "Factor",
    "Formula",
    "Gate",
    "Grade",
    "GradeStep",
    "Group",
    "Months",
    "Node",
    "Overlay",
    "Pass",
    "Periods",
    "Pool",
    "Quota",
    "Recorder",
    "Rounding",
    "Scheme",
    "Source",
    "Subjects",
    "Total",
    "Value",
    "Veto",
    "Visibility",
    "Window",
    "beyond_house",
    "check",
    "parse",
    "sources_of",
]


def parse(text: bytes | str) -> Scheme | list[Problem]:
    """The scheme in a YAML file, or every problem that keeps it from being used; warnings do not."""
    from rules.schemes.reading import parse as parsed

    return parsed(text)


def check(scheme: Scheme) -> list[Finding]:
    """Every error and warning in a scheme that reads."""
    from rules.schemes.checking import check as checked

    return checked(scheme)


def beyond_house(scheme: Scheme) -> list[Problem]:
    """Why a running house cannot score by a scheme yet."""
    from rules.schemes.needs import beyond_house as beyond

    return beyond(scheme)
