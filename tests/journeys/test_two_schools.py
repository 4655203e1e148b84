"""A trust: two schools in one service, and command by command nothing of one shows in the other."""

import csv
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from contact.alumnus import Alumnus, Profile
from contact.flag import FlagKind
from contact.flagging import raise_flag
from contact.school import School
from followup.cli import app
from followup.passes import one_pass
from followup.wiring import House
from storage.people import new_reference
from tests.fakes import twilio_gateway as twilio
from tests.fakes.mail_server import mail_server
from tests.journeys.world import AMINA, BEN, CHIDI, STRANGER, World, frozen, london

OKAFOR, REID, TRUST = "Miss Okafor", "Mr Reid", "Mx Trust"
NUMBERS = {"cansfield": "+447700900901", "connell": "+447700900902"}
STAFF = {"cansfield": OKAFOR, "connell": REID}
NAMES = {"cansfield": "Amina Yusuf", "connell": "Benedict Shaw"}
#: What must not be seen by the staff of the other school.
SECRETS = {
    "cansfield": ("Amina", "Yusuf", "cansfield", OKAFOR, AMINA),
    "connell": ("Benedict", "Shaw", "connell", REID, BEN),
}
OTHER = {"cansfield": "connell", "connell": "cansfield"}
SCHOOLS = sorted(NUMBERS)
AGREEMENT = (
    "We need your agreement to store your personal details and to contact you by phone "
    "(text/call) and email for 3 years after you leave. Do you agree?"
)
HEADINGS = ("Timestamp", "Name", "Date of Birth", "Year of leaving school", "Phone", AGREEMENT)


def trust(gateway: str, url: str) -> str:
    """The settings of two schools, each with its own procedure, number, contacts and staff."""
    schools = "".join(
        f"""
        [[school]]
        id = "{name}"
        name = "{name.capitalize()} High School"
        short_name = "{name.capitalize()}"
        procedure = "{procedure}"
        wording = "form_a"
        staff = ["{STAFF[name]}"]
        sms_sender = "{NUMBERS[name]}"
        careers_contact = "careers@{name}.example.org"
        safeguarding_contact = "lead@{name}.example.org"
        reminders_to = "careers@{name}.example.org"
        """
        for name, procedure in (("cansfield", "cansfield"), ("connell", "termly"))
    )
    return f"""
        [service]
        public_url = "https://followup.example.org"
        log_level = "error"
        staff = ["{TRUST}"]
        [storage]
        url = "{url}"
        [sms]
        gateway = "twilio"
        account_sid = "{twilio.ACCOUNT}"
        from_number = "{twilio.SENDER}"
        api_base = "{gateway}"
        allow_drama_numbers = true
        [telegram]
        bot_username = "trust_bot"
        {schools}
    """


class Trust(World):
    """A world with two schools, in which commands are typed by name."""

    def types(self, who: str | None, *argv: object) -> Any:
        """What a command gives to whoever types it, with its output whole."""
        by = () if who is None else ("--by", who)
        line = ["--config", str(self.config), *map(str, argv), *by]
        return CliRunner().invoke(app, line, catch_exceptions=False)

    def gives(self, who: str, *argv: object) -> Any:
        """The JSON of a command that works."""
        done = self.types(who, *argv, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def leaver(self, school: str, name: str, phone: str, born: str = "14/03/2009") -> Alumnus:
        """Somebody whom the school's form brings in."""
        file = self.config.parent / f"{school}-{phone[1:]}.csv"
        row = ("09/06/2025 09:00", name, born, "2025", phone, "Yes, I agree")
        with file.open("w", newline="") as stream:
            csv.writer(stream).writerows([HEADINGS, row])
        told = self.gives(STAFF[school], "import", "leavers", file, "--school", school)
        reference = told["rows"][0]["reference"]
        found: Alumnus | None = self.read(lambda work: work.alumni.by_reference(reference))
        assert found is not None
        return found

    def texts_to(self, school: str, phone: str, text: str) -> None:
        """Somebody texts the number of a school."""
        assert self.says(phone, text, To=NUMBERS[school]) == 204

    def sent_from(self, school: str) -> list[str]:
        """What went out from a school's number."""
        return [each.body for each in self.sms.texts if each.fields["From"] == NUMBERS[school]]


@pytest.fixture(params=["sqlite_url", "furnished_postgres_url"], ids=["sqlite", "postgresql"])
def both(request, home: Path, gateway) -> Iterator[Trust]:
    """Monday 3 November 2025 in a trust, on either database."""
    url = request.getfixturevalue(request.param)
    config = home / "config.toml"
    config.write_text(trust(gateway.url, url))
    with frozen(london(2025, 11, 3, 16, 30)) as clock:
        made = Trust(config, clock, gateway)
        yield made
        made.close()


@pytest.fixture
def people(both: Trust) -> dict[str, Alumnus]:
    """One leaver of each school, asked, with something for staff to look at."""
    phones = {"cansfield": AMINA, "connell": BEN}
    found = {name: both.leaver(name, NAMES[name], phones[name]) for name in SCHOOLS}
    both.tick()
    both.later(minutes=10)
    for name in SCHOOLS:
        both.texts_to(name, phones[name], "can you ring me please")
    both.tick()
    return found


def shows_nothing_of(school: str, said: str) -> bool:
    """Whether nothing of ``school`` stands in what a command printed."""
    return not [each for each in SECRETS[school] if each.casefold() in said.casefold()]


LISTS = (
    ("flags", "list"),
    ("flags", "list", "--all"),
    ("due",),
    ("due", "--on", "2026-01-12"),
    ("agenda", "--until", "2026-12-31"),
    ("cohort", "list"),
    ("cohort", "roll-over"),
    ("retention", "--on", "2029-01-01"),
    ("optouts", "compare"),
    ("doctor", "--offline"),
    ("person", "find", "a"),
)


def test_every_list_shows_a_school_its_own_and_nothing_of_the_other(both, people):
    for name, command in product(SCHOOLS, LISTS):
        document = both.types(STAFF[name], *command, "--json")

        for said in (both.types(STAFF[name], *command).output, document.output):
            assert shows_nothing_of(OTHER[name], said), (command, said)
        if command[0] in ("flags", "due", "retention", "person"):
            assert people[name].reference in document.stdout
            assert people[OTHER[name]].reference not in document.stdout


def test_the_trust_sees_both_and_may_look_at_one(both, people):
    whole = both.gives(TRUST, "flags", "list")
    one = both.gives(TRUST, "flags", "list", "--school", "connell")

    assert {each["alumnus"] for each in whole} == {each.reference for each in people.values()}
    assert {each["alumnus"] for each in one} == {people["connell"].reference}


def test_the_other_school_cannot_be_asked_for_by_name(both, people):
    for command in (*LISTS, ("review",)):
        done = both.types(OKAFOR, *command, "--school", "connell")

        assert (done.exit_code, done.stdout) == (1, ""), command
        assert "not on the staff" in done.stderr


def test_nobody_is_looked_up_without_a_name(both, people):
    for command in (("flags", "list"), ("person", "find", "a"), ("due",), ("review",)):
        done = both.types(None, *command)

        assert (done.exit_code, done.stdout) == (1, "")
        assert "--by NAME" in done.stderr


def refused_as_unknown(both: Trust, who: str, *command: object) -> None:
    """A command about somebody of the other school is as if there were nobody."""
    done = both.types(who, *command)

    assert done.exit_code == 1, done.output
    assert done.stdout == ""
    assert "There is no" in done.stderr or "Nobody has" in done.stderr
    assert not [each for each in NAMES.values() if each in done.output]


def test_a_person_of_the_other_school_is_nobody_in_every_command(both, people, tmp_path):
    theirs = people["connell"].reference
    for command in (
        ("person", "show", theirs),
        ("person", "hold", theirs),
        ("person", "release", theirs),
        ("person", "withdraw", theirs),
        ("person", "correct", theirs, "--name", "Somebody Else"),
        ("person", "export", theirs, "--out", tmp_path / "out.json"),
        ("person", "erase", theirs, "--yes"),
        ("person", "link", theirs),
        ("person", "roll", theirs, "on"),
        ("person", "move", theirs, "--to", "cansfield"),
        ("attempts", "log", theirs, "--channel", "phone", "--outcome", "no_answer"),
        ("destination", "record", theirs, "--code", "230", "--source", "staff"),
        ("due", "--why", theirs),
    ):
        refused_as_unknown(both, OKAFOR, *command)

    assert not (tmp_path / "out.json").exists()
    assert both.gives(REID, "person", "show", theirs)["alumnus"]["name"] == NAMES["connell"]


def test_a_flag_and_a_case_of_the_other_school_are_not_there(both, people):
    (flag,) = both.gives(REID, "flags", "list")
    case = both.gives(REID, "person", "show", people["connell"].reference)["cases"][0]["id"]
    for command in (
        ("flags", "show", flag["id"]),
        ("flags", "take", flag["id"]),
        ("flags", "close", flag["id"], "--decision", "call_made"),
        ("case", "show", case),
        ("case", "close", case, "--reason", "no"),
    ):
        refused_as_unknown(both, OKAFOR, *command)

    assert both.gives(REID, "flags", "show", flag["id"])["closed_at"] is None


def test_a_walk_through_the_flags_meets_only_ones_own(both, people):
    for name in SCHOOLS:
        done = both.types(STAFF[name], "review")

        assert "1 of 1" in done.stdout
        assert shows_nothing_of(OTHER[name], done.stdout)


def test_a_sheet_of_invitations_is_for_ones_own_cohorts(both, people):
    mine = both.types(OKAFOR, "links", "print", "--cohort", "cansfield-KS4-2025")
    theirs = both.types(OKAFOR, "links", "print", "--cohort", "connell-KS4-2025")

    assert NAMES["cansfield"] in mine.stdout
    assert shows_nothing_of("connell", mine.output)
    assert (theirs.exit_code, theirs.stdout) == (1, "")
    assert "there are: cansfield-KS4-2025." in theirs.stderr


@pytest.mark.parametrize("what", [("leavers",), ("roll", "--year", "12")], ids=["form", "roll"])
def test_nobody_imports_for_the_other_school(both, people, tmp_path, what):
    (tmp_path / "some.csv").write_text("Name,Date of Birth\nA B,01/01/2009\n")
    before = len(both.gives(REID, "person", "find", "a"))

    done = both.types(
        OKAFOR, "import", what[0], tmp_path / "some.csv", "--school", "connell", *what[1:]
    )

    assert (done.exit_code, done.stdout) == (1, "")
    assert len(both.gives(REID, "person", "find", "a")) == before


def test_a_channel_that_all_share_is_for_those_who_see_all(both, people):
    assert both.types(OKAFOR, "channels", "resume", "sms").exit_code == 1
    assert both.types(TRUST, "channels", "resume", "sms").exit_code == 0


def test_somebody_moves_only_where_whoever_does_it_may_look(both, people):
    mine = people["cansfield"].reference
    done = both.types(OKAFOR, "person", "move", mine, "--to", "connell")
    assert "not on the staff" in done.stderr

    both.gives(TRUST, "person", "move", mine, "--to", "connell")

    refused_as_unknown(both, OKAFOR, "person", "show", mine)
    shown = both.gives(REID, "person", "show", mine)
    assert shown["alumnus"]["cohorts"] == ["connell-KS4-2025"]
    assert [each["school"] for each in [shown["alumnus"]]] == ["connell"]
    assert both.gives(OKAFOR, "flags", "list") == []


def test_each_school_texts_from_its_own_number_in_its_own_name(both, people):
    for name in SCHOOLS:
        said = both.sent_from(name)

        assert said
        assert all(shows_nothing_of(OTHER[name], text) for text in said)
        assert any(name.capitalize() in text for text in said)
    assert {each.fields["From"] for each in both.sms.texts} == set(NUMBERS.values())


class TestOnePhoneForTwoSchools:
    @pytest.fixture
    def siblings(self, both):
        """Amina of Cansfield and Benedict of Connell, who share a phone."""
        both.at(london(2025, 8, 4, 12))
        return {name: both.leaver(name, NAMES[name], CHIDI) for name in SCHOOLS}

    def test_a_text_to_a_schools_number_is_its_own_alumnuss(self, both, siblings):
        for name in SCHOOLS:
            both.texts_to(name, CHIDI, f"i want to end my life {name}")
        both.tick()

        for name in SCHOOLS:
            (reply,) = both.replies(siblings[name])
            assert reply.text == f"i want to end my life {name}"
            (mine,) = both.gives(STAFF[name], "flags", "list", "--kind", "worry")
            assert mine["alumnus"] == siblings[name].reference
            assert all(shows_nothing_of(OTHER[name], text) for text in both.sent_from(name))

    def test_a_text_to_the_shared_number_is_for_the_trust_and_nobody_is_named(self, both, siblings):
        assert both.says(CHIDI, "hiya its me from connell") == 204
        both.tick()

        assert both.sms.bodies(CHIDI) == []
        for name in SCHOOLS:
            assert both.replies(siblings[name]) == []
            kinds = [each["kind"] for each in both.gives(STAFF[name], "flags", "list")]
            assert "unknown_sender" not in kinds
        (flag,) = both.gives(TRUST, "flags", "list", "--kind", "unknown_sender")
        assert flag["alumnus"] is None
        assert "connell" in flag["text"]

    def test_a_stop_there_stops_both_and_tells_each_school_of_its_own(self, both, siblings):
        both.says(CHIDI, "STOP")
        both.tick()

        for name in SCHOOLS:
            (flag,) = both.gives(STAFF[name], "flags", "list", "--kind", "shared_stop")
            assert flag["alumnus"] == siblings[name].reference
            assert flag["text"] is None
            assert both.standings(siblings[name]) == ["opted_out"]

    def test_a_worry_there_is_urgent_at_both_and_names_neither(self, both, siblings):
        both.says(CHIDI, "i want to kill myself")
        both.tick()

        (signpost,) = both.sms.bodies(CHIDI)
        assert "999" in signpost
        assert "your school" in signpost
        assert all(shows_nothing_of(name, signpost) for name in SCHOOLS)
        for name in SCHOOLS:
            (flag,) = both.gives(STAFF[name], "flags", "list", "--severity", "urgent")
            assert flag["alumnus"] == siblings[name].reference


class TestAStranger:
    def test_who_texts_a_schools_number_is_that_schools(self, both):
        both.texts_to("connell", STRANGER, "who is this?")

        assert [each["kind"] for each in both.gives(REID, "flags", "list")] == ["unknown_sender"]
        assert both.gives(OKAFOR, "flags", "list") == []

    def test_who_texts_the_trusts_number_is_the_trusts(self, both):
        both.says(STRANGER, "who is this?")

        assert both.gives(REID, "flags", "list") == both.gives(OKAFOR, "flags", "list") == []
        assert [each["kind"] for each in both.gives(TRUST, "flags", "list")] == ["unknown_sender"]

    def test_in_danger_is_every_schools_unless_they_texted_one(self, both):
        both.says(STRANGER, "i want to kill myself")
        both.texts_to("connell", BEN, "i want to kill myself")

        kinds = {name: both.gives(STAFF[name], "flags", "list") for name in SCHOOLS}
        assert [each["kind"] for each in kinds["cansfield"]] == ["worry"]
        assert [each["kind"] for each in kinds["connell"]] == ["worry", "worry", "unknown_sender"]


@pytest.mark.parametrize("kind", ["sqlite_url", "furnished_postgres_url"])
async def test_each_school_is_told_and_reminded_of_its_own(home, gateway, request, kind):
    url = request.getfixturevalue(kind)
    noon = london(2025, 11, 4, 12)
    async with mail_server() as server:
        config = home / "config.toml"
        mail = f"""
            [email]
            host = "127.0.0.1"
            port = {server.port}
            sender = "followup@example.org"
        """
        config.write_text(trust(gateway.url, url) + mail)
        house = House.at(config)
        for name in SCHOOLS:
            await house.memory.write(worried, house.schools[name], noon)
        for minutes in (0, 1, 20):
            await one_pass(house, noon + timedelta(minutes=minutes))
        house.close()

    told = {address: server.recipients.count(address) for address in server.recipients}
    mailboxes = {f"{who}@{name}.example.org" for who in ("lead", "careers") for name in SCHOOLS}
    assert told == dict.fromkeys(mailboxes, 1)
    for letter in server.taken:
        name = str(letter["To"]).partition("@")[2].partition(".")[0]
        assert shows_nothing_of(OTHER[name], letter.as_string())
        assert NAMES[name].split()[0] not in letter.as_string()


def worried(work: Any, school: School, now: datetime) -> None:
    """Staff of a school must look at somebody at once."""
    person = Alumnus(uuid4(), new_reference(), school.id, Profile(NAMES[school.id]), now)
    work.alumni.add(person, None)
    raise_flag(work, FlagKind.WORRY, school, now, alumnus=person.id)
