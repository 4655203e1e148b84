"""Names of every script are names; what is not is stored as text and looked at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.alumnus import Profile
from contact.names import LONGEST, fold, match_key_material, read_name
from tests.contact.test_dates import DAY


@pytest.mark.parametrize(
    "typed",
    [
        "Amina Testwell", "Hána Ņemo", "Gita O’Sample", "Femi D'Mock", "Mary-Kate St. John", "Pelé",
        "Nguyễn Thị Mai", "王小明", "محمد علی", "نمونه\u200cای آزمایشی", "İrem Yılmaz", "X Æ Owen",
        "Ifeoma Nwaṅkwọ", "ʻOkina Mock", "Оксана Шевченко",
    ],
)  # fmt: skip
def test_a_name_of_any_script_needs_no_look(typed):
    assert read_name(typed) == read_name(f"\u202a  {typed}\t")
    assert (read_name(typed).name, read_name(typed).problem) == (typed, None)


def test_spaces_and_unseen_marks_are_cleaned_and_case_is_kept():
    assert read_name("  renée\xa0 van \n der\u200b BERG ").name == "renée van der BERG"
    assert read_name("Rene\u0301e").name == "Renée"


@pytest.mark.parametrize(
    ("typed", "name", "preferred"),
    [
        ("Samantha (Sam) Mock", "Samantha Mock", "Sam"),
        ("Jonathan Mock (Jon)", "Jonathan Mock", "Jon"),
        ("Specimen, Kofi Ben", "Specimen, Kofi Ben", "Kofi"),
        ("Amina Testwell", "Amina Testwell", None),
    ],
)
def test_what_to_call_them_is_a_nickname_or_the_name_after_a_comma(typed, name, preferred):
    read = read_name(typed)

    assert (read.name, read.preferred, read.problem) == (name, preferred, None)


@pytest.mark.parametrize(
    "typed",
    [
        '=HYPERLINK("http://sample.example","Mo")', "Robert'); DROP TABLE sample;--", "O (O) (O)",
        "Ola (O", "Ola )O(", "Ola (O2)", "Ola ()", "(Ola)", "Amina 2", "Amina½", "a@example.org",
        "Amina\0Testwell", "<b>Ben</b>", "Ben/Chidi", "Ben 😀", "Ben [B] Mock",
    ],
)  # fmt: skip
def test_other_characters_are_looked_at_and_kept_as_text(typed):
    read = read_name(typed)

    assert read.problem == "name_characters"
    assert read.preferred is None
    assert "\0" not in read.name


@pytest.mark.parametrize("typed", ["", "  ", "-", " . ", "N/A", "\u200b"])
def test_no_name_is_no_name(typed):
    assert read_name(typed).name == ""


def test_a_name_without_end_is_cut_and_looked_at():
    read = read_name("Amina" * 1000)

    assert (len(read.name), read.problem) == (LONGEST, "name_too_long")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Amina Testwell", " AMINA   testwell", True),
        ("Straße", "STRASSE", True),
        ("\uff21mina", "Amina", True),
        ("Zoë", "Zoe\u0308", True),
        ("Zoë", "Zoe", False),
        ("Amina Testwell", "Amina Testwel", False),
    ],
)
def test_a_folded_name_is_the_same_whatever_its_case_and_spaces(one, other, same):
    assert (fold(one) == fold(other)) is same


def test_people_are_matched_by_name_and_day_of_birth():
    amina = Profile("Amina Testwell", DAY)

    assert match_key_material(amina) == match_key_material(Profile("AMINA  TESTWELL", DAY, "Ami"))
    assert match_key_material(amina) != match_key_material(Profile("Amina Testwell"))
    assert match_key_material(amina) == "amina testwell\n2009-03-08"


@given(st.text(max_size=LONGEST + 5))
def test_any_text_is_read_as_one_line_and_reading_again_changes_nothing(text):
    read = read_name(text)

    assert read.name == " ".join(read.name.split())
    assert len(read.name) <= LONGEST
    assert read.problem is not None or read_name(read.name).name == read.name
