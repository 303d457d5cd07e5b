"""Each value rule and each way a criterion is bounded, by figures worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from rules.documents import Fault
from rules.schemes import Scheme, parse
from rules.scoring import Facts, Score, score
from rules.scoring.file import facts_of
from tests.texts import values_of

SCHEME = """
scheme: s
version: "1"
title: 办法
{more}
nodes:
  - code: N
    name: 类
    {node}
    criteria:
      - {{code: A, name: 甲, by: [organisation], value: {value}{rest}}}
"""


def scheme_of(value: str, rest: str = "", node: str = "", more: str = "") -> Scheme:
    found = parse(SCHEME.format(value=value, rest=f", {rest}" if rest else "", node=node, more=more))
    assert isinstance(found, Scheme), found
    return found


def scored(scheme: Scheme, entries: str, more: str = "", as_of: str = "2026-12-31") -> Score:
    """Entries are written `day details`, one after another with semicolons, such as `01-05 quantity: 2`."""
    rows = [row.strip().partition(" ") for row in entries.split(";") if row.strip()]
    written = ", ".join(f"{{subject: m, criterion: A, on: 2026-{day}, {rest}}}" for day, _, rest in rows)
    text = f"as_of: {as_of}\nsubjects: [{{id: m}}]\nentries: [{written}]\n{more}"
    facts = facts_of(values_of(text), scheme, date(2026, 12, 31))
    assert isinstance(facts, Facts), facts
    return score(scheme, facts)["m"]


@pytest.mark.parametrize(
    ("value", "entries", "total"),
    [
        pytest.param("{fixed: 2}", "01-05; 02-05 quantity: 3", "8", id="so much each time"),
        pytest.param("{per: 小时, points: 0.5}", "01-05 quantity: 2.5", "1.25", id="so much an hour"),
        pytest.param("{per: 元, points: 1, every: 100, whole: true}", "01-05 quantity: 350", "3", id="whole hundreds"),
        pytest.param("{per: 小时, points: 1, at_least: 4}", "01-05 quantity: 3; 01-06 quantity: 4", "4", id="at least"),
        pytest.param(
            "{per: 元, brackets: [{from: 100, every: 100, points: 1, most: 10}, {from: 1001, every: 400, points: 1}]}",
            "01-05 quantity: 99; 01-06 quantity: 1000; 01-07 quantity: 1001",
            "12",
            id="brackets: none, 10, 2",
        ),
        pytest.param(
            "{options: {国家级: 30, 市级: 8}}", "01-05 option: 国家级; 01-06 option: 市级", "38", id="options"
        ),
        pytest.param(
            "{range: {from: 5, to: 10}}",
            "01-05 points: 7; 01-06 points: 12; 01-07 points: 1",
            "22",
            id="judged in a range",
        ),
        pytest.param(
            "{table: {keys: [option, role], rows: {市: {主: 10, 协: 5}, 县: {主: 4}}, other: 1}}",
            "01-05 option: 市, role: 协; 01-06 option: 县, role: 主; 01-07 option: 县, role: 协",
            "10",
            id="a table by two keys",
        ),
        pytest.param(
            "{attendance: {present: 1, late: 0.5, leave: 0, absent: -3}}",
            "01-05 state: present; 01-06 state: late; 01-07 state: leave; 01-08 state: absent; 01-09 state: left_early",
            "-1",
            id="attendance: left early as late",
        ),
        pytest.param(
            "{cumulative: {tiers: [{from: 10, points: 2}, {from: 20, points: 5}]}}",
            "01-05 quantity: 9; 02-05 quantity: 1; 03-05 quantity: 15",
            "5",
            id="the tier of the sum replaces the lower one",
        ),
        pytest.param(
            "{cumulative: {tiers: [{from: 10, points: 5}], under: {points: 0.5}, beyond: {points: 0.5}}}",
            "01-05 quantity: 12.5",
            "6",
            id="a rate beyond the last tier: whole units only",
        ),
        pytest.param("{count: {points: [-1, -3], then: -5}}", "01-05; 02-05; 03-05; 04-05", "-14", id="by how often"),
        pytest.param("{count: {points: [-1], zero_from: 2}}", "01-05", "9", id="once: one off the ten"),
        pytest.param("{count: {points: [-1], zero_from: 2}}", "01-05; 03-05", "0", id="twice: nothing left of the ten"),
        pytest.param(
            "{expected: {times: 4, per: quarter, each: 1}}",
            "01-05 quantity: 6; 05-05 quantity: 2",
            "6",
            id="hits up to 4",
        ),
        pytest.param(
            "{expected: {times: 2, per: quarter, missing: 1}}",
            "01-05; 05-05 quantity: 2",
            "5",
            id="5 of 8 lack: 10 - 5",
        ),
        pytest.param(
            "{bands: [{from: 85, points: 5}, {from: 95, points: 15}]}", "01-05 quantity: 95", "15", id="bands"
        ),
        pytest.param(
            "{target: {at: 20, full: 1, every: 1, points: -0.05}}", "01-05 quantity: 17", "0.85", id="below the target"
        ),
        pytest.param(
            "{target: {at: 30, every: 10, points: -1, above: 1, whole: true}}",
            "01-05 quantity: 52; 01-06 quantity: 11",
            "1",
            id="two whole steps up, one down",
        ),
        pytest.param("{formula: quantity / 4 * 10}", "01-05 quantity: 3", "7.5", id="a formula"),
        pytest.param(
            "{deadline: {days: {一般: 10, 重要: 15}, points: -1, per: day}}",
            "01-05 option: 一般, done: 2026-01-17; 01-05 option: 重要, done: 2026-01-17",
            "-2",
            id="two days late, and in time",
        ),
    ],
)
def test_a_value_rule_gives_the_points_worked_out_by_hand(value: str, entries: str, total: str):
    full = "full: 10" if "zero_from" in value or "missing" in value else ""
    assert scored(scheme_of(value, node=full, rest="sign: both"), entries).total == Decimal(total)


FIVE = "01-05 quantity: 5"


@pytest.mark.parametrize(
    ("rest", "entries", "total"),
    [
        pytest.param("caps: {occurrence: 3}", f"{FIVE}; {FIVE}", "6", id="a cap of each time"),
        pytest.param("caps: {day: 6}", f"{FIVE}; {FIVE}; 01-06 quantity: 5", "11", id="a cap of the day"),
        pytest.param(
            "caps: {week: 6}", f"{FIVE}; 01-11 quantity: 5; 01-12 quantity: 5", "11", id="a week ends on Sunday"
        ),
        pytest.param("caps: {quarter: 6}", f"{FIVE}; 03-31 quantity: 5; 04-01 quantity: 5", "11", id="a quarter"),
        pytest.param("caps: {half: 6, year: 9}", f"{FIVE}; 06-30 quantity: 5; 07-01 quantity: 5", "9", id="half, year"),
        pytest.param(
            "dedupe: {}", "01-05 quantity: 2, matter: x; 02-05 quantity: 7, matter: x", "7", id="highest once"
        ),
        pytest.param(
            "dedupe: {keep: first}", "01-05 quantity: 2, matter: x; 02-05 quantity: 7, matter: x", "2", id="first once"
        ),
        pytest.param("dedupe: {}", "01-05 quantity: 2; 02-05 quantity: 7", "9", id="no matter named: each its own"),
        pytest.param(
            "dedupe: {by: [], most: 2}", "01-05 quantity: 2; 02-05 quantity: 7; 03-05 quantity: 4", "11", id="best two"
        ),
        pytest.param(
            "dedupe: {by: [], most: 3, kinds: {scope=外: 1}}",
            "01-05 quantity: 9, scope: 外; 02-05 quantity: 8, scope: 外; 03-05 quantity: 1, scope: 内",
            "10",
            id="of the best three one from outside",
        ),
        pytest.param(
            "dedupe: {per: quarter}", "01-05 matter: x; 02-05 matter: x; 05-05 matter: x", "2", id="per quarter"
        ),
        pytest.param("factors: [{when: quantity >= 5, times: 2}]", f"{FIVE}; 01-06 quantity: 4", "14", id="doubled"),
        pytest.param(
            "factors: [{by: place, of: {第二: 0.5}}]",
            "01-05 quantity: 4, place: 第二; 01-06 place: 第一",
            "3",
            id="shares",
        ),
        pytest.param(
            "factors: [{when: earlier >= 1, times: 2}], valid: {months: 12}", "01-05; 02-05", "3", id="a repeat doubled"
        ),
        pytest.param("valid: {months: 3}", "01-05; 11-05", "1", id="expired"),
        pytest.param(
            "valid: {months: 3, from: until}", "01-05 until: 2026-10-05; 02-05", "2", id="from the end of the act"
        ),
        pytest.param(
            "enter: {within_days: 30}", "01-05 recorded: 2026-02-04; 01-05 recorded: 2026-02-05", "1", id="late"
        ),
        pytest.param("evidence: required", "01-05 evidence: false; 01-06", "1", id="without evidence"),
        pytest.param("when: entry.length >= 1000", "01-05 length: 999; 01-06 length: 1000", "1", id="on a condition"),
        pytest.param("round: 0", "01-05 quantity: 2.5", "3", id="rounded half up"),
    ],
)
def test_what_bounds_a_criterion_gives_the_points_worked_out_by_hand(rest: str, entries: str, total: str):
    assert scored(scheme_of("{per: 分, points: 1}", rest=rest), entries).total == Decimal(total)


@pytest.mark.parametrize(
    ("node", "more", "entries", "total"),
    [
        pytest.param("full: 10\n    min: 0", "", "01-05 quantity: -12", "0", id="never under the least"),
        pytest.param("weight: 0.8", "", "01-05 quantity: 50", "40", id="weighted"),
        pytest.param(
            "full: 25\n    min: 0\n    periods: {per: quarter}",
            "",
            "01-05 quantity: -5; 05-05 quantity: -40",
            "70",
            id="four quarters of 25, each not under zero",
        ),
        pytest.param(
            "full: 100\n    periods: {per: month, combine: mean}",
            "",
            "01-05 quantity: -12",
            "99",
            id="the mean of months",
        ),
        pytest.param(
            "counts: outside", "total: {base: 60, max: 60}", "01-05 quantity: 15", "75", id="outside the bound"
        ),
        pytest.param("counts: aside", "total: {base: 60}", "01-05 quantity: 15", "60", id="only shown"),
        pytest.param("formula: points.A * 2", "", "01-05 quantity: 15", "30", id="a formula"),
        pytest.param(
            "",
            "total: {periods: {per: half, combine: weighted, weights: [0.4, 0.6]}}",
            "01-05 quantity: 10; 08-05 quantity: 20",
            "16",
            id="halves weighted",
        ),
        pytest.param("", "total: {rounding: {places: 0}}", "01-05 quantity: 2.5", "3", id="the total rounded half up"),
    ],
)
def test_a_category_gives_the_points_worked_out_by_hand(node: str, more: str, entries: str, total: str):
    scheme = scheme_of("{per: 分, points: 1}", "sign: both", node, more)
    assert scored(scheme, entries).total == Decimal(total)


def test_sub_periods_that_have_not_begun_do_not_count():
    scheme = scheme_of("{fixed: 1}", "sign: minus", "full: 25\n    periods: {per: quarter}")
    assert scored(scheme, "01-05", as_of="2026-05-01").total == Decimal(49)


def test_a_shortfall_counts_when_its_window_is_over():
    scheme = scheme_of("{expected: {times: 1, per: month, missing: 2}}", "sign: minus", "full: 30")
    assert scored(scheme, "01-05", as_of="2026-03-30").total == Decimal(28)


def test_facts_that_name_what_is_not_there_are_refused_each_with_its_place():
    scheme = scheme_of("{options: {甲等: 1}}")
    rows = "{subject: x, criterion: A, on: 2026-01-05, option: 乙等}, {subject: m, criterion: Q, on: 2026-01-05}"
    text = f"subjects: [{{id: m}}]\nentries: [{rows}]"
    found = facts_of(values_of(text), scheme, date(2026, 12, 31))
    assert isinstance(found, list)
    assert [(fault.path, fault.problem.code) for fault in found if isinstance(fault, Fault)] == [
        (("entries", 0, "subject"), "facts_subject_unknown"),
        (("entries", 0, "option"), "facts_option_unknown"),
        (("entries", 1, "criterion"), "facts_criterion_unknown"),
    ]
