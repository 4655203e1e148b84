"""What every test may ask for."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings

from tests.memories import (  # noqa: F401  fixtures for every test
    furnished_postgres_url,
    master_key,
    memory,
    postgres_template,
    sqlite_template,
    sqlite_url,
    vault,
)
from tests.network import Guard
from tests.postgres import Server, running

# The same examples on every run and machine: a red test is red for everybody.
settings.register_profile(
    "steady",
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
# New examples on every run, and many of them.
settings.register_profile("soak", deadline=None, max_examples=2_000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))

_GUARD = Guard()
_GUARD.install()


@pytest.fixture(autouse=True)
def network_guard() -> Iterator[Guard]:
    """Fail the test that tries to leave the machine, whatever became of the attempt."""
    _GUARD.attempts.clear()
    yield _GUARD
    assert not _GUARD.attempts, f"this test asked for {_GUARD.attempts}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A PostgreSQL for this process's tests; a test that stops it starts it again."""
    with running() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: Server) -> Iterator[str]:
    """The address of a fresh, empty PostgreSQL database for this test alone."""
    name = f"test_{uuid4().hex}"
    yield postgres_server.create_database(name)
    postgres_server.drop_database(name)


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of the sample data; the test is skipped where there is none."""
    folder = os.environ.get("FOLLOWUP_SAMPLES")
    if not folder:
        pytest.skip("set FOLLOWUP_SAMPLES to the folder of the sample data to run this test")
    return Path(folder)


@pytest.fixture
def told(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Says a line at the end of the whole run: how much a long test really did."""
    return lambda line: record_property("told", line)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the tests had to tell."""
    reports = (each for reports in terminalreporter.stats.values() for each in reports)
    calls = (each for each in reports if isinstance(each, pytest.TestReport))
    lines = [
        f"{call.nodeid.rpartition('/')[2]}: {value}"
        for call in calls
        if call.when == "call"
        for name, value in call.user_properties
        if name == "told"
    ]
    if lines:
        terminalreporter.section("what the long run did")
    for line in sorted(lines):
        terminalreporter.write_line(line)
