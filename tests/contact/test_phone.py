"""A mobile is found however it was typed, and never guessed."""

import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.phone import LONGEST, Phone, PhoneProblem, mobile

MOBILE = "+447700900742"


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("07700900742", id="bare"),
        pytest.param("  07700900742 ", id="padded"),
        pytest.param("07700 900 742", id="in threes"),
        pytest.param("07700-900-742", id="dashes"),
        pytest.param("07700.900.742", id="dots"),
        pytest.param("07700\N{NON-BREAKING HYPHEN}900742", id="a dash that does not break"),
        pytest.param("(07700) 900-742", id="brackets"),
        pytest.param("+44 7700 900742", id="country code"),
        pytest.param("+44 (0)7700 900742", id="country code and zero"),
        pytest.param("00447700900742", id="exit code"),
        pytest.param("447700900742", id="lost plus"),
        pytest.param("7700900742", id="lost zero"),
        pytest.param("+07700900742", id="a plus too many"),
        pytest.param("7700900742.0", id="a number of Excel's"),
        pytest.param("7.700900742E+09", id="scientific with all its digits"),
        pytest.param("'07700900742", id="apostrophe"),
        pytest.param('="07700900742"', id="text formula"),
        pytest.param("tel:07700900742", id="label"),
        pytest.param("Mob: 07700 900742", id="another label"),
        pytest.param("077009 00742 (my mobile)", id="remark"),
        pytest.param("07700\xa0900742\xa0", id="hard spaces"),
        pytest.param("\u202a+447700900742\u202c", id="direction marks"),
        pytest.param("\uff10\uff17700 900742", id="wide digits"),
        pytest.param("٠٧٧٠٠٩٠٠٧٤٢", id="Arabic digits"),
    ],
)
def test_a_mobile_is_found_in_every_dress(typed):
    assert mobile(typed, allow_drama=True).value == MOBILE


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        pytest.param("", "phone_missing", id="nothing"),
        pytest.param(" - ", "phone_missing", id="a dash"),
        pytest.param("N/A", "phone_missing", id="n/a"),
        pytest.param("7.7009E+09", "phone_digits_lost", id="rounded by Excel"),
        pytest.param("7.70090E+09", "phone_digits_lost", id="rounded, with a zero"),
        pytest.param("4.47701E+11", "phone_digits_lost", id="rounded, with country code"),
        pytest.param("0770090074", "phone_invalid", id="a digit short"),
        pytest.param("077009007421", "phone_invalid", id="a digit long"),
        pytest.param("07XXX XXXXXX", "phone_invalid", id="a keypad's letters are no digits"),
        pytest.param("ask my mum", "phone_invalid", id="words"),
        pytest.param("999", "phone_invalid", id="emergency"),
        pytest.param("07700 9OO74l", "phone_invalid", id="letters besides O"),
        pytest.param("0151 496 0123", "landline_not_sms", id="Ofcom's drama landline"),
        pytest.param("0151 496 0123 / 0151 496 0124", "landline_not_sms", id="two landlines"),
        pytest.param("0151 709 1234", "landline_not_sms", id="landline"),
        pytest.param("0800 11 1111", "not_a_mobile", id="freephone"),
        pytest.param("07012 345678", "not_a_mobile", id="070 is a personal number"),
        pytest.param("+1 202-555-0147", "foreign_number", id="abroad"),
        pytest.param("+353 85 012 3456", "foreign_number", id="a mobile abroad"),
        pytest.param("O77OO9OO219", "phone_letter_o", id="letter O"),
        pytest.param("07700900742" * 40, "phone_invalid", id="endless"),
    ],
)
def test_what_is_no_mobile_says_why(typed, problem):
    phone = mobile(typed, allow_drama=True)

    assert (phone.value, phone.problem) == (None, problem)


def test_the_letter_o_is_proposed_to_staff_not_accepted():
    assert mobile("O77OO9OO219", allow_drama=True).proposal == "+447700900219"
    assert mobile("O151 496 0123", allow_drama=True).proposal is None


@pytest.mark.parametrize(
    "typed",
    [
        "07700 900135 / 0151 496 0777",
        "0151 496 0777 or 07700 900135",
        "0151 496 0777 07700 900135",
        "07700900135,07700900136",
        "01514960777; mob 07700900135",
    ],
)
def test_of_two_numbers_the_first_mobile_is_taken(typed):
    phone = mobile(typed, allow_drama=True)

    assert phone == Phone("+447700900135", notes=("second_number",))


@given(st.integers(0, 999))
def test_the_drama_range_is_a_mobile_exactly_where_it_is_allowed(last):
    typed = f"07700 900{last:03}"

    assert mobile(typed, allow_drama=True).value == f"+447700900{last:03}"
    assert mobile(typed, allow_drama=False).problem is PhoneProblem.INVALID


@pytest.mark.parametrize("typed", ["07700899999", "07700901000", "07400123456", "07624300000"])
def test_outside_the_drama_range_the_setting_changes_nothing(typed):
    assert mobile(typed, allow_drama=True) == mobile(typed, allow_drama=False)


@given(st.text(max_size=LONGEST + 10))
def test_any_text_gives_a_british_mobile_or_a_problem(text):
    phone = mobile(text, allow_drama=True)

    assert (phone.value is None) is (phone.problem is not None)
    assert phone.value is None or re.fullmatch(r"\+447\d{9}", phone.value, re.ASCII)


@given(st.integers(7_000_000_000, 7_999_999_999), st.sampled_from(["0{}", "+44{}", "0044{}", "{}"]))
def test_the_short_way_agrees_with_phonenumbers(national, dress):
    number = phonenumbers.PhoneNumber(country_code=44, national_number=national)
    is_mobile = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE

    found = mobile(dress.format(national), allow_drama=False)

    assert found.value == (f"+44{national}" if is_mobile else None)


@given(st.text("0123456789 ()-.+", max_size=16))
def test_no_digit_is_guessed(typed):
    found = mobile(typed, allow_drama=True).value

    assert found is None or found[3:] in "".join(filter(str.isdigit, typed))


def test_a_phone_never_shows_itself_in_a_log():
    assert "900742" not in repr(mobile("07700 900742", allow_drama=True))
    assert PhoneProblem.INVALID in repr(mobile("123", allow_drama=True))
