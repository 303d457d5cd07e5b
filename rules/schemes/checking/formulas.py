"""Formulas: they read, and every name in them stands for something that is there at that place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rules.expressions import compiled
from rules.problems import Unfit
from rules.schemes.bounds import Formula
from rules.schemes.checking.names import alike
from rules.schemes.checking.outline import Outline, Path, error
from rules.schemes.checking.references import nearest
from rules.schemes.checking.sites import Site, sites_of
from rules.schemes.findings import Finding

ENTRY = ("quantity", "option", "state", "points", "days", "month", "earlier")
PLAIN = ("class", "kind", "total", "base")
FREE = ("subject", "imported")  # what is behind the dot is known only where it is read
LEVELS = ("unit", "children")
QUOTED = r"""["'“”‘’]([^"'“”‘’\n]*)["'“”‘’]"""
IS = r"(?:[=＝]{1,2}|[!！][=＝]|≠)"
GRADE = re.compile(rf"(?<![\w.])(?:previous\.)?grade\s*{IS}\s*{QUOTED}|{QUOTED}\s*{IS}\s*(?:previous\.)?grade\b")
GRADES = re.compile(r"(?<![\w.])(?:previous\.)?grade\s+(?:not\s+)?in\s*[(（]([^)）]*)[)）]")


def found_in(outline: Outline) -> Iterator[Finding]:
    """Empty formulas, formulas that do not read, names that stand for nothing or nothing there, unknown grades."""
    for site in sites_of(outline):
        if isinstance(site.formula, str) and not site.formula.strip():
            yield error(site.path, "scheme_formula_empty")
            continue
        try:
            names = compiled(site.formula).names
        except Unfit as unfit:
            yield Finding(site.path, unfit.problem)
            continue
        for name in names:
            yield from _name(outline, site, name)
        yield from _grades(outline, site)


def names_in(formula: Formula | None) -> tuple[str, ...]:
    """The names in a formula, none in one that does not read."""
    try:
        return () if formula is None else compiled(formula).names
    except Unfit:
        return ()


def reads_entries(formula: Formula | None) -> bool:
    """Whether a formula speaks of an entry, so that it stands only with one."""
    return any(_of_entry(name) for name in names_in(formula))


def _of_entry(name: str) -> bool:
    return name in ENTRY or name.startswith("entry.")


def _name(outline: Outline, site: Site, name: str) -> Iterator[Finding]:
    if _of_entry(name):
        if site.side != "entry":
            yield error(site.path, "scheme_entry_name_here", name=name)
    elif name == "grade":
        if site.side != "grading":
            yield error(site.path, "scheme_grade_name_here", name=name)
    elif not _known(outline, name, site.side):
        yield error(site.path, "scheme_name_unknown", name=name, nearest=_meant(outline, site, name))


def _known(outline: Outline, name: str, side: str) -> bool:
    first, _, rest = name.partition(".")
    if first in LEVELS:
        return bool(rest) and not _of_entry(rest) and (rest == "grade" or _known(outline, rest, side))
    if not rest:
        return name in PLAIN
    return first in FREE or rest in _behind(outline).get(first, ())


def _behind(outline: Outline) -> dict[str, list[str]]:
    """What may stand behind the dot of each first word."""
    criteria = list(outline.scheme.criteria)
    return {
        "node": list(outline.scheme.every_node),
        "count": criteria,
        "sum": criteria,
        "points": criteria,
        "figure": [each.name for each in outline.scheme.passes],
        "previous": ["total", "grade"],
        "streak": list(outline.grade_names),
    }


def _meant(outline: Outline, site: Site, name: str) -> str:
    """The name that was meant, as far as it can be guessed: by the title of what is there, else the most alike."""
    above = ""
    while name.partition(".")[0] in LEVELS and "." in name:
        level, _, name = name.partition(".")
        above += f"{level}."
    first, _, rest = name.partition(".")
    titles = {f"node.{place.code}": place.node.name for place in outline.nodes} | {
        f"{word}.{at.criterion.code}": at.criterion.name
        for at in outline.criteria
        for word in ("count", "sum", "points")
    }
    called = [known for known, title in titles.items() if alike(title) == alike(rest) and known.startswith(f"{first}.")]
    words = [*PLAIN, *(ENTRY if site.side == "entry" else ()), *(["grade"] if site.side == "grading" else [])]
    behind = [f"{word}.{code}" for word, codes in _behind(outline).items() for code in codes]
    near = called[0] if called else nearest(name, [*words, *behind])
    return above + near if near else ""


def _grades(outline: Outline, site: Site) -> Iterator[Finding]:
    text = str(site.formula)
    said = [first or second for first, second in GRADE.findall(text)]
    said += [grade for listed in GRADES.findall(text) for grade in re.findall(QUOTED, listed)]
    yield from (finding for grade in dict.fromkeys(said) for finding in unknown_grade(outline, site.path, grade))


def unknown_grade(outline: Outline, path: Path, grade: str | None) -> Iterator[Finding]:
    """An error when no step of the pipeline gives this grade."""
    if grade is not None and grade not in outline.grade_names:
        near = nearest(grade, outline.grade_names)
        facts = {"grade": grade, "known": "、".join(outline.grade_names), "nearest": near}
        yield error(path, "scheme_grade_unknown", **facts)
