"""What has been answered so far, and what follows from it."""

import pytest

from bot.answers import Finding, finding, level_in, with_activity, with_slots, without_level
from bot.conversation import begin
from bot.survey import Survey
from contact.reply import Label, Slots


@pytest.mark.parametrize(
    ("text", "course", "level"),
    [
        pytest.param("plumbing level 2", "plumbing", "2", id="named"),
        pytest.param("L3 business", "business", "3", id="short"),
        pytest.param("plumbing, 2", "plumbing", "2", id="the second half"),
        pytest.param("hair and beauty", "hair and beauty", "", id="not told"),
        pytest.param("maths 1st year", "maths 1st year", "", id="a year is no level"),
    ],
)
def test_course_and_level_in_one_answer(text: str, course: str, level: str) -> None:
    assert (without_level(text), level_in(text) or "") == (course, level)


@pytest.mark.parametrize(
    ("text", "level"),
    [
        pytest.param("3", "3", id="the digit"),
        pytest.param("higher, so 4 or 5", "4", id="the first of two"),
        pytest.param("its a level 2 i think", "2", id="in a sentence"),
        pytest.param("2025", None, id="no digit by itself"),
        pytest.param("9", None, id="no such level"),
    ],
)
def test_any_digit_is_a_level_where_only_that_was_asked(text: str, level: str | None) -> None:
    assert level_in(text, asked=True) == level


def test_the_other_place_serves_where_the_one_asked_for_is_not_told(survey: Survey) -> None:
    talk = with_activity(begin(survey), Label.EMPLOYMENT_WITHOUT_TRAINING, None, survey)

    told = with_slots(talk, Slots(provider="Wirral Met"), survey)

    assert told.answers["where"] == "Wirral Met"
    assert finding(told, survey) == Finding(
        "330", "employment_without_training", Slots(employer="Wirral Met")
    )


def test_a_number_is_no_name_of_a_course_or_place(survey: Survey) -> None:
    told = with_slots(begin(survey), Slots(provider="3", course="2", level="2"), survey)

    assert told.answers == {"level": "2"}


def test_a_start_that_is_no_date_stays_among_the_answers_only(survey: Survey) -> None:
    talk = with_activity(begin(survey), Label.VOLUNTARY, None, survey)
    told = with_slots(talk, Slots(start="last summer"), survey)
    found = finding(told, survey)

    assert told.answers["start"] == "last summer"
    assert found is not None
    assert found.slots.start is None


def test_another_activity_takes_the_place_of_the_facts_of_the_last(survey: Survey) -> None:
    talk = with_activity(begin(survey), Label.FE_COLLEGE, None, survey)
    told = with_slots(talk, Slots(provider="Wirral Met", course="plumbing"), survey)

    same = with_activity(told, Label.SIXTH_FORM, None, survey)
    other = with_activity(told, Label.LOOKING_FOR_WORK, None, survey)

    assert same.answers["where"] == "Wirral Met"
    assert other.answers == {"now": "looking_for_work"}
