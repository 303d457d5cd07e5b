"""Backups of a house whose rows stand on a server: pg_dump saves them, the files have an archive of their own."""

import hashlib
import json
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from benchmarks.cluster import Cluster
from bot.app import build
from bot.clock import Clock
from bot.config import Settings
from bot.opening import open_parts
from storage import archive, backup
from tests.flows.commands import zhibu
from tests.flows.people import People
from tests.flows.test_backup import photo
from tests.houses import START, on_both

ROWS = "SELECT (SELECT count(*) FROM line), (SELECT count(*) FROM evidence), (SELECT max(id) FROM line)"
on_server = pytest.mark.parametrize("place", ["postgres"], indirect=True)


@on_server
def test_the_rows_are_left_to_the_server_in_words(installed: Path, tmp_path: Path):
    for words in (("backup", str(tmp_path / "to")), ("restore", str(tmp_path / "x.backup"))):
        ran = zhibu(installed, *words)
        assert ran.returncode == 2
        assert "pg_dump" in ran.stdout
        assert "pg_restore" in ran.stdout
    assert "--files-only" in zhibu(installed, "backup").stdout
    assert list(tmp_path.glob("to/*")) == []


@on_both
def test_the_files_that_rows_name_are_packed_tried_and_kept(people: People, installed: Path, tmp_path: Path):
    member, target = people["m03"], tmp_path / "to"
    member.say("申报 志愿服务 2")
    member.send("证明.png", photo(tmp_path))
    (named,) = people.parts.database.read(lambda connection: list(backup.files_of(connection)))[-1:]
    ran = zhibu(installed, "backup", "--files-only", "--json", str(target))
    assert ran.returncode == 0, ran.stdout
    made = target / json.loads(ran.stdout)["file"]
    manifest = archive.manifest_of(made)
    assert (manifest.database_bytes, manifest.missing) == (0, 0)
    with tarfile.open(made) as tar:
        packed = tar.extractfile(named.path)
        assert packed is not None
        content = packed.read()
    assert content == (installed / named.path).read_bytes()
    assert f"{hashlib.sha256(content).hexdigest()}  {named.path}" in _listing(made)
    assert zhibu(installed, "backup", "list", str(target)).stdout.count("zhibu-") == 0, "it is no backup of a house"


@on_both
def test_a_file_that_is_gone_is_named_and_the_others_are_packed(people: People, installed: Path, tmp_path: Path):
    member, target = people["m03"], tmp_path / "to"
    member.say("申报 志愿服务 2")
    member.send("证明.png", photo(tmp_path))
    named = people.parts.database.read(lambda connection: list(backup.files_of(connection)))
    (installed / named[-1].path).unlink()
    ran = zhibu(installed, "backup", "--files-only", str(target))
    assert ran.returncode == 3
    assert named[-1].path in ran.stdout
    (made,) = target.glob("*.files")
    assert archive.manifest_of(made).files == len(named) - 1


def test_files_alone_are_no_house(people: People, installed: Path, tmp_path: Path):
    assert zhibu(installed, "backup", "--files-only", str(tmp_path)).returncode == 0
    (made,) = tmp_path.glob("*.files")
    for words in (("restore", str(made), "--into", str(tmp_path / "into")), ("backup", "check", str(made))):
        ran = zhibu(installed, *words)
        assert ran.returncode == 1
        assert "pg_restore" in ran.stdout
    assert not (tmp_path / "into" / "zhibu.db").exists()


@contextmanager
def serving(folder: Path) -> Iterator[People]:
    parts = open_parts(Settings(data=folder), Clock(lambda: START))
    with TestClient(build(parts, demo=True)) as client:
        yield People(client, parts)


def test_the_guide_s_steps_bring_back_rows_and_files(
    postgres: Cluster, year_there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    name, folder = postgres.create(year_there), tmp_path / "data"
    folder.mkdir()
    monkeypatch.setenv("ZHIBU_DATABASE_URL", postgres.url(name))
    with serving(folder) as people:
        people["m03"].say("申报 志愿服务 2")
        people["m03"].send("证明.png", photo(tmp_path))
        dump = tmp_path / "zhibu.dump"
        postgres.tool("pg_dump", "--format=custom", f"--file={dump}", postgres.address(name))
        before = postgres.rows(name, ROWS)
        assert zhibu(folder, "backup", "--files-only", str(tmp_path)).returncode == 0
        people["m04"].say("申报 志愿服务 2")
    assert postgres.rows(name, ROWS) != before
    (files,) = tmp_path.glob("*.files")
    (kept,) = [path for path in (folder / "evidence").rglob("*") if path.is_file()]
    kept.unlink()
    postgres.tool("pg_restore", "--clean", "--if-exists", f"--dbname={postgres.address(name)}", str(dump))
    for line in ("tar xf {} evidence SHA256SUMS", "sha256sum -c --quiet SHA256SUMS"):
        subprocess.run(line.format(files).split(), cwd=folder, check=True)
    assert postgres.rows(name, ROWS) == before
    assert kept.is_file()
    ran = zhibu(folder, "verify")
    assert ran.returncode == 0, ran.stdout
    with serving(folder) as people:
        people["m04"].say("申报 志愿服务 2")
    assert postgres.rows(name, ROWS) > before, "numbers go on after those restored"
    postgres.drop(name)


def _listing(made: Path) -> str:
    with tarfile.open(made) as tar:
        found = tar.extractfile(archive.LISTING)
        assert found is not None
        return found.read().decode()
