"""The scheme language: a rulebook as one file. `docs/scheme.md` tells it in words; the types are the reference."""

from rules.schemes.bounds import FINEST, MOST_POINTS, Formula, Source, Window, sources_of
from rules.schemes.checking import check
from rules.schemes.criteria import Caps, Credit, Criterion, Dedupe, Factor, Group, Pool, Recorder
from rules.schemes.grades import Effect, Gate, Grade, GradeStep, Quota, Veto
from rules.schemes.needs import beyond_house
from rules.schemes.nodes import AnyOf, Node, Periods, Rounding, Total
from rules.schemes.reading import parse
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
