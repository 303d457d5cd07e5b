"""Checks of value rules: exactly one, its own keys, tiers in order, nothing empty."""

from __future__ import annotations

import pytest

from tests.rules.scheme_texts import criterion, found, one

VALUE = ("nodes", 0, "criteria", 0, "value")


def value(rule: str, rest: str = "") -> str:
    """A scheme of one criterion with this value rule."""
    return one(criterion(rule, rest))


VALUES = [
    pytest.param(value("{}"), "scheme_value_unclear", VALUE, id="no rule"),
    pytest.param(value("{fixed: 1, options: {甲: 1}}"), "scheme_value_unclear", VALUE, id="two rules"),
    pytest.param(value("{fixed: 1, points: 1}"), "scheme_value_unclear", VALUE, id="points without per"),
    pytest.param(value("{per: 小时}"), "scheme_per_without_points", VALUE, id="per without points"),
    pytest.param(
        value("{fixed: 1, brackets: [{from: 0, points: 1}]}"),
        "scheme_value_key_left",
        (*VALUE, "brackets"),
        id="brackets without per",
    ),
    pytest.param(value("{fixed: 1, every: 2}"), "scheme_value_key_left", (*VALUE, "every"), id="every without per"),
    pytest.param(
        value("{fixed: 1, at_least: 2}"), "scheme_value_key_left", (*VALUE, "at_least"), id="at least without per"
    ),
    pytest.param(
        value("{formula: quantity * 2, at_least: 2}"),
        "scheme_value_key_left",
        (*VALUE, "at_least"),
        id="at least beside a formula",
    ),
    pytest.param(
        value("{per: 元, points: 2, brackets: [{from: 0, points: 1}]}"),
        "scheme_value_key_beside",
        (*VALUE, "points"),
        id="points beside brackets",
    ),
    pytest.param(
        value("{per: 元, every: 2, brackets: [{from: 0, points: 1}]}"),
        "scheme_value_key_beside",
        (*VALUE, "every"),
        id="every beside brackets",
    ),
    pytest.param(
        value("{per: 元, whole: true, brackets: [{from: 0, points: 1}]}"),
        "scheme_value_key_beside",
        (*VALUE, "whole"),
        id="whole beside brackets",
    ),
    pytest.param(
        value("{per: 小时, points: 1, unit: 次}"),
        "scheme_value_key_beside",
        (*VALUE, "unit"),
        id="unit beside per",
    ),
    pytest.param(value("{fixed: 1, of: days}"), "scheme_value_key_left", (*VALUE, "of"), id="of without a measure"),
    pytest.param(value("{fixed: 1, zero: [甲]}"), "scheme_value_key_left", (*VALUE, "zero"), id="zero without options"),
    pytest.param(value("{fixed: 1, other: 2}"), "scheme_value_key_left", (*VALUE, "other"), id="other without map"),
    pytest.param(value("{options: {}}"), "scheme_value_empty", (*VALUE, "options"), id="no options"),
    pytest.param(value("{map: {}}"), "scheme_value_empty", (*VALUE, "map"), id="an empty map"),
    pytest.param(value("{bands: []}"), "scheme_value_empty", (*VALUE, "bands"), id="no bands"),
    pytest.param(value("{count: {points: []}}"), "scheme_value_empty", (*VALUE, "count", "points"), id="no counts"),
    pytest.param(
        value("{cumulative: {tiers: []}}"), "scheme_value_empty", (*VALUE, "cumulative", "tiers"), id="no tiers"
    ),
    pytest.param(
        value("{table: {keys: [option], rows: {}}}"), "scheme_value_empty", (*VALUE, "table", "rows"), id="no rows"
    ),
    pytest.param(
        value("{deadline: {days: {}, points: -1}}"),
        "scheme_value_empty",
        (*VALUE, "deadline", "days"),
        id="a deadline without days",
    ),
    pytest.param(
        value("{table: {keys: [], rows: {甲: 1}}}"), "scheme_table_keys", (*VALUE, "table", "keys"), id="no keys"
    ),
    pytest.param(
        value("{table: {keys: [option], rows: {甲: {乙: 1}}}}"),
        "scheme_table_row",
        (*VALUE, "table", "rows", "甲"),
        id="a row of two keys in a table of one",
    ),
    pytest.param(
        value("{per: 元, brackets: [{from: 0, points: 1, every: 0}]}"),
        "scheme_step_zero",
        (*VALUE, "brackets", 0, "every"),
        id="points for every nothing",
    ),
    pytest.param(
        value("{cumulative: {tiers: [{from: 5, points: 1}], beyond: {points: 1, every: 0}}}"),
        "scheme_step_zero",
        (*VALUE, "cumulative", "beyond", "every"),
        id="points for every nothing beyond the tiers",
    ),
    pytest.param(
        value("{per: 元, brackets: [{from: 0, points: 1}, {from: 0, points: 2}]}"),
        "scheme_tiers_equal",
        (*VALUE, "brackets", 1, "from"),
        id="two brackets from one start",
    ),
    pytest.param(
        value("{bands: [{from: 1, points: 1}, {from: 9, points: 3}, {from: 5, points: 2}]}"),
        "scheme_tiers_unordered",
        (*VALUE, "bands", 2, "from"),
        id="bands that cross",
    ),
    pytest.param(
        value("{cumulative: {tiers: [{from: 9, points: 3}, {from: 5, points: 2}, {from: 7, points: 1}]}}"),
        "scheme_tiers_unordered",
        (*VALUE, "cumulative", "tiers", 2, "from"),
        id="tiers that cross",
    ),
    pytest.param(
        value("{options: {甲: 1}, zero: [乙]}"), "scheme_option_unknown", (*VALUE, "zero", 0), id="zero of no option"
    ),
    pytest.param(
        value("{survey: {round: r, options: {好: 1}, share: [很好]}}"),
        "scheme_option_unknown",
        (*VALUE, "survey", "share", 0),
        id="a share of no option",
    ),
    pytest.param(
        value("{survey: {round: r, ranges: {好: [100, 80]}}}"),
        "scheme_range_backwards",
        (*VALUE, "survey", "ranges", "好"),
        id="a range from more to less",
    ),
    pytest.param(
        value("{survey: {round: r, ranges: {好: [80, 100], 中: [60, 85]}}}"),
        "scheme_ranges_overlap",
        (*VALUE, "survey", "ranges", "好"),
        id="ranges with a common mark",
    ),
    pytest.param(
        value("{expected: {times: 0, per: month, each: 1}}"),
        "scheme_expected_never",
        (*VALUE, "expected", "times"),
        id="expected no times",
    ),
    pytest.param(
        one(criterion("{expected: {times: 1, per: month, each: 1, missing: -1}}"), rest="cycle: {by: never}"),
        "scheme_endless",
        (*VALUE, "expected", "missing"),
        id="what lacks without a beginning",
    ),
    pytest.param(
        value("{expected: {times: 1, per: occurrence, each: 1}}"),
        "scheme_expected_window",
        (*VALUE, "expected", "per"),
        id="expected in an occurrence",
    ),
    pytest.param(
        value("{promise: {kept: 0.5, broken: 0.6}}"),
        "scheme_promise_upside_down",
        (*VALUE, "promise", "broken"),
        id="broken is worth more than kept",
    ),
    pytest.param(
        value("{range: {from: 1, to: 5}}", "caps: {occurrence: 4}"),
        "scheme_range_above_cap",
        (*VALUE, "range", "to"),
        id="a range beyond the cap of an occurrence",
    ),
    pytest.param(
        value("{per: 元, brackets: [{from: 10000000000000, points: 1}]}"),
        "scheme_number_unusable",
        (*VALUE, "brackets", 0, "from"),
        id="a start beyond all measure",
    ),
]


@pytest.mark.parametrize(("text", "code", "path"), VALUES)
def test_an_error_is_found_at_its_place_and_alone(text: str, code: str, path: tuple[str | int, ...]):
    assert found(text) == [(code, path, "error")]
