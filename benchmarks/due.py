"""What choosing who is due, and opening their cases, costs against the same SQL by hand.

python -m benchmarks.due [ALUMNI]    (1,000,000 without it; FOLLOWUP_BENCH_ALUMNI says the same)
"""

import os
import resource
import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from benchmarks.table import Row, median, seconds, show
from contact.candidate import WaveWindow
from contact.case import Terms
from storage.crypto import Vault, new_master_key
from storage.database import connected
from storage.due import DueList
from storage.upgrade import upgrade

NOW = datetime(2025, 11, 3, 9, tzinfo=UTC)
TODAY = date(2025, 11, 3)
COHORT = "bench-KS4-2025"
WINDOW = WaveWindow(
    school="bench",
    cohort=COHORT,
    wave="y1-autumn",
    opens=date(2025, 9, 1),
    terms=Terms(3, 5, 4, 60, date(2025, 12, 19)),
    known_from=date(2025, 9, 1),
)
ROUNDS = 5
DUE_IN = 50  # one in so many is due in the large trial
#: What somebody would write by hand for the same question.
RAW = """
SELECT a.id FROM membership m JOIN alumnus a ON a.id = m.alumnus_id
WHERE m.cohort_id = :cohort AND NOT m.retained AND a.held_since IS NULL
AND EXISTS (SELECT 1 FROM consent c WHERE c.alumnus_id = a.id AND c.purpose = 'tracking'
            AND c.withdrawn_at IS NULL AND c.until >= :day)
AND EXISTS (SELECT 1 FROM address d JOIN endpoint e ON e.id = d.endpoint_id
            WHERE d.alumnus_id = a.id AND d.channel IN ('sms', 'telegram')
            AND d.standing NOT IN ('dead', 'not_theirs', 'opted_out')
            AND e.standing NOT IN ('dead', 'not_theirs', 'opted_out'))
AND NOT EXISTS (SELECT 1 FROM "case" k WHERE k.alumnus_id = a.id AND k.state <> 'ended')
AND NOT EXISTS (SELECT 1 FROM "case" k WHERE k.alumnus_id = a.id AND k.cohort_id = :cohort
                AND k.wave = :wave)
AND NOT EXISTS (SELECT 1 FROM flag f WHERE f.alumnus_id = a.id AND f.closed_at IS NULL
                AND f.kind IN ('worry', 'unclear', 'abuse', 'wrong_person', 'import_review'))
AND NOT EXISTS (SELECT 1 FROM "case" k JOIN ending n ON n.case_id = k.id WHERE k.alumnus_id = a.id
                AND k.ended_at >= :opens
                AND n.disposition IN ('complete', 'partial', 'refusal'))
AND NOT EXISTS (SELECT 1 FROM address d JOIN endpoint e ON e.id = d.endpoint_id
                JOIN address o ON o.endpoint_id = d.endpoint_id
                WHERE d.alumnus_id = a.id AND d.channel IN ('sms', 'telegram')
                AND d.standing NOT IN ('dead', 'not_theirs', 'opted_out')
                AND e.standing NOT IN ('dead', 'not_theirs', 'opted_out')
                AND o.alumnus_id <> a.id AND o.standing <> 'not_theirs')
"""
OPEN = (
    'INSERT INTO "case" (alumnus_id, school, cohort_id, wave, state, tries, gap_days, reply_days,'
    " late_reply_days, until, opened_at, act_at)"
    " SELECT id, 'bench', :cohort, :wave, 'open', 3, 5, 4, 60, '2025-12-19', :now, :now"
    f" FROM ({RAW}) AS due WHERE true ON CONFLICT DO NOTHING"
)
VALUES = {
    "cohort": COHORT,
    "wave": WINDOW.wave,
    "day": TODAY.isoformat(),
    "opens": int(datetime(2025, 8, 31, 23, tzinfo=UTC).timestamp() * 1_000_000),
    "now": int(NOW.timestamp() * 1_000_000),
}


def populate(file: Path, people: int, due_in: int, vault: Vault | None = None) -> None:
    """A database with ``people`` alumni of one cohort; one in ``due_in`` has a live permission."""
    upgrade(f"sqlite:///{file}", vault or Vault(new_master_key()))
    moment = VALUES["now"]
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA synchronous=OFF")
        database.execute("INSERT INTO cohort VALUES (?, 'bench', 'KS4', 2025)", [COHORT])
        for first in range(0, people, 20_000):
            some = range(first, min(first + 20_000, people))
            ids = [
                (number, UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128).hex)
                for number in some
            ]
            database.executemany(
                "INSERT INTO alumnus (id, reference, school, data_key, profile, created_at)"
                " VALUES (?, ?, 'bench', zeroblob(60), zeroblob(90), ?)",
                [(who, f"{number:09}", moment) for number, who in ids],
            )
            database.executemany(
                "INSERT INTO membership VALUES (?, ?, 0)", [(who, COHORT) for _, who in ids]
            )
            database.executemany(
                "INSERT INTO consent (alumnus_id, purpose, wording, granted_at, how, recorded_by,"
                " until) VALUES (?, 'tracking', 'form_a', ?, 'form', 'import', ?)",
                [
                    (who, moment, "2028-08-31" if number % due_in == 0 else "2025-08-31")
                    for number, who in ids
                ],
            )
            database.executemany(
                "INSERT INTO endpoint VALUES (?, 'sms', ?, 'untried')",
                [(who, bytes.fromhex(who)) for _, who in ids],
            )
            database.executemany(
                "INSERT INTO address (id, alumnus_id, endpoint_id, channel, value, position,"
                " standing, failures) VALUES (?, ?, ?, 'sms', zeroblob(41), 0, 'untried', 0)",
                [(who, who, who) for _, who in ids],
            )
        database.commit()


def select_by_hand(connection) -> int:
    driver = connection.connection.driver_connection
    return sum(1 for _ in driver.execute(RAW, VALUES))


def select_ours(connection) -> int:
    return sum(1 for _ in DueList(connection).select(WINDOW, TODAY))


def open_by_hand(connection) -> int:
    return connection.connection.driver_connection.execute(OPEN, VALUES).rowcount


def open_ours(connection) -> int:
    return DueList(connection).open(WINDOW, TODAY, NOW)


def compared(url, by_hand, ours, *, undo=False) -> tuple[float, float, int]:
    """The medians of five of both, in seconds, taken in turns; and how many they gave."""
    times, given = {by_hand: [], ours: []}, set()
    with connected(url) as connection:
        for _ in range(ROUNDS):
            for work, taken in times.items():
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                taken.append(seconds(lambda work=work: given.add(work(connection))))
                connection.exec_driver_sql("ROLLBACK" if undo else "COMMIT")
    assert len(given) == 1, given
    return median(times[by_hand]), median(times[ours]), given.pop()


def row(work, floor, goal, by_hand, ours, count) -> Row:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    beside = (
        f"{ours * 1000:.0f} ms against {by_hand * 1000:.0f}, {count:,} due,"
        f" {ours / count * 1e6:.0f} us each, {peak:.0f} MB"
    )
    return Row(work, ours / by_hand, floor, goal, beside)


def measure(asked: str | None = None) -> list[Row]:
    """Choosing among ``asked`` people and smaller crowds, and opening 20,000 cases."""
    rows, people = [], crowd(asked)
    with tempfile.TemporaryDirectory() as folder:
        for number in sorted({10_000, people // 10, people}):
            file = Path(folder, f"{number}.db")
            populate(file, number, DUE_IN)
            times = compared(f"sqlite:///{file}", select_by_hand, select_ours)
            rows.append(row(f"who is due among {number:,}, against raw SQL", 2, 1.5, *times))
            file.unlink()
        file = Path(folder, "open.db")
        populate(file, 20_000, 1)
        times = compared(f"sqlite:///{file}", open_by_hand, open_ours, undo=True)
        rows.append(row("opening 20,000 cases, against INSERT ... SELECT", 2.5, 1.2, *times))
    return rows


def crowd(asked: str | None = None) -> int:
    """How many alumni to choose among: as asked, else as set, else a million."""
    return int(asked or os.environ.get("FOLLOWUP_BENCH_ALUMNI", "1000000"))


if __name__ == "__main__":
    show(measure(*sys.argv[1:2]))
