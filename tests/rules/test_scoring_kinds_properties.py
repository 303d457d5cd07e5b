"""What holds for every scheme the language can say: caps, pools, order, reversal, the same digits each time."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.schemes import Caps, Criterion, Dedupe, Node, Periods, Pool, Scheme, Total, Value
from rules.schemes.values import Attendance, Bracket, Count, Cumulative, Each, Expected, Range, Step
from rules.scoring import Entry, Facts, Score, score
from rules.scoring.spans import KEYS

QUARTER = Decimal("0.25")
NEW_YEAR = date(2026, 1, 1)
READ_ON = date(2026, 12, 31)


def quarters(least: int, most: int) -> st.SearchStrategy[Decimal]:
    return st.integers(least, most).map(lambda number: number * QUARTER)


def values() -> st.SearchStrategy[Value]:
    attendance = st.builds(Attendance, quarters(0, 8), quarters(0, 4), st.just(Decimal(0)), quarters(-12, 0))
    tiers = st.just((Step(Decimal(2), Decimal(1)), Step(Decimal(5), Decimal(3))))
    return st.one_of(
        quarters(0, 20).map(lambda points: Value(fixed=points)),
        quarters(0, 8).map(lambda points: Value(per="小时", points=points)),
        st.just(
            Value(per="元", brackets=(Bracket(Decimal(1), Decimal(1)), Bracket(Decimal(4), Decimal(2), Decimal(2))))
        ),
        st.dictionaries(st.sampled_from("甲乙丙"), quarters(-8, 20), min_size=1).map(lambda some: Value(options=some)),
        st.just(Value(range=Range(Decimal(-2), Decimal(6)))),
        attendance.map(lambda rule: Value(attendance=rule)),
        tiers.map(lambda some: Value(cumulative=Cumulative(some, Each(QUARTER), Each(QUARTER)))),
        st.builds(
            lambda points, then: Value(count=Count(tuple(points), then)), st.lists(quarters(-8, 8)), quarters(-4, 4)
        ),
        st.builds(
            lambda each, missing: Value(expected=Expected(2, "quarter", each, missing)), quarters(0, 4), quarters(0, 4)
        ),
        st.just(Value(bands=(Step(Decimal(1), Decimal(1)), Step(Decimal(3), Decimal(4))))),
        st.just(Value(formula="if(quantity > 2, 5, quantity / 4)")),
    )


@st.composite
def criteria(draw: st.DrawFn, code: str, windows: tuple[str, ...]) -> Criterion:
    caps = Caps(**draw(st.dictionaries(st.sampled_from(windows), quarters(0, 24), max_size=2)))
    dedupe = draw(st.none() | st.builds(Dedupe, keep=st.sampled_from(("highest", "lowest", "first", "last"))))
    return Criterion(
        code,
        code,
        draw(values()),
        sign=draw(st.sampled_from(("plus", "minus", "both"))),
        caps=caps,
        pool=draw(st.sampled_from((None, "共用"))),
        dedupe=dedupe,
    )


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    nodes = []
    for name in ("A", "B"):
        periods = draw(st.sampled_from((None, Periods("quarter", "sum"), Periods("month", "mean"))))
        windows = ("day", "month", "cycle") if periods is None else ("occurrence", "day")
        some = tuple(draw(criteria(f"{name}{index}", windows)) for index in range(draw(st.integers(1, 3))))
        if periods is not None:  # a cap shared across other spans is no cap of the cycle
            some = tuple(Criterion(each.code, each.name, each.value, caps=each.caps) for each in some)
        full = draw(quarters(0, 40))
        nodes.append(Node(name, name, some, full=full, min=Decimal(0), max=full + 5, periods=periods))
    pools = (Pool("共用", Caps(month=draw(quarters(0, 20)))),)
    return Scheme("s", "1", "s", tuple(nodes), total=Total(Decimal(60), Decimal(0), Decimal(120)), pools=pools)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Scheme, list[Entry]]:
    scheme = draw(schemes())
    row = st.tuples(
        st.sampled_from(list(scheme.criteria)),
        st.integers(0, 364),
        st.integers(1, 6).map(Decimal),
        st.sampled_from("甲乙丙"),
        st.sampled_from(("present", "late", "leave", "absent")),
        st.sampled_from((None, "一事", "二事")),
        quarters(-8, 24),
    )
    rows = draw(st.lists(row, max_size=16))
    return scheme, [
        Entry(number, code, NEW_YEAR + timedelta(days=day), None, None, quantity, option, state, matter, judged)
        for number, (code, day, quantity, option, state, matter, judged) in enumerate(rows, 1)
    ]


def year(scheme: Scheme, entries: list[Entry], *, trace: bool = False) -> Score:
    return score(scheme, Facts(READ_ON, {1: entries}), trace=trace)[1]


@settings(max_examples=60)
@given(cases())
def test_no_cap_is_exceeded_in_any_window(case: tuple[Scheme, list[Entry]]):
    scheme, entries = case
    known = {entry.id: entry for entry in entries}
    for code, criterion in scheme.criteria.items():
        if criterion.pool is not None:
            continue  # what a pool takes may move an entry's part either way
        for window, most in criterion.caps.windows.items():
            sums: dict[object, Decimal] = defaultdict(Decimal)
            for part in year(scheme, entries).parts:
                entry = known[part.entry]
                if entry.criterion == code:
                    key = KEYS[window](entry.on) if window in KEYS else entry.id
                    sums[key] += part.capped
            for total in sums.values():
                assert criterion.sign == "minus" or total <= most
                assert criterion.sign == "plus" or total >= -most


@settings(max_examples=60)
@given(cases())
def test_no_shared_cap_is_exceeded_in_any_month(case: tuple[Scheme, list[Entry]]):
    scheme, entries = case
    known = {entry.id: entry for entry in entries}
    most = scheme.pools[0].caps.month
    assert most is not None
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for part in year(scheme, entries).parts:
        entry = known[part.entry]
        if scheme.criteria[entry.criterion].pool is not None:
            sums[entry.period] += part.capped
    assert all(-most <= total <= most for total in sums.values())


@settings(max_examples=60)
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_in_which_entries_are_read_changes_no_digit(case: tuple[Scheme, list[Entry]], chance: Random):
    scheme, entries = case
    first, second = year(scheme, entries), year(scheme, chance.sample(entries, len(entries)))
    assert (first.total, first.nodes, first.figures) == (second.total, second.nodes, second.figures)


@settings(max_examples=60)
@given(cases(), st.data())
def test_a_reversal_restores_the_former_digits(case: tuple[Scheme, list[Entry]], data: st.DataObject):
    scheme, entries = case
    before = year(scheme, entries)
    code = data.draw(st.sampled_from(list(scheme.criteria)))
    more = Entry(900, code, date(2026, 5, 5), option="甲", matter="一事", judged=Decimal(3))
    back = Entry(901, code, date(2026, 6, 1), reverses=900)
    after = year(scheme, [*entries, more, back])
    assert (before.total, before.nodes, before.figures) == (after.total, after.nodes, after.figures)


@settings(max_examples=40)
@given(cases())
def test_the_trace_changes_no_digit_and_names_every_entry(case: tuple[Scheme, list[Entry]]):
    scheme, entries = case
    plain, traced = year(scheme, entries), year(scheme, entries, trace=True)
    assert (plain.total, plain.nodes, plain.parts) == (traced.total, traced.nodes, traced.parts)
    assert {line.entry for line in traced.trace if line.step == "entry"} == {entry.id for entry in entries}


@settings(max_examples=40)
@given(cases())
def test_a_category_is_never_outside_its_bounds(case: tuple[Scheme, list[Entry]]):
    scheme, entries = case
    result = year(scheme, entries)
    for node in scheme.nodes:
        if node.periods is None or node.periods.combine != "sum":
            assert Decimal(0) <= result.nodes[node.code] <= (node.max or 0)
