"""The folder of backups: which are offered, a hidden place to make the next, and which go when there are enough."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from rules.backup import Keep, kept
from storage.archive import Unfit

NAME = re.compile(r"zhibu-(\d{8}-\d{6})(-\d+)?\.(backup|files)")
WHOLE, FILES, UNSOUND = "backup", "files", "unsound"
STAMP = "%Y%m%d-%H%M%S"
HIDDEN = ".zhibu-making-"
LOCK = ".zhibu-backup.lock"
MOST_UNSOUND = 3


@dataclass(frozen=True, slots=True)
class Offered:
    """A backup that was verified when it was made; its name says when, in local time."""

    path: Path
    at: datetime


def offered(folder: Path, zone: ZoneInfo, kind: str = WHOLE) -> list[Offered]:
    """The backups of a folder, newest first; half-made ones have other names. `kind` is WHOLE or FILES."""
    if not folder.is_dir():
        return []
    found = [(NAME.fullmatch(path.name), path) for path in folder.iterdir()]
    dated = [Offered(path, _at(name[1], zone)) for name, path in found if name is not None and name[3] == kind]
    return sorted(dated, key=lambda each: (each.at, each.path.name), reverse=True)


def _at(stamp: str, zone: ZoneInfo) -> datetime:
    return datetime.strptime(stamp, STAMP).replace(tzinfo=zone)


@contextmanager
def workroom(folder: Path) -> Iterator[Path]:
    """A hidden folder to make a backup in, one at a time; what a kill left behind is removed first."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Unfit("backup_busy", folder=str(folder)) from error
        for left in folder.glob(HIDDEN + "*"):
            shutil.rmtree(left)
        room = Path(tempfile.mkdtemp(prefix=HIDDEN, dir=folder))
        try:
            yield room
        finally:
            shutil.rmtree(room, ignore_errors=True)


def offer(made: Path, folder: Path, at: datetime, kind: str) -> Path:
    """Gives a finished file its name, in one step; from here on it is offered."""
    stem = f"zhibu-{at.strftime(STAMP)}"
    target, number = folder / f"{stem}.{kind}", 1
    while target.exists():
        number += 1
        target = folder / f"{stem}-{number}.{kind}"
    made.rename(target)
    sync_names(folder)
    return target


def sync_names(folder: Path) -> None:
    """The names in a folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def prune(folder: Path, keep: Keep, now: datetime, kind: str = WHOLE) -> list[str]:
    """Removes the backups that are not kept; gives their names."""
    zone = now.tzinfo
    if not isinstance(zone, ZoneInfo):
        raise TypeError("local time is asked for")
    all_there = offered(folder, zone, kind)
    stay = kept([each.at for each in all_there], keep, now)
    gone = [each.path for each in all_there if each.at not in stay]
    gone += sorted(folder.glob(f"zhibu-*.{UNSOUND}"), reverse=True)[MOST_UNSOUND:]
    for path in gone:
        path.unlink()
    return [path.name for path in gone]


def room_for(folder: Path, needed: int) -> None:
    """Says before any work that there is not enough space."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        megabytes = {"needed": needed // 1_000_000 + 1, "free": free // 1_000_000}
        raise Unfit("backup_no_space", folder=str(folder), **megabytes)
