"""How long `followup --help` takes, against a Python that imports typer and no more."""

import subprocess
import sys
from pathlib import Path

from benchmarks.table import Row, median, seconds

_ROUNDS = 9
#: The command as it is installed, or from a checkout that is not.
FOLLOWUP = [sys.executable, "-c", "from followup.cli import main; main()"]
if Path(sys.executable).with_name("followup").exists():
    FOLLOWUP = [str(Path(sys.executable).with_name("followup"))]


def measure() -> list[Row]:
    """The two in turns, in processes of their own."""
    ours, bare = [], []
    for _ in range(_ROUNDS):
        ours.append(seconds(lambda: _run(*FOLLOWUP, "--help")))
        bare.append(seconds(lambda: _run(sys.executable, "-c", "import typer")))
    ratio = median([one / other for one, other in zip(ours, bare, strict=True)])
    beside = f"ours {median(ours) * 1000:.0f} ms, typer alone {median(bare) * 1000:.0f} ms"
    return [Row("followup --help (time of importing typer)", ratio, 3.0, 1.5, beside)]


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    from benchmarks.table import show

    show(measure())
