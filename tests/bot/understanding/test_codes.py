"""Codes are refined by what is said, and never by a guess at the reason."""

import pytest

from bot.understanding.codes import CODE_OF, DESTINATIONS, agreed_start, code_of
from bot.understanding.normalise import normalise
from bot.understanding.providers import Provider
from contact.reply import Label

SCHOOL = Provider("Hollybank High School", "school")
SIXTH_FORM_COLLEGE = Provider("St Brannock's", "sixth_form_college")
COLLEGE = Provider("Northgate College", "fe_college")
SPECIAL = Provider("The Larches", "special")


@pytest.mark.parametrize(
    ("label", "text", "provider", "code"),
    [
        pytest.param(Label.SIXTH_FORM, "a levels", None, "210", id="school by default"),
        pytest.param(Label.SIXTH_FORM, "sixth form college", None, "220", id="said so"),
        pytest.param(Label.SIXTH_FORM, "a levels", SIXTH_FORM_COLLEGE, "220", id="list says so"),
        pytest.param(Label.SIXTH_FORM, "sixth form college", SCHOOL, "210", id="list wins"),
        pytest.param(Label.SIXTH_FORM, "a levels", COLLEGE, "230", id="sixth form at a college"),
        pytest.param(Label.FE_COLLEGE, "plumbing", COLLEGE, "230", id="college"),
        pytest.param(Label.FE_COLLEGE, "plumbing", SPECIAL, "280", id="special"),
        pytest.param(Label.FE_COLLEGE, "plumbing part time", COLLEGE, "250", id="part time"),
        pytest.param(Label.FE_COLLEGE, "plumbing and a part time job", None, "230", id="side job"),
        pytest.param(Label.TRAINEESHIP, "internship with a job coach", None, "460", id="supported"),
        pytest.param(Label.TRAINEESHIP, "traineeship", None, "450", id="traineeship"),
        pytest.param(Label.EMPLOYMENT_WITH_TRAINING, "doing nvq 2", None, "320", id="regulated"),
        pytest.param(Label.EMPLOYMENT_WITH_TRAINING, "trainee", None, "340", id="other training"),
        pytest.param(Label.EMPLOYMENT_WITHOUT_TRAINING, "temping", None, "350", id="temporary"),
        pytest.param(Label.EMPLOYMENT_WITHOUT_TRAINING, "part time", None, "360", id="some hours"),
        pytest.param(Label.SELF_EMPLOYED, "roofer", None, "380", id="self-employed"),
        pytest.param(Label.SELF_EMPLOYED, "and doing a course", None, "381", id="and studying"),
        pytest.param(Label.VOLUNTARY, "doing nvq level 2 too", None, "550", id="volunteer studies"),
        pytest.param(Label.ARMED_FORCES, "army", None, "340", id="army"),
        pytest.param(Label.MOVED_ABROAD, "in spain", None, None, id="abroad has no code"),
        pytest.param(Label.STOP, "stop", None, None, id="no activity"),
    ],
)
def test_the_code_of_a_label(
    label: Label, text: str, provider: Provider | None, code: str | None
) -> None:
    assert code_of(label, normalise(text), provider, frozenset()) == code


@pytest.mark.parametrize(
    "text",
    ["pregnant", "my religion", "carer for mum", "mental health", "crohns", "a baby", "in care"],
)
def test_no_reason_ever_changes_the_code(text: str) -> None:
    assert code_of(Label.NOT_AVAILABLE, normalise(text), None, frozenset()) == "610"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("starting at nissan on 3 november", "615", id="a job"),
        pytest.param("starting college on 3 november", "616", id="learning"),
        pytest.param("start an apprenticeship in january", "616", id="an apprenticeship"),
        pytest.param("starting soon", None, id="no date"),
        pytest.param("nothing yet", None, id="nothing"),
    ],
)
def test_an_agreed_start_needs_its_date(text: str, code: str | None) -> None:
    assert agreed_start(normalise(text)) == code


def test_every_destination_but_abroad_has_a_code() -> None:
    assert {one for one in DESTINATIONS if one not in CODE_OF} == {Label.MOVED_ABROAD}
