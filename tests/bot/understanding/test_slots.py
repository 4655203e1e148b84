"""Names, levels, dates and codes are found in replies."""

import pytest

from bot.understanding import understand
from bot.understanding.levels import find_level
from bot.understanding.normalise import normalise
from bot.understanding.starts import find_start
from contact.reply import Label, Slots

NAMED: list[tuple[str, str, str | None]] = [
    ("im at bury college doing level 2 plumbing", "provider", "bury college"),
    ("im at bury college doing level 2 plumbing", "course", "plumbing"),
    ("im at bury college doing level 2 plumbing", "level", "2"),
    ("mmu doing history", "provider", "Manchester Metropolitan University"),
    ("wirral met, floristry", "provider", "Wirral Met College"),
    ("a levels at mosslands doing maths and art", "provider", "mosslands"),
    ("at hilbre sixth form, art and drama", "provider", "hilbre"),
    ("full time at home bargins", "employer", "Home Bargains"),
    ("greggs full time", "employer", "Greggs"),
    ("apprentice joiner with smith and sons", "course", "joiner"),
    ("plumbing apprentice at british gas", "employer", "british gas"),
    ("plumbing apprentice at british gas", "course", "plumbing"),
    ("studying paramedic science at edge hill", "course", "paramedic science"),
    ("maccies full time", "employer", "McDonald's"),
    ("waitress in a cafe", "employer", "cafe"),
    ("oh ok. sixth form at easton", "provider", "easton"),
    ("yeah easton sixth form", "provider", "easton"),
    ("at carmel college doing A levels since september", "course", "A levels"),
    ("at carmel college doing A levels since september", "provider", "Carmel College"),
    ("at carmel college doing A levels since september", "level", "3"),
    ("at carmel college doing A levels since september", "start", None),
    ("doing a levels at carmel", "course", "a levels"),
    ("doing a levels in maths and art", "course", "maths and art"),
    ("apprentice with my uncle, Oakes Roofing, level 2", "employer", "Oakes Roofing"),
    ("apprentice with my dad, love it", "employer", None),
]

LEVELS = [
    ("level 2", "2"), ("lvl3 media", "3"), ("L1 bricklaying", "1"), ("level three", "3"),
    ("nvq 2", "2"), ("a levels", "3"), ("t level in digital", "3"), ("gcse resits", "2"),
    ("doing a degree", "6"), ("bsc hons", "6"), ("foundation degree", "5"), ("hnd", "5"),
    ("hnc", "4"), ("masters in law", "7"), ("pgce", "7"), ("phd", "8"), ("degree apprentice", "6"),
    ("access course", "3"), ("plumbing", None), ("year 12", None),
]  # fmt: skip

STARTS = [
    ("september 2025", "2025-09"), ("5th of september 2025", "2025-09-05"),
    ("started 1 Oct 2024", "2024-10-01"), ("05/09/2025", "2025-09-05"), ("5.9.25", "2025-09-05"),
    ("2025-09-05", "2025-09-05"), ("2025-09", "2025-09"), ("09/2025", "2025-09"),
    ("wrzesień 2025", "2025-09"), ("september", None), ("5th of september", None),
    ("next month", None), ("31/02/2025", None), ("13/2025", None), ("sept 25", None),
]  # fmt: skip

CODES = [
    ("at winstanley doing a levels", "220"),
    ("year 12 at st marys", "210"),
    ("part time course at bury college", "250"),
    ("bury college doing sport", "230"),
    ("uni of leeds", "240"),
    ("apprentice spark", "310"),
    ("supported internship at the hospital with a job coach", "460"),
    ("on a traineeship", "450"),
    ("trainee accountant at kpmg doing aca", "320"),
    ("trainee manager at lidl", "340"),
    ("full time at asda", "330"),
    ("part time at asda", "360"),
    ("christmas temp at argos", "350"),
    ("self employed roofer", "380"),
    ("volunteering at oxfam", "540"),
    ("gap year", "260"),
    ("in the army", "340"),
    ("unemployed, looking for work", "619"),
    ("nothing atm, looking, but starting at nissan on 3 november", "615"),
    ("im a full time mum", "610"),
    ("off sick with crohns", "610"),
    ("caring for my nan", "610"),
    ("pregnant", "610"),
    ("on remand in hmp leeds", "710"),
    ("prefer not to say", "830"),
    ("moved to spain", None),
    ("lol", None),
]


@pytest.mark.parametrize(("text", "slot", "value"), NAMED)
def test_what_is_named_in_an_answer(text: str, slot: str, value: str | None) -> None:
    assert getattr(understand(text, "now").slots, slot) == value


@pytest.mark.parametrize(("text", "level"), LEVELS, ids=[text for text, _ in LEVELS])
def test_levels(text: str, level: str | None) -> None:
    assert find_level(normalise(text)) == level


@pytest.mark.parametrize(("text", "start"), STARTS, ids=[text for text, _ in STARTS])
def test_a_start_is_given_only_where_it_is_certain(text: str, start: str | None) -> None:
    assert find_start(text) == start


@pytest.mark.parametrize(("text", "code"), CODES, ids=[text for text, _ in CODES])
def test_codes_and_never_the_reason_why(text: str, code: str | None) -> None:
    assert understand(text, "now").code == code


@pytest.mark.parametrize(
    ("text", "question", "slot", "value"),
    [
        ("keele uni", "where", "provider", "Keele University"),
        ("the grange", "where", "provider", "grange"),
        ("hilbre on frankby rd", "where", "provider", "hilbre"),
        ("arnold clark bromborough", "where", "employer", "arnold clark"),
        ("home bargins", "where", "employer", "Home Bargains"),
        ("painting n decorating", "what", "course", "painting and decorating"),
        ("adult nursing", "what", "course", "adult nursing"),
        ("till girl", "what", "course", "till girl"),
        ("higher, so 4 or 5", "level", "level", "4"),
        ("three", "level", "level", "3"),
        ("september 2025", "start", "start", "2025-09"),
        ("a levels", "what", "course", "a levels"),
        ("A-Levels", "what", "course", "A-Levels"),
        ("alevels", "what", "level", "3"),
        ("a level maths", "what", "course", "a level maths"),
        ("maths, physics and polish, level 3", "what", "course", "maths, physics and polish"),
        ("maths, physics and polish, level 3", "what", "level", "3"),
        ("marine engineering", "what", "course", "marine engineering"),
        ("Level 3 Marine Engineering", "what", "course", "Marine Engineering"),
        ("my level 2 in childcare at hugh baird", "what", "course", "childcare"),
        ("plumbing, 2", "what", "course", "plumbing"),
        ("btec level 2 sport", "what", "course", "btec sport"),
        ("its IT, level 2", "what", "course", "IT"),
        ("oh ok. im doing animal care lol", "what", "course", "animal care"),
        ("on the tills", "what", "course", "on the tills"),
        ("sorry meant electrics", "what", "course", "electrics"),
        ("health & social care", "what", "course", "health and social care"),
        ("business with finance", "what", "course", "business with finance"),
        ("marine biology in liverpool", "what", "course", "marine biology"),
        ("oh ok. sixth form at easton", "where", "provider", "easton"),
        ("doing plumbing at easton since september", "where", "provider", "easton"),
        ("im at hilbre miss", "where", "provider", "hilbre"),
        ("at carmel college doing A levels", "where", "course", "A levels"),
    ],
)
def test_the_reply_is_the_slot_that_was_asked_for(
    text: str, question: str, slot: str, value: str
) -> None:
    reading = understand(text, question, context=Label.FE_COLLEGE)

    assert getattr(reading.slots, slot) == value
    assert (reading.code, reading.review) == (None, False)


@pytest.mark.parametrize("text", ["sept", "last month", "this september", "next month"])
def test_a_start_without_a_year_is_an_answer_and_no_date(text: str) -> None:
    reading = understand(text, "start", context=Label.APPRENTICESHIP)

    assert (reading.label, reading.review) == (Label.APPRENTICESHIP, False)
    assert reading.slots == Slots()


def test_an_answer_keeps_the_destination_it_is_about() -> None:
    reading = understand("southport", "where", context=Label.FE_COLLEGE)

    assert (reading.label, reading.slots.provider) == (Label.FE_COLLEGE, "southport")


def test_a_place_of_work_is_an_employer() -> None:
    reading = understand("my uncles firm", "where", context=Label.APPRENTICESHIP)

    assert (reading.slots.employer, reading.slots.provider) == ("my uncles firm", None)


def test_a_change_is_told_in_answer_to_a_smaller_question() -> None:
    reading = understand(
        "dont work there now, looking for something else",
        "where",
        context=Label.EMPLOYMENT_WITHOUT_TRAINING,
    )

    assert (reading.label, reading.code) == (Label.LOOKING_FOR_WORK, "619")


@pytest.mark.parametrize(
    ("text", "label"),
    [("prefer not to say", Label.REFUSES), ("who is this", Label.WRONG_PERSON),
     ("fuck off", Label.ABUSIVE), ("why do you need that?", Label.QUESTION)],
)  # fmt: skip
def test_talk_to_us_is_no_name(text: str, label: Label) -> None:
    reading = understand(text, "where", context=Label.FE_COLLEGE)

    assert (reading.label, reading.slots.provider) == (label, None)


@pytest.mark.parametrize("text", ["dunno", "lol", "ok", "not sure"])
def test_talk_that_names_nothing_is_no_name(text: str) -> None:
    assert understand(text, "where", context=Label.FE_COLLEGE).slots.provider is None
