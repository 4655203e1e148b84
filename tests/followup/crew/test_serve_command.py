"""The command that starts the service, or a part of it."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from storage.queue import enqueue_fresh


def _serve(town, role):
    code = "from followup.cli import main; main()"
    command = [sys.executable, "-c", code, "--config", str(town.config), "serve", "--role", role]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("role", ["web", "clock", "worker"])
def test_a_part_of_the_service_on_sqlite_is_refused_in_one_line(village, role):
    process = _serve(village, role)
    out, told = process.communicate(timeout=60)

    assert process.returncode == 1
    assert out == ""
    assert told.count("\n") == 1
    assert f"--role {role}" in told
    assert "SQLite" in told


def test_a_role_that_is_none_is_wrong_usage(town):
    process = _serve(town, "president")
    process.communicate(timeout=60)

    assert process.returncode == 2


@pytest.mark.parametrize("role", ["all", "web"])
def test_a_part_of_the_service_on_postgresql_ends_when_it_is_asked_to(town, role):
    process = _serve(town, role)
    deadline = time.monotonic() + 60
    while not _listens(process.pid) and time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    _, told = process.communicate(timeout=60)

    assert process.returncode == 0, told
    assert "Traceback" not in told


def test_what_is_planned_in_one_process_is_sent_by_another_without_a_clock(town):
    worker = town.start("worker")
    town.house.memory.finish = enqueue_fresh
    texts = town.plan(3)

    town.until(lambda: sorted(town.sent()) == sorted(texts), 60)

    assert worker.poll() is None


def _listens(process):
    """Whether a process has a listening socket: its web server is up."""
    lines = Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]
    rows = [line.split() for line in lines]
    listening = {f"socket:[{row[9]}]" for row in rows if row[3] == "0A"}
    held = list(Path(f"/proc/{process}/fd").iterdir())
    return any(each.is_symlink() and str(each.readlink()) in listening for each in held)
