"""What a cell says of points, as bodies write it: 每次0.5分, +2, 3分/次, 国家级30分、省级15分, 每月最多1分."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from rules.problems import Unfit
from rules.schemes.values import Attendance, Count, Range, Value

N = r"(?<![\d.])\d{1,6}(?:\.\d{1,3})?(?![\d.])"
SIGN = r"(?:\+|-|扣除|扣|减|加|计|得|记|奖励|(?<![等秀胜])奖|给予|给|积)+"
UNIT = (
    r"人次|小时|学时|课时|分钟|个月|季度|学期|万元|千元|百元|公里|次|天|日|篇|项|件|条|户|人|月|年|班|场|期|节|封|例|个|名|元|份"
    r"|块|部|种|起|处|届|周|票|幅|册|本|堂"
)
MEASURED = ("小时", "学时", "课时", "分钟", "天", "日", "元", "百元", "千元", "万元", "公里")
WINDOWS: dict[str, str] = {
    "day": "每日|每天|当日|当天",
    "week": "每周|当周",
    "month": "每个月|每月|当月|月度|单月",
    "quarter": "每季度|每季|季度|当季",
    "half": "每半年|半年",
    "year": "每年度|全年|每年|年度|年内|一年|当年",
    "occurrence": "每次|单次",
    "cycle": "整个周期|每个周期|每周期",
}
WINDOW = "|".join(f"(?P<{name}{{0}}>{words})" for name, words in WINDOWS.items())
LIMIT = r"(?:不得超过|不超过|不高于|最高|最多|至多|封顶|上限)"
DONE = r"(?:为|可|加分|加|得分|得|计|扣分|扣|记|减|奖励|积分|积|:|累计|合计|总计|共){0,6}"
CAP = re.compile(
    rf"(?:{WINDOW.format('')})?{DONE}{LIMIT}+(?:{WINDOW.format('_')})?{DONE}(?P<n>{N})分(?:封顶|为限)?"
    rf"|(?:{WINDOW.format('__')})?{DONE}(?P<m>{N})分(?:封顶|为限|以内|为止)"
)
BARE_CAP = re.compile(rf"(?:{WINDOW.format('')})?{DONE}{LIMIT}*{DONE}(?P<n>{N})(?:分|(?=[,;、。|)]|$))")
GONE = re.compile(r"扣完(?:本项|该项|为|即|分值)*(?:为)?止")
NUMERALS: dict[str, str] = {"一": "1", "二": "2", "两": "2", "三": "3", "四": "4", "五": "5", "六": "6", "半": "0.5"}
NTH = re.compile(rf"第([1-9]|[一二三四五六])次(起)?(?:每次)?({SIGN})?(?:({N})分|本类[计为]零分?|本类不得分)")
PER = (
    re.compile(
        rf"每(?P<every>{N}|[一两半])?(?P<unit>{UNIT})(?:(?!每)[^\d,;。|]){{0,10}}?(?P<s>{SIGN})?(?P<n>{N})分(?![/-])"
    ),
    re.compile(
        rf"每[^\d,;。|]{{0,10}}?(?P<every>{N}|[一两])(?P<unit>{UNIT})[^\d,;。|]{{0,10}}?(?P<s>{SIGN})?(?P<n>{N})分"
    ),
    re.compile(
        rf"(?:^|(?<=[,;。|]))[^\d,;。|每]{{1,12}}?(?P<every>一)(?P<unit>{UNIT})[^\d,;。|]{{0,6}}?(?P<s>{SIGN})(?P<n>{N})分"
    ),
    re.compile(rf"(?P<s>{SIGN})?(?P<n>{N})分(?:/|每)(?P<every>{N}|[一两半])?(?P<unit>{UNIT})"),
)
RANGE = re.compile(rf"(?:每次)?(?:酌情)?(?P<s>{SIGN})?(?P<a>{N})分?[-~至到](?P<b>{N})分(?:\(?酌情\)?)?")
NAMED = re.compile(rf"(?P<name>(?!每|第|最)[^\d,;:、。|/()+\-~]{{1,16}}?):?(?P<s>{SIGN})?(?P<n>{N})分?")
EACH_OF = re.compile(rf"(?P<names>[^\d,;:。|]+?)分别(?P<s>{SIGN})?(?P<ns>{N}分?(?:[、,/]{N}分?)+)")
ALONE = re.compile(rf"(?P<s>{SIGN})?(?P<n>{N})分?")
PLAIN = re.compile(rf"(?:(?!每)[^\d|]){{0,40}}?(?P<s>{SIGN})(?P<n>{N})分")
FILLING = re.compile(r"[加扣计得记奖励分的为按:+()\[\]|,;、。/酌情\-]+")
STATES: dict[str, tuple[str, ...]] = {
    "present": ("到会", "出席", "参加", "全勤"),
    "late": ("迟到",),
    "left_early": ("早退",),
    "leave": ("请假", "事假"),
    "absent": ("缺席", "无故缺席", "旷会", "未参加"),
    "substitute": ("由人代会", "代会"),
    "made_up": ("补课", "补学"),
}
Sign = Literal["plus", "minus"]
LONGEST = 600
"""Characters of a cell that is read; a longer one is a text for people and is left to them whole."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One value that was read, with its sign; `bare` is a number that stands alone, `words` what it was read from."""

    value: Value
    sign: Sign
    bare: bool = False
    words: str = ""


@dataclass(slots=True)
class Cell:
    """A cell while it is read: `left` is what is not yet understood, a bar where something was taken out."""

    left: str
    readings: list[Reading] = field(default_factory=list)
    caps: dict[str, Decimal] = field(default_factory=dict)
    gone: bool = False

    def take(self, pattern: re.Pattern[str], use: Callable[[re.Match[str]], bool]) -> None:
        """Takes out every place that fits and can be used."""
        self.left = pattern.sub(lambda found: "|" if use(found) else found[0], self.left)

    @property
    def clauses(self) -> list[str]:
        """What is left, clause by clause."""
        return [part for part in re.split(r"[,;。|]", self.left) if FILLING.sub("", part)]


def plain(text: str) -> str:
    """A text without the many ways to type the same sign."""
    text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"[−–—]", "-", text)
    text = re.sub(r"\s+", "", text)
    return re.sub(r"(?<=\d)个?积分", "分", text)


def read(text: str, *, alone: bool = True) -> Cell:
    """What a cell of values says; `alone` lets a number without 分 or a verb be a value."""
    cell = Cell(plain(text))
    if len(cell.left) > LONGEST:
        return cell
    cell.take(GONE, lambda found: _gone(cell))
    cell.take(CAP, lambda found: _cap(cell, found))
    _count(cell)
    _each_of(cell)
    _options(cell)
    for pattern in PER:
        cell.take(pattern, lambda found: _per(cell, found))
    cell.take(RANGE, lambda found: _range(cell, found))
    if alone:
        _alone(cell, ALONE, bare=True)
    _alone(cell, PLAIN, bare=False)
    return cell


def read_caps(text: str, window: str = "cycle") -> Cell:
    """What a cell of caps says; a number without a span holds for the one the heading names."""
    cell = Cell(plain(text))
    if len(cell.left) > LONGEST:
        return cell
    cell.take(GONE, lambda found: _gone(cell))
    cell.take(BARE_CAP, lambda found: _cap(cell, found, window))
    return cell


def window_in(text: str) -> str | None:
    """The span a heading names: 年度上限 → year."""
    return next((name for name, words in WINDOWS.items() if re.search(words, text)), None)


def _gone(cell: Cell) -> bool:
    cell.gone = True
    return True


def _cap(cell: Cell, found: re.Match[str], window: str = "cycle") -> bool:
    groups = found.groupdict()
    named = next((name.rstrip("_") for name, text in groups.items() if text and name.rstrip("_") in WINDOWS), window)
    if named in cell.caps:
        return False
    cell.caps[named] = Decimal(groups["n"] or groups["m"])
    return True


def sign_of(words: str | None) -> Sign:
    """扣, 减 and a minus take points away."""
    return "minus" if words and re.search("[扣减-]", words) else "plus"


def _number(text: str) -> Decimal:
    return Decimal(NUMERALS.get(text, text))


def _put(cell: Cell, sign: Sign, words: str, value: Value, *, bare: bool = False) -> bool:
    cell.readings.append(Reading(value, sign, bare, words))
    return True


def _count(cell: Cell) -> None:
    """第1次扣3分，第2次扣5分，第3次起本项为零."""
    found = list(NTH.finditer(cell.left))
    points, then, zero, sign = [], None, None, None
    for number, each in enumerate(found, 1):
        if _number(each[1]) != number or (each[2] and each is not found[-1]):
            return
        if each[4] is None:
            zero = number
        elif each[2]:
            then = Decimal(each[4])
        else:
            points.append(Decimal(each[4]))
        sign = sign or (sign_of(each[3]) if each[4] else None)
    if len(found) < 2 or not points:
        return
    cell.left = NTH.sub("|", cell.left)
    _put(cell, sign or "plus", "|".join(each[0] for each in found), _count_value(points, then, zero))


def _count_value(points: list[Decimal], then: Decimal | None, zero: int | None) -> Value:
    return Value(count=Count(tuple(points), then, zero))


def _each_of(cell: Cell) -> None:
    """国家级、省级、市级分别计30、15、8分."""

    def use(found: re.Match[str]) -> bool:
        names = [name for name in re.split(r"[、/]", found["names"].strip("|")) if name]
        numbers = re.findall(N, found["ns"])
        if len(names) != len(numbers) or len(set(names)) != len(names):
            return False
        options = dict(zip(names, map(Decimal, numbers), strict=True))
        return _put(cell, sign_of(found["s"]), found[0], Value(options=options))

    cell.take(EACH_OF, use)


def _options(cell: Cell) -> None:
    """Names with a number each, at least two of one sign, or the states of attendance."""
    parts = re.split(r"([,;、。|/])", cell.left)
    named = {index: match for index, part in enumerate(parts) if (match := _named(part))}
    if not named:
        return
    states = _attendance(named.values())
    if states is not None:
        _put(cell, "plus", "|".join(parts[index] for index in named), Value(attendance=states))
        cell.left = "".join("|" if index in named else part for index, part in enumerate(parts))
        return
    for sign in ("plus", "minus"):
        some = {index: match for index, match in named.items() if sign_of(match["s"]) == sign}
        options = {match["name"]: Decimal(match["n"]) for match in some.values()}
        if len(some) >= 2 and len(options) == len(some):
            _put(cell, sign_of("扣" if sign == "minus" else ""), "|".join(options), Value(options=options))
            parts = ["|" if index in some else part for index, part in enumerate(parts)]
    cell.left = "".join(parts)


def _named(part: str) -> re.Match[str] | None:
    match = NAMED.fullmatch(part)
    if match is None or re.fullmatch(SIGN, match["name"]) or re.search(LIMIT, match["name"]):
        return None
    return match


def _attendance(named: object) -> Attendance | None:
    """The states of attendance, when the four that must be known are all named and nothing else is."""
    found: dict[str, Decimal] = {}
    for match in named:  # type: ignore[attr-defined]
        state = next((state for state, words in STATES.items() if match["name"] in words), None)
        if state is None or state in found:
            return None
        found[state] = Decimal(match["n"]) * (-1 if sign_of(match["s"]) == "minus" else 1)
    if not {"present", "late", "leave", "absent"} <= found.keys():
        return None
    return Attendance(**found)


def _per(cell: Cell, found: re.Match[str]) -> bool:
    """每次0.5分, 每满2小时1分, 3分/次: time, money and length may have halves, all else is counted."""
    every = _number(found["every"]) if found["every"] else Decimal(1)
    points, unit = Decimal(found["n"]), found["unit"]
    if re.search("每(?:月|季度|半年|年|学期|周|天|日)[^次]+次", found[0]):
        return False  # 每月参加一次: how often it is asked for, not what is counted
    if not every:
        return False
    if unit in MEASURED or every != 1:
        return _put(cell, sign_of(found["s"]), found[0], Value(per=unit, points=points, every=every))
    return _put(cell, sign_of(found["s"]), found[0], Value(fixed=points, unit=unit))


def _range(cell: Cell, found: re.Match[str]) -> bool:
    try:
        judged = Range(Decimal(found["a"]), Decimal(found["b"]))
    except Unfit:
        return False
    return _put(cell, sign_of(found["s"]), found[0], Value(range=judged))


def _alone(cell: Cell, pattern: re.Pattern[str], *, bare: bool) -> None:
    """A number that makes up a whole clause."""
    parts = re.split(r"([,;。|/])", cell.left)
    for index, part in enumerate(parts):
        match = pattern.fullmatch(part.strip("()"))
        if match is not None:
            _put(cell, sign_of(match["s"]), part, Value(fixed=Decimal(match["n"])), bare=bare)
            parts[index] = "|"
    cell.left = "".join(parts)
