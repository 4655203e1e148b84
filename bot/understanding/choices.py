"""The numbered answers to "what are you doing now?", and replies that are a number."""

import re
from dataclasses import dataclass

from bot.understanding.normalise import Typed
from contact.reply import Label


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of the list: its number, what it says, what it means.

    ``code`` is the NCCIS activity code (None where we must ask further).
    """

    number: int
    words: str
    label: Label
    code: str | None


#: The list as the survey shows it. The numbers are kept for good: replies refer to them.
NOW_CHOICES: tuple[Choice, ...] = (
    Choice(1, "sixth form", Label.SIXTH_FORM, "210"),
    Choice(2, "college", Label.FE_COLLEGE, "230"),
    Choice(3, "university", Label.HIGHER_EDUCATION, "240"),
    Choice(4, "apprenticeship", Label.APPRENTICESHIP, "310"),
    Choice(5, "job with training", Label.EMPLOYMENT_WITH_TRAINING, "340"),
    Choice(6, "job (no training)", Label.EMPLOYMENT_WITHOUT_TRAINING, "330"),
    Choice(7, "looking for something", Label.LOOKING_FOR_WORK, "619"),
    Choice(8, "something else", Label.AMBIGUOUS, None),
)

_NUMBER = {
    "1": 1, "one": 1, "jeden": 1, "unu": 1, "ek": 1, "un": 1, "wahid": 1, "first": 1, "1st": 1,
    "2": 2, "dwa": 2, "doi": 2, "second": 2, "2nd": 2, "3": 3, "trzy": 3, "trei": 3, "third": 3,
    "4": 4, "cztery": 4, "patru": 4, "5": 5, "piec": 5, "cinci": 5, "6": 6, "szesc": 6, "7": 7,
    "siedem": 7, "sapte": 7, "8": 8, "osiem": 8, "9": 9, "10": 10, "0": 0,
    "٠": 0, "١": 1, "٢": 2, "٣": 3, "٤": 4, "٥": 5, "٦": 6, "٧": 7, "٨": 8,
    "۱": 1, "۲": 2, "۳": 3, "۴": 4, "۵": 5, "۶": 6, "۷": 7, "۸": 8,
}  # fmt: skip
_AROUND = frozenset(
    "no number num option opt answer choice its is it i im am pick choose id say would the please "
    "thanks ta x xx lol mate miss sir hi hello hiya hey on my for me one numer rhif ok so "
    "yes".split()
)
YES, NO = 1, 2
#: A number in more words than these is more than a number.
_WORDY = 6
_YES = re.compile(
    r"^(yes|y|ok|sure|correct|right|thats right|thats correct|true|spot on|yes it is|still there"
    r"|still the same|same|fine|sound|perfect|all good|good|exactly|please|definitely|of course"
    r"|tak|da|haan|han|ji|naam|aywa|na3am|ie|ydw|iawn"
    r"|نعم|ايوه|هان|جي)\b"
)
_NO = re.compile(
    r"^(no|n|not (right|really|correct|quite|any more|now)|wrong|incorrect|thats wrong|thats not"
    r"|nie|nu|nahi|nahin|la|na|nage|لا|نهين|i left|left)\b|\bnot (right|correct)$|\bno longer\b"
)


_ME = re.compile(
    r"^((yes|hi|hiya|hello|hey|it is|y) )*(its|it is|this is|thats|that is|still)?( still)? ?me"
    r"( here| yes| still| lol| x+)*$|^speaking$"
)


def says_me(typed: Typed) -> bool:
    """Whether ``typed`` says that it is them, and no more ("its me", "yes this is me")."""
    return _ME.search(typed.text) is not None


def picked(typed: Typed) -> int | None:
    """The one number that ``typed`` consists of ("3", "option 3 please"), else None."""
    rest = [word for word in typed.words if word not in _AROUND]
    return _NUMBER.get(rest[0]) if len(rest) == 1 and len(typed.words) <= _WORDY else None


def led_by(typed: Typed) -> int | None:
    """The number that ``typed`` begins with, before words ("2 - plumbing", "2 college")."""
    said = any(word.isalpha() for word in typed.words[1:])
    return _NUMBER.get(typed.words[0]) if said and len(typed.words[0]) == 1 else None


def yes_or_no(typed: Typed) -> int | None:
    """1 for yes, 2 for no, None where neither is said first."""
    number = picked(typed)
    if number in (YES, NO):
        return number
    if _NO.search(typed.text):
        return NO
    return YES if _YES.search(typed.text) or "👍" in typed.raw else None


def choice(number: int) -> Choice | None:
    """The line of that number."""
    return next((line for line in NOW_CHOICES if line.number == number), None)
