"""A private memory does what every memory does, at once, in a file of its own."""

from contextlib import closing
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from contact.alumnus import Alumnus, Profile
from storage.faults import DatabaseRefused
from storage.private_memory import PrivateMemory
from storage.upgrade import upgrade

NOW = datetime(2025, 9, 9, 9, tzinfo=UTC)


@pytest.fixture
def private(tmp_path, vault):
    with closing(PrivateMemory(f"sqlite:///{tmp_path / 'private.db'}", vault)) as memory:
        yield memory


def amina():
    return Alumnus(uuid4(), f"AAAA-{uuid4().hex[:4]}", "cansfield", Profile("Amina"), NOW)


def add(work, person):
    work.alumni.add(person, None)
    return person.id


def names(memory):
    return [each.profile.name for each in memory.read(lambda w: w.alumni.everybody()).result()]


def test_what_is_written_is_read(private):
    private.write(add, amina()).result()

    assert names(private) == ["Amina"]


async def test_it_may_be_awaited_without_a_turn_of_the_loop(private):
    person = amina()

    assert await private.write(add, person) == person.id
    assert (await private.read(lambda work: work.alumni.get(person.id))) == person


def test_a_transaction_that_fails_is_undone_and_only_that(private):
    def add_and_fail(work):
        add(work, amina())
        raise RuntimeError("halfway")

    private.write(add, amina()).result()
    failed = private.write(add_and_fail)

    with pytest.raises(RuntimeError, match="halfway"):
        failed.result()
    assert names(private) == ["Amina"]


def test_a_broken_promise_of_the_database_is_told_in_our_words(private):
    person = amina()
    private.write(add, person).result()

    with pytest.raises(DatabaseRefused):
        private.write(add, person).result()


def test_thousands_of_writes_share_few_commits_and_none_is_lost(private):
    for _ in range(4_500):
        private.write(lambda work: work.house.beat("clock", NOW)).result()

    assert private.read(lambda work: work.house.beaten("clock")).result() == NOW


def test_a_query_that_fails_says_so(private):
    with pytest.raises(ZeroDivisionError):
        private.read(lambda _: 1 / 0).result()


def test_a_database_that_is_there_already_is_never_touched(tmp_path, vault):
    file = tmp_path / "followup.db"
    upgrade(f"sqlite:///{file}", vault)
    before = file.read_bytes()

    with pytest.raises(ValueError, match="a new file of its own"):
        PrivateMemory(f"sqlite:///{file}", vault)

    assert file.read_bytes() == before


def test_a_server_is_no_private_memory(vault):
    with pytest.raises(ValueError, match="a new file of its own"):
        PrivateMemory("postgresql+psycopg://localhost/followup", vault)
