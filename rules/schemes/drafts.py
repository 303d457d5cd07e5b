"""A draft scheme from the table of a rulebook: what was understood, and row by row what somebody must settle."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from rules.problems import Problem, Unfit
from rules.schemes.amounts import LONGEST, N, plain
from rules.schemes.criteria import Caps, Criterion
from rules.schemes.nodes import Node
from rules.schemes.scheme import Scheme
from rules.schemes.sheets import Line, Table
from rules.schemes.standards import Standard, standards_of
from rules.schemes.surroundings import read_around

ENUMERATED = re.compile(
    r"^(?:第?[一二三四五六七八九十]+(?:部分|[、.])|[（(][一二三四五六七八九十\d]+[）)]|\d+[.、．]|[①-⑳])\s*"  # noqa: RUF001
)
BOUNDS = re.compile(r"[（(]([^（()）]*\d[^（()）]*)[）)]")
BOUND = re.compile(rf"(起始|满分|最高|最多|不超过|上限|共|合计|总分|最少|最低)?(?:为|:)?(-?{N})分(?:起扣)?")
LONGEST_NAME = 20
LONGEST_CODE = 32
SETTLE = ("draft_unread", "draft_no_value", "draft_around")
"""Findings that somebody must settle; all others say how something was taken, to be looked at."""


class Finding(NamedTuple):
    """Something about a row of the worksheet; `code` is the criterion or category it is told with, "" the file."""

    row: int
    code: str
    problem: Problem

    @property
    def settles(self) -> bool:
        """Whether somebody must settle it."""
        return self.problem.code in SETTLE


@dataclass(frozen=True, slots=True)
class Draft:
    """A scheme as far as the table tells it; `rows` are those of the table, `open_rows` those to settle."""

    scheme: Scheme
    findings: tuple[Finding, ...]
    rows: int

    @property
    def open_rows(self) -> list[int]:
        """The rows of the worksheet that somebody must settle, in order."""
        return sorted({finding.row for finding in self.findings if finding.settles})


@dataclass(slots=True)
class _Category:
    code: str
    name: str
    bounds: dict[str, Decimal]
    about: str = ""
    criteria: list[Criterion] = field(default_factory=list)
    inner: dict[str, _Category] = field(default_factory=dict)

    def node(self) -> Node:
        """The category with all it holds."""
        inner = tuple(each.node() for each in self.inner.values())
        bounds: Any = self.bounds
        return Node(self.code, self.name, tuple(self.criteria), inner, self.about, **bounds)


def draft(table: Table, title: str) -> Draft:
    """The draft of a table; raises Unfit when it has no row."""
    if not table.lines:
        raise Unfit("rulebook_no_rows")
    codes = _codes_of(table.lines)
    maker = _Maker(codes, frozenset(codes.values()))
    for line in table.lines:
        maker.take(line)
    around = read_around(table.around)
    for row, text in [*around.left, *table.sums]:
        maker.findings.append(Finding(row, "", Problem("draft_around", {"text": text})))
    nodes = tuple(each.node() for each in maker.outer.values())
    scheme = Scheme(
        "draft", around.version, _title(table.title or title), nodes, total=around.total, grades=around.tiers
    )
    return Draft(scheme, tuple(sorted(maker.findings, key=lambda each: each.row)), len(table.lines))


def notes_of(findings: tuple[Finding, ...]) -> Mapping[str, list[Finding]]:
    """Findings by the code they are told with."""
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.code, []).append(finding)
    return found


def _title(text: str) -> str:
    return " ".join(text.split())


def _codes_of(lines: list[Line]) -> dict[int, str]:
    """The codes of a column of codes, where every row has one of its own; bare numbers are none."""
    codes = {line.number: line["code"].strip() for line in lines}
    sound = all(0 < len(code) <= LONGEST_CODE and not code.isdigit() and code.isprintable() for code in codes.values())
    return codes if sound and len(set(codes.values())) == len(codes) else {}


@dataclass(slots=True)
class _Maker:
    codes: dict[int, str]
    kept: frozenset[str]
    outer: dict[str, _Category] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)

    def take(self, line: Line) -> None:
        """Puts the criteria of a row into its category."""
        category = self._category(line.path or ("未分类",))
        for number, standard in enumerate(standards_of(line)):
            code = self._code(line, category, number)
            name = self._name(line, standard, code)
            category.criteria.append(_criterion(line, standard, code, name))
            if standard.full:
                category.bounds["full"] = category.bounds.get("full", Decimal(0)) + standard.full
            self.findings += [Finding(line.number, code, problem) for problem in standard.problems]

    def _category(self, path: tuple[str, ...]) -> _Category:
        inner, found = self.outer, None
        for text in path:
            if text not in inner:
                name, bounds = _bounded(text)
                code = self._fresh(_letters(len(self.outer)) if found is None else f"{found.code}-{len(inner) + 1}")
                inner[text] = _Category(code, name, bounds)
            found = inner[text]
            inner = found.inner
        assert found is not None
        return found

    def _code(self, line: Line, category: _Category, number: int) -> str:
        given = self.codes.get(line.number)
        if given is not None and number == 0 and given not in self.taken:
            self.taken.add(given)
            return given
        letter = category.code.split("-")[0]
        self.counts[letter] += 1
        return self._fresh(f"{letter}{self.counts[letter]:02d}")

    def _fresh(self, wished: str) -> str:
        code, number = wished, 1
        while code in self.taken or code in self.kept:
            number += 1
            code = f"{wished}-{number}"
        self.taken.add(code)
        return code

    def _name(self, line: Line, standard: Standard, code: str) -> str:
        """The name of a criterion, not that of another."""
        name = wished = name_in(line["content"])
        if wished in self.names and standard.sign == "minus":
            name = wished = f"{wished}（扣分）"
        number = 1
        while name in self.names:
            number += 1
            name = f"{wished}（{number}）"
        if name != name_in(line["content"]):
            self.findings.append(Finding(line.number, code, Problem("draft_name_changed", {"name": name})))
        self.names.add(name)
        return name


def name_in(content: str) -> str:
    """The first words of a content: what stands before a colon, else before the first stop."""
    text = re.sub(r"【注\d+】", "", ENUMERATED.sub("", content.strip())).strip()
    head = re.split(r"[：:\n]", text, maxsplit=1)[0].strip()
    if not head or len(head) > LONGEST_NAME:
        head = re.split(r"[，。；,;（(：:\n]", text, maxsplit=1)[0].strip()[:LONGEST_NAME]
    return head or "未命名"


def _bounded(text: str) -> tuple[str, dict[str, Decimal]]:
    """The name of a category and the bounds that stand in brackets after it."""
    bounds: dict[str, Decimal] = {}
    name = ENUMERATED.sub("", text.strip())
    for bracket in BOUNDS.finditer(text[:LONGEST]):
        inside = plain(bracket[1])
        found = {_bound(word): Decimal(number) for word, number in BOUND.findall(inside)}
        if found and not re.sub(r"[、,;:]", "", BOUND.sub("", inside)):
            bounds |= found
            name = name.replace(bracket[0], "")
    return re.sub(r"\s+", " ", name).strip() or text.strip(), bounds


def _bound(word: str) -> str:
    if word in ("最少", "最低"):
        return "min"
    return "full" if word == "起始" else "max"


def _letters(number: int) -> str:
    """A, B … Z, AA …"""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _criterion(line: Line, standard: Standard, code: str, name: str) -> Criterion:
    caps = msgspec.convert(standard.caps, Caps)
    return Criterion(
        code,
        name,
        standard.value,
        about=_about(line, name),
        sign=standard.sign,
        caps=caps,
        by=standard.by,
        evidence=standard.evidence,
        proof=standard.proof,
        clause=" ".join(line["clause"].split()),
    )


def _about(line: Line, name: str) -> str:
    """All texts of the row: nothing of the table is lost."""
    content = " ".join(line["content"].split())
    told = content.removeprefix(f"{name}：") if content.startswith(f"{name}：") else content
    kinds = ("points", "plus", "minus", "rule", "cap", "by", "evidence", "remark")
    rest = [" ".join(line[kind].split()) for kind in kinds if line[kind]]
    return f"{told}（原表：{' ｜ '.join(rest)}）" if rest else told
