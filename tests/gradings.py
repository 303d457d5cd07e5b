"""Schemes, subjects and facts for tests of the grade pipeline."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from rules.expressions import Answer
from rules.grading import Graded, Standing, graded
from rules.schemes import Grade, GradeStep, Quota, Scheme
from rules.schemes.grades import Level
from rules.scoring.facts import Facts, Past, Subject

DAY = date(2026, 12, 31)
USUAL = {"优秀": 90, "合格": 80, "基本合格": 60, "不合格": 0}


def tiers(tiers: Mapping[str, Any] = USUAL, classes: tuple[str, ...] = ()) -> GradeStep:
    return GradeStep(thresholds=tuple(Grade(name, Decimal(start)) for name, start in tiers.items()), classes=classes)


def levels(**tests: str) -> GradeStep:
    return GradeStep(levels=tuple(Level(name, when) for name, when in tests.items()))


def scheme(*steps: GradeStep) -> Scheme:
    return Scheme("s", "1", "s", (), grading=steps)


def standing(total: Any, graded: bool = True, subject: Subject | None = None, **names: Any) -> Standing:
    """Names with two underscores for the dot; plain whole numbers become decimals."""
    known: dict[str, Answer] = {
        name.replace("__", "."): Decimal(answer) if type(answer) is int else answer for name, answer in names.items()
    }
    return Standing(subject or Subject(1), Decimal(str(total)), graded, known.get)


def past(*grades: str | None) -> Subject:
    return Subject(1, past=tuple(Past(Decimal(0), grade) for grade in grades))


def facts(**given: Any) -> Facts:
    return Facts(DAY, {}, **given)


def one(steps: list[GradeStep], subject: Standing, **given: Any) -> Graded:
    return many(steps, {1: subject}, **given)[1]


def many(steps: list[GradeStep], people: Mapping[Any, Standing], **given: Any) -> dict[Any, Graded]:
    return dict(graded(scheme(*steps), people, facts(**given)))


def grades(results: Mapping[Any, Graded]) -> dict[Any, str | None]:
    return {id: result.grade for id, result in results.items()}


TWO = tiers({"优秀": 90, "合格": 0})


def quota(*names: str, **terms: Any) -> GradeStep:
    if "within" in terms:
        terms["within"] = Decimal(terms["within"])
    return GradeStep(quota=Quota(names or ("优秀",), **terms))


def people(*totals: Any, **names: Any) -> dict[int, Standing]:
    """Numbered from 1."""
    return {number: standing(total, **names) for number, total in enumerate(totals, 1)}


def with_grade(results: dict[Any, Graded], *names: str) -> set[Any]:
    return {id for id, grade in grades(results).items() if grade in (names or ("优秀",))}
