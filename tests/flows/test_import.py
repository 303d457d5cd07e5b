"""People come in from a table: all rows or none, twice is once, and the whole of it can be taken back."""

import hashlib
import json
import subprocess
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from benchmarks.process import Server, environment
from bot.config import Settings
from bot.opening import Parts, open_parts, real_time
from handlers.imports import BeginImport, ImportMembers
from rules.access import OPERATOR
from rules.imports.entries import MemberEntry
from storage.imports import import_run
from tests.flows.commands import zhibu
from tests.flows.tables import house_on_both, imported, many, state, workbook


@house_on_both
def test_the_template_filled_in_is_imported_and_a_second_time_changes_nothing(house: Path, tmp_path: Path):
    file = tmp_path / "people.xlsx"
    assert zhibu(house, "import", "template", str(file)).returncode == 0
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["单位", "成员", "说明"]
    assert {str(each.sqref).split(":")[0] for each in book["成员"].data_validations.dataValidation} == {"D2", "F2"}
    assert book["成员"]["A2"].number_format == "@"
    book["单位"].append(["forest-3", "林业局第三党支部", "支部", "forest"])
    book["成员"].append(["m001", "江一帆", "forest-3", "正式党员", "2019-07-01", "书记；党务干部@forest"])
    book.save(file)
    first, again = imported(house, file), imported(house, file)
    assert (first["new"], first["changed"], first["flaws"], first["written"]) == (2, 0, [], True)
    assert (again["new"], again["changed"], again["unchanged"], again["written"]) == (0, 0, 2, False)
    assert state(house)[1]["m001"] == (
        *("江一帆", "full", date(2019, 7, 1), "forest-3"),
        frozenset({("secretary", "forest-3"), ("officer", "forest")}),
    )
    assert zhibu(house, "import", "template", str(file)).returncode == 1, "an existing file is not written over"


def test_a_real_workbook_is_read_as_it_is(house: Path, tmp_path: Path):
    book = openpyxl.Workbook()
    sheet = book.create_sheet("花名册", 0)
    sheet.merge_cells("A1:F1")
    sheet["A1"] = "临江市直机关党员名册"
    sheet.append(["序号", "编号", "姓名", "所在支部", "入党时间", "身份证号"])
    sheet.append([1, 101, "王　芳", " 林业局第一党支部 ", date(2019, 7, 1), "11010119900101123X"])
    sheet.append([])
    sheet.append([2, 102.0, "向阳", "forest-2", "2019年7月", None])
    hidden = book.create_sheet("成员旧")
    hidden.append(["编号", "姓名", "支部"])
    hidden.append(["bad code", "", ""])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "people.xlsx")
    report = imported(house, tmp_path / "people.xlsx")
    assert report["flaws"] == []
    assert [(each["code"], each["name"]) for each in report["members"]] == [("101", "王芳"), ("102", "向阳")]
    assert {note["code"] for note in report["notes"]} == {"column_personal", "column_unknown"}
    assert "11010119900101123X" not in json.dumps(report)
    assert b"11010119900101123X" not in (house / "zhibu.db").read_bytes()


@house_on_both
def test_one_bad_row_keeps_everything_out_unless_it_is_left_out(house: Path, tmp_path: Path):
    file = workbook(tmp_path / "p.xlsx", *many(3), ("m9", "=A1", "forest-1"), ("m8", "向阳", "nowhere"))
    before = state(house)
    ran = zhibu(house, "import", "members", str(file))
    assert ran.returncode == 1
    assert "《成员》第 5 行“姓名”列：这里是公式" in ran.stdout
    assert "《成员》第 6 行：没有单位 nowhere" in ran.stdout
    assert "没有写入" in ran.stdout
    assert state(house) == before
    assert imported(house, file, "--skip-bad")["new"] == 3
    assert "m8" not in state(house)[1]


def test_a_dry_run_shows_what_changes_and_writes_nothing(house: Path, tmp_path: Path):
    imported(house, workbook(tmp_path / "a.xlsx", *many(2)))
    before = state(house)
    file = workbook(tmp_path / "b.xlsx", ("m0000", "江一舟", "forest-2", "", "", "书记"), ("m0009", "向阳", "forest-1"))
    ran = zhibu(house, "import", "members", str(file), "--dry-run", COLUMNS="200")
    assert ran.returncode == 0, ran.stdout
    for told in ("江一帆 → 江一舟", "forest-1 → forest-2", "— → 书记@forest-2", "新增 1，变动 1，不变 0", "没有写入"):
        assert told in ran.stdout
    assert state(house) == before


def operator_did(parts: Parts, request: Any) -> Any:
    return parts.desk.do(OPERATOR, request, real_time())


@house_on_both
def test_an_import_cut_short_is_finished_by_the_same_file_as_one_run(house: Path, tmp_path: Path):
    before = state(house)
    file = workbook(tmp_path / "a.xlsx", *many(600))
    parts = open_parts(Settings(data=house))
    run = operator_did(parts, BeginImport(hashlib.sha256(file.read_bytes()).hexdigest(), file.name)).run
    some = tuple(
        MemberEntry("成员", 2, f"m{i:04}", "江一帆", "forest-1", "full", date(2019, 7, 1), None) for i in range(100)
    )
    operator_did(parts, ImportMembers(run, some))
    parts.close()
    report = imported(house, file)
    assert (report["run"], report["resumed"], report["new"]) == (run, True, 500)
    assert len(state(house)[1]) == 601
    assert zhibu(house, "import", "undo").returncode == 0
    assert state(house) == before


def test_an_import_that_is_killed_can_simply_be_given_again(house: Path, tmp_path: Path):
    file = workbook(tmp_path / "a.xlsx", *many(1000))
    command = [sys.executable, "-m", "bot", "import", "members", str(file), "--json"]
    with subprocess.Popen(command, env=environment(house), stdout=subprocess.DEVNULL) as ran:
        while runs(house) == 0:
            with suppress(subprocess.TimeoutExpired):
                ran.wait(0.05)
        ran.kill()
    assert imported(house, file)["flaws"] == []
    assert len(state(house)[1]) == 1001
    assert zhibu(house, "verify").returncode == 0


def runs(house: Path) -> int:
    engine = sa.create_engine(f"sqlite:///{house / 'zhibu.db'}")
    with engine.connect() as connection:
        found = connection.execute(sa.select(sa.func.count()).select_from(import_run)).scalar_one()
    engine.dispose()
    return int(found)


def test_people_come_in_beside_a_running_process(house: Path, tmp_path: Path):
    file = workbook(tmp_path / "a.xlsx", *many(600))
    with Server(tmp_path, "bot", "run", "--port", "{port}", data=house) as server:
        server.start()
        assert imported(house, file)["new"] == 600
        assert imported(house, file)["unchanged"] == 600
        assert zhibu(house, "import", "undo").returncode == 0
    assert len(state(house)[1]) == 1


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("old.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "另存为 .xlsx"),
        ("broken.xlsx", b"PK\x03\x04nonsense", "文件已损坏"),
        ("picture.png", b"\x89PNG\r\n\x1a\n\0\0", "文件已损坏"),
        ("empty.csv", b"", "没有找到表格"),
    ],
)
def test_what_is_no_table_is_refused_in_words(house: Path, tmp_path: Path, name: str, content: bytes, told: str):
    (tmp_path / name).write_bytes(content)
    ran = zhibu(house, "import", "members", str(tmp_path / name))
    assert ran.returncode in (1, 2)
    assert told in ran.stdout


@pytest.mark.parametrize(("encoding", "delimiter"), [("gb18030", ","), ("utf-8-sig", ";"), ("utf-8", "\t")])
def test_a_csv_table_is_read_in_the_encodings_and_delimiters_of_excel(
    house: Path, tmp_path: Path, encoding: str, delimiter: str
):
    rows = (("成员编号", "姓名", "单位编号"), ("m1", "江一帆", "forest-1"), ("", "", ""))
    (tmp_path / "p.csv").write_bytes("\r\n".join(delimiter.join(row) for row in rows).encode(encoding))
    assert imported(house, tmp_path / "p.csv")["new"] == 1


def test_a_file_that_is_not_there_is_said(house: Path, tmp_path: Path):
    ran = zhibu(house, "import", "members", str(tmp_path / "none.xlsx"))
    assert ran.returncode == 2
    assert "无法读取" in ran.stdout
