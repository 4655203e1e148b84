"""How a wording is lettered: as typed, without its accents, or in letters of another script.

A letter outside GSM-7 turns a whole SMS into UCS-2, of which a part holds 67
instead of 153 (``bot.segments``). Polish, Romanian and Welsh are therefore sent
without their accents, as most people type them; a chat keeps them. Arabic and
Urdu cannot be folded: what they say is shorter, names are cut shorter, and
three parts are allowed. (Direction of letters: Unicode Standard Annex 9.)
"""

import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from bot.segments import LAST_SINGLE, shorten, to_gsm

#: Marks without width: what stands after is read as Latin, or as Arabic.
LEFT_TO_RIGHT, RIGHT_TO_LEFT = "\u200e", "\u200f"

#: How many characters a fact may take in an SMS that is written in UCS-2.
WIDE: Mapping[str, int] = MappingProxyType(
    {
        "first_name": 16,
        "school": 26,
        "careers_contact": 40,
        "safeguarding_contact": 40,
        "names": 40,
        "recorded": 60,
        "link": 90,
    }
)
_WIDE_PART = 24
_SIGNPOST = "signpost."


class Lettering(StrEnum):
    """``plain`` is typed in GSM-7, ``folded`` is sent without accents, ``wide`` needs UCS-2."""

    PLAIN = "plain"
    FOLDED = "folded"
    WIDE = "wide"


def most_parts(lettering: Lettering, line: str) -> int:
    """How many SMS parts ``line`` may take.

    A signpost in a wide script may take a fourth: no helpline is left out.
    """
    if lettering is not Lettering.WIDE:
        return 2
    return 4 if line.startswith(_SIGNPOST) else 3


def fit(lettering: Lettering, fact: str, longest: int) -> str:
    """``fact`` on one line, in letters an SMS of this lettering has, and not longer."""
    if lettering is not Lettering.WIDE:
        return shorten(to_gsm(" ".join(fact.split())) or "", longest)
    # Two are left for the marks of direction.
    return shorten("".join(filter(_is_single, fact)), longest - 2)


def room(lettering: Lettering, fact: str, longest: int) -> int:
    """How many characters ``fact`` may take, ``longest`` where the lettering says nothing else."""
    return WIDE.get(fact, _WIDE_PART) if lettering is Lettering.WIDE else longest


def beside(lettering: Lettering, fact: str) -> str:
    """``fact`` so that it is read in one piece beside letters that run from right to left.

    A number or a bracket at its edge would else be drawn on the other side.
    """
    if lettering is not Lettering.WIDE or not fact or runs_right_to_left(fact):
        return fact
    if fact[0].isalpha() and fact[-1].isalnum():
        return fact
    return f"{LEFT_TO_RIGHT}{fact}{LEFT_TO_RIGHT}"


def sent(lettering: Lettering, text: str) -> str:
    """``text`` as an SMS takes it."""
    return to_gsm(text) or text if lettering is Lettering.FOLDED else text


def runs_right_to_left(text: str) -> bool:
    """Whether ``text`` has a letter of a script that runs from right to left."""
    return any(unicodedata.bidirectional(letter) in ("R", "AL") for letter in text)


def _is_single(letter: str) -> bool:
    """Whether UCS-2 writes ``letter`` as one unit that can be seen, or a space."""
    hidden = unicodedata.category(letter) in ("Cc", "Cf", "Cs") and not letter.isspace()
    return ord(letter) <= LAST_SINGLE and not hidden
