"""A statement worked out once says what Core would say each time."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from contact.message import Delivery
from storage.database import connected
from storage.schema import Day, UtcDateTime
from storage.statement import Many, Statement
from tests.storage.cast import TODAY

odd = Table(
    "odd",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("name", String(20)),
    Column("who", Uuid),
    Column("at", UtcDateTime),
    Column("day", Day),
    Column("sealed", LargeBinary),
    Column("sure", Float),
    Column("kept", Boolean),
)
ROW = {
    "id": 1,
    "name": "Zoë",
    "who": uuid4(),
    "at": datetime(2025, 10, 26, 0, 30, 0, 1, tzinfo=UTC),
    "day": TODAY,
    "sealed": b"\x00\xff",
    "sure": 0.93,
    "kept": True,
}
EMPTY = dict.fromkeys(ROW) | {"id": 2}
ADD = Statement(insert(odd))
ALL = Statement(select(odd).order_by(odd.c.id))
NAMED = Statement(select(odd.c.id).where(odd.c.name == bindparam("called")).limit(1))


@pytest.fixture
def connection(url):
    with connected(url) as made, made.begin():
        odd.create(made)
        yield made


def test_values_of_every_type_come_back_as_from_core(connection):
    for row in (ROW, EMPTY):
        assert ADD.changed(connection, row) == 1

    ours = [tuple(row) for row in ALL.rows(connection, {})]

    assert ours == [tuple(ROW.values()), tuple(EMPTY.values())]
    assert ours == [tuple(row) for row in connection.execute(select(odd).order_by(odd.c.id))]
    assert [tuple(row) for row in ALL.stream(connection, {}, at_once=1)] == ours


def test_a_word_of_a_closed_set_goes_in_as_its_text(connection):
    """Drivers ask long what a StrEnum is; the database only knows its text."""
    ADD.changed(connection, {**EMPTY, "name": Delivery.PLANNED})

    [found] = ALL.rows(connection, {})

    assert (type(found[1]), found[1]) == (str, "planned")


def test_what_is_not_there_is_none(connection):
    assert ALL.first(connection, {}) is None
    assert ALL.scalar(connection, {}) is None
    assert ALL.rows(connection, {}) == []


def test_values_go_where_their_names_say(connection):
    for number, name in enumerate(("Amina", "Ben")):
        ADD.changed(connection, {**EMPTY, "id": number, "name": name})

    assert [NAMED.scalar(connection, {"called": name}) for name in ("Ben", "Amina")] == [1, 0]


def test_changes_are_counted(connection):
    rename = Statement(
        update(odd).where(odd.c.id > bindparam("above")).values(name=bindparam("called"))
    )
    for number in range(5):
        ADD.changed(connection, {**EMPTY, "id": number})

    assert rename.changed(connection, {"above": 1, "called": "Chidi"}) == 3
    assert Statement(delete(odd)).changed(connection, {}) == 5


def test_what_an_insert_gives_back_is_ours_too(connection):
    adding = Statement(insert(odd).returning(odd.c.id, odd.c.at))

    assert [tuple(row) for row in adding.rows(connection, ROW)] == [(1, ROW["at"])]


def test_a_value_that_is_missing_is_a_mistake(connection):
    with pytest.raises(Exception, match="called"):
        NAMED.rows(connection, {})


def test_a_naive_instant_is_refused(connection):
    with pytest.raises(Exception, match="naive"):
        ADD.changed(connection, {**ROW, "at": datetime(2025, 10, 26)})


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 16, 17, 64, 65, 150])
def test_many_keys_are_asked_for_in_a_few_fixed_numbers(connection, count):
    for number in range(150):
        ADD.changed(connection, {**EMPTY, "id": number, "name": "Amina"})
    among = Many(select(odd.c.id).where(odd.c.name == bindparam("called")), odd.c.id)

    found = among.rows(connection, [*range(count), *range(count)], {"called": "Amina"})

    assert sorted(row[0] for row in found) == list(range(count))
    assert among.rows(connection, range(count), {"called": "Ben"}) == []


def test_one_statement_runs_for_each_of_many(connection):
    rename = Statement(
        update(odd).where(odd.c.id == bindparam("which")).values(name=bindparam("called"))
    )
    ADD.each(connection, [{**EMPTY, "id": number} for number in range(3)])

    changed = rename.each(connection, [{"which": n, "called": f"No. {n}"} for n in (0, 2, 9)])

    assert changed == 2
    assert rename.each(connection, []) == 0
    assert [row[1] for row in ALL.rows(connection, {})] == ["No. 0", None, "No. 2"]


def test_one_of_many_that_is_refused_is_told_without_its_values(connection):
    ADD.changed(connection, {**EMPTY, "id": 1})

    with pytest.raises(Exception) as refused:  # noqa: PT011  each driver has its own
        ADD.each(connection, [{**EMPTY, "id": 1, "name": "Amina"}])

    assert "Amina" not in str(refused.value)
