"""The linter: each thing that would go wrong with a survey is found before anybody is asked."""

from dataclasses import replace

import pytest

from bot.keywords import HELP, OPT_IN, OPT_OUT, bare
from bot.survey import Choice, Survey, Topic
from bot.survey_lint import (
    FIXED_LINES,
    HELPLINES,
    Problem,
    lint,
    longest_facts,
    own_lines,
    sent_lines,
)
from bot.wording import LONGEST, Words
from contact.address import ChannelName
from contact.reply import Label


def said(words: Words, line: str, text: str) -> Words:
    """``words`` in which ``line`` says ``text``."""
    return replace(words, lines={**words.lines, line: text})


def offering(words: Words, question: str, *options: tuple[str, str]) -> Words:
    """``words`` in which ``question`` offers ``options``."""
    return replace(words, options={**words.options, question: options})


def whats(survey: Survey, words: Words, where: str) -> list[str]:
    """What is wrong there."""
    return [each.what for each in lint(survey, words) if each.where == where]


def test_what_ships_has_nothing_to_mend(survey: Survey, words: Words):
    assert lint(survey, words) == []


@pytest.mark.parametrize(
    ("line", "text", "what"),
    [
        pytest.param("thanks", "Thanks {nickname}", "uses {nickname}, which is no fact", id="fact"),
        pytest.param("thanks", "Thanks {", "has a brace without its partner", id="a lone brace"),
        pytest.param("thanks", "Thanks }", "has a brace without its partner", id="and its partner"),
        pytest.param("thanks", "M" * 307, "takes 3 SMS parts (307 characters)", id="too long"),
        pytest.param("thanks", "Thanks 🎓", "has letters that are not in GSM-7", id="a picture"),
        pytest.param("thanks", "Thanks …", "has letters that are not in GSM-7", id="an ellipsis"),
        pytest.param("ask.1", "Hi {first_name}: {choices}", "does not say how to stop", id="stop"),
        pytest.param("help", "Reply YES", "invites YES, which gateways act on", id="a yes"),
        pytest.param("help", "text 'cancel'", "invites cancel, which gateways act on", id="c"),
        pytest.param("ask.1", "Reply START. STOP", "invites START, which gateways act on", id="s"),
        pytest.param("mystery", "Never said", "is never said", id="a line of no use"),
    ],
)
def test_a_line_that_must_not_go_out_is_found(survey, words, line, text, what):
    assert what in whats(survey, said(words, line, text), line)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        pytest.param("ask.1", "Hi {first_name}\n{choices}\nSTOP to stop", id="stop in an ask"),
        pytest.param("stop.confirmed", "We stop. Text START to come back.", id="start elsewhere"),
        pytest.param("thanks", "M" * 306, id="two parts to the letter"),
        pytest.param("thanks", "Thanks £5 {{really}}", id="a brace that is meant"),
        pytest.param("ask.7", "Once more\n{choices}\nSTOP to stop", id="more asks than three"),
    ],
)
def test_a_line_that_may_go_out_is_not(survey, words, line, text):
    assert whats(survey, said(words, line, text), line) == []


def test_every_line_that_is_missing_is_found(survey: Survey, words: Words):
    for line in (*FIXED_LINES, *own_lines(survey)):
        bare_words = replace(
            words, lines={name: text for name, text in words.lines.items() if name != line}
        )
        assert "has no text" in whats(survey, bare_words, line), line


@pytest.mark.parametrize("number", HELPLINES)
@pytest.mark.parametrize("line", ["signpost.worry", "signpost.worry_stop"])
def test_a_signpost_without_one_of_its_helplines_is_found(survey, words, line, number):
    short = said(words, line, words.lines[line].replace(number, ""))

    assert f"does not name {number}" in whats(survey, short, line)


@pytest.mark.parametrize("word", sorted(OPT_OUT | OPT_IN | HELP))
def test_an_answer_that_gateways_act_on_is_found(survey, words, word):
    asked = offering(words, "help", ("1", f" {word.upper()}! "), ("2", "No thanks"))

    assert f"{f' {word.upper()}! '!r} is a word that gateways act on" in whats(
        survey, asked, "help"
    )


def test_an_answer_that_is_no_digit_is_found(survey: Survey, words: Words):
    asked = offering(words, "help", ("a", "Please"), ("2", "No thanks"))

    assert "'a' is not a digit" in whats(survey, asked, "help")


def test_choices_of_the_wording_that_are_not_the_surveys_are_found(survey, words):
    fewer = offering(words, "now", *words.options["now"][:-1])

    assert "the wording's choices are not the survey's" in whats(survey, fewer, "now")


def test_choices_that_leave_a_number_out_are_found(survey: Survey, words: Words):
    odd = replace(survey, choices=(*survey.choices[:-1], Choice(9)))

    assert "the choices are not numbered 1, 2, 3 …" in whats(odd, words, "now")


@pytest.mark.parametrize("label", [Label.FE_COLLEGE, Label.GAP_YEAR, Label.SELF_EMPLOYED])
def test_an_activity_that_no_path_reaches_is_found(survey, words, label):
    paths = tuple(
        replace(path, labels=tuple(each for each in path.labels if each is not label))
        for path in survey.paths
    )
    # A path whose only label it was has none left to be named by.
    paths = tuple(path for path in paths if path.labels)

    assert whats(replace(survey, paths=paths), words, label) == ["is reached by no path"]


def test_an_activity_on_two_paths_is_found(survey: Survey, words: Words):
    twice = replace(survey, paths=(*survey.paths, survey.paths[0]))

    for label in survey.paths[0].labels:
        assert "is on two paths" in whats(twice, words, label)


@pytest.mark.parametrize("label", [Label.STOP, Label.DISTRESS, Label.REFUSES])
def test_what_is_no_activity_must_have_no_path(survey, words, label):
    first = survey.paths[0]
    wide = replace(first, labels=(*first.labels, label))

    assert "is no activity" in whats(replace(survey, paths=(wide, *survey.paths[1:])), words, label)


@pytest.mark.parametrize("label", [Label.FE_COLLEGE, Label.ARMED_FORCES])
def test_an_activity_without_code_or_name_is_found(survey, words, label):
    codeless = replace(
        survey, codes={each: code for each, code in survey.codes.items() if each is not label}
    )
    nameless = replace(
        words, labels={each: name for each, name in words.labels.items() if each != label}
    )

    assert "has no code" in whats(codeless, words, label)
    assert whats(survey, nameless, label) == ["has no name in the wording"]


def test_a_path_that_takes_more_messages_than_promised_is_found(survey: Survey, words: Words):
    hurried = replace(survey, max_messages=4)

    assert [each.what for each in lint(hurried, words)] != []
    assert all(each.what.startswith("takes ") for each in lint(hurried, words))


def test_a_path_that_offers_no_help_is_found(survey: Survey, words: Words):
    first = survey.paths[0]
    curt = replace(first, asks=tuple(code for code in first.asks if code != "help"))

    assert whats(replace(survey, paths=(curt, *survey.paths[1:])), words, first.labels[0]) == [
        "does not offer help"
    ]


def test_a_question_to_us_needs_its_answer(survey: Survey, words: Words):
    asked = replace(survey, topics=(*survey.topics, Topic("wages", ("how much",))))

    assert Problem("answer.wages", "has no text") in lint(asked, words)


def test_own_lines_name_each_line_once(survey: Survey):
    lines = own_lines(survey)

    assert len(lines) == len(set(lines))
    assert {"question.where.study", "clarify.where", "question.help"} <= set(lines)


def test_everything_that_can_be_sent_is_counted_with_the_longest_facts(survey, words):
    facts = longest_facts()

    assert all(len(facts[name]) > most for name, most in LONGEST.items() if name != "recorded")
    for line in sent_lines(survey, words):
        assert words.render(line, facts, ChannelName.SMS)


def test_each_pair_of_guesses_is_counted(survey: Survey, words: Words):
    pairs = [line for line in sent_lines(survey, words) if line.startswith("clarify.guess.")]

    assert len(pairs) == len(survey.choices) * (len(survey.choices) - 1)


@pytest.mark.parametrize(
    ("text", "compared"),
    [("STOP", "stop"), (" Stop. ", "stop"), ('"stop"', "stop"), ("stop it", "stop it"), ("", "")],
)
def test_a_keyword_is_compared_as_gateways_do(text, compared):
    assert bare(text) == compared
