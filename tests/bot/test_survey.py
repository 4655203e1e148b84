"""The survey as data, its files and its linter."""

from dataclasses import replace
from importlib.resources import files

import pytest

from bot.survey import Choice, Survey, plain
from bot.survey_file import load_survey, load_words, read_survey, read_words
from bot.survey_lint import lint, own_lines
from bot.wording import Words
from contact.errors import Misconfigured
from contact.reply import Label


def test_the_shipped_survey_and_wording_have_no_problems(survey: Survey, words: Words) -> None:
    assert lint(survey, words) == []


def test_stored_answers_name_the_survey_and_its_version(survey: Survey) -> None:
    assert survey.script == "destinations-1"


def test_the_choices_stand_in_the_order_of_the_form(survey: Survey, words: Words) -> None:
    assert [label for _, label in words.options["now"]] == [
        "Sixth form",
        "College",
        "University",
        "Apprenticeship",
        "Job with training",
        "Job",
        "Looking for something",
        "Something else",
    ]
    assert [choice.label for choice in survey.choices][-2:] == [Label.LOOKING_FOR_WORK, None]


def test_a_label_without_a_number_counts_as_something_else(survey: Survey) -> None:
    assert survey.number_of(Label.GAP_YEAR) == 8
    assert survey.number_of(Label.APPRENTICESHIP) == 4


@pytest.mark.parametrize(
    ("text", "same"),
    [
        pytest.param("  Who's   THIS?! ", "whos this", id="case, stops, spaces, apostrophe"),
        pytest.param("who’s this", "whos this", id="a curly apostrophe"),
        pytest.param("łódź…", "łódź", id="letters of other languages stay"),
    ],
)
def test_phrases_are_compared_without_their_dress(text: str, same: str) -> None:
    assert plain(text) == same


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("who's this??", "who", id="who"),
        pytest.param("is this really from school or a fake", "real", id="a scam"),
        pytest.param("how did u get my number", "number", id="the number"),
        pytest.param("are you a real human", "robot", id="a robot"),
        pytest.param("how long do you keep my information?", "data", id="what becomes of it"),
        pytest.param("do i need to pay for these replies", "cost", id="what it costs"),
        pytest.param("whats it for", "why", id="why"),
        pytest.param("when can i collect my certificates", None, id="none of these"),
        pytest.param("i work at costa", None, id="not half a word"),
    ],
)
def test_questions_that_we_can_answer(survey: Survey, text: str, code: str | None) -> None:
    topic = survey.topic(text)

    assert (topic and topic.code) == code


@pytest.mark.parametrize("name", ["../secrets", "no-such-survey", ""])
def test_a_survey_that_is_not_there_is_named_in_the_refusal(name: str) -> None:
    with pytest.raises(Misconfigured, match="surveys"):
        load_survey(name)


def test_a_language_that_is_not_there_is_refused() -> None:
    with pytest.raises(Misconfigured, match="xx"):
        load_words("xx")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        pytest.param("name = ", "survey s", id="no TOML"),
        pytest.param('name = "s"', "version is missing", id="half of it"),
    ],
)
def test_a_broken_survey_file_says_what_is_wrong(text: str, what: str) -> None:
    with pytest.raises(Misconfigured, match=what):
        read_survey(text, "s")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        pytest.param('"gap_year"', '"holiday"', "holiday", id="an unknown label"),
        pytest.param('"start", "help"]', '"help", "start"]', "in the order", id="another order"),
        pytest.param('where = "employer"\n', 'where = "moon"\n', "moon", id="an unknown place"),
    ],
)
def test_a_survey_file_is_checked(old: str, new: str, what: str) -> None:
    text = (files("bot") / "surveys" / "destinations.toml").read_text(encoding="utf-8")
    assert old in text

    with pytest.raises(Misconfigured, match=what):
        read_survey(text.replace(old, new), "destinations")


def test_a_broken_wording_file_says_what_is_missing() -> None:
    with pytest.raises(Misconfigured, match="wording xx: choices is missing"):
        read_words("[lines]\nhelp = 'x'", "xx")


def problems(survey: Survey, words: Words) -> set[tuple[str, str]]:
    return {(problem.where, problem.what) for problem in lint(survey, words)}


@pytest.mark.parametrize(
    ("line", "text", "what"),
    [
        pytest.param("media", "x" * 307, "takes 3 SMS parts (307 characters)", id="too long"),
        pytest.param("media", "can’t", "has letters that are not in GSM-7", id="a curly quote"),
        pytest.param("media", "{age}?", "uses {age}, which is no fact", id="an unknown fact"),
        pytest.param("question.help", "Reply YES", "invites YES, which gateways act on", id="yes"),
        pytest.param("ask.2", "Hi!", "does not say how to stop", id="an ask without STOP"),
        pytest.param("lost", "Hi!", "is never said", id="a line nobody says"),
        pytest.param("signpost.worry", "999", "does not name 116 123", id="a missing helpline"),
    ],
)
def test_the_linter_finds_bad_lines(
    survey: Survey, words: Words, line: str, text: str, what: str
) -> None:
    broken = replace(words, lines={**words.lines, line: text})

    assert (line, what) in problems(survey, broken)


def test_the_linter_misses_no_line_that_is_needed(survey: Survey, words: Words) -> None:
    for line in own_lines(survey):
        fewer = {name: text for name, text in words.lines.items() if name != line}

        assert (line, "has no text") in problems(survey, replace(words, lines=fewer))


def test_the_linter_finds_answers_that_gateways_act_on(survey: Survey, words: Words) -> None:
    options = {**words.options, "help": (("1", "Yes"), ("no", "no"))}

    found = problems(survey, replace(words, options=options))

    assert ("help", "'Yes' is a word that gateways act on") in found
    assert ("help", "'no' is not a digit") in found


def test_the_linter_finds_labels_that_no_path_reaches(survey: Survey, words: Words) -> None:
    found = problems(replace(survey, paths=survey.paths[1:]), words)

    assert ("sixth_form", "is reached by no path") in found


def test_the_linter_finds_choices_that_do_not_fit(survey: Survey, words: Words) -> None:
    fewer = replace(survey, choices=(*survey.choices[:6], Choice(9)))

    found = problems(fewer, words)

    assert ("now", "the choices are not numbered 1, 2, 3 …") in found
    assert ("now", "the wording's choices are not the survey's") in found


def test_the_linter_counts_the_messages_of_a_path(survey: Survey, words: Words) -> None:
    found = problems(replace(survey, max_messages=5), words)

    assert ("higher_education", "takes 6 messages") in found
