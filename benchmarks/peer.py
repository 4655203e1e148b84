"""Other people's software for the comparisons: used where it is installed, never by the product."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent


class NotHere(Exception):
    """What a comparison needs is not installed; the text says what, and how to have it."""


def python_with(*modules: str) -> str:
    """A Python that has ``modules``: that of FOLLOWUP_PEERS, or this; NotHere if neither."""
    for candidate in (os.environ.get("FOLLOWUP_PEERS"), sys.executable):
        if candidate and _imports(candidate, modules):
            return candidate
    raise NotHere(
        f"needs {', '.join(modules)}: install them into an environment of their own, "
        "and set FOLLOWUP_PEERS to its python"
    )


def program(name: str) -> str:
    """Where the program ``name`` is; NotHere where it is not."""
    found = shutil.which(name)
    if found is None:
        raise NotHere(f"needs {name} on the path")
    return found


@contextmanager
def gateway() -> Iterator[str]:
    """The address of a stand-in for the gateway, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.peers.gateway"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def run(python: str, module: str, *args: str, within: float = 300) -> str:
    """What ``module`` prints, run by ``python`` from the project's folder."""
    done = subprocess.run(
        [python, "-W", "ignore", "-m", module, *args],
        cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True, timeout=within,
    )  # fmt: skip
    if done.returncode:
        raise NotHere(f"{module} did not work (exit status {done.returncode})")
    return done.stdout


def _imports(python: str, modules: tuple[str, ...]) -> bool:
    asked = [python, "-c", f"import {', '.join(modules)}"]
    try:
        return subprocess.run(asked, check=False, capture_output=True, timeout=60).returncode == 0
    except OSError:
        return False
