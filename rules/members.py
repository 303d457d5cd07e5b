"""People and units as written by hand: words for kinds, classes and roles; what a code or name may be."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rules.problems import Problem

MOST_CODE = 64
MOST_NAME = 100
MOST_UNIT_NAME = 200
CODE = re.compile(r"[\w.\-/]+")
IDENTITY_NUMBER = re.compile(r"\d{17}[\dXx]")
PHONE_NUMBER = re.compile(r"(?:\+?86)?1[3-9]\d{9}")
UNIT_KINDS = ("committee", "grid", "organisation", "branch")
CLASSES = ("full", "probationary")

# what people write → what is stored; the first of each is the word of the template
KIND_WORDS = {
    "工委": "committee",
    "committee": "committee",
    "责任区": "grid",
    "网格": "grid",
    "grid": "grid",
    "机关党委": "organisation",
    "党委": "organisation",
    "党总支": "organisation",
    "总支": "organisation",
    "党组": "organisation",
    "机关": "organisation",
    "organisation": "organisation",
    "organization": "organisation",
    "支部": "branch",
    "党支部": "branch",
    "branch": "branch",
}
CLASS_WORDS = {
    "正式党员": "full",
    "正式": "full",
    "党员": "full",
    "full": "full",
    "预备党员": "probationary",
    "预备": "probationary",
    "probationary": "probationary",
}
ROLE_WORDS = {
    "书记": "secretary",
    "支部书记": "secretary",
    "副书记": "secretary",
    "支部副书记": "secretary",
    "secretary": "secretary",
    "党务干部": "officer",
    "机关党委党务干部": "officer",
    "专干": "officer",
    "officer": "officer",
    "责任区联系人": "grid_lead",
    "联系人": "grid_lead",
    "grid_lead": "grid_lead",
    "指导员": "instructor",
    "instructor": "instructor",
    "工委": "committee",
    "工委干部": "committee",
    "committee": "committee",
    "管理员": "administrator",
    "administrator": "administrator",
}


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit as a line of the typed tree: `line` counts from 1."""

    line: int
    code: str
    kind: str
    name: str
    parent: str


def code_problems(text: str) -> list[Problem]:
    """What keeps a text from being a code."""
    if IDENTITY_NUMBER.fullmatch(text) or PHONE_NUMBER.fullmatch(text):
        return [Problem("code_is_personal")]
    if not text:
        return [Problem("code_missing")]
    if len(text) > MOST_CODE:
        return [Problem("text_too_long", {"length": len(text), "most": MOST_CODE})]
    return [] if CODE.fullmatch(text) else [Problem("code_letters")]


def name_problems(text: str, most: int = MOST_NAME) -> list[Problem]:
    """What keeps a text from being a name."""
    if not text.strip():
        return [Problem("name_missing")]
    if len(text) > most:
        return [Problem("text_too_long", {"length": len(text), "most": most})]
    return [] if text.isprintable() else [Problem("name_control")]


def kind_of(name: str) -> str | None:
    """The kind a unit's name ends with (…第一党支部 → branch), None when it tells none."""
    ending = next((word for word in sorted(KIND_WORDS, key=len, reverse=True) if name.endswith(word)), None)
    return None if ending is None else KIND_WORDS[ending]


def read_tree(text: str, top: str) -> tuple[list[UnitLine], list[tuple[int, Problem]]]:
    """Units typed as lines `code [kind] name`, each indented below its parent; and what is wrong, by line."""
    units: list[UnitLine] = []
    wrong: list[tuple[int, Problem]] = []
    above: list[tuple[int, str]] = []
    codes = {top: 0}
    for number, line in enumerate(text.replace("　", "  ").expandtabs(4).splitlines(), 1):
        if not line.strip():
            continue
        depth = len(line) - len(line.lstrip())
        while above and above[-1][0] >= depth:
            above.pop()
        unit, problems = _unit_line(number, line.split(), above[-1][1] if above else top)
        if unit.code in codes:
            problems.append(Problem("code_twice", {"code_given": unit.code, "other": codes[unit.code]}))
        wrong += [(number, problem) for problem in problems]
        codes.setdefault(unit.code, number)
        above.append((depth, unit.code))
        units.append(unit)
    return units, wrong


def _unit_line(number: int, words: list[str], parent: str) -> tuple[UnitLine, list[Problem]]:
    code, rest = words[0], words[1:]
    given = KIND_WORDS.get(rest[0]) if len(rest) > 1 else None
    name = " ".join(rest[1:] if given else rest)
    kind = given or kind_of(name)
    problems = code_problems(code) + name_problems(name, MOST_UNIT_NAME)
    if kind is None and not problems:
        problems.append(Problem("unit_kind_unclear", {"name": name}))
    return UnitLine(number, code, kind or "branch", name, parent), problems
