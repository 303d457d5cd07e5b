"""Files hold what the table holds: every text a text, numbers and dates as such, nothing cut without a word."""

import csv
import random
import shutil
import subprocess
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from console.files import FORMULA, MOST_TEXT, About, fitting, harmless, sheet_name, write_csv, write_xlsx
from screens.tables import Cell, Column, Table

ZONE = ZoneInfo("Asia/Shanghai")
COLUMNS = (Column("姓名"), Column("=分值", "number"), Column("日期", "date"), Column("时间", "instant"))
ABOUT = About("说明", (("截至", "2026-11-22 09:00"),))
HOSTILE = (
    "=1+1",
    "=cmd|'/c calc'!A0",
    "+86",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1",
    "110101190001010018",
    "0012",
    "1e5",
    "http://example.invalid/x",
    "<b>&amp;\"'",
    "_x0041_",
    "\x00\x07\x1b",
    "  blank  ",
    "two\nlines",
    "😀 龘 \u202e abc",
    "{=1}",
    "TRUE",
    "2026-11-22",
    "\ufffe\uffff",
    "<r></r>",
    "<r>a < b & c</r>",
    '<r><t>0</t></r></is></c><c r="Z2"><f>1+1</f><v>2</v></c><c r="AA2" t="inlineStr"><is><r><t>0</t></r>',
)


def written(path: Path, rows: list[tuple[Cell, ...]]) -> list[tuple[object, ...]]:
    """The rows of a workbook as openpyxl reads them, texts as Excel shows them."""
    assert write_xlsx(path, Table("表", COLUMNS, rows), ABOUT, ZONE) == len(rows)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    values = [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=2)]
    return [tuple(unescape(value) if isinstance(value, str) else value for value in row) for row in values]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_stays_a_text(tmp_path: Path, text: str):
    path = tmp_path / "t.xlsx"
    assert written(path, [(text, Decimal(1), None, None)])[0][0] == text
    cell = openpyxl.load_workbook(path).worksheets[0]["A2"]
    assert cell.data_type == "s"
    assert cell.hyperlink is None
    assert cell.number_format == "@"


def test_what_the_file_says_of_itself_stays_a_text_too(tmp_path: Path):
    path, name = tmp_path / "t.xlsx", HOSTILE[-1]
    write_xlsx(path, Table(name, (Column(name),), []), About("说明", (("制表人", name),)), ZONE)
    book = openpyxl.load_workbook(path)
    assert [book.worksheets[0]["A1"].value, book.worksheets[1]["B1"].value] == [name, name]
    assert book.worksheets[0]["Z2"].value is book.worksheets[1]["Z2"].value is None


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60), min_size=1, max_size=20))
def test_any_text_survives_a_round_trip(tmp_path_factory: pytest.TempPathFactory, texts: list[str]):
    path = tmp_path_factory.mktemp("files") / "t.xlsx"
    rows: list[tuple[Cell, ...]] = [(text, Decimal(1), None, None) for text in texts]
    assert [row[0] for row in written(path, rows)] == texts


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_no_text_of_a_csv_begins_like_a_formula_and_none_is_lost(tmp_path_factory: pytest.TempPathFactory, text: str):
    path = tmp_path_factory.mktemp("files") / "t.csv"
    write_csv(path, Table("表", COLUMNS, [(text, Decimal(-1), None, None)]), ZONE)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        heading, (found, points, *_) = csv.reader(file)
    assert heading[1] == "'=分值"
    assert not found.startswith(FORMULA)
    assert found in (text, f"'{text}")
    assert points == "-1"


@given(st.decimals(-(10**9), 10**9, places=4))
def test_points_are_numbers(tmp_path_factory: pytest.TempPathFactory, points: Decimal):
    path = tmp_path_factory.mktemp("files") / "t.xlsx"
    found = written(path, [("a", points, None, None)])[0][1]
    assert isinstance(found, int | float)
    assert Decimal(str(found)) == points


def test_days_and_instants_are_dates_in_local_time(tmp_path: Path):
    instant = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)
    row = written(tmp_path / "t.xlsx", [("a", None, date(2026, 11, 22), instant)])[0]
    assert row == ("a", None, datetime(2026, 11, 22), datetime(2026, 11, 22, 0, 30))  # noqa: DTZ001 - as Excel has it


def test_the_last_worksheet_says_what_the_file_is(tmp_path: Path):
    written(tmp_path / "t.xlsx", [])
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    assert book.sheetnames == ["表", "说明"]
    assert [cell.value for cell in book["说明"][1]] == ["截至", "2026-11-22 09:00"]


def test_a_text_too_long_for_a_cell_says_so():
    assert fitting("好" * MOST_TEXT) == "好" * MOST_TEXT
    assert fitting("好" * 40_000).endswith("… (40000)")
    assert len(fitting("😀" * 40_000).encode("utf-16-le")) // 2 <= MOST_TEXT


def test_half_a_character_does_not_break_a_file():
    assert fitting("a\ud800b") == "a?b"


def test_what_is_more_than_a_worksheet_holds_goes_on_in_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("console.files.MOST_ROWS", 10)
    rows: list[tuple[Cell, ...]] = [(f"a{n}", Decimal(n), None, None) for n in range(25)]
    path = tmp_path / "t.xlsx"
    assert write_xlsx(path, Table("表", COLUMNS, rows), ABOUT, ZONE) == 25
    sheets = openpyxl.load_workbook(path).worksheets[:-1]
    assert [sheet.title for sheet in sheets] == ["表", "表 2", "表 3"]
    assert [cell.value for sheet in sheets for cell in sheet["A"][1:]] == [row[0] for row in rows]


def test_the_name_of_a_worksheet_is_one_excel_takes():
    assert sheet_name("a[b]:*?/\\'c" + "长" * 40, 12) == "abc" + "长" * 24 + " 12"


def test_harmless_leaves_other_texts_alone():
    assert harmless("王立新 +1") == "王立新 +1"


@pytest.mark.needs("libreoffice")
def test_libreoffice_reads_ten_thousand_rows_as_they_were(tmp_path: Path):
    chance = random.Random(1)
    rows: list[tuple[Cell, ...]] = [
        (f"{chance.choice(HOSTILE[:11])}{n}", Decimal(n) / 4, None, None) for n in range(10_000)
    ]
    write_xlsx(tmp_path / "t.xlsx", Table("表", COLUMNS, rows), ABOUT, ZONE)
    office = shutil.which("soffice") or shutil.which("libreoffice")
    assert office is not None
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    subprocess.run(
        [office, home, "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1", "t.xlsx"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=120,
    )
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.reader(file))[1:]
    assert [row[0] for row in found] == [row[0] for row in rows]
