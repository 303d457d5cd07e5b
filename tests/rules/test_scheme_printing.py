"""A scheme printed is a file that people read, and read again it is the same scheme."""

from decimal import Decimal
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from rules.schemes import Criterion, Node, Scheme, Value, parse
from rules.schemes.printing import text_of
from rules.schemes.values import KINDS, Table

EXAMPLES = Path(__file__).parents[2] / "examples"
WORDS = st.one_of(
    st.sampled_from(
        ["志愿服务", "on", "No", "null", "~", "1", "2026-01-01", "12:30", "1e5", ">=95", "=", "<<", "a: b"]
    ),
    st.sampled_from(
        ["- 甲", "甲 # 乙", '说"好"', "it's", " 甲 ", "甲\n乙", "\u3000", "[a]", "{a}", "*a", "&a", "%", "乙："]
    ),
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=20),
)
POINTS = st.decimals(-1000, 1000, places=3)


def of(kind: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values of a type of the language."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return annotated(inner[0], inner[1], depth)
    if origin in (Union, UnionType):
        return st.one_of(*(of(each, depth) for each in inner))
    if origin is Literal:
        return st.sampled_from(inner)
    if origin is tuple:
        if inner[-1] is not Ellipsis:
            return st.tuples(*(of(each, depth) for each in inner))
        most = 0 if depth > 5 else 2
        return st.lists(of(inner[0], depth + 1), max_size=most).map(tuple) if most else st.just(())
    if origin is dict:
        return st.dictionaries(WORDS, of(inner[1], depth), max_size=3)
    return SIMPLE[kind] if kind in SIMPLE else structs(kind, depth)


def annotated(kind: Any, meta: msgspec.Meta, depth: int) -> st.SearchStrategy[Any]:
    if meta.pattern is not None:
        return st.from_regex(meta.pattern, fullmatch=True)
    if kind is int:
        return st.integers(int(meta.ge or 0), int(meta.le or 0))
    return of(kind, depth).filter(lambda text: len(text) <= (meta.max_length or 99))


SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: WORDS,
    Decimal: POINTS,
    int: st.integers(-99999, 99999),
    float: st.floats(allow_nan=False),
    bool: st.booleans(),
    NoneType: st.none(),
}


@st.composite
def structs(draw: st.DrawFn, kind: type[msgspec.Struct], depth: int = 0) -> Any:
    """A part with what it needs and a few of the fields it may have."""
    fields = msgspec.structs.fields(kind)
    wished = draw(st.sets(st.sampled_from([field.name for field in fields]), max_size=4))
    written = {
        field.name: draw(of(field.type, depth + 1))
        for field in fields
        if field.required or (field.name in wished and (depth < 5 or field.name not in ("nodes", "criteria")))
    }
    try:
        part = kind(**written)
        msgspec.json.decode(msgspec.json.encode(part), type=kind)
    except (ValueError, msgspec.ValidationError):
        assume(False)
    return part


def plainly_read(text: str) -> Scheme:
    """The file as it is read, whether or not the scheme makes sense."""
    return msgspec.yaml.decode(text, type=Scheme)


def around(criterion: Criterion) -> Scheme:
    return Scheme("s", "1", "办法", (Node("A", "甲", (criterion,)),))


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*/scheme*.yaml")), ids=lambda file: file.parent.name)
def test_an_example_printed_and_read_again_is_the_same(file: Path):
    scheme = parse(file.read_text("utf-8"))
    assert isinstance(scheme, Scheme)
    assert parse(text_of(scheme)) == scheme


@given(structs(Scheme))
def test_any_scheme_printed_and_read_again_is_the_same(scheme: Scheme):
    assert plainly_read(text_of(scheme)) == scheme


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_every_value_rule_printed_and_read_again_is_the_same(kind: str, data: st.DataObject):
    (field,) = (field for field in msgspec.structs.fields(Value) if field.name == kind)
    written = data.draw(of(field.type).filter(lambda value: value is not None))
    try:
        scheme = around(Criterion("A01", "甲", Value(**{kind: written})))
    except ValueError:
        assume(False)
    assert plainly_read(text_of(scheme)) == scheme


@given(WORDS)
@example("on")
@example("\x85")
@example("\u2028")
@example("\ufeff")
@example("甲 \\ 乙")
def test_any_text_comes_back_letter_by_letter(text: str):
    scheme = around(Criterion("A01", text, Value(options={text: Decimal(1)}), about=text, proof=(text,)))
    assert plainly_read(text_of(scheme)) == scheme


@pytest.mark.parametrize(
    ("number", "written"),
    [("0.5", "0.5"), ("1E+2", "100"), ("-3", "-3"), ("0.1234567890123456789", '"0.1234567890123456789"')],
)
def test_a_number_is_written_as_people_write_it(number: str, written: str):
    table = Table(("option",), {}, other=Decimal(number))
    scheme = around(Criterion("A01", "甲", Value(table=table)))
    assert f"other: {written}}}" in text_of(scheme)
    assert plainly_read(text_of(scheme)) == scheme


def test_it_reads_as_people_write_it():
    criteria = (
        Criterion("A01", "学习", Value(fixed=Decimal("0.5"), unit="次"), about="每次\n签到", by=("member", "host")),
        Criterion("A02", "缺席", Value(fixed=Decimal(1)), sign="minus", by=("organisation",), evidence="none"),
    )
    scheme = Scheme("s", "2026", "办法", (Node("A", "政治", criteria, max=Decimal(10)),))
    notes = {"": ["草稿"], "A": ["类别"], "A02": ["未识别：\n\x00扣完为止"]}
    assert text_of(scheme, notes) == (
        "# 草稿\n"
        "scheme: s\n"
        'version: "2026"\n'
        "title: 办法\n"
        "nodes:\n"
        "  # 类别\n"
        "  - code: A\n"
        "    name: 政治\n"
        "    max: 10\n"
        "    criteria:\n"
        "      - code: A01\n"
        "        name: 学习\n"
        '        about: "每次\\n签到"\n'
        "        value: {fixed: 0.5, unit: 次}\n"
        "        by: [member, host]\n"
        "      # 未识别：  扣完为止\n"
        "      - code: A02\n"
        "        name: 缺席\n"
        "        value: {fixed: 1}\n"
        "        sign: minus\n"
        "        by: [organisation]\n"
        "        evidence: none\n"
    )
