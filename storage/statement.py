"""A statement that is worked out once and then handed straight to the driver."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Delete, Insert, Select, Update, Uuid
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.compiler import SQLCompiler

from storage.schema import UtcDateTime, moment

_SQLITE = sqlite.dialect(paramstyle="qmark")

Core = Select[Any] | Insert | Update | Delete
Row = Any
Values = Mapping[str, Any]
_Convert = Callable[[Any], Any]


class Statement:
    """A Core statement, almost as cheap to run as bare SQL.

    What Core does at each run costs more than SQLite's own work. So for SQLite
    the text, the order of the values and their conversions are worked out
    once. The way to PostgreSQL costs more than either; there Core runs it.
    The values must have the same names each time.
    """

    __slots__ = ("_core", "_plan")

    def __init__(self, core: Core) -> None:
        self._core = core
        self._plan: _Plan | None = None

    def rows(self, connection: Connection, values: Values) -> list[Row]:
        """Every row it gives, as sequences in the order of its columns."""
        if connection.dialect.name != "sqlite":
            return list(connection.execute(self._core, dict(values)))
        plan = self._plan or self._worked_out(values)
        cursor = _driver(connection).execute(plan.text, plan.bound(values))
        return [plan.row(raw) for raw in cursor.fetchall()]

    def first(self, connection: Connection, values: Values) -> Row | None:
        """Its first row, or None."""
        rows = self.rows(connection, values)
        return rows[0] if rows else None

    def scalar(self, connection: Connection, values: Values) -> Any:
        """The first value of its first row, or None."""
        rows = self.rows(connection, values)
        return rows[0][0] if rows else None

    def changed(self, connection: Connection, values: Values) -> int:
        """How many rows it changed."""
        if connection.dialect.name != "sqlite":
            kept = {"preserve_rowcount": True}
            return connection.execute(self._core, dict(values), execution_options=kept).rowcount
        plan = self._plan or self._worked_out(values)
        changed: int = _driver(connection).execute(plan.text, plan.bound(values)).rowcount
        return changed

    def stream(self, connection: Connection, values: Values, at_once: int) -> Iterator[Row]:
        """Its rows, ``at_once`` of them in memory at a time."""
        options = {"yield_per": at_once}
        yield from connection.execute(self._core, dict(values), execution_options=options)

    def _worked_out(self, values: Values) -> "_Plan":
        self._plan = _Plan(self._core, values)
        return self._plan


class _Plan:
    """What SQLite needs to know of a statement."""

    __slots__ = ("_binds", "_constants", "_converts", "text")

    def __init__(self, core: Core, values: Values) -> None:
        # An insert takes the columns it is given; all others name their own.
        keys = list(values) if core.is_insert else None
        compiled = core.compile(dialect=_SQLITE, column_keys=keys)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101  narrows the compiler's type
        self.text = compiled.string
        names = compiled.positiontup or []
        self._binds = [(name, _into(compiled.binds[name].type)) for name in names]
        made = compiled.params
        self._constants = {name: made[name] for name in names if name not in values}
        types = [column.type for column in core.exported_columns]
        converts = [(place, _out_of(kind)) for place, kind in enumerate(types)]
        self._converts = [(place, convert) for place, convert in converts if convert]

    def bound(self, values: Values) -> list[Any]:
        """The values in the order of the question marks."""
        if self._constants:
            values = {**self._constants, **values}
        return [
            values[name] if convert is None else convert(values[name])
            for name, convert in self._binds
        ]

    def row(self, raw: tuple[Any, ...]) -> Row:
        """A row with the database's values as ours."""
        if not self._converts:
            return raw
        made = list(raw)
        for place, convert in self._converts:
            if made[place] is not None:
                made[place] = convert(made[place])
        return made


def _into(kind: Any) -> _Convert | None:
    convert: _Convert | None = kind.dialect_impl(_SQLITE).bind_processor(_SQLITE)
    return convert


def _out_of(kind: Any) -> _Convert | None:
    if isinstance(kind, Uuid):
        return _uuid
    if isinstance(kind, UtcDateTime):
        return moment
    convert: _Convert | None = kind.dialect_impl(_SQLITE).result_processor(_SQLITE, None)
    return convert


def _uuid(text: str) -> UUID:
    # Core's own way looks for dashes and braces first; ours are never there.
    return UUID(int=int(text, 16))


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection
