"""A Core statement that is compiled once for each database and then run as driver SQL.

SQLAlchemy spends about 120 µs on running a statement, the driver 5 to 10: what every message needs is run this way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast, overload

import sqlalchemy as sa
from sqlalchemy.sql.compiler import SQLCompiler

Facts = Mapping[str, Any]
Turn = Callable[[Any], Any]
T = TypeVar("T")
ON_ERROR = "on_error"
"""Where a driver connection's `info` keeps what is called, with both, before one of its errors is handed on."""


@dataclass(frozen=True, slots=True)
class _Form:
    """The text for one driver; where each fact goes, or one member of a list; what must be turned, and how.

    `values` hold what is the same at every call; without `names` the driver takes parameters by position.
    """

    text: str
    values: tuple[Any, ...]
    facts: tuple[tuple[int, str], ...]
    members: tuple[tuple[int, str, int], ...]
    turned: tuple[tuple[int, Turn], ...]
    columns: tuple[tuple[int, Turn], ...]
    names: tuple[str, ...] = ()

    def bound(self, facts: Facts) -> Any:
        """The parameters as the driver takes them."""
        values = list(self.values)
        for place, name in self.facts:
            values[place] = facts[name]
        for place, name, index in self.members:
            values[place] = facts[name][index]
        for place, turn in self.turned:
            values[place] = turn(values[place])
        return dict(zip(self.names, values, strict=True)) if self.names else values

    def row(self, raw: Sequence[Any]) -> Sequence[Any]:
        """A row with Python's own values."""
        if not self.columns:
            return raw
        values = list(raw)
        for index, turn in self.columns:
            values[index] = turn(values[index])
        return values


def _row(*row: Any) -> Any:
    return row


class Statement(Generic[T]):
    """A prepared statement whose rows become values; facts fill its parameters, a list an expanding one (`IN`).

    An INSERT sets the columns its facts name. Errors are SQLAlchemy's, as if it had run the statement itself.
    """

    @overload
    def __init__(self: Statement[Any], core: sa.Executable) -> None: ...

    @overload
    def __init__(self, core: sa.Executable, make: Callable[..., T]) -> None: ...

    def __init__(self, core: sa.Executable, make: Callable[..., Any] = _row) -> None:
        self._core: Any = core
        self._make = make
        self._inserts = isinstance(core, sa.Insert)
        self._lists: tuple[str, ...] = ()
        self._forms: dict[Any, _Form] = {}

    def all(self, connection: sa.Connection, facts: Facts) -> list[T]:
        """Every row."""
        form, cursor = self._run(connection, facts)
        return [self._make(*form.row(raw)) for raw in cursor.fetchall()]

    def first(self, connection: sa.Connection, facts: Facts) -> T | None:
        """The first row, None when there is none."""
        form, cursor = self._run(connection, facts)
        raw = cursor.fetchone()
        return None if raw is None else self._make(*form.row(raw))

    def value(self, connection: sa.Connection, facts: Facts) -> Any:
        """The first column of the first row, None when there is none."""
        form, cursor = self._run(connection, facts)
        raw = cursor.fetchone()
        return None if raw is None else form.row(raw)[0]

    def values(self, connection: sa.Connection, facts: Facts) -> list[Any]:
        """The first column of every row."""
        form, cursor = self._run(connection, facts)
        return [form.row(raw)[0] for raw in cursor.fetchall()]

    def change(self, connection: sa.Connection, facts: Facts) -> int:
        """Runs a statement that gives no rows; gives how many it touched."""
        return int(self._run(connection, facts)[1].rowcount)

    def many(self, connection: sa.Connection, rows: Sequence[Facts]) -> None:
        """Runs it for each of the facts; all have the same names."""
        if rows:
            form = self._form(connection.dialect, rows[0])
            bound = [form.bound(facts) for facts in rows]
            driver = _driver(connection)
            try:
                driver.cursor().executemany(form.text, bound)
            except connection.dialect.loaded_dbapi.Error as error:
                raise _ours(connection, error) from error

    def _run(self, connection: sa.Connection, facts: Facts) -> tuple[_Form, Any]:
        form = self._form(connection.dialect, facts)
        bound = form.bound(facts)
        driver = _driver(connection)
        try:
            return form, driver.execute(form.text, bound)
        except connection.dialect.loaded_dbapi.Error as error:
            raise _ours(connection, error) from error

    def _form(self, dialect: sa.Dialect, facts: Facts) -> _Form:
        """The form for this database, these lengths of lists, and (of an INSERT) these columns."""
        form = self._forms.get(self._key(dialect, facts))
        return self._compiled(dialect, facts) if form is None else form

    def _compiled(self, dialect: sa.Dialect, facts: Facts) -> _Form:
        columns = list(facts) if self._inserts else None
        made = cast("SQLCompiler", self._core.compile(dialect=dialect, column_keys=columns))
        self._lists = tuple(name for bind, name in made.bind_names.items() if bind.expanding)
        form = self._forms[self._key(dialect, facts)] = _formed(made, dialect, facts)
        return form

    def _key(self, dialect: sa.Dialect, facts: Facts) -> Any:
        if self._inserts:
            return (dialect.name, *facts)
        return (dialect.name, *[len(facts[name]) for name in self._lists]) if self._lists else dialect.name


def _formed(made: SQLCompiler, dialect: sa.Dialect, facts: Facts) -> _Form:
    state = made.construct_expanded_state(dict(facts))
    members = {each: (name, at) for name, some in state.parameter_expansion.items() for at, each in enumerate(some)}
    binds = {name: bind for bind, name in made.bind_names.items()}
    by_name = [name for name in binds if name not in state.parameter_expansion] + list(members)
    names = list(state.positiontup or ()) if dialect.positional else by_name
    values: list[Any] = [None] * len(names)
    given, among, turned = [], [], []
    for place, name in enumerate(names):
        bind = binds[members[name][0] if name in members else name]
        turn = bind.type.dialect_impl(dialect).bind_processor(dialect)
        if name in members:
            among.append((place, *members[name]))
        elif bind.required or name in facts:
            given.append((place, name))
        else:
            values[place] = bind.effective_value if turn is None else turn(bind.effective_value)
            continue
        if turn is not None:
            turned.append((place, turn))
    columns = _columns(made, dialect)
    keys = () if dialect.positional else tuple(names)
    return _Form(state.statement, tuple(values), tuple(given), tuple(among), tuple(turned), columns, keys)


def _columns(made: SQLCompiler, dialect: sa.Dialect) -> tuple[tuple[int, Turn], ...]:
    """Which columns of a row are turned into Python's values, and how."""
    found = []
    returned = (
        made.effective_returning
        if isinstance(made.statement, sa.UpdateBase)
        else getattr(made.statement, "selected_columns", ())
    )
    for index, column in enumerate(returned or ()):
        turn = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if turn is not None:
            found.append((index, turn))
    return tuple(found)


def _driver(connection: sa.Connection) -> Any:
    return connection.connection.driver_connection


def _ours(connection: sa.Connection, error: Exception) -> BaseException:
    """A driver's error as SQLAlchemy's, without people's data; whoever watches the connection hears of it first."""
    proxied, dialect = connection.connection, connection.dialect
    driver: Any = proxied.driver_connection
    noted = proxied.info.get(ON_ERROR)
    if noted is not None:
        noted(driver, error)
    lost = dialect.is_disconnect(error, driver, None)  # type: ignore[arg-type]
    if lost:
        connection.invalidate(error)
    base = dialect.loaded_dbapi.Error
    return sa.exc.DBAPIError.instance(
        None, None, error, base, hide_parameters=True, connection_invalidated=lost, dialect=dialect
    )
