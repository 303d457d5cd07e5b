"""The drill's own examination of a backup sees what is wrong; the drill itself is `make faults`."""

from pathlib import Path

import pytest

from benchmarks.backup import examined
from benchmarks.declaring import Declared
from tests.flows.test_cli import zhibu


@pytest.fixture
def backup(folder: Path, tmp_path: Path) -> Path:
    target = tmp_path / "backups"
    ran = zhibu(folder, "backup", str(target))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    (made,) = target.glob("*.backup")
    return made


def test_a_good_backup_passes_and_a_declaration_that_is_not_in_it_is_missed(backup: Path):
    assert examined(backup, []) == []
    (wrong,) = examined(backup, [Declared("m03", 2.0, 1.0)])
    assert "1 acknowledged" in wrong


def test_a_changed_byte_and_a_cut_file_are_seen(backup: Path):
    whole = backup.read_bytes()
    for harmed in (whole[:1000] + bytes([whole[1000] ^ 1]) + whole[1001:], whole[:-1], whole[: len(whole) // 2], b""):
        backup.write_bytes(harmed)
        assert len(examined(backup, [])) == 1
