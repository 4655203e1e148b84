"""The language somebody is written to in, from one case to the next."""

from dataclasses import replace

import pytest

from contact.school import ENGLISH
from contact.speaking import in_language, of_line, spoken_with
from tests.cast import (
    AMINA_PHONE,
    DAY,
    NOW,
    SCHOOL,
    SMS,
    WINDOW,
    Stage,
    add,
    make_desk,
    open_cases,
    stage,
)

__all__ = ["stage"]

POLISH = replace(SCHOOL, languages=("pl", "cy"))


@pytest.mark.parametrize(
    ("line", "language", "named"),
    [
        ("ask.1", "en", "ask.1"),
        ("ask.1", "pl", "pl:ask.1"),
        ("pl:ask.1", "cy", "cy:ask.1"),
        ("pl:ask.1", "en", "ask.1"),
    ],
)
def test_a_line_names_its_language_once(line: str, language: str, named: str) -> None:
    assert in_language(line, language) == named
    assert of_line(named) == (language, "ask.1")


@pytest.mark.parametrize(
    ("language", "spoken"), [("pl", "pl"), ("en", "en"), ("ro", "en"), ("", "en")]
)
def test_a_school_speaks_what_it_has_turned_on(language: str, spoken: str) -> None:
    assert POLISH.speaks(language) == spoken
    assert SCHOOL.speaks(language) == ENGLISH


async def test_the_next_wave_asks_in_the_language_of_the_last(stage: Stage) -> None:
    stage.desk = make_desk(schools={SCHOOL.id: POLISH})
    who = stage.open()
    await stage.tick(NOW)
    for text in ("po polsku", "7", "2"):
        stage.hears(text, NOW)
    await stage.tick(NOW + DAY)
    assert stage.case(who).ended_at is not None

    later = NOW + 61 * DAY
    window = replace(WINDOW, wave="y1-spring", known_from=later.date(), opens=later.date())
    stage.write(lambda work: work.due.open(window, later.date(), later))
    await stage.tick(later)

    assert stage.asks(who)[-1].line.startswith("pl:ask.")
    assert "doradcy zawodowi Cansfield High" in (stage.asks(who)[-1].text or "")


async def test_an_ask_is_in_english_again_once_the_school_turns_the_language_off(
    stage: Stage,
) -> None:
    stage.desk = make_desk(schools={SCHOOL.id: POLISH})
    who = stage.open()
    await stage.tick(NOW)
    stage.hears("po polsku", NOW)
    stage.desk = make_desk()

    await stage.days(NOW + DAY, 7)

    assert [each.line for each in stage.asks(who)] == ["ask.1", "ask.2"]


def test_somebody_never_spoken_with_is_written_to_in_english(stage: Stage) -> None:
    who = stage.write(add, "Amina Yusuf", (SMS, AMINA_PHONE))
    stage.write(open_cases, NOW)
    case = stage.case(who)

    assert stage.read(lambda work: spoken_with(work, case, POLISH)) == ENGLISH
    assert stage.read(lambda work: spoken_with(work, None, POLISH)) == ENGLISH
    assert stage.read(lambda work: spoken_with(work, case, None)) == ENGLISH


async def test_each_answer_names_the_language_its_question_stood_in(stage: Stage) -> None:
    stage.desk = make_desk(schools={SCHOOL.id: POLISH})
    who = stage.open()
    await stage.tick(NOW)
    stage.hears("po polsku", NOW)
    stage.hears("6", NOW)
    stage.hears("Greggs, but can we talk in english please, its easier for me", NOW)

    case = stage.case(who)
    talk = stage.read(lambda work: work.conversations.of_case(case.id).talk)

    assert talk.script == "destinations-1"
    assert talk.language == "en"
    assert talk.locales == {"now": "pl", "where": "pl"}


async def test_on_a_shared_phone_the_question_whose_it_is_is_asked_in_their_language(
    stage: Stage,
) -> None:
    stage.desk = make_desk(schools={SCHOOL.id: POLISH})
    people = [stage.write(add, name, (SMS, AMINA_PHONE)) for name in ("Amina Yusuf", "Ben Shaw")]

    stage.hears("dzień dobry, nie wiem kto pisze", NOW)

    said = [each for who in people for each in stage.messages(who)]
    assert [each.line for each in said] == ["pl:which"]
    assert "Czy chodzi o 1 " in (said[0].text or "")
