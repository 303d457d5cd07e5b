"""Restoring as an operator types it: nothing is overwritten, and the past stays past."""

import os
import subprocess
import sys
import time
from pathlib import Path

from bot.opening import Parts
from handlers.backup import Revive
from rules.access import SYSTEM
from tests.flows.people import People
from tests.flows.test_backup import count, made, target
from tests.flows.test_cli import changed, zhibu

__all__ = ["target"]


def test_a_folder_with_data_is_left_alone_unless_told(folder: Path, target: Path):
    backup = made(folder, target)
    changed(folder, "INSERT INTO member (code, name, class) VALUES ('later', 'later', 'x')")
    later = "SELECT count(*) FROM member WHERE code = 'later'"
    ran = zhibu(folder, "restore", str(backup))
    assert ran.returncode == 1
    assert "--replace" in ran.stdout
    assert count(folder, later) == 1
    (folder / "zhibu.env").write_text("ZHIBU_PORT=8765\n")
    ran = zhibu(folder, "restore", str(backup), "--replace")
    assert (folder / "zhibu.env").read_text() == "ZHIBU_PORT=8765\n", "how the machine is set up is not in a backup"
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert count(folder, later) == 0
    assert not (folder / "zhibu.db").stat().st_mode & 0o077, "nobody else on the machine reads it"
    (aside,) = folder.parent.glob("data.replaced-*")
    assert str(aside) in ran.stdout
    assert count(aside, later) == 1
    assert not list(aside.glob(".zhibu-*")) + list(folder.glob(".zhibu-*"))


def test_backups_inside_the_folder_stay_where_they_are_looked_for(folder: Path):
    assert zhibu(folder, "backup").returncode == 0
    (backup,) = (folder / "backups").glob("*.backup")
    ran = zhibu(folder, "restore", str(backup), "--replace")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert backup.exists()
    (aside,) = folder.parent.glob("data.replaced-*")
    assert not (aside / "backups").exists()
    for path in folder.glob("zhibu.db*"):
        path.unlink()
    (folder / "demo").unlink()
    assert zhibu(folder, "restore", str(backup)).returncode == 0, "backups alone are no data"


def test_a_folder_in_use_is_not_replaced(parts: Parts, folder: Path, target: Path):
    backup = made(folder, target)
    ran = zhibu(folder, "restore", str(backup), "--replace")
    assert ran.returncode == 1
    assert not list(folder.parent.glob("data.replaced-*"))
    parts.close()


def test_after_a_restore_old_sessions_and_buttons_open_nothing_and_nothing_is_sent_again(
    people: People, folder: Path, target: Path, tmp_path: Path
):
    member = people["m03"]
    member.say("申报 志愿服务 2")
    token = member.token("确认")
    changes = (
        "INSERT INTO session (key_hash, member_id, opened_at, expires_at) VALUES ('k', 3, 0, 9999999999999)",
        "UPDATE outbox SET state = 'due' WHERE id = 1",
        "UPDATE notice SET state = 'waiting' WHERE id IN (SELECT min(id) FROM notice)",
    )
    people.parts.database.write(lambda c: [c.exec_driver_sql(text) for text in changes] and None)
    backup = made(folder, target)
    people.client.__exit__(None, None, None)
    ran = zhibu(folder, "restore", str(backup), "--into", str(tmp_path / "new"))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert count(tmp_path / "new", "SELECT count(*) FROM session") == 0
    assert count(tmp_path / "new", f"SELECT count(*) FROM token WHERE token = '{token}'") == 0
    assert count(tmp_path / "new", "SELECT count(*) FROM outbox WHERE state IN ('due', 'sending')") == 0
    assert count(tmp_path / "new", "SELECT count(*) FROM notice WHERE state = 'waiting'") == 0


def test_a_restore_that_was_killed_leaves_no_database_and_can_be_repeated(folder: Path, target: Path, tmp_path: Path):
    backup, new = made(folder, target), tmp_path / "new"
    command = [sys.executable, "-m", "bot", "restore", str(backup), "--into", str(new)]
    process = subprocess.Popen(command, env={**os.environ, "ZHIBU_DATA": str(folder)}, stdout=subprocess.DEVNULL)
    while process.poll() is None and not list(new.glob(".zhibu-restoring-*/zhibu.db")):
        time.sleep(0.001)
    process.kill()
    process.wait()
    assert not (new / "zhibu.db").exists()
    assert zhibu(folder, "restore", str(backup), "--into", str(new)).returncode == 0
    assert zhibu(new, "verify").returncode == 0
    assert not list(new.glob(".zhibu-*"))


def test_an_old_button_after_a_restore_leads_home(people: People):
    member = people["m03"]
    member.say("申报 志愿服务 2")
    token = member.token("确认")
    people.parts.desk.do(SYSTEM, Revive("some.backup", "2026-11-22T01:00:00+00:00"), people.parts.clock.now())
    member.post(token=token)
    assert not any(label.startswith("确认") for label in member.labels)
    member.tap("我的积分")
    assert "积分" in member.text
