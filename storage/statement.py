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
Turn = Callable[[Any], Any] | None
T = TypeVar("T")
ON_ERROR = "on_error"
"""Where a driver connection's `info` keeps what is called, with both, before one of its errors is handed on."""


@dataclass(frozen=True, slots=True)
class _Form:
    """The text for one driver; each parameter is a fact, or one member of a list; columns that must be turned."""

    text: str
    parameters: tuple[tuple[str, str, int | None, Turn], ...]
    fixed: Facts
    columns: tuple[tuple[int, Callable[[Any], Any]], ...]
    positional: bool

    def bound(self, facts: Facts) -> Any:
        """The parameters as the driver takes them."""
        if self.fixed:
            facts = {**self.fixed, **facts}
        values = []
        for _, name, index, turn in self.parameters:
            value = facts[name] if index is None else facts[name][index]
            values.append(value if turn is None else turn(value))
        return (
            values if self.positional else {each[0]: value for each, value in zip(self.parameters, values, strict=True)}
        )

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
        self._lists: tuple[str, ...] | None = None
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
        lists = self._lists
        if lists is not None:
            form = self._forms.get(self._key(dialect, facts, lists))
            if form is not None:
                return form
        made = cast(
            "SQLCompiler", self._core.compile(dialect=dialect, column_keys=list(facts) if self._inserts else None)
        )
        self._lists = tuple(name for bind, name in made.bind_names.items() if bind.expanding)
        form = self._forms[self._key(dialect, facts, self._lists)] = _formed(made, dialect, facts)
        return form

    def _key(self, dialect: sa.Dialect, facts: Facts, lists: tuple[str, ...]) -> Any:
        columns = tuple(facts) if self._inserts else ()
        return (dialect.name, columns, *(len(facts[name]) for name in lists)) if lists or columns else dialect.name


def _formed(made: SQLCompiler, dialect: sa.Dialect, facts: Facts) -> _Form:
    state = made.construct_expanded_state(dict(facts))
    members = {
        each: (name, index) for name, some in state.parameter_expansion.items() for index, each in enumerate(some)
    }
    types = {name: bind.type for bind, name in made.bind_names.items()}
    fixed = {
        name: bind.effective_value for bind, name in made.bind_names.items() if not bind.required and name not in facts
    }
    names = (
        state.positiontup
        if dialect.positional
        else [n for n in types if n not in state.parameter_expansion] + list(members)
    )
    parameters = []
    for name in names or ():
        whole, index = members.get(name, (name, None))
        parameters.append((name, whole, index, types[whole].dialect_impl(dialect).bind_processor(dialect)))
    return _Form(state.statement, tuple(parameters), fixed, _columns(made, dialect), bool(dialect.positional))


def _columns(made: SQLCompiler, dialect: sa.Dialect) -> tuple[tuple[int, Callable[[Any], Any]], ...]:
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
