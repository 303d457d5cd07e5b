"""A rulebook to a table that is put up, and from a table as bodies have it to a draft."""

import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from bot.opening import EXAMPLES
from rules.schemes import Criterion, Node, Scheme, Value, parse
from rules.schemes.printing import text_of
from tests.flows.commands import Ran, zhibu

RULEBOOK = EXAMPLES / "b1-member-points" / "scheme.yaml"
# a table as a body keeps it: title, merged categories, a section, sums, deductions, notes, words of every manner
ROWS: list[list[object]] = [
    ["临江市某机关党员积分考核细则（试行）"],
    ["（2026年支部党员大会讨论通过，基础分60分）"],
    ["序号", "项目", "考核内容", "分值", "评分标准", "最高分", "备注"],
    [1, "一、学习教育（30分）", "参加支部集中学习", "每次0.5分", None, "每月最多1分", None],
    [2, None, "撰写心得体会", 1, "每篇加1分，全年不超过6分", None, None],
    [3, None, "参加上级调训", "1分/天", None, 10, None],
    [4, None, "平台学习", "5-10分", None, None, "由支委会酌情评定"],
    [5, None, "在刊物发表理论文章", "国家级30分、省级15分、市级8分", None, None, "同一文章不重复计分"],
    [6, "二、组织生活", "按时参加“三会一课”", 5, "无故缺席一次扣1分，扣完为止", None, None],
    [7, None, "主题党日", "+2", None, "全年24分", None],
    [8, None, "按月足额交纳党费", "每月按时交纳计0.5分", None, None, None],
    [9, None, "参加组织生活会", "参加一次加1分，无故缺席一次扣2分", None, None, None],
    [10, None, "民主评议党员", "优秀10分，合格8分，基本合格5分", None, None, None],
    ["（三）作用发挥"],
    [11, "志愿服务", "参加志愿服务活动", "每小时0.5分", None, "每月2分，全年12分", None],
    [12, "志愿服务", "结对帮扶困难群众", "每户每次1分", None, "全年不超过6分", "需附照片"],
    [13, "中心工作", "完成急难险重任务", "每次2分，最高10分", None, None, None],
    [14, "中心工作", "提出合理化建议被采纳", "2", None, None, None],
    [15, "中心工作", "获得表彰奖励", "视级别酌情加分", None, None, None],
    ["合计", None, None, 100, None, None, None],
    ["四、扣分项"],
    [16, "纪律作风", "迟到早退", "-0.5分/次", None, None, None],
    [17, "纪律作风", "受到通报批评", "3", None, None, None],
    [18, "纪律作风", "受到党纪处分", "警告扣10分，严重警告扣20分", None, None, None],
    [19, "纪律作风", "未按时报送材料", "第1次扣1分，第2次扣2分，第3次起本项为零", None, None, None],
    [20, "纪律作风", "信访投诉查实", "每件扣2分", None, "最多扣6分", None],
    [21, "纪律作风", "其他违规行为", None, "由支委会研究确定", None, None],
    [22, "纪律作风", "请假未批", "1-3分", None, None, None],
    ["注：1.本细则由党支部负责解释。"],
]
MERGED = ("A1:G1", "A2:G2", "B4:B8", "B9:B13", "A14:G14", "A21:G21", "A29:G29")
# row of the worksheet → what somebody must settle there
TO_SETTLE = {
    2: "未录入：（2026年支部党员大会讨论通过，基础分60分）",
    7: "未识别：由支委会酌情评定",
    8: "未识别：同一文章不重复计分",
    16: "未识别：每户",
    19: "未识别：视级别酌情加分",
    20: "未录入：合计 100",
    25: "未识别：第3次起本项为零",
    27: "待补：没有认出分值",
    29: "未录入：注：1.本细则由党支部负责解释。",
}
TO_CHECK = {9: "5 分计入本类起始分", 12: "已拆成两条", 23: "按扣分记", 28: "按扣分记"}


def sheet_in(path: Path) -> Worksheet:
    return openpyxl.load_workbook(path).worksheets[0]


def to_xlsx(file: Path, target: Path, **env: str) -> Ran:
    return zhibu(target.parent / "none", "scheme", "to-xlsx", str(file), "-o", str(target), **env)


def from_xlsx(file: Path, target: Path) -> Ran:
    return zhibu(target.parent / "none", "scheme", "from-xlsx", str(file), "-o", str(target))


def table(folder: Path, rows: list[list[object]], merged: tuple[str, ...] = ()) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    book.save(folder / "table.xlsx")
    return folder / "table.xlsx"


def scheme_from(path: Path) -> Scheme:
    scheme = parse(path.read_text("utf-8"))
    assert isinstance(scheme, Scheme), scheme
    return scheme


def test_a_table_of_every_manner_becomes_a_draft_in_which_nothing_is_lost(tmp_path: Path):
    ran = from_xlsx(table(tmp_path, ROWS, MERGED), tmp_path / "draft.yaml")
    assert ran.returncode == 0, ran.stdout
    lines = ran.stdout.splitlines()
    assert [
        row for row, told in TO_SETTLE.items() if not any(line.startswith(f"第 {row} 行：{told}") for line in lines)
    ] == []
    assert [
        row for row, told in TO_CHECK.items() if not any(f"第 {row} 行：" in line and told in line for line in lines)
    ] == []
    assert {int(line.split()[1]) for line in lines if line.startswith("第 ")} == {*TO_SETTLE, *TO_CHECK}
    assert "共 22 行，识别 16 行" in ran.stdout
    assert f"行号：{', '.join(map(str, TO_SETTLE))}" in ran.stdout
    draft = (tmp_path / "draft.yaml").read_text("utf-8")
    assert [str(cell) for row in ROWS[:2] + ROWS[3:] for cell in row[2:] if cell and str(cell) not in draft] == []


def test_what_the_check_of_a_draft_finds_is_what_somebody_must_settle(tmp_path: Path):
    from_xlsx(table(tmp_path, ROWS, MERGED), tmp_path / "draft.yaml")
    ran = zhibu(tmp_path / "none", "scheme", "check", str(tmp_path / "draft.yaml"))
    assert ran.returncode == 1
    found = [line for line in ran.stdout.splitlines() if line.startswith("第 ")]
    assert [[name for name in ("获得表彰奖励", "其他违规行为") if name in line] for line in found] == [
        ["获得表彰奖励"],
        ["其他违规行为"],
    ]


def test_a_draft_says_points_caps_signs_and_categories(tmp_path: Path):
    rows = [row for row in ROWS if row[2:3] not in (["获得表彰奖励"], ["其他违规行为"])]
    from_xlsx(table(tmp_path, rows, MERGED[:-2]), tmp_path / "draft.yaml")
    scheme = scheme_from(tmp_path / "draft.yaml")
    read = {
        c.name: (c.value.kind, c.sign, {n: str(cap) for n, cap in c.caps.windows.items()}) for _, c in scheme.walk()
    }
    assert read["参加支部集中学习"] == ("fixed", "plus", {"month": "1"})
    assert read["撰写心得体会"] == ("fixed", "plus", {"year": "6"})
    assert read["参加上级调训"] == ("per", "plus", {"cycle": "10"})
    assert read["平台学习"] == ("range", "plus", {})
    assert read["在刊物发表理论文章"] == ("options", "plus", {})
    assert read["按时参加“三会一课”"] == ("fixed", "minus", {"cycle": "5"})
    assert read["参加组织生活会（扣分）"] == ("fixed", "minus", {})
    assert read["信访投诉查实"] == ("fixed", "minus", {"cycle": "6"})
    assert read["请假未批"] == ("range", "minus", {})
    names = [node.name for node in scheme.every_node.values()]
    assert names == ["学习教育", "组织生活", "作用发挥", "志愿服务", "中心工作", "扣分项", "纪律作风"]
    assert (scheme.nodes[0].max, scheme.nodes[1].full, scheme.total.base) == (Decimal(30), Decimal(5), Decimal(60))


def test_a_rulebook_put_up_and_read_again_keeps_every_criterion(tmp_path: Path):
    assert to_xlsx(RULEBOOK, tmp_path / "poster.xlsx").returncode == 0
    ran = from_xlsx(tmp_path / "poster.xlsx", tmp_path / "draft.yaml")
    assert (ran.returncode, "共 50 行，识别 50 行" in ran.stdout) == (0, True), ran.stdout
    before, after = scheme_from(RULEBOOK), scheme_from(tmp_path / "draft.yaml")

    def kept(node: Node, criterion: Criterion) -> tuple[object, ...]:
        # codes of categories, aliases and the most one line may hold stand on no poster
        shown = (criterion.code, criterion.name, criterion.unit, criterion.sign, criterion.caps, criterion.clause)
        value = criterion.value
        points = (value.kind, value.rate, value.attendance)
        return (*shown, points, criterion.by, criterion.evidence, node.name, node.max, node.min)

    assert [kept(*pair) for pair in after.walk()] == [kept(*pair) for pair in before.walk()]
    assert (after.total, after.grades, after.title, after.version) == (
        before.total,
        before.grades,
        before.title,
        before.version,
    )


def test_the_table_can_be_printed_and_put_up(tmp_path: Path):
    to_xlsx(RULEBOOK, tmp_path / "poster.xlsx")
    sheet = sheet_in(tmp_path / "poster.xlsx")
    setup = sheet.page_setup
    assert (setup.orientation, setup.paperSize, setup.fitToWidth or 1, setup.fitToHeight) == ("landscape", 8, 1, 0)
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.print_title_rows, sheet["A1"].value) == ("$3:$3", "党员积分管理办法（示例）")
    assert [cell.value for cell in sheet[3]] == [
        "序号",
        "类别",
        "积分标准",
        "分值",
        "上限",
        "谁来记",
        "佐证材料",
        "依据条款",
        "编号",
    ]
    assert [cell.value for cell in sheet[4]][2:] == [
        "学习：参加支部或单位组织的理论学习，每参加一次计一次",
        "每次 0.5 分",
        "每月 1 分、全年 8 分",
        "本人",
        "可附",
        "第六条第一项",
        "P01",
    ]
    assert sheet["B4"].value == "政治合格（最多 12 分、最少 −15 分）"
    assert "B4:B15" in {str(cells) for cells in sheet.merged_cells.ranges}
    assert {cell.border.left.style for cell in sheet[20]} == {"thin"}
    below = [sheet.cell(row, 1).value for row in range(54, sheet.max_row + 1)]
    assert {"基础分 60 分。", "优秀：90 分及以上", "次月 5 日前审核，6 日结账。"} <= set(below)


def test_an_english_house_gets_an_english_table(tmp_path: Path):
    to_xlsx(RULEBOOK, tmp_path / "poster.xlsx", ZHIBU_LOCALE="en")
    sheet = sheet_in(tmp_path / "poster.xlsx")
    assert [cell.value for cell in sheet[4]][3:5] == ["0.5 points for each 次", "1 points a month, 8 points a year"]


@pytest.mark.parametrize("text", ["=1+1", "+A1", "@x", "<r><t>x</t></r>", "{=1}", "https://a.example", "_x0041_"])
def test_a_text_stays_a_text(tmp_path: Path, text: str):
    criterion = Criterion("A01", text, Value(fixed=Decimal(1), unit="次"), clause=text)
    scheme = Scheme("s", "1", text, (Node("A", text, (criterion,)),))
    (tmp_path / "scheme.yaml").write_text(text_of(scheme), "utf-8")
    assert to_xlsx(tmp_path / "scheme.yaml", tmp_path / "poster.xlsx").returncode == 0
    cells = [cell for row in sheet_in(tmp_path / "poster.xlsx").iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [str(cell.value).strip() for cell in cells].count(text) == 4  # title, category, criterion, clause
    with zipfile.ZipFile(tmp_path / "poster.xlsx") as packed:
        assert b"<f>" not in packed.read("xl/worksheets/sheet1.xml")
        assert "xl/worksheets/_rels/sheet1.xml.rels" not in packed.namelist()


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path):
    (tmp_path / "poster.xlsx").write_text("mine")
    (tmp_path / "draft.yaml").write_text("mine")
    for ran in (to_xlsx(RULEBOOK, tmp_path / "poster.xlsx"), from_xlsx(RULEBOOK, tmp_path / "draft.yaml")):
        assert (ran.returncode, "已经存在" in ran.stdout) == (1, True), ran.stdout
    assert {(tmp_path / name).read_text() for name in ("poster.xlsx", "draft.yaml")} == {"mine"}
    assert to_xlsx(RULEBOOK, tmp_path / "poster.pdf").returncode == 2


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEADING: list[object] = ["类别", "内容", "分值"]
REFUSED: list[tuple[bytes | list[list[object]], str]] = [
    (b"", "已损坏"),
    (b"PK\x03\x04 cut short", "已损坏"),
    (OLE + b"Workbook", ".xls"),
    (OLE + "EncryptedPackage".encode("utf-16-le"), "密码"),
    (b"PK\x03\x04" + bytes(5 * 1024 * 1024), "最多 5 MB"),
    ([], "没有可见且有内容的工作表"),
    ([["姓名", "单位"], ["江一帆", "水务局"]], "类别/项目；内容/积分标准"),
    ([HEADING], "表头下面没有内容"),
    ([HEADING, ["学习", "听课", "=1+1"]], "单元格 C2 是公式"),
    ([HEADING, *([["学习", f"听课{n}", 1] for n in range(5001)])], "最多 5000 行"),
]


@pytest.mark.parametrize(("content", "told"), REFUSED, ids=[told for _, told in REFUSED])
def test_what_cannot_be_read_is_refused_in_words(tmp_path: Path, content: bytes | list[list[object]], told: str):
    if isinstance(content, bytes):
        (tmp_path / "table.xlsx").write_bytes(content)
    else:
        table(tmp_path, content)
    ran = from_xlsx(tmp_path / "table.xlsx", tmp_path / "draft.yaml")
    assert (ran.returncode, told in ran.stdout) == (2, True), ran.stdout
    assert not (tmp_path / "draft.yaml").exists()


def test_a_formula_counts_as_the_value_that_was_stored_with_it(tmp_path: Path):
    with xlsxwriter.Workbook(str(tmp_path / "table.xlsx")) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADING)
        sheet.write_row(1, 0, ["学习", "听课"])
        sheet.write_formula(1, 2, "=1+1", None, 2)
    assert from_xlsx(tmp_path / "table.xlsx", tmp_path / "draft.yaml").returncode == 0
    assert scheme_from(tmp_path / "draft.yaml").criteria["A01"].value.fixed == 2


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path):
    for name in ("a.txt", "[Content_Types].xml"):
        with zipfile.ZipFile(tmp_path / "table.xlsx", "w") as packed:
            packed.writestr(name, "<Types/>")
        ran = from_xlsx(tmp_path / "table.xlsx", tmp_path / "draft.yaml")
        assert (ran.returncode, "已损坏" in ran.stdout) == (2, True), ran.stdout


def test_a_file_that_is_not_there_is_said(tmp_path: Path):
    ran = from_xlsx(tmp_path / "none.xlsx", tmp_path / "draft.yaml")
    assert (ran.returncode, "none.xlsx" in ran.stdout) == (2, True)


def test_the_sheet_with_the_table_is_found_and_the_others_are_named(tmp_path: Path):
    book = openpyxl.Workbook()
    book.worksheets[0].append(["填表说明"])
    hidden, shown = book.create_sheet("旧"), book.create_sheet("细则")
    hidden.sheet_state = "hidden"
    for row in (HEADING, ["学习", "听课", "每次1分"], ["学习", "开会", date(2026, 5, 10)], ["学习", "出勤率", 0.95]):
        shown.append(row)
    shown["C4"].number_format = "0%"
    book.save(tmp_path / "table.xlsx")
    ran = from_xlsx(tmp_path / "table.xlsx", tmp_path / "draft.yaml")
    assert (ran.returncode, "没有读取的工作表：Sheet\n" in ran.stdout) == (0, True), ran.stdout
    assert "未识别：2026-05-10" in ran.stdout
    assert "未识别：95%" in ran.stdout
