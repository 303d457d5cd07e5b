"""A backup file is whole or it is refused: every byte, every name."""

import gzip
import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from storage import archive, backup
from storage.archive import Manifest, Packing, Stored, Unfit, manifest_of, unpack, written
from tests.storage.packed import code, folder, pack, packed, scratch

__all__ = ["folder", "packed", "scratch"]


def test_what_was_packed_is_unpacked(folder: Path, packed: Path, scratch: Path):
    manifest = unpack(packed, scratch)
    assert manifest == manifest_of(packed)
    assert (manifest.files, manifest.missing, manifest.counts["evidence"]) == (2, 0, 3)
    backup.check(scratch / "zhibu.db", manifest)
    files = [path.relative_to(folder) for path in folder.rglob("evidence/*/*")]
    assert len(files) == 2
    for name in files:
        assert (scratch / name).read_bytes() == (folder / name).read_bytes()


def test_it_is_a_tar_whose_list_sha256sum_can_read(packed: Path):
    with tarfile.open(packed) as tar:
        names = tar.getnames()
        listing = tar.extractfile("SHA256SUMS")
        assert listing is not None
        digest, name = listing.read().decode().splitlines()[0].split("  ")
        content = tar.extractfile(name)
        assert content is not None
        assert hashlib.sha256(content.read()).hexdigest() == digest
    assert names[0] == "zhibu.db.gz"
    assert names[-2:] == ["SHA256SUMS", "manifest.json"]


def test_only_its_owner_reads_it(packed: Path, scratch: Path):
    unpack(packed, scratch)
    assert packed.stat().st_mode & 0o777 == 0o600
    assert (scratch / "zhibu.db").stat().st_mode & 0o777 == 0o600


def test_a_changed_byte_anywhere_is_found(packed: Path, scratch: Path):
    whole = packed.read_bytes()
    step = max(1, len(whole) // 400)
    places = {*range(0, len(whole), step), *range(len(whole) - 600, len(whole), 7), len(whole) - 1}
    unnoticed = []
    for place in places:
        packed.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        try:
            unpack(packed, scratch)
        except Unfit:
            continue
        unnoticed.append(place)
    assert unnoticed == []
    assert list(scratch.iterdir()) == [], "nothing is written before the whole file is checked"


@pytest.mark.parametrize("kept", [0, 1, 511, 512, 513, 0.5, -1, -512, -513, -10240])
def test_a_truncated_file_is_found(packed: Path, scratch: Path, kept: float):
    whole = packed.read_bytes()
    packed.write_bytes(whole[: int(len(whole) * kept)] if isinstance(kept, float) else whole[:kept])
    with pytest.raises(Unfit) as error:
        unpack(packed, scratch)
    assert code(error) in ("backup_not_whole", "backup_damaged")
    assert list(scratch.iterdir()) == []


def test_bytes_behind_the_seal_are_found(packed: Path, scratch: Path):
    with packed.open("ab") as file:
        file.write(b"\0" * 512)
    with pytest.raises(Unfit):
        unpack(packed, scratch)


def forged(packed: Path, target: Path, *members: tarfile.TarInfo) -> None:
    """The same backup with further members and a seal that fits: hashes alone do not tell."""
    manifest = manifest_of(packed)
    with tarfile.open(packed) as tar, written(target) as out:
        packing = Packing(out)
        for info in tar.getmembers():
            content = tar.extractfile(info)
            assert content is not None
            if info.name == archive.DATABASE:
                packing._add(info.name, content, info.size)
            elif archive.safe(info.name):
                digest = packing._add(info.name, content, info.size)
                packing._listing.write(archive.listed(digest, info.name))
        for info in members:
            packing._tar.addfile(info, io.BytesIO(b"x" * info.size))
        facts = {name: getattr(manifest, name) for name in Manifest.__struct_fields__}
        for computed in ("format", "files", "files_bytes", "listing_sha256", "missing", "missing_named"):
            facts.pop(computed)
        packing.seal(facts)


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, link, 3 if kind == tarfile.REGTYPE else 0
    return info


def test_a_forged_backup_without_tricks_passes(packed: Path, tmp_path: Path, scratch: Path):
    forged(packed, tmp_path / "two.backup")
    assert unpack(tmp_path / "two.backup", scratch).files == 0


@pytest.mark.parametrize(
    "trick",
    [
        member("../outside"),
        member("evidence/../../outside"),
        member("/tmp/zhibu-outside"),
        member("evidence/ab/../../../outside"),
        member("evidence/./x"),
        member("evidence"),
        member("zhibu.db"),
        member("zhibu.lock"),
        member("evidence/ab/link", tarfile.SYMTYPE, "/etc/passwd"),
        member("evidence/ab/link", tarfile.LNKTYPE, "zhibu.db.gz"),
        member("evidence/pipe", tarfile.FIFOTYPE),
        member("evidence/folder", tarfile.DIRTYPE),
    ],
    ids=lambda info: f"{info.name} {info.type!r}",
)
def test_a_name_that_leads_elsewhere_is_refused(packed: Path, tmp_path: Path, scratch: Path, trick: tarfile.TarInfo):
    forged(packed, tmp_path / "two.backup", trick)
    with pytest.raises(Unfit) as error:
        unpack(tmp_path / "two.backup", scratch)
    assert code(error) == "backup_name_unsafe"
    assert not (tmp_path / "outside").exists()
    assert not Path("/tmp/zhibu-outside").exists()


def test_a_name_that_stands_twice_is_refused(packed: Path, tmp_path: Path, scratch: Path):
    name = next(iter(backup_names(packed)))
    forged(packed, tmp_path / "two.backup", member(name))
    with pytest.raises(Unfit) as error:
        unpack(tmp_path / "two.backup", scratch)
    assert code(error) == "backup_damaged"


def backup_names(packed: Path) -> list[str]:
    with tarfile.open(packed) as tar:
        return [name for name in tar.getnames() if archive.safe(name)]


def test_files_that_are_gone_or_changed_are_named_and_the_others_kept(folder: Path, tmp_path: Path, scratch: Path):
    document = next(folder.rglob("*.pdf"))
    picture = next(folder.rglob("*.jpg"))
    document.write_bytes(b"%PDF-1.4 another")
    picture.unlink()
    manifest = pack(folder, tmp_path / "one.backup")
    names = [str(path.relative_to(folder)) for path in (document, picture)]
    assert sorted(manifest.missing_named) == sorted(names)
    assert (manifest.files, manifest.missing) == (1, 2)
    assert unpack(tmp_path / "one.backup", scratch).missing == 2


def test_a_row_that_points_outside_brings_nothing_from_there(folder: Path, tmp_path: Path):
    (tmp_path / "secret").write_bytes(b"not ours")
    with written(tmp_path / "one.backup") as out:
        packing = Packing(out)
        packing.evidence(
            folder, [Stored("../secret", ""), Stored("evidence/../../secret", ""), Stored("/etc/hosts", "")]
        )
    assert (packing.files, len(packing.missing)) == (0, 3)


def test_a_database_that_unpacks_without_end_is_stopped(packed: Path, tmp_path: Path, scratch: Path):
    """A few bytes may unpack to more than any disk holds."""
    with tarfile.open(packed) as tar, written(tmp_path / "two.backup") as out:
        packing = Packing(out)
        bomb = gzip.compress(b"\0" * 50_000_000)
        packing._add(archive.DATABASE, io.BytesIO(bomb), len(bomb))
        manifest = manifest_of(packed)
        facts = {name: getattr(manifest, name) for name in Manifest.__struct_fields__}
        for computed in ("format", "files", "files_bytes", "listing_sha256", "missing", "missing_named"):
            facts.pop(computed)
        packing.seal(facts)
        assert tar.getnames()
    with pytest.raises(Unfit) as error:
        unpack(tmp_path / "two.backup", scratch)
    assert code(error) == "backup_damaged"
    assert (scratch / "zhibu.db").stat().st_size < 5_000_000
