"""What a row of a rulebook's table comes to: one standard, or an addition and a deduction that stand in one row."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from rules.problems import Problem
from rules.schemes.amounts import Cell, Reading, Sign, plain, read, read_caps
from rules.schemes.criteria import Recorder
from rules.schemes.sheets import Line
from rules.schemes.values import Value

RECORDERS: dict[Recorder, str] = {
    "member": "本人|个人|党员|自行",
    "organisation": "组织|支部|党支部|党小组",
    "committee": "上级|党委|总支|工委",
    "peer": "互评|党员互评",
    "witness": "受助人|受益人|服务对象",
    "host": "主办方|活动方",
    "system": "系统|平台",
}
NEEDS: dict[Literal["none", "optional", "required"], str] = {
    "none": "不需要|无需|不用|无",
    "optional": "可附|可选",
    "required": "必附|必须|应附|必需|须附",
}
HINTS = re.compile(r"\d|不重复|不累计|取最高|就高|一票否决|不得分|计零|零分|双倍|翻倍|减半|酌情|取消")
"""Words after which a sentence that was not read changes what is counted."""
AGAINST = re.compile(r"扣分|减分|负面|反向")
SIGNS: tuple[Sign, ...] = ("plus", "minus")


@dataclass(slots=True)
class Standard:
    """One standard of a row; `full` is the mark it starts with, `problems` what was not or only guessed at."""

    value: Value = field(default_factory=Value)
    sign: Sign = "plus"
    caps: dict[str, Decimal] = field(default_factory=dict)
    full: Decimal = Decimal(0)
    by: tuple[Recorder, ...] = ("member",)
    evidence: Literal["none", "optional", "required"] = "optional"
    proof: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)


def standards_of(line: Line) -> list[Standard]:
    """The standards of a row: one, or two where it adds and deducts; never none."""
    cells = {kind: read(line[kind], alone=kind != "rule") for kind in ("points", "plus", "minus", "rule")}
    caps = read_caps(line["cap"], line.window or "cycle")
    problems = _not_read(line, cells, caps)
    readings, mark = _chosen(line, cells, problems)
    found = [
        _standard(sign, some, problems)
        for sign in SIGNS
        if (some := [reading for reading in readings if reading.sign == sign])
    ]
    if not found:
        found = [Standard(sign="minus" if AGAINST.search(" ".join(line.path)) else "plus")]
    if any(not standard.value.kinds for standard in found):
        problems.append(Problem("draft_no_value"))
    if len(found) > 1:
        problems.append(Problem("draft_split"))
    _bound(found, [caps, *cells.values()], mark, problems)
    for standard in found:
        _recorded(line, standard, problems)
    found[0].problems = [each for index, each in enumerate(problems) if each not in problems[:index]]
    return found


def _unread(text: str) -> Problem:
    return Problem("draft_unread", {"text": text})


def _not_read(line: Line, cells: dict[str, Cell], caps: Cell) -> list[Problem]:
    """What is left of the cells of values; of long sentences only what changes what is counted."""
    told = [clause for kind in ("points", "plus", "minus") for clause in cells[kind].clauses]
    told += [clause for clause in cells["rule"].clauses if HINTS.search(clause)]
    told += caps.clauses
    told += [part for part in re.split("[，。；,;]", line["remark"]) if HINTS.search(part)]
    return [_unread(text) for text in told]


def _chosen(line: Line, cells: dict[str, Cell], problems: list[Problem]) -> tuple[list[Reading], Decimal | None]:
    """The values that hold for a row; and its mark, when the number of points is only the frame of a rule."""
    points, rule = cells["points"].readings, cells["rule"].readings
    points = [_turned(line, reading, problems) for reading in points]
    points += [_signed(reading, "plus") for reading in cells["plus"].readings]
    points += [_signed(reading, "minus") for reading in cells["minus"].readings]
    if rule and len(points) == 1 and points[0].bare and points[0].sign == "plus":
        mark = points[0].value.fixed
        return rule, None if mark == rule[0].value.rate else mark  # the same number twice is no frame
    if points:
        problems += [_unread(reading.words) for reading in rule]
        return points, None
    if rule:
        return rule, None
    return read(line["content"], alone=False).readings, None


def _signed(reading: Reading, sign: Sign) -> Reading:
    return Reading(reading.value, sign, reading.bare, reading.words)


def _turned(line: Line, reading: Reading, problems: list[Problem]) -> Reading:
    """A number without a sign among deductions is one."""
    if reading.sign == "minus" or reading.value.attendance is not None or not AGAINST.search(" ".join(line.path)):
        return reading
    if re.search(r"[加+奖]", reading.words):
        return reading
    problems.append(Problem("draft_sign", {"category": line.path[-1]}))
    return _signed(reading, "minus")


def _standard(sign: Sign, readings: list[Reading], problems: list[Problem]) -> Standard:
    """The standard of one sign; of several values none is taken, somebody must choose."""
    if len(readings) > 1:
        problems += [_unread(reading.words) for reading in readings]
        return Standard(sign=sign)
    return Standard(readings[0].value, sign)


def _bound(found: list[Standard], cells: list[Cell], mark: Decimal | None, problems: list[Problem]) -> None:
    """Caps, the frame of a rule, and 扣完为止; what bounds an addition does not bound the deduction beside it."""
    first = found[0]
    for cell in cells:
        for window, cap in cell.caps.items():
            if first.caps.setdefault(window, cap) != cap:
                problems.append(_unread(f"{window} {cap}"))
    if mark is not None and first.sign == "plus":
        first.caps.setdefault("cycle", mark)
        problems.append(Problem("draft_mark_is_cap", {"points": str(mark)}))
    elif mark is not None:
        first.caps.setdefault("cycle", mark)
        first.full = mark
        problems.append(Problem("draft_mark_is_full", {"points": str(mark)}))
    if any(cell.gone for cell in cells) and (mark is None or len(found) > 1):
        problems.append(_unread("扣完为止"))


def _recorded(line: Line, standard: Standard, problems: list[Problem]) -> None:
    """Who records, and on what evidence."""
    words = [word for word in re.split("[、，,;；/和及]", plain(line["by"])) if word]
    known = {word: who for word in words for who, names in RECORDERS.items() if re.fullmatch(names, word)}
    problems += [_unread(word) for word in words if word not in known]
    deducts = standard.sign == "minus" or standard.value.attendance is not None
    standard.by = tuple(dict.fromkeys(known.values())) or (("organisation",) if deducts else ("member",))
    need, _, kinds = plain(line["evidence"]).partition(":")
    named = next((name for name, words in NEEDS.items() if re.fullmatch(words, need)), None)
    if need and named is None:
        kinds, named = need, "required"
        problems.append(Problem("draft_evidence"))
    standard.evidence = named or "optional"
    standard.proof = tuple(kind for kind in re.split("[、,;/]", kinds) if kind)
