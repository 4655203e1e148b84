"""What we say: lines, facts and buttons."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.segments import count, is_gsm
from bot.survey import Survey
from bot.survey_lint import sent_lines
from bot.wording import LONGEST, RECORDED, Words, asked_by
from contact.address import ChannelName

SMS, TELEGRAM = ChannelName.SMS, ChannelName.TELEGRAM
FACTS = {
    "first_name": "Amina",
    "school": "Cansfield High",
    "careers_contact": "Mrs Hale, 01942 555010",
    "safeguarding_contact": "Mr Ford",
}
NOW = ("1", "2", "3", "4", "5", "6", "7", "8")


def test_the_first_ask_says_who_why_how_long_and_how_to_stop(words: Words) -> None:
    text = words.render("ask.1", FACTS, SMS)

    assert text.startswith("Hi Amina, it's Cansfield High careers team. To help our pupils")
    assert "1 minute" in text
    assert text.endswith("Reply STOP to opt out")
    assert count(text) == 2


def test_asks_differ_and_the_last_says_that_it_is_the_last(words: Words) -> None:
    texts = [words.render(line, FACTS, SMS) for line in ("ask.1", "ask.2", "ask.3", "ask.last")]

    assert len(set(texts)) == 4
    assert [("last" in text) for text in texts] == [False, False, False, True]
    assert all("Cansfield High careers team" in text and "STOP" in text for text in texts)


def test_more_asks_than_wordings_take_turns_without_the_introduction(words: Words) -> None:
    said = {number: words.render(f"ask.{number}", FACTS, SMS) for number in range(1, 8)}

    assert said[4] == said[6] == said[2]
    assert said[5] == said[7] == said[3]
    assert all(said[number] != said[number + 1] for number in range(1, 7))


@given(data=st.data())
def test_no_fact_makes_a_text_longer_than_two_parts(
    data: st.DataObject, words: Words, survey: Survey
) -> None:
    line = data.draw(st.sampled_from(sent_lines(survey, words)))
    text = st.text(max_size=150)
    facts = data.draw(st.dictionaries(st.sampled_from([*LONGEST, *RECORDED]), text))

    said = words.render(line, facts, SMS)

    assert is_gsm(said)
    assert 1 <= count(said) <= 2


def test_a_chat_keeps_the_name_as_it_is(words: Words) -> None:
    facts = {**FACTS, "first_name": "Zoë-Ольга"}

    assert words.render("nudge", facts, TELEGRAM).startswith("Hi Zoë-Ольга, ")
    assert words.render("nudge", facts, SMS).startswith("Hi, ")


def test_a_name_is_never_read_as_a_template(words: Words) -> None:
    facts = {**FACTS, "first_name": "{school}", "where": "{0} {choices}", "label": "fe_college"}

    assert "Thanks {school}, that's all" in words.render("thanks", facts, TELEGRAM)
    assert "college, {0} {choices}." in words.render("thanks", facts, TELEGRAM)


def test_missing_facts_have_stand_ins(words: Words) -> None:
    assert words.render("signpost.worry", {}, SMS).count("the safeguarding lead") == 1
    assert words.render("thanks", {}, SMS).startswith("Thanks, that's all. We noted: your answer.")


@pytest.mark.parametrize("line", ["signpost.worry", "signpost.worry_stop"])
@pytest.mark.parametrize(
    "said", ["999", "Childline 0800 1111 (under 19)", "Samaritans 116 123", "SHOUT to 85258",
             "not watched round the clock", "Mr Ford at Cansfield High"]
)  # fmt: skip
def test_a_signpost_names_every_helpline(words: Words, line: str, said: str) -> None:
    assert said in words.render(line, FACTS, SMS)


def test_only_the_signpost_after_a_stop_says_that_we_stop(words: Words) -> None:
    assert "won't text again" in words.render("signpost.worry_stop", FACTS, SMS)
    assert "won't text again" not in words.render("signpost.worry", FACTS, SMS)


def test_thanks_say_what_was_recorded_and_how_to_correct_it(words: Words) -> None:
    told = {"label": "fe_college", "where": "Wirral Met", "what": "plumbing", "level": "2",
            "start": "2025-09"}  # fmt: skip

    text = words.render("thanks", {**FACTS, **told}, SMS)

    assert "We noted: college, Wirral Met, plumbing, level 2, from September 2025." in text
    assert "Reply WRONG or tell Mrs Hale, 01942 555010" in text


@pytest.mark.parametrize(
    ("start", "said"),
    [
        pytest.param("2025-09", "from September 2025", id="a month"),
        pytest.param("2025-09-05", "from September 2025", id="a day"),
        pytest.param("2025-13", "2025-13", id="no such month"),
        pytest.param("last summer", "last summer", id="as typed"),
    ],
)
def test_a_start_is_said_as_people_say_it(words: Words, start: str, said: str) -> None:
    facts = {**FACTS, "label": "voluntary", "start": start}

    assert f"We noted: volunteering, {said}." in words.render("thanks", facts, SMS)


@pytest.mark.parametrize(
    ("line", "numbers"),
    [
        pytest.param("ask.1", NOW, id="the ask"),
        pytest.param("ask.last", NOW, id="the last ask"),
        pytest.param("ask.9", NOW, id="an ask beyond the wordings"),
        pytest.param("question.now", NOW, id="the question by itself"),
        pytest.param("clarify.now", NOW, id="in other words"),
        pytest.param("nudge", NOW, id="a nudge asks what they do now"),
        pytest.param("nudge.question.help", ("1", "2"), id="a nudge to another question"),
        pytest.param("clarify.guess.2.6", ("2", "6", "8"), id="the likely ones and something else"),
        pytest.param("question.level.apprenticeship", ("2", "3", "4", "6"), id="a variant"),
        pytest.param("question.level", ("1", "2", "3"), id="levels"),
        pytest.param("question.where.study", (), id="a place has no choices"),
        pytest.param("clarify.else", (), id="nor have their own words"),
        pytest.param("thanks", (), id="nothing is asked"),
        pytest.param("help", (), id="the help text is not the question about help"),
    ],
)
def test_the_buttons_under_a_line(words: Words, line: str, numbers: tuple[str, ...]) -> None:
    assert tuple(number for number, _ in words.choices(line)) == numbers


def test_a_guess_names_the_likely_answers(words: Words) -> None:
    assert "Is it 2 College or 6 Job?" in words.render("clarify.guess.2.6", FACTS, SMS)


def test_a_nudge_repeats_the_open_question_without_thanking_again(words: Words) -> None:
    text = words.render("nudge.question.where.work", FACTS, SMS)

    assert text.startswith("Hi Amina, no rush")
    assert text.endswith(" Who do you work for?")
    assert "Thanks" not in text


def test_an_unknown_line_is_an_error_and_not_an_empty_text(words: Words) -> None:
    with pytest.raises(KeyError):
        words.render("no.such.line", FACTS, SMS)


@pytest.mark.parametrize(
    ("line", "question"),
    [
        ("ask.2", "now"),
        ("question.now", "now"),
        ("question.where.study", "where"),
        ("clarify.now", "now"),
        ("clarify.where", "where"),
        ("clarify.guess.1.2", "now"),
        ("nudge", "now"),
        ("nudge.question.what.work", "what"),
        ("appointment.question.level", "level"),
        ("ask.who.1", "who"),
        ("ask.who.last", "who"),
        ("clarify.who", "who"),
        ("question.confirm", "confirm"),
        ("nudge.question.who", "who"),
        ("pl:ask.1", "now"),
        ("pl:ask.who.2", "who"),
        ("pl:nudge.question.where.study", "where"),
        ("pl:clarify.guess.1.2", "now"),
    ],
)
def test_which_question_a_line_puts(line, question):
    assert asked_by(line) == question
