"""What the cells of a rulebook's table are taken for, and what is left for somebody to settle."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.problems import Unfit
from rules.schemes import Attendance, Scheme, Value, check, parse
from rules.schemes.amounts import plain, read, read_caps
from rules.schemes.drafts import Draft, draft
from rules.schemes.printing import text_of
from rules.schemes.sheets import SheetRow, table_of
from rules.schemes.tables import depth_of, rows_of, spans_of
from rules.schemes.values import Count, Range

D = Decimal
EXAMPLE = Path(__file__).parents[2] / "examples/b1-member-points/scheme.yaml"
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
HEADER = ("类别", "考核内容", "分值", "评分标准", "上限", "备注")


def drafted(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER) -> Draft:
    """The draft of a table with a heading in row 1."""
    cells = [header, *(row + ("",) * (len(header) - len(row)) for row in rows)]
    return draft(table_of([SheetRow(number, row) for number, row in enumerate(cells, 1)]), "办法")


def told(found: Draft) -> list[tuple[int, str]]:
    return [(finding.row, finding.problem.code) for finding in found.findings]


def fixed(points: str, unit: str | None = "次") -> Value:
    return Value(fixed=D(points), unit=unit)


READ: list[tuple[str, list[tuple[str, Value]], dict[str, str]]] = [
    ("每次0.5分", [("plus", fixed("0.5"))], {}),
    ("每次 0.5 分", [("plus", fixed("0.5"))], {}),
    ("每次0.5分".translate(WIDE), [("plus", fixed("0.5"))], {}),
    ("每参加一次加0.5分", [("plus", fixed("0.5"))], {}),
    ("每篇奖励2分", [("plus", fixed("2", "篇"))], {}),
    ("+2", [("plus", fixed("2", None))], {}),
    ("2", [("plus", fixed("2", None))], {}),
    ("2分", [("plus", fixed("2", None))], {}),
    ("－2分", [("minus", fixed("2", None))], {}),
    ("−2", [("minus", fixed("2", None))], {}),
    ("扣3分", [("minus", fixed("3", None))], {}),
    ("-3分/次", [("minus", fixed("3"))], {}),
    ("每缺席1次扣2分", [("minus", fixed("2"))], {}),
    ("1分/小时", [("plus", Value(per="小时", points=D(1)))], {}),
    ("每满2小时计1分", [("plus", Value(per="小时", points=D(1), every=D(2)))], {}),
    ("每半天1分", [("plus", Value(per="天", points=D(1), every=D("0.5")))], {}),
    ("5-10分", [("plus", Value(range=Range(D(5), D(10))))], {}),
    ("5～10分（酌情）", [("plus", Value(range=Range(D(5), D(10))))], {}),
    ("扣1至3分", [("minus", Value(range=Range(D(1), D(3))))], {}),
    ("国家级30分、省级15分、市级8分", [("plus", Value(options={"国家级": D(30), "省级": D(15), "市级": D(8)}))], {}),
    ("一等奖10分，二等奖8分", [("plus", Value(options={"一等奖": D(10), "二等奖": D(8)}))], {}),
    ("国家级、省级分别加30、15分", [("plus", Value(options={"国家级": D(30), "省级": D(15)}))], {}),
    ("警告扣10分，严重警告扣20分", [("minus", Value(options={"警告": D(10), "严重警告": D(20)}))], {}),
    (
        "到会0.5分、迟到0.25分、请假0分、缺席−1分",
        [("plus", Value(attendance=Attendance(D("0.5"), D("0.25"), D(0), D(-1))))],
        {},
    ),
    ("第1次扣3分，第2次扣5分", [("minus", Value(count=Count((D(3), D(5)))))], {}),
    ("第1次 −3 分、第2次 −5 分、第3次起本类计零分", [("minus", Value(count=Count((D(3), D(5)), zero_from=3)))], {}),
    ("每月最多1分", [], {"month": "1"}),
    ("全年不超过12分", [], {"year": "12"}),
    ("最高10分", [], {"cycle": "10"}),
    ("每季度累计不超过6分", [], {"quarter": "6"}),
    ("全年5分封顶", [], {"year": "5"}),
    ("每篇2分，最高6分", [("plus", fixed("2", "篇"))], {"cycle": "6"}),
    ("每次0.5分，每月最多1分，全年不超过6分", [("plus", fixed("0.5"))], {"month": "1", "year": "6"}),
    ("参加一次加1分，无故缺席一次扣2分", [("plus", fixed("1")), ("minus", fixed("2"))], {}),
]


@pytest.mark.parametrize(("text", "values", "caps"), READ, ids=[row[0] for row in READ])
def test_a_cell_is_read_to_its_end(text: str, values: list[tuple[str, Value]], caps: dict[str, str]):
    cell = read(text)
    assert [(reading.sign, reading.value) for reading in cell.readings] == values
    assert cell.caps == {window: D(cap) for window, cap in caps.items()}
    assert cell.clauses == []


@pytest.mark.parametrize(
    "text",
    [
        "视情况加分",
        "每月参加一次加1分",  # how often, or what is counted
        "第3次起本项为零",
        "由支委会研究确定",
        "0.0001分",
        "12345678分",
        "每0小时1分",
        "十分",
        "10-5分",
        "2026-05-10",
    ],
)
def test_what_is_not_understood_is_left_as_it_stands(text: str):
    cell = read(text)
    assert (cell.readings, cell.caps) == ([], {})
    assert "".join(cell.clauses) == text


@pytest.mark.parametrize("part", ["可加", "加", "每次", "最高", "1-", "、国家级", "得分计", "(1"])
def test_a_long_run_of_the_same_words_is_read_at_once(part: str):
    assert read(part * 100).caps == read_caps(part * 100 + "甲").caps == {}
    assert read(part * 1000).left == plain(part * 1000)


@pytest.mark.parametrize(
    ("text", "heading", "caps"),
    [
        ("每月 1 分、全年 8 分", "cycle", {"month": D(1), "year": D(8)}),
        ("10", "cycle", {"cycle": D(10)}),
        ("10", "year", {"year": D(10)}),
        ("最多扣6分", "cycle", {"cycle": D(6)}),
        ("每次2分；全年6分", "cycle", {"occurrence": D(2), "year": D(6)}),
    ],
)
def test_a_cell_of_caps(text: str, heading: str, caps: dict[str, Decimal]):
    cell = read_caps(text, heading)
    assert (cell.caps, cell.clauses) == (caps, [])


@given(st.text(st.sampled_from("每次月年加扣-+/0123456789.分、，；第至到~()最高多不超过级一二小时篇"), max_size=30))
def test_whatever_a_cell_holds_it_is_read_or_left(text: str):
    cell, caps = read(text), read_caps(text)
    assert all(len(reading.value.kinds) == 1 for reading in cell.readings)
    assert all(cap >= 0 for cap in (*cell.caps.values(), *caps.caps.values()))


@given(
    st.lists(
        st.tuples(*[st.sampled_from(["", "学习", "每次1分", "-2", "一、", "合计", "注：", "最高5分"])] * 6), max_size=9
    )
)
def test_a_draft_can_always_be_printed_and_its_faults_are_those_to_settle(rows: list[tuple[str, ...]]):
    found = drafted(("甲", "先有一行", "1"), *rows)
    unclear = {each.problem.facts["code"] for each in check(found.scheme) if each.code == "scheme_value_unclear"}
    assert unclear <= {each.code for each in found.findings if each.settles}
    assert len(list(found.scheme.walk())) == len(found.scheme.criteria) >= found.rows
    kept = text_of(found.scheme) + "".join(str(each.problem.facts) for each in found.findings)
    assert all(text in kept or text == "" for row in rows for text in row if text not in ("一、", "注："))


HEADERS = [
    ("序号", "项目", "积分标准", "标准分", "计分办法", "最高分"),
    ("分值", "内容", "类别"),
    ("考核项目", "考核标准", "分值"),
    ("类 别", "积分\n内容", "积分 分值"),
    ("事项", "加分", "扣分"),
]


@pytest.mark.parametrize("header", HEADERS)
def test_a_heading_is_known_by_its_words_in_any_order(header: tuple[str, ...]):
    found = drafted(
        tuple("每次1分" if "分" in name and "标准" not in name else "听课" for name in header), header=header
    )
    assert found.rows == 1


@pytest.mark.parametrize("header", [("姓名", "单位"), ("类别", "内容"), ("党员积分考核细则",) * 6, ("分值",)])
def test_without_a_heading_it_is_said_which_words_are_looked_for(header: tuple[str, ...]):
    with pytest.raises(Unfit) as refused:
        drafted(("甲", "乙"), header=header)
    assert refused.value.problem.code == "rulebook_no_header"
    assert "上限/最高分" in refused.value.problem.facts["columns"]


def test_of_a_heading_in_two_rows_both_are_read():
    rows = [("类别", "内容", "分值", "分值"), ("类别", "内容", "加分", "扣分"), ("学习", "听课", "1", "2")]
    found = draft(table_of([SheetRow(number, row) for number, row in enumerate(rows, 1)]), "办法")
    assert [(each.sign, each.value.fixed) for each in found.scheme.criteria.values()] == [
        ("plus", D(1)),
        ("minus", D(2)),
    ]


ROWS: list[tuple[tuple[str, ...], dict[str, Any], list[str]]] = [
    (("甲", "听课", "每次1分"), {"value": fixed("1")}, []),
    (("甲", "听课", "1", "每次加1分"), {"value": fixed("1")}, []),
    (("甲", "听课", "5", "每次加1分"), {"value": fixed("1")}, ["draft_mark_is_cap"]),
    (("甲", "听课", "5", "缺席一次扣1分，扣完为止"), {"value": fixed("1"), "sign": "minus"}, ["draft_mark_is_full"]),
    (("甲", "听课", "", "缺席一次扣1分，扣完为止"), {"value": fixed("1"), "sign": "minus"}, ["draft_unread"]),
    (("甲", "听课每次1分", ""), {"value": fixed("1")}, []),
    (("扣分项", "迟到", "2"), {"value": fixed("2", None), "sign": "minus"}, ["draft_sign"]),
    (("扣分项", "改正", "+2"), {"value": fixed("2", None), "sign": "plus"}, []),
    (("甲", "听课", "视情况加分"), {"value": Value()}, ["draft_unread", "draft_no_value"]),
    (("甲", "听课", ""), {"value": Value()}, ["draft_no_value"]),
    (("甲", "听课", "每次1分或每篇2分"), {"value": Value()}, ["draft_unread", "draft_no_value"]),
    (("甲", "听课", "每次1分", "", "", "同一事项不重复计分"), {"value": fixed("1")}, ["draft_unread"]),
    (("甲", "听课", "每次1分", "", "不限"), {"value": fixed("1")}, ["draft_unread"]),
]


@pytest.mark.parametrize(("row", "fields", "codes"), ROWS, ids=["".join(row[0]) for row in ROWS])
def test_a_row_becomes_a_criterion(row: tuple[str, ...], fields: dict[str, Any], codes: list[str]):
    found = drafted(row)
    criterion = found.scheme.criteria["A01"]
    assert {name: getattr(criterion, name) for name in fields} == fields
    assert list(dict.fromkeys(code for _, code in told(found))) == codes
    assert all(text in criterion.about for text in row[1:])


def test_a_mark_from_which_is_deducted_is_the_category_s_full_mark():
    (node,) = drafted(("甲", "听课", "5", "缺席一次扣1分"), ("甲", "党费", "3", "迟交一次扣1分")).scheme.nodes
    assert (node.full, [criterion.caps.cycle for criterion in node.criteria]) == (D(8), [D(5), D(3)])


def test_an_addition_and_a_deduction_in_one_row_are_two_criteria():
    found = drafted(("甲", "生活会", "参加一次加1分，缺席一次扣2分", "", "全年4分"))
    criteria = found.scheme.criteria.values()
    assert [(c.name, c.sign, c.value.fixed, c.caps.year, c.by) for c in criteria] == [
        ("生活会", "plus", D(1), D(4), ("member",)),
        ("生活会（扣分）", "minus", D(2), None, ("organisation",)),
    ]
    assert [code for _, code in told(found)] == ["draft_split", "draft_name_changed"]


def test_categories_come_from_columns_sections_and_brackets():
    found = drafted(
        ("一、学习（30分）",),
        ("", "听课", "每次1分"),
        ("（二）作风（最多 12 分、最少 −15 分）",),
        ("", "迟到", "-1"),
        ("纪律", "早退", "-1"),
        ("", "缺席", "-2"),
    ).scheme
    assert [(node.name, node.max, node.min) for node in found.every_node.values()] == [
        ("学习", 30, None),
        ("作风", 12, -15),
        ("纪律", None, None),
    ]
    assert [node.name for node, _ in found.walk()] == ["学习", "作风", "纪律", "纪律"]


def test_nothing_around_the_table_is_lost():
    rows = [
        ("某办法", "", ""),
        ("基础分60分，本年起施行", "", ""),
        HEADER[:3],
        ("学习", "听课", "1"),
        ("合计", "", "100"),
    ]
    rows += [("注：由支部解释", "", ""), ("优秀：90 分以上", "", "")]
    found = draft(table_of([SheetRow(number, row) for number, row in enumerate(rows, 1)]), "x")
    assert (found.scheme.title, found.scheme.total.base, found.scheme.grades[0].name) == ("某办法", D(60), "优秀")
    left = {finding.row: finding.problem.facts["text"] for finding in found.findings}
    assert left == {2: "基础分60分，本年起施行", 5: "合计 100", 6: "注：由支部解释"}


def test_the_rows_of_a_poster_stand_with_their_categories():
    scheme = parse(EXAMPLE.read_text("utf-8"))
    assert isinstance(scheme, Scheme)
    rows = rows_of(scheme)
    assert [row.criterion.code for row in rows] == list(scheme.criteria)
    assert depth_of(rows) == 1
    spans = [(span.node.code, span.first, span.last) for span in spans_of(rows)]
    assert spans == [("politics", 0, 11), ("discipline", 12, 24), ("morality", 25, 34), ("contribution", 35, 49)]


def test_how_often_is_no_cap_of_points():
    cell = read_caps("每月2次")
    assert (cell.caps, cell.clauses) == ({}, ["每月2次"])
