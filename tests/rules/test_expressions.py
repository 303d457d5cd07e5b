"""The formulas of a scheme: what they read and what they give."""

import subprocess
import sys
from decimal import Context, Decimal, localcontext

import pytest

from rules.expressions import Answer, compiled, number
from tests.formulas import DATA, untouched, value

D = Decimal


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("12", D(12)),
        ("0.5", D("0.5")),
        ("007", D(7)),
        ("85%", D("0.85")),
        ("12.5％", D("0.125")),
        ("1/3", D("0.3333333333333333333333333333")),
        ("1 + 2 * 3", D(7)),
        ("(1 + 2) * 3", D(9)),
        ("（1＋2）×3", D(9)),
        ("7 - 2 - 1", D(4)),
        ("7－2−1", D(4)),
        ("12 / 3 / 2", D(2)),
        ("12÷3／2", D(2)),
        ("2＊3", D(6)),
        ("2 * -3", D(-6)),
        ("--3", D(3)),
        ("-(-3)", D(3)),
        ("+3", D(3)),
        ("-quantity", D(-5)),
        ("-zero", D(0)),
        ("quantity * 2\n\t + 1", D(11)),
        ("quantity　+ 1", D(6)),
    ],
)
def test_arithmetic_is_decimal_and_in_the_usual_order(formula: str, expected: Decimal):
    assert value(formula) == expected


@pytest.mark.parametrize(
    ("formula", "names", "expected"),
    [
        ("node.A-1", ("node.A-1",), D(7)),
        ("node.A -1", ("node.A",), D(8)),
        ("node.A - 1", ("node.A",), D(8)),
        ("node.A- 1", ("node.A",), D(8)),
        ("node.A－1", ("node.A",), D(8)),
        ("node.A--1", ("node.A",), D(10)),
        ("node.A-1-1", ("node.A-1-1",), None),
        ("node.A-1 - node.A", ("node.A-1", "node.A"), D(-2)),
        ("quantity-1", ("quantity",), D(4)),
        ("quantity -1", ("quantity",), D(4)),
        ("quantity-half", ("quantity", "half"), D("4.5")),
        ("node.1.2", ("node.1.2",), D(12)),
        ("count.041 * 2", ("count.041",), D(6)),
        ("count.志愿-2", ("count.志愿-2",), D(4)),
        ("积分+1", ("积分",), D(7)),
        ("zero + quantity + zero", ("zero", "quantity"), D(5)),
        ("if(leader, quantity, half)", ("leader", "quantity", "half"), D(5)),
        ("quantity in (half, 5) or state = 'quantity'", ("quantity", "half", "state"), True),
        ("orders + android + 或者 + true_one", ("orders", "android", "或者", "true_one"), None),
        ("min + if", ("min", "if"), None),
        ("a.__class__.__mro__", ("a.__class__.__mro__",), None),
        ("__import__", ("__import__",), None),
        ("1 + 2", (), D(3)),
    ],
)
def test_names_are_told_in_order_each_once(formula: str, names: tuple[str, ...], expected: Answer):
    expression = compiled(formula)
    assert (expression.names, expression.value(DATA.get)) == (names, expected)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("quantity < 5", False),
        ("quantity <= 5", True),
        ("quantity > 4.9", True),
        ("quantity >= 5.1", False),
        ("quantity = 5.0", True),
        ("quantity == 5", True),
        ("quantity != 5", False),
        ("quantity≥5", True),
        ("quantity≧6", False),
        ("quantity≤4", False),
        ("quantity≦5", True),
        ("quantity≠5", False),
        ("quantity＞＝5", True),
        ("quantity＜5", False),
        ("quantity＝5", True),
        ("quantity！＝5", False),
        ("state = 'late'", True),
        ('state = "late"', True),
        ("state = “late”", True),
        ("state = ”late”", True),
        ("state = ‘late’", True),
        ("state = ' late'", False),
        ("'a' < 'b'", True),
        ("'10' < '9'", True),
        ("figure = 10", False),
        ("figure != 10", True),
        ("figure > 9", False),
        ("figure < 11", False),
        ("9 < figure", False),
        ("leader = true", True),
        ("leader = 1", True),
        ("leader > guest", True),
        ("leader >= 1", True),
        ("nothing = 1", False),
        ("nothing != 1", True),
        ("nothing = nothing", True),
        ("nothing < 1", False),
        ("nothing >= 1", False),
        ("1 < nothing", False),
        ("odd < 1", False),
        ("odder = 1", False),
        ("odder in (1, 2)", False),
        ("quantity in (4, 5)", True),
        ("quantity in （4，6）", False),
        ("quantity in (4；quantity；6)", True),
        ("quantity in (quantity + 1)", False),
        ("quantity not in (4, 6)", True),
        ("not quantity in (4, 6)", True),
        ("state in ('late', 'leave')", True),
        ("state not in ('late', 'leave')", False),
        ("figure in (10)", False),
        ("nothing in (1, 2)", False),
        ("60 in (children.total)", True),
        ("61 in (children.total, zero)", False),
    ],
)
def test_comparisons_are_yes_or_no(formula: str, expected: bool):
    assert value(formula) is expected


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("true", True),
        ("false", False),
        ("true or false and false", True),
        ("(true or false) and false", False),
        ("not true or true", True),
        ("not (true or true)", False),
        ("not not leader", True),
        ("not quantity = 5", False),
        ("leader 且 guest", False),
        ("leader 或 guest", True),
        ("非 guest", True),
        ("非(guest)", True),
        ("quantity>=5且leader", True),
        ("quantity>5或(guest)", False),
        ("1and 1", True),
        ("quantity and state", True),
        ("zero or nothing", False),
        ("'' or guest", False),
        ("not nothing", True),
        ("children.leader or false", False),
        ("not children.total", True),
    ],
)
def test_conditions_join_as_usual(formula: str, expected: bool):
    assert value(formula) is expected


@pytest.mark.parametrize(
    "formula",
    [
        "if(true, 1, unseen)",
        "if(false, unseen, 1)",
        "false and unseen",
        "true or unseen",
        "false and unseen > 1 or true or unseen",
    ],
)
def test_what_does_not_matter_is_not_looked_up(formula: str):
    compiled(formula).value(untouched)
    assert compiled(formula).names == ("unseen",)


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        (3, D(3)),
        (-2, D(-2)),
        (0.1, D("0.1")),
        (1e-7, D("0.0000001")),
        (1e20, D(10) ** 20),
        (True, True),
        (1, D(1)),
        (1.0, D(1)),
    ],
)
def test_a_plain_number_is_a_formula(plain: float, expected: Answer):
    expression = compiled(plain)
    assert (expression.names, expression.value(untouched)) == ((), expected)
    assert type(expression.value(untouched)) is type(expected)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [(D("1.5"), D("1.5")), (True, D(1)), (False, D(0)), (None, None), ("1", None), ((D(1),), None)],
)
def test_a_number_of_an_answer(answer: Answer, expected: Decimal | None):
    assert number(answer) == expected
    assert type(number(answer)) is type(expected)


def test_an_expression_is_made_once_and_cannot_be_changed():
    expression = compiled("quantity + 1")
    assert compiled("quantity + 1") is expression
    with pytest.raises(AttributeError):
        expression.text = "2"  # type: ignore[misc]


def test_a_caller_with_another_decimal_context_gets_the_same():
    with localcontext(Context(prec=3)):
        answers = [value("1/3"), value("round(1234.56, 1)"), value("sum(1000.5, 1)"), value("floor(12345.6)")]
    assert answers == [D("0.3333333333333333333333333333"), D("1234.6"), D("1001.5"), D(12345)]


def test_importing_it_does_not_load_the_parser():
    code = "import sys, rules.expressions as e; e.compiled(3); print('lark' in sys.modules); e.compiled('3')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
