"""The page about rulebooks names every key of the language, every value rule, every name and function of formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from rules.expressions import FUNCTIONS
from rules.schemes import Overlay, Scheme, parse
from rules.scoring.names import ALONE, DOTTED

PAGE = (Path(__file__).parents[2] / "docs" / "scheme.md").read_text("utf-8")
WORDS = set(re.findall(r"[A-Za-z_]+", PAGE))


def structs(kind: Any) -> Iterator[type[msgspec.Struct]]:
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        yield kind
        return
    for inner in get_args(kind):
        yield from structs(inner)


def keys() -> dict[str, str]:
    """Every key of the language, with the part it first stands in."""
    waiting: list[type[msgspec.Struct]] = [Scheme, Overlay]
    found: dict[str, str] = {}
    seen: set[type[msgspec.Struct]] = set()
    while waiting:
        kind = waiting.pop()
        if kind in seen:
            continue
        seen.add(kind)
        for field in msgspec.structs.fields(kind):
            found.setdefault(field.encode_name, kind.__name__)
            waiting += structs(field.type)
    return found


@pytest.mark.parametrize("key", sorted(keys()))
def test_a_key_stands_on_the_page(key: str):
    assert key in WORDS, keys()[key]


@pytest.mark.parametrize("name", sorted({*FUNCTIONS, *ALONE, *DOTTED} - {"state"}))
def test_a_name_or_function_of_formulas_stands_on_the_page(name: str):
    assert name in WORDS


def test_whole_schemes_on_the_page_can_be_used():
    blocks = [each for each in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) if each.startswith("scheme:")]
    assert blocks
    assert [found for block in blocks if isinstance(found := parse(block), list)] == []
