"""What an entry is worth by itself, what it must choose from, and what a running house cannot feed."""

from decimal import Decimal

import pytest

from rules.declarations import check_option, check_quantity, matter_of, named
from rules.schemes import Criterion, Scheme, beyond_house, parse
from rules.scoring.worth import worth_of

HEAD = 'scheme: s\nversion: "1"\ntitle: 办法\n'
OPTIONS = "{options: {国家级: 8, 市级: 3}}"
TABLE = "{table: {keys: [option], rows: {专著: 4, 文章: 2}}}"
MAP = "{map: {好: 3, 差: -1}}"
RANGE = "{range: {from: 1, to: 4}}"


def scheme_of(value: str, rest: str = "", more: str = "") -> Scheme:
    text = f"{HEAD}nodes: [{{code: A, name: 甲, criteria: [{{code: B1, name: 服务, value: {value}, {rest}}}{more}]}}]"
    found = parse(text)
    assert isinstance(found, Scheme), found
    return found


def criterion_of(value: str, rest: str = "") -> Criterion:
    return scheme_of(value, rest).criteria["B1"]


@pytest.mark.parametrize(
    ("value", "rest", "quantity", "option", "points"),
    [
        (OPTIONS, "", "1", "国家级", "8"),
        (OPTIONS, "", "2", "市级", "6"),
        (OPTIONS, "", "1", "县级", "0"),
        (OPTIONS, "sign: minus, by: [organisation]", "1", "市级", "-3"),
        (TABLE, "", "1", "文章", "2"),
        (MAP, "", "1", "差", "-1"),
        (RANGE, "", "2.5", None, "2.5"),
        (RANGE, "sign: minus, by: [organisation]", "3", None, "-3"),
        ("{per: 公里, points: 1, every: 3}", "", "1", None, "0.3333"),
        ("{per: 公里, points: 1, every: 3, whole: true}", "", "7", None, "2"),
        ("{per: 小时, brackets: [{from: 1, points: 2}, {from: 5, points: 3, most: 16}]}", "", "6", None, "16"),
        ("{bands: [{from: 0, points: 1}, {from: 10, points: 5}]}", "", "12", None, "5"),
        ("{formula: quantity * 2}", "", "3", None, "6"),
        ("{count: {points: [1, 2]}}", "", "2", None, "0"),
        ("{cumulative: {tiers: [{from: 10, points: 1}]}}", "", "20", None, "0"),
        ("{expected: {times: 1, per: month, each: 1}}", "", "1", None, "0"),
    ],
)
def test_an_entry_is_worth_what_its_value_rule_says(value, rest, quantity, option, points):
    assert worth_of(criterion_of(value, rest), Decimal(quantity), option=option) == Decimal(points)


@pytest.mark.parametrize(
    ("value", "options"),
    [
        (OPTIONS, ("国家级", "市级")),
        ("{options: {轻: 1, 重: 3}, zero: [重]}", ("轻", "重")),
        (TABLE, ("专著", "文章")),
        (MAP, ("好", "差")),
        (RANGE, ()),
        ("{fixed: 1}", ()),
    ],
)
def test_an_entry_chooses_from_the_options_of_its_value(value: str, options: tuple[str, ...]):
    found = criterion_of(value)
    assert found.options == options
    assert not any(check_option(found, option) for option in options)
    assert [each.code for each in check_option(found, "别的")] == ["option_unknown"]
    assert bool(check_option(found, "")) is bool(options)


@pytest.mark.parametrize(
    ("points", "fits"),
    [("1", True), ("4", True), ("2.25", True), ("2.125", False), ("0.99", False), ("4.01", False), ("NaN", False)],
)
def test_judged_points_lie_within_their_range(points: str, fits: bool):
    found = check_quantity(criterion_of(RANGE), Decimal(points))
    assert [each.code for each in found] == ([] if fits else ["judged_out_of_range"])


@pytest.mark.parametrize(
    ("value", "rest", "asked"),
    [
        ("{fixed: 1}", "dedupe: {by: [matter]}", True),
        ("{fixed: 1}", "dedupe: {by: [matter, option]}", True),
        ("{fixed: 1}", "dedupe: {by: []}", False),
        ("{fixed: 1}", "factors: [{by: matter, of: {甲: 2}}]", True),
        ("{fixed: 1}", "lifts: [B2]", True),
        ("{fixed: 1}", "", False),
    ],
)
def test_the_matter_is_asked_where_something_goes_by_it(value: str, rest: str, asked: bool):
    other = ", {code: B2, name: 学习, value: {fixed: 1}}"
    by_matter = scheme_of(value, rest, other).by_matter
    assert ("B1" in by_matter) is asked
    assert ("B2" in by_matter) is ("lifts" in rest), "who is lifted goes by the matter, too"


@pytest.mark.parametrize(
    ("typed", "kept"), [(" 抗洪\n 抢险\t", "抗洪 抢险"), ("甲\u202e乙\x00", "甲 乙"), ("\u2028", "")]
)
def test_a_matter_is_kept_as_one_line_of_what_can_be_seen(typed: str, kept: str):
    assert matter_of(typed) == kept


@pytest.mark.parametrize(
    ("option", "matter", "text"),
    [
        (None, None, "表彰"),
        ("市级", None, "表彰 市级"),
        ("市级", "抗洪", "表彰 市级 “抗洪”"),
        ("", "抗洪", "表彰 “抗洪”"),
    ],
)
def test_option_and_matter_stand_after_the_name(option, matter, text):
    assert named("表彰", option, matter) == text


@pytest.mark.parametrize(
    ("value", "rest", "need"),
    [
        ("{fixed: 1}", "", None),
        (OPTIONS, "dedupe: {by: [matter, option]}", None),
        (TABLE, "", None),
        ("{formula: quantity * 2}", "", None),
        ("{formula: quantity * 2 + month}", "", "formulas"),
        ("{formula: quantity + base}", "", "formulas"),
        ("{fixed: 1}", "by: [peer]", "recorders"),
        ("{fixed: 1}", "by: [peer, organisation]", None),
        (f"{{options: {{{'长' * 64}: 1}}}}", "", None),
        (f"{{options: {{{'长' * 65}: 1}}}}", "", "options"),
        ("{fixed: 1}", "caps: {day: 1}", "dates"),
        ("{fixed: 1}", "dedupe: {by: [on]}", "dates"),
        ("{fixed: 1}", "dedupe: {by: [project]}", "details"),
        ("{count: {points: [1, 2], per: week}}", "", "dates"),
        ("{table: {keys: [option, rank], rows: {专著: {一: 4}}}}", "", "details"),
    ],
)
def test_a_house_takes_what_it_can_feed(value: str, rest: str, need: str | None):
    found = {problem.facts["need"] for problem in beyond_house(scheme_of(value, rest))}
    assert found == ({need} if need else set())


def test_what_stands_without_entries_is_recorded_by_nobody():
    scheme = scheme_of("{fixed: 1}", "", ", {code: B2, name: 学习, value: {formula: count.B1 * 2}}")
    assert [each.code for each in scheme.recorded_by("member")] == ["B1"]
