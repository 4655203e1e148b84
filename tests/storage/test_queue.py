"""How many processes send now is told by the heartbeats of their workers."""

import pytest

from storage.memory import open_memory
from storage.queue import processes
from tests.storage.cast import seen, written


@pytest.fixture
def memory(furnished_postgres_url, vault):
    opened = open_memory(furnished_postgres_url, vault)
    yield opened
    opened.close()


def beats(memory, *silent_for):
    """Workers that were last heard of so many seconds ago."""

    def insert(work):
        for seconds in silent_for:
            work.connection.exec_driver_sql(
                "INSERT INTO procrastinate_workers (last_heartbeat)"
                f" VALUES (now() - make_interval(secs => {seconds}))"
            )

    written(memory, insert)


@pytest.mark.parametrize(
    ("silent_for", "count"),
    [
        pytest.param((), 0, id="nobody"),
        pytest.param((0, 0), 1, id="one, with a worker on each lane"),
        pytest.param((0,), 1, id="one that has just begun"),
        pytest.param((0, 0, 0, 0), 2, id="two"),
        pytest.param((0, 0, 0), 2, id="one, and one that has just begun"),
        pytest.param((0, 0, 3600, 3600), 1, id="one, and a dead one"),
        pytest.param((3600, 3600), 0, id="only a dead one"),
    ],
)
def test_a_process_that_was_heard_of_lately_counts_once(memory, silent_for, count):
    beats(memory, *silent_for)

    assert seen(memory, processes) == count
