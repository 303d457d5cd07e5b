"""Formulas for tests: the data their names stand for, and what they give."""

from decimal import Decimal

import pytest

from rules.expressions import Answer, compiled
from rules.problems import Problem, Unfit

D = Decimal
DATA: dict[str, Answer] = {
    "quantity": D(5),
    "half": D("0.5"),
    "zero": D(0),
    "state": "late",
    "figure": "10",
    "leader": True,
    "guest": False,
    "huge": D("9E+999999"),
    "tiny": D("-1E-999999"),
    "odd": D("NaN"),
    "odder": D("sNaN"),
    "node.A-1": D(7),
    "node.A": D(9),
    "node.1.2": D(12),
    "count.041": D(3),
    "count.志愿-2": D(4),
    "积分": D(6),
    "children.total": (D(60), None, D(90), D(75)),
    "children.grade": ("A", None, "B", "A"),
    "children.leader": (True, False),
    "children.none": (),
    "children.blank": (None, None),
}


def value(formula: str) -> Answer:
    return compiled(formula).value(DATA.get)


def refusal(formula: str | int | float) -> Problem:
    with pytest.raises(Unfit) as caught:
        compiled(formula)
    return caught.value.problem


def outcome(formula: str) -> Answer | Problem:
    try:
        expression = compiled(formula)
    except Unfit as unfit:
        return unfit.problem
    return expression.value(DATA.get)


def untouched(name: str) -> Answer:
    raise AssertionError(f"{name} was looked up")
