"""A figure: one measured number beside its baseline, one JSON line, one row of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import msgspec
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured; `ratio` is value over baseline, `detail` says size and circumstances."""

    name: str
    value: float
    unit: str
    baseline: float | None
    ratio: float | None
    detail: str


def against(name: str, value: float, unit: str, baseline: float, detail: str) -> Figure:
    """A figure with the baseline of the same run; three decimal places are kept."""
    ratio = round(value / baseline, 3) if baseline else None
    return Figure(name, round(value, 3), unit, round(baseline, 3), ratio, detail)


def counted(name: str, value: int, unit: str, detail: str) -> Figure:
    """A figure that has no baseline, since only zero is good."""
    return Figure(name, value, unit, None, None, detail)


def keep(path: Path, figure: Figure) -> None:
    """Adds a figure to a file of JSON lines."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        file.write(msgspec.json.encode(asdict(figure)) + b"\n")


def misses(figures: Sequence[Figure], goals: Mapping[str, float]) -> list[str]:
    """A sentence for each figure above what its goal allows."""
    return [
        f"{each.name} is {each.value:g} {each.unit}, the goal is at most {goals[each.name]:g}: {each.detail}"
        for each in figures
        if each.name in goals and each.value > goals[each.name]
    ]


def table(figures: Sequence[Figure], goals: Mapping[str, float]) -> Table:
    """The figures for people."""
    drawn = Table("figure", "value", "goal", "baseline", "ratio")
    for each in figures:
        goal = f"≤ {goals[each.name]:g}" if each.name in goals else ""
        met = each.name not in goals or each.value <= goals[each.name]
        numbers = ["" if number is None else f"{number:g}" for number in (each.baseline, each.ratio)]
        drawn.add_row(each.name, f"{each.value:g} {each.unit}", goal, *numbers, style=None if met else "red")
    return drawn
