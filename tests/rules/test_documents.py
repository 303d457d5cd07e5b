"""Files that people write: where everything stands, and what is refused before it takes time or memory."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.documents import Document, read
from rules.documents.building import DEEPEST, MOST_ALIASED, MOST_FAULTS, MOST_NODES
from rules.documents.reading import MOST_BYTES


def found(content: bytes | str) -> list[tuple[str, tuple[int, int]]]:
    """Codes and places of what is wrong with how a file is written."""
    document = read(content)
    return [(fault.problem.code, document.place(fault)) for fault in document.faults]


def laughs(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


UNREADABLE = [
    pytest.param(b"a: " + b"x" * 10_000_000, "document_too_large", (1, 1), id="ten megabytes"),
    pytest.param("a: " + "[" * 5_000, "document_too_deep", (1, 3 + DEEPEST), id="brackets never closed"),
    pytest.param("a: " + "[" * 5_000 + "]" * 5_000, "document_too_deep", (1, 3 + DEEPEST), id="brackets in brackets"),
    pytest.param("a: " + "{a: " * 5_000, "document_too_deep", (1, 4 * DEEPEST), id="braces in braces"),
    pytest.param("a:\n" + "- " * 5_000 + "x", "document_too_deep", (2, 2 * DEEPEST - 1), id="dashes in one line"),
    pytest.param(
        "".join(" " * depth + "a:\n" for depth in range(1_000)), "document_too_deep", (65, 65), id="ever more indented"
    ),
    pytest.param(laughs(9), "document_alias_many", (5, 10), id="a billion laughs"),
    pytest.param(
        "\n".join(f"a{n}: &a{n} [{f'*a{n - 1}' if n else 'x'}]" for n in range(99)),
        "document_alias_many",
        (64, 12),
        id="references that only go deep",
    ),
    pytest.param("a: &a [*a]", "document_alias_itself", (1, 8), id="a list that holds itself"),
    pytest.param("a: &a {b: *a}", "document_alias_itself", (1, 11), id="fields that hold themselves"),
    pytest.param(
        "a: [" + "1," * 300_000 + "]", "document_too_many", (1, 2 * MOST_NODES + 1), id="half a million values"
    ),
    pytest.param("a: [" + ".nan," * MOST_FAULTS + "]", "document_number_endless", (1, 5), id="a thousand faults"),
    pytest.param("title: 办法".encode("utf-16"), "document_encoding", (1, 1), id="UTF-16"),
    pytest.param("title: ab".encode("utf-16-le"), "document_encoding", (1, 1), id="UTF-16 without its mark"),
    pytest.param("title: 办法".encode("utf-32"), "document_encoding", (1, 1), id="UTF-32"),
    pytest.param("title: 办法".encode("gb18030"), "document_encoding_gb", (1, 1), id="GBK"),
    pytest.param(b"title: \xff\xff", "document_encoding", (1, 1), id="no encoding at all"),
    pytest.param("title: a\nb: longer text\0", "document_nul", (2, 15), id="a zero byte"),
    pytest.param("title: a\u200b\nb: \x07", "document_control", (2, 4), id="a control character"),
    pytest.param("a: 1\u2028b: 2", "document_control", (1, 5), id="a line end that only YAML knows"),
    pytest.param("a: \ud800", "document_control", (1, 4), id="half a letter"),
    pytest.param("a:\n\tb: 1", "document_tab", (2, 1), id="a tab for indentation"),
    pytest.param("a:\n  b: 1\n  \tc: 2\n\td: 1", "document_tab", (3, 3), id="a tab after spaces"),
    pytest.param("a: 1\n---\nb: 2", "document_several", (2, 1), id="two documents"),
    pytest.param("", "document_empty", (1, 1), id="nothing"),
    pytest.param("# 只有说明\n", "document_empty", (1, 1), id="comments only"),
    pytest.param("---\n...\n", "document_empty", (2, 1), id="marks only"),
    pytest.param("- a\n- b", "document_top", (1, 1), id="a list at the top"),
    pytest.param("hello", "document_top", (1, 1), id="a word"),
    pytest.param("-" * 1_000_000, "document_top", (1, 1), id="a million dashes"),
    pytest.param("title：办法\nnodes: 1", "document_colon_wide", (1, 6), id="a full-width colon"),
    pytest.param("title：办法", "document_colon_wide", (1, 6), id="nothing but that"),
    pytest.param("title:办法\nnodes: 1", "document_colon_space", (1, 7), id="no space after the colon"),
    pytest.param('a: 1\nb: "x\nc: 1', "document_quote_open", (2, 4), id="a quotation mark not closed"),
    pytest.param("a: [1, 2\nb: 3", "document_bracket_open", (1, 4), id="a bracket not closed"),
    pytest.param("? [a]\n: 1", "document_key", (1, 3), id="a list as a name"),
    pytest.param("a: &a x\n*a : 1", "document_key", (2, 1), id="a reference as a name"),
    pytest.param("a: 1\n  b: 2", "document_syntax", (2, 4), id="indented out of nothing"),
    pytest.param("a: @x", "document_syntax", (1, 4), id="a letter YAML keeps for itself"),
]


@pytest.mark.parametrize(("content", "code", "place"), UNREADABLE)
def test_what_no_honest_file_holds_is_refused_where_it_stands(content: bytes | str, code: str, place: tuple[int, int]):
    assert found(content)[0] == (code, place)
    assert read(content).value is None


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a: 1\nb: 2\na: 3", [("document_key_twice", (3, 1))]),
        ("a: {b: 1, b: 2}", [("document_key_twice", (1, 11))]),
        ("a: !!python/object/apply:os.system [ls]", [("document_tag", (1, 4))]),
        ("a: !!str 5", [("document_tag", (1, 4))]),
        ("a: &a {b: 1}\nc: {<<: *a, d: 1}", [("document_merge", (2, 5))]),
        ("a: *nothing", [("document_alias_unknown", (1, 4))]),
        ("a: .inf\nb: -.inf\nc: .NaN", [("document_number_endless", (line, 4)) for line in (1, 2, 3)]),
        ('a: "\\0"', [("document_control", (1, 4))]),
        (
            "a: 1\na: .nan\nb: !x y",
            [("document_key_twice", (2, 1)), ("document_number_endless", (2, 4)), ("document_tag", (3, 4))],
        ),
    ],
)
def test_what_can_be_read_past_is_told_with_all_the_rest(content: str, expected: list[tuple[str, tuple[int, int]]]):
    assert found(content) == expected
    assert read(content).value is not None


def test_a_file_full_of_faults_is_read_no_further():
    assert len(found("a: [" + ".nan," * 40_000 + "]")) == MOST_FAULTS + 1


def test_small_references_stay_possible():
    document = read("a: &usual {max: 1}\nb: *usual\nc: [*usual, *usual]")
    assert document.faults == []
    assert document.value == {"a": {"max": 1}, "b": {"max": 1}, "c": [{"max": 1}, {"max": 1}]}
    assert document.place_of(("b",)) == (2, 4)
    assert document.place_of(("b", "max")) == (1, 17), "what is referred to is mended where it is written"
    assert MOST_ALIASED < MOST_NODES


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfa: 1",
        "\ufeffa: 1",
        b"a: 1\r\n",
        b"---\na: 1\n",
        b"a: 1\n...\n",
        b"%YAML 1.2\n---\na: 1",
        b"a: 1\r",
    ],
)
def test_what_editors_add_does_no_harm(content: bytes | str):
    document = read(content)
    assert (document.value, document.faults) == ({"a": 1}, [])


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("0.1", Decimal("0.1")),
        ("-2.50", Decimal("-2.50")),
        ("1e3", Decimal("1e3")),
        (".5", Decimal("0.5")),
        ("12", 12),
        ("+3", 3),
        ("010", 10),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("yes", "yes"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("nan", "nan"),
        ("'0.1'", "0.1"),
        ('"2026-01-01"', "2026-01-01"),
        ("2026-01-01", date(2026, 1, 1)),
        ("2026-02-30", "2026-02-30"),
        ("-", None),
        ("--", "--"),
        ("第一次", "第一次"),
        ("|\n  甲\n  乙\n", "甲\n乙\n"),
    ],
)
def test_a_word_is_what_people_take_it_for(written: str, value: object):
    if written == "-":
        assert read(f"a:\n  {written}").value == {"a": [None]}
        return
    assert read(f"a: {written}").value == {"a": value}
    assert type(read(f"a: {written}").value["a"]) is type(value)


@pytest.mark.parametrize(
    "name", ["5", "5.0", "on", "no", "true", "null", "~", "2026-01-01", "010", "'5'", "一等", ".inf"]
)
def test_the_name_of_a_field_is_the_text_that_is_written(name: str):
    assert read(f"{name}: 1").value == {name.strip("'"): 1}


TEXT = """\
# 说明
title: 办法
months: {review_until: 5,
         close_on: 60}
nodes:
  - code: A
    name:
    criteria:
      - {code: P01, name: 学习}
      - code: P02
"""


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), (2, 1)),
        (("title",), (2, 8)),
        (("months",), (3, 1)),
        (("months", "close_on"), (4, 20)),
        (("nodes",), (5, 1)),
        (("nodes", 0), (6, 5)),
        (("nodes", 0, "name"), (7, 5)),
        (("nodes", 0, "criteria", 0, "name"), (9, 27)),
        (("nodes", 0, "criteria", 1), (10, 9)),
        (("nodes", 0, "criteria", 1, "caps", "month"), (10, 9)),
        (("nodes", 7), (5, 1)),
        (("absent",), (2, 1)),
    ],
)
def test_every_value_has_its_place_or_that_of_what_would_hold_it(path: tuple[str | int, ...], place: tuple[int, int]):
    assert read(TEXT).place_of(path) == place


def test_a_text_is_found_where_it_stands_last():
    document = read("a: 甲\nb: [乙, 甲]\n丙: 1")
    assert document.place_of_text("甲") == (2, 8)
    assert document.place_of_text("丁", "乙") == (2, 5)
    assert document.place_of_text("丙") == (3, 1)
    assert document.place_of_text("丁") == (1, 1)


@given(st.text() | st.binary() | st.text("ab:-[]{}&*!|>'\"# \n\t,?%<~0.", max_size=60))
def test_nothing_breaks_the_reader(content: str | bytes):
    document = read(content)
    assert isinstance(document, Document)
    assert (document.value is None) <= bool(document.faults)
    lines = document.text.split("\n")
    for fault in document.faults:
        line, column = document.place(fault)
        assert 1 <= line <= len(lines) + 1
        assert column >= 1


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=3))
def test_a_decimal_is_read_as_it_is_written(number: Decimal):
    assert Decimal(read(f"a: {number:f}").value["a"]) == number


def test_exactly_the_largest_file_is_read():
    assert read(b"a: 1" + b" " * (MOST_BYTES - 4)).value == {"a": 1}
    assert found(b"a: 1" + b" " * (MOST_BYTES - 3)) == [("document_too_large", (1, 1))]
