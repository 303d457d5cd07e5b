"""The connection to PostgreSQL: durable, with limits of time, and errors that carry nobody's data into the logs."""

from __future__ import annotations

from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.types.string import StrDumperUnknown
from sqlalchemy.pool import ConnectionPoolEntry

from storage.statement import ON_ERROR

# Parameters a server does not know are left out: other databases of the family lack some.
LIMITS = {
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "60s",
    "lock_timeout": "20s",
}
IDLE = "idle_in_transaction_session_timeout"
# Whatever the server's default is: acknowledged means stored.
DURABLE = "SELECT set_config(name, 'on', false) FROM pg_settings WHERE name = 'synchronous_commit' AND setting = 'off'"
READING = LIMITS | {"statement_timeout": "15min"}
ALIVE = {  # a host that vanished is noticed within half a minute
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}


class WithoutNul(StrDumperUnknown):
    """The one character that SQLite keeps and PostgreSQL refuses is left out."""

    def dump(self, obj: str) -> Any:
        """The text as bytes."""
        return super().dump(obj.replace("\x00", "") if "\x00" in obj else obj)


def postgres_engine(url: str, *, pool_size: int, read_only: bool = False, idle_s: float = 0.0) -> sa.Engine:
    """An engine whose writes are READ COMMITTED, and whose reads see one snapshot.

    `idle_s` is how long a transaction may stand still: its process is frozen, and others wait for its locks.
    """
    limits = (READING if read_only else LIMITS) | ({IDLE: f"{round(idle_s * 1000)}ms"} if idle_s else {})
    engine = sa.create_engine(
        url,
        hide_parameters=True,  # a database error must not carry people's data into the logs
        pool_size=pool_size,
        max_overflow=4 if read_only else 0,
        pool_use_lifo=True,
        isolation_level="REPEATABLE READ" if read_only else "READ COMMITTED",
        execution_options={"postgresql_readonly": True} if read_only else {},
        connect_args={"application_name": "zhibu", **ALIVE},
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: psycopg.Connection[Any], record: ConnectionPoolEntry) -> None:
        record.info[ON_ERROR] = lambda _driver, error: _shorten(error)
        connection.adapters.register_dumper(str, WithoutNul)
        autocommit, connection.autocommit = connection.autocommit, True
        for name, value in limits.items():
            connection.execute(
                "SELECT set_config(name, %s, false) FROM pg_settings WHERE name = %s", (value, name)
            ).fetchall()
        connection.execute(DURABLE).fetchall()
        connection.autocommit = autocommit

    sa.event.listen(engine, "handle_error", _without_values)
    return engine


def _without_values(failure: sa.ExceptionContext) -> None:
    for error in (failure.original_exception, failure.sqlalchemy_exception):
        if error is not None:
            _shorten(error)


def _shorten(error: BaseException) -> None:
    """The database's DETAIL quotes the row; the first line says what is wrong."""
    if error.args and isinstance(error.args[0], str):
        error.args = (error.args[0].split("\nDETAIL:")[0].split("\nCONTEXT:")[0], *error.args[1:])
