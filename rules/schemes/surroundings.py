"""What the lines above and below a rulebook's table say of the whole: base, bounds, version, grades."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from rules.schemes.amounts import N, plain
from rules.schemes.grades import Grade
from rules.schemes.nodes import Total

BOUNDS: dict[str, re.Pattern[str]] = {
    "base": re.compile(rf"基础分(?:为|:)?({N})分。?"),
    "min": re.compile(rf"总分最低(-?{N})分。?"),
    "max": re.compile(rf"总分最高({N})分。?"),
    "target": re.compile(rf"目标({N})分。?"),
}
BASE_WITHIN = re.compile(rf"基础分(?:为|:)?({N})分")
GRADE = re.compile(rf"([^\d,;。:]{{1,10}}):(-?{N})分(?:及)?以上。?")
VERSION = re.compile(r"版本:?\s*(\S{1,32})")
EMPTY = ("总分", "等次", "类别说明", "一票否决", "不计分、不定等次", "程序", "说明")
"""Headings of `to-xlsx` that say nothing by themselves."""


@dataclass(slots=True)
class Surroundings:
    """What was read; `left` are the rows and texts that were not, or not to their end."""

    bounds: dict[str, Decimal] = field(default_factory=dict)
    grades: list[Grade] = field(default_factory=list)
    version: str = "1"
    left: list[tuple[int, str]] = field(default_factory=list)

    @property
    def total(self) -> Total:
        """Base and bounds as far as they are known."""
        base = self.bounds.get("base", Decimal(0))
        return Total(base, self.bounds.get("min"), self.bounds.get("max"), self.bounds.get("target"))

    @property
    def tiers(self) -> tuple[Grade, ...]:
        """The grades from the highest on."""
        return tuple(sorted(self.grades, key=lambda grade: grade.start, reverse=True))


def read_around(texts: list[tuple[int, str]]) -> Surroundings:
    """What the lines say, each as a whole; of a longer sentence only the base is taken, and the sentence is left."""
    found = Surroundings()
    for row, text in texts:
        if not _read(found, text.strip()):
            found.left.append((row, text))
    return found


def _read(found: Surroundings, text: str) -> bool:
    """Whether a line was read to its end."""
    if version := VERSION.fullmatch(text):
        found.version = version[1]
        return True
    line = plain(text)
    for name, pattern in BOUNDS.items():
        bound = pattern.fullmatch(line)
        if bound is not None and name not in found.bounds:
            found.bounds[name] = Decimal(bound[1])
            return True
    if grade := GRADE.fullmatch(line):
        found.grades.append(Grade(grade[1], Decimal(grade[2])))
        return True
    if (base := BASE_WITHIN.search(line)) and "base" not in found.bounds:
        found.bounds["base"] = Decimal(base[1])
    return text in EMPTY
