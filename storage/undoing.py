"""Taking an import back: what it did, newest first, and what leans on a row so that it must stay."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from storage.imports import TABLES, ChangeRow, import_change, import_run
from storage.members import member, unit
from storage.metadata import metadata

# what the house itself made for a member and may go with him
GOES_ALONG = ("delivery", "notice", "outbox", "invitation", "role", "membership")
_c = import_change.c
_CHANGES = sa.select(_c.id, _c.subject, _c.row_id, _c.member_id, _c.unit_id, _c.action, _c.before, _c.after)


def changes_to_undo(connection: sa.Connection, run_id: int, most: int) -> list[ChangeRow]:
    """What an import did and is not undone yet, newest first."""
    query = _CHANGES.where(_c.run_id == run_id, _c.undone.is_(sa.false())).order_by(_c.id.desc()).limit(most)
    return [ChangeRow(*row) for row in connection.execute(query)]


def mark_undone(connection: sa.Connection, ids: Iterable[int]) -> None:
    """These need not be looked at again."""
    connection.execute(sa.update(import_change).where(_c.id.in_(list(ids))).values(undone=True))


def end(connection: sa.Connection, run_id: int, now: datetime) -> None:
    """Marks an import as undone."""
    connection.execute(sa.update(import_run).where(import_run.c.id == run_id).values(undone_at=now))


def later_run(connection: sa.Connection, run_id: int) -> int | None:
    """The newest later import that changed the same people or units and still stands."""
    own = import_change.alias("own")
    people = sa.select(own.c.member_id).where(own.c.run_id == run_id, own.c.member_id.is_not(None))
    units = sa.select(own.c.unit_id).where(own.c.run_id == run_id, own.c.unit_id.is_not(None))
    query = sa.select(sa.func.max(_c.run_id)).where(
        _c.run_id > run_id, _c.undone.is_(sa.false()), sa.or_(_c.member_id.in_(people), _c.unit_id.in_(units))
    )
    return connection.execute(query).scalar()


def dependents(connection: sa.Connection, target: sa.Table, ids: Iterable[int]) -> set[int]:
    """Those of the rows that some other table refers to, apart from what goes along with them."""
    wanted = list(ids)
    found: set[int] = set()
    for table in metadata.sorted_tables:
        if target is member and table.name in GOES_ALONG:
            continue
        for column in table.columns:
            if column.references(target.c.id) and wanted:
                found.update(connection.execute(sa.select(column).where(column.in_(wanted)).distinct()).scalars())
    return found


def remove_members(connection: sa.Connection, ids: Iterable[int]) -> None:
    """Takes members away with all that goes along with them."""
    wanted = list(ids)
    if not wanted:
        return
    for name in GOES_ALONG:
        table = metadata.tables[name]
        if name == "delivery":  # of a message to the member, whoever it is counted for
            sent = sa.select(metadata.tables["outbox"].c.id).where(metadata.tables["outbox"].c.member_id.in_(wanted))
            connection.execute(sa.delete(table).where(table.c.outbox_id.in_(sent)))
        columns = [column for column in table.columns if column.references(member.c.id)]
        connection.execute(sa.delete(table).where(sa.or_(*(column.in_(wanted) for column in columns))))
    connection.execute(sa.delete(member).where(member.c.id.in_(wanted)))


def remove_unit(connection: sa.Connection, unit_id: int) -> None:
    """Takes a unit away that nothing refers to."""
    connection.execute(sa.delete(unit).where(unit.c.id == unit_id))


def values_of(connection: sa.Connection, subject: str, row_id: int) -> dict[str, Any] | None:
    """A row as the import recorded rows: days as text; None when it is gone."""
    table = TABLES[subject]
    row = connection.execute(sa.select(table).where(table.c.id == row_id)).mappings().first()
    return None if row is None else {name: noted(value) for name, value in row.items()}


def noted(value: Any) -> Any:
    """A value as it is recorded."""
    return value.isoformat() if isinstance(value, date) else value


def stored(subject: str, values: dict[str, Any]) -> dict[str, Any]:
    """Recorded values as their columns take them."""
    columns = TABLES[subject].c
    return {
        name: date.fromisoformat(value) if isinstance(columns[name].type, sa.Date) and value else value
        for name, value in values.items()
    }
