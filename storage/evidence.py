"""Evidence of lines: the rows, and the files in the data folder under the hash of their content."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from storage.declarations import line
from storage.kinds import Instant, slices
from storage.metadata import identifier, metadata, refers
from storage.statement import Statement

evidence = sa.Table(
    "evidence",
    metadata,
    identifier(),
    refers("member_id", "member.id", index=True),
    refers("line_id", "line.id", nullable=True, index=True),
    sa.Column("task_id", sa.BigInteger, index=True),  # of table task, which is younger
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("media_type", sa.String(100), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False, index=True),
    sa.Column("stored", sa.String(200), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("added_at", Instant, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Filed:
    """A file that is already on disk: kind photo or file, hash of the original, size in bytes."""

    kind: str
    name: str
    media_type: str
    sha256: str
    stored: str
    size: int


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One piece of evidence of a line or a task."""

    id: int
    of: int
    kind: str
    name: str
    sha256: str


def _of(owner: sa.Column[int]) -> Statement[EvidenceRow]:
    query = sa.select(evidence.c.id, owner, evidence.c.kind, evidence.c.name, evidence.c.sha256)
    return Statement(query.where(owner.in_(sa.bindparam("ids", expanding=True))).order_by(evidence.c.id), EvidenceRow)


_OF_LINES, _OF_TASKS = _of(evidence.c.line_id), _of(evidence.c.task_id)
_ATTACH_WAITING = Statement(
    sa.update(evidence)
    .where(
        evidence.c.member_id == sa.bindparam("member"),
        evidence.c.line_id.is_(None),
        evidence.c.task_id.is_(None),
        evidence.c.added_at >= sa.bindparam("since"),
    )
    .values(line_id=sa.bindparam("line"))
)


def keep_file(folder: Path, name: str, content: bytes) -> str:
    """Stores bytes durably under `folder`/evidence and gives the path relative to the folder."""
    relative = Path("evidence") / name[:2] / name
    target = folder / relative
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        # a name of its own: the same file may be sent twice at the same moment
        handle, partial = tempfile.mkstemp(".part", name, target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(partial).rename(target)
    for directory in (target.parent, target.parent.parent, folder):
        _sync_names(directory)
    return str(relative)


def _sync_names(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def add(
    connection: sa.Connection,
    member_id: int,
    line_id: int | None,
    filed: Filed,
    now: datetime,
    task_id: int | None = None,
) -> int:
    """Records a file as evidence of a line or a task, or for the member's next line when it is of neither yet."""
    values = {
        "member_id": member_id,
        "line_id": line_id,
        "task_id": task_id,
        "kind": filed.kind,
        "name": filed.name,
        "media_type": filed.media_type,
        "sha256": filed.sha256,
        "stored": filed.stored,
        "size": filed.size,
        "added_at": now,
    }
    return int(connection.execute(sa.insert(evidence).returning(evidence.c.id), values).scalar_one())


def attach_waiting(connection: sa.Connection, member_id: int, line_id: int, since: datetime) -> int:
    """Attaches what a member sent before he had a line; gives how many pieces."""
    return _ATTACH_WAITING.change(connection, {"member": member_id, "since": since, "line": line_id})


def attach(connection: sa.Connection, member_id: int, evidence_id: int, line_id: int) -> bool:
    """Attaches one waiting piece to a line; False when it does not wait any more."""
    c = evidence.c
    waits = sa.and_(c.id == evidence_id, c.member_id == member_id, c.line_id.is_(None), c.task_id.is_(None))
    return connection.execute(sa.update(evidence).where(waits).values(line_id=line_id)).rowcount == 1


def of_lines(connection: sa.Connection, lines: Iterable[int]) -> dict[int, list[EvidenceRow]]:
    """Line → its evidence."""
    return _by_owner(_OF_LINES.all(connection, {"ids": list(set(lines))}))


def of_tasks(connection: sa.Connection, tasks: Iterable[int]) -> dict[int, list[EvidenceRow]]:
    """Task → its evidence."""
    return _by_owner(row for some in slices(set(tasks)) for row in _OF_TASKS.all(connection, {"ids": some}))


def _by_owner(rows: Iterable[EvidenceRow]) -> dict[int, list[EvidenceRow]]:
    found: dict[int, list[EvidenceRow]] = {}
    for row in rows:
        found.setdefault(row.of, []).append(row)
    return found


def used_elsewhere(connection: sa.Connection, lines: Iterable[int]) -> set[int]:
    """Those of the lines whose evidence stands, with the same content, with another line too."""
    mine = evidence.alias("mine")
    other = evidence.alias("other")
    query = (
        sa.select(mine.c.line_id)
        .join(other, sa.and_(other.c.sha256 == mine.c.sha256, other.c.line_id != mine.c.line_id))
        .join(line, line.c.id == other.c.line_id)
        .where(mine.c.line_id.in_(set(lines)), line.c.state.not_in(("draft", "withdrawn")))
    )
    return set(connection.execute(query.distinct()).scalars())


def stored_file(connection: sa.Connection, evidence_id: int) -> tuple[int | None, str, str, str] | None:
    """(line, stored path, media type, name) of one piece of evidence."""
    c = evidence.c
    row = connection.execute(sa.select(c.line_id, c.stored, c.media_type, c.name).where(c.id == evidence_id)).first()
    return None if row is None else (row.line_id, row.stored, row.media_type, row.name)


def task_of(connection: sa.Connection, evidence_id: int) -> int | None:
    """The task a piece of evidence belongs to."""
    return connection.execute(sa.select(evidence.c.task_id).where(evidence.c.id == evidence_id)).scalar()
