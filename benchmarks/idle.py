"""What a tick costs that finds nothing to do, with every wave open and every case made."""

import asyncio
import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import time, timedelta
from pathlib import Path

from benchmarks.due import COHORT, NOW, OPEN, TODAY, VALUES, WINDOW, crowd, populate
from benchmarks.table import Row, median, show
from bot.speech import Speech
from bot.survey_file import load_survey, load_words
from bot.understanding import understand
from contact.address import ChannelName
from contact.channels.sandbox import Sandbox
from contact.desk import Desk
from contact.dispatch import deliver
from contact.hours import Hours
from contact.reconciling import reconcile
from contact.school import School
from scheduler.outreach import open_and_plan
from scheduler.plan import Plan
from scheduler.procedure_file import load
from scheduler.term import closed_day, default_terms
from storage.crypto import Vault, new_master_key
from storage.memory import open_memory

ROUNDS = 15
_FLOOR_MS, _GOAL_MS = 50, 5


def measure(asked: str | None = None) -> list[Row]:
    """The milliseconds of an idle tick among ``asked`` alumni, as they are."""
    count = crowd(asked)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "idle.db")
        vault = Vault(new_master_key())
        populate(file, count, 1, vault)
        _open_all(file)
        took = asyncio.run(_ticks(f"sqlite:///{file}", vault))
    ms = median(took) * 1000
    beside = f"{ms:.1f} ms; the median of {ROUNDS}, the first {took[0] * 1000:.1f} ms"
    return [Row(f"an idle tick among {count:,}, in milliseconds", ms, _FLOOR_MS, _GOAL_MS, beside)]


def _open_all(file: Path) -> None:
    """Everybody has a case that waits for its reply; the cohort was swept today."""
    later = VALUES["now"] + int(timedelta(days=3).total_seconds() * 1_000_000)
    with closing(sqlite3.connect(file)) as database:
        database.execute(OPEN, VALUES)
        database.execute('UPDATE "case" SET act_at = ?', [later])
        database.execute(
            "INSERT INTO sweep VALUES (?, ?, ?)", [COHORT, WINDOW.wave, TODAY.isoformat()]
        )
        database.commit()


async def _ticks(url: str, vault: Vault) -> list[float]:
    memory = open_memory(url, vault)
    hours = Hours(time(9), time(19, 30), frozenset(range(6)), closed_day)
    school = School("bench", "Bench", "Bench", hours)
    plans = {"bench": Plan(school, load("termly"), default_terms, {"form_a": "any"})}
    speech = Speech(load_words(), load_survey(), understand)
    desk = Desk({"bench": school}, speech, frozenset({ChannelName.SMS}))
    channels = {ChannelName.SMS: Sandbox()}

    async def tick() -> None:
        await reconcile(memory, channels, desk, lambda: NOW)
        await open_and_plan(memory, plans, desk, NOW)
        await deliver(memory, channels, desk, lambda: NOW)

    took = []
    for _ in range(ROUNDS):
        begun = asyncio.get_running_loop().time()
        await tick()
        took.append(asyncio.get_running_loop().time() - begun)
    memory.close()
    return took


if __name__ == "__main__":
    show(measure(*sys.argv[1:2]))
