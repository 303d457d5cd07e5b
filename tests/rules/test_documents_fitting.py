"""A document held against a type: every place that does not fit, and the exact value when all do."""

from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.documents import Fault, examined, faults, fitted, read
from rules.documents.building import MOST_FAULTS
from rules.problems import Problem, Unfit


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part that contradicts itself when its bounds are crossed."""

    min: Decimal = Decimal(0)
    max: Decimal = Decimal(9)
    parts: tuple["Part", ...] = ()
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.min > self.max:
            raise Unfit("crossed")


class Whole(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field of every kind that schemes have."""

    name: str = ""
    version: Annotated[str, msgspec.Meta(min_length=1, max_length=3)] = "1"
    day: Annotated[str, msgspec.Meta(pattern="^[0-9]{2}-[0-9]{2}$")] = "01-01"
    often: Annotated[int, msgspec.Meta(ge=1, le=5)] = 1
    on: bool = False
    points: Decimal | None = None
    formula: str | int | float | None = None
    source: str | tuple[str, ...] = ""
    options: dict[str, Decimal] = {}
    rows: dict[str, Decimal | dict[str, Decimal]] = {}
    marks: dict[str, Decimal | None] = {}
    ranges: dict[str, tuple[Decimal, Decimal]] = {}
    small: dict[str, Annotated[int, msgspec.Meta(ge=0, le=9)]] = {}
    sign: Literal["plus", "minus"] = "plus"
    months: Literal[3, 12] = 12
    part: Part | None = None
    parts: tuple[Part, ...] = ()
    needed: tuple["Needing", ...] = ()


class Needing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A part with fields that must be there."""

    code: str
    name: str


def found(text: str) -> list[tuple[tuple[str | int, ...], str]]:
    return [(fault.path, fault.problem.code) for fault in faults(read(text).value, Whole)]


ONE = [
    ("nam: x", ("nam",), "document_field_unknown"),
    ("name: 2026.1", ("name",), "document_type"),
    ("name: 2026-01-01", ("name",), "document_type"),
    ("name: 12", ("name",), "document_type"),
    ("name: true", ("name",), "document_type"),
    ("name:", ("name",), "document_type"),
    ("name: [a]", ("name",), "document_type"),
    ("version: ''", ("version",), "document_text_length"),
    ("version: '1234'", ("version",), "document_text_length"),
    ("day: '1-1'", ("day",), "document_pattern"),
    ("often: 6", ("often",), "document_bound"),
    ("often: 1.5", ("often",), "document_type"),
    ("often: true", ("often",), "document_type"),
    ("on: yes", ("on",), "document_type"),
    ("points: 一", ("points",), "document_type"),
    ("points: nan", ("points",), "document_type"),
    ("points: 'Infinity'", ("points",), "document_type"),
    ("points: '1_000'", ("points",), "document_type"),
    ("points: true", ("points",), "document_type"),
    ("points: {a: 1}", ("points",), "document_type"),
    ("points: 1234567890.1234567", ("points",), "document_number_long"),
    ("points: '0.1234567890123456'", ("points",), "document_number_long"),
    ("points: 1e99", ("points",), "document_number_long"),
    ("formula: [1]", ("formula",), "document_type"),
    ("formula: 12345678901234567", ("formula",), "document_number_long"),
    ("source: 5", ("source",), "document_type"),
    ("source: [a, 5]", ("source", 1), "document_type"),
    ("options: {a: 1, b: x}", ("options", "b"), "document_type"),
    ("options: [1]", ("options",), "document_type"),
    ("rows: {a: {b: x}}", ("rows", "a", "b"), "document_type"),
    ("rows: {a: [1]}", ("rows", "a"), "document_type"),
    ("marks: {a: null, b: x}", ("marks", "b"), "document_type"),
    ("ranges: {a: [1]}", ("ranges", "a"), "document_length"),
    ("ranges: {a: [1, x]}", ("ranges", "a", 1), "document_type"),
    ("small: {a: 10}", ("small", "a"), "document_bound"),
    ("sign: times", ("sign",), "document_choice"),
    ("sign: 5", ("sign",), "document_choice"),
    ("months: 4", ("months",), "document_choice"),
    ("part: []", ("part",), "document_type"),
    ("part: {min: 5, max: 4}", ("part",), "crossed"),
    ("parts: {a: 1}", ("parts",), "document_type"),
    ("parts: [{parts: [{parts: [{min: x}]}]}]", ("parts", 0, "parts", 0, "parts", 0, "min"), "document_type"),
    ("needed: [{code: a}]", ("needed", 0), "document_field_missing"),
    ("needed: [a]", ("needed", 0), "document_type"),
]


@pytest.mark.parametrize(("text", "path", "code"), ONE)
def test_a_value_that_does_not_fit_is_told_with_its_place(text: str, path: tuple[str | int, ...], code: str):
    assert found(text) == [(path, code)]


def test_every_place_is_told_not_the_first():
    texts: dict[str, list[str]] = {}
    for text, path, _ in ONE:
        texts.setdefault(str(path[0]), []).append(text)
    whole = "\n".join(each[-1] for each in texts.values())
    expected = [(path, code) for text, path, code in ONE if text in whole.split("\n")]
    assert sorted(found(whole), key=str) == sorted(expected, key=str)
    assert len(expected) > 15


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("part: {min: 5, max: 4, names: [1]}", ["document_type", "crossed"]),
        ("part: {min: 5, max: 4, parts: [{min: 5, max: 4}]}", ["crossed", "crossed"]),
        ("part: {min: 10, max: x}", ["document_type"]),
        ("part: {min: 10, mx: 20}", ["document_field_unknown"]),
    ],
)
def test_a_contradiction_is_told_beside_faults_that_do_not_touch_it(text: str, codes: list[str]):
    assert [code for _, code in found(text)] == codes


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("points: 0.1", "points", Decimal("0.1")),
        ("points: '0.1'", "points", Decimal("0.1")),
        ("points: 123456789012.345", "points", Decimal("123456789012.345")),
        ("formula: 0.1", "formula", 0.1),
        ("formula: 2", "formula", 2),
        ("formula: total > 1", "formula", "total > 1"),
        ("formula:", "formula", None),
        ("source: [a, b]", "source", ("a", "b")),
        ("options: {5: 1, yes: 0.3}", "options", {"5": Decimal(1), "yes": Decimal("0.3")}),
        ("rows: {a: 1, b: {c: 0.2}}", "rows", {"a": Decimal(1), "b": {"c": Decimal("0.2")}}),
        ("marks: {a: null, b: 0.7}", "marks", {"a": None, "b": Decimal("0.7")}),
        ("ranges: {a: [0.1, 2]}", "ranges", {"a": (Decimal("0.1"), Decimal(2))}),
        ("on: true", "on", True),
    ],
)
def test_what_fits_is_read_exactly(text: str, field: str, value: Any):
    whole = fitted(read(text).value, Whole)
    assert isinstance(whole, Whole), whole
    assert getattr(whole, field) == value
    assert type(getattr(whole, field)) is type(value)


def test_a_fault_of_writing_hides_only_what_is_not_known_by_it():
    document = read("points: .nan\nname: 5\noften: 9\noften: 2\nday: !x 5\nparts: [{<<: 1}]")
    told = examined(document, Whole)
    assert isinstance(told, list)
    assert [(fault.problem.code, document.place(fault)) for fault in told] == [
        ("document_number_endless", (1, 9)),
        ("document_type", (2, 7)),
        ("document_bound", (3, 8)),
        ("document_key_twice", (4, 1)),
        ("document_tag", (5, 6)),
        ("document_merge", (6, 10)),
    ]


def test_an_unknown_field_is_told_where_its_name_stands():
    document = read("name: a\n  \npart:\n  mx: 5\n  min: x")
    told = examined(document, Whole)
    assert isinstance(told, list)
    assert [document.place(fault) for fault in told] == [(4, 3), (5, 8)]


def test_of_very_many_faults_the_first_thousand_are_told():
    told = fitted({"parts": [{"min": "x"}] * 5_000}, Whole)
    assert isinstance(told, list)
    assert len(told) == MOST_FAULTS
    assert told[-1].problem == Problem("document_faults_many", {"most": MOST_FAULTS})


plain = (
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.text(max_size=4)
)
anything = st.recursive(
    plain,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*Whole.__struct_fields__, "x"]), inner)
    ),
    max_leaves=12,
)


@given(anything)
def test_whatever_is_written_is_fitted_or_has_faults(value: Any):
    told = fitted(value, Whole)
    assert isinstance(told, Whole) or (told and all(isinstance(each, Fault) for each in told))
