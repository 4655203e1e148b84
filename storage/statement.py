"""A statement that is worked out once and then handed straight to the driver."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Dialect,
    Insert,
    Select,
    String,
    Update,
    Uuid,
    bindparam,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

from storage.schema import UtcDateTime, microseconds, moment

_SQLITE = sqlite.dialect(paramstyle="qmark")

Core = Select[Any] | Insert | Update | Delete
Row = Any
Values = Mapping[str, Any]
_Convert = Callable[[Any], Any]

#: How many ids are known again without being parsed; one turn meets the same few everywhere.
_IDS = 1024
#: How many keys one statement over many takes; each size is prepared once.
_SIZES = (1, 4, 16, 64)


class Statement:
    """A Core statement, almost as cheap to run as bare SQL.

    What Core does at each run costs more than the database's own work. So the
    text, the values' order and their conversions are worked out once for each
    database. The values must have the same names each time.
    """

    __slots__ = ("_core", "_plans")

    def __init__(self, core: Core) -> None:
        self._core = core
        self._plans: dict[str, _Plan] = {}

    def rows(self, connection: Connection, values: Values) -> list[Row]:
        """Every row it gives, as sequences in the order of its columns."""
        plan = self._plan(connection, values)
        return plan.rows(plan.run(connection, values))

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
        changed: int = self._plan(connection, values).run(connection, values).rowcount
        return changed

    def each(self, connection: Connection, many: Sequence[Values]) -> int:
        """Run it once for each of ``many`` in one go; how many rows all of them changed."""
        return self._plan(connection, many[0]).each(connection, many) if many else 0

    def stream(self, connection: Connection, values: Values, at_once: int) -> Iterator[Row]:
        """Its rows, ``at_once`` of them in memory at a time."""
        options = {"yield_per": at_once}
        yield from connection.execute(self._core, dict(values), execution_options=options)

    def _plan(self, connection: Connection, values: Values) -> "_Plan":
        dialect = connection.dialect
        plan = self._plans.get(dialect.name)
        if plan is None:
            plain = _SQLITE if dialect.name == "sqlite" else dialect
            plan = self._plans[dialect.name] = _Plan(self._core, values, plain)
        return plan


class Many:
    """A select that is asked about many keys at once: ``column`` is one of them.

    A list of any length would be a text of its own each time. So the keys are
    asked for in a few fixed numbers, of which the last key fills the rest.
    """

    __slots__ = ("_sized",)

    def __init__(self, core: Select[Any], column: ColumnElement[Any]) -> None:
        self._sized = [(size, _sized(core, column, size)) for size in _SIZES]

    def rows(
        self, connection: Connection, keys: Iterable[Any], values: Values | None = None
    ) -> list[Row]:
        """Every row there is for ``keys``, in any order; each key counts once."""
        found: list[Row] = []
        wanted = list(dict.fromkeys(keys))
        while wanted:
            size, statement = self._fitting(len(wanted))
            asked, wanted = wanted[:size], wanted[size:]
            asked += asked[-1:] * (size - len(asked))
            named = {f"key_{place}": key for place, key in enumerate(asked)}
            found += statement.rows(connection, {**named, **values} if values else named)
        return found

    def _fitting(self, count: int) -> tuple[int, Statement]:
        return next((each for each in self._sized if each[0] >= count), self._sized[-1])


def _sized(core: Select[Any], column: ColumnElement[Any], size: int) -> Statement:
    keys = [bindparam(f"key_{place}", type_=column.type) for place in range(size)]
    return Statement(core.where(column.in_(keys)))


class _Plan:
    """What one database needs to know of a statement."""

    __slots__ = ("_binds", "_constants", "_converts", "_dialect", "_named", "_types", "text")

    def __init__(self, core: Core, values: Values, dialect: Dialect) -> None:
        # An insert takes the columns it is given; all others name their own.
        keys = list(values) if core.is_insert else None
        compiled = core.compile(dialect=dialect, column_keys=keys)
        assert isinstance(compiled, SQLCompiler)  # noqa: S101  narrows the compiler's type
        self.text = compiled.string
        self._dialect = dialect
        self._named = not compiled.positional
        names = compiled.positiontup or []
        if self._named:
            names = list(dict.fromkeys(compiled.bind_names.values()))
        self._binds = [(name, _into(compiled.binds[name].type, dialect)) for name in names]
        made = compiled.params
        # A value that was not given is a mistake, at the first run as at any other.
        given = [name for name in names if name not in values and not compiled.binds[name].required]
        self._constants = {name: made[name] for name in given}
        self._types = [column.type for column in core.exported_columns]
        self._converts: list[tuple[int, _Convert]] | None = None

    def run(self, connection: Connection, values: Values) -> Any:
        """The driver's cursor, after the statement."""
        driver: Any = connection.connection.dbapi_connection
        try:
            return driver.execute(self.text, self._bound(values))
        except Exception as error:
            if self._dialect is _SQLITE:
                raise
            raise _as_core_says_it(error, connection.dialect) from None

    def each(self, connection: Connection, many: Sequence[Values]) -> int:
        """How many rows the statement changed, over all of ``many``."""
        driver: Any = connection.connection.dbapi_connection
        cursor = driver.cursor()
        try:
            cursor.executemany(self.text, [self._bound(values) for values in many])
        except Exception as error:
            if self._dialect is _SQLITE:
                raise
            raise _as_core_says_it(error, connection.dialect) from None
        changed: int = cursor.rowcount
        cursor.close()
        return changed

    def rows(self, cursor: Any) -> list[Row]:
        """All rows of a cursor, with the database's values as ours."""
        raw: list[tuple[Any, ...]] = cursor.fetchall()
        converts = self._converts
        if converts is None:
            converts = self._converts = self._from(cursor)
        return [_row(each, converts) for each in raw] if converts else raw

    def _bound(self, values: Values) -> list[Any] | dict[str, Any]:
        """The values as the driver takes them: in order, or by name."""
        if self._constants:
            values = {**self._constants, **values}
        bound = [
            value if (value := values[name]) is None or convert is None else convert(value)
            for name, convert in self._binds
        ]
        if self._named:
            return dict(zip([name for name, _ in self._binds], bound, strict=True))
        return bound

    def _from(self, cursor: Any) -> list[tuple[int, _Convert]]:
        """How the values of each column become ours, where they do not come so."""
        codes = [column[1] for column in cursor.description or ()]
        converts = [
            (place, _out_of(kind, self._dialect, code))
            for place, (kind, code) in enumerate(zip(self._types, codes, strict=False))
        ]
        return [(place, convert) for place, convert in converts if convert]


def _row(raw: tuple[Any, ...], converts: list[tuple[int, _Convert]]) -> Row:
    made = list(raw)
    for place, convert in converts:
        if made[place] is not None:
            made[place] = convert(made[place])
    return made


def _as_core_says_it(error: Exception, dialect: Dialect) -> BaseException:
    """The driver's error in Core's class for it, and never with the values."""
    theirs: type[Exception] = dialect.loaded_dbapi.Error
    if not isinstance(error, theirs):
        return error
    return DBAPIError.instance(None, None, error, theirs, hide_parameters=True)


def _into(kind: Any, dialect: Dialect) -> _Convert | None:
    """How a value of ours goes in; never asked about None."""
    if dialect is _SQLITE:
        for type_, convert in _INTO_SQLITE:
            if isinstance(kind, type_):
                return convert
    made: _Convert | None = kind.dialect_impl(dialect).bind_processor(dialect)
    return made


def _out_of(kind: Any, dialect: Dialect, code: Any) -> _Convert | None:
    """How a value of the database's comes out; never asked about None."""
    if dialect is _SQLITE:
        for type_, convert in _OUT_OF_SQLITE:
            if isinstance(kind, type_):
                return convert
    made: _Convert | None = kind.dialect_impl(dialect).result_processor(dialect, code)
    return made


# What Core does for these types, without the layers that it does it through. A
# StrEnum goes in as a plain str, because the driver takes long over any other.
_INTO_SQLITE: tuple[tuple[type, _Convert], ...] = (
    (UtcDateTime, microseconds),
    (Uuid, UUID.hex.fget),  # type: ignore[attr-defined]
    (String, str),
)
_OUT_OF_SQLITE: tuple[tuple[type, _Convert], ...] = (
    (UtcDateTime, moment),
    (Uuid, lru_cache(_IDS)(UUID)),
)
