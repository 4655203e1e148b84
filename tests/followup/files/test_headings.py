"""Headings are known by what they mean, whatever their order and words."""

import pytest

from contact.errors import UnreadableFile
from contact.intake import FormRow
from followup.files.headings import fold_heading, read_headings, recognised

NEEDED = ["Name", "DOB", "Do you agree?"]


@pytest.mark.parametrize(
    ("meaning", "headings"),
    [
        ("timestamp", ("Timestamp", "Completion time", "Submitted at")),
        ("leaving_year", ("Year of leaving school:", "Leaving year", "Year you left", "Cohort")),
        ("email", ("Personal Email:", "E-mail address", "EMAIL")),
        ("phone", ("Telephone number:", "Mobile", "Your phone no.", "Tel")),
        ("destination", ("Destination information\nWhat have you secured to do?", "Destination")),
        ("course", ("Subject / Course / job title:", "Course name")),
        ("level", ("Level of study:", "Level")),
        ("provider_name", ("College / 6th Form / University / Employer name:", "Provider")),
        ("start", ("Start date:", "When do you start?")),
        ("duration", ("Expected duration:", "How long is it?")),
    ],
)
def test_what_headings_mean(meaning, headings):
    for heading in headings:
        assert read_headings([heading, *NEEDED]).at[meaning] == 0


@pytest.mark.parametrize("name", ["Name:", "Full name", "Your name", "NAME "])
@pytest.mark.parametrize("born", ["Date of Birth:", "DOB", "D.O.B.", "When were you born?"])
@pytest.mark.parametrize(
    "consent", ["Do you agree to calls (phone/email)?", "Consent", "Permission"]
)
def test_the_required_ones_have_many_words(name, born, consent):
    at = read_headings([consent, born, name]).at

    assert (at["consent"], at["born_on"], at["name"]) == (0, 1, 2)


def test_order_does_not_matter_and_short_rows_end_in_blanks():
    read = read_headings(["Do you agree?", "Shoe size", "DOB", "Name", "Mobile"]).reader()

    row = read(["Yes", "38", "14/02/2009", "Amina Testwell"])

    assert row == FormRow(name="Amina Testwell", born_on="14/02/2009", consent="Yes")


def test_a_row_with_more_cells_than_headings_is_nobodys():
    read = read_headings(NEEDED).reader()

    assert read(["Amina", "14/02/2009", "Yes", "  "]).fault == ""
    assert read(["Amina", "Testwell", "14/02/2009", "Yes"]) == FormRow(fault="too_many_cells")


def test_forename_and_surname_make_a_name():
    read = read_headings(["Surname", "First name", "Name", *NEEDED[1:]]).reader()

    assert read(["Testwell", "Amina", "anonymous", "14/02/2009", "Yes"]).name == "Amina Testwell"
    assert read(["", "", "Ben Mock", "03/09/2008", "Yes"]).name == "Ben Mock"


def test_the_personal_mailbox_is_preferred_and_a_parents_phone_never_read():
    at = read_headings(["Email address", "Parent's phone", *NEEDED, "Personal Email", "Phone"]).at

    assert (at["email"], at["phone"]) == (5, 6)


def test_what_is_not_used_is_named():
    columns = read_headings([*NEEDED, "Shoe size", "Phone", "Mobile"])

    assert columns.notes == (
        "heading_unknown: shoe size", "heading_twice: phone",
        "heading_missing: timestamp", "heading_missing: leaving_year",
    )  # fmt: skip


def test_a_known_wording_is_the_consent_among_others():
    ours = "May we text you, every year?"
    headings = [*NEEDED, "MAY WE  TEXT YOU every year"]

    assert read_headings(headings, {fold_heading(ours)}).at["consent"] == 3
    with pytest.raises(UnreadableFile, match="two columns"):
        read_headings([*NEEDED, "I consent"])


def test_every_missing_column_is_named():
    with pytest.raises(UnreadableFile, match="the name or the date of birth or the consent"):
        read_headings(["Shoe size"])


def test_the_number_of_meanings_tells_a_right_delimiter():
    assert recognised(NEEDED) == 3
    assert recognised([";".join(NEEDED)]) == 1
