"""Backup and restore as an operator types them, in real processes."""

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from rich.cells import cell_len
from rich.console import Console

from bot.cli.backup import table_of
from screens.texts import words as words_of
from storage.engine import sqlite_engine
from tests.flows.people import People
from tests.flows.test_cli import changed, zhibu

MADE = re.compile(r"zhibu-\d{8}-\d{6}(-\d+)?\.backup")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def offered(target: Path) -> list[str]:
    return sorted(path.name for path in target.iterdir() if MADE.fullmatch(path.name))


def made(folder: Path, target: Path) -> Path:
    ran = zhibu(folder, "backup", str(target))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return target / offered(target)[-1]


def count(folder: Path, query: str) -> int:
    engine = sqlite_engine(folder / "zhibu.db", read_only=True)
    with engine.connect() as connection:
        found = int(connection.execute(sa.text(query)).scalar_one())
    engine.dispose()
    return found


def photo(folder: Path) -> bytes:
    from PIL import Image

    path = folder / "photo.png"
    Image.effect_noise((300, 300), 90).save(path)
    return path.read_bytes()


def test_a_backup_beside_the_running_bot_is_restored_with_its_files(
    people: People, folder: Path, target: Path, tmp_path: Path
):
    member = people["m03"]
    member.say("申报 志愿服务 2")
    member.send("证明.png", photo(tmp_path))
    member.tap("确认")
    backup = made(folder, target)
    submitted = "SELECT count(*) FROM line WHERE state = 'submitted'"
    member.say("申报 学习 1")
    member.tap("确认")
    ran = zhibu(folder, "restore", str(backup), "--into", str(tmp_path / "new"))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "核对无误" in ran.stdout
    assert count(tmp_path / "new", submitted) == count(folder, submitted) - 1
    (file,) = folder.glob("evidence/*/*")
    assert (tmp_path / "new" / file.relative_to(folder)).read_bytes() == file.read_bytes()
    assert count(tmp_path / "new", "SELECT count(*) FROM audit WHERE action = 'restored' AND actor_id = -1") == 1
    assert zhibu(tmp_path / "new", "verify").returncode == 0
    assert (tmp_path / "new" / "demo").exists(), "a demo stays a demo"


def test_the_list_says_what_is_in_each(folder: Path, target: Path):
    made(folder, target)
    (target / ".zhibu-making-left").mkdir()
    (target / "notes.txt").write_text("not ours", "utf-8")
    ran = zhibu(folder, "backup", "list", str(target), "--json")
    (one,) = json.loads(ran.stdout)
    assert (one["member"], one["files"], one["missing"], one["readable"]) == (65, 0, 0, True)
    assert one["entry"] == count(folder, "SELECT count(*) FROM entry")
    shown = zhibu(folder, "backup", "list", str(target), COLUMNS="200")
    assert one["file"] in shown.stdout
    assert zhibu(folder, "backup", "list", str(target / "none")).returncode == 0


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_list_is_whole_at_80_columns(folder: Path, target: Path, locale: str):
    backup = made(folder, target)
    damaged = backup.with_name("zhibu-20200101-030000.backup")
    damaged.write_bytes(b"nothing")
    shown = zhibu(folder, "backup", "list", str(target), COLUMNS="80", ZHIBU_LOCALE=locale).stdout
    say = words_of(locale)
    for head in ("file", "members", "lines", "entries", "files", "damaged"):
        assert say(head) in shown, shown
    assert (backup.name in shown, damaged.name in shown, "…" in shown) == (True, True, False)


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
def test_the_list_of_a_large_house_is_whole_at_80_columns(locale: str):
    counts = {"member": 100_000, "line": 9_999_999, "entry": 9_999_999, "files": 999_999}
    row = {"file": "zhibu-20261122-030000.backup", "size": 9_999_900_000, "readable": True, "missing": 1, **counts}
    console = Console(width=80, file=io.StringIO(), soft_wrap=True)
    console.print(table_of(words_of(locale), [row]))
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert "…" not in text
    assert all(told in text for told in ("100000", "9999999 ", "999999", "9999.9", words_of(locale)("incomplete")))
    assert max(map(cell_len, text.splitlines())) <= 80


def test_by_itself_it_stands_in_the_data_folder_and_holds_no_other_backup(folder: Path):
    assert zhibu(folder, "backup").returncode == 0
    assert zhibu(folder, "backup").returncode == 0
    first, second = sorted((folder / "backups").glob("*.backup"))
    assert abs(first.stat().st_size - second.stat().st_size) < 20_000


def test_what_a_kill_left_behind_is_removed_and_nothing_half_is_offered(folder: Path, target: Path):
    backup = made(folder, target)
    for number in range(1, 6):
        command = [sys.executable, "-m", "bot", "backup", str(target)]
        process = subprocess.Popen(command, env={**os.environ, "ZHIBU_DATA": str(folder)}, stdout=subprocess.DEVNULL)
        while process.poll() is None and not list(target.glob(".zhibu-making-*/*")):
            time.sleep(0.001)
        time.sleep(0.1 * number)
        process.send_signal(signal.SIGKILL)
        process.wait()
    for name in offered(target):
        ran = zhibu(folder, "backup", "check", str(target / name))
        assert ran.returncode == 0, name + ran.stdout + ran.stderr
    assert backup.name in offered(target)
    made(folder, target)
    assert list(target.glob(".zhibu-making-*")) == []


def test_a_second_backup_at_the_same_time_is_refused_in_words(folder: Path, target: Path):
    import fcntl

    target.mkdir()
    with (target / ".zhibu-backup.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ran = zhibu(folder, "backup", str(target))
    assert ran.returncode == 1
    assert str(target) in ran.stdout
    assert offered(target) == []


def test_a_full_disk_leaves_nothing_behind_and_is_said(folder: Path, target: Path):
    code = "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000));"
    code += "sys.argv = ['zhibu', 'backup', sys.argv[1]]; from bot.cli import main; main()"
    ran = subprocess.run(
        [sys.executable, "-c", code, str(target)],
        env={**os.environ, "ZHIBU_DATA": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "磁盘已满" in ran.stdout
    assert "Traceback" not in ran.stderr
    assert [path.name for path in target.iterdir()] == [".zhibu-backup.lock"]


def test_figures_that_do_not_fit_make_no_good_backup(folder: Path, target: Path):
    good = made(folder, target)
    changed(folder, "UPDATE entry SET points = points + 10000 WHERE id = 100")
    ran = zhibu(folder, "backup", str(target))
    assert ran.returncode == 1
    assert ".unsound" in ran.stdout
    assert offered(target) == [good.name]
    assert len(list(target.glob("zhibu-*.unsound"))) == 1


def test_a_missing_file_of_evidence_is_said_and_the_rest_is_kept(people: People, folder: Path, target: Path):
    people["m03"].say("申报 志愿服务 2")
    people["m03"].send("证明.png", photo(folder))
    (file,) = folder.glob("evidence/*/*")
    file.unlink()
    ran = zhibu(folder, "backup", str(target))
    assert ran.returncode == 3
    assert file.name in ran.stdout
    (name,) = offered(target)
    ran = zhibu(folder, "backup", "check", str(target / name))
    assert ran.returncode == 3
    assert file.name in ran.stdout
    ran = zhibu(folder, "backup", str(target), "--json")
    assert (ran.returncode, json.loads(ran.stdout)["missing"]) == (3, 1), "a script is told too"


@pytest.mark.parametrize("harm", ["changed", "cut", "none"])
def test_a_damaged_backup_is_refused_in_words_and_nothing_is_made(
    folder: Path, target: Path, tmp_path: Path, harm: str
):
    backup = made(folder, target)
    whole = bytearray(backup.read_bytes())
    whole[len(whole) // 2] ^= 1
    content = {"changed": bytes(whole), "cut": bytes(whole[:-5000])}
    backup.unlink()
    if harm != "none":
        backup.write_bytes(content[harm])
    for words in (["backup", "check", str(backup)], ["restore", str(backup), "--into", str(tmp_path / "new")]):
        ran = zhibu(folder, *words)
        assert ran.returncode == 1, ran.stdout + ran.stderr
        assert "Traceback" not in ran.stderr
        assert backup.name in ran.stdout
    assert not (tmp_path / "new" / "zhibu.db").exists()


def test_a_house_of_a_newer_version_makes_no_backup_that_this_one_cannot_verify(folder: Path, target: Path):
    changed(folder, "UPDATE alembic_version SET version_num = '9999'")
    ran = zhibu(folder, "backup", str(target))
    assert ran.returncode == 1
    assert "9999" in ran.stdout
    assert offered(target) == []


@pytest.mark.parametrize(
    ("words", "env"),
    [
        (["backup"], {"ZHIBU_DATA": "/nonexistent/folder"}),
        (["backup"], {"ZHIBU_BACKUP_DIR": "off"}),
        (["backup"], {"ZHIBU_BACKUP_KEEP": "0/1/1"}),
        (["backup", "list", "a", "b"], {}),
        (["backup", "check", "/nonexistent/file.backup"], {}),
        (["backup", "/proc/backups"], {}),
        (["restore", "/etc"], {}),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(folder: Path, words: list[str], env: dict[str, str]):
    ran = zhibu(folder, *words, **env)
    assert ran.returncode in (1, 2)
    assert ran.stdout.strip()
    assert "Traceback" not in ran.stderr


def test_too_little_space_is_said_before_anything_is_begun(folder: Path, tmp_path: Path):
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small], check=False).returncode:
        pytest.skip("needs the right to mount a small file system")
    try:
        ran = zhibu(folder, "backup", str(small))
        assert ran.returncode == 1
        assert "空间不足" in ran.stdout
        assert [path.name for path in small.iterdir()] == [".zhibu-backup.lock"]
    finally:
        subprocess.run(["umount", small], check=True)
    shutil.rmtree(small)
