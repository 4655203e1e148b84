"""What three rehearsed years cost: python -m benchmarks.simulate [ALUMNI]    (1,000 without it).

Each size runs in a process of its own, so that its memory is its own.
"""

import json
import subprocess
import sys

from benchmarks.table import Row, show

ALUMNI = 1_000
_FLOOR_SECONDS, _GOAL_SECONDS = 60, 20
_FLOOR_MB, _GOAL_MB = 400, 400
#: Four times the alumni may take so many times as long: 4 is linear.
_FLOOR_GROWTH, _GOAL_GROWTH = 5.0, 4.4
_ONCE = """
import asyncio, json, resource, sys, time
from datetime import date
from followup.simulation.run import rehearse
from followup.simulation.script import script_of
made = script_of("cansfield", date(2025, 9, 1), date(2028, 8, 31), int(sys.argv[1]))
began = time.perf_counter()
figures = asyncio.run(rehearse(made))
took = time.perf_counter() - began
print(json.dumps([took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                  sum(figures.messages.values())]))
"""


def measure(alumni: int = ALUMNI) -> list[Row]:
    """Seconds and megabytes of ``cansfield`` over three years, and how the time grows."""
    quarter, _, _ = _once(alumni // 4)
    took, megabytes, messages = _once(alumni)
    what = f"three years of cansfield, {alumni:,} alumni"
    return [
        Row(
            f"{what}, in seconds",
            took,
            _FLOOR_SECONDS,
            _GOAL_SECONDS,
            f"{messages:,.0f} messages, {took / messages * 1e6:,.0f} µs each",
        ),
        Row(f"{what}, in MB", megabytes, _FLOOR_MB, _GOAL_MB, "the most it ever held"),
        Row(
            "four times as many alumni, times as long",
            took / quarter,
            _FLOOR_GROWTH,
            _GOAL_GROWTH,
            f"{quarter:.1f} s and {took:.1f} s",
        ),
    ]


def _once(alumni: int) -> tuple[float, float, float]:
    command = [sys.executable, "-c", _ONCE, str(alumni)]
    told = subprocess.run(command, capture_output=True, check=True, text=True)
    took, megabytes, messages = json.loads(told.stdout)
    return took, megabytes, messages


if __name__ == "__main__":
    show(measure(int(sys.argv[1]) if len(sys.argv) > 1 else ALUMNI))
