"""Backups: made beside the running bot, each restored and verified at once before it is offered."""

from __future__ import annotations

import errno
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter
from typing import Any

from bot import shelf
from bot.config import Settings
from handlers.context import House, Refused
from handlers.desk import Desk
from handlers.ledger.check import Verified, Verify
from rules.access import SYSTEM
from rules.backup import Keep, stale
from rules.problems import Problem
from storage import archive, backup
from storage.archive import Manifest, Unfit
from storage.engine import Reader, Store

DEMO_MARK = "demo"
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
Step = Callable[[str], None]
"""Told what is being done now: copy, pack, restore, verify."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that is offered; `verified` is None for the files alone, `removed` names older ones that went for it."""

    path: Path
    manifest: Manifest
    size: int
    seconds: float
    verified: Verified | None
    removed: tuple[str, ...]


def problem_of(error: Unfit | OSError) -> Problem:
    """What went wrong, as a value with words of its own."""
    if isinstance(error, Unfit):
        return error.problem
    folder = str(Path(str(error.filename)).parent) if error.filename else ""
    if error.errno in FULL:
        return Problem("backup_disk_full", {"folder": folder})
    if error.errno in FORBIDDEN:
        return Problem("backup_forbidden", {"folder": folder})
    if error.errno == errno.ENOENT:
        return Problem("backup_no_file", {"file": str(error.filename)})
    return Problem("backup_system", {"number": error.errno or 0, "folder": folder})


def make(settings: Settings, house: House, target: Path, now: datetime, step: Step) -> Made | Refused:
    """One backup: copied, packed, restored, verified, and only then given its name."""
    began = perf_counter()
    try:
        with shelf.workroom(target) as room:
            packed = room / "packed"
            manifest = _packed(settings, room, packed, now, step)
            restored = room / "restored"
            restored.mkdir()
            step("restore")
            unpacked(packed, restored)
            step("verify")
            verified = verify(restored / "zhibu.db", house, now)
            size = packed.stat().st_size
            local = now.astimezone(house.zone)
            path = shelf.offer(packed, target, local, shelf.UNSOUND if verified.problems else shelf.WHOLE)
            removed = shelf.prune(target, Keep(*settings.keep), local)
    except (Unfit, OSError) as error:
        return Refused((problem_of(error),))
    if verified.problems:
        return Refused((Problem("backup_unsound", {"file": path.name}), *verified.problems))
    return Made(path, manifest, size, perf_counter() - began, verified, tuple(removed))


def _packed(settings: Settings, room: Path, packed: Path, now: datetime, step: Step) -> Manifest:
    began, copy, small = perf_counter(), room / "zhibu.db", room / archive.DATABASE
    database = settings.database.stat().st_size
    # the copy and its packed form side by side, then two packed forms, then one and all of it restored
    shelf.room_for(room, 2 * database + 2 * backup.files_bytes(settings.database) + database // 10)
    step("copy")
    backup.snapshot(settings.database, copy)
    step("pack")
    size, digest = archive.compress(copy, small)
    with archive.written(packed) as out:
        packing = archive.Packing(out)
        packing.database(small)
        packing.evidence(settings.data, backup.files(copy))
        facts = {
            "app": app_version(),
            "taken_at": now.isoformat(timespec="seconds"),
            "seconds": round(perf_counter() - began, 3),
            "demo": (settings.data / DEMO_MARK).exists(),
            "database_bytes": size,
            "database_sha256": digest,
        }
        manifest = packing.seal(facts | asdict(backup.census(copy)))
    for done in (small, *room.glob(copy.name + "*")):
        done.unlink(missing_ok=True)
    return manifest


def make_files(settings: Settings, store: Store, house: House, target: Path, now: datetime) -> Made | Refused:
    """The files that the rows name, packed, unpacked on trial, and then given their name; for a database elsewhere."""
    began, keep = perf_counter(), Keep(*settings.keep)
    try:
        with shelf.workroom(target) as room:
            packed, tried = room / "packed", room / "tried"
            tried.mkdir()
            # packed and unpacked side by side
            shelf.room_for(room, 2 * store.read(backup.files_bytes_of))
            named, census = store.read(
                lambda connection: (list(backup.files_of(connection)), asdict(backup.census_of(connection)))
            )
            with archive.written(packed) as out:
                packing = archive.Packing(out)
                packing.evidence(settings.data, named)
                facts = {"app": app_version(), "taken_at": now.isoformat(timespec="seconds"), "demo": False}
                nothing = {"seconds": 0.0, "database_bytes": 0, "database_sha256": ""}
                manifest = packing.seal(facts | nothing | census)
            archive.unpack(packed, tried)
            size, local = packed.stat().st_size, now.astimezone(house.zone)
            path = shelf.offer(packed, target, local, shelf.FILES)
            removed = shelf.prune(target, keep, local, shelf.FILES)
    except (Unfit, OSError) as error:
        return Refused((problem_of(error),))
    return Made(path, manifest, size, perf_counter() - began, None, tuple(removed))


def unpacked(source: Path, into: Path) -> Manifest:
    """Unpacked with every hash checked, SQLite's own checks passed, and brought to this version's tables."""
    if not archive.manifest_of(source).database_bytes:
        raise Unfit("backup_files_only", file=source.name)
    manifest = archive.unpack(source, into)
    database = into / "zhibu.db"
    backup.check(database, manifest)
    backup.bring_up(database, manifest.revision)
    return manifest


def verify(database: Path, house: House, now: datetime) -> Verified:
    """Every figure of a database recomputed, its audit chain followed."""
    reader = Reader(database)
    try:
        answer: Verified = Desk(reader, house).ask(SYSTEM, Verify(), now)
        return answer
    finally:
        reader.close()


def check(source: Path, house: House, room: Path, now: datetime) -> tuple[Manifest, Verified] | Refused:
    """Restores a backup into a scratch folder and verifies it."""
    try:
        manifest = archive.manifest_of(source)
        shelf.room_for(room, manifest.database_bytes + manifest.files_bytes)
        unpacked(source, room)
        return manifest, verify(room / "zhibu.db", house, now)
    except (Unfit, OSError) as error:
        return Refused((problem_of(error),))


def state(settings: Settings, house: House, failures: int, now: datetime) -> dict[str, Any]:
    """What an operator is told: where backups are, the newest one, whether it is too old, failures in thirty days."""
    if settings.backups is None:
        return {"folder": "off"}
    found = shelf.offered(settings.backups, house.zone)
    facts: dict[str, Any] = {"folder": str(settings.backups), "kept": len(found), "failed": failures}
    facts["too_old"] = stale(found[0].at if found else None, now)
    if found:
        newest = found[0]
        manifest = archive.manifest_of(newest.path)
        facts |= {"newest": newest.path.name, "at": newest.at.isoformat(), "size": newest.path.stat().st_size}
        facts |= {"seconds": manifest.seconds, "missing": manifest.missing}
    return facts


def app_version() -> str:
    """The version of the program, "" when it runs uninstalled."""
    try:
        return version("zhibu")
    except PackageNotFoundError:
        return ""
