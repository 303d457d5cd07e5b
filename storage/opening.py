"""Opens the database that a URL means: sqlite:///FILE or postgresql+psycopg://…; its tables are brought up to date."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage import upgrade
from storage.engine import Database, Reader, Store

if TYPE_CHECKING:  # SQLite needs none of it
    from storage.postgres import PostgresReader

SQLITE = "sqlite:///"


class Unreachable(RuntimeError):
    """The database server cannot be used; the message says why, without the password."""


def file_of(url: str) -> Path | None:
    """The SQLite file of a URL; None for a server."""
    return Path(url.removeprefix(SQLITE)) if url.startswith(SQLITE) else None


def open_database(url: str) -> Store:
    """Opens a database for writing, its tables brought up to date."""
    path = file_of(url)
    if path is not None:
        upgrade.upgrade(path)
        return Database(path)
    from storage.postgres import PostgresDatabase

    try:
        upgrade.upgrade_server(url)
        return PostgresDatabase(url)
    except upgrade.WrongEncoding:
        raise Unreachable("ENCODING 'UTF8'") from None
    except sa.exc.OperationalError as error:
        raise Unreachable(_reason(error)) from None


def open_reader(url: str) -> Store | None:
    """Opens a database for reading; None when nothing was ever stored there."""
    path = file_of(url)
    if path is not None:
        return _used(Reader(path)) if path.exists() else None
    from storage.postgres import PostgresReader

    return _used(PostgresReader(url))


def _used(reader: Reader | PostgresReader) -> Store | None:
    """The reader of a database that has tables."""
    try:
        if reader.read(upgrade.revision) is not None:
            return reader
    except sa.exc.OperationalError as error:
        reader.close()
        raise Unreachable(_reason(error)) from None
    reader.close()
    return None


def _reason(error: sa.exc.OperationalError) -> str:
    """The server's own last words; the driver quotes host and user, never the password."""
    return str(error.orig).strip().split("\n")[-1]
