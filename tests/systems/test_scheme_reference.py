"""The reference of the scheme language names everything the language has, and what its guide shows can be read."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec import inspect

from rules.expressions import FUNCTIONS
from rules.schemes import Scheme, parse
from rules.schemes.checking import formulas
from rules.schemes.scheme import Overlay
from rules.scoring import entries, names

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "scheme-reference.md").read_text(encoding="utf-8")
GUIDE = (ROOT / "docs" / "scheme.md").read_text(encoding="utf-8")
BLOCKS = [
    block for block in re.findall(r"^```yaml\n(.*?)^```", GUIDE, re.M | re.S) if re.search("^scheme:", block, re.M)
]
CHECKING = sorted((ROOT / "rules" / "schemes" / "checking").glob("*.py"))
CODES = sorted({code for path in CHECKING for code in re.findall(r"\bscheme_\w+", path.read_text(encoding="utf-8"))})


def structs(kind: object, found: dict[str, inspect.StructType]) -> dict[str, inspect.StructType]:
    """All types a type is made of that have keys, by name."""
    if isinstance(kind, inspect.StructType):
        if kind.cls.__name__ not in found:
            found[kind.cls.__name__] = kind
            for field in kind.fields:
                structs(field.type, found)
    elif isinstance(kind, inspect.Type):
        for name in kind.__struct_fields__:
            inner = getattr(kind, name)
            for each in inner if isinstance(inner, tuple) else (inner,):
                structs(each, found)
    return found


STRUCTS = structs(inspect.type_info(Overlay), structs(inspect.type_info(Scheme), {}))


def rows_of(heading: str, level: str) -> dict[str, list[str]]:
    """The rows of the tables under a heading: what stands in backquotes first → all cells."""
    _, _, rest = REFERENCE.partition(f"\n{heading}\n")
    section = re.split(rf"^{level} ", rest, maxsplit=1, flags=re.M)[0]
    lines = re.findall(r"^\| `([^`]+)` \|(.*)\|$", section, re.M)
    return {first: [cell.strip() for cell in re.split(r"(?<!\\)\|", others)] for first, others in lines}


def heading_of(name: str) -> str:
    """The heading a type has in the reference: its Chinese name, then its own."""
    found = re.search(rf"^### \S+ {name}$", REFERENCE, re.M)
    assert found, name
    return found[0]


FIELDS = [(name, field) for name, kind in STRUCTS.items() for field in kind.fields]


@pytest.mark.parametrize("name", sorted(STRUCTS))
def test_the_reference_has_the_keys_of_a_type_and_no_others(name: str):
    keys = [field.encode_name for field in STRUCTS[name].fields]
    assert list(rows_of(heading_of(name), "##+")) == keys


@pytest.mark.parametrize(("name", "field"), FIELDS, ids=[f"{name}.{field.encode_name}" for name, field in FIELDS])
def test_a_key_has_a_meaning_and_the_default_it_has_in_the_language(name: str, field: inspect.Field):
    default, meaning = rows_of(heading_of(name), "##+")[field.encode_name]
    assert meaning
    assert (default == "必填") is field.required
    if isinstance(field.default, str | int | Decimal) and not isinstance(field.default, bool) and field.default != "":
        assert default == f"`{field.default}`"


def test_the_reference_has_every_name_of_formulas():
    alone = {*formulas.ENTRY, *formulas.PLAIN, *entries.ENTRY, *(set(names.ALONE) - {"state"}), "grade"}
    dotted = {*formulas.FREE, *formulas.LEVELS, *names.DOTTED, "entry"}
    told = set(rows_of("### 名字", "##+"))
    assert alone <= told
    assert dotted == {name.partition(".")[0] for name in told if "." in name}


def test_the_reference_has_the_functions_of_formulas_and_no_others():
    assert list(rows_of("### 函数", "##+")) == list(FUNCTIONS)


@pytest.mark.parametrize("code", CODES)
def test_a_finding_of_the_checker_stands_in_the_reference_with_its_sentence(code: str):
    kind, sentence, hint = rows_of("### 前后矛盾", "##+")[code]
    assert kind.startswith(("错", "提醒"))
    assert sentence
    assert hint


def test_the_reference_has_no_finding_that_the_checker_does_not_know():
    assert list(rows_of("### 前后矛盾", "##+")) == CODES


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split("\n")[0])
def test_a_rulebook_the_guide_shows_can_be_used(block: str):
    found = parse(block)
    assert isinstance(found, Scheme), found


def test_the_guide_shows_rulebooks():
    assert BLOCKS
