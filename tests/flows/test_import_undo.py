"""An import is taken back whole: what it made goes, what it changed becomes what it was, who acted since stays."""

from datetime import date, timedelta
from pathlib import Path

import sqlalchemy as sa

from bot.config import Settings
from bot.opening import open_parts, real_time
from handlers.members import Invite, Redeem
from rules.access import OPERATOR, SYSTEM
from storage.imports import standing
from storage.members import membership, role
from tests.flows.commands import zhibu
from tests.flows.tables import house_on_both, imported, many, state, workbook


@house_on_both
def test_a_move_closes_one_membership_and_opens_another_and_can_be_taken_back(house: Path, tmp_path: Path):
    imported(house, workbook(tmp_path / "a.xlsx", ("m1", "江一帆", "forest-1", "", "", "书记")))
    since = date(2020, 1, 1)
    parts = open_parts(Settings(data=house))
    parts.database.write(lambda c: [c.execute(sa.update(table).values(from_on=since)) for table in (membership, role)])
    today = parts.desk.house.today(real_time())
    parts.close()
    before = state(house)
    file = workbook(tmp_path / "b.xlsx", ("m1", "江一舟", "forest-2", "预备", "2020-07-01", "指导员@forest"))
    assert imported(house, file)["changed"] == 1
    rows = {tuple(row)[1:] for row in state(house)[2][0]}
    assert len([row for row in rows if row[2] == today - timedelta(days=1)]) == 1
    assert len([row for row in rows if row[1] == today]) == 1
    assert state(house)[1]["m1"][3:] == ("forest-2", frozenset({("instructor", "forest")}))
    assert zhibu(house, "import", "undo").returncode == 0
    assert state(house) == before


@house_on_both
def test_what_began_today_is_put_right_today_and_can_be_taken_back(house: Path, tmp_path: Path):
    imported(house, workbook(tmp_path / "a.xlsx", ("m1", "江一帆", "forest-1", "", "", "书记")))
    before = state(house)
    imported(house, workbook(tmp_path / "b.xlsx", ("m1", "江一帆", "forest-2", "", "", "无")))
    assert state(house)[1]["m1"][3:] == ("forest-2", frozenset())
    imported(house, workbook(tmp_path / "c.xlsx", ("m1", "江一帆", "forest-1", "", "", "书记")))
    assert state(house)[1] == before[1]
    for _ in range(2):
        assert zhibu(house, "import", "undo").returncode == 0
    assert state(house) == before


@house_on_both
def test_an_import_is_taken_back_whole_and_only_once(house: Path, tmp_path: Path):
    before = state(house)
    units = (("x", "新党总支", "", ""), ("x-1", "新党支部", "", "x"))
    imported(house, workbook(tmp_path / "a.xlsx", *many(120), ("n1", "向阳", "x-1"), units=units))
    undone = zhibu(house, "import", "undo", "1")
    assert undone.returncode == 0, undone.stdout + undone.stderr
    assert state(house) == before
    assert "已经撤回过了" in zhibu(house, "import", "undo", "1").stdout
    assert "没有这次导入" in zhibu(house, "import", "undo").stdout
    assert zhibu(house, "verify").returncode == 0


def entered(house: Path, code: str) -> None:
    """The member comes in by his link and PIN."""
    parts = open_parts(Settings(data=house))
    found = parts.database.read(lambda c: standing(c, date(2100, 1, 1)))
    request = Invite(found.members[code].id, "t", "h" * 64, "123456", "p")
    parts.desk.do(OPERATOR, request, real_time())
    parts.desk.do(SYSTEM, Redeem("h" * 64, True, "k" * 64), real_time())
    parts.close()


@house_on_both
def test_who_bound_an_account_is_named_and_kept_with_his_unit(house: Path, tmp_path: Path):
    imported(
        house,
        workbook(tmp_path / "a.xlsx", ("m1", "江一帆", "x"), ("m2", "向阳", "x"), units=(("x", "新党支部", "", ""),)),
    )
    entered(house, "m1")
    undone = zhibu(house, "import", "undo")
    assert undone.returncode == 0, undone.stdout + undone.stderr
    assert "江一帆" in undone.stdout
    assert "新党支部" in undone.stdout
    units, people, _ = state(house)
    assert "m1" in people
    assert "m2" not in people
    assert "x" in units


@house_on_both
def test_an_earlier_import_waits_for_the_later_one(house: Path, tmp_path: Path):
    imported(house, workbook(tmp_path / "a.xlsx", *many(2)))
    imported(house, workbook(tmp_path / "b.xlsx", ("m0000", "江一舟", "forest-1")))
    refused = zhibu(house, "import", "undo", "1")
    assert refused.returncode == 1
    assert "zhibu import undo 2" in refused.stdout
