"""A folder without a house, as a mistyped ZHIBU_DATA gives: said by every command that needs one, and left as it is."""

from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from typer.core import TyperGroup
from typer.main import get_command

from benchmarks.cluster import Cluster
from bot.cli import commands
from bot.opening import EXAMPLES
from storage.engine import sqlite_engine
from tests.flows.commands import zhibu
from tests.flows.town import PLAN_FILE

HOUSE, PEOPLE = EXAMPLES / "own-committee" / "house.yaml", EXAMPLES / "own-committee" / "members.xlsx"
SCHEME = EXAMPLES / "b1-member-points" / "scheme.yaml"
BOOK = EXAMPLES / "rulebooks" / "136-three-levels"
# command → a call that needs a house
NEEDING: dict[str, tuple[str, ...]] = {
    "backup": (),
    "channels check": ("--offline",),
    "import members": (str(PEOPLE),),
    "import undo": (),
    "inbox drop": ("1", "--yes"),
    "inbox list": (),
    "inbox retry": ("--all",),
    "inbox show": ("1",),
    "invite": ("a01",),
    "run": ("--port", "0"),
    "scheme publish": (str(SCHEME),),
    "scheme facts": (),
    "slips": ("slips.html",),
    "status": (),
    "tasks end": ("beats",),
    "tasks issue": (str(PLAN_FILE), "--period", "2031-03"),
    "tasks list": (),
    "tasks publish": (str(PLAN_FILE),),
    "verify": (),
}
MAKING = ("demo", "init", "restore")
APART = ("simulate",)
"""Makes a house of its own and takes it away; tests/flows/test_simulate.py runs it."""
WITHOUT_A_HOUSE: dict[str, tuple[str, ...]] = {
    "import template": ("people.xlsx",),
    "scheme check": (str(SCHEME),),
    "scheme from-xlsx": ("../table.xlsx", "-o", "draft.yaml"),
    "scheme to-xlsx": (str(SCHEME), "-o", "scheme.xlsx"),
    "scheme schema": (),
    "scheme score": (str(BOOK / "scheme.yaml"), "--facts", str(BOOK / "facts.yaml")),
    "scheme diff": (str(BOOK / "scheme.yaml"), str(BOOK / "scheme.yaml"), "--data", str(BOOK / "facts.yaml")),
    "tasks check": (str(PLAN_FILE),),
    "backup": ("list",),
}


def every_command(group: TyperGroup, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from every_command(command, f"{name} ")
        else:
            yield before + name


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that does not exist; what a command makes by itself would go into an empty one."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "nowhere"


def test_every_command_stands_in_a_table():
    group = get_command(commands())
    assert isinstance(group, TyperGroup)
    assert set(every_command(group)) == {*NEEDING, *MAKING, *APART, *WITHOUT_A_HOUSE}


@pytest.mark.parametrize("command", NEEDING)
def test_no_house_is_said_and_nothing_is_made(command: str, nowhere: Path):
    ran = zhibu(nowhere, *command.split(), *NEEDING[command])
    assert (ran.returncode, ran.stdout) == (
        1,
        f"{nowhere} 中没有数据。请检查 ZHIBU_DATA，或执行 zhibu init 建立（试用请执行 zhibu demo）。\n",
    )
    assert not nowhere.exists()
    assert list(Path.cwd().iterdir()) == []


@pytest.mark.parametrize("command", NEEDING)
def test_a_folder_without_a_database_stays_as_it_is(command: str, nowhere: Path):
    nowhere.mkdir()
    ran = zhibu(nowhere, *command.split(), *NEEDING[command])
    assert (ran.returncode, str(nowhere) in ran.stdout) == (1, True)
    assert (list(nowhere.iterdir()), list(Path.cwd().iterdir())) == ([], [])


@pytest.mark.parametrize("command", NEEDING)
def test_a_file_without_tables_is_no_house(command: str, nowhere: Path):
    nowhere.mkdir()
    (nowhere / "zhibu.db").touch()
    ran = zhibu(nowhere, *command.split(), *NEEDING[command])
    assert (ran.returncode, "没有数据" in ran.stdout) == (1, True)
    assert [(path.name, path.stat().st_size) for path in nowhere.iterdir()] == [("zhibu.db", 0)]


@pytest.mark.parametrize("command", [command for command in NEEDING if command != "backup"])
def test_a_server_s_database_without_tables_is_no_house(command: str, nowhere: Path, postgres: Cluster):
    name = postgres.create()
    ran = zhibu(nowhere, *command.split(), *NEEDING[command], ZHIBU_DATABASE_URL=postgres.url(name))
    assert (ran.returncode, "ZHIBU_DATABASE_URL" in ran.stdout) == (1, True), ran.stdout
    assert not nowhere.exists()
    assert postgres.rows(name, "SELECT 1 FROM pg_tables WHERE schemaname = 'public'") == []
    postgres.drop(name)


@pytest.mark.parametrize("command", WITHOUT_A_HOUSE)
def test_what_needs_no_house_makes_none(command: str, nowhere: Path):
    book = openpyxl.Workbook()
    for row in (("类别", "内容", "分值"), ("学习", "听党课", "每次1分")):
        book.worksheets[0].append(row)
    book.save(nowhere.parent / "table.xlsx")
    assert zhibu(nowhere, *command.split(), *WITHOUT_A_HOUSE[command]).returncode == 0
    assert not nowhere.exists()


def test_a_restore_from_what_is_no_backup_makes_no_house(nowhere: Path):
    (nowhere.parent / "file").touch()
    assert zhibu(nowhere, "restore", str(nowhere.parent / "file")).returncode == 1
    assert not (nowhere / "zhibu.db").exists()


def test_init_makes_one(nowhere: Path):
    assert zhibu(nowhere, "init", str(HOUSE)).returncode == 0
    engine = sqlite_engine(nowhere / "zhibu.db", read_only=True)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM unit").scalar_one() == 7
    engine.dispose()
