"""The five schools' procedures, requirement by requirement, and the page that explains the keys."""

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from contact.alumnus import Cohort, KeyStage
from contact.candidate import Facts
from contact.destination import Source
from scheduler.due import decide
from scheduler.procedure_file import load, shipped
from scheduler.term import default_terms
from scheduler.wave import wave_on, waves_of

SCHOOLS = ("bebington", "cansfield", "connell", "john_port", "lha")
PAGE = Path(__file__).parents[2] / "docs" / "procedures.md"
PRESETS = Path(__file__).parents[2] / "scheduler" / "procedures"

KS4, KS5 = KeyStage.KS4, KeyStage.KS5


def waves(name: str, key_stage: KeyStage = KS4, leaving_year: int = 2025):
    return waves_of(load(name), Cohort(name, key_stage, leaving_year), default_terms)


def test_the_five_schools_and_termly_ship():
    assert shipped() == (*SCHOOLS, "termly")


@pytest.mark.parametrize(
    ("name", "key_stage", "expected"),
    [
        pytest.param(
            "cansfield",
            KS4,
            "y1-autumn y1-spring y1-summer y2-autumn y2-spring y2-summer "
            "y3-autumn y3-spring y3-summer",
            id="CAN-12: termly for three years",
        ),
        pytest.param("cansfield", KS5, "", id="CAN-01: Year 11 only"),
        pytest.param(
            "john_port",
            KS4,
            "y1-autumn y1-spring y1-summer y2-spring y2-summer y3-autumn y3-summer",
            id="JPS-23: terms 2 and 3 of year 2, 1 and 3 of year 3",
        ),
        pytest.param("lha", KS4, "y1-autumn y3-spring", id="LHA-17: no year 2"),
        pytest.param(
            "bebington", KS4, "y1-summer y2-summer y3-summer", id="BEB-22: each summer term"
        ),
        pytest.param(
            "bebington", KS5, "y1-summer y2-summer y3-summer", id="BEB-01: Year 13 as well"
        ),
        pytest.param("connell", KS5, "y1-summer y2-summer y3-summer", id="CON-13: each summer"),
        pytest.param("connell", KS4, "", id="CON-01: Year 13 only"),
    ],
)
def test_the_right_terms_in_the_right_years(name, key_stage, expected):
    assert [wave.name for wave in waves(name, key_stage)] == expected.split()


@pytest.mark.parametrize("name", SCHOOLS)
def test_three_tries_for_three_years_with_the_permission_asked_for(name):
    procedure = load(name)

    assert procedure.tracking_years == 3
    assert procedure.rules.tries == 3
    procedure.check_wordings({"form_a": "any"})


@pytest.mark.parametrize("wave", waves("lha"), ids=lambda wave: wave.name)
def test_lha_asks_only_whom_the_provider_did_not_tell_about(wave):
    someone = Facts(consent_granted=True, consent_until=date(2028, 8, 31), usable_address=True)
    confirmed = Facts(
        consent_granted=True,
        consent_until=date(2028, 8, 31),
        usable_address=True,
        known_sources=frozenset({Source.PROVIDER}),
    )

    assert decide(someone, wave, wave.opens).code == "due"
    assert decide(confirmed, wave, wave.opens).code == "condition_not_met"


def test_lha_gives_providers_until_january_before_the_third_years_wave():
    third = waves("lha")[-1]

    assert third.opens == date(2028, 2, 1)


@pytest.mark.parametrize("name", ["bebington", "connell"])
def test_a_promise_of_summer_surveys_is_never_kept_termly(name):
    yearly = Facts(
        consent_granted=True,
        consent_until=date(2028, 8, 31),
        cadence="annual_summer",
        usable_address=True,
    )
    cohort_waves = waves(name, KS5)
    days = [date(2025 + n // 12, n % 12 + 1, 28) for n in range(8, 44)]

    due = [day for day in days if decide(yearly, wave_on(cohort_waves, day), day).code == "due"]

    assert {day.month for day in due} <= {4, 5, 6}
    assert {day.year for day in due} == {2026, 2027, 2028}


@pytest.mark.parametrize(
    ("name", "duty", "year", "leaving_year", "due"),
    [
        # Easter Sunday of 2024 was 31 March, of 2025 20 April, of 2035 25 March, of 2038 25 April.
        pytest.param("john_port", "authority_data", 1, 2023, "2024-03-28", id="an early Easter"),
        pytest.param("lha", "authority_data_spring", 1, 2024, "2025-04-04", id="a late Easter"),
        pytest.param("cansfield", "authority_data", 1, 2034, "2035-03-30", id="an earlier one"),
        pytest.param(
            "bebington", "authority_data", 3, 2035, "2038-04-02", id="the latest there is"
        ),
        pytest.param("john_port", "no_intended", 0, 2030, "2030-04-23", id="after Easter Monday"),
        pytest.param("connell", "trust_validated", 1, 2027, "2028-03-31", id="of a leap year"),
        pytest.param("bebington", "trust_actual", 1, 2023, "2024-03-31", id="on Easter Sunday"),
        pytest.param("connell", "trust_intended", 1, 2029, "2029-09-14", id="3 September first"),
        pytest.param("connell", "trust_intended", 1, 2028, "2028-09-15", id="4 September first"),
        pytest.param("bebington", "september_guarantee", 1, 2028, "2028-09-30", id="a Saturday"),
        pytest.param("cansfield", "results_day", 0, 2027, "2027-08-26", id="the latest GCSEs"),
        pytest.param("connell", "results_day", 0, 2026, "2026-08-13", id="the earliest A levels"),
    ],
)
def test_what_people_must_do_falls_on_its_day(name, duty, year, leaving_year, due):
    found = [each for each in load(name).duties if (each.name, each.year) == (duty, year)]

    assert [each.due_on(leaving_year, default_terms).isoformat() for each in found] == [due]


@pytest.mark.parametrize("name", SCHOOLS)
def test_no_duty_is_there_twice(name):
    duties = [(duty.name, duty.year) for duty in load(name).duties]

    assert len(duties) == len(set(duties))


def test_the_example_on_the_page_is_a_procedure(tmp_path):
    example = re.search(r"```toml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert example is not None
    path = tmp_path / "our_procedure.toml"
    path.write_text(example[1], "utf-8")

    assert [wave.name for wave in load(path).waves] == [
        "y1-autumn", "y1-summer", "y2-summer", "y3-summer",
    ]  # fmt: skip


def test_every_key_a_preset_uses_is_on_the_page():
    page = PAGE.read_text("utf-8")

    for file in PRESETS.glob("*.toml"):
        content = tomllib.loads(file.read_text("utf-8"))
        entries = [
            entry for value in content.values() if isinstance(value, list) for entry in value
        ]
        tables = [content, content.get("rules", {}), *(e for e in entries if isinstance(e, dict))]
        for key in {key for table in tables for key in table}:
            assert f"`{key}`" in page or f"`[[{key}]]`" in page or f"`[{key}]`" in page, key
