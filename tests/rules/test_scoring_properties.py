"""What holds for every scheme and every year."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from rules.schemes import Caps, Criterion, Node, Scheme, Total, Value
from rules.scoring import Entry, Facts, Id, Score, score

ZERO = Decimal(0)
DECEMBER = date(2026, 12, 31)
QUARTER = Decimal("0.25")


def quarters(least: int, most: int) -> st.SearchStrategy[Decimal]:
    return st.integers(least, most).map(lambda number: number * QUARTER)


def maybe(strategy: st.SearchStrategy[Decimal]) -> st.SearchStrategy[Decimal | None]:
    return st.none() | strategy


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    nodes = []
    for number in range(draw(st.integers(1, 3))):
        criteria = tuple(
            Criterion(
                f"{number}-{index}",
                f"{number}-{index}",
                Value(fixed=Decimal(1)),
                sign=draw(st.sampled_from(("plus", "minus"))),
                caps=Caps(draw(maybe(quarters(0, 12))), draw(maybe(quarters(0, 24)))),
            )
            for index in range(draw(st.integers(1, 3)))
        )
        least, most = draw(maybe(quarters(-24, 0))), draw(maybe(quarters(0, 24)))
        nodes.append(Node(f"{number}", f"{number}", criteria, min=least, max=most))
    total = Total(draw(quarters(-20, 400)), draw(maybe(quarters(-40, 200))), draw(maybe(quarters(200, 400))))
    return Scheme("s", "1", "s", tuple(nodes), total=total)


@st.composite
def years(draw: st.DrawFn, least: int = 0) -> tuple[Scheme, list[Entry]]:
    """A scheme and a member's entries; a gaining criterion may also lose, as attendance does."""
    scheme = draw(schemes())
    row = st.tuples(st.sampled_from(list(scheme.criteria.values())), st.integers(1, 4), st.integers(-8, 16))
    rows = enumerate(draw(st.lists(row, min_size=least, max_size=20)), 1)
    return scheme, [
        Entry(number, criterion.code, date(2026, month, 1), QUARTER * min(points, -points))
        if criterion.sign == "minus"
        else Entry(number, criterion.code, date(2026, month, 1), QUARTER * points)
        for number, (criterion, month, points) in rows
    ]


def year(scheme: Scheme, entries: list[Entry]) -> Score:
    return score(scheme, Facts(DECEMBER, {1: entries}))[1]


def by_entry(result: Score) -> dict[Id, object]:
    return {part.entry: part for part in result.parts}


@given(years())
def test_no_cap_is_exceeded_in_any_month_or_year(case: tuple[Scheme, list[Entry]]):
    scheme, entries = case
    capped = {part.entry: part.capped for part in year(scheme, entries).parts}
    windows: dict[str, Callable[[Entry], str]] = {"month": lambda entry: entry.period, "year": lambda entry: ""}
    for name, window in windows.items():
        sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for entry in entries:
            sums[entry.criterion, window(entry)] += capped[entry.id]
        for (code, _), total in sums.items():
            criterion = scheme.criteria[code]
            cap = getattr(criterion.caps, name)
            assert cap is None or (total >= -cap if criterion.sign == "minus" else total <= cap)


@given(years())
def test_a_category_and_the_total_stay_within_their_bounds(case: tuple[Scheme, list[Entry]]):
    scheme, entries = case
    result = year(scheme, entries)
    for node, figure in zip(scheme.nodes, result.figures, strict=True):
        assert node.min is None or figure.counted >= node.min
        assert node.max is None or figure.counted <= node.max
        assert figure.room is None or figure.counted + figure.room == node.max
    assert scheme.total.min is None or result.total >= scheme.total.min
    assert scheme.total.max is None or result.total <= scheme.total.max


@given(years())
def test_the_parts_add_up_to_the_figures_and_the_figures_to_the_total(case: tuple[Scheme, list[Entry]]):
    scheme, entries = case
    result = year(scheme, entries)
    node_of = {entry.id: scheme.category[entry.criterion].code for entry in entries}
    for figure in result.figures:
        mine = [part for part in result.parts if node_of[part.entry] == figure.node]
        assert figure.counted == sum((part.counted for part in mine), ZERO)
        assert figure.posted == sum((part.posted for part in mine), ZERO)
    everything = scheme.total.base + sum((figure.counted for figure in result.figures), ZERO)
    least = everything if scheme.total.min is None else max(everything, scheme.total.min)
    assert result.total == (least if scheme.total.max is None else min(least, scheme.total.max))
    assert sorted(part.entry for part in result.parts) == sorted(entry.id for entry in entries)


@given(years(), st.randoms(use_true_random=False))
def test_the_order_in_which_entries_are_read_changes_nothing(case: tuple[Scheme, list[Entry]], chance: Random):
    scheme, entries = case
    mixed = chance.sample(entries, len(entries))
    first, second = year(scheme, entries), year(scheme, mixed)
    assert (first.total, first.grade, first.figures) == (second.total, second.grade, second.figures)
    assert by_entry(first) == by_entry(second)


@given(years(), st.randoms(use_true_random=False))
def test_the_order_in_which_entries_were_posted_changes_no_figure(case: tuple[Scheme, list[Entry]], chance: Random):
    scheme, entries = case
    numbers = chance.sample(range(1, len(entries) + 1), len(entries))
    posted = [replace(entry, id=number) for entry, number in zip(entries, numbers, strict=True)]
    first, second = year(scheme, entries), year(scheme, posted)
    assert (first.total, first.figures) == (second.total, second.figures)


@given(years(least=1), st.data())
def test_a_reversal_restores_the_former_digits(case: tuple[Scheme, list[Entry]], data: st.DataObject):
    scheme, entries = case
    taken = data.draw(st.sampled_from(entries))
    others = [entry for entry in entries if entry is not taken]
    month = data.draw(st.sampled_from((date(2026, 1, 1), date(2026, 12, 1))))
    back = Entry(len(entries) + 1, taken.criterion, month, -(taken.points or ZERO), reverses=taken.id)
    before, after = year(scheme, others), year(scheme, [*entries, back])
    assert repr((before.total, before.grade, before.figures)) == repr((after.total, after.grade, after.figures))
    assert {number: part for number, part in by_entry(after).items() if number not in (taken.id, back.id)} == by_entry(
        before
    )


@given(years(), st.data())
def test_another_gain_never_lowers_a_figure(case: tuple[Scheme, list[Entry]], data: st.DataObject):
    scheme, entries = case
    code = data.draw(st.sampled_from(list(scheme.criteria)))
    gain = Entry(len(entries) + 1, code, date(2026, 2, 1), data.draw(quarters(0, 16)))
    before, after = year(scheme, entries), year(scheme, [*entries, gain])
    assert after.total >= before.total
    assert [old.counted <= new.counted for old, new in zip(before.figures, after.figures, strict=True)] == [True] * len(
        before.figures
    )


@given(years(), years())
def test_a_score_depends_on_nothing_but_the_entries_of_its_member(
    case: tuple[Scheme, list[Entry]], other: tuple[Scheme, list[Entry]]
):
    scheme, entries = case
    alone = score(scheme, Facts(DECEMBER, {1: entries}))
    together = score(scheme, Facts(DECEMBER, {2: other[1], 1: entries}))
    assert repr(together[1]) == repr(alone[1])
