"""The commands that keep a home in order: founded once, examined, backed up, and its agenda."""

import json
import re
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import freezegun
import pytest
from typer.testing import CliRunner, Result

from contact.address import Address, ChannelName
from contact.errors import NotAllowed
from contact.message import Delivery
from contact.standing import ChannelStop
from followup.cli import app
from followup.founding import example, found, write_new
from followup.wiring import House, key_file
from tests.cast import add
from tests.followup.office import Office, founded, office
from tests.storage.cast import message

__all__ = ["founded", "office"]

NOW = datetime(2025, 11, 4, 10, 0, tzinfo=UTC)


def run(home: Path | Office, *words: object) -> Result:
    """Type a command at ``NOW``; an unexpected fault fails the test with its traceback."""
    config = home.config if isinstance(home, Office) else home / "config.toml"
    with freezegun.freeze_time(NOW):
        done = CliRunner().invoke(app, [*map(str, words), "--config", str(config)])
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def told(home: Path | Office, *words: object) -> str:
    """What a command that works says to people."""
    done = run(home, *words)
    assert done.exit_code == 0, done.output
    return done.stderr


def document(home: Path | Office, *words: object):
    """The one JSON document of a command that works."""
    done = run(home, *words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def refused(home: Path | Office, *words: object) -> str:
    """The one line of a command that refuses."""
    done = run(home, *words)
    assert done.exit_code == 1, done.output
    (line,) = done.stderr.splitlines()
    return line


class TestInit:
    def test_makes_settings_key_and_database_and_says_where_they_are(self, tmp_path):
        made = document(tmp_path, "init", "--dir", tmp_path / "home")

        home = tmp_path / "home"
        assert made == {
            "config": str(home / "config.toml"),
            "key_file": str(home / "secrets" / "followup_key"),
            "database": str(home / "followup.db"),
        }
        assert all(Path(each).is_file() for each in made.values())
        assert (home / "config.toml").read_text("utf-8") == example()

    def test_only_its_owner_can_read_the_key(self, founded):
        key = founded.config.parent / "secrets" / "followup_key"

        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700

    def test_what_it_made_passes_the_doctor(self, tmp_path):
        home = found(tmp_path / "home")

        said = told(home.config.parent, "doctor", "--offline")

        assert [line.split()[0] for line in said.splitlines()] == [*["ok"] * 8, "note", "ok"]

    @pytest.mark.parametrize("part", ["config.toml", "followup.db", "secrets/followup_key"])
    def test_never_overwrites_any_part_of_a_home(self, tmp_path, part):
        there = tmp_path / "home" / part
        there.parent.mkdir(parents=True)
        there.write_text("mine")

        line = refused(tmp_path, "init", "--dir", tmp_path / "home")

        assert "never overwrites" in line
        assert there.read_text() == "mine"
        assert [each for each in (tmp_path / "home").rglob("*") if each.is_file()] == [there]

    def test_takes_the_key_that_is_set_already(self, tmp_path, monkeypatch, master_key):
        monkeypatch.setenv("FOLLOWUP_KEY", master_key)

        home = found(tmp_path / "home")

        assert home.key_file.read_text().strip() == master_key

    def test_a_place_that_cannot_be_made_is_one_clear_line(self, tmp_path):
        (tmp_path / "file").write_text("")

        line = refused(tmp_path, "init", "--dir", tmp_path / "file" / "home")

        assert str(tmp_path / "file" / "home") in line
        assert "cannot be" in line
        assert (tmp_path / "file").read_text() == ""

    def test_a_new_file_is_new_or_it_is_not_written(self, tmp_path):
        write_new(tmp_path / "a", "mine", 0o600)

        with pytest.raises(NotAllowed, match="is there already"):
            write_new(tmp_path / "a", "theirs", 0o600)
        with pytest.raises(NotAllowed, match="cannot be written"):
            write_new(tmp_path / "b" / "c", "nowhere", 0o600)
        assert (tmp_path / "a").read_text() == "mine"


class TestDoctor:
    @pytest.fixture(autouse=True)
    def private(self, office):
        """The copy of the key is as private as the original."""
        (office.config.parent / "secrets" / "followup_key").chmod(0o600)

    def examined(self, office) -> dict[str, tuple[bool, str]]:
        done = run(office, "doctor", "--offline", "--json")
        checks = json.loads(done.stdout)["checks"]
        assert done.exit_code == (0 if all(each["ok"] for each in checks) else 1)
        return {each["name"]: (each["ok"], each["detail"]) for each in checks}

    def test_finds_nothing_wrong_with_a_new_home(self, office):
        seen = self.examined(office)

        assert list(seen) == [
            "config", "key", "database", "clock", "procedures", "languages", "secrets", "flags",
            "terms", "agenda",
        ]  # fmt: skip
        assert seen["languages"][1] == "English everywhere"
        assert all(well for well, _ in seen.values())
        assert seen["clock"][1] == "it is Tue 04 Nov 2025 10:00 in London; no pass yet"

    def test_warns_of_a_language_that_no_speaker_has_checked(self, office):
        office.settings("languages = []", 'languages = ["pl", "cy"]')

        assert self.examined(office)["languages"] == (
            True,
            "cansfield: English, pl, cy. WARNING: no speaker has checked the wording in cy, pl yet",
        )

    def test_asks_the_gateways_unless_it_is_told_not_to(self, office):
        checks = document(office, "doctor")["checks"]

        assert [each["name"] for each in checks][-1] == "sms"

    def test_says_when_the_clock_last_passed(self, office):
        told(office, "tick")

        assert self.examined(office)["clock"][1].endswith("last pass 04 Nov 10:00")

    def test_sees_a_key_that_others_can_read(self, office):
        key = office.config.parent / "secrets" / "followup_key"
        key.chmod(0o644)

        assert self.examined(office)["key"] == (
            False,
            f"{key} can be read by others: run chmod 600 {key}.",
        )

    def test_sees_a_key_that_is_not_this_databases(self, office):
        from storage.crypto import new_master_key

        (office.config.parent / "secrets" / "followup_key").write_text(new_master_key())

        well, said = self.examined(office)["database"]
        assert not well
        assert "key" in said

    def test_sees_that_the_key_is_gone(self, office):
        (office.config.parent / "secrets" / "followup_key").unlink()

        well, said = self.examined(office)["key"]
        assert (well, "FOLLOWUP_KEY is missing" in said) == (False, True)

    def test_sees_that_no_school_is_configured(self, office):
        text = office.config.read_text("utf-8")
        office.config.write_text(text.split("[[school]]")[0], "utf-8")

        assert self.examined(office)["procedures"][0] is False

    def test_sees_a_procedure_that_is_not_there(self, office):
        text = office.config.read_text("utf-8")
        office.config.write_text(re.sub("(?m)^procedure = .*$", 'procedure = "nowhere"', text))

        well, said = self.examined(office)["procedures"]
        assert (well, "nowhere" in said) == (False, True)

    @pytest.mark.parametrize(
        ("old", "new", "missing"),
        [
            pytest.param(
                'gateway = "sandbox"', 'gateway = "twilio"', "FOLLOWUP_TWILIO_AUTH_TOKEN", id="sms"
            ),
            pytest.param("enabled = false", "enabled = true", "FOLLOWUP_TELEGRAM_TOKEN", id="bot"),
            pytest.param('host = ""', 'host = "127.0.0.1"', "[email] sender", id="mail"),
        ],
    )
    def test_sees_which_secret_the_settings_lack(self, office, old, new, missing):
        office.settings(old, new)

        well, said = self.examined(office)["secrets"]
        assert (well, missing in said) == (False, True)

    def test_looks_at_nothing_else_where_the_settings_are_wrong(self, office):
        office.config.write_text("[nonsense]")

        assert list(self.examined(office)) == ["config"]


class TestTheDatabase:
    def test_upgrading_again_changes_nothing(self, office):
        before = office.database.read_bytes()

        assert "this program's version" in told(office, "db", "upgrade")

        assert office.database.read_bytes() == before

    def test_a_backup_put_back_is_as_it_was_but_for_who_was_erased_since(self, office, tmp_path):
        amina, ben = (office.change(add, name) for name in ("Amina Yusuf", "Ben Shaw"))
        names = [office.ask(lambda work, who=who: work.alumni.get(who).reference)
                 for who in (amina, ben)]  # fmt: skip
        told(office, "db", "backup", tmp_path / "copy")
        told(office, "person", "erase", names[0], "--yes")
        told(office, "person", "hold", names[1])

        assert "move it away first" in refused(office, "db", "restore", tmp_path / "copy")

        office.database.rename(tmp_path / "broken")
        said = told(office, "db", "restore", tmp_path / "copy")

        assert "; 1 people who were erased since were erased again." in said
        assert office.ask(lambda work: work.alumni.get(amina)) is None
        assert office.ask(lambda work: work.alumni.get(ben).held_since) is None

    def test_a_backup_never_overwrites(self, office, tmp_path):
        (tmp_path / "copy").write_text("mine")

        assert "copy" in refused(office, "db", "backup", tmp_path / "copy")
        assert (tmp_path / "copy").read_text() == "mine"

    @pytest.mark.parametrize("content", [None, b"", b"not a database"])
    def test_what_is_no_backup_is_not_put_back(self, office, tmp_path, content):
        who = office.change(add, "Amina Yusuf")
        if content is not None:
            (tmp_path / "copy").write_bytes(content)

        office.database.rename(tmp_path / "aside")
        refused(office, "db", "restore", tmp_path / "copy")

        assert not office.database.exists()
        (tmp_path / "aside").rename(office.database)
        assert office.ask(lambda work: work.alumni.get(who)) is not None


class TestAgenda:
    @pytest.fixture(autouse=True)
    def written_procedure(self, office):
        """A procedure that names what people must do."""
        text = office.config.read_text("utf-8")
        office.config.write_text(re.sub("(?m)^procedure = .*$", 'procedure = "cansfield"', text))

    def test_says_what_people_must_do_by_when(self, office):
        rows = document(office, "agenda", "--from", "2025-09-01", "--until", "2026-08-31")

        assert rows
        assert [row["due"] for row in rows] == sorted(row["due"] for row in rows)
        assert all("2025-09-01" <= row["due"] <= "2026-08-31" for row in rows)
        assert set(rows[0]) == {
            "school", "leavers", "year", "name", "text", "who", "from", "due", "work_by", "by",
            "reach", "support_groups", "return", "done", "overdue", "escalate_to",
        }  # fmt: skip
        assert {row["overdue"] for row in rows if row["due"] < "2025-11-04"} <= {True}
        assert {row["overdue"] for row in rows if row["due"] >= "2025-11-04"} <= {False}

    def test_looks_four_months_ahead_where_nothing_is_said(self, office):
        rows = document(office, "agenda")

        last = (NOW.date() + timedelta(days=120)).isoformat()
        assert all("2025-11-04" <= row["due"] <= last for row in rows)

    def test_is_a_table_for_people(self, office):
        done = run(office, "agenda", "--from", "2025-09-01", "--until", "2026-08-31")

        assert done.exit_code == 0
        assert "cansfield" in done.stdout

    def test_says_so_where_nothing_is_due(self, office):
        assert told(office, "agenda", "--from", "1990-01-01", "--until", "1990-01-02") == (
            "Nothing is due in that time.\n"
        )

    def test_writes_a_calendar_once(self, office, tmp_path):
        file = tmp_path / "agenda.ics"

        told(office, "agenda", "--ics", file)

        assert file.read_bytes().startswith(b"BEGIN:VCALENDAR")
        assert "overwritten" in refused(office, "agenda", "--ics", file)

    def test_a_school_that_is_none_is_one_clear_line(self, office):
        assert "There is no school 'nowhere'" in refused(office, "agenda", "--school", "nowhere")

    @pytest.mark.parametrize("words", [("--from", "soon"), ("--until", "2026-02-30")])
    def test_a_day_that_is_none_is_wrong_usage(self, office, words):
        done = run(office, "agenda", *words)

        assert done.exit_code == 2
        assert "is no date" in done.stderr


class TestTheOthers:
    def test_a_tick_counts_what_it_did_by_the_names_of_the_contract(self, office):
        assert list(document(office, "tick")) == [
            "opened", "planned", "sent", "failed", "unsure", "closed", "unknown",
        ]  # fmt: skip
        assert told(office, "tick").startswith("0 opened, 0 planned, 0 sent")

    def test_channels_say_which_of_them_rest(self, office):
        stop = ChannelStop(ChannelName.SMS, NOW, NOW + timedelta(hours=1), "20003", 2)
        office.change(lambda work: work.house.stop(stop))

        (sms,) = document(office, "channels", "list")

        assert (sms["state"], sms["code"], sms["failures"]) == ("resting", "20003", 2)
        assert "resting" in run(office, "channels", "list").stdout

    def test_a_channel_whose_rest_is_over_is_open(self, office):
        stop = ChannelStop(ChannelName.SMS, NOW - timedelta(days=1), NOW, "503")
        office.change(lambda work: work.house.stop(stop))

        assert document(office, "channels", "list")[0]["state"] == "open"

    def test_lists_of_opt_outs_that_agree_are_said_to(self, office):
        assert document(office, "optouts", "compare") == []
        assert "agree" in told(office, "optouts", "compare")

    def test_a_number_that_twilio_alone_stops_is_shown_without_the_number(self, office):
        def refuse(work):
            who = add(work, "Amina Yusuf")
            met = work.addresses.meet(ChannelName.SMS, "+447700900001", uuid4())
            place = Address(uuid4(), who, met.id, ChannelName.SMS, "+447700900001")
            work.addresses.add(place)
            work.messages.plan(
                message(who, address=place.id, delivery=Delivery.UNDELIVERABLE, claimed_at=NOW,
                        settled_at=NOW, code="21610")
            )  # fmt: skip

        office.change(refuse)

        (row,) = document(office, "optouts", "compare")
        assert (row["only"], row["evidence"]["what"]) == ("twilio", "21610")
        shown = run(office, "optouts", "compare").stdout
        assert "21610" in shown
        assert "7700900001" not in shown

    def test_settings_that_are_not_there_are_one_clear_line(self, tmp_path):
        assert "followup init" in refused(tmp_path, "due")

    def test_a_house_knows_its_parts_by_its_settings(self, office):
        house = House.at(office.config)

        assert house.erasures == office.config.parent / "secrets" / "erasures.log"
        assert key_file(house.settings).name == "followup_key"
        assert house.desk.channels == {ChannelName.SMS}
        assert house.desk.callback(uuid4()) is None
        house.close()
