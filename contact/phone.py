"""A typed phone number: the UK mobile that can be texted, or why there is none."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberType as Kind

UK: Final = 44
#: Longer than any two numbers with a remark; what is longer is not a number.
LONGEST: Final = 120


class PhoneProblem(StrEnum):
    """Why a typed number cannot be texted."""

    MISSING = "phone_missing"
    INVALID = "phone_invalid"
    LANDLINE = "landline_not_sms"
    NOT_MOBILE = "not_a_mobile"
    FOREIGN = "foreign_number"
    DIGITS_LOST = "phone_digits_lost"
    LETTER_O = "phone_letter_o"


@dataclass(frozen=True, slots=True)
class Phone:
    """What a typed number is: ``value`` in E.164, else its ``problem``.

    ``proposal`` is what a number with the letter O for zero would be, for staff
    to accept. ``notes`` say what was cleaned: ``second_number``, ``phone_repaired``.
    """

    value: str | None
    problem: PhoneProblem | None = None
    notes: tuple[str, ...] = ()
    proposal: str | None = None

    def __repr__(self) -> str:
        return f"Phone({self.problem or 'a mobile'})"


# The shapes most people type, read without any cleaning.
_PLAIN = re.compile(r"(?:\+44 ?|0)(7\d{3}) ?(\d{6})", re.ASCII)
_NATIONAL = re.compile(r"(?:(?:(?:\+|00)?44)?0?|\+0)(7\d{9})", re.ASCII)
_DRAMA = re.compile(r"7700900\d{3}", re.ASCII)
_ABSENT = re.compile(r"[\W_]*|n ?/? ?a|none|nil|null|no|no phone", re.IGNORECASE)
# Marks that spreadsheets and phones put round a number: direction, zero width, soft hyphen.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_REMARK = re.compile(r"\([^()]*[^\W\d_][^()]*\)")
_LABEL = re.compile(
    r"\b(?:my|mine|uk|cell|ph|tel|telephone|mob|mobile|phone|number|no)\b[.:]?", re.IGNORECASE
)
_SCIENTIFIC = re.compile(r"\W*(\d)(?:[.,](\d+))?E\+?0*(\d{1,2})\W*", re.IGNORECASE | re.ASCII)
_DECIMAL_ZERO = re.compile(r"(?<=\d{9})\.0+\s*$", re.ASCII)
_BETWEEN = re.compile(r"[/;,|&\n]|\b(?:or|and)\b", re.IGNORECASE)
_SIDE_BY_SIDE = re.compile(r"\s+(?=(?:\+|0)\d{3})")
_DRESSING = re.compile(r"[\s()\-./;,|&'’‘\"=_:‐‑–—]+")
_DIGITS = re.compile(r"\+?\d+", re.ASCII)
_LETTER_O = re.compile(r"\+?[\dOo]*\d[\dOo]*", re.ASCII)


def mobile(text: str, *, allow_drama: bool) -> Phone:
    """The UK mobile in ``text``; never raises, never guesses a digit that is not there.

    Ofcom keeps 07700 900000–900999 for drama and ``phonenumbers`` calls it
    invalid: exactly that range is a mobile when ``allow_drama``.
    """
    if plain := _PLAIN.fullmatch(text):
        return _checked(plain[1] + plain[2], allow_drama=allow_drama)
    if len(text) > LONGEST:
        return Phone(None, PhoneProblem.INVALID)
    tidy = _tidied(text)
    if _ABSENT.fullmatch(tidy):
        return Phone(None, PhoneProblem.MISSING)
    whole = _read(tidy, allow_drama=allow_drama)
    pieces = () if whole.value else _pieces(tidy)
    if not pieces:
        return whole
    first = _first_of(pieces, allow_drama=allow_drama)
    return first if first.value or whole.problem is PhoneProblem.INVALID else whole


def _tidied(text: str) -> str:
    """``text`` in plain digits, without unseen marks, remarks in brackets and labels."""
    if not text.isascii():
        text = _UNSEEN.sub("", unicodedata.normalize("NFKC", text))
        text = re.sub(r"\d", lambda digit: str(int(digit[0])), text)
    if text.isascii() and not any(letter.isalpha() for letter in text):
        return text.strip()
    return _LABEL.sub(" ", _REMARK.sub(" ", text)).strip() or text.strip()


def _pieces(text: str) -> Sequence[str]:
    """Several numbers, parted by a sign or a word, else by the zero or plus that begins each."""
    parted = (pattern.split(text) for pattern in (_BETWEEN, _SIDE_BY_SIDE))
    filled = ([piece for piece in pieces if piece.strip()] for pieces in parted)
    return next((pieces for pieces in filled if len(pieces) > 1), ())


def _read(text: str, *, allow_drama: bool) -> Phone:
    """What one number is; ``text`` is tidied."""
    if scientific := _SCIENTIFIC.fullmatch(text):
        decimals = scientific[2] or ""
        # 7.700900742E+09 still has all its digits; 7.7009E+09 does not.
        if len(decimals) != int(scientific[3]):
            return Phone(None, PhoneProblem.DIGITS_LOST)
        text = scientific[1] + decimals
    digits = _DRESSING.sub("", _DECIMAL_ZERO.sub("", text))
    if not _DIGITS.fullmatch(digits):
        return _with_letter_o(digits, allow_drama=allow_drama)
    if national := _NATIONAL.fullmatch(digits):
        repaired = () if digits.startswith(("0", "+44")) else ("phone_repaired",)
        return _checked(national[1], repaired, allow_drama=allow_drama)
    return _other(digits)


def _with_letter_o(digits: str, *, allow_drama: bool) -> Phone:
    """A number with the letter O for zero is proposed, not accepted."""
    if not _LETTER_O.fullmatch(digits):
        return Phone(None, PhoneProblem.INVALID)
    meant = _read(digits.upper().replace("O", "0"), allow_drama=allow_drama)
    return Phone(None, PhoneProblem.LETTER_O, proposal=meant.value)


def _first_of(pieces: Sequence[str], *, allow_drama: bool) -> Phone:
    """The first mobile of several numbers, else what is the matter with them."""
    found = [_read(piece, allow_drama=allow_drama) for piece in pieces]
    for phone in found:
        if phone.value:
            return Phone(phone.value, notes=(*phone.notes, "second_number"))
    doubtful = (phone for phone in found if phone.problem is PhoneProblem.LETTER_O)
    return next(doubtful, found[0])


def _checked(national: str, notes: tuple[str, ...] = (), *, allow_drama: bool) -> Phone:
    """Whether ten digits that begin with 7 are a mobile."""
    if _DRAMA.fullmatch(national):
        if not allow_drama:
            return Phone(None, PhoneProblem.INVALID)
    elif not _uk_mobile().fullmatch(national):
        # The islands' mobiles (07624 …) stand in other tables; the parser knows them.
        return _other(f"+{UK}{national}", notes)
    return Phone(f"+{UK}{national}", notes=notes)


def _other(digits: str, notes: tuple[str, ...] = ()) -> Phone:
    """What ``phonenumbers`` makes of digits that are no mobile of Great Britain."""
    try:
        number = phonenumbers.parse(digits, "GB")
    except phonenumbers.NumberParseException:
        return Phone(None, PhoneProblem.INVALID)
    kind = phonenumbers.number_type(number)
    if kind == Kind.UNKNOWN:
        return Phone(None, PhoneProblem.INVALID)
    if number.country_code != UK:
        return Phone(None, PhoneProblem.FOREIGN)
    if kind == Kind.MOBILE:
        return Phone(f"+{UK}{number.national_number}", notes=notes)
    landline = kind == Kind.FIXED_LINE
    return Phone(None, PhoneProblem.LANDLINE if landline else PhoneProblem.NOT_MOBILE)


@cache
def _uk_mobile() -> re.Pattern[str]:
    """The pattern by which ``phonenumbers`` knows a mobile of Great Britain, without its parser."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region("GB")
    described = metadata.mobile if metadata else None
    # Where the library has none nothing matches, and its parser decides.
    return re.compile((described and described.national_number_pattern) or r"(?!)", re.ASCII)
