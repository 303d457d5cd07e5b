"""One backup as one file: a plain tar with the database, the files, a list of hashes and a manifest, then a seal.

`tar xf` opens it where nothing else is at hand, and `sha256sum -c SHA256SUMS` checks its files. The seal is 512 bytes
behind the tar: where the manifest stands, and the SHA-256 of every byte before it.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import re
import shutil
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

import msgspec

from rules.problems import Problem

FORMAT = 1
DATABASE, LISTING, MANIFEST = "zhibu.db.gz", "SHA256SUMS", "manifest.json"
FOLDER = "evidence"
SEAL = re.compile(rb"zhibu-backup %d (\d{1,18}) ([0-9a-f]{64})\n\0+" % FORMAT)
SEAL_BYTES = 512
MOST_MANIFEST = 1 << 20
MOST_NAMED = 100
SLICE = 1 << 20
SYNC_EVERY = 16 << 20


class Unfit(ValueError):
    """A backup cannot be made or used; the problem says why."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code, facts)
        self.problem = Problem(code, facts)


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What is in a backup; `audit` is number and hash of the last audit entry, `counts` table → rows.

    One of files only has no database in it: `database_bytes` is 0."""

    format: int
    app: str
    revision: str
    taken_at: str
    seconds: float
    counts: dict[str, int]
    audit: tuple[int, str]
    demo: bool
    database_bytes: int
    database_sha256: str
    files: int
    files_bytes: int
    listing_sha256: str
    missing: int
    missing_named: list[str]


@dataclass(frozen=True, slots=True)
class Stored:
    """A file in the data folder; `sha256` is "" where a picture was cleaned and only its original's hash is known."""

    path: str
    sha256: str


class Steady(io.RawIOBase):
    """A file that hands what is written to the disk bit by bit: one large flush would hold up the bot's commits."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._pending = 0
        self.hash = hashlib.sha256()
        self.bytes = 0

    def writable(self) -> bool:
        """It is written only."""
        return True

    def write(self, data: Any) -> int:
        """Writes, hashes, and syncs every 16 MB."""
        self._file.write(data)
        self.hash.update(data)
        length = len(data)
        self.bytes += length
        self._pending += length
        if self._pending >= SYNC_EVERY:
            self.sync()
        return length

    def tell(self) -> int:
        """How many bytes were written."""
        return self.bytes

    def sync(self) -> None:
        """Everything written is on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._pending = 0


@contextmanager
def written(path: Path) -> Iterator[Steady]:
    """A new file for its owner alone, on the disk when the block ends."""
    with path.open("xb") as file:
        os.fchmod(file.fileno(), 0o600)
        out = Steady(file)
        yield out
        out.sync()


def safe(name: str) -> bool:
    """Whether a name stays inside the folder of files."""
    parts = PurePosixPath(name).parts
    return len(parts) > 1 and parts[0] == FOLDER and ".." not in parts and "/".join(parts) == name


class Packing:
    """A backup being written: the database, then the files, then what was found."""

    def __init__(self, out: Steady) -> None:
        self._out = out
        self._tar = tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT)  # noqa: SIM115 - closed in `seal`
        self._listing = io.BytesIO()
        self.files = 0
        self.files_bytes = 0
        self.missing: list[str] = []

    def database(self, packed: Path) -> None:
        """Adds the compressed database."""
        with packed.open("rb") as file:
            self._add(DATABASE, file, packed.stat().st_size)

    def evidence(self, folder: Path, files: Iterable[Stored]) -> None:
        """Adds files; one that is gone or is not what its row says is named as missing, and the others go on."""
        for stored in files:
            try:
                file = (folder / stored.path).open("rb") if safe(stored.path) else None
            except FileNotFoundError:
                file = None
            if file is None:
                self.missing.append(stored.path)
                continue
            with file:
                size = os.fstat(file.fileno()).st_size
                digest = self._add(stored.path, file, size)
            if stored.sha256 not in ("", digest):
                self.missing.append(stored.path)
            self.files += 1
            self.files_bytes += size
            self._listing.write(listed(digest, stored.path))

    def seal(self, facts: dict[str, Any]) -> Manifest:
        """Adds list, manifest and seal: from here on every changed byte shows."""
        listing = self._listing.getvalue()
        manifest = Manifest(
            format=FORMAT,
            files=self.files,
            files_bytes=self.files_bytes,
            listing_sha256=hashlib.sha256(listing).hexdigest(),
            missing=len(self.missing),
            missing_named=self.missing[:MOST_NAMED],
            **facts,
        )
        self._add(LISTING, io.BytesIO(listing), len(listing))
        place, text = self._tar.offset, msgspec.json.format(msgspec.json.encode(manifest))
        self._add(MANIFEST, io.BytesIO(text), len(text))
        self._tar.close()
        seal = f"zhibu-backup {FORMAT} {place} {self._out.hash.hexdigest()}\n".encode()
        self._out.write(seal.ljust(SEAL_BYTES, b"\0"))
        return manifest

    def _add(self, name: str, file: IO[bytes], size: int) -> str:
        info = tarfile.TarInfo(name)
        info.size, info.mode = size, 0o600
        reader = _Hashed(file)
        self._tar.addfile(info, reader)
        self._tar.members.clear()  # type: ignore[attr-defined]
        return reader.hash.hexdigest()


class _Hashed(io.RawIOBase):
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        self.hash.update(data)
        return data


def listed(digest: str, path: str) -> bytes:
    """A line of SHA256SUMS."""
    return f"{digest}  {path}\n".encode()


def compress(source: Path, target: Path) -> tuple[int, str]:
    """Compresses a file; gives size and SHA-256 of what was compressed."""
    with source.open("rb") as file, written(target) as out:
        reader = _Hashed(file)
        with gzip.GzipFile(filename="", mode="wb", compresslevel=1, fileobj=out, mtime=0) as packed:
            size = 0
            while data := reader.read(SLICE):
                size += packed.write(data)
    return size, reader.hash.hexdigest()


def manifest_of(source: Path) -> Manifest:
    """The manifest of a backup, found through its seal; what it describes is not checked here."""
    with source.open("rb") as file:
        return _manifest(file, _seal(file)[0])


def check_seal(source: Path) -> str:
    """Reads the whole file; gives its SHA-256, or says that a byte of it is not what was written."""
    with source.open("rb") as file:
        _place, expected = _seal(file)
        left, found = file.seek(-SEAL_BYTES, os.SEEK_END), hashlib.sha256()
        file.seek(0)
        while left and (data := file.read(min(SLICE, left))):
            found.update(data)
            left -= len(data)
        if found.hexdigest() != expected:
            raise Unfit("backup_damaged", file=source.name)
        return expected


def _seal(file: IO[bytes]) -> tuple[int, str]:
    size = os.fstat(file.fileno()).st_size
    file.seek(max(0, size - SEAL_BYTES))
    found = SEAL.fullmatch(file.read(SEAL_BYTES)) if size > SEAL_BYTES else None
    if found is None:
        raise Unfit("backup_not_whole", file=Path(str(file.name)).name)
    return int(found[1]), found[2].decode()


def _manifest(file: IO[bytes], place: int) -> Manifest:
    name = Path(str(file.name)).name
    try:
        file.seek(place)
        info = tarfile.TarInfo.frombuf(file.read(tarfile.BLOCKSIZE), "utf-8", "strict")
        if info.name != MANIFEST or not 0 < info.size <= MOST_MANIFEST:
            raise Unfit("backup_damaged", file=name)
        return msgspec.json.decode(file.read(info.size), type=Manifest)
    except (tarfile.TarError, msgspec.MsgspecError) as error:
        raise Unfit("backup_damaged", file=name) from error


def unpack(source: Path, into: Path) -> Manifest:
    """Restores a backup into an empty folder: zhibu.db and the files, every hash checked while writing."""
    check_seal(source)
    manifest = manifest_of(source)
    try:
        with source.open("rb") as file, tarfile.open(fileobj=file, mode="r:") as tar:
            _unpacked(tar, into, manifest, source.name)
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError, FileExistsError) as error:
        raise Unfit("backup_damaged", file=source.name) from error
    return manifest


def _unpacked(tar: tarfile.TarFile, into: Path, manifest: Manifest, name: str) -> None:
    listing, databases = hashlib.sha256(), 0
    while (info := tar.next()) is not None:
        tar.members.clear()  # type: ignore[attr-defined]
        content = tar.extractfile(info) if info.isreg() and not info.issparse() else None
        if content is None or not (info.name in (DATABASE, LISTING, MANIFEST) or safe(info.name)):
            raise Unfit("backup_name_unsafe", file=name, name=info.name[:100])
        if info.name == DATABASE:
            _database(content, into, manifest, name)
            databases += 1
        elif safe(info.name):
            target = into / info.name
            target.parent.mkdir(parents=True, exist_ok=True)
            with written(target) as out:
                shutil.copyfileobj(content, out, SLICE)
            listing.update(listed(out.hash.hexdigest(), info.name))
    if databases != (1 if manifest.database_bytes else 0) or listing.hexdigest() != manifest.listing_sha256:
        raise Unfit("backup_damaged", file=name)


def _database(content: IO[bytes], into: Path, manifest: Manifest, name: str) -> None:
    with gzip.GzipFile(fileobj=content, mode="rb") as packed, written(into / "zhibu.db") as out:
        while data := packed.read(SLICE):
            out.write(data)
            if out.bytes > manifest.database_bytes:
                raise Unfit("backup_damaged", file=name)
    if out.hash.hexdigest() != manifest.database_sha256:
        raise Unfit("backup_damaged", file=name)
