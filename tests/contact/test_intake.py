"""Each row of a leavers' file gets the first action that fits, and no row stops the others."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.agreement import Agreement
from contact.alumnus import KeyStage
from contact.intake import Action, FormRow, Judged, Seen, judge
from contact.names import match_key_material

AMINA = FormRow(
    timestamp="09/06/2025 09:00:09",
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


def alone(**changes) -> Judged:
    return judge(replace(AMINA, **changes), Seen(), allow_drama=True)


def test_a_good_row_is_imported_with_everything_it_says():
    judged = alone()

    leaver = judged.leaver
    assert (judged.action, judged.reasons, judged.notes) == (Action.IMPORT, (), ())
    assert leaver is not None
    assert (leaver.profile.name, leaver.profile.born_on) == ("Amina Testwell", date(2009, 2, 14))
    assert (leaver.leaving_year, leaver.key_stage) == (2025, KeyStage.KS4)
    assert (leaver.phone, leaver.email) == ("+447700900101", "amina@example.org")
    assert leaver.as_of == datetime(2025, 6, 9, 8, 0, 9, tzinfo=UTC)
    assert leaver.agreement is Agreement.YES
    assert (leaver.intention.code, leaver.intention.provider) == ("210", "Sampleton College")
    assert leaver.match_key == match_key_material(leaver.profile)


@pytest.mark.parametrize(
    ("changes", "action", "reason"),
    [
        pytest.param({"name": " "}, "reject", "name_missing", id="no name"),
        pytest.param({"fault": "too_many_cells"}, "reject", "too_many_cells", id="no cells"),
        pytest.param({"consent": ""}, "hold_no_consent", "consent_missing", id="no answer"),
        pytest.param({"consent": "perhaps"}, "hold_no_consent", "consent_unclear", id="unclear"),
        pytest.param({"consent": "No"}, "hold_no_consent", "consent_refused", id="refused"),
        pytest.param({"born_on": "abc"}, "review", "dob_unreadable", id="no day of birth"),
        pytest.param({"leaving_year": ""}, "review", "leaving_year_missing", id="no leaving year"),
        pytest.param({"name": "Amina <3"}, "review", "name_characters", id="a strange name"),
        pytest.param({"phone": "O7700900101"}, "review", "phone_letter_o", id="letter O"),
        pytest.param({"phone": ""}, "import_no_sms", "phone_missing", id="no phone"),
        pytest.param(
            {"phone": "0151 496 0123"}, "import_no_sms", "landline_not_sms", id="landline"
        ),
    ],
)
def test_the_action_of_a_row(changes, action, reason):
    judged = alone(**changes)

    assert (judged.action, judged.reasons[0]) == (action, reason)


@pytest.mark.parametrize(
    ("changes", "action"),
    [
        pytest.param({"name": "", "consent": ""}, "reject", id="reject before hold"),
        pytest.param({"consent": "", "born_on": ""}, "hold_no_consent", id="hold before review"),
        pytest.param({"born_on": "", "phone": ""}, "review", id="review before no SMS"),
    ],
)
def test_the_first_that_fits_is_taken(changes, action):
    assert alone(**changes).action == action


def test_a_repetition_comes_before_consent_and_still_says_what_it_is_alone():
    seen = Seen()
    judge(AMINA, seen, allow_drama=True)
    again = replace(AMINA, name=" AMINA  testwell", born_on="2009-02-14", consent="No")

    judged = judge(again, seen, allow_drama=True)

    assert (judged.action, judged.alone) == (Action.MERGE_DUPLICATE, Action.HOLD_NO_CONSENT)
    assert judged.reasons == ("same_person_again", "consent_refused")
    assert judged.leaver is not None
    assert judged.leaver.agreement is Agreement.NO


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"name": "Asha Testwell"}, id="twins on one phone"),
        pytest.param({"born_on": "15/02/2009"}, id="namesakes"),
        pytest.param({"born_on": "", "phone": "07700 900199"}, id="no day of birth to go by"),
    ],
)
def test_people_are_not_merged_on_less_than_name_and_day_of_birth(changes):
    seen = Seen()
    judge(AMINA, seen, allow_drama=True)

    judged = judge(replace(AMINA, **changes), seen, allow_drama=True)

    assert judged.action is not Action.MERGE_DUPLICATE


def test_namesakes_of_unknown_birth_keep_different_keys_and_the_same_row_keeps_its_own():
    first, other = alone(born_on="?"), alone(born_on="?", phone="07700 900199")

    assert first.leaver is not None
    assert other.leaver is not None
    assert first.leaver.match_key != other.leaver.match_key
    assert alone(born_on="?").leaver == first.leaver


def test_two_rows_of_unknown_birth_are_never_called_one_person():
    seen = Seen()
    rows = [judge(replace(AMINA, born_on=""), seen, allow_drama=True) for _ in range(2)]

    assert [row.action for row in rows] == [Action.REVIEW, Action.REVIEW]


def test_a_doubtful_age_still_knows_the_person_again():
    first, again = alone(born_on="08/04/1979"), alone(born_on="8 April 1979", phone="")

    assert first.leaver is not None
    assert again.leaver is not None
    assert first.leaver.profile.born_on is None
    assert first.leaver.match_key == again.leaver.match_key


def test_an_unknown_wording_is_looked_at_but_never_before_a_missing_consent():
    assert judge(AMINA, Seen(), wording_known=False).action is Action.REVIEW
    refused = replace(AMINA, consent="no")
    assert judge(refused, Seen(), wording_known=False).action is Action.HOLD_NO_CONSENT


def test_what_does_not_decide_is_a_note():
    judged = alone(consent="", phone="0151 496 0123", email="x", timestamp="once", name="Amina")

    assert judged.reasons == ("consent_missing",)
    assert judged.notes == (
        "landline_not_sms", "single_name", "email_invalid", "timestamp_unreadable",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"), ({"born_on": "abc"}, "born_on"), ({"born_on": "1/1/70"}, "born_on"),
        ({"leaving_year": ""}, "leaving_year"), ({"phone": "999"}, "phone"),
        ({"phone": "0151 496 0123"}, "phone"), ({"phone": "+1 202-555-0147"}, "phone"),
        ({"consent": ""}, "consent"), ({"fault": "cell_too_long"}, "row"), ({}, "row"),
    ],
)  # fmt: skip
def test_a_reason_knows_its_field(changes, field):
    assert alone(**changes).field == field


TYPED = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["Yes", "No", "2025", "14/02/2009", "07700 900101", "Ben", "\0", "=1+1", "١"]),
)
ROWS = st.builds(FormRow, **{each.name: TYPED for each in fields(FormRow) if each.name != "fault"})


@given(st.lists(ROWS, max_size=4))
def test_no_text_stops_an_import_and_the_same_file_gives_the_same_again(rows):
    first, second = Seen(), Seen()
    once = [judge(row, first, allow_drama=True) for row in rows]

    assert [judge(row, second, allow_drama=True) for row in rows] == once
    for judged in once:
        assert (judged.leaver is None) is (judged.action is Action.REJECT)
        assert judged.action is not Action.IMPORT or (judged.leaver and judged.leaver.phone)


@given(ROWS, st.sampled_from(KeyStage))
def test_a_given_key_stage_changes_no_action(row, stage):
    assert judge(row, Seen(), key_stage=stage).action is judge(row, Seen()).action


def test_nothing_of_a_person_shows_in_a_log():
    judged = alone()

    assert not any(word in f"{judged!r}{AMINA!r}" for word in ("Amina", "900101", "2009"))
