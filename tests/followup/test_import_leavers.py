"""`followup import leavers` answers for every row, stores each once, and stops at none."""

import csv
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import cast

import pytest
from openpyxl import Workbook

from contact.consent import Purpose
from contact.enrolling import Enrolment
from contact.errors import StorageUnavailable
from contact.ports import Memory
from followup.importing import Task, import_leavers
from followup.wiring import House, now
from followup.wordings import questions, shipped_wordings
from storage.memory import open_memory
from storage.people import new_reference
from tests.followup.office import founded, office

__all__ = ["founded", "office"]

SAMPLES = Path(__file__).parents[1] / "samples"
QUESTION = shipped_wordings()["form_a"].question
HEADINGS = [
    "Timestamp", "Name:", "Date of Birth:", "Year of leaving school:", "Telephone number:",
    QUESTION,
]  # fmt: skip
AMINA = ["09/06/2025 09:00", "Amina Testwell", "14/02/2009", "2025", "07700 900101", "Yes, I agree"]


def amina(**changes):
    names = ("timestamp", "name", "born_on", "leaving_year", "phone", "consent")
    return [changes.get(name, cell) for name, cell in zip(names, AMINA, strict=True)]


@pytest.fixture
def sheet(tmp_path):
    """A function that writes a form's export."""

    def write(*rows, headings=HEADINGS, name="leavers.csv"):
        with (tmp_path / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([headings, *rows])
        return tmp_path / name

    return write


def as_workbook(source: Path, target: Path) -> Path:
    book = Workbook()
    pages = book.active
    assert pages is not None
    with source.open(encoding="utf-8-sig", newline="") as file:
        for at, cells in enumerate(csv.reader(file), 1):
            for column, text in enumerate(cells, 1):
                pages.cell(at, column).value = text
                pages.cell(at, column).data_type = "s"
    book.save(target)
    return target


def actions(told):
    return [row["action"] for row in told["rows"]]


def counted(told):
    listed = len(told["review"]) + len(told["rejected"])
    return told["created"] + told["updated"] + told["unchanged"] + listed


def people(work):
    """Everything an import stores, but for what is drawn at random."""
    return sorted(
        (
            person.profile.name,
            str(person.profile.born_on),
            str(person.as_of),
            sorted(each.cohort.id for each in work.cohorts.of(person.id)),
            sorted((each.channel, each.value) for each in work.addresses.of(person.id)),
            work.consents.live(person.id, Purpose.TRACKING) is not None,
        )
        for person in work.alumni.everybody()
    )


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_row_of_the_sample_gets_its_action_and_the_second_time_nothing_changes(
    kind, office, tmp_path
):
    file = tmp_path / "leavers.csv"
    file.write_bytes((SAMPLES / "leavers.csv").read_bytes())
    if kind == "xlsx":
        file = as_workbook(file, tmp_path / "leavers.xlsx")

    first, second = office.take_in(file), office.take_in(file)

    with (SAMPLES / "leavers_expected.csv").open(encoding="utf-8", newline="") as expected:
        assert actions(first) == [row["action"] for row in csv.DictReader(expected)]
    assert [row["row"] for row in first["rows"]] == list(range(1, first["read"] + 1))
    assert (second["created"], second["updated"]) == (0, 0)
    assert second["rows"] == first["rows"]
    assert second["review"] == first["review"]
    assert counted(first) == counted(second) == first["read"]


@pytest.mark.parametrize("name", ["form_a_export.csv", "form_a_export.xlsx"])
def test_the_large_sample_agrees_with_its_truth(name, office, samples, tmp_path):
    truth = json.loads((samples / "inputs" / "truth.json").read_text("utf-8"))["form_a"]
    rejects = tmp_path / "rejects.csv"

    first = office.take_in(samples / "inputs" / name, "--rejects", rejects)
    second = office.take_in(samples / "inputs" / name, "--rejects", rejects)

    assert actions(first) == actions(second) == [row["action"] for row in truth]
    assert (second["created"], second["updated"]) == (0, 0)
    assert counted(first) == counted(second) == 500
    named = {row["row"]: row["reference"] for row in first["rows"]}
    same: dict[str, set[str]] = {row["person"]: set() for row in truth}
    for row in truth:
        same[row["person"]].add(named[row["row"]])
    # One reference a person, and one person a reference.
    assert all(len(references) == 1 for references in same.values())
    assert len(set(named.values())) == len(same)


def test_a_dry_run_says_the_same_and_changes_nothing(office, tmp_path):
    file = tmp_path / "leavers.csv"
    file.write_bytes((SAMPLES / "leavers.csv").read_bytes())
    before = office.database.read_bytes()

    dry = office.take_in(file, "--dry-run")

    assert office.database.read_bytes() == before
    assert not (tmp_path / "leavers.csv.rejected.csv").exists()
    real = office.take_in(file)
    assert actions(dry) == actions(real)
    assert {key: dry[key] for key in ("read", "created", "updated", "unchanged")} == {
        key: real[key] for key in ("read", "created", "updated", "unchanged")
    }
    assert {row["reference"] for row in dry["rows"]} == {None}
    again = office.take_in(file, "--dry-run")
    assert (again["created"], again["updated"]) == (0, 0)
    assert [row["reference"] for row in again["rows"]] == [row["reference"] for row in real["rows"]]


def test_rejected_rows_go_beside_the_file_with_their_reason(office, sheet, tmp_path):
    told = office.take_in(sheet(AMINA, amina(name="")))

    assert told["rejected"] == [{"row": 2, "field": "name", "reason": "name_missing"}]
    assert told["rows"][1]["reference"] is None
    rejected = (tmp_path / "leavers.csv.rejected.csv").read_text("utf-8-sig")
    assert "2,name,name_missing,09/06/2025 09:00,,14/02/2009" in rejected


def test_rejects_can_go_elsewhere_and_with_a_dry_run_only_there(office, sheet, tmp_path):
    office.take_in(sheet(amina(name="")), "--dry-run", "--rejects", tmp_path / "mine.csv")

    assert "name_missing" in (tmp_path / "mine.csv").read_text("utf-8-sig")
    assert not (tmp_path / "leavers.csv.rejected.csv").exists()


@pytest.mark.parametrize(
    ("heading", "given", "setting", "wording"),
    [
        pytest.param(QUESTION.upper(), (), "form_a", "form_a", id="the heading"),
        pytest.param("Do you consent?", ("--wording", "form_a"), "", "form_a", id="the option"),
        pytest.param("Do you consent?", (), "form_a", "form_a", id="the school's"),
        pytest.param("Do you consent?", (), "", None, id="nobody knows"),
    ],
)
def test_the_wording_is_the_headings_else_the_options_else_the_schools(
    office, sheet, heading, given, setting, wording
):
    office.settings('wording = "form_a" ', f'wording = "{setting}" ')

    told = office.take_in(sheet(AMINA, headings=[*HEADINGS[:-1], heading]), *given)

    def wordings(work):
        who = next(work.alumni.everybody())
        return [each.wording for each in work.consents.of(who.id)]

    assert office.ask(wordings) == ([wording] if wording else [])
    assert actions(told) == ["import" if wording else "review"]


def test_a_key_stage_makes_the_cohort_of_a_doubtful_birthday_and_no_less_doubt(office, sheet):
    told = office.take_in(sheet(amina(born_on="12/08/1975")), "--key-stage", "ks4")

    assert told["review"] == [{"row": 1, "reason": "age_doubtful"}]
    assert office.ask(lambda work: [each.id for each in work.cohorts.all()]) == [
        "cansfield-KS4-2025"
    ]


@pytest.mark.parametrize(
    ("args", "line"),
    [
        pytest.param(["--school", "nowhere"], "no school 'nowhere'", id="school"),
        pytest.param(["--school", "cansfield", "--wording", "x"], "no wording 'x'", id="wording"),
    ],
)
def test_what_is_not_known_is_refused_in_one_line(office, sheet, args, line):
    assert line in office.refusal("import", "leavers", sheet(AMINA), *args)
    assert office.ask(people) == []


def test_an_unreadable_file_is_refused_in_one_line(office, tmp_path):
    (tmp_path / "empty.csv").write_text("")

    line = office.refusal("import", "leavers", tmp_path / "empty.csv", "--school", "cansfield")

    assert "empty.csv is empty" in line


def test_a_folder_is_refused_in_one_line(office):
    assert "cannot be opened" in office.refusal("import", "leavers", ".", "--school", "cansfield")


def test_rejects_that_cannot_be_written_are_refused_before_anything_is_stored(
    office, sheet, tmp_path
):
    elsewhere = tmp_path / "none" / "x.csv"

    line = office.refusal(
        "import", "leavers", sheet(AMINA), "--school", "cansfield", "--rejects", elsewhere
    )

    assert "cannot be written" in line
    assert office.ask(people) == []


def test_a_file_without_rows_is_an_empty_document(office, sheet):
    assert office.take_in(sheet()) == {
        "rows": [], "read": 0, "created": 0, "updated": 0, "unchanged": 0,
        "rejected": [], "review": [],
    }  # fmt: skip


def test_a_person_is_told_the_counts_and_what_to_do_next(office, sheet):
    file = sheet(AMINA, amina(name=""), amina(name="Ben <3"))

    result = office.run("import", "leavers", file, "--school", "cansfield")

    assert "rows read" in result.stdout
    assert "row 3: review: name_characters" in result.stderr
    assert "row 2: rejected: name_missing" in result.stderr
    assert "followup review" in result.stderr
    assert "Amina" not in result.output


# Whatever the order and wherever a chunk ends.


def test_rows_of_one_person_are_taken_in_the_order_of_the_forms_time(office, sheet):
    newest = amina(timestamp="11/06/2025 09:00", phone="", leaving_year="2027")
    middle = amina(timestamp="10/06/2025 09:00", phone="07700 900102", name="amina testwell")
    told = office.take_in(sheet(newest, AMINA, amina(name="Ben Mock"), middle))

    assert actions(told) == ["import_no_sms", "merge_duplicate", "import", "merge_duplicate"]
    assert [row["row"] for row in told["rows"]] == [1, 2, 3, 4]
    (ben, one) = sorted(office.ask(people), key=lambda each: each[0] != "Ben Mock")
    assert one[0] == "Amina Testwell"
    assert one[3] == ["cansfield-KS4-2025", "cansfield-KS5-2027"]
    assert one[4] == [("sms", "+447700900102")]
    assert (told["created"], told["updated"]) == (2, 2)
    assert ben[5]
    assert one[5]


def task_for(house, file, chunk=500):
    school = house.schools["cansfield"]
    terms = Enrolment(school, house.wordings["form_a"], new_reference)
    known = questions(house.wordings.values())
    return Task(file, known, lambda _: terms, None, allow_drama=True, chunk=chunk)


@pytest.fixture
def house(office):
    """The office's own house, with its database."""
    opened = House.at(office.config)
    yield opened
    opened.close()


@pytest.mark.parametrize("chunk", [1, 2, 7, 500])
def test_where_a_chunk_ends_makes_no_difference(chunk, house, office, tmp_path):
    progress: list[float] = []
    task = task_for(house, SAMPLES / "leavers.csv", chunk)

    outcomes = list(import_leavers(house.memory, task, now(), progress.append))

    assert Counter(str(each.action) for each in outcomes) == {
        "import": 23, "import_no_sms": 8, "review": 12, "hold_no_consent": 5, "reject": 1,
        "merge_duplicate": 3,
    }  # fmt: skip
    assert Counter(str(each.change) for each in outcomes) == {
        "created": 48, "updated": 3, "None": 1,
    }  # fmt: skip
    assert progress == sorted(progress)
    assert progress[-1] == 1
    assert len(progress) == -(-52 // chunk)


def test_postgresql_remembers_the_same_people(house, furnished_postgres_url, vault):
    memory = open_memory(furnished_postgres_url, vault)
    task = task_for(house, SAMPLES / "leavers.csv", chunk=7)

    first, second = ([*import_leavers(each, task, now())] for each in (memory, house.memory))
    again = [*import_leavers(memory, task, now())]

    assert memory.read(people).result() == house.memory.read(people).result()
    memory.close()
    assert [(each.action, each.change) for each in first] == [
        (each.action, each.change) for each in second
    ]
    assert {str(each.change) for each in again} == {"unchanged", "None"}


class Stubborn:
    """A memory that cannot store Chidi, and goes away for good at Dara."""

    def __init__(self, memory):
        self._memory = memory

    def write(self, use_case, rows, *args):
        names = [row.leaver.profile.name for row in rows if row.leaver]

        def refusing(work):
            use_case(work, rows, *args)
            if "Chidi Mock" in names:
                raise OverflowError("his name stands here: Chidi Mock")
            if "Dara Mock" in names:
                raise StorageUnavailable("The disk is full.")

            return use_case(work, rows, *args)

        return self._memory.write(refusing)

    def read(self, query, *args):
        return self._memory.read(query, *args)


def stubborn(memory) -> Memory:
    return cast(Memory, Stubborn(memory))


def test_a_row_that_cannot_be_stored_is_rejected_and_nothing_of_it_stays(
    house, office, sheet, caplog
):
    names = ("Amina Mock", "Ben Mock", "Chidi Mock", "Ewa Mock", "Femi Mock")
    task = task_for(house, sheet(*(amina(name=name) for name in names)))

    outcomes = list(import_leavers(stubborn(house.memory), task, now()))

    rejected = [each for each in outcomes if each.action == "reject"]
    assert [(each.row, each.field, each.reasons) for each in rejected] == [
        (3, "row", ("cannot_be_stored",))
    ]
    stored = [each[0] for each in house.memory.read(people).result()]
    assert stored == ["Amina Mock", "Ben Mock", "Ewa Mock", "Femi Mock"]
    assert "row 3 cannot be stored: OverflowError" in caplog.text
    assert "Chidi" not in caplog.text


def test_where_the_database_goes_away_what_came_out_is_durable_and_the_rest_comes_again(
    house, sheet
):
    task = task_for(house, sheet(AMINA, amina(name="Ben Mock"), amina(name="Dara Mock")), chunk=1)
    stored: list[int] = []

    with pytest.raises(StorageUnavailable):
        stored.extend(each.row for each in import_leavers(stubborn(house.memory), task, now()))

    assert [each[0] for each in house.memory.read(people).result()] == [
        "Amina Testwell", "Ben Mock",
    ]  # fmt: skip
    again = [str(each.change) for each in import_leavers(house.memory, task, now())]
    assert again == ["unchanged", "unchanged", "created"]


def test_replies_get_their_turn_between_two_chunks(house, office, tmp_path):
    task = task_for(house, SAMPLES / "leavers.csv", chunk=10)

    for done, _ in enumerate(import_leavers(house.memory, task, now()), 1):
        # A reply that comes now waits for one chunk at most.
        beat = house.memory.write(lambda work: work.house.beat("reply", now()))
        beat.result(timeout=5)
        if done == 25:
            break

    assert house.memory.read(lambda work: work.house.beaten("reply")).result() is not None
    assert 20 <= len(house.memory.read(people).result()) <= 30


def test_the_command_loads_nothing_heavy_until_it_runs():
    heavy = "sqlalchemy twilio telegram alembic pydantic rich.progress phonenumbers".split()
    code = (
        "import sys\nfrom followup.commands import import_, due, links\n"
        f"print([name for name in {heavy} if name in sys.modules])"
    )

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert told.stdout.strip() == "[]"
