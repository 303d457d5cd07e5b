"""A figure: one measured number beside its baseline, one JSON line, one row of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
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


@dataclass(frozen=True, slots=True)
class Goals:
    """What figures may be at most, what they must be at least, and how many times their baseline."""

    most: Mapping[str, float]
    least: Mapping[str, float]
    times: Mapping[str, float] = field(default_factory=dict)

    def of(self, name: str) -> list[tuple[str, str, float]]:
        """The goals of a figure: in words, as a sign, the number."""
        found = [("at most", "≤", self.most[name])] if name in self.most else []
        found += [("at least", "≥", self.least[name])] if name in self.least else []
        return [*found, ("times the baseline at least", "ratio ≥", self.times[name])] if name in self.times else found

    def met(self, figure: Figure) -> bool:
        """Whether a figure keeps its goals; one that has none does."""
        times = figure.ratio is None or figure.ratio >= self.times.get(figure.name, 0.0)
        least, most = self.least.get(figure.name, figure.value), self.most.get(figure.name, figure.value)
        return times and least <= figure.value <= most


def misses(figures: Sequence[Figure], goals: Goals) -> list[str]:
    """A sentence for each figure that misses its goal."""
    return [
        f"{each.name} is {each.value:g} {each.unit}, the goal is {words} {number:g}: {each.detail}"
        for each in figures
        if not goals.met(each)
        for words, _, number in goals.of(each.name)
    ]


def table(figures: Sequence[Figure], goals: Goals) -> Table:
    """The figures for people."""
    drawn = Table("figure", "value", "goal", "baseline", "ratio")
    for each in figures:
        goal = ", ".join(f"{sign} {number:g}" for _, sign, number in goals.of(each.name))
        numbers = ["" if number is None else f"{number:g}" for number in (each.baseline, each.ratio)]
        style = None if goals.met(each) else "red"
        drawn.add_row(each.name, f"{each.value:g} {each.unit}", goal, *numbers, style=style)
    return drawn
