"""Opens the database that a URL means: sqlite:///FILE or postgresql+psycopg://…; its tables are brought up to date."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from storage import upgrade
from storage.engine import Database, Reader, Store
from storage.lease import LEASE_S

if TYPE_CHECKING:  # SQLite needs none of it
    from storage.postgres import PostgresReader

SQLITE = "sqlite:///"


# what the server or the driver says → why the server cannot be used; who speaks another language is told less
WHY: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("no_database", re.compile(r'(database|数据库) ".*" (does not exist|不存在)')),
    ("not_let_in", re.compile(r"authentication|password|role|pg_hba\.conf|permission denied for database")),
    ("not_encrypted", re.compile(r"SSL|certificate|root\.crt")),
    ("full", re.compile(r"connection slots|too many (clients|connections)")),
    (
        "no_answer",
        re.compile(
            r"refused|resolve|No such file|time(d )?out|[Uu]nreachable|No route|closed|starting up|shutting down"
        ),
    ),
)
NO_RIGHT = "42501"  # https://www.postgresql.org/docs/current/errcodes-appendix.html


class Unreachable(RuntimeError):
    """The database server cannot be used: the code says why, the facts where; the password is not among them."""

    def __init__(self, code: str, url: str) -> None:
        super().__init__(code)
        parts = sa.make_url(url)
        host, port = parts.host or parts.query.get("host", ""), parts.port or parts.query.get("port", 5432)
        self.code = code
        self.facts = {"host": host, "port": port, "user": parts.username or "", "database": parts.database or ""}


def file_of(url: str) -> Path | None:
    """The SQLite file of a URL; None for a server."""
    return Path(url.removeprefix(SQLITE)) if url.startswith(SQLITE) else None


def open_database(url: str, lease_s: float = LEASE_S) -> Store:
    """Opens a database for writing, its tables brought up to date; leases are for several processes on a server."""
    path = file_of(url)
    if path is not None:
        upgrade.upgrade(path)
        return Database(path)
    from storage.postgres import PostgresDatabase

    try:
        upgrade.upgrade_server(url)
        return PostgresDatabase(url, lease_s=lease_s)
    except upgrade.WrongEncoding:
        raise Unreachable("wrong_encoding", url) from None
    except (sa.exc.OperationalError, sa.exc.ProgrammingError) as error:
        raise _unreachable(error, url) from None


def open_reader(url: str) -> Store | None:
    """Opens a database for reading; None when nothing was ever stored there."""
    path = file_of(url)
    if path is not None:
        return _used(Reader(path), url) if path.exists() else None
    from storage.postgres import PostgresReader

    return _used(PostgresReader(url), url)


def _used(reader: Reader | PostgresReader, url: str) -> Store | None:
    """The reader of a database that has tables."""
    try:
        if reader.read(upgrade.revision) is not None:
            return reader
    except sa.exc.OperationalError as error:
        reader.close()
        if file_of(url) is not None:
            raise
        raise _unreachable(error, url) from None
    reader.close()
    return None


def _unreachable(error: sa.exc.DBAPIError, url: str) -> Exception:
    """Why a server cannot be used; an error that says nothing of that is left as it is."""
    if isinstance(error, sa.exc.ProgrammingError):
        no_right = getattr(error.orig, "sqlstate", "") == NO_RIGHT
        return Unreachable("no_right", url) if no_right else error
    said = str(error.orig)
    return Unreachable(next((code for code, found in WHY if found.search(said)), "unknown"), url)
