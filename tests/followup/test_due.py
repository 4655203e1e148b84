"""`followup due` says of everybody whether they are due and why, and changes nothing."""

import csv
from collections import Counter
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from contact.withdrawal import withdraw
from followup.wiring import House, now
from scheduler.outreach import open_wave
from tests.followup.office import founded, office

__all__ = ["founded", "office"]

HEADINGS = ["Timestamp", "Name", "Date of Birth", "Leaving year", "Phone", "Do you agree?"]
#: Reason on 1 October 2025 by what is typed in the row.
ROWS = {
    "due": ["09/06/2025 09:00", "Amina Testwell", "14/02/2009", "2025", "07700 900101", "Yes"],
    "no_consent": ["09/06/2025 09:01", "Ben Mock", "03/09/2008", "2025", "07700 900102", "No"],
    "no_address": ["09/06/2025 09:02", "Chidi Mock", "03/10/2008", "2025", "", "Yes"],
    "in_review": ["09/06/2025 09:03", "Dara Mock", "", "2025", "07700 900104", "Yes"],
    "not_yet": ["09/06/2025 09:04", "Ewa Mock", "03/10/2009", "2026", "07700 900105", "Yes"],
}


@pytest.fixture
def references(office, tmp_path):
    """The references of the imported rows, by their reason on 1 October 2025."""
    file = tmp_path / "leavers.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEADINGS, *ROWS.values()])
    told = office.take_in(file)
    return dict(zip(ROWS, (row["reference"] for row in told["rows"]), strict=True))


def test_everybody_is_told_of_with_a_reason(office, references):
    before = office.database.read_bytes()

    told = office.json("due", "--on", "2025-10-01")

    assert {each["reason"]["code"]: each["alumnus"] for each in told} == references
    assert [each["alumnus"] for each in told if each["due"]] == [references["due"]]
    assert all(each["reason"]["text"].endswith(".") for each in told)
    assert office.database.read_bytes() == before


def test_each_is_told_with_cohort_and_wave_where_there_is_one(office, references):
    told = {each["reason"]["code"]: each for each in office.json("due", "--on", "2025-10-01")}

    assert set(told["due"]) == {"alumnus", "cohort", "wave", "due", "reason"}
    assert (told["due"]["cohort"], told["due"]["wave"]) == ("cansfield-KS4-2025", "y1-autumn")
    assert (told["in_review"]["cohort"], told["in_review"]["wave"]) == (None, None)


def test_the_day_is_today_where_none_is_named(office, references):
    today = now().astimezone().date().isoformat()

    assert office.json("due") == office.json("due", "--on", today)


def test_one_person_is_explained_in_sentences(office, references):
    told = office.run("due", "--why", references["due"].lower(), "--on", "2025-10-01").stdout

    assert f"{references['due']} in cansfield-KS4-2025 is due on 1 October 2025." in told
    assert "Wave y1-autumn is open until" in told
    assert told.rstrip().endswith("(due)")


def test_one_person_is_explained_to_programs_alone(office, references):
    (told,) = office.json("due", "--why", references["in_review"])

    assert (told["alumnus"], told["due"]) == (references["in_review"], False)
    assert told["reason"]["code"] == "in_review"


def test_who_said_stop_is_told_so(office, references):
    house = House.at(office.config)

    def stop(work):
        who = work.alumni.by_reference(references["due"])
        withdraw(work, who.id, house.schools["cansfield"], now(), "sms_stop")

    office.change(stop)

    (told,) = office.json("due", "--why", references["due"], "--on", "2025-10-01")
    assert told["reason"]["code"] == "opted_out"


@pytest.mark.parametrize(
    ("args", "line"),
    [
        pytest.param(["--why", "ZZZZ-ZZZZ"], "no alumnus 'ZZZZ-ZZZZ'", id="reference"),
        pytest.param(["--school", "nowhere"], "no school 'nowhere'", id="school"),
    ],
)
def test_what_is_not_known_is_refused_in_one_line(office, args, line):
    assert line in office.refusal("due", *args)


def test_an_empty_house_owes_nobody_anything(office):
    assert office.json("due") == []
    assert office.json("due", "--school", "cansfield") == []


def test_a_person_reads_how_many_for_each_reason(office, references):
    told = office.run("due", "--on", "2025-10-01").stdout

    assert references["due"] in told
    for reason in references:
        assert reason in told


def test_the_schools_are_kept_apart(office, references):
    text = office.config.read_text("utf-8")
    other = '\n[[school]]\nid = "connell"\nname = "Connell"\nprocedure = "connell"\n'
    office.config.write_text(text + other, "utf-8")

    assert len(office.json("due", "--school", "cansfield")) == len(ROWS)
    assert office.json("due", "--school", "connell") == []


def test_twins_on_one_phone_are_due_one_after_another(office, tmp_path):
    twins = [ROWS["due"], [*ROWS["due"][:1], "Ben Testwell", *ROWS["due"][2:]]]
    file = tmp_path / "twins.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEADINGS, *twins])
    office.take_in(file)

    told = office.json("due", "--on", "2025-10-01")

    assert Counter(each["reason"]["code"] for each in told) == {"due": 1, "number_in_use": 1}


class TestAPromiseOfSummerSurveys:
    """A termly procedure whose form promised one survey each summer term."""

    @pytest.fixture(autouse=True)
    def promised(self, office):
        shipped = files("scheduler").joinpath("procedures", "termly.toml").read_text("utf-8")
        own = shipped.replace('cadence = "any"', 'cadence = "annual_summer"')
        (office.config.parent / "own.toml").write_text(own, "utf-8")
        office.settings('procedure = "termly"', f'procedure = "{office.config.parent}/own.toml"')

    @pytest.mark.parametrize(
        ("on", "wave", "due"),
        [
            pytest.param("2025-10-01", "y1-autumn", False, id="autumn"),
            pytest.param("2026-02-02", "y1-spring", False, id="spring"),
            pytest.param("2026-05-05", "y1-summer", True, id="summer"),
            pytest.param("2026-10-01", "y2-autumn", False, id="the next autumn"),
        ],
    )
    def test_opens_no_wave_in_another_term_and_says_why(self, office, references, on, wave, due):
        told = office.run("due", "--why", references["due"], "--on", on).stdout

        promise = f"promised a survey in the summer term only, and wave {wave} is not in it."
        assert (promise in told) is not due
        assert (f"Wave {wave} is open until" in told) is due

    def test_is_kept_by_the_clock_as_well(self, office, references):
        def opened(work, house, at):
            plan = house.plans["cansfield"]
            return sum(open_wave(work, plan, each, at)["opened"] for each in work.cohorts.all())

        house = House.at(office.config)

        assert office.change(opened, house, datetime(2025, 10, 1, 12, tzinfo=UTC)) == 0
        assert office.change(opened, house, datetime(2026, 5, 5, 12, tzinfo=UTC)) == 1
