"""What they told us last time, confirmed or changed."""

import pytest

from bot.conversation import Finding, Outcome, begin, step
from bot.survey import Survey
from contact.message import MessageKind
from contact.reply import Label, Reading, Slots

KNOWN = Finding("230", "fe_college", Slots("Wirral Met", None, "plumbing", "2", "2025-09"))
NOTHING_READ = Reading(Label.AMBIGUOUS)
JOB = Reading(Label.EMPLOYMENT_WITHOUT_TRAINING, "330", 0.97)
ONE, TWO = Reading(Label.AMBIGUOUS, choice=1), Reading(Label.AMBIGUOUS, choice=2)


@pytest.mark.parametrize(
    ("text", "reading"),
    [pytest.param("1", ONE, id="1"), pytest.param("yeah still there", NOTHING_READ, id="in words")],
)
def test_what_they_told_last_time_is_news_when_it_is_confirmed(
    survey: Survey, text: str, reading: Reading
) -> None:
    taken = step(begin(survey, KNOWN), reading, text, survey)

    assert taken.destination == KNOWN
    assert taken.talk.confirmed
    assert (taken.talk.question, taken.talk.answers["confirm"]) == ("help", "1")


@pytest.mark.parametrize(
    ("text", "reading", "line"),
    [
        pytest.param("2", TWO, "question.now", id="2"),
        pytest.param("no i left", NOTHING_READ, "question.now", id="in words"),
        pytest.param("working at greggs now", JOB, "question.where.work", id="with the news"),
        pytest.param("eh", NOTHING_READ, "clarify.confirm", id="unclear"),
    ],
)
def test_what_they_told_last_time_may_have_changed(
    survey: Survey, text: str, reading: Reading, line: str
) -> None:
    taken = step(begin(survey, KNOWN), reading, text, survey)

    assert taken.say is not None
    assert taken.say.line == line


def test_what_is_not_confirmed_is_not_known(survey: Survey) -> None:
    worried = step(begin(survey, KNOWN), Reading(Label.DISTRESS), "cant cope", survey)
    refused = step(begin(survey, KNOWN), Reading(Label.REFUSES), "not saying", survey)

    assert (worried.destination, worried.talk.code) == (None, None)
    assert (refused.outcome, refused.talk.code) == (Outcome.REFUSED, None)


def test_even_a_change_that_is_hard_to_get_takes_six_messages(survey: Survey) -> None:
    talk, kinds = begin(survey, KNOWN), [MessageKind.ASK]
    for text, reading in [
        ("eh", NOTHING_READ),
        ("2", TWO),
        ("eh", NOTHING_READ),
        ("6", NOTHING_READ),
        ("2", TWO),
    ]:
        taken = step(talk, reading, text, survey)
        talk = taken.talk
        assert taken.say is not None
        kinds.append(taken.say.kind)

    assert taken.outcome is Outcome.COMPLETE
    assert kinds[-1] is MessageKind.THANKS
    assert len(kinds) == survey.max_messages
