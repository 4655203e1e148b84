"""A leavers' row is stored once, the newest form decides, and nobody who said stop is revived."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.address import ChannelName, Standing
from contact.alumnus import Cohort, KeyStage
from contact.consent import Purpose, Wording
from contact.destination import Source
from contact.enrolling import Change, Enrolment, enrol_all, weigh
from contact.flag import FlagKind, Severity
from contact.hours import Hours
from contact.intake import FormRow, Seen, judge
from contact.school import School
from contact.withdrawal import consent_again, stop_endpoint, withdraw
from storage.memory import open_memory
from storage.people import new_reference
from storage.upgrade import upgrade
from tests.storage.cast import seen, written

NOW = datetime(2025, 9, 1, 10, 0, tzinfo=UTC)
HOURS = Hours(time(9), time(19, 30), frozenset(range(6)), lambda _: False)
SCHOOL = School("cansfield", "Cansfield High School", "Cansfield", HOURS)
FORM_A = Wording("form_a", "Do you agree?", (Purpose.TRACKING,))
TERMS = Enrolment(SCHOOL, FORM_A, new_reference)
AMINA = FormRow(
    timestamp="09/06/2025 09:00",
    name="Amina Testwell",
    born_on="14/02/2009",
    leaving_year="2025",
    email="amina@example.org",
    phone="07700 900101",
    destination="Sixth form",
    course="Biology",
    level="3",
    provider_name="Sampleton College",
    start="September 2025",
    duration="2 yrs",
    consent="Yes, I agree",
)
LATER = "10/06/2025 09:00"
EARLIER = "08/06/2025 09:00"


def row(**changes) -> FormRow:
    return replace(AMINA, **changes)


def enrol_rows(work, rows, terms=TERMS, now=NOW):
    """Store ``rows`` as the rows of one file."""
    met = Seen()
    known = terms.wording is not None
    judged = [judge(each, met, allow_drama=True, wording_known=known) for each in rows]
    return enrol_all(work, judged, terms, now)


def took_in(memory, *rows, terms=TERMS):
    """What became of each row, as a word."""
    return [
        each.change.value if each else None for each in written(memory, enrol_rows, rows, terms)
    ]


@pytest.fixture
def everybody(memory):
    """A function that gives all alumni by name."""

    def look():
        people = seen(memory, lambda work: list(work.alumni.everybody()))
        return {person.profile.name: person for person in people}

    return look


@pytest.fixture
def about(memory, everybody):
    """A function that gives what a repository knows of Amina, or of another."""

    def look(room, name="Amina Testwell"):
        who = everybody()[name].id
        return seen(memory, lambda work: getattr(work, room).of(who))

    return look


def may_be_asked(about, name="Amina Testwell"):
    return any(
        each.purpose is Purpose.TRACKING and each.withdrawn_at is None
        for each in about("consents", name)
    )


def phones(about, name="Amina Testwell"):
    return [each.value for each in about("addresses", name) if each.channel is ChannelName.SMS]


def test_a_new_leaver_is_stored_with_everything_the_form_says(memory, everybody, about):
    assert took_in(memory, AMINA) == ["created"]

    amina = everybody()["Amina Testwell"]
    assert (amina.school, amina.profile.born_on) == ("cansfield", date(2009, 2, 14))
    assert amina.as_of == datetime(2025, 6, 9, 8, 0, tzinfo=UTC)
    assert [each.cohort for each in about("cohorts")] == [Cohort("cansfield", KeyStage.KS4, 2025)]
    assert [(each.channel, each.value, each.position) for each in about("addresses")] == [
        (ChannelName.SMS, "+447700900101", 0),
        (ChannelName.EMAIL, "amina@example.org", 1),
    ]
    (plan,) = about("destinations")
    assert (plan.source, plan.code, plan.provider) == (Source.INTENDED, "210", "Sampleton College")
    assert (plan.course, plan.level, plan.start, plan.expected) == (
        "Biology", "3", "September 2025", "2 yrs",
    )  # fmt: skip
    assert [(deed.action, deed.by) for deed in about("audit")] == [("import", "import")]


def test_a_clear_yes_is_kept_with_its_evidence(memory, about):
    took_in(memory, AMINA)

    (given_,) = about("consents")
    assert (given_.purpose, given_.wording, given_.how) == (Purpose.TRACKING, "form_a", "form")
    assert given_.recorded_by == "import"
    assert given_.granted_at == datetime(2025, 6, 9, 8, 0, tzinfo=UTC)
    assert given_.until == date(2028, 8, 31)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="a good row"),
        pytest.param({"timestamp": ""}, id="no timestamp"),
        pytest.param({"born_on": ""}, id="no day of birth"),
        pytest.param({"born_on": "abc", "phone": ""}, id="known by the mailbox only"),
        pytest.param({"born_on": "12/08/1975"}, id="a parent's day of birth"),
        pytest.param({"leaving_year": "soon"}, id="no leaving year"),
        pytest.param({"consent": ""}, id="no answer"),
        pytest.param({"name": "=cmd()"}, id="a formula"),
        pytest.param({"phone": "O7700900101"}, id="letter O"),
    ],
)
def test_the_same_row_again_changes_nothing(memory, everybody, changes):
    took_in(memory, row(**changes))

    before = everybody()
    assert took_in(memory, row(**changes)) == ["unchanged"]
    assert everybody() == before


@pytest.mark.parametrize(
    ("changes", "asked"),
    [
        pytest.param({"consent": "No"}, False, id="refused"),
        pytest.param({"consent": ""}, False, id="missing"),
        pytest.param({"consent": "Yes but only by post"}, False, id="unclear"),
        pytest.param({}, True, id="a clear yes"),
        pytest.param({"phone": "0151 496 0123"}, True, id="a landline"),
    ],
)
def test_only_a_clear_yes_is_a_permission(memory, about, changes, asked):
    took_in(memory, row(**changes))

    assert may_be_asked(about) is asked


def test_without_a_known_wording_nobody_has_agreed_to_anything(memory, about):
    took_in(memory, AMINA, terms=replace(TERMS, wording=None))

    assert about("consents") == []
    assert [flag.detail for flag in about("flags")] == ["wording_unknown"]


def test_a_wording_gives_every_permission_it_asked_for_and_no_other(memory, about):
    both = Wording("both", "And news?", (Purpose.TRACKING, Purpose.ALUMNI_NEWS))

    took_in(memory, AMINA, terms=replace(TERMS, wording=both))

    assert {each.purpose for each in about("consents")} == {Purpose.TRACKING, Purpose.ALUMNI_NEWS}


@pytest.mark.parametrize(
    ("changes", "until"),
    [
        pytest.param({"leaving_year": "2026"}, date(2029, 8, 31), id="three years after leaving"),
        pytest.param({"leaving_year": "soon"}, date(2028, 8, 31), id="unknown: the form's year"),
        pytest.param({"leaving_year": "2095"}, date(2030, 8, 31), id="doubtful: not much longer"),
    ],
)
def test_a_permission_ends_three_years_after_leaving(memory, about, changes, until):
    took_in(memory, row(**changes))

    assert [each.until for each in about("consents")] == [until]


def test_a_doubtful_row_waits_for_staff_once(memory, about):
    doubtful = row(born_on="")

    took_in(memory, doubtful)
    took_in(memory, doubtful)

    (flag,) = about("flags")
    assert (flag.kind, flag.severity) == (FlagKind.IMPORT_REVIEW, Severity.ROUTINE)
    assert flag.detail == "dob_missing"
    assert about("cohorts") == []


def test_a_doubtful_leaving_year_makes_no_cohort_even_with_a_key_stage(memory, about):
    judged = judge(row(leaving_year="2095"), Seen(), allow_drama=True, key_stage=KeyStage.KS4)

    written(memory, enrol_all, [judged], TERMS, NOW)

    assert about("cohorts") == []


def test_a_row_that_staff_have_decided_is_not_put_before_them_again(memory, about):
    doubtful = row(born_on="")
    took_in(memory, doubtful)
    (flag,) = about("flags")
    written(memory, lambda work: work.flags.close(replace(flag, closed_at=NOW, closed_by="Sam")))

    took_in(memory, doubtful)

    assert [each.closed_by for each in about("flags")] == ["Sam"]


def test_a_rejected_row_leaves_nothing(memory, everybody):
    assert took_in(memory, row(name="")) == [None]
    assert everybody() == {}


def test_nobody_is_merged_on_a_phone_alone(memory, everybody):
    took_in(memory, AMINA, row(name="Ben Testwell"), row(born_on="15/02/2009"))

    people = seen(memory, lambda work: list(work.alumni.everybody()))
    assert sorted(person.profile.name for person in people) == [
        "Amina Testwell", "Amina Testwell", "Ben Testwell",
    ]  # fmt: skip


def test_people_of_another_school_are_other_people(memory):
    elsewhere = replace(TERMS, school=replace(SCHOOL, id="connell"))

    assert took_in(memory, AMINA) == ["created"]
    assert took_in(memory, AMINA, terms=elsewhere) == ["created"]


def test_a_family_phone_is_flagged_once(memory, about):
    family = [row(name=name) for name in ("Amina Mock", "Ben Mock", "Chidi Mock")]

    took_in(memory, *family)
    took_in(memory, *family)

    flags = seen(memory, lambda work: work.flags.list())
    assert [each.kind for each in flags] == [FlagKind.SHARED_NUMBER]
    assert len({about("addresses", each.name)[0].endpoint for each in family}) == 1


# The newest form decides.


def test_a_newer_form_changes_what_it_says(memory, everybody, about):
    took_in(memory, AMINA)

    changes = took_in(
        memory,
        row(timestamp=LATER, phone="07700 900102", email="new@example.org", destination="College"),
    )

    assert changes == ["updated"]
    assert everybody()["Amina Testwell"].as_of == datetime(2025, 6, 10, 8, 0, tzinfo=UTC)
    assert [(each.value, each.position) for each in about("addresses")] == [
        ("+447700900102", 0),
        ("new@example.org", 1),
    ]
    assert [each.code for each in about("destinations")] == ["210", "230"]
    assert len(about("consents")) == 1


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"phone": ""}, id="no phone"),
        pytest.param({"phone": "0770090012"}, id="a phone with a digit lost"),
        pytest.param({"email": "not an address"}, id="no mailbox"),
        pytest.param({"destination": "Not sure yet"}, id="no plan"),
    ],
)
def test_what_a_newer_form_leaves_out_stays(memory, about, changes):
    took_in(memory, AMINA)
    rooms = ("addresses", "destinations", "consents")
    before = [about(room) for room in rooms]

    assert took_in(memory, row(timestamp=LATER, **changes)) == ["unchanged"]
    assert [about(room) for room in rooms] == before


@pytest.mark.parametrize("timestamp", [EARLIER, AMINA.timestamp, "no time"])
def test_a_form_that_is_not_newer_changes_nothing(memory, everybody, about, timestamp):
    took_in(memory, AMINA)
    before = everybody()

    changed = row(
        timestamp=timestamp, name="AMINA TESTWELL", phone="07700 900102", leaving_year="2026"
    )

    assert took_in(memory, changed) == ["unchanged"]
    assert everybody() == before
    assert phones(about) == ["+447700900101"]
    assert len(about("cohorts")) == 1


def test_who_leaves_again_after_year_13_is_in_both_cohorts_and_may_be_asked_for_longer(
    memory, about
):
    took_in(memory, AMINA)

    again = row(timestamp="09/06/2027 09:00", leaving_year="2027")

    assert took_in(memory, again) == ["updated"]
    assert {each.cohort.id for each in about("cohorts")} == {
        "cansfield-KS4-2025", "cansfield-KS5-2027",
    }  # fmt: skip
    live = [each for each in about("consents") if each.withdrawn_at is None]
    assert [each.until for each in live] == [date(2030, 8, 31)]


# Consent, in every order.

YES, NO, BLANK = "Yes, I agree", "No", ""


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        pytest.param([(AMINA.timestamp, YES), (LATER, NO)], False, id="withdrawn later"),
        pytest.param([(LATER, NO), (AMINA.timestamp, YES)], False, id="an older yes"),
        pytest.param([(AMINA.timestamp, NO), (LATER, YES)], True, id="changed their mind"),
        pytest.param([(LATER, YES), (AMINA.timestamp, NO)], True, id="an older no"),
        pytest.param([(LATER, YES), (LATER, NO)], False, id="a no of the same minute"),
        pytest.param([(LATER, NO), (LATER, YES)], False, id="a yes of the same minute"),
        pytest.param([(LATER, YES), ("", NO)], False, id="an undated no"),
        pytest.param([("", NO), ("", YES)], False, id="an undated yes"),
        pytest.param([("", NO), (LATER, YES)], False, id="a yes before or after an undated no"),
        pytest.param([(EARLIER, NO), ("", NO), (LATER, YES)], False, id="no, an undated no, yes"),
        pytest.param([(AMINA.timestamp, YES), (LATER, BLANK)], False, id="left out later"),
        pytest.param(
            [(EARLIER, YES), (AMINA.timestamp, NO), (LATER, YES)], True, id="yes, no, yes"
        ),
    ],
)
def test_the_newest_answer_decides_and_in_doubt_it_is_no(memory, about, answers, asked):
    rows = [row(timestamp=timestamp, consent=answer) for timestamp, answer in answers]

    took_in(memory, *rows)

    assert may_be_asked(about) is asked
    assert set(took_in(memory, *rows)) == {"unchanged"}
    assert may_be_asked(about) is asked


@pytest.mark.parametrize("how", ["sms_stop", "staff", "erased"])
def test_an_import_never_revives_somebody_who_said_stop(memory, everybody, about, how):
    took_in(memory, AMINA)
    who = everybody()["Amina Testwell"].id
    written(memory, withdraw, who, SCHOOL, NOW, how)

    took_in(memory, row(timestamp=LATER), row(timestamp="11/06/2025 09:00", leaving_year="2026"))

    assert not may_be_asked(about)


def test_who_started_again_and_then_refused_on_a_form_may_agree_on_a_later_one(
    memory, everybody, about
):
    took_in(memory, AMINA)
    who = everybody()["Amina Testwell"].id
    (address, _) = about("addresses")
    written(memory, withdraw, who, SCHOOL, NOW, "sms_stop")
    until = date(2028, 8, 31)
    written(memory, consent_again, who, address.endpoint, until, NOW, "reply")

    took_in(memory, row(timestamp="10/09/2025 09:00", consent=NO))
    assert not may_be_asked(about)
    took_in(memory, row(timestamp="11/09/2025 09:00"))
    assert may_be_asked(about)


def test_a_form_from_before_they_started_again_does_not_stop_them(memory, everybody, about):
    took_in(memory, AMINA)
    who = everybody()["Amina Testwell"].id
    (address, _) = about("addresses")
    written(memory, withdraw, who, SCHOOL, NOW, "sms_stop")
    written(memory, consent_again, who, address.endpoint, date(2028, 8, 31), NOW, "reply")

    took_in(memory, row(timestamp=LATER, consent=NO))

    assert may_be_asked(about)


def test_a_new_row_with_a_number_that_said_stop_is_put_before_staff(memory, everybody, about):
    took_in(memory, AMINA)
    (address, _) = about("addresses")
    who = everybody()["Amina Testwell"].id
    written(memory, stop_endpoint, address.endpoint, who, {}, NOW)

    took_in(memory, row(name="Ben Testwell", email=""))

    assert not may_be_asked(about, "Ben Testwell")
    assert {each.kind for each in about("flags", "Ben Testwell")} == {
        FlagKind.SHARED_STOP, FlagKind.SHARED_NUMBER,
    }  # fmt: skip


def test_the_file_of_an_erased_person_makes_nobody_who_may_be_asked(memory, everybody, about):
    took_in(memory, AMINA)
    who = everybody()["Amina Testwell"].id
    written(memory, lambda work: work.alumni.erase(who, NOW))

    assert took_in(memory, AMINA) == ["created"]
    assert not may_be_asked(about)
    assert {each.standing for each in about("addresses")} == {Standing.OPTED_OUT}


def test_weighing_says_what_storing_would_and_stores_nothing(memory, everybody):
    took_in(memory, AMINA)
    newer = judge(row(timestamp=LATER, phone="07700 900102"), Seen(), allow_drama=True)
    same = judge(AMINA, Seen(), allow_drama=True)
    ben = judge(row(name="Ben Testwell"), Seen(), allow_drama=True)

    found = [seen(memory, weigh, each, TERMS, NOW) for each in (newer, same, ben)]

    assert [each and each.change for each in found] == [Change.UPDATED, Change.UNCHANGED, None]
    assert list(everybody()) == ["Amina Testwell"]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory, vault):
    """A function that gives an empty memory's address; the examples of a property share none."""
    numbers = iter(range(10_000))
    folder = tmp_path_factory.mktemp("examples")
    template = folder / "template.db"
    upgrade(f"sqlite:///{template}", vault)

    def make():
        file = folder / f"{next(numbers)}.db"
        file.write_bytes(template.read_bytes())
        return open_memory(f"sqlite:///{file}", vault)

    return make


FORMS = st.lists(
    st.builds(
        row,
        timestamp=st.sampled_from(["", EARLIER, AMINA.timestamp, LATER]),
        name=st.sampled_from(["Amina Testwell", "AMINA testwell", "Ben <3"]),
        born_on=st.sampled_from(["14/02/2009", "", "12/08/1975"]),
        phone=st.sampled_from(["07700 900101", "07700 900102", "", "O7700900101"]),
        consent=st.sampled_from([YES, NO, BLANK, "perhaps"]),
        leaving_year=st.sampled_from(["2025", "soon", "2026"]),
    ),
    min_size=1,
    max_size=8,
)


@given(FORMS)
def test_a_file_taken_in_twice_creates_and_updates_nothing(fresh, rows):
    memory = fresh()
    took_in(memory, *rows)

    again = took_in(memory, *rows)

    memory.close()
    assert set(again) <= {"unchanged", None}


@given(FORMS)
def test_who_was_not_asked_with_a_clear_yes_in_their_newest_form_has_no_permission(fresh, rows):
    memory = fresh()
    took_in(memory, *rows)

    def permitted(work):
        return {
            person.profile.name.casefold()
            for person in work.alumni.everybody()
            if work.consents.live(person.id, Purpose.TRACKING)
        }

    names = seen(memory, permitted)

    memory.close()
    agreed = {each.name.casefold() for each in rows if each.consent == YES}
    assert names <= agreed
