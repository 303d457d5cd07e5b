"""What is refused in a formula: where, why, and in which words."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from rules.expressions import compiled
from rules.problems import Problem
from screens.problems import sentence
from tests.formulas import DATA, refusal

D = Decimal


@pytest.mark.parametrize(
    ("formula", "column", "near"),
    [
        ("", 1, ""),
        ("   ", 4, ""),
        ("(", 2, ""),
        ("((((", 5, ""),
        ("(" * 500, 501, ""),
        ("1 +", 4, ""),
        ("quantity and", 13, ""),
        ("quantity in (1", 15, ""),
        ("1 2", 3, "2"),
        ("1 + * 2", 5, "* 2"),
        ("1)", 2, ")"),
        ("2 ** 3", 4, "* 3"),
        ("2 // 3", 4, "/ 3"),
        ("5 % 3", 3, "% 3"),
        ("a >> b", 4, "> b"),
        ("a <> b", 4, "> b"),
        ("1 <= a <= 3", 8, "<= 3"),
        ("and", 1, "and"),
        ("= 1", 1, "= 1"),
        ("a.", 2, "."),
        ("a..b", 2, "..b"),
        (".5", 1, ".5"),
        ("1.2.3", 4, ".3"),
        ("1e5", 2, "e5"),
        ("0x10", 2, "x10"),
        ("'abc", 1, "'abc"),
        ("'a\nb'", 1, "'a\nb'"),
        ("min(1,)", 7, ")"),
        ("quantity in ()", 14, ")"),
        ("quantity in 5", 13, "5"),
        ("quantity in children.total", 13, "children.total"),
        ("\n\n quantity $ 1", 13, "$ 1"),
        ("quantity;1", 9, ";1"),
        ("lambda: 1", 7, ": 1"),
        ("[x for x in y]", 1, "[x for x in y]"),
        ("{quantity}", 1, "{quantity}"),
        ("a[0]", 2, "[0]"),
        ("a := 1", 3, ":= 1"),
        ("(1).__class__", 4, ".__class__"),
        ("'a'.join", 4, ".join"),
        ("()", 2, ")"),
        ("\uff11", 1, "\uff11"),  # digits, but of other scripts
        ("\u0661", 1, "\u0661"),
        ("\U0001d7cf + 1", 1, "\U0001d7cf + 1"),
        ("a\u202eb", 2, "\u202eb"),
        ("a\u200bb", 2, "\u200bb"),
        ("a\x00", 2, "\x00"),
        ("\ud800", 1, "\ud800"),
        ("quantity + #" + "x" * 30, 12, "#" + "x" * 19),
    ],
)
def test_what_does_not_read_is_refused_with_its_column(formula: str, column: int, near: str):
    expected = {"formula": formula, "column": column, "near": near}
    assert refusal(formula) == Problem("formula_unreadable", expected)


@pytest.mark.parametrize("plain", [float("nan"), float("inf"), float("-inf")])
def test_a_number_without_a_size_is_refused(plain: float):
    assert refusal(plain).code == "formula_unreadable"


@pytest.mark.parametrize(
    ("formula", "name", "column"),
    [
        ("__import__('os')", "__import__", 1),
        ("1 + eval('1')", "eval", 5),
        ("IF(1, 2, 3)", "IF", 1),
        ("a.__class__()", "a.__class__", 1),
        ("max(1, sqrt(4))", "sqrt", 8),
    ],
)
def test_a_function_nobody_knows_is_refused(formula: str, name: str, column: int):
    known = "if, min, max, sum, mean, count, any, all, round, floor, ceil, abs, clamp, share"
    assert refusal(formula) == Problem("formula_function_unknown", {"name": name, "known": known, "column": column})


@pytest.mark.parametrize(
    ("formula", "name", "wanted", "given", "column"),
    [
        ("if(1, 2)", "if", "3", 2, 1),
        ("1 + if(1, 2, 3, 4)", "if", "3", 4, 5),
        ("sum()", "sum", "1+", 0, 1),
        ("any()", "any", "1+", 0, 1),
        ("round(1, 2, 3)", "round", "1-2", 3, 1),
        ("abs()", "abs", "1", 0, 1),
        ("clamp(1, 2)", "clamp", "3", 2, 1),
        ("share(1)", "share", "2", 1, 1),
    ],
)
def test_too_few_or_too_many_values_are_refused(formula: str, name: str, wanted: str, given: int, column: int):
    facts = {"name": name, "wanted": wanted, "given": given, "column": column}
    assert refusal(formula) == Problem("formula_arguments", facts)


def nested(before: str, inner: str, after: str) -> Callable[[int], str]:
    return lambda levels: before * levels + inner + after * levels


@pytest.mark.parametrize(
    ("formula", "most", "code"),
    [
        (lambda length: "1" * length, 500, "formula_too_long"),
        (lambda length: " " * (length - 1) + "a", 500, "formula_too_long"),
        (nested("(", "a", ")"), 40, "formula_too_deep"),
        (nested("（", "1", ")"), 40, "formula_too_deep"),
        (nested("-", "a", ""), 40, "formula_too_deep"),
        (nested("not ", "a", ""), 40, "formula_too_deep"),
        (nested("abs(", "a", ")"), 40, "formula_too_deep"),
        (nested("1+(", "a", ")"), 40, "formula_too_deep"),
        (nested("a in (", "1", ")"), 40, "formula_too_deep"),
    ],
)
def test_a_formula_has_its_limits(formula: Callable[[int], str], most: int, code: str):
    compiled(formula(most)).value(DATA.get)
    problem = refusal(formula(most + 1))
    assert (problem.code, problem.facts["most"]) == (code, most)


def test_a_formula_has_at_most_200_parts():
    names = "+".join("a" * 100)  # 100 names and 99 signs
    assert compiled(f"-({names})").value(lambda name: D(1)) == -100
    assert refusal(f"--({names})") == Problem(
        "formula_too_many_parts", {"formula": f"--({names})", "parts": 201, "most": 200}
    )


@pytest.mark.parametrize("text", ["1" * 10_000_000, "(" * 10_000_000, "党" * 10_000_000])
def test_ten_megabytes_are_refused_unread(text: str):
    assert refusal(text) == Problem("formula_too_long", {"formula": text[:20], "length": 10_000_000, "most": 500})


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("1 +", "The formula ends too early, after 3 characters. Complete it."),
        ("1 + {x}", "The formula does not read from character 5 on: “{x}”."),
        ("a\u202e", "Character 2 of the formula cannot be seen. Delete it."),
        ("1" * 501, "The formula has 501 characters; at most 500."),
        ("-" * 41 + "a", "The formula has 41 levels of brackets and signs; at most 40."),
        ("+".join("a" * 101), "The formula has 201 numbers, names and signs; at most 200."),
        ("2 * IF(1)", "There is no function IF (character 5 of the formula). Possible are: if, min, "),
        ("if(1)", "The function if (character 1 of the formula) takes 3 values, not 1."),
    ],
)
def test_each_refusal_has_its_sentence(formula: str, said: str):
    assert sentence(str.format, refusal(formula)).startswith(said)
