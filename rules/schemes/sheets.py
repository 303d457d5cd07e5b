"""The table of a rulebook as bodies have it: which column is what, and the rows with the categories they stand in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rules.problems import Unfit
from rules.schemes.amounts import plain, window_in


class SheetRow(NamedTuple):
    """A row of a worksheet: its number there, and its texts, a merged cell's in every cell it covers."""

    number: int
    cells: tuple[str, ...]


# what a column is → words of its heading; the first kind that fits is taken
COLUMNS: dict[str, str] = {
    "number": r"序号",
    "code": r"编号|代码|编码",
    "evidence": r"佐证|证明材料|印证|材料",
    "by": r"谁来记|记分人|登记人|责任主体|评分主体|记录人|认定主体",
    "clause": r"条款|依据|出处",
    "cap": r"上限|最高分|封顶|限额",
    "minus": r"(?:扣分|减分)(?:值|分值|标准|数)?$",
    "plus": r"加分(?:值|分值|标准|数)?$",
    "rule": r"(?:评分|计分|记分|赋分|考核|考评)(?:标准|办法|细则|方式|规则|说明)",
    "content": r"内容|积分标准|事项|情形|行为|要求|具体|指标说明|加分项|扣分项",
    "points": r"分值|分数|标准分|(?:积分|得分|记分|计分|评分|赋分)$",
    "category": r"类别|类型|分类|项目|板块|模块|维度|一级|二级|三级|指标",
    "remark": r"备注|说明",
}
HEADINGS = (
    "类别/项目",
    "内容/积分标准/考核内容/事项",
    "分值/分数/标准分/加分/扣分",
    "评分标准/计分办法",
    "上限/最高分",
)
"""What is said to be looked for where no heading is found."""
NEEDED = ("points", "plus", "minus", "rule")
MOST_HEADING = 20
"""Characters of a heading; a longer text that has one of the words is a sentence."""
SEARCHED = 30
"""Rows in which the heading is looked for."""
SUMS = re.compile(r"(?:总)?(?:合计|小计|总计|总分)")
FOOT = re.compile(r"(?:注|备注|说明|附注|填表|制表)\s*\d*[:：]|本表|本办法|注\d")
SECTION = re.compile(r"(?:第?[一二三四五六七八九十]+(?:部分|[、.])|[（(][一二三四五六七八九十]+[）)]|[A-Z][.、])")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table with the names of its categories; `window` is the span its heading of caps names."""

    number: int
    path: tuple[str, ...]
    texts: dict[str, str]
    window: str | None = None

    def __getitem__(self, kind: str) -> str:
        return self.texts.get(kind, "")


@dataclass(slots=True)
class Table:
    """What a worksheet holds: the title above, the rows of the table, sums, and the texts above and below."""

    title: str = ""
    lines: list[Line] = field(default_factory=list)
    sums: list[tuple[int, str]] = field(default_factory=list)
    around: list[tuple[int, str]] = field(default_factory=list)


def table_of(rows: Sequence[SheetRow]) -> Table:
    """The table on a worksheet; raises Unfit when no row names the columns."""
    start, columns = _header(rows)
    table = Table()
    above = [(row.number, text) for row in rows[:start] for text in _distinct(row)]
    if above:
        table.title = above[0][1]
        table.around += above[1:]
    names = rows[start].cells
    window = next((window_in(plain(names[place])) for place in columns.get("cap", [])), None)
    reader = _Reader(table, columns, window)
    for row in rows[start + 1 :]:
        if row.cells != names:  # the heading is repeated on a further page
            reader.take(row)
    table.around += reader.unused
    return table


def _distinct(row: SheetRow) -> list[str]:
    return list(dict.fromkeys(text for text in row.cells if text))


def _header(rows: Sequence[SheetRow]) -> tuple[int, dict[str, list[int]]]:
    """The row that names a column of contents and another of values; of a heading of several rows the last."""
    for index, row in enumerate(rows[:SEARCHED]):
        if _names_columns(row):
            while index + 1 < len(rows) and _names_columns(rows[index + 1]):
                index += 1
            return index, _columns(rows[index].cells)
    raise Unfit("rulebook_no_header", columns=HEADINGS)


def _names_columns(row: SheetRow) -> bool:
    columns = _columns(row.cells)
    contents = {row.cells[place] for place in columns.get("content", ())}
    values = {row.cells[place] for kind in NEEDED for place in columns.get(kind, ())}
    return bool(contents) and bool(values - contents)


def _columns(cells: Sequence[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, text in enumerate(cells):
        heading = re.sub(r"\s+", "", text)
        if not heading or len(heading) > MOST_HEADING:
            continue
        kind = next((kind for kind, words in COLUMNS.items() if re.search(words, heading)), None)
        if kind is not None:
            found.setdefault(kind, []).append(place)
    if "content" not in found and len(found.get("category", ())) > 0:
        found["content"] = [found["category"].pop()]
    if "content" not in found and "rule" in found and len(found["rule"]) > 1:
        found["content"] = [found["rule"].pop(0)]
    return found


@dataclass(slots=True)
class _Reader:
    """Goes through the rows below the heading and keeps the categories that hold for the next one."""

    table: Table
    columns: dict[str, list[int]]
    window: str | None
    section: tuple[str, ...] = ()
    path: list[str] = field(default_factory=list)
    unused: list[tuple[int, str]] = field(default_factory=list)

    def take(self, row: SheetRow) -> None:
        """Files a row as a line, a sum, a section, or a text besides the table."""
        texts = _distinct(row)
        if not texts:
            return
        if any(SUMS.fullmatch(re.sub(r"[\s:：]+", "", text)) for text in texts[:2]) and len(texts) > 1:
            self.table.sums.append((row.number, " ".join(texts)))
        elif len(texts) == 1 and (self._spread(row) or not self._is_content(row)):
            self._heading(row, texts[0])
        elif FOOT.match(texts[0]):
            self.table.around.append((row.number, " ".join(texts)))
        else:
            self._line(row)

    def _spread(self, row: SheetRow) -> bool:
        return sum(1 for text in row.cells if text) > max(1, len(self.columns.get("category", ())))

    def _is_content(self, row: SheetRow) -> bool:
        return any(row.cells[place] for place in self.columns["content"])

    def _heading(self, row: SheetRow, text: str) -> None:
        """A text that stands alone: a section of the table, or words besides it."""
        beside = not self._spread(row) and any(row.cells[place] for place in self.columns.get("category", ()))
        if FOOT.match(text) or "。" in text or len(text) > 40 or not (beside or SECTION.match(text)):
            self.table.around.append((row.number, text))
            return
        level = 1 if text[0] in "（(" else 0
        self.section, self.path = (*self.section[:level], text), []
        self.unused.append((row.number, text))

    def _line(self, row: SheetRow) -> None:
        texts = {
            kind: "\n".join(dict.fromkeys(row.cells[place] for place in places if row.cells[place]))
            for kind, places in self.columns.items()
        }
        named = [row.cells[place] for place in self.columns.get("category", ())]
        first = next((index for index, text in enumerate(named) if text), None)
        if first is not None:  # a category that is written once holds for the rows below
            self.path = [*self.path[:first], *named[first:]]
        path = tuple(dict.fromkeys(text for text in (*self.section, *self.path) if text))
        if not texts["content"]:
            texts["content"] = path[-1] if path else texts.get("rule", "")
        self.unused.clear()
        self.table.lines.append(Line(row.number, path, texts, self.window))
