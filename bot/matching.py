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
    """The names of a scheme's criteria, made ready for searching.

    `options` are the words of each criterion's options, `judged` the criteria whose quantity cannot be taken as one.
    """

    exact: Mapping[str, str]
    initials: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]
    organised: Mapping[str, str]
    options: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    judged: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """What a line of text means: sure and guessed items, unclear, unknown, and names only the organisation records.

    `options` stand in the order of the items; `asked` are criteria of items whose number was needed and not said.
    """

    items: list[tuple[str, Decimal]] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
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
    declared_by_members = scheme.recorded_by("member")
    options = {each.code: {folded(name): name for name in each.options} for each in declared_by_members if each.options}
    judged = frozenset(each.code for each in declared_by_members if each.value.range is not None)
    return Index(exact, {key: tuple(codes) for key, codes in short.items()}, names, organised, options, judged)


def number(text: str) -> Decimal | None:
    """A number as people type it: 2, 两, 2次, 1.5小时; None when it is none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    for unit in UNITS:
        plain = plain.removesuffix(unit).strip()
    if plain in NUMERALS:
        return Decimal(NUMERALS[plain])
    return Decimal(plain) if NUMBER.fullmatch(plain) and len(plain) <= 30 else None


@dataclass(frozen=True, slots=True)
class Phrase:
    """A name as it was typed, with its number (None when there was none) and its option."""

    text: str
    quantity: Decimal | None = None
    option: str = ""


def declared(text: str, names: Index) -> Found:
    """The items in a line such as 志愿服务 2 学习 1 or 表彰 市级; a name without a number counts once."""
    found = Found()
    for phrase in _phrases(text, names):
        _match(phrase, names, found)
    return found


def _phrases(text: str, names: Index) -> Iterator[Phrase]:
    words: list[str] = []
    option = ""
    for piece in PIECES.findall(unicodedata.normalize("NFKC", text)):
        if _counting(piece, words):
            continue
        chosen = "" if option or not words else _option("".join(words), piece, names)
        if chosen:
            option = chosen
            continue
        said = _said(piece, words)
        if words and (said is not None or option or folded("".join(words)) in names.exact):
            yield Phrase("".join(words), said, option)
            words, option = [], ""
        if said is None:
            words.append(piece)
    if words:
        yield Phrase("".join(words), None, option)


def _said(piece: str, words: list[str]) -> Decimal | None:
    """The number a piece stands for; a spelt one only after a name, since names may begin with one."""
    if NUMBER.fullmatch(piece):
        return Decimal(piece[:30])
    return number(piece) if words else None


def _counting(piece: str, words: list[str]) -> bool:
    """A sign between a name and its number, or the unit after the number."""
    return piece in ("x", "X") or (not words and piece in UNITS)


def _option(phrase: str, piece: str, names: Index) -> str:
    """The option a word after a criterion's name means; nothing when it is none of them."""
    codes, _ = candidates(phrase, names) if names.options else ((), False)
    return names.options.get(codes[0], {}).get(folded(piece), "") if len(codes) == 1 else ""


def _parted(phrase: Phrase, names: Index) -> Phrase:
    """A name and its option that were written as one word: 表彰市级."""
    key = folded(phrase.text)
    if phrase.option or key in names.exact:
        return phrase
    for name, code in names.exact.items():
        chosen = names.options.get(code, {}).get(key.removeprefix(name)) if key.startswith(name) else None
        if chosen:
            return Phrase(name, phrase.quantity, chosen)
    return phrase


def _match(phrase: Phrase, names: Index, found: Found) -> None:
    phrase = _parted(phrase, names)
    text, quantity = phrase.text, Decimal(1) if phrase.quantity is None else phrase.quantity
    for unit in UNITS:
        text = text.removeprefix(unit) if text.removeprefix(unit) else text
    codes, sure = candidates(text, names)
    if folded(text) in names.organised:
        found.organised.append(names.organised[folded(text)])
    elif not codes:
        found.unknown.append(text[:30])
    elif len(codes) > 1:
        found.unclear.append((text[:30], quantity, codes))
    else:
        _take(codes[0], Phrase(text, phrase.quantity, phrase.option), found, names.names[codes[0]] if not sure else "")
        if phrase.quantity is None and codes[0] in names.judged:
            found.asked.append(codes[0])


def _take(code: str, phrase: Phrase, found: Found, guessed: str) -> None:
    found.items.append((code, Decimal(1) if phrase.quantity is None else phrase.quantity))
    found.options.append(phrase.option)
    if guessed:
        found.guessed.append((phrase.text[:30], guessed))
    else:
        found.sure.append(code)


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
