"""The schema's ground: naming, and the column types that hold the house rules."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    Integer,
    LargeBinary,
    MetaData,
    String,
    literal_column,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def moment(microseconds: int) -> datetime:
    """The instant so many microseconds after the start of 1970."""
    return _EPOCH + timedelta(microseconds=microseconds)


def microseconds(at: datetime) -> int:
    """The microseconds from the start of 1970 to ``at``; ValueError for a naive instant."""
    if at.tzinfo is None:
        raise ValueError("a naive datetime has no place in the database")
    return (at - _EPOCH) // _MICROSECOND


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware going in, UTC coming out.

    SQLite has no such type, and a text that sorts wrongly at a time zone's
    edge is worse than a number: there it is microseconds since 1970.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(
            BigInteger() if dialect.name == "sqlite" else DateTime(timezone=True)
        )

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        # Counted for PostgreSQL as well: a naive one is refused everywhere.
        counted = microseconds(value)
        return counted if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return moment(value)
        return value.astimezone(UTC)  # type: ignore[no-any-return]


class Day(TypeDecorator[date]):
    """A calendar day; on SQLite its ISO text, which sorts as days do."""

    impl = Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String(10) if dialect.name == "sqlite" else Date())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        return value.isoformat() if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        return date.fromisoformat(value) if isinstance(value, str) else value


#: Personal data, sealed by ``storage.crypto`` before it comes here.
Sealed = LargeBinary
#: A keyed hash to look something up by, without keeping it.
BlindIndex = LargeBinary(16)


def one_of(name: str, values: type[StrEnum] | Sequence[str]) -> CheckConstraint:
    """A check that the column ``name`` holds one of a closed set."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{name} IN ({listed})", name=f"{name}_is_known")


def spelt(value: str) -> ColumnElement[str]:
    """One of our own words as it stands in the SQL.

    A bound one would keep SQLite from a partial index, whose condition it
    compares with the text of the statement.
    """
    return literal_column(f"'{value}'")


def spelt_out(values: Iterable[str]) -> list[ColumnElement[str]]:
    """Several of our own words as they stand in the SQL."""
    return [spelt(value) for value in values]


def serial() -> Column[int]:
    """A row number made by the database; SQLite only does so for INTEGER."""
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
