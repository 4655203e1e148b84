"""Cohort life as staff type it: the roll, the roll-over, moves, and the end of tracking."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import freezegun
import pytest

from contact.alumnus import Membership, Profile
from contact.consent import Purpose
from contact.flag import FlagKind
from contact.names import match_key_material
from followup.commands.retention import _gone
from tests.followup.commands.counter import SETTINGS, counter
from tests.staffroom import BY, amina, flagged
from tests.storage import cast

__all__ = ["counter"]

COHORT = "cansfield-KS4-2025"
BORN = date(2009, 3, 14)
ROLL = "Surname,Forename,DOB,UPN\nYusuf,Amina,14/03/2009,X\n"


def joins(work, name):
    """Somebody who left Year 11 in 2025, as a form brings them in."""
    person = cast.somebody(name)
    person = replace(person, profile=Profile(name, BORN))
    work.alumni.add(person, match_key_material(person.profile))
    work.cohorts.join(Membership(person.id, cast.COHORT))
    work.consents.grant(cast.consent(person.id))
    return person.id


@pytest.fixture
def who(counter):
    return counter.room.write(amina)


@pytest.fixture
def reference(counter, who):
    return counter.room.person(who).reference


@pytest.fixture
def leavers(counter):
    """Amina and Ben, by their references."""
    names = ("Amina Yusuf", "Ben Shaw")
    ids = [counter.room.write(joins, name) for name in names]
    return [counter.room.person(each).reference for each in ids]


@pytest.fixture
def roll(tmp_path):
    def write(text=ROLL):
        (tmp_path / "roll.csv").write_text(text)
        return str(tmp_path / "roll.csv")

    return write


def retained(counter):
    (row,) = counter.json("cohort", "list")
    return row["retained"]


class TestPersonRoll:
    def test_who_is_on_it_is_retained_and_no_longer_asked(self, counter, who, reference):
        told = counter.json("person", "roll", reference, "on")

        assert told == {"alumnus": reference, "changed": True, "retained": {COHORT: True}}
        assert counter.room.ending(who).detail == "own_sixth_form"
        shown = counter.json("person", "show", reference)
        assert shown["alumnus"]["retained"] is True
        assert ("staff", f"roll (on {COHORT}), by {BY}") in [
            (each["what"], each["text"]) for each in shown["timeline"]
        ]

    def test_and_off_it_again(self, counter, reference):
        counter.json("person", "roll", reference, "on")

        assert counter.json("person", "roll", reference, "off")["retained"] == {COHORT: False}
        assert counter.json("person", "roll", reference, "off")["changed"] is False

    def test_of_another_summer_is_refused_in_a_line(self, counter, reference):
        assert "2024" in counter.refused("person", "roll", reference, "on", "--left", "2024")


class TestTheRollOfAYear:
    def test_marks_those_who_are_on_it_and_names_those_nobody_knows(self, counter, leavers, roll):
        file = roll(ROLL + "Nobody,New,01/01/2009,Y\nShaw,,14/03/2009,Z\nKhan,Al,soon,Z\n")

        told = counter.json("import", "roll", file, "--school", "cansfield", "--year", "12")

        assert (told["cohort"], told["read"], told["retained"]) == (COHORT, 4, 1)
        assert told["unmatched"] == [
            {"row": 2, "reason": "unknown"},
            {"row": 3, "reason": "unknown"},
        ]
        assert told["rejected"] == [{"row": 4, "reason": "dob_unreadable"}]
        assert told["missing"] == []
        assert retained(counter) == 1

    def test_twice_is_once(self, counter, leavers, roll):
        order = ("import", "roll", roll(), "--school", "cansfield", "--year", "12")
        counter.json(*order)

        again = counter.json(*order)

        assert (again["retained"], again["unchanged"], retained(counter)) == (0, 1, 1)

    def test_year_13_is_about_those_who_left_year_11_a_year_earlier(self, counter, leavers, roll):
        order = ("import", "roll", roll(), "--school", "cansfield")
        early = counter.json(*order, "--year", "13")
        later = counter.json(*order, "--year", "13", "--on", "2026-10-01")

        assert (early["cohort"], early["unmatched"]) == (
            "cansfield-KS4-2024",
            [{"row": 1, "reason": "other_year"}],
        )
        assert (later["cohort"], later["retained"]) == (COHORT, 1)

    def test_who_is_missing_from_it_has_left_only_where_it_is_whole(self, counter, leavers, roll):
        both = ROLL + "Shaw,Ben,14/03/2009,Z\n"
        order = ("--school", "cansfield", "--year", "12")
        counter.json("import", "roll", roll(both), *order)

        part = counter.json("import", "roll", roll(), *order)
        still = retained(counter)
        whole = counter.json("import", "roll", roll(), *order, "--complete")

        assert (part["missing"], still) == ([leavers[1]], 2)
        assert (whole["left"], retained(counter)) == ([leavers[1]], 1)

    def test_a_dry_run_says_the_same_and_changes_nothing(self, counter, leavers, roll):
        order = ("import", "roll", roll(), "--school", "cansfield", "--year", "12", "--dry-run")

        assert counter.json(*order)["retained"] == 1
        assert "Nothing was changed" in counter.run(*order).stderr
        assert retained(counter) == 0

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            pytest.param("Name,Form\nAmina Yusuf,12B\n", "date of birth", id="no births"),
            pytest.param("", "roll.csv", id="an empty file"),
        ],
    )
    def test_a_file_that_is_no_roll_is_refused_in_a_line(self, counter, roll, text, said):
        line = counter.refused(
            "import", "roll", roll(text), "--school", "cansfield", "--year", "12"
        )

        assert said in line


class TestRollOver:
    def test_makes_leavers_of_year_13_once(self, counter, reference):
        counter.json("person", "roll", reference, "on")

        first = counter.json("cohort", "roll-over", "--on", "2027-09-01")
        again = counter.json("cohort", "roll-over", "--on", "2027-09-01")

        assert first == [{"school": "cansfield", "left": [reference]}]
        assert again == [{"school": "cansfield", "left": []}]
        rows = {each["cohort"]: each for each in counter.json("cohort", "list")}
        assert rows[COHORT]["retained"] == 1
        assert rows["cansfield-KS5-2027"] == {
            "cohort": "cansfield-KS5-2027",
            "people": 1,
            "retained": 0,
            "until": "2030-08-31",
        }


class TestMove:
    @pytest.fixture
    def trust(self, counter):
        other = '[[school]]\nid = "connell"\nname = "Connell"\nprocedure = "connell"\n'
        counter.config.write_text(SETTINGS + other)
        return counter

    def test_takes_somebody_to_another_school_of_the_settings(self, trust, who, reference):
        told = trust.json("person", "move", reference, "--to", "connell")

        assert (told["school"], told["cohorts"]) == ("connell", ["connell-KS4-2025"])
        assert "permission was for cansfield" in told["remark"]
        live = trust.room.read(lambda work: work.consents.live(who, Purpose.TRACKING))
        assert live is None

    def test_keeps_a_permission_that_covers_the_trust(self, trust, who, reference):
        covers = ("--permission-covers", "the form names the trust")
        told = trust.json("person", "move", reference, "--to", "connell", *covers)

        assert told["remark"] is None
        assert trust.room.read(lambda work: work.consents.live(who, Purpose.TRACKING))

    def test_to_a_school_that_is_not_there_is_refused(self, counter, reference):
        assert "no school 'nowhere'" in counter.refused(
            "person", "move", reference, "--to", "nowhere"
        )


class TestRetention:
    def test_lists_nobody_while_tracking_lasts(self, counter, who):
        assert counter.json("retention") == []
        assert "Nobody" in counter.run("retention").stderr

    def test_lists_who_is_due_and_from_when(self, counter, reference):
        (row,) = counter.json("retention", "--on", "2028-12-01")

        assert (row["alumnus"], row["cohort"]) == (reference, COHORT)
        assert (row["ended"], row["erase_from"]) == ("2028-08-31", "2028-11-29")
        assert (row["due"], row["erased"]) == (True, False)
        assert "Amina" not in counter.run("retention", "--on", "2028-12-01").output

    def test_a_longer_grace_is_a_setting(self, counter, who):
        counter.config.write_text(SETTINGS + "[retention]\nkeep_days = 400\n")

        (row,) = counter.json("retention", "--on", "2028-12-01")

        assert (row["erase_from"], row["due"]) == ("2029-10-05", False)

    def test_erases_those_who_are_due_and_notes_who_did(self, counter, who, reference):
        with freezegun.freeze_time(datetime(2028, 12, 1, 12)):
            held = counter.room.write(joins, "Ben Shaw")
            counter.room.write(lambda work: work.alumni.hold(held, datetime.now().astimezone()))
        rows = self.later(counter, "retention", "--erase", "--yes", "--by", "Mr Reid")

        assert {each["kept_for"]: each["erased"] for each in rows} == {None: True, "held": False}
        assert counter.room.read(lambda work: work.alumni.get(who)) is None
        deed = counter.room.read(lambda work: work.audit.of(who))[-1]
        assert (deed.action, deed.by) == ("erase", "Mr Reid")
        assert (counter.config.parent / "secrets" / "erasures.log").read_text().count("\n") == 1

    def test_keeps_who_was_held_while_it_asked(self, counter, who):
        day, noon = date(2028, 12, 1), datetime(2028, 12, 1, 12, tzinfo=UTC)

        def gone(work):
            return _gone(work, person, "Mr Reid", day, 90, noon)

        person = counter.room.read(lambda work: work.alumni.get(who))
        counter.room.write(lambda work: work.alumni.hold(who, noon))

        assert not counter.room.write(gone)
        counter.room.write(lambda work: work.alumni.release(who))
        assert counter.room.write(gone)
        assert counter.room.read(lambda work: work.alumni.get(who)) is None

    def test_asks_before_it_erases(self, counter, who):
        with freezegun.freeze_time(datetime(2028, 12, 1, 12)):
            done = counter.invoke("retention", "--erase", typed="n\n")

        assert done.exit_code == 1
        assert counter.room.read(lambda work: work.alumni.get(who)) is not None

    def test_erases_as_of_today_only(self, counter, who):
        assert "--on" in counter.refused("retention", "--erase", "--on", "2028-12-01")

    @staticmethod
    def later(counter, *words):
        with freezegun.freeze_time(datetime(2028, 12, 1, 12)):
            done = counter.invoke(*words, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)


class TestAcceptingARow:
    @pytest.fixture
    def row(self, counter):
        """A row without a year and an agreement, with the flag about it."""

        def stored(work):
            person = cast.somebody()
            work.alumni.add(person, "amina")
            flagged(work, person.id, FlagKind.IMPORT_REVIEW)
            return person.id

        return counter.room.write(stored)

    def facts(self, counter, who):
        cohorts = counter.room.read(lambda work: work.cohorts.of(who))
        consents = counter.room.read(lambda work: work.consents.of(who))
        return [each.cohort.id for each in cohorts], [each.wording for each in consents]

    def test_by_a_command_gives_it_what_it_lacks(self, counter, row):
        told = ("--cohort", COHORT, "--agreed", "paper form, in the file", "--wording", "form_a")
        counter.json("flags", "close", "1", "--decision", "accept", *told)

        assert self.facts(counter, row) == ([COHORT], ["form_a"])

    def test_in_the_walk_does_the_same(self, counter, row):
        shown = counter.run("review", typed=f"m\n{COHORT}\npaper form\nform_a\n")

        assert "1 decided" in shown.stdout
        assert self.facts(counter, row) == ([COHORT], ["form_a"])

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            pytest.param("m\n\n\nq\n", "Nothing added", id="nothing typed"),
            pytest.param("m\n2025\n\nq\n", "is no cohort", id="no cohort"),
            pytest.param("m\nlha-KS4-2025\n\nq\n", "no school 'lha'", id="an unknown school"),
            pytest.param("m\n\npaper\nform_b\nq\n", "no wording 'form_b'", id="no wording"),
        ],
    )
    def test_in_the_walk_stays_open_where_it_is_wrong(self, counter, row, typed, said):
        shown = counter.run("review", typed=typed)

        assert said in shown.stdout
        assert "0 decided" in shown.stdout
        assert self.facts(counter, row) == ([], [])

    def test_another_kind_of_flag_has_nothing_to_mend(self, counter, who):
        counter.room.write(flagged, who, FlagKind.QUESTION)

        assert "0 decided" in counter.run("review", typed="m\nq\n").stdout
