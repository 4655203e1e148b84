"""The doctor sees what is coming: procedures that ask nobody, terms without dates, late work."""

import csv
import json
import re
from textwrap import dedent

import pytest

from followup.foresight import check_procedures
from followup.wiring import House
from scheduler.outreach import open_wave
from tests.followup.office import founded, office
from tests.followup.test_due import HEADINGS
from tests.followup.test_home_commands import NOW, document, refused, run, told

__all__ = ["founded", "office"]

OWN = """
name = "own"
title = "Each summer"
who = ["KS4"]
[[wave]]
years = [1]
term = "summer"
[[consent]]
wording = "form_a"
"""


@pytest.fixture
def follows(office):
    """Let the school follow a procedure: a shipped one's name, or the text of its own."""

    def follow(procedure: str) -> None:
        if "\n" in procedure:
            own = office.config.parent / "own.toml"
            own.write_text(dedent(procedure), "utf-8")
            procedure = str(own)
        text = office.config.read_text("utf-8")
        line = f'procedure = "{procedure}"'
        office.config.write_text(re.sub("(?m)^procedure = .*$", line, text), "utf-8")

    (office.config.parent / "secrets" / "followup_key").chmod(0o600)
    return follow


@pytest.fixture
def import_one(office, tmp_path):
    """Take in one leaver of a summer who agreed to be asked, or did not."""

    def take_in(left: int, agreed: str = "Yes") -> None:
        file = tmp_path / f"{left}.csv"
        row = ["09/06/2025 09:00", "Amina Testwell", f"14/02/{left - 16}", left, "07700 900101"]
        with file.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([HEADINGS, [*row, agreed]])
        office.take_in(file)

    return take_in


def seen(office) -> dict[str, tuple[bool, bool, str]]:
    """What the doctor says of each part: whether it is well, whether to look, and what."""
    checks = json.loads(run(office, "doctor", "--offline", "--json").stdout)["checks"]
    return {each["name"]: (each["ok"], each["warning"], each["detail"]) for each in checks}


@pytest.mark.parametrize(
    ("fault", "line", "said"),
    [
        pytest.param(("years = [1]", "years = [4]"), 6, "is not between 1 and 3", id="years"),
        pytest.param(
            ('term = "summer"', 'term = "summer"\nfrom = "07-20"'), 8, "3 tries take 15", id="room"
        ),
        pytest.param(
            ('term = "summer"', 'term = "summer"\ncolour = "red"'), 8, "unknown key", id="a key"
        ),
        pytest.param(('"form_a"', '"form_b"'), 9, "no consent wording form_b", id="wording"),
        pytest.param(
            ('"form_a"', '"form_a"\n[[wave]]\nyears = [2]\nterm = "summer"\nfrom = "02-30"'),
            13, "day is out of range", id="no such day",
        ),
    ],
)  # fmt: skip
def test_the_doctor_refuses_a_procedure_by_its_line(office, follows, fault, line, said):
    follows(OWN.replace(*fault))

    well, _, detail = seen(office)["procedures"]

    assert not well
    assert detail.startswith(f"own.toml:{line}: ")
    assert said in detail


@pytest.mark.parametrize("command", ["due", "tick", "agenda"])
def test_so_does_every_command_that_reads_it(office, follows, command):
    follows(OWN.replace("years = [1]", "years = [4]"))

    assert refused(office, command).startswith("own.toml:6: wave 1: years: 4 is not between")


def test_the_doctor_refuses_a_wave_that_the_form_never_allowed(office, follows):
    autumn = OWN.replace("summer", "autumn").replace(
        '"form_a"', '"form_a"\ncadence = "annual_summer"'
    )
    follows(autumn)

    well, _, detail = seen(office)["procedures"]

    assert not well
    assert detail.startswith("own.toml:7: no consent wording allows wave y1-autumn: change the")


class TestWindowsInThePast:
    """On 4 November 2025."""

    def test_are_refused_where_nobody_of_the_cohort_was_ever_asked(
        self, office, follows, import_one
    ):
        follows(OWN)
        import_one(2023)

        well, _, detail = seen(office)["procedures"]

        assert not well
        assert detail.startswith("own.toml:5: every window of cansfield-KS4-2023 lies in the past")
        assert "the last, wave y1-summer, ended on 2024-07-24" in detail

    @pytest.mark.parametrize(
        ("procedure", "left"),
        [
            pytest.param(OWN, 2025, id="it is still to come"),
            pytest.param("termly", 2023, id="a later wave is still to come"),
            pytest.param(OWN, 2021, id="their three years are over"),
        ],
    )
    def test_are_no_fault_where_there_is_nothing_to_do(
        self, office, follows, import_one, procedure, left
    ):
        follows(procedure)
        import_one(left)

        assert seen(office)["procedures"][0]

    def test_are_no_fault_of_people_who_said_no(self, office, follows, import_one):
        follows(OWN)
        import_one(2023, agreed="No")

        assert seen(office)["procedures"][0]

    def test_are_no_fault_once_they_were_asked_in_them(self, office, follows, import_one):
        follows(OWN)
        import_one(2023)
        house = House.at(office.config)

        def ask(work):
            (cohort,) = work.cohorts.all()
            plan = house.plans["cansfield"]
            wave = plan.waves(cohort)[0]
            at = NOW.replace(year=wave.opens.year, month=wave.opens.month, day=wave.opens.day)
            return open_wave(work, plan, cohort, at)["opened"]

        assert office.change(ask) == 1
        assert seen(office)["procedures"][0]
        check_procedures(house)
        house.close()


class TestTermDates:
    """On 4 November 2025 the spring term of 2026 is less than 120 days away."""

    def test_that_are_missing_are_told_in_time(self, office, follows):
        follows(OWN)

        well, look, detail = seen(office)["terms"]

        assert (well, look) == (True, True)
        assert detail == (
            "cansfield has no dates of its own for 2025-autumn, 2026-spring: the usual ones "
            "stand in until they are in [[school]] terms"
        )
        assert "note  terms: cansfield has no dates" in told(office, "doctor", "--offline")

    def test_that_are_there_are_nothing_to_tell(self, office):
        text = office.config.read_text("utf-8")
        own = (
            'terms = { "2025-autumn" = ["2025-09-02", "2025-12-19"], '
            '"2026-spring" = ["2026-01-05", "2026-03-27"] }'
        )
        office.config.write_text(re.sub("(?m)^# terms = .*$", own, text), "utf-8")
        (office.config.parent / "secrets" / "followup_key").chmod(0o600)

        assert seen(office)["terms"] == (True, False, "nothing to say")

    @pytest.mark.parametrize(
        ("days", "said"),
        [
            pytest.param('["2025-09-02", "soon"]', "write its first and last day", id="no day"),
            pytest.param('["2025-01-06", "2025-03-28"]', "does not begin on", id="wrong term"),
            pytest.param('["2025-12-08", "2025-12-19"]', "leaves 12 days", id="no room"),
        ],
    )
    def test_that_do_not_fit_are_refused_with_the_school_s_name(self, office, days, said):
        text = office.config.read_text("utf-8")
        own = f'terms = {{ "2025-autumn" = {days} }}'
        office.config.write_text(re.sub("(?m)^# terms = .*$", own, text), "utf-8")

        line = refused(office, "due")

        assert line.startswith("[[school]] cansfield: with its own terms, ")
        assert said in line


class TestLateWork:
    """On 4 November 2025 at a school that follows Cansfield's procedure."""

    @pytest.fixture(autouse=True)
    def cansfield(self, follows):
        follows("cansfield")

    def test_is_told_with_whom_to_turn_to(self, office):
        well, look, detail = seen(office)["agenda"]

        assert (well, look) == (True, True)
        assert "cansfield ask_providers for the leavers of 2025 since 12 September" in detail
        assert detail.endswith(
            "(`followup agenda --done NAME`, or turn to: senior leadership team)"
        )

    def test_is_told_until_it_is_ticked_off(self, office):
        count = int(seen(office)["agenda"][2].split()[0])

        said = told(office, "agenda", "--done", "ask_providers", "--leavers", "2025")

        assert said == "cansfield/2025/y1/ask_providers is done; it was due on 12 September 2025.\n"
        detail = seen(office)["agenda"][2]
        assert int(detail.split()[0]) == count - 1
        assert "ask_providers for the leavers of 2025" not in detail
        rows = document(office, "agenda", "--from", "2025-09-12", "--until", "2025-09-12")
        row = next(each for each in rows if each["name"] == "ask_providers")
        assert (row["done"], row["overdue"], row["escalate_to"]) == (True, False, None)

    def test_is_ticked_off_once(self, office):
        told(office, "agenda", "--done", "ask_providers", "--leavers", "2025")

        line = refused(office, "agenda", "--done", "ask_providers", "--leavers", "2025")

        assert line == "ask_providers is ticked off already."

    def test_is_nothing_where_a_procedure_names_none(self, office, follows):
        follows("termly")

        assert seen(office)["agenda"] == (True, False, "nothing to say")


class TestWhomToReach:
    """On 4 November 2025, with one leaver who agreed and has not told anybody anything."""

    @pytest.fixture(autouse=True)
    def amina(self, follows, import_one):
        follows("cansfield")
        import_one(2025)

    def test_are_listed_with_their_addresses(self, office):
        found = document(office, "agenda", "--reach", "contact_autumn", "--leavers", "2025")

        (person,) = found.pop("people")
        assert (person["name"], person["cohort"]) == ("Amina Testwell", "cansfield-KS4-2025")
        assert person["addresses"] == [{"channel": "sms", "value": "+447700900101"}]
        assert found == {
            "action": "contact_autumn", "school": "cansfield", "leavers": 2025,
            "due": "2025-12-19", "providers": [], "left_out": {},
        }  # fmt: skip

    def test_are_a_table_for_people(self, office):
        done = run(office, "agenda", "--reach", "contact_autumn", "--leavers", "2025")

        assert "Amina Testwell" in done.stdout
        assert "E-mail, call or write" in done.stderr

    def test_are_nobody_of_other_leavers(self, office):
        said = told(office, "agenda", "--reach", "contact_autumn", "--leavers", "2024")

        assert said.splitlines()[-1] == "Nobody."

    @pytest.mark.parametrize("wish", ["--reach", "--done"])
    def test_of_several_years_at_once_are_not_guessed(self, office, wish):
        line = refused(office, "agenda", wish, "contact_autumn")

        assert line.startswith("contact_autumn is due on 2025-12-19 for several (cansfield, ")
        assert line.endswith("add --leavers YEAR, or --school ID.")

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            pytest.param("confirm", "confirm lists nobody: it says itself", id="no list"),
            pytest.param("nothing", "No action of that time is called 'nothing': there", id="none"),
        ],
    )
    def test_of_an_action_that_lists_nobody_is_one_clear_line(self, office, name, said):
        assert refused(office, "agenda", "--reach", name).startswith(said)


class TestTheAgendaCommand:
    """What it refuses and what it writes."""

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            pytest.param(
                ("--from", "2026-01-02", "--until", "2026-01-01"),
                "is before --from",
                id="backwards",
            ),
            pytest.param(("--until", "2101-01-01"), "known from 1980 to 2099", id="too far"),
            pytest.param(("--from", "1066-10-14"), "known from 1980 to 2099", id="too long ago"),
        ],
    )
    def test_a_span_that_is_none_is_wrong_usage(self, office, words, said):
        done = run(office, "agenda", *words)

        assert done.exit_code == 2
        assert said in done.stderr

    def test_a_calendar_without_entries_is_not_written(self, office, tmp_path):
        file = tmp_path / "none.ics"

        said = told(
            office, "agenda", "--from", "2026-01-01", "--until", "2026-01-02", "--ics", file
        )

        assert said == f"Nothing is due in that time: {file} is not written.\n"
        assert not file.exists()

    def test_an_agreement_of_the_settings_is_renewed_in_time(self, office, follows):
        follows("lha")
        text = office.config.read_text("utf-8")
        ours = 'sharing_agreements = ["For Ever", { provider = "Northbridge", until = 2025-12-31 }]'
        office.config.write_text(re.sub("(?m)^# sharing_agreements = .*$", ours, text), "utf-8")

        rows = document(office, "agenda", "--from", "2025-12-31", "--until", "2025-12-31")

        renewals = [each for each in rows if each["leavers"] is None]
        assert [(each["name"], each["work_by"]) for each in renewals] == [
            ("renew_northbridge", "2025-12-23")
        ]
        assert renewals[0]["text"] == "Renew the data-sharing agreement with Northbridge"
