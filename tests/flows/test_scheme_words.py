"""A scheme in words: every value rule, cap and provision, as it stands on the wall."""

import re
from decimal import Decimal
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings

from rules.schemes import Scheme, parse
from rules.schemes.criteria import WINDOWS, Caps, Recorder
from rules.schemes.grades import STEPS as KINDS_OF_STEP
from rules.schemes.needs import Need
from rules.schemes.values import ATTENDANCE, KINDS
from screens.grading import STEPS
from screens.poster import poster
from screens.problems import WORDS as PROBLEMS
from screens.schemes import CAPS, EVIDENCE, RECORDERS, caps_in_words, worth_in_words
from screens.texts import words
from screens.worth import STATES, WORTH
from tests.rules.test_scheme_printing import structs

CHINESE = words("zh_CN")
HEAD = 'scheme: s\nversion: "1"\ntitle: 办法\n'
# value → what stands on the wall; after a | the sign
VALUES = {
    "{fixed: 0.5, unit: 次}": "每次 0.5 分",
    "{fixed: 3} | minus": "每次扣 3 分",
    "{fixed: 2} | both": "每次加减 2 分",
    "{per: 小时, points: 0.5}": "每小时 0.5 分",
    "{per: 小时, points: 1, every: 2, whole: true, at_least: 2}": "每 2 小时 1 分；不足 2 不计；不满一档不计",
    "{per: 元, brackets: [{from: 100, points: 5, every: 50, most: 20}, {from: 900, points: 9}]}": (
        "100 元起每 50 计 5 分，最多 20 分；900 元起每 1 计 9 分"
    ),
    "{per: 天, brackets: [{from: 3, points: 2}]} | minus": "3 天起每 1 计 −2 分",
    "{options: {国家级: 30, 省级: 15}}": "国家级 30 分、省级 15 分",
    "{options: {一般: 2, 严重: 0}, zero: [严重]} | minus": "一般 −2 分；严重 本类计零分",
    "{range: {from: 5, to: 10}}": "5～10 分（酌情）",
    "{range: {from: 5, to: 10}} | minus": "扣 5～10 分（酌情）",
    "{table: {keys: [option, rank], rows: {国家级: {主笔: 10, 参与: 5}, 其它: 1}, other: 0.5}}": (
        "其它 1 分；国家级：主笔 10 分、参与 5 分；其他 0.5 分"
    ),
    "{attendance: {present: 0.5, late: 0.25, leave: 0, absent: -1}}": (
        "到会 0.5 分、迟到 0.25 分、请假 0 分、缺席 −1 分"
    ),
    "{cumulative: {tiers: [{from: 10, points: 2}, {from: 20, points: 5}], beyond: {points: 1, every: 5}, per: year}}": (
        "按每年累计数：≥10 计 2 分、≥20 计 5 分；只计最高一档；末档以上每 5 计 1 分"
    ),
    "{count: {points: [3, 5], zero_from: 3}} | minus": "第 1 次 −3 分、第 2 次 −5 分、第 3 次起本类计零分",
    "{count: {points: [2], then: 1, per: month}}": "第 1 次 2 分、第 2 次起每次 1 分；按每月计次",
    "{expected: {times: 1, per: month, each: 1, missing: 2, extra: true}}": (
        "每月应 1 次；每次 1 分；每少一次 −2 分；超出的同样计分"
    ),
    "{map: {优秀: 10, 合格: 5}, of: imported.年度考核, other: 0}": "年度考核：优秀 10 分、合格 5 分；其他 0 分",
    "{bands: [{from: 95, points: 15}, {from: 90, points: 10}], of: imported.出勤率}": (
        "出勤率：≥95 计 15 分、≥90 计 10 分"
    ),
    "{target: {at: 80, full: 10, every: 5, points: 1, above: 2, whole: true}}": (
        "达到 80 得 10 分；每低 5 扣 1 分；每高 5 加 2 分；不满一档不计"
    ),
    "{promise: {most: 5, broken: -1}}": "按承诺的分值和兑现情况计分；最多 5 分；兑现按 1 倍、未兑现按 −1 倍计",
    '{deadline: {days: {加急: 3, "*": 7}, points: 1, per: day, working: true}} | minus': (
        "期限：加急 3 个工作日、其他 7 个工作日；每超一天 −1 分"
    ),
    "{survey: {round: 年中测评, options: {好: 100, 不了解: null}, audiences: {群众: 0.6}}}": (
        "按“年中测评”测评结果计分；好 100、不了解 不计；权重：群众 0.6"
    ),
    "{formula: count.A02 * 2 + imported.时长}": "按公式计算：A02 次数 * 2 + 时长",
    "{}": "尚未确定",
}


def scheme_of(value: str, rest: str = "") -> Scheme:
    text = f"{HEAD}nodes: [{{code: A, name: 甲, criteria: [{{code: B1, name: 乙, value: {value}, {rest}}}]}}]"
    return msgspec.yaml.decode(text, type=Scheme)


@pytest.mark.parametrize(("written", "told"), VALUES.items(), ids=VALUES)
def test_what_a_criterion_is_worth(written: str, told: str):
    value, _, sign = written.partition(" | ")
    criterion = scheme_of(value, f"sign: {sign or 'plus'}").criteria["B1"]
    assert worth_in_words(CHINESE, criterion) == told


def test_every_rule_window_recorder_and_step_has_its_words():
    assert (set(WORTH), set(CAPS), set(STATES)) == (set(KINDS), set(WINDOWS), set(ATTENDANCE))
    assert set(RECORDERS) == set(get_args(Recorder))
    assert set(EVIDENCE) == {"none", "optional", "required"}
    assert {*STEPS, "veto"} == set(KINDS_OF_STEP)
    assert {kind for kind in KINDS for written in VALUES if written.startswith(f"{{{kind}:")} == set(KINDS)


def test_caps_from_the_narrowest_window_on():
    caps = Caps(year=Decimal(8), month=Decimal(1), cycle=Decimal(30))
    assert caps_in_words(CHINESE, caps) == "每月 1 分、全年 8 分、整个周期 30 分"


PROVISIONS = {
    "pools: [{name: 表彰, caps: {year: 10}}]": ["乙 合计不超过 全年 10 分。"],
    "groups: [{name: 评优, dedupe: {by: [matter], keep: highest}}]": ["评优：同一事项，整个周期只计最高的 1 次"],
    "total: {base: 60, min: 0, target: 80, periods: {per: quarter, combine: mean}}": [
        "基础分 60 分。",
        "总分最低 0 分。",
        "目标 80 分。",
        "总分每季度分别计算，再取平均。",
    ],
    "suspend: [{when: grade == 1}]": ["等次 == 1 期间，加分只登记不计算。"],
    "subjects: {exempt: [{effect: not_graded, for: [流动党员], on_request: true, approvals: [支部, 党委]}]}": [
        "计分，不定等次：适用于流动党员；本人申请；经支部、党委批准",
    ],
    "grades: [{name: 优秀, from: 90}]": ["优秀：90 分及以上"],
    "grading: [{quota: {grades: [优秀], most: 0.2, among: [class]}}]": ["优秀：不超过 20%；按class分别计算"],
    "grading: [{gate: {name: 出勤, grade: 优秀, when: points.B1 > 3}}]": ["评为优秀须：出勤（B1 得分 > 3）"],
    "grading: [{for: [党员], veto: {name: 受处分, when: count.B1 > 0, clause: 第九条, effect: {at_most: 合格}}}]": [
        "党员：受处分（第九条）：最高为合格",
    ],
    "grading: [{verdict: {by: 支委会, grades: [优秀, 合格]}}]": [
        "由支委会研究确定，可说明理由另定等次；限于优秀、合格"
    ],
    "grading: [{consequence: {name: 谈话, when: total < 60, days: 7}}]": ["总分 < 60 时：谈话；7 日内"],
    "process: [{name: 公示, by: 支部, days: 5}]": ["1. 公示（支部）；5 日内", "次月 5 日前审核，6 日结账。"],
}


@pytest.mark.parametrize(("written", "lines"), PROVISIONS.items(), ids=PROVISIONS)
def test_what_stands_below_the_table(written: str, lines: list[str]):
    pool = "pool: 表彰" if "pools" in written else ""
    text = f"{written}\nnodes: [{{code: A, name: 甲, criteria: [{{code: B1, name: 乙, value: {{fixed: 1}}, {pool}}}]}}]"
    text = HEAD + text
    told = [line for _, lines in poster(CHINESE, msgspec.yaml.decode(text, type=Scheme)).paragraphs for line in lines]
    assert [line for line in lines if line not in told] == [], told


def test_what_holds_for_one_criterion_is_a_note_with_a_number():
    rest = "dedupe: {keep: highest, most: 2, per: year}, winners: 3, for: [党员], enter: {within_days: 10}"
    found = poster(CHINESE, scheme_of("{fixed: 1}", rest))
    assert found.rows[0][2] == "乙【注1】"
    assert found.paragraphs[-1] == (
        "说明",
        ("注1：同一事项，每年只计最高的 2 次；适用于党员；应在 10 日内登记，逾期不计；全部对象中至多 3 个",),
    )


@settings(max_examples=40)
@given(structs(Scheme))
@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_any_scheme_can_be_put_up(locale: str, scheme: Scheme):
    found = poster(words(locale), scheme)
    assert len(found.rows) == len(list(scheme.walk()))
    assert all(len(row) == len(found.headings) for row in found.rows)
    for cells in found.merged:
        assert 0 <= cells.first <= cells.last < len(found.rows)
        assert cells.left <= cells.right


def test_the_categories_of_a_tree_stand_beside_their_criteria():
    text = f"""{HEAD}
nodes:
  - {{code: A, name: 甲, criteria: [{{code: A1, name: 一, value: {{fixed: 1}}}}], nodes: [
      {{code: B, name: 乙, max: 5, criteria: [
        {{code: B1, name: 二, value: {{fixed: 1}}}}, {{code: B2, name: 三, value: {{fixed: 1}}}}]}}]}}
  - {{code: C, name: 丙, criteria: [{{code: C1, name: 四, value: {{fixed: 1}}}}]}}
"""
    scheme = parse(text)
    assert isinstance(scheme, Scheme)
    merged = [(c.first, c.last, c.left, c.right, c.text) for c in poster(CHINESE, scheme).merged]
    assert merged == [(0, 2, 1, 1, "甲"), (0, 0, 2, 2, ""), (1, 2, 2, 2, "乙（最多 5 分）"), (3, 3, 1, 2, "丙")]


@pytest.mark.parametrize("need", get_args(Need))
def test_what_a_house_does_not_know_has_a_word_in_both_languages(need: str):
    english, chinese = (PROBLEMS["scheme_not_live"](say, {"need": need}) for say in (words("en"), CHINESE))
    assert "no  for" not in english, "the need itself is not named"
    assert not re.search("[a-z]", chinese.replace("zhibu scheme score", ""))
