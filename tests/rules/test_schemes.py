"""A scheme file is read exactly, and every fault in it is named."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.schemes import Criterion, Scheme, parse

EXAMPLE = Path(__file__).parents[2] / "examples/b1-member-points/scheme.yaml"
HEAD = 'scheme: s\nversion: "1"\ntitle: 办法\n'
GOOD = "{code: A1, name: 学习, value: {fixed: 0.5}}"
UNREADABLE = "scheme_unreadable"


def one(*criteria: str, node: str = "", rest: str = "") -> str:
    """A scheme of one category."""
    return f"{HEAD}nodes: [{{code: A, name: 甲, {node} criteria: [{', '.join(criteria)}]}}]\n{rest}"


def criterion(value: str = "{fixed: 1}", rest: str = "", code: str = "B1", name: str = "服务") -> str:
    return f"{{code: {code}, name: {name}, value: {value}, {rest}}}"


def two(first: str, second: str) -> str:
    """A scheme of two categories with a criterion each."""
    return f"{HEAD}nodes: [{{code: A, name: 甲, criteria: [{first}]}}, {{code: B, name: 乙, criteria: [{second}]}}]"


def accepted(text: str) -> Scheme:
    found = parse(text)
    assert isinstance(found, Scheme), found
    return found


def read(value: str, rest: str = "") -> Criterion:
    return accepted(one(criterion(value, rest))).criteria["B1"]


PRESENT = "{attendance: {present: 0.5, late: 0.25, leave: 0, absent: -1}}"
ORGANISATION = "by: [organisation]"
FAULTS = [
    pytest.param("", [UNREADABLE], id="nothing"),
    pytest.param("[", [UNREADABLE], id="no YAML"),
    pytest.param("- 1", [UNREADABLE], id="a list"),
    pytest.param(f"{HEAD}", [UNREADABLE], id="no categories"),
    pytest.param(one(criterion("{fixed: .nan}")), [UNREADABLE], id="a value that is no number"),
    pytest.param(one(criterion("{fixed: .inf}")), [UNREADABLE], id="an endless value"),
    pytest.param(one(criterion("{fixed: 一}")), [UNREADABLE], id="a value in words"),
    pytest.param(one(criterion("{fixed: true}")), [UNREADABLE], id="a value that is a truth"),
    pytest.param(one(criterion("{fixed: -1}")), [UNREADABLE], id="a deduction hidden in the value"),
    pytest.param(one(criterion("{fixed: 0.0001}")), [UNREADABLE], id="finer than a thousandth"),
    pytest.param(one(criterion("{fixed: 1000001}")), [UNREADABLE], id="more than a million"),
    pytest.param(one(criterion(rest="caps: {month: -1}")), [UNREADABLE], id="a cap below nothing"),
    pytest.param(one(criterion(rest="caps: {year: .nan}")), [UNREADABLE], id="a cap that is no number"),
    pytest.param(one(criterion(rest="most: 0")), [UNREADABLE], id="no quantity is possible"),
    pytest.param(one(criterion(rest="most: 1.5")), [UNREADABLE], id="a broken most"),
    pytest.param(one(criterion(rest="sign: times")), [UNREADABLE], id="an unknown sign"),
    pytest.param(one(criterion(rest="by: [chairman]")), [UNREADABLE], id="an unknown recorder"),
    pytest.param(one(criterion(rest="evidence: perhaps")), [UNREADABLE], id="an unknown need of evidence"),
    pytest.param(one(GOOD, rest="total: {min: 5, max: 4}"), [UNREADABLE], id="a total with its bounds crossed"),
    pytest.param(one(GOOD, rest="months: {close_on: 31}"), [UNREADABLE], id="a closing day that February lacks"),
    pytest.param(one(GOOD, rest="months: {review_until: 0}"), [UNREADABLE], id="a review that ends on no day"),
    pytest.param(one(GOOD, rest="months: {review_until: 6}"), [UNREADABLE], id="closed while under review"),
    pytest.param(one(GOOD, rest="months: {remind: [-1]}"), [UNREADABLE], id="a reminder after the last day"),
    pytest.param(one(GOOD, rest="months: {remind: [28]}"), [UNREADABLE], id="a reminder before the month"),
    pytest.param(one(GOOD, rest="grades: [{name: 优, from: .nan}]"), [UNREADABLE], id="a grade from no number"),
    pytest.param(one(GOOD, criterion(code="A1")), ["scheme_code_twice"], id="two criteria with one code"),
    pytest.param(one(GOOD, criterion(code="A")), ["scheme_code_twice"], id="a criterion with its category's code"),
    pytest.param(two(criterion(), criterion(code="A", name="它")), ["scheme_code_twice"], id="with another category's"),
    pytest.param(one(GOOD, criterion(name="学习")), ["scheme_name_twice"], id="two criteria with one name"),
    pytest.param(two(GOOD, criterion(name="学习")), ["scheme_name_twice"], id="also in another category"),
    pytest.param(one(GOOD, criterion(rest="aliases: [学习]")), ["scheme_name_twice"], id="an alias that is a name"),
    pytest.param(one(criterion(rest="aliases: [甲, 甲]")), ["scheme_name_twice"], id="an alias twice"),
    pytest.param(one(criterion("{}")), ["scheme_value_unclear"], id="no value"),
    pytest.param(one(criterion("{unit: 次}")), ["scheme_value_unclear"], id="a unit and no value"),
    pytest.param(one(criterion("{per: 小时}")), ["scheme_per_without_points"], id="per unit without points"),
    pytest.param(one(criterion("{fixed: 1, points: 1}")), ["scheme_value_unclear"], id="points without a unit"),
    pytest.param(
        one(criterion("{fixed: 1, per: 小时, points: 1}")), ["scheme_value_unclear"], id="fixed and per unit at once"
    ),
    pytest.param(one(criterion(rest="by: []")), ["scheme_nobody_records"], id="nobody records"),
    pytest.param(one(criterion(rest="sign: minus")), ["scheme_member_deducts"], id="a member deducts"),
    pytest.param(one(criterion(PRESENT)), ["scheme_member_deducts"], id="a member records attendance"),
    pytest.param(
        one(criterion(rest="caps: {month: 3}"), node="max: 2,"), ["scheme_cap_above_category"], id="month cap too high"
    ),
    pytest.param(
        one(criterion(rest="caps: {year: 3}"), node="max: 2,"), ["scheme_cap_above_category"], id="year cap too high"
    ),
    pytest.param(
        one(GOOD, rest="grades: [{name: 中, from: 60}, {name: 优, from: 90}]"), ["scheme_grades_unordered"], id="upward"
    ),
    pytest.param(
        one(GOOD, criterion(rest="by: [], caps: {year: 3}"), criterion("{}", code="B2"), node="max: 2,"),
        ["scheme_name_twice", "scheme_nobody_records", "scheme_cap_above_category", "scheme_value_unclear"],
        id="every fault is named, not the first",
    ),
]


@pytest.mark.parametrize(("text", "codes"), FAULTS)
def test_a_faulty_scheme_is_refused_with_its_faults(text: str, codes: list[str]):
    found = parse(text)
    assert isinstance(found, list)
    assert [problem.code for problem in found] == codes


@pytest.mark.parametrize(
    "text",
    [
        one(GOOD, rest="colour: red"),
        one(GOOD, rest="total: {average: 1}"),
        one(GOOD, rest="months: {days: 1}"),
        one(GOOD, rest="grades: [{name: 优, from: 1, to: 2}]"),
        one(criterion(rest="weight: 1")),
        one(criterion("{fixed: 1, times: 2}")),
        one(criterion(rest="caps: {decade: 1}")),
        one(criterion("{attendance: {present: 1, late: 0, leave: 0, absent: 0, ill: 0}}", ORGANISATION)),
    ],
)
def test_an_unknown_key_is_refused_with_its_name(text: str):
    found = parse(text)
    assert isinstance(found, list)
    assert [problem.code for problem in found] == [UNREADABLE]
    assert "unknown field" in str(found[0].facts["detail"])


@given(st.text() | st.binary())
def test_no_text_breaks_the_reader(text: str | bytes):
    found = parse(text)
    assert isinstance(found, list)
    assert [problem.code for problem in found] == [UNREADABLE]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("0.1", "0.1"),
        ("0.3", "0.3"),
        ("2.675", "2.675"),
        ("0.015", "0.015"),
        ("10", "10"),
        ("'0.25'", "0.25"),
        ("0", "0"),
        ("999999.999", "999999.999"),
    ],
)
def test_a_number_of_the_file_is_read_as_written(written: str, expected: str):
    fixed = read(f"{{fixed: {written}}}").value.fixed
    assert isinstance(fixed, Decimal)
    assert fixed == Decimal(expected)


def test_ten_tenths_are_one():
    assert sum([read("{fixed: 0.1}").points(Decimal(1))] * 10, Decimal(0)) == 1


@pytest.mark.parametrize(
    ("value", "rest", "quantity", "state", "points"),
    [
        ("{fixed: 0.5}", "", "3", None, "1.5"),
        ("{fixed: 0}", "", "3", None, "0"),
        ("{per: 小时, points: 0.5}", "", "2.5", None, "1.25"),
        ("{per: 小时, points: 0.125}", "", "0.5", None, "0.0625"),
        ("{fixed: 2}", f"sign: minus, {ORGANISATION}", "2", None, "-4"),
        (PRESENT, ORGANISATION, "1", "present", "0.5"),
        (PRESENT, ORGANISATION, "1", "late", "0.25"),
        (PRESENT, ORGANISATION, "1", "leave", "0"),
        (PRESENT, ORGANISATION, "1", "absent", "-1"),
        (PRESENT, ORGANISATION, "2", None, "1.0"),
    ],
)
def test_a_quantity_becomes_points(value: str, rest: str, quantity: str, state: str | None, points: str):
    assert read(value, rest).points(Decimal(quantity), state) == Decimal(points)


@pytest.mark.parametrize(
    ("value", "rest", "unit", "whole"),
    [
        ("{fixed: 1}", "", "次", True),
        ("{fixed: 1, unit: 篇}", "", "篇", True),
        ("{per: 小时, points: 1}", "", "小时", False),
        (PRESENT, ORGANISATION, "次", True),
    ],
)
def test_a_quantity_has_its_word_and_only_measures_have_halves(value: str, rest: str, unit: str, whole: bool):
    found = read(value, rest)
    assert (found.unit, not found.value.takes_fractions) == (unit, whole)


def test_what_the_file_leaves_out_has_its_usual_value():
    found = accepted(one(GOOD))
    study = found.criteria["A1"]
    assert (study.sign, study.by, study.evidence, study.most) == ("plus", ("member",), "optional", 31)
    assert (study.caps.month, study.caps.year) == (None, None)
    assert (found.total.base, found.total.min, found.total.max) == (Decimal(0), None, None)
    assert (found.months.review_until, found.months.close_on, found.months.remind) == (5, 6, (7, 3, 1, 0))
    assert found.grade(Decimal(100)) is None


def test_criteria_are_found_by_code_in_the_order_of_the_file():
    found = accepted(two(criterion(code="Z"), criterion(code="C", name="它")))
    assert list(found.criteria) == ["Z", "C"]
    assert {code: node.code for code, node in found.category.items()} == {"Z": "A", "C": "B"}


@pytest.mark.parametrize(("by", "codes"), [("member", ["A1", "M", "X"]), ("organisation", ["O", "X"])])
def test_each_criterion_is_recorded_by_whom_it_names(by: str, codes: list[str]):
    rows = [
        criterion(code="M", name="甲", rest="by: [member]"),
        criterion(code="O", name="乙", rest="by: [organisation]"),
        criterion(code="X", name="丙", rest="by: [organisation, member]"),
    ]
    found = accepted(one(GOOD, *rows))
    assert [row.code for row in found.recorded_by(by)] == codes  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("total", "grade"),
    [
        ("100", "优秀"),
        ("90", "优秀"),
        ("89.9999", "合格"),
        ("75", "合格"),
        ("74.9999", "基本合格"),
        ("60", "基本合格"),
        ("59.75", "不合格"),
        ("0", "不合格"),
        ("-0.25", None),
    ],
)
def test_a_total_reaches_the_highest_grade_it_is_enough_for(total: str, grade: str | None):
    assert accepted(EXAMPLE.read_text("utf-8")).grade(Decimal(total)) == grade


def test_the_example_is_a_valid_scheme_of_fifty_standards():
    found = accepted(EXAMPLE.read_text("utf-8"))
    assert len(found.criteria) == 50
    assert (found.total.base, found.total.min, found.total.max) == (Decimal(60), Decimal(0), Decimal(100))
    assert [(node.code, len(node.criteria), node.max, node.min) for node in found.nodes] == [
        ("politics", 12, Decimal(12), Decimal(-15)),
        ("discipline", 13, Decimal(10), Decimal(-20)),
        ("morality", 10, Decimal(5), Decimal(-15)),
        ("contribution", 15, Decimal(13), Decimal(-10)),
    ]
    assert sum(criterion.sign == "minus" for criterion in found.criteria.values()) == 13
    assert (found.months.review_until, found.months.close_on, found.months.remind) == (5, 6, (7, 3, 1, 0))


@pytest.mark.parametrize(
    ("name", "points", "month", "year"), [("学习", "0.5", "1", "8"), ("志愿服务", "0.5", "2", "12")]
)
def test_the_example_names_the_two_usual_standards_once(name: str, points: str, month: str, year: str):
    found = accepted(EXAMPLE.read_text("utf-8"))
    (usual,) = [row for row in found.criteria.values() if name in (row.name, *row.aliases)]
    assert (usual.value.rate, usual.caps.month, usual.caps.year) == (Decimal(points), Decimal(month), Decimal(year))
    assert (usual.by, usual.evidence) == (("member",), "optional")
