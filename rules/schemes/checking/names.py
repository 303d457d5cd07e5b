"""Codes and names: each stands for one thing."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from rules.schemes.checking.outline import Outline, Path, error
from rules.schemes.findings import Finding

RESERVED = ("total", "*")


def found_in(outline: Outline) -> Iterator[Finding]:
    """Codes and names that stand twice, are reserved or empty."""
    scheme = outline.scheme
    coded: list[tuple[Path, str]] = [((*at.path, "code"), at.node.code) for at in outline.nodes]
    yield from _codes(coded + [((*at.path, "code"), at.criterion.code) for at in outline.criteria])
    yield from _codes([(("passes", index, "name"), each.name) for index, each in enumerate(scheme.passes)])
    yield from _codes([(("pools", index, "name"), each.name) for index, each in enumerate(scheme.pools)])
    yield from _codes([(("groups", index, "name"), each.name) for index, each in enumerate(scheme.groups)])
    yield from _names(outline)


def alike(name: str) -> str:
    """A name without what people do not see a difference in: width, case, spaces."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


def _codes(rows: Iterable[tuple[Path, str]]) -> Iterator[Finding]:
    seen: set[str] = set()
    for path, code in rows:
        if code in RESERVED:
            yield error(path, "scheme_code_reserved", code=code)
        elif code in seen:
            yield error(path, "scheme_code_twice", code=code)
        seen.add(code)


def _names(outline: Outline) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for at in outline.criteria:
        aliases = [((*at.path, "aliases", index), name) for index, name in enumerate(at.criterion.aliases)]
        for path, name in [((*at.path, "name"), at.criterion.name), *aliases]:
            if not alike(name):
                yield error(path, "scheme_name_empty", code=at.criterion.code)
            elif alike(name) in seen:
                yield error(path, "scheme_name_twice", name=name, other=seen[alike(name)], code=at.criterion.code)
            seen.setdefault(alike(name), at.criterion.code)
