"""Figures that are reported: within the bounds that were set, with at most two decimals."""

from __future__ import annotations

from decimal import Decimal

from rules.problems import Problem
from rules.tasks.plan import Figure

MOST = Decimal(10) ** 12
HUNDREDTH = Decimal("0.01")


def check_figure(figure: Figure, value: Decimal) -> list[Problem]:
    """Whether a figure can be taken."""
    facts = {"name": figure.name, "unit": figure.unit}
    if not value.is_finite() or abs(value) > MOST or value % HUNDREDTH:
        return [Problem("task_figure_unclear", facts)]
    if figure.least is not None and value < figure.least:
        return [Problem("task_figure_low", {**facts, "least": str(figure.least)})]
    if figure.most is not None and value > figure.most:
        return [Problem("task_figure_high", {**facts, "most": str(figure.most)})]
    return []
