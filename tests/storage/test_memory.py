"""The door: which databases are opened, and how they come to their schema."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from importlib import resources
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from contact.errors import Misconfigured, StorageUnavailable
from storage.crypto import Vault, new_master_key
from storage.database import connect, file_of
from storage.memory import SCHEMA_VERSION, VERSION_TABLE, check, open_memory
from storage.schema import metadata
from storage.upgrade import script, upgrade
from tests.storage.cast import NOW, seen, written


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request, tmp_path):
    """The address of a database that was never set up; on SQLite not even the file is there."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new.db'}"
    return request.getfixturevalue("postgres_url")


def change(url, statement):
    """Do by hand what no program of ours would."""
    engine = connect(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_a_database_that_was_never_set_up_says_how(empty_url, vault):
    with pytest.raises(Misconfigured, match="run `followup db upgrade`"):
        open_memory(empty_url, vault)


def test_looking_for_a_database_does_not_make_one(tmp_path, vault):
    with pytest.raises(Misconfigured):
        check(f"sqlite:///{tmp_path / 'new.db'}", vault)

    assert list(tmp_path.iterdir()) == []


def test_an_upgraded_database_opens_and_a_second_upgrade_changes_nothing(empty_url, vault):
    upgrade(empty_url, vault)
    memory = open_memory(empty_url, vault)
    written(memory, lambda work: work.house.beat("clock", NOW))

    upgrade(empty_url, vault)

    assert seen(memory, lambda work: work.house.beaten("clock")) == NOW
    memory.close()


@pytest.mark.parametrize(
    ("version", "advice"),
    [
        pytest.param("0000", "run `followup db upgrade`", id="older"),
        pytest.param("9999", "install the newer program", id="newer"),
    ],
)
def test_another_version_is_not_opened(url, vault, version, advice):
    change(url, f"UPDATE {VERSION_TABLE} SET version_num = '{version}'")

    with pytest.raises(Misconfigured, match=re.escape(advice)) as caught:
        open_memory(url, vault)
    assert "followup db upgrade" in str(caught.value)


def test_a_newer_version_is_not_touched_by_an_upgrade(url, vault):
    change(url, f"UPDATE {VERSION_TABLE} SET version_num = '9999'")

    with pytest.raises(Misconfigured, match="newer version than this program"):
        upgrade(url, vault)


@pytest.mark.parametrize("enter", [open_memory, upgrade, check])
def test_a_wrong_key_fails_closed_in_one_line(url, enter):
    with pytest.raises(Misconfigured) as caught:
        enter(url, Vault(new_master_key()))

    assert "The key does not fit this database" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_database_without_a_fingerprint_is_not_opened(url, vault):
    change(url, "DELETE FROM keyring")

    with pytest.raises(Misconfigured):
        open_memory(url, vault)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"not a database, but long enough to be read as one" * 40, "not a database"),
        pytest.param(None, "cannot be opened"),
    ],
)
def test_a_file_that_is_something_else_is_named(tmp_path, vault, content, said):
    odd = tmp_path / "odd.db"
    odd.mkdir() if content is None else odd.write_bytes(content)

    with pytest.raises(StorageUnavailable, match=said):
        open_memory(f"sqlite:///{odd}", vault)


def test_a_server_that_is_away_is_named(tmp_path, vault):
    with pytest.raises(StorageUnavailable, match="does not answer"):
        open_memory(f"postgresql+psycopg://postgres@/x?host={tmp_path}", vault)


def test_a_folder_that_is_not_there_is_named(tmp_path, vault):
    with pytest.raises(Misconfigured, match="cannot be made"):
        upgrade(f"sqlite:///{tmp_path / 'nowhere' / 'new.db'}", vault)


def test_the_file_and_its_companions_are_private(tmp_path, vault):
    before = os.umask(0o000)
    try:
        upgrade(f"sqlite:///{tmp_path / 'new.db'}", vault)
        memory = open_memory(f"sqlite:///{tmp_path / 'new.db'}", vault)
        written(memory, lambda work: work.house.beat("clock", NOW))
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
        memory.close()
    finally:
        os.umask(before)

    assert modes == dict.fromkeys(("new.db", "new.db-wal", "new.db-shm"), 0o600)


def test_an_upgrade_that_fails_half_way_leaves_nothing(tmp_path, vault):
    """A table that stands in the way of the third migration undoes the first two."""
    file = tmp_path / "new.db"
    with closing(sqlite3.connect(file)) as odd:
        odd.execute("CREATE TABLE reply (id int)")

    with pytest.raises(Exception, match="reply"):
        upgrade(f"sqlite:///{file}", vault)

    with closing(sqlite3.connect(file)) as odd:
        names = {row[0] for row in odd.execute("SELECT name FROM sqlite_master")}
    assert names == {"reply"}


def test_two_upgrades_at_once_do_not_meet(empty_url, vault, master_key):
    code = (
        "import sys; from storage.crypto import Vault; from storage.upgrade import upgrade;"
        "upgrade(sys.argv[1], Vault(sys.argv[2]))"
    )
    both = [subprocess.Popen([sys.executable, "-c", code, empty_url, master_key]) for _ in "12"]

    assert [each.wait(60) for each in both] == [0, 0]
    open_memory(empty_url, vault).close()


def is_ours(name, kind, _parents):
    """Whether a table is of our schema, and not of the queue that lives beside it."""
    return kind != "table" or not name.startswith("procrastinate")


def test_the_migrations_make_what_the_tables_say(url):
    engine = connect(url)
    with engine.connect() as connection:
        options = {"version_table": VERSION_TABLE, "compare_type": True, "include_name": is_ours}
        context = MigrationContext.configure(connection, opts=options)
        difference = compare_metadata(context, metadata)
    engine.dispose()

    assert difference == []


def _pieces(sql: str) -> list[str]:
    return [piece.strip("\t ,") for piece in re.split(r"\n|,\s*(?![^()]*\))", sql)]


def test_the_migrations_make_the_same_checks_and_partial_indexes(sqlite_url, tmp_path):
    """Alembic compares neither, so the definitions themselves are compared."""

    def definitions(file):
        with closing(sqlite3.connect(file)) as database:
            rows = database.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
            # A column or constraint a line (a later migration adds its columns to a line that
            # is there, so commas outside brackets part them too); their order does not matter.
            return {name: sorted(filter(None, _pieces(sql))) for name, sql in rows}

    made = connect(f"sqlite:///{tmp_path / 'made.db'}")
    metadata.create_all(made)
    made.dispose()

    migrated, from_tables = definitions(file_of(sqlite_url)), definitions(tmp_path / "made.db")

    del migrated[VERSION_TABLE]
    assert migrated == from_tables


def test_the_migrations_make_the_same_on_postgresql(postgres_server, furnished_postgres_url):
    def definitions(url):
        engine = connect(url)
        with engine.connect() as connection:
            indexes = connection.execute(
                text(
                    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
                    " AND tablename NOT LIKE 'procrastinate%'"
                )
            )
            checks = connection.execute(
                text(
                    "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
                    " WHERE connamespace = 'public'::regnamespace"
                    " AND conrelid::regclass::text NOT LIKE 'procrastinate%'"
                )
            )
            found = {row[0]: row[1] for row in (*indexes, *checks) if VERSION_TABLE not in row[0]}
        engine.dispose()
        return found

    url = postgres_server.create_database("from_tables")
    made = connect(url)
    metadata.create_all(made)
    made.dispose()

    assert definitions(furnished_postgres_url) == definitions(url)
    postgres_server.drop_database("from_tables")


def test_the_version_we_check_is_the_newest_migration():
    assert ScriptDirectory.from_config(script()).get_heads() == [SCHEMA_VERSION]


def test_the_migrations_run_from_an_installed_copy(tmp_path, vault, master_key):
    """Only the packages themselves, in another place, started from another folder."""
    site = tmp_path / "site"
    for package in ("contact", "storage"):
        shutil.copytree(str(resources.files(package)), site / package)
    code = (
        "import sys; from storage.crypto import Vault; import storage;"
        "from storage.upgrade import upgrade; upgrade(sys.argv[1], Vault(sys.argv[2]));"
        "print(storage.__file__)"
    )
    file = tmp_path / "new.db"
    ran = subprocess.run(
        [sys.executable, "-c", code, f"sqlite:///{file}", master_key],
        cwd=tmp_path,
        env={"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert Path(ran.stdout.strip()).is_relative_to(site)
    open_memory(f"sqlite:///{file}", vault).close()


def test_opening_a_memory_does_not_load_alembic(sqlite_url, master_key):
    code = (
        "import sys; from storage.crypto import Vault; from storage.memory import open_memory;"
        "open_memory(sys.argv[1], Vault(sys.argv[2])).close();"
        "print(sorted({'alembic', 'psycopg'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, sqlite_url, master_key],
        capture_output=True,
        text=True,
        check=True,
    )

    assert ran.stdout.strip() == "[]"


def test_every_reference_to_another_row_is_checked(url):
    engine = connect(url)
    with engine.connect() as connection:
        tables = {name: inspect(connection).get_foreign_keys(name) for name in metadata.tables}
    engine.dispose()

    for name, table in metadata.tables.items():
        assert len(tables[name]) == len(table.foreign_key_constraints), name
