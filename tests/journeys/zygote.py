"""A process that has everything loaded, and forks one `followup` for each order it reads.

A kill then costs a fork and no start of Python, so there can be many. An order
is a line of JSON: ``argvs``, command lines to run one after another, and
``die_at``: the step at which it is to kill itself (0 counts the steps only).
A step is a call that the rooms of storage and contact make or take, in any
thread.
"""

import gc
import json
import os
import signal
import sys
import threading
from itertools import count
from pathlib import Path
from types import FrameType
from typing import Any

from typer.main import get_command

from followup.cli import app
from followup.wiring import House

COMMAND = get_command(app)

_ROOT = Path(__file__).parents[2]
_WATCHED = (str(_ROOT / "storage"), str(_ROOT / "contact"))


def main() -> None:
    """Fork and wait, order by order, until there are no more."""
    _load(Path(sys.argv[1]))
    # Nothing that is here already need be copied into a child to be counted.
    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _obey(order)
        _say({"pid": child})
        _, status = os.waitpid(child, 0)
        _say({"status": os.waitstatus_to_exitcode(status)})


def _load(config: Path) -> None:
    """All that a tick loads when it is run: a child must not have to do it again."""
    import storage.postgres_memory
    import storage.sqlite_memory  # noqa: F401

    # The calendars, the survey and the wording; no database is opened yet.
    _ = House.at(config).desk


def _obey(order: dict[str, Any]) -> None:
    with Path(order["output"]).open("w") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    steps = count(1)
    if order["die_at"] is not None:
        watch = _watch(steps, order["die_at"])
        threading.setprofile(watch)
        sys.setprofile(watch)
    status = 70
    try:
        status = next(filter(None, map(_run, order["argvs"])), 0)
    except BaseException:  # noqa: BLE001  a fork must never go on as its parent
        sys.excepthook(*sys.exc_info())
    sys.setprofile(None)
    if order["die_at"] == 0:
        Path(order["steps"]).write_text(str(next(steps)))
    sys.stdout.flush()
    os._exit(status)


def _run(argv: list[str]) -> int:
    """The exit status of one command line."""
    return COMMAND.main(argv, standalone_mode=False) or 0


def _watch(steps: "count[int]", die_at: int) -> Any:
    def step(frame: FrameType, event: str, arg: object) -> None:
        if frame.f_code.co_filename.startswith(_WATCHED) and next(steps) == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    return step


def _say(what: dict[str, int]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
