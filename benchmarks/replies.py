"""One inbound reply through the whole use case, against bare sqlite3 writing the same rows."""

import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

from benchmarks.table import Row, median, seconds
from bot.replies import receive
from contact.address import Address, ChannelName
from contact.alumnus import Alumnus, Cohort, KeyStage, Membership, Profile
from contact.consent import Consent, Purpose
from contact.ports import Work
from contact.reply import Inbound
from followup.founding import found
from followup.passes import gateways, run_pass
from followup.wiring import House
from storage.people import new_reference

_THEN = datetime(2025, 9, 10, 10, 0, tzinfo=UTC)
_LATER = datetime(2025, 9, 10, 12, 0, tzinfo=UTC)
_PEOPLE = 480
_ROUNDS = 5
#: What one answer to the first question writes, and how it is found again.
_WRITTEN = {
    "reply": "INSERT",
    "destination": "INSERT",
    "message": "INSERT",
    "conversation": "UPDATE",
    "attempt": "UPDATE",
    "case": "UPDATE",
    "address": "UPDATE",
}


def measure() -> list[Row]:
    """Ours one at a time and 16 in flight, each round beside the bare writer."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        asyncio.run(_prepare(home))
        single, grouped, ours_ms, bare_ms = [], [], [], []
        for number in range(_ROUNDS):
            one = _ours(home, Path(folder) / f"one{number}", _one_at_a_time)
            many = _ours(home, Path(folder) / f"many{number}", _sixteen)
            bare = _bare(home, Path(folder) / f"one{number}", Path(folder) / f"bare{number}")
            single.append(bare / one)
            grouped.append(bare / many)
            ours_ms.append(one / _PEOPLE * 1000)
            bare_ms.append(bare / _PEOPLE * 1000)
    figures = f"ours {median(ours_ms):.2f} ms, bare {median(bare_ms):.2f} ms a reply"
    of_bare = "(rate of bare sqlite3)"
    return [
        Row(f"one reply at a time {of_bare}", median(single), 0.25, 0.45, figures, more=True),
        Row(f"replies, 16 in flight {of_bare}", median(grouped), 0.5, 0.9, figures, more=True),
    ]


async def _prepare(home: Path) -> None:
    """People who have just been asked."""
    settings = found(home)
    text = settings.config.read_text()
    settings.config.write_text(
        text.replace("max_messages_per_day = 500 ", "max_messages_per_day = 5000")
    )
    house = House.at(settings.config)
    await house.memory.write(_people)
    async with gateways(house) as channels:
        await run_pass(house, channels, lambda: _THEN, dated=False)
    house.close()


def _people(work: Work) -> None:
    for number in range(_PEOPLE):
        person = Alumnus(uuid4(), new_reference(), "example", Profile(f"Somebody {number}"), _THEN)
        work.alumni.add(person, person.profile.name)
        work.cohorts.join(Membership(person.id, Cohort("example", KeyStage.KS4, 2025)))
        work.consents.grant(
            Consent(
                person.id, Purpose.TRACKING, "form_a", _THEN, "form", "import", date(2028, 8, 31)
            )
        )
        phone = _phone(number)
        met = work.addresses.meet(ChannelName.SMS, phone, uuid4())
        work.addresses.add(Address(uuid4(), person.id, met.id, ChannelName.SMS, phone))


def _phone(number: int) -> str:
    return f"+447700900{number:03}"


def _ours(home: Path, copy: Path, turns: Callable[[House], None]) -> float:
    shutil.copytree(home, copy)
    house = House.at(copy / "config.toml")
    house.speech.understand("2", "now")
    house.memory.read(lambda work: work.cohorts.all()).result()
    house.memory.write(lambda work: work.cohorts.all()).result()
    took = seconds(lambda: turns(house))
    house.close()
    return took


def _inbound(number: int) -> Inbound:
    return Inbound(ChannelName.SMS, f"SM{number:032x}", _phone(number), "2")


def _one_at_a_time(house: House) -> None:
    for number in range(_PEOPLE):
        house.memory.write(receive, _inbound(number), house.desk, house.speech, _LATER).result()


def _sixteen(house: House) -> None:
    async def flight() -> None:
        for first in range(0, _PEOPLE, 16):
            await asyncio.gather(
                *(_taken(house, number) for number in range(first, min(first + 16, _PEOPLE)))
            )

    asyncio.run(flight())


async def _taken(house: House, number: int) -> None:
    await house.memory.write(receive, _inbound(number), house.desk, house.speech, _LATER)


def _bare(home: Path, after: Path, copy: Path) -> float:
    """Write to a fresh copy, with sqlite3 alone, the very rows that ours wrote."""
    shutil.copytree(home, copy)
    rows = _rows_of(home / "followup.db", after / "followup.db")
    with sqlite3.connect(copy / "followup.db", isolation_level=None) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=FULL")
        database.execute("PRAGMA secure_delete=ON")
        return seconds(lambda: _write(database, rows))


def _rows_of(before: Path, after: Path) -> list[list[tuple[str, tuple[object, ...]]]]:
    """One turn's statements for each person, from what differs between the two databases."""
    database = sqlite3.connect(after)
    database.execute("ATTACH ? AS old", (str(before),))
    turns: list[list[tuple[str, tuple[object, ...]]]] = [[] for _ in range(_PEOPLE)]
    for table, how in _WRITTEN.items():
        names = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]
        fresh = database.execute(
            f'SELECT * FROM main."{table}" EXCEPT SELECT * FROM old."{table}"'
        ).fetchall()
        sql = _insert(table, names) if how == "INSERT" else _update(table, names)
        for place, row in enumerate(fresh):
            values = row if how == "INSERT" else (*row, *row[: _keys(table)])
            turns[place % _PEOPLE].append((sql, values))
    database.close()
    return turns


def _keys(table: str) -> int:
    return 2 if table == "attempt" else 1


def _insert(table: str, names: list[str]) -> str:
    return f'INSERT INTO "{table}" VALUES ({", ".join("?" * len(names))})'


def _update(table: str, names: list[str]) -> str:
    sets = ", ".join(f'"{name}" = ?' for name in names)
    where = " AND ".join(f'"{name}" = ?' for name in names[: _keys(table)])
    return f'UPDATE "{table}" SET {sets} WHERE {where}'


def _write(database: sqlite3.Connection, turns: list[list[tuple[str, tuple[object, ...]]]]) -> None:
    for turn in turns:
        database.execute("BEGIN IMMEDIATE")
        for sql, values in turn:
            database.execute(sql, values)
        database.execute("COMMIT")


if __name__ == "__main__":
    from benchmarks.table import show

    show(measure())
