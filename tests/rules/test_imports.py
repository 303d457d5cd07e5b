"""Tables as people keep them: what is read, what is refused with its place, what changes."""

from datetime import date, datetime, time

import pytest

from rules.imports.cells import Unreadable, day_of, name_of, text_of
from rules.imports.changes import Comparison, Standing, StandingMember, StandingUnit, compare
from rules.imports.entries import Sheet, Table, read
from rules.problems import Problem

TODAY = date(2026, 11, 22)
UNITS = ("单位编号", "单位名称", "类别", "上级编号")
MEMBERS = ("成员编号", "姓名", "单位编号", "类别", "入党日期", "职务")
STANDING = Standing(
    {
        "city": StandingUnit(1, "city", "市直机关工委", "committee", "/1/", ""),
        "br-1": StandingUnit(2, "br-1", "第一党支部", "branch", "/1/2/", "city"),
        "br-2": StandingUnit(3, "br-2", "第二党支部", "branch", "/1/3/", "city"),
    },
    {
        "a01": StandingMember(1, "a01", "夏知秋", "full", None, "city", frozenset({("administrator", "city")})),
        "m01": StandingMember(2, "m01", "江一帆", "full", date(2019, 7, 1), "br-1", frozenset({("secretary", "br-1")})),
    },
)


def table(*rows: tuple[object, ...], header: tuple[object, ...] = MEMBERS, name: str = "成员") -> Table:
    return read([Sheet(name, list(enumerate((header, *rows), 1)))], TODAY)


def compared(*rows: tuple[object, ...], units: tuple[tuple[object, ...], ...] = ()) -> Comparison:
    sheets = [
        Sheet("单位", list(enumerate((UNITS, *units), 1))),
        Sheet("成员", list(enumerate((MEMBERS, *rows), 1))),
    ]
    return compare(read(sheets, TODAY), STANDING)


def flaws(found: Table | Comparison) -> list[tuple[int, str, str]]:
    return [(flaw.row, flaw.column, flaw.problem.code) for flaw in found.flaws]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (12, "12"),
        (1.5, "1.5"),
        (None, ""),
        ("  m01 ", "m01"),
        ("　\uff4d\uff10\uff11　", "m01"),
        ("\ufeffm01\u200b", "m01"),
        (datetime.combine(date(2019, 7, 1), time()), "2019-07-01"),
        (Unreadable(), ""),
    ],
)
def test_a_cell_is_read_as_the_code_it_means(value: object, text: str):
    assert text_of(value) == text


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("王　芳", "王芳"),
        (" 江 一 帆 ", "江一帆"),
        ("热孜亚·库尔班", "热孜亚·库尔班"),
        ("Ann Lee", "Ann Lee"),
        (None, ""),
    ],
)
def test_a_padded_name_is_one_name(value: object, name: str):
    assert name_of(value) == name


@pytest.mark.parametrize(
    "value",
    [
        datetime.combine(date(2019, 7, 1), time()),
        date(2019, 7, 1),
        "2019-07-01",
        "2019/7/1",
        "2019.7.1",
        "2019年7月1日",
        "２０１９年７月１日",
        "20190701",
        20190701,
        20190701.0,
        "2019-07-01 00:00:00",
        "2019年7月",
        "2019.07",
    ],
)
def test_a_day_is_read_in_every_usual_spelling(value: object):
    assert day_of(value, TODAY) == date(2019, 7, 1)


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("七月一日", "day_unclear"),
        ("2019-13-01", "day_unclear"),
        ("2019-02-30", "day_unclear"),
        (43647, "day_unclear"),
        ("2031-01-01", "day_unlikely"),
        ("1019-07-01", "day_unlikely"),
    ],
)
def test_what_is_no_day_is_refused(value: object, code: str):
    found = day_of(value, TODAY)
    assert isinstance(found, Problem)
    assert found.code == code


@pytest.mark.parametrize(
    "header",
    [
        MEMBERS,
        ("编号", "姓名", "所在支部", "党员类别", "入党时间", "党内职务"),
        ("Member Code", "Name", "Unit", "Class", "Joined on", "Roles"),
        ("编号*", " 姓 名 ", "支部（编号）", "类别", "入党日期（年月日）", "职务"),
    ],
)
def test_headers_are_known_by_their_usual_names(header: tuple[str, ...]):
    found = table(("m01", "江一帆", "br-1", "正式党员", "2019-07-01", "书记"), header=header, name="Sheet1")
    assert found.flaws == []
    assert [(e.code, e.unit, e.kind, e.joined, e.roles) for e in found.members] == [
        ("m01", "br-1", "full", date(2019, 7, 1), (("secretary", "br-1"),))
    ]


def test_title_rows_above_the_header_are_passed_over():
    rows = [(1, ("市直机关党员名册",)), (2, ("填表人", "日期")), (4, MEMBERS), (9, (7.0, "江一帆", "br-1"))]
    found = read([Sheet("名册", rows)], TODAY)
    assert [(entry.row, entry.code) for entry in found.members] == [(9, "7")]


@pytest.mark.parametrize(
    ("row", "flaw"),
    [
        (("", "江一帆", "br-1"), ("成员编号", "code_missing")),
        (("m 1", "江一帆", "br-1"), ("成员编号", "code_letters")),
        (("m" * 65, "江一帆", "br-1"), ("成员编号", "text_too_long")),
        (("11010119900101123X", "江一帆", "br-1"), ("成员编号", "code_is_personal")),
        ((13800000000.0, "江一帆", "br-1"), ("成员编号", "code_is_personal")),
        (("m02", "", "br-1"), ("姓名", "name_missing")),
        (("m02", "江" * 101, "br-1"), ("姓名", "text_too_long")),
        (("m02", "江\x07帆", "br-1"), ("姓名", "name_control")),
        (("m02", "江一帆", ""), ("单位编号", "unit_missing")),
        (("m02", "江一帆", "br-1", "积极分子"), ("类别", "class_unknown")),
        (("m02", "江一帆", "br-1", "", "昨天"), ("入党日期", "day_unclear")),
        (("m02", "江一帆", "br-1", "", "", "总书记"), ("职务", "role_unknown")),
        (("m02", Unreadable(), "br-1"), ("姓名", "cell_formula")),
        (("m02", "江一帆", "br-9"), ("", "unit_unknown")),
        (("m02", "江一帆", "br-1", "", "", "书记@br-9"), ("", "unit_unknown")),
    ],
)
def test_a_bad_row_is_named_with_its_column(row: tuple[object, ...], flaw: tuple[str, str]):
    found = compared(("m03", "向阳", "br-1"), row)
    assert flaws(found) == [(3, *flaw)]
    assert [entry.code for entry in found.members] == ["m03"]


def test_every_flaw_of_a_row_is_told():
    found = compared(("", "", "", "x", "x", "x"))
    assert [flaw.problem.code for flaw in found.flaws] == [
        *("code_missing", "name_missing", "unit_missing", "class_unknown", "day_unclear", "role_unknown")
    ]


def test_a_code_that_stands_twice_is_named_with_the_other_row():
    found = compared(("m02", "江一帆", "br-1"), ("m02", "向阳", "br-2"))
    assert flaws(found) == [(3, "", "row_twice")]
    assert found.flaws[0].problem.facts["other"] == 2


def test_example_rows_are_left_out():
    found = table(("示例-001", "江一帆", "示例-1"))
    assert (found.members, found.flaws, len(found.notes)) == ([], [], 1)


@pytest.mark.parametrize(
    ("title", "value", "code"),
    [
        ("手机号码", "x", "column_personal"),
        ("身份证号", "", "column_personal"),
        ("Phone", "", "column_personal"),
        ("备注二", "11010119900101123X", "column_personal"),
        ("备注", "好", "column_unknown"),
    ],
)
def test_a_column_of_phone_or_identity_numbers_is_not_read(title: str, value: str, code: str):
    found = table(("m02", "江一帆", "br-1", value), header=("编号", "姓名", "支部", title))
    assert [(note.column, note.problem.code) for note in found.notes] == [(title, code)]
    assert value not in str(found.members) or not value


@pytest.mark.parametrize(
    ("header", "flaw"),
    [(("姓名", "支部"), ("成员编号", "column_missing")), (("编号", "姓名"), ("单位编号", "column_missing"))],
)
def test_a_needed_column_that_is_missing_is_named(header: tuple[str, ...], flaw: tuple[str, str]):
    found = table(("a", "b"), header=header)
    assert (1, *flaw) in flaws(found)


def test_a_file_without_any_table_is_said_to_have_none():
    assert [flaw.problem.code for flaw in read([Sheet("x", [(1, ("a", "b"))])], TODAY).flaws] == ["no_table"]


def test_units_come_after_their_parents_whatever_the_order_of_rows():
    rows = (("c", "丙党支部", "", "b"), ("b", "乙机关党委", "", "a"), ("a", "甲责任区", "", ""))
    found = compared(units=rows)
    assert [(entry.code, entry.kind, entry.parent) for entry in found.units] == [
        ("a", "grid", "city"),
        ("b", "organisation", "a"),
        ("c", "branch", "b"),
    ]


def test_a_parent_and_a_unit_may_be_given_by_name():
    found = compared(("m02", "江一帆", "第二党支部"), units=(("x", "新党支部", "", "市直机关工委"),))
    assert found.flaws == ()
    assert [entry.unit for entry in found.members] == ["br-2"]
    assert [entry.parent for entry in found.units] == ["city"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((("a", "甲党支部", "", "b"), ("b", "乙党支部", "", "a")), [(2, "unit_cycle"), (3, "unit_cycle")]),
        ((("a", "甲党支部", "", "a"),), [(2, "unit_cycle")]),
        ((("a", "甲党支部", "", "nowhere"),), [(2, "unit_unknown")]),
        ((("br-1", "第一党支部", "", "br-2"),), [(2, "unit_moved")]),
        ((("a", "甲科", "", ""),), [(2, "kind_unknown")]),
        ((("a", "甲党支部", "小组", ""),), [(2, "kind_unknown")]),
    ],
)
def test_a_tree_that_cannot_be_is_refused_row_by_row(
    rows: tuple[tuple[object, ...], ...], expected: list[tuple[int, str]]
):
    assert [(flaw.row, flaw.problem.code) for flaw in compared(units=rows).flaws] == expected


def test_members_of_a_refused_unit_are_refused_too():
    found = compared(("m02", "江一帆", "a"), units=(("a", "甲党支部", "", "nowhere"),))
    assert sorted((flaw.sheet, flaw.problem.code) for flaw in found.flaws) == [
        ("单位", "unit_unknown"),
        ("成员", "unit_unknown"),
    ]


@pytest.mark.parametrize(
    ("row", "fields"),
    [
        (("m01", "江一帆", "br-1"), {}),
        (("m01", "江一帆", "br-1", "正式", "2019年7月1日", "支部书记"), {}),
        (("m01", "江一舟", "br-1"), {"name": ("江一帆", "江一舟")}),
        (("m01", "江一帆", "br-2", "", "", "书记@br-1"), {"unit": ("br-1", "br-2")}),
        (("m01", "江一帆", "br-1", "预备"), {"class": ("full", "probationary")}),
        (("m01", "江一帆", "br-1", "", "2019-07-02"), {"joined": ("2019-07-01", "2019-07-02")}),
        (
            ("m01", "江一帆", "br-1", "", "", "书记；党务干部@city"),
            {"roles": ("secretary@br-1", "officer@city;secretary@br-1")},
        ),
        (("m01", "江一帆", "br-1", "", "", "无"), {"roles": ("secretary@br-1", "")}),
    ],
)
def test_only_what_differs_changes_and_an_empty_cell_changes_nothing(
    row: tuple[object, ...], fields: dict[str, object]
):
    found = compared(row)
    assert found.flaws == ()
    assert [change.fields for change in found.member_changes] == ([fields] if fields else [])
    assert found.unchanged == (0 if fields else 1)


def test_the_last_administrator_stays():
    losing = ("a01", "夏知秋", "city", "", "", "无")
    assert flaws(compared(losing)) == [(2, "", "last_administrator")]
    assert compared(losing, ("m01", "江一帆", "br-1", "", "", "管理员@city")).flaws == ()


def test_an_empty_house_is_set_up_first():
    found = compare(table(("m01", "江一帆", "br-1")), Standing({}, {}))
    assert [flaw.problem.code for flaw in found.flaws] == ["no_units"]
