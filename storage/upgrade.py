"""Brings a database to the newest revision of its tables."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from storage.engine import sqlite_engine
from storage.locks import hold

FOLDER = Path(__file__).parent / "migrations"


class LooseEnds(RuntimeError):
    """After a migration some rows point nowhere: nothing of it was kept."""


class WrongEncoding(RuntimeError):
    """The database does not keep Unicode: Chinese would be lost."""


def newest() -> str:
    """The newest revision there is."""
    return max(known())


def known() -> set[str]:
    """The revisions there are; read from the file names, since Alembic takes long to import."""
    return {path.stem.split("_")[0] for path in (FOLDER / "versions").glob("[0-9]*.py")}


def revision(connection: sa.Connection) -> str | None:
    """The revision of a database, None when it is empty."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def upgrade(path: Path) -> bool:
    """Runs the migrations a SQLite file lacks; False when there were none."""
    engine = sqlite_engine(path)
    try:
        with engine.connect() as connection:
            if revision(connection) == newest():
                return False
        with engine.connect() as connection:
            # a migration may make a table anew, which others point to; what they point to is checked at the end
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            migrate(connection)
            loose = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if loose:
                raise LooseEnds(loose[:5])
            connection.exec_driver_sql("COMMIT")
        return True
    finally:
        engine.dispose()


def upgrade_server(url: str) -> bool:
    """Runs the migrations a PostgreSQL database lacks; False when there were none. One process at a time does so."""
    from storage.wire import postgres_engine

    engine = postgres_engine(url, pool_size=1)
    try:
        with engine.begin() as connection:
            if revision(connection) == newest():
                return False
            connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
            connection.exec_driver_sql("SET LOCAL lock_timeout = 0")
            hold(connection, "migrate")
            if revision(connection) == newest():
                return False
            if connection.exec_driver_sql("SHOW server_encoding").scalar() != "UTF8":
                raise WrongEncoding
            migrate(connection)
        return True
    finally:
        engine.dispose()


def migrate(connection: sa.Connection) -> None:
    """Runs the missing migrations on an open connection."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
