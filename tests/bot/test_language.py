"""Which language a reply is in: sure or not told, and never guessed from an English text."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import Signs, asked_for, phrases, written_in
from bot.survey_file import languages, load_words

KNOWN = {language: load_words(language).signs for language in languages()}

#: As leavers write: names of places and people, languages as subjects, slang, other tongues' words.
ENGLISH = (
    "stayed on at 6th form doin maths n physics",
    "not at college anymore, greggs full time",
    "im at the university of leeds studying history",
    "a level polish and welsh at xaverian",
    "doing arabic at soas innit",
    "working in zara with pawel and ioana",
    "apprentice electrician, level 3, started in july",
    "nu metal band lol, gap year",
    "at mams, lookin for a job",
    "co op apprentice",
    "paid internship at coleg cambria",
    "coleg menai",
    "Coleg y Cymoedd level 2 brickwork",
    "la retraite sixth form, maths",
    "on a course to be a PT",
    "dw about it im at uni",
    "na just workin",
    "no ta",
    "yes pls",
    "ok",
    "nie",
    "tak",
    "da",
    "diolch",
    "salam, im at aston doing pharmacy",
    "shukran bro, uni of bolton",
    "merci, at carmel",
    "2",
    "Żabka",
    "Paweł Wiśniewski",
    "Łódź and Wrocław this summer then bournemouth uni",
    "café work",
    "",
    "😀😀",
)


@pytest.mark.parametrize("text", ENGLISH)
def test_an_english_text_is_never_taken_for_another_language(text: str) -> None:
    assert written_in(text, KNOWN) in (None, "en")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("pl", "kończę college w czerwcu"),
        ("pl", "pracuje w tesco, nie mam czasu na szkole"),
        ("pl", "jestem na apprenticeship jako elektryk"),
        ("pl", "nie piszcie do mnie"),
        ("pl", "dziękuję"),
        ("pl", "kto to jest i czego pan chce? nie znam"),
        ("ro", "lucrez la un depozit acum"),
        ("ro", "sunt la facultate"),
        ("ro", "nu mai vreau mesaje"),
        ("ro", "mulțumesc"),
        ("ro", "inca studiez la colegiu"),
        ("cy", "dw i'n gweithio mewn siop"),
        ("cy", "rydw i yn y coleg ym Mangor"),
        ("cy", "peidiwch â thecstio fi"),
        ("cy", "dal yn yr ysgol, diolch"),
        ("cy", "dwi'n astudio yn y brifysgol"),
        ("ar", "أنا أدرس في الجامعة"),
        ("ar", "اعمل في مطعم"),
        ("ar", "توقفوا عن مراسلتي"),
        ("ar", "توقف"),
        ("ur", "میں کالج میں پڑھ رہا ہوں"),
        ("ur", "مجھے میسج مت کریں"),
        ("ur", "نوکری کر رہی ہوں"),
        ("en", "yeah im still at college"),
        ("en", "no, not there anymore, working at b&m now"),
    ],
)
def test_a_text_in_a_language_is_known_for_it(language: str, text: str) -> None:
    assert written_in(text, KNOWN) == language


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("tesco", id="a name"),
        pytest.param("٢", id="a figure"),
        pytest.param("jestem at college", id="one word of each"),
        pytest.param("bonjour, je suis au lycée", id="a language that we have not"),
        pytest.param("من در دانشگاه درس می خوانم یعنی", id="hardly any sign among many words"),
        pytest.param("سلام", id="what Arabic and Urdu share"),
    ],
)
def test_what_is_not_sure_is_not_told(text: str) -> None:
    assert written_in(text, KNOWN) is None


def test_a_language_that_is_not_turned_on_is_not_told_for_another() -> None:
    assert written_in("nie mam pracy, szukam", {"en": KNOWN["en"], "ro": KNOWN["ro"]}) is None


@given(st.text(max_size=60))
def test_no_text_is_too_odd_to_be_looked_at(text: str) -> None:
    assert written_in(text, KNOWN) in (None, *KNOWN)
    assert asked_for(text, KNOWN, named=True) in (None, *KNOWN)


@given(st.lists(st.sampled_from(sorted(KNOWN["en"].words)), min_size=1, max_size=12))
def test_words_of_english_never_tell_another_language(said: list[str]) -> None:
    assert written_in(" ".join(said), KNOWN) in (None, "en")


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12))
def test_one_word_in_plain_letters_is_hardly_ever_enough(word: str) -> None:
    found = written_in(word, KNOWN)

    assert found is None or word in KNOWN[found].sure


def test_of_genuine_english_texts_hardly_any_would_switch(samples: Path) -> None:
    rows = (samples / "real_sms.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(row)["text"] for row in rows]

    switched = [text for text in texts if written_in(text, KNOWN) not in (None, "en")]
    asked = [text for text in texts if asked_for(text, KNOWN, named=True)]

    assert len(texts) > 1000
    assert len(switched) <= len(texts) * 0.001
    assert asked == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("pl", "po polsku?"),
        ("pl", "Polski?"),
        ("pl", "prosze po polsku"),
        ("pl", "in polish please"),
        ("pl", "do you speak Polish?"),
        ("ro", "în română"),
        ("ro", "romaneste"),
        ("ro", "can you text in romanian pls"),
        ("cy", "Cymraeg?"),
        ("cy", "yn Gymraeg os gwelwch yn dda"),
        ("cy", "welsh please"),
        ("ar", "بالعربية"),
        ("ar", "can i answer in arabic"),
        ("ur", "اردو میں"),
        ("ur", "urdu plz"),
        ("en", "english please"),
        ("en", "sorry can we talk in english"),
    ],
)
def test_somebody_asks_for_a_language(language: str, text: str) -> None:
    assert asked_for(text, KNOWN, named=True) == language


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("polish", id="a subject, or a nail bar"),
        pytest.param("i do welsh", id="what they study"),
        pytest.param("english lit and history", id="subjects"),
        pytest.param("a level in arabic", id="a course in it"),
        pytest.param("my mum speaks urdu to me at home", id="a story"),
        pytest.param("in town", id="no language"),
        pytest.param("please", id="politeness alone"),
    ],
)
def test_the_name_of_a_language_alone_asks_for_nothing(text: str) -> None:
    assert asked_for(text, KNOWN, named=True) is None


def test_where_a_course_is_asked_for_a_name_is_one() -> None:
    assert asked_for("Cymraeg", KNOWN, named=False) is None
    assert asked_for("yn Gymraeg plis", KNOWN, named=False) == "cy"


def test_phrases_are_known_without_their_accents_where_they_are_long_enough() -> None:
    assert phrases(["Nie wiem!", "są", "pracuję"]) == ("nie wiem", "są", "pracuję", "pracuje")


@pytest.mark.parametrize(("letters", "enough"), [("ąę", 2), ("", 2), ("ةى", 1)])
def test_a_script_of_its_own_tells_more(letters: str, enough: int) -> None:
    assert Signs(letters=frozenset(letters)).enough == enough
