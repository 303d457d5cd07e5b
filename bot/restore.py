"""Restoring: a backup becomes a data folder, in a hidden place first; what was there is moved aside, never removed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from bot import backup, shelf
from bot.backup import DEMO_MARK, problem_of
from handlers.backup import Revive
from handlers.context import House, Refused
from handlers.desk import Desk
from handlers.ledger.check import Verified
from rules.access import OPERATOR
from storage import archive
from storage.archive import FOLDER, Manifest, Unfit
from storage.backup import Forgotten
from storage.engine import Database

HIDDEN = ".zhibu-restoring-"
LOCK = "zhibu.lock"
DATABASE = "zhibu.db"
KEPT = ("zhibu.env", "telegram.json")


@dataclass(frozen=True, slots=True)
class Order:
    """Which file goes where; `backups` is a folder inside that is left alone, `aside` is told before anything moves."""

    source: Path
    into: Path
    replace: bool
    backups: Path | None
    lock: Callable[[Path], IO[str]]
    aside: Callable[[Path], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """A data folder that is ready to be run."""

    manifest: Manifest
    forgotten: Forgotten
    verified: Verified


def restore(order: Order, house: House, now: datetime, step: backup.Step) -> Restored | Refused:
    """Every hash is checked, the tables are brought up to date, the past is closed, and the result verified."""
    try:
        manifest = archive.manifest_of(order.source)
        into = order.into.absolute()
        with ExitStack() as stack:
            into.mkdir(parents=True, exist_ok=True)
            stack.enter_context(order.lock(into))
            holds = _holds_data(order, into)
            if holds and not order.replace:
                raise Unfit("restore_holds_data", folder=str(into))
            for left in into.glob(HIDDEN + "*"):
                shutil.rmtree(left)
            shelf.room_for(into, manifest.database_bytes + manifest.database_bytes // 10 + manifest.files_bytes)
            room = Path(tempfile.mkdtemp(prefix=HIDDEN, dir=into))
            stack.callback(shutil.rmtree, room, ignore_errors=True)
            restored = _prepared(order.source, room, house, now, step)
            if holds:
                room = _moved_aside(order, into, room, house, now)
                stack.enter_context(order.lock(into))
                stack.callback(shutil.rmtree, room, ignore_errors=True)
            _placed(room, into)
            return restored
    except (Unfit, OSError) as error:
        return Refused((problem_of(error),))


def _holds_data(order: Order, into: Path) -> bool:
    harmless = {LOCK, *KEPT, *_backups_inside(order, into)}
    return any(path.name not in harmless and not path.name.startswith(HIDDEN) for path in into.iterdir())


def _backups_inside(order: Order, into: Path) -> list[str]:
    return [order.backups.name] if order.backups is not None and order.backups.absolute().parent == into else []


def _prepared(source: Path, room: Path, house: House, now: datetime, step: backup.Step) -> Restored:
    step("restore")
    manifest = backup.unpacked(source, room)
    database = Database(room / DATABASE)
    try:
        forgotten: Forgotten = Desk(database, house).do(OPERATOR, Revive(source.name, manifest.taken_at), now)
    finally:
        database.close()
    if manifest.demo:
        (room / DEMO_MARK).touch()
    step("verify")
    return Restored(manifest, forgotten, backup.verify(room / DATABASE, house, now))


def _moved_aside(order: Order, into: Path, room: Path, house: House, now: datetime) -> Path:
    """Renames the folder; the backups inside stay where they are looked for. Gives where the room is now."""
    stamp = now.astimezone(house.zone).strftime(shelf.STAMP)
    aside, number = into.with_name(f"{into.name}.replaced-{stamp}"), 1
    while aside.exists():
        number += 1
        aside = into.with_name(f"{into.name}.replaced-{stamp}-{number}")
    order.aside(aside)
    into.rename(aside)
    into.mkdir()
    for name in _backups_inside(order, into):
        if (aside / name).exists():
            (aside / name).rename(into / name)
    for name in KEPT:  # a backup holds the data, not how this machine is set up
        if (aside / name).exists():
            shutil.copy2(aside / name, into / name)
    shelf.sync_names(into.parent)
    return aside / room.name


def _placed(room: Path, into: Path) -> None:
    """Moves everything in, the database last: until that one step the folder counts as empty."""
    for folder in (room / FOLDER, *(room / FOLDER).glob("**/")):
        if folder.is_dir():
            shelf.sync_names(folder)
    for name in (FOLDER, DEMO_MARK, DATABASE):
        if (room / name).exists():
            (room / name).rename(into / name)
            shelf.sync_names(into)
