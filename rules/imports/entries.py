"""Rows of a table as entries: which column is which, what each row says, and every flaw with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from rules.imports.cells import Unreadable, Value, day_of, name_of, text_of
from rules.members import (
    CLASS_WORDS,
    IDENTITY_NUMBER,
    KIND_WORDS,
    MOST_UNIT_NAME,
    ROLE_WORDS,
    code_problems,
    kind_of,
    name_problems,
)
from rules.problems import Problem

# column → the headers it is known by, those of the template first
UNIT_HEADERS = {
    "code": ("单位编号", "编号", "单位代码", "代码", "组织编号", "unit code", "code", "unit"),
    "name": ("单位名称", "名称", "组织名称", "党组织名称", "unit name", "name"),
    "kind": ("类别", "单位类别", "组织类别", "类型", "kind", "type"),
    "parent": ("上级编号", "上级单位编号", "上级单位", "上级组织", "上级", "parent code", "parent"),
}
MEMBER_HEADERS = {
    "code": ("成员编号", "编号", "工号", "人员编号", "代码", "member code", "code"),
    "name": ("姓名", "成员姓名", "名字", "name", "member name"),
    "unit": (
        *("单位编号", "所在单位编号", "支部编号", "所在支部", "所属支部", "所在党支部", "所属党支部", "党支部", "支部"),
        *("单位", "所在单位", "unit code", "unit", "branch"),
    ),
    "class": ("类别", "成员类别", "党员类别", "人员类别", "class"),
    "joined": ("入党日期", "入党时间", "加入日期", "joined on", "joined"),
    "roles": ("职务", "角色", "党内职务", "roles", "role"),
}
HEADERS: dict[str, Mapping[str, tuple[str, ...]]] = {"units": UNIT_HEADERS, "members": MEMBER_HEADERS}
NEEDED = {"units": ("code", "name"), "members": ("code", "name", "unit")}
NAMED = {"units": ("单位", "组织", "unit"), "members": ("成员", "人员", "党员", "名册", "member")}
PERSONAL = re.compile("身份证|证件号|公民身份|手机|电话|联系方式|phone|mobile|tel|id ?(card|number|no)", re.IGNORECASE)
EXAMPLE = "示例"
HEADER_WITHIN = 20  # rows
NONE_WORDS = ("无", "none", "-")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it was read: rows by number (from 1), empty ones left out."""

    name: str
    rows: Sequence[tuple[int, Sequence[Value]]]


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong in one row: sheet, row number, header of the column ("" for the whole row), and why."""

    sheet: str
    row: int
    column: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """A unit as its row says; `parent` "" is the top."""

    sheet: str
    row: int
    code: str
    name: str
    kind: str
    parent: str


@dataclass(frozen=True, slots=True)
class MemberEntry:
    """A member as his row says; what is "" or None is left as it stands."""

    sheet: str
    row: int
    code: str
    name: str
    unit: str
    kind: str
    joined: date | None
    roles: tuple[tuple[str, str], ...] | None


@dataclass(slots=True)
class Table:
    """All that was read: entries, flaws, and notes on what was left aside."""

    units: list[UnitEntry] = field(default_factory=list)
    members: list[MemberEntry] = field(default_factory=list)
    flaws: list[Flaw] = field(default_factory=list)
    notes: list[Flaw] = field(default_factory=list)


def read(sheets: Sequence[Sheet], today: date) -> Table:
    """Every sheet that has a header row; what is wrong in its rows is among the flaws."""
    table = Table()
    found = 0
    for sheet in sheets:
        header = _header(sheet)
        if header is None:
            continue
        found += 1
        subject, number, columns, titles = header
        missing = [HEADERS[subject][column][0] for column in NEEDED[subject] if column not in columns]
        table.flaws += [Flaw(sheet.name, number, title, Problem("column_missing")) for title in missing]
        table.notes += _unused(sheet, number, columns, titles)
        if not missing:
            for row, values in sheet.rows:
                if row > number:
                    _Row(table, sheet.name, row, values, columns, titles, today).read(subject)
    if not found:
        table.flaws.append(Flaw("", 0, "", Problem("no_table")))
    table.flaws += _twice(table.units) + _twice(table.members)
    return table


def _header(sheet: Sheet) -> tuple[str, int, dict[str, int], list[str]] | None:
    """What the sheet is about, its header's row, column → index, and the headers; None when nothing looks like one."""
    best: tuple[int, str, int, dict[str, int], list[str]] | None = None
    named = [subject for subject, words in NAMED.items() if any(word in sheet.name.casefold() for word in words)]
    for number, values in sheet.rows:
        if number > HEADER_WITHIN:
            break
        titles = [re.sub(r"[\s*＊]|[（(].*", "", text_of(value)).casefold() for value in values]
        for subject, known in HEADERS.items():
            columns = _columns(titles, known)
            score = 2 * len(columns) + (subject in named)
            if len(columns) >= 2 and (best is None or score > best[0]):
                best = score, subject, number, columns, [text_of(value) for value in values]
    return None if best is None else best[1:]


def _columns(titles: list[str], known: Mapping[str, tuple[str, ...]]) -> dict[str, int]:
    """Column → index; each header serves one column, the better known word first."""
    found: dict[str, int] = {}
    for column, words in known.items():
        plain = [word.replace(" ", "") for word in words]
        places = [titles.index(word) for word in plain if word in titles and titles.index(word) not in found.values()]
        if places:
            found[column] = places[0]
    return found


def _unused(sheet: Sheet, number: int, columns: dict[str, int], titles: list[str]) -> Iterator[Flaw]:
    """A note for each column that is not read; what looks like an identity or phone number is said to be not stored."""
    for index, title in enumerate(titles):
        if index in columns.values():
            continue
        values = (text_of(row[index]) for at, row in sheet.rows if at > number and index < len(row))
        if PERSONAL.search(title) or any(IDENTITY_NUMBER.fullmatch(value) for value in values):
            yield Flaw(sheet.name, number, title, Problem("column_personal"))
        elif title:
            yield Flaw(sheet.name, number, title, Problem("column_unknown"))


def _twice(entries: Sequence[UnitEntry] | Sequence[MemberEntry]) -> list[Flaw]:
    first: dict[str, int] = {}
    flaws = []
    for entry in entries:
        if entry.code in first:
            flaws.append(
                Flaw(entry.sheet, entry.row, "", Problem("row_twice", {"of": entry.code, "other": first[entry.code]}))
            )
        first.setdefault(entry.code, entry.row)
    return flaws


@dataclass(slots=True)
class _Row:
    """One row being read; its flaws go to the table."""

    table: Table
    sheet: str
    number: int
    values: Sequence[Value]
    columns: Mapping[str, int]
    titles: Sequence[str]
    today: date
    flawed: bool = False

    def read(self, subject: str) -> None:
        code = self.text("code")
        if code.startswith(EXAMPLE):
            self.table.notes.append(Flaw(self.sheet, self.number, "", Problem("row_example")))
            return
        for column in self.columns:
            if isinstance(self.raw(column), Unreadable):
                self.flaw(column, Problem("cell_formula"))
        if not self.flawed:
            self.judge("code", code_problems(code))
            self._unit(code) if subject == "units" else self._member(code)

    def raw(self, column: str) -> Value:
        index = self.columns.get(column, len(self.values))
        return self.values[index] if index < len(self.values) else None

    def text(self, column: str) -> str:
        return text_of(self.raw(column))

    def flaw(self, column: str, problem: Problem) -> None:
        self.flawed = True
        self.table.flaws.append(Flaw(self.sheet, self.number, self.titles[self.columns[column]], problem))

    def judge(self, column: str, problems: Sequence[Problem]) -> None:
        for problem in problems:
            self.flaw(column, problem)

    def word(self, column: str, words: Mapping[str, str], code: str) -> str:
        """What a word of a closed list stands for; "" for an empty cell."""
        text = self.text(column)
        if text and text.casefold() not in words:
            self.flaw(column, Problem(code, {"word": text}))
        return words.get(text.casefold(), "")

    def _unit(self, code: str) -> None:
        name = name_of(self.raw("name"))
        self.judge("name", name_problems(name, MOST_UNIT_NAME))
        kind = self.word("kind", KIND_WORDS, "kind_unknown") or kind_of(name)
        if kind is None and not self.flawed:
            self.flaw("kind" if "kind" in self.columns else "name", Problem("kind_unknown", {"word": name}))
        if not self.flawed:
            entry = UnitEntry(self.sheet, self.number, code, name, kind or "", self.text("parent"))
            self.table.units.append(entry)

    def _member(self, code: str) -> None:
        name, unit = name_of(self.raw("name")), self.text("unit")
        self.judge("name", name_problems(name))
        if not unit:
            self.flaw("unit", Problem("unit_missing"))
        kind = self.word("class", CLASS_WORDS, "class_unknown")
        joined = day_of(self.raw("joined"), self.today)
        if isinstance(joined, Problem):
            self.flaw("joined", joined)
        roles = self.roles(unit)
        if not self.flawed and not isinstance(joined, Problem):
            entry = MemberEntry(self.sheet, self.number, code, name, unit, kind, joined, roles)
            self.table.members.append(entry)

    def roles(self, own: str) -> tuple[tuple[str, str], ...] | None:
        """书记@water-1；指导员: the role, and the unit when it is not his own; None for an empty cell."""
        text = self.text("roles")
        if not text:
            return None
        found = []
        for part in re.split(r"[;,、\n]+", "" if text.casefold() in NONE_WORDS else text):
            word, _, unit = (piece.strip() for piece in part.partition("@"))
            if not word:
                continue
            if word.casefold() not in ROLE_WORDS:
                self.flaw("roles", Problem("role_unknown", {"word": word}))
            else:
                found.append((ROLE_WORDS[word.casefold()], unit or own))
        return tuple(sorted(set(found)))
