"""A data folder with files, and a backup of it: what the tests of backups stand on."""

import hashlib
from dataclasses import asdict
from pathlib import Path

import pytest

from storage import backup, evidence
from storage.archive import Manifest, Packing, Unfit, compress, written
from storage.audit import Deed, record
from storage.engine import Connection, Database
from tests.storage.sample import NOW, add_line, plant

PDF = b"%PDF-1.4 a certificate"


@pytest.fixture
def folder(tmp_path: Path, path: Path) -> Path:
    """A data folder with two people's files: a document and a picture."""
    folder = tmp_path / "data"
    folder.mkdir()
    path.rename(folder / "zhibu.db")
    database = Database(folder / "zhibu.db")
    document = evidence.keep_file(folder, hashlib.sha256(PDF).hexdigest() + ".pdf", PDF)
    picture = evidence.keep_file(folder, "ab" * 32 + ".jpg", b"a picture that was cleaned")

    def fill(connection: Connection) -> None:
        sample = plant(connection)
        line = add_line(connection, sample, sample.wang)
        named = (
            (hashlib.sha256(PDF).hexdigest(), document, "application/pdf"),
            ("ab" * 32, picture, "image/jpeg"),
            ("ab" * 32, picture, "image/jpeg"),
        )
        for digest, stored, media_type in named:
            filed = evidence.Filed("file", "proof", media_type, digest, stored, len(PDF))
            evidence.add(connection, sample.wang, line, filed, NOW)
        record(connection, 0, [Deed("publish", "scheme_version", 1, {})], NOW)

    database.write(fill)
    database.close()
    return folder


def pack(folder: Path, target: Path) -> Manifest:
    """A backup without anything around it."""
    copy, small = target.with_suffix(".copy"), target.with_suffix(".gz")
    backup.snapshot(folder / "zhibu.db", copy)
    size, digest = compress(copy, small)
    with written(target) as out:
        packing = Packing(out)
        packing.database(small)
        packing.evidence(folder, backup.files(copy))
        facts = {"app": "0", "taken_at": NOW.isoformat(), "seconds": 0.0, "demo": False}
        facts |= {"database_bytes": size, "database_sha256": digest}
        manifest = packing.seal(facts | asdict(backup.census(copy)))
    small.unlink()
    return manifest


@pytest.fixture
def packed(folder: Path, tmp_path: Path) -> Path:
    pack(folder, tmp_path / "one.backup")
    return tmp_path / "one.backup"


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return scratch


def code(error: pytest.ExceptionInfo[Unfit]) -> str:
    return error.value.problem.code
