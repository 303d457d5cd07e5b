"""What holds for every formula."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rules.expressions import FUNCTIONS, Answer, compiled
from rules.problems import Problem
from screens.problems import sentence
from tests.formulas import DATA, outcome, value

FIGURES = st.decimals(min_value=0, max_value=10**6, places=4, allow_nan=False)


def trees(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(leaves, lambda inner: st.tuples(inner, st.sampled_from("+-*/"), inner), max_leaves=12)


def printed(tree: Any) -> str:
    if isinstance(tree, tuple):
        return f"({printed(tree[0])} {tree[1]} {printed(tree[2])})"
    return str(tree) if isinstance(tree, str) else format(tree, "f")


def reckoned(tree: Any) -> Decimal | None:
    if not isinstance(tree, tuple):
        return Decimal(tree)
    left, right = reckoned(tree[0]), reckoned(tree[2])
    if left is None or right is None or (tree[1] == "/" and not right):
        return None
    act = {"+": Decimal.__add__, "-": Decimal.__sub__, "*": Decimal.__mul__, "/": Decimal.__truediv__}
    return act[tree[1]](left, right)


@given(trees(FIGURES))
def test_a_printed_formula_gives_what_decimal_gives(tree: Any):
    assert value(printed(tree)) == reckoned(tree)


@given(trees(FIGURES))
def test_names_give_the_same_as_the_numbers_they_stand_for(tree: Any):
    held: dict[str, Answer] = {}

    def hidden(part: Any) -> Any:
        if isinstance(part, tuple):
            return (hidden(part[0]), part[1], hidden(part[2]))
        held[f"n{len(held)}"] = part
        return f"n{len(held) - 1}"

    expression = compiled(printed(hidden(tree)))
    assert expression.names == tuple(held)
    assert expression.value(held.get) == reckoned(tree)


@given(st.lists(st.tuples(st.sampled_from("+-*/"), st.integers(1, 99)), max_size=20), st.integers(1, 99))
def test_without_brackets_the_order_is_the_usual(rest: list[tuple[str, int]], first: int):
    text = f"{first}" + "".join(f"{sign}{figure}" for sign, figure in rest)
    terms, factors = Fraction(0), Fraction(first)
    for sign, figure in rest:
        if sign in "+-":
            terms, factors = terms + factors, Fraction(figure if sign == "+" else -figure)
        else:
            factors = factors * figure if sign == "*" else factors / figure
    answer = value(text)
    assert isinstance(answer, Decimal)
    assert abs(Fraction(answer) - (terms + factors)) <= abs(terms + factors) / 10**20 + Fraction(1, 10**12)


PIECES = [
    *("(", ")", ",", "，", " ", "+", "-", "*", "/", "<", ">=", "=", "!=", " in ", " not ", " and ", "或", "非", "true"),
    *("1", "0", "2.5", "50%", "'a'", "“”", *DATA, *FUNCTIONS, "unknown.name-1", ".", "-1", "\n", "$"),
]
TEXTS = st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@given(TEXTS)
def test_any_text_is_refused_or_gives_an_answer(text: str):
    answer = outcome(text)
    if isinstance(answer, Problem):
        assert 1 <= answer.facts["column"] <= len(text) + 1
        assert sentence(str.format, answer)
    else:
        assert isinstance(answer, Decimal | str | bool | None | tuple)


@given(
    st.sampled_from(sorted(FUNCTIONS)), st.lists(st.sampled_from([*DATA, "1", "'x'", "nothing", "-2.5"]), max_size=4)
)
def test_no_function_breaks_on_any_data(name: str, arguments: list[str]):
    answer = outcome(f"{name}({', '.join(arguments)})")
    if isinstance(answer, Problem):
        assert answer.code == "formula_arguments"
    else:
        assert isinstance(answer, Decimal | str | bool | None | tuple)
