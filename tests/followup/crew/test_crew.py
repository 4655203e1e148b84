"""Several processes send the same ledger's messages, and dying is no excuse."""

import json
import signal
import time
from datetime import timedelta
from uuid import UUID

import pytest

from contact.errors import Misconfigured
from followup.crew import Role, serve_as
from followup.passes import CLOCK
from storage.leader import Leadership
from storage.queue import BATCH, Queue, enqueue_fresh, hand_out
from storage.queue_tables import make_queue, queue_version
from tests.followup.crew.town import Town

#: No send is longer on its way than this, and a lease of a test lasts 3 s.
_SETTLED = timedelta(minutes=20)


def _jobs(town):
    """Every job: what it is called, and its arguments."""
    query = "SELECT task_name, args, priority, status FROM procrastinate_jobs ORDER BY id"
    return town.read(lambda work: [tuple(r) for r in work.connection.exec_driver_sql(query)])


def _now(town):
    return town.read(lambda work: work.connection.exec_driver_sql("SELECT now()").scalar())


def _planned_left(town):
    return town.deliveries()["planned"]


class TestJobs:
    def test_hold_the_ids_of_fifty_messages_and_nothing_else(self, town):
        town.plan(120)

        assert town.write(hand_out, _now(town)) == 120

        jobs = _jobs(town)
        assert [len(args["messages"]) for _, args, _, _ in jobs] == [BATCH, BATCH, 20]
        for name, args, _, _ in jobs:
            assert name == "send"
            assert list(args) == ["messages"]
            assert all(str(UUID(each)) == each for each in args["messages"])
        told = json.dumps([args for _, args, _, _ in jobs])
        assert "Amina" not in told
        assert "7700900" not in told

    def test_are_made_once_however_often_they_are_handed_out(self, town):
        town.plan(60)
        town.write(hand_out, _now(town))

        assert town.write(hand_out, _now(town)) == 0
        assert len(_jobs(town)) == 2

    def test_that_were_lost_are_made_again(self, town):
        town.plan(60)
        town.write(hand_out, _now(town))
        town.write(lambda work: work.connection.exec_driver_sql("DELETE FROM procrastinate_jobs"))

        assert town.write(hand_out, _now(town)) == 60

    def test_are_made_in_the_transaction_that_plans_the_message(self, town):
        town.house.memory.finish = enqueue_fresh
        town.plan(70)

        assert [len(args["messages"]) for _, args, _, _ in _jobs(town)] == [BATCH, 20]
        assert town.write(hand_out, _now(town)) == 0

    def test_go_with_a_transaction_that_is_undone(self, town):
        def fails(work):
            enqueue_fresh(work)
            raise RuntimeError("a defect")

        town.house.memory.finish = fails
        with pytest.raises(RuntimeError, match="a defect"):
            town.plan(10)

        assert _jobs(town) == []
        assert town.deliveries() == {}

    def test_answers_go_before_what_we_start(self, town):
        town.plan(1)
        town.write(lambda work: work.connection.exec_driver_sql("UPDATE message SET priority = 1"))
        town.write(hand_out, _now(town))
        town.plan(1)
        town.write(hand_out, _now(town))

        assert [priority for _, _, priority, _ in _jobs(town)] == [-1, 0]


class TestTheQueue:
    def test_of_another_version_is_made_anew(self, town):
        town.plan(10)
        town.write(hand_out, _now(town))

        def older(work):
            work.connection.exec_driver_sql("COMMENT ON TABLE procrastinate_jobs IS '3.0.0'")
            return make_queue(work.connection), queue_version(work.connection)

        made, version = town.write(older)

        assert made
        assert version != "3.0.0"
        assert _jobs(town) == []
        assert town.write(hand_out, _now(town)) == 10

    async def test_that_is_missing_is_told_of_in_one_line(self, town):
        def gone(work):
            work.connection.exec_driver_sql("DROP TABLE procrastinate_jobs CASCADE")

        town.write(gone)

        with pytest.raises(Misconfigured, match="db upgrade"):
            await serve_as(town.house, Role.WORKER)

    async def test_gives_up_no_job_of_a_worker_that_lives(self, town):
        town.plan(10)
        town.write(hand_out, _now(town))

        assert await Queue(town.house.settings.database_url).take_over(_now(town)) == 0


class TestTheLeader:
    def test_is_one_at_a_time_and_the_next_when_it_lets_go(self, town):
        url = town.house.settings.database_url
        first, second = Leadership(url), Leadership(url)

        assert first.is_ours()
        assert first.is_ours()
        assert not second.is_ours()
        first.let_go()
        assert second.is_ours()
        assert not first.is_ours()
        second.let_go()

    def test_learns_that_its_connection_was_cut(self, town):
        url = town.house.settings.database_url
        first, second = Leadership(url), Leadership(url)
        assert first.is_ours()

        town.write(
            lambda work: work.connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
            )
        )

        assert not first.is_ours()
        assert second.is_ours()
        second.let_go()

    def test_that_is_killed_is_followed_by_another_within_five_seconds(self, town):
        first = town.start("clock")
        town.until(lambda: _beaten(town) is not None, 60)
        town.start("clock")
        # The second has come up when it asks for the lock, again and again.
        town.until(lambda: _asked(town) > 1, 60)
        town.kill(first)
        dead = _now(town)

        town.until(lambda: _beaten(town) > dead, 30)

        assert (_beaten(town) - dead).total_seconds() < 5


def _beaten(town):
    return town.read(lambda work: work.house.beaten(CLOCK))


def _asked(town):
    """How many different connections of clocks were seen within two seconds."""
    seen = set()
    query = "SELECT pid FROM pg_stat_activity WHERE application_name = 'followup clock'"
    for _ in range(40):
        seen |= {row[0] for row in town.read(lambda w: list(w.connection.exec_driver_sql(query)))}
        time.sleep(0.05)
    return len(seen)


class TestDyingProcesses:
    def test_on_postgresql_lose_nothing_and_send_nothing_twice(self, town):
        _die_and_settle(town, 400, ["clock", "worker", "worker", "worker"], by_hand=3)

    def test_on_sqlite_lose_nothing_and_send_nothing_twice(self, village):
        _die_and_settle(village, 300, ["all", "all"], by_hand=2)


@pytest.mark.soak
class TestManyDeaths:
    def test_on_postgresql_lose_nothing_and_send_nothing_twice(self, town, told):
        town.chance = 1 / 60
        roles = ["clock", "worker", "worker", "worker"]
        told(_die_and_settle(town, 5_000, roles, 1_500, deaths=200))

    def test_on_sqlite_lose_nothing_and_send_nothing_twice(self, village, told):
        village.chance = 1 / 60
        told(_die_and_settle(village, 5_000, ["all", "all", "all"], 1_500, deaths=200))


def _die_and_settle(
    town: Town, messages: int, roles: list[str], seconds: float = 60, by_hand: int = 0,
    deaths: int = 0,
) -> str:  # fmt: skip
    texts = town.plan(messages)
    for role in roles:
        town.start(role)
    for number in range(1, by_hand + 1):
        _await_texts(town, number * 40, seconds)
        role, unlucky = town.members[-1]
        town.kill(unlucky)
        town.start(role)
    town.until(lambda: _planned_left(town) == 0, seconds)
    while town.killed < deaths:
        # They were lucky: there is more to do until enough of them have died.
        town.plan(250)
        town.until(lambda: _planned_left(town) == 0, seconds)
    # The last to go are asked to, and go properly.
    for _, process in town.members:
        process.send_signal(signal.SIGTERM)
    for _, process in town.members:
        # One that was born a moment ago does not listen yet.
        assert process.wait(60) in (0, -signal.SIGKILL, -signal.SIGTERM)

    # Two leases later nobody is sending any more; what may have left is looked
    # up, and a quarter of an hour later sent once more if it did not.
    town.settle(timedelta(minutes=5))
    assert town.deliveries()["sending"] == 0
    for _ in range(len(texts) // 250 + 2):
        # A pass looks up so many and no more.
        town.settle(_SETTLED)

    points = town.deaths.read_text().split("\n")[:-1] if town.deaths.exists() else []
    assert town.killed >= by_hand
    assert not deaths or len(set(points)) >= 8
    assert town.sent() == dict.fromkeys(texts, 1)
    left = town.deliveries()
    assert left["planned"] == left["sending"] == left["unsure"] == 0
    return f"{len(texts)} messages, {town.killed} deaths at {len(set(points))} points"


def _await_texts(town: Town, wanted: int, seconds: float) -> None:
    town.until(lambda: len(town.gateway.texts) >= wanted, seconds)
