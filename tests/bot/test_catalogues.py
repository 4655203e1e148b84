"""Every language we may write in says what the English wording says, and fits its parts."""

import tomllib
from dataclasses import replace
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language_lint import lint_against
from bot.lettering import Lettering, most_parts
from bot.segments import count, is_gsm
from bot.survey import Survey
from bot.survey_file import languages, load_words
from bot.survey_lint import HELPLINES, lint, sent_lines
from bot.understanding import understand
from bot.wording import LONGEST, RECORDED, Words
from contact.address import ChannelName
from contact.reply import Label

SMS, TELEGRAM = ChannelName.SMS, ChannelName.TELEGRAM
OTHERS = tuple(name for name in languages() if name != "en")
CATALOGUES = {name: load_words(name) for name in OTHERS}
FACTS = {
    "first_name": "Łucja",
    "school": "Cansfield High",
    "careers_contact": "01942 555010",
    "safeguarding_contact": "Mr Ford",
    "label": "fe_college",
    "where": "Wirral Met",
    "what": "plumbing",
    "level": "2",
    "start": "2025-09",
}

pytestmark = pytest.mark.parametrize("language", OTHERS)


def test_it_ships_as_a_draft_that_no_speaker_has_checked(language: str) -> None:
    text = (files("bot") / "wordings" / f"{language}.toml").read_text("utf-8")

    assert "to be checked by a speaker" in text.splitlines()[0]
    assert tomllib.loads(text)["checked"] is False
    assert not CATALOGUES[language].checked


def test_the_linter_finds_nothing(language: str, survey: Survey, words: Words) -> None:
    assert lint(survey, CATALOGUES[language]) == []
    assert lint_against(CATALOGUES[language], words) == []


def test_every_line_of_the_english_wording_is_there(language: str, words: Words) -> None:
    """A line that is new in English is missed here at once."""
    assert set(CATALOGUES[language].lines) == set(words.lines)
    for line in words.lines:
        fewer = {name: text for name, text in CATALOGUES[language].lines.items() if name != line}
        found = lint_against(replace(CATALOGUES[language], lines=fewer), words)
        assert (line, "is missing from the lines") in {(each.where, each.what) for each in found}


def test_nothing_was_left_in_english(language: str, words: Words) -> None:
    same = {line for line, text in words.lines.items() if CATALOGUES[language].lines[line] == text}

    assert same == set()


def test_every_activity_month_and_question_has_its_name(
    language: str, survey: Survey, words: Words
) -> None:
    catalogue = CATALOGUES[language]

    assert catalogue.labels.keys() == words.labels.keys()
    assert len(set(catalogue.months)) == 12
    assert catalogue.heard.keys() <= survey.small_words.keys() | {"help"}
    assert catalogue.topics.keys() == {topic.code for topic in survey.topics}


@given(data=st.data())
def test_no_fact_makes_a_text_longer_than_its_parts(
    data: st.DataObject, survey: Survey, language: str
) -> None:
    catalogue = CATALOGUES[language]
    line = data.draw(st.sampled_from(sent_lines(survey, catalogue)))
    facts = data.draw(
        st.dictionaries(st.sampled_from([*LONGEST, *RECORDED]), st.text(max_size=150))
    )

    said = catalogue.render(line, facts, SMS)

    assert 1 <= count(said) <= most_parts(catalogue.lettering, line)
    assert catalogue.lettering is Lettering.WIDE or is_gsm(said)


def test_a_chat_keeps_what_a_text_message_folds(language: str) -> None:
    catalogue = CATALOGUES[language]

    chat, text = (catalogue.render("thanks", FACTS, channel) for channel in (TELEGRAM, SMS))

    assert "Łucja" in chat
    assert ("Lucja" in text) is (catalogue.lettering is Lettering.FOLDED)
    for fact in ("Wirral Met", "plumbing", "2025", "01942 555010", "Cansfield High"):
        assert fact in chat
        assert fact in text


@pytest.mark.parametrize("line", ["signpost.worry", "signpost.worry_stop"])
def test_a_signpost_names_every_helpline_whole(language: str, line: str) -> None:
    said = CATALOGUES[language].render(line, FACTS, SMS)

    for number in (*HELPLINES, "Childline", "Samaritans", "SHOUT", "Mr Ford", "Cansfield High"):
        assert number in said


@pytest.mark.parametrize("kind", ["yes", "no", "unsure", "still"])
def test_no_small_word_is_a_stop_or_a_worry(language: str, kind: str) -> None:
    for said in CATALOGUES[language].heard[kind]:
        reading = understand(said, "help")
        assert not {Label.STOP, Label.DISTRESS} & {reading.label, *reading.flags}, said


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        pytest.param({"later": "{school}"}, "later", "has other facts than in English", id="fact"),
        pytest.param({"later": "{"}, "later", "has other facts than in English", id="a brace"),
        pytest.param({"later": "QUIT"}, "later", "says QUIT, which gateways act on", id="a word"),
        pytest.param({"abuse": "-"}, "abuse", "does not say STOP", id="no STOP"),
        pytest.param({"hello": "-"}, "hello", "is no English one of the lines", id="one too many"),
    ],
)
def test_a_line_that_is_not_the_english_one_is_found(
    language: str, words: Words, change: dict[str, str], where: str, what: str
) -> None:
    catalogue = CATALOGUES[language]
    worse = replace(catalogue, lines={**catalogue.lines, **change})

    found = {(each.where, each.what) for each in lint_against(worse, words)}

    assert (where, what) in found


def test_an_answer_that_means_stop_is_found(language: str, words: Words) -> None:
    catalogue = CATALOGUES[language]
    options = {**catalogue.options, "help": (("1", "unsubscribe"), ("3", "-"))}

    found = {(each.where, each.what) for each in lint_against(replace(catalogue, options=options),
                                                              words)}  # fmt: skip

    assert ("help", "'unsubscribe' is understood as stop_optout") in found
    assert ("help", "has other numbers than in English") in found


def test_signs_that_english_has_too_are_found(language: str, words: Words) -> None:
    catalogue = CATALOGUES[language]
    signs = replace(
        catalogue.signs, words=catalogue.signs.words | {"the"}, asks=frozenset({"stop"})
    )

    found = {each.what for each in lint_against(replace(catalogue, signs=signs), words)}

    assert "'the' is English as well" in found
    assert "'stop' asks for more than a language" in found


def test_figures_and_lines_that_would_turn_about_are_found(language: str, words: Words) -> None:
    catalogue = CATALOGUES[language]
    lines = {
        **catalogue.lines,
        "later": "Childline: اتصل 0800 1111",
        "later.last": "اتصل 0800 1111",
    }

    found = {
        (each.where, each.what)
        for each in lint_against(replace(catalogue, lines=lines), words)
        if each.where.startswith("later")
    }

    turned = {
        ("later", "would be drawn from left to right"),
        ("later", "turns 0800 1111 about"),
        ("later.last", "turns 0800 1111 about"),
    }
    folded = {
        (line, "has letters that GSM-7 has no likeness of") for line in ("later", "later.last")
    }
    assert found == (turned if catalogue.lettering is Lettering.WIDE else folded)
