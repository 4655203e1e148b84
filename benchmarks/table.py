"""Rows of figures, and how they are printed."""

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement: a ratio with its floor and goal, and the plain figures beside it.

    ``more`` says that more is better (a rate); else less is (a time).
    """

    work: str
    ratio: float
    floor: float
    goal: float
    beside: str
    more: bool = False

    @property
    def verdict(self) -> str:
        """Whether the goal, or at least the floor, is held."""
        for word, limit in (("goal", self.goal), ("floor", self.floor)):
            if self.ratio >= limit if self.more else self.ratio <= limit:
                return word
        return "MISS"


def seconds(run: Callable[[], object]) -> float:
    """How long ``run`` takes, by the wall."""
    begun = time.perf_counter()
    run()
    return time.perf_counter() - begun


def median(values: list[float]) -> float:
    """The middle of ``values``."""
    return statistics.median(values)


def show(rows: list[Row]) -> None:
    """Print the rows as a table."""
    print(f"{'work':58} {'ratio':>8} {'floor':>7} {'goal':>7}  held   figures")
    for row in rows:
        figures = f"{row.ratio:8.2f} {row.floor:7.2f} {row.goal:7.2f}"
        print(f"{row.work:58} {figures}  {row.verdict:6} {row.beside}")


def skipped(work: str, why: str) -> None:
    """Say that something was not measured, and why."""
    print(f"{work:58} not measured: {why}", file=sys.stderr)
