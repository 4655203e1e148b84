"""A leavers' file of 50,000 rows, against reading it, parsing the phones and inserting the rows."""

import csv
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import phonenumbers

from benchmarks.table import Row, median, seconds
from contact.enrolling import Enrolment
from contact.sequence import ids_from
from followup.importing import Task, import_leavers
from followup.wiring import House
from followup.wordings import questions, wording_named
from storage.people import new_reference

_NOW = datetime(2025, 9, 1, 10, 0, tzinfo=UTC)
_ROWS = 50_000
_ROUNDS = 5
_MOST_MB = 100
_HEADINGS = (
    "Timestamp", "Name:", "Date of Birth:", "Year of leaving school:", "Personal Email:",
    "Telephone number:", "Destination", "Course", "Level of study", "College / Employer name",
    "Start date", "Expected duration",
)  # fmt: skip
_FIRST = ("Amina", "Ben", "Chidi", "Dara", "Ewa", "Femi", "Gita", "Hana", "Ivo", "Jess")
#: The tables that an import fills, with the columns of each, in the order of the baseline's rows.
_TABLES = {
    "alumnus": "id, reference, school, data_key, profile, match_key, created_at, as_of, held_since",
    "membership": "alumnus_id, cohort_id, retained",
    "consent": "alumnus_id, purpose, wording, granted_at, how, recorded_by, until",
    "endpoint": "id, channel, lookup, standing",
    "address": "id, alumnus_id, endpoint_id, channel, value, position, standing, failures",
    "destination": "id, alumnus_id, code, source, known_since, details",
    "audit": "at, by, action, alumnus_id, detail",
}
_COHORT = "example-KS4-2025"


def measure(rows: int = _ROWS) -> list[Row]:
    """Ours beside the baseline, five rounds; and the memory at two lengths."""
    # Alembic, which it needs, would count in the memory of the process below.
    from followup.founding import found

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        home, file = place / "home", place / "leavers.csv"
        found(home)
        write_leavers(file, rows)
        ratios, ours, bare = [], [], []
        for number in range(_ROUNDS):
            ours.append(_ours(home, place / f"ours{number}", file, rows))
            bare.append(_bare(home, place / f"bare{number}.db", file, rows))
            ratios.append(ours[-1] / bare[-1])
        small = _peak(home, place / "small", file, rows // 5)
        large = _peak(home, place / "large", file, rows)
    figures = f"ours {median(ours):.1f} s, bare {median(bare):.1f} s; {rows} rows"
    memory = f"{large:.0f} MB at {rows} rows, {small:.0f} MB at {rows // 5}"
    return [
        Row("import against executemany", median(ratios), 5.0, 3.3, figures),
        Row("memory of an import, of 100 MB", large / _MOST_MB, 1.0, 1.0, memory),
    ]


def write_leavers(file: Path, rows: int) -> None:
    """A form's export of invented people, all different.

    Every other mobile number may be somebody's, so those for drama come again
    every 1,000 rows: 50 people share each.
    """
    question = wording_named("form_a", House.at(file.parent / "home" / "config.toml").wordings)
    start = datetime(2025, 6, 9, 9, 0)  # noqa: DTZ001  as a form shows it
    with file.open("w", encoding="utf-8", newline="") as out:
        sheet = csv.writer(out)
        sheet.writerow([*_HEADINGS, question.question])
        for number in range(rows):
            born = date(2008, 9, 1) + timedelta(days=number % 365)
            stamp = start + timedelta(seconds=number)
            sheet.writerow([
                f"{stamp:%d/%m/%Y %H:%M:%S}", f"{_FIRST[number % 10]} Testwell{_letters(number)}",
                f"{born:%d/%m/%Y}", "2025", f"leaver{number}@example.org",
                f"07700 900{number % 1000:03}", "College", "Plumbing", "3", "Sampleton College",
                "01/09/2025", "2 yrs", "Yes, I agree",
            ])  # fmt: skip


def _letters(number: int) -> str:
    return "".join(chr(97 + int(digit)) for digit in str(number))


def _home(home: Path, copy: Path) -> House:
    shutil.copytree(home, copy)
    return House.at(copy / "config.toml")


def _task(house: House, file: Path) -> Task:
    wordings = house.wordings
    school = next(iter(house.schools.values()))
    terms = Enrolment(
        school, wording_named("form_a", wordings), new_reference, fresh=ids_from(_NOW)
    )
    known = questions(wordings.values())
    return Task(file, known, lambda _: terms, None, allow_drama=True)


def _ours(home: Path, copy: Path, file: Path, rows: int) -> float:
    house = _home(home, copy)
    task = _task(house, file)
    memory = house.memory
    counted: list[int] = []
    took = seconds(lambda: counted.append(sum(1 for _ in import_leavers(memory, task, _NOW))))
    house.close()
    assert counted == [rows]
    shutil.rmtree(copy)
    return took


def _bare(home: Path, copy: Path, file: Path, rows: int) -> float:
    """The same rows in the same tables, in clear, in one transaction."""
    shutil.copy(home / "followup.db", copy)
    connection = sqlite3.connect(copy, isolation_level=None)
    for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {setting}")
    took = seconds(lambda: _insert(connection, file))
    assert connection.execute("SELECT count(*) FROM alumnus").fetchone() == (rows,)
    connection.close()
    return took


def _insert(connection: sqlite3.Connection, file: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO cohort VALUES (?, 'example', 'KS4', 2025)", (_COHORT,))
    values: dict[str, list[tuple[object, ...]]] = {name: [] for name in _TABLES}
    endpoints: dict[str, str] = {}
    with file.open(encoding="utf-8", newline="") as stream:
        lines = csv.reader(stream)
        next(lines)
        for number, cells in enumerate(lines):
            _row(values, endpoints, number, cells)
    for name, columns in _TABLES.items():
        marks = ", ".join("?" * len(columns.split(", ")))
        connection.executemany(f"INSERT INTO {name} ({columns}) VALUES ({marks})", values[name])
    connection.execute("COMMIT")


def _row(
    values: dict[str, list[tuple[object, ...]]],
    endpoints: dict[str, str],
    number: int,
    cells: list[str],
) -> None:
    parsed = phonenumbers.parse(cells[5], "GB")
    phonenumbers.is_valid_number(parsed)
    phonenumbers.number_type(parsed)
    phone = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    who, at = uuid4().hex, int(_NOW.timestamp() * 1_000_000)
    reference = f"{number:09}"
    profile = f"{cells[1]}|{cells[2]}".encode()
    values["alumnus"].append((who, reference, "example", b"", profile, uuid4().bytes, at, at, None))
    values["membership"].append((who, _COHORT, 0))
    values["consent"].append((who, "tracking", "form_a", at, "form", "import", "2028-08-31"))
    for position, (channel, value) in enumerate((("sms", phone), ("email", cells[4]))):
        if value not in endpoints:
            endpoints[value] = uuid4().hex
            lookup = uuid4().bytes
            values["endpoint"].append((endpoints[value], channel, lookup, "untried"))
        values["address"].append(
            (uuid4().hex, who, endpoints[value], channel, value.encode(), position, "untried", 0)
        )
    details = "|".join(cells[7:12]).encode()
    values["destination"].append((uuid4().hex, who, "230", "intended", at, details))
    values["audit"].append((at, "import", "import", who, "created"))


def _peak(home: Path, copy: Path, file: Path, rows: int) -> float:
    """The most memory, in MB, of a process of its own that imports the first ``rows`` rows."""
    part = copy.with_suffix(".csv")
    with file.open(encoding="utf-8") as whole:
        part.write_text("".join(line for line, _ in zip(whole, range(rows + 1), strict=False)))
    _home(home, copy).close()
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.importing", str(copy), str(part)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return int(told.stdout) / 1024


def _alone(home: Path, file: Path) -> None:
    """Import in this process, and print its peak in kB."""
    house = House.at(home / "config.toml")
    for _ in import_leavers(house.memory, _task(house, file), _NOW):
        pass
    house.close()
    status = Path("/proc/self/status").read_text("ascii")
    print(status.split("VmHWM:")[1].split()[0])


if __name__ == "__main__":
    _alone(Path(sys.argv[1]), Path(sys.argv[2]))
