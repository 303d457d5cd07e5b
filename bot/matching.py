"""Finds criteria in what people type: by name, short name, pinyin initials, and through typing errors."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from rules.schemes import Scheme

NUMERALS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
UNITS = ("个小时", "个半小时", "小时", "个月", "次", "个", "篇", "份", "条", "件", "户", "人", "天", "元", "场", "h")
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")
PIECES = re.compile(r"[+-]?\d+(?:\.\d+)?|[^\s\d,，、;；。.:：×*]+")
ALIKE, AHEAD, MOST_CANDIDATES = 60, 12, 4


@dataclass(frozen=True, slots=True)
class Index:
    """The names of a scheme's criteria, made ready for searching."""

    exact: Mapping[str, str]
    initials: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]
    organised: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Found:
    """What a line of text means: sure and guessed items, unclear, unknown, and names only the organisation records."""

    items: list[tuple[str, Decimal]] = field(default_factory=list)
    guessed: list[tuple[str, str]] = field(default_factory=list)
    unclear: list[tuple[str, Decimal, tuple[str, ...]]] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    organised: list[str] = field(default_factory=list)
    sure: list[str] = field(default_factory=list)


def folded(text: str) -> str:
    """Full width to half width, capitals to small, nothing but letters and digits."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def index(scheme: Scheme, initials: Mapping[str, list[str]]) -> Index:
    """The index of the criteria that members may declare."""
    exact: dict[str, str] = {}
    names: dict[str, str] = {}
    for criterion in scheme.recorded_by("member"):
        names[criterion.code] = criterion.name
        for name in (criterion.name, *criterion.aliases, criterion.code):
            exact[folded(name)] = criterion.code
    short: dict[str, list[str]] = {}
    for code, some in initials.items():
        for each in some:
            if code in names and code not in short.setdefault(each, []):
                short[each].append(code)
    organised = {
        folded(name): criterion.name
        for criterion in scheme.recorded_by("organisation")
        for name in (criterion.name, *criterion.aliases)
        if folded(name) not in exact
    }
    return Index(exact, {key: tuple(codes) for key, codes in short.items()}, names, organised)


def number(text: str) -> Decimal | None:
    """A number as people type it: 2, 两, 2次, 1.5小时; None when it is none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    for unit in UNITS:
        plain = plain.removesuffix(unit).strip()
    if plain in NUMERALS:
        return Decimal(NUMERALS[plain])
    return Decimal(plain) if NUMBER.fullmatch(plain) and len(plain) <= 30 else None


def declared(text: str, names: Index) -> Found:
    """The items in a line such as 志愿服务 2 学习 1; a name without a number counts once."""
    found = Found()
    for phrase, quantity in _phrases(text, names):
        _match(phrase, quantity, names, found)
    return found


def _phrases(text: str, names: Index) -> Iterator[tuple[str, Decimal]]:
    words: list[str] = []
    for piece in PIECES.findall(unicodedata.normalize("NFKC", text)):
        if NUMBER.fullmatch(piece):
            if words:
                yield "".join(words), Decimal(piece[:30])
            words = []
        elif piece in ("x", "X") or (not words and piece in UNITS):
            continue
        elif words and (spelt := number(piece)) is not None:
            yield "".join(words), spelt
            words = []
        else:
            if words and folded("".join(words)) in names.exact:
                yield "".join(words), Decimal(1)
                words = []
            words.append(piece)
    if words:
        yield "".join(words), Decimal(1)


def _match(phrase: str, quantity: Decimal, names: Index, found: Found) -> None:
    for unit in UNITS:
        phrase = phrase.removeprefix(unit) if phrase.removeprefix(unit) else phrase
    codes, sure = candidates(phrase, names)
    if folded(phrase) in names.organised:
        found.organised.append(names.organised[folded(phrase)])
    elif not codes:
        found.unknown.append(phrase[:30])
    elif len(codes) > 1:
        found.unclear.append((phrase[:30], quantity, codes))
    else:
        found.items.append((codes[0], quantity))
        if sure:
            found.sure.append(codes[0])
        else:
            found.guessed.append((phrase[:30], names.names[codes[0]]))


def candidates(phrase: str, names: Index) -> tuple[tuple[str, ...], bool]:
    """The criteria a phrase may mean, and whether that is certain."""
    key = folded(phrase)
    if not key or len(key) > 60:
        return (), False
    if key in names.exact:
        return (names.exact[key],), True
    if key in names.initials:
        codes = names.initials[key]
        return codes[:MOST_CANDIDATES], len(codes) == 1
    inside = tuple(dict.fromkeys(code for name, code in names.exact.items() if len(key) > 1 and key in name))
    return (inside[:MOST_CANDIDATES], False) if inside else (_alike(key, names), False)


def _alike(key: str, names: Index) -> tuple[str, ...]:
    from rapidfuzz import fuzz, process

    ranked = process.extract(key, names.exact.keys(), scorer=fuzz.ratio, limit=8, score_cutoff=ALIKE)
    if not ranked:
        return ()
    best = ranked[0][1]
    close = [names.exact[name] for name, likeness, _ in ranked if likeness > best - AHEAD]
    return tuple(dict.fromkeys(close))[:MOST_CANDIDATES]
