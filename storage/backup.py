"""The database in a backup: a copy taken while the bot writes, what is in it, and what a restored one must forget."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import sqlalchemy as sa

from storage import upgrade
from storage.announcements import wave
from storage.archive import Manifest, Stored, Unfit
from storage.audit import audit
from storage.batches import batch
from storage.engine import Reader, sqlite_engine
from storage.evidence import evidence
from storage.identities import binding
from storage.inbox import dialog, token
from storage.invitations import invitation, session
from storage.outbox import WAITING, delivery, notice, outbox
from storage.phones import phone_link, phone_session
from storage.platforms import card, credential, reply_window
from storage.signin import link, rest
from storage.signin import session as console_session

T = TypeVar("T")
PAGES = 1024
SYNC_EVERY = 4  # slices of so many pages
# which rows name files in the data folder: path, SHA-256, media type, size; a subject that keeps files adds its own
FILES = (sa.select(evidence.c.stored, evidence.c.sha256, evidence.c.media_type, evidence.c.size),)
_NAMED = sa.union_all(*FILES).subquery()
_EACH_FILE = (
    sa.select(
        _NAMED.c.stored,
        sa.func.min(_NAMED.c.sha256).label("sha256"),
        sa.func.min(_NAMED.c.media_type).label("media_type"),
        sa.func.min(_NAMED.c.size).label("size"),
    )
    .group_by(_NAMED.c.stored)
    .order_by(_NAMED.c.stored)
)
MADE, FAILED, RESTORED = "backup_made", "backup_failed", "restored"

ENTRANCES = (session, invitation, console_session, link, phone_link, phone_session)
# what a restored database keeps as it was, and what must not be as it was; a new table belongs to one of them
KEPT = (
    "absence", "acknowledgement", "announcement", "announcement_recipient", "audit", "audit_unlinked", "claim",
    "consent", "console_password", "declaration", "deputy", "entry", "evidence", "identity", "import_change",
    "import_run", "inbox", "leadership", "line", "mark", "member", "membership", "mute", "period", "rectification",
    "remark", "reminding", "review", "role", "scheme_version", "summary", "task", "task_event", "task_mark",
    "task_plan", "unit", "working_day",
)  # fmt: skip
FORGOTTEN = (
    "announcement_wave", "batch", "binding", "card", "console_link", "console_rest", "console_session",
    "credential", "delivery", "dialog", "invitation", "notice", "outbox", "phone_link", "phone_session",
    "reply_window", "session", "token",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Census:
    """What a database holds: revision, table → rows, number and hash of the last audit entry."""

    revision: str
    counts: dict[str, int]
    audit: tuple[int, str]


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much a restored database gave up: sessions and links, questions and buttons, messages not sent again."""

    entrances: int
    buttons: int
    messages: int


def snapshot(source: Path, target: Path) -> None:
    """Copies a database as it is at one instant, beside the process that writes to it.

    The read transaction pins the instant: without it every commit of the bot makes SQLite begin anew. Pages go in
    slices that are synced one by one: copied whole, the flush at the end held up commits for 80 to 280 ms.
    """
    uri = f"file:{quote(str(source))}?mode=ro"
    try:
        with (
            closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=30)) as reader,
            closing(sqlite3.connect(target, isolation_level=None)) as copy,
        ):
            target.chmod(0o600)
            copy.execute("PRAGMA journal_mode=OFF")
            copy.execute("PRAGMA synchronous=OFF")
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
            _copied(reader, copy, target)
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", None) or 0
        full = code & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
        raise Unfit("backup_disk_full" if full else "backup_source_unreadable", folder=str(target.parent)) from error


def _copied(reader: sqlite3.Connection, copy: sqlite3.Connection, target: Path) -> None:
    handle, slices = os.open(target, os.O_RDWR), 0

    def progress(_status: int, _left: int, _total: int) -> None:
        nonlocal slices
        slices += 1
        if slices % SYNC_EVERY == 0:
            os.fsync(handle)

    try:
        reader.backup(copy, pages=PAGES, progress=progress, sleep=0)
        os.fsync(handle)
    finally:
        os.close(handle)


def census(path: Path) -> Census:
    """Counts what a database holds."""
    return _read(path, census_of)


def census_of(connection: sa.Connection) -> Census:
    """The same on an open connection."""
    names = sorted(set(sa.inspect(connection).get_table_names()) - {"alembic_version"})
    counts = {
        name: int(connection.execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar_one())
        for name in names
    }
    last = connection.execute(sa.select(audit.c.id, audit.c.hash).order_by(audit.c.id.desc()).limit(1)).first()
    return Census(upgrade.revision(connection) or "", counts, (0, "") if last is None else (last.id, last.hash))


def files(path: Path) -> Iterator[Stored]:
    """The files that the rows of a database name, one after another."""
    engine = sqlite_engine(path, read_only=True)
    try:
        with engine.connect() as connection:
            yield from files_of(connection)
    finally:
        engine.dispose()


def files_of(connection: sa.Connection) -> Iterator[Stored]:
    """The same on an open connection."""
    for row in connection.execute(_EACH_FILE.execution_options(yield_per=1000)):
        yield Stored(row.stored, "" if row.media_type.startswith("image/") else row.sha256)


def _read(path: Path, query: Callable[[sa.Connection], T]) -> T:
    reader = Reader(path)
    try:
        return reader.read(query)
    finally:
        reader.close()


def files_bytes(path: Path) -> int:
    """About how much room the files take: the sizes they were sent with."""
    return _read(path, files_bytes_of)


def files_bytes_of(connection: sa.Connection) -> int:
    """The same on an open connection."""
    total = sa.select(sa.func.coalesce(sa.func.sum(_EACH_FILE.subquery().c.size), 0))
    return int(connection.execute(total).scalar_one())


def check(path: Path, manifest: Manifest) -> None:
    """Holds a restored database against its manifest: SQLite's own checks, revision, rows, the last audit entry."""
    try:
        faults = _read(path, _faults)
        found = census(path) if not faults else None
    except sa.exc.DBAPIError as error:
        raise Unfit("backup_database_damaged", found=type(error.orig).__name__) from error
    if found is None:
        raise Unfit("backup_database_damaged", found="; ".join(faults)[:300])
    if found != Census(manifest.revision, manifest.counts, manifest.audit):
        raise Unfit("backup_rows_differ")


def _faults(connection: sa.Connection) -> list[str]:
    whole = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check(5)")]
    loose = [str(tuple(row)) for row in connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(5)]
    return ([] if whole == ["ok"] else whole) + loose


def bring_up(path: Path, revision: str) -> None:
    """Brings a restored database to the newest revision; one that this version does not know is refused."""
    if revision not in upgrade.known():
        raise Unfit("backup_newer", revision=revision, newest=upgrade.newest())
    try:
        upgrade.upgrade(path)
    except (sa.exc.DBAPIError, upgrade.LooseEnds) as error:
        raise Unfit("backup_not_upgraded", revision=revision) from error


def forget(connection: sa.Connection, now: datetime) -> Forgotten:
    """Ends what was open when the backup was taken: what it let in, what it asked, what it was about to send.

    What was due then has been sent since, as far as anybody can know, so none of it is sent again.
    """
    entrances = sum(connection.execute(sa.delete(table)).rowcount for table in ENTRANCES)
    for table in (rest, credential, card, reply_window, batch):
        connection.execute(sa.delete(table))
    asked = sa.update(binding).where(binding.c.state == "asked").values(state="lapsed", decided_at=now)
    connection.execute(asked)
    connection.execute(sa.update(wave).where(wave.c.done_at.is_(None)).values(done_at=now))
    buttons = sum(connection.execute(sa.delete(table)).rowcount for table in (dialog, token))
    c = outbox.c
    open_rows = sa.select(c.id, c.member_id, c.channel, c.attempts, sa.literal("unknown"), sa.literal(RESTORED))
    at = sa.bindparam("at", now, type_=delivery.c.at.type)
    attempts = open_rows.add_columns(at).where(c.state.in_(("due", "sending")))
    names = ("outbox_id", "member_id", "channel", "attempt", "result", "code", "at")
    connection.execute(sa.insert(delivery).from_select(names, attempts))
    given_up = sa.update(outbox).where(c.state.in_(("due", "sending"))).values(state="unknown", settled_at=now)
    messages = connection.execute(given_up).rowcount
    lapsed = sa.update(notice).where(WAITING).values(state="lapsed")
    return Forgotten(entrances, buttons, messages + connection.execute(lapsed).rowcount)


def failures_since(connection: sa.Connection, since: datetime) -> int:
    """How many backups failed from an instant on."""
    query = sa.select(sa.func.count()).where(audit.c.action == FAILED, audit.c.at >= since)
    return int(connection.execute(query).scalar_one())
