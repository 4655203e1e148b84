"""A wording is data; a heading is it only where its words are the same."""

import pytest

from contact.consent import Purpose
from contact.errors import Misconfigured
from followup.wordings import read_wording, shipped_wordings, wording_named, wording_of

TEXT = """
name = "summer"
question = "May we write to you each summer?"
purposes = ["tracking", "alumni_news"]
cadence = "annual_summer"
"""


def test_form_a_ships_for_tracking_at_any_time():
    form_a = shipped_wordings()["form_a"]

    assert (form_a.purposes, form_a.cadence) == ((Purpose.TRACKING,), "any")
    assert form_a.question.endswith("for 3 years after you leave. Do you agree?")
    assert "\n" not in form_a.question


@pytest.mark.parametrize(
    ("heading", "same"),
    [
        ("May we write to you each summer?", True),
        ("  MAY WE WRITE\nto you -- each summer", True),
        ("May we write to you each winter?", False),
        ("May we write to you each summer? Yes", False),
        ("", False),
    ],
)
def test_a_heading_matches_but_for_case_spaces_and_punctuation(heading, same):
    summer = read_wording(TEXT)

    assert wording_of(heading, [*shipped_wordings().values(), summer]) == (summer if same else None)


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (TEXT + "colour = 1", "colour"),
        (TEXT.replace("tracking", "trcking"), "purposes"),
        (TEXT.replace("annual_summer", "weekly"), "cadence"),
        (TEXT.replace("question", "asked"), "question"),
        ("name = ", "not TOML"),
    ],
)
def test_a_wording_that_is_wrong_says_where(broken, why):
    with pytest.raises(Misconfigured, match=why) as caught:
        read_wording(broken)

    assert "\n" not in str(caught.value)


def test_a_wording_is_found_by_name_or_those_there_are_are_named():
    assert wording_named("form_a", shipped_wordings()).name == "form_a"
    with pytest.raises(Misconfigured, match="'forma': there are form_a"):
        wording_named("forma", shipped_wordings())
