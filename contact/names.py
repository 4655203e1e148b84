"""Names as people type them, and how the same person is known again."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from contact.alumnus import Profile

#: Characters. No real name met is half as long; a longer one is looked at and cut.
LONGEST: Final = 200
#: With letters and their marks, the only characters of a name that nobody need look at.
_PUNCTUATION: Final = frozenset(" '’-.,\u200c\u200d")
_PLAIN = re.compile(r"[A-Za-z]+(?:[ '\-][A-Za-z]+)*")
_NICKNAME = re.compile(r"\(([^()]*)\)")
_NOTHING = re.compile(r"[\s\-.,'’]*|n/a", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NameReading:
    """A cleaned name; empty where there was none.

    ``problem`` (``name_characters``, ``name_too_long``) means somebody must
    look; ``preferred`` is a bracketed nickname, or the forename of "Surname, Forename".
    """

    name: str
    preferred: str | None = None
    problem: str | None = None

    def __repr__(self) -> str:
        return f"NameReading({self.problem or 'a name'})"


def read_name(text: str) -> NameReading:
    """``text`` without spare spaces and unseen characters, and whether it looks like a name."""
    if _PLAIN.fullmatch(text) and len(text) <= LONGEST:
        return NameReading(text)
    name = tidy(text)
    if _NOTHING.fullmatch(name):
        return NameReading("")
    if len(name) > LONGEST:
        return NameReading(name[:LONGEST], problem="name_too_long")
    nicknames = _NICKNAME.findall(name)
    rest = tidy(_NICKNAME.sub(" ", name)) if len(nicknames) == 1 else name
    preferred = tidy(nicknames[0]) if len(nicknames) == 1 else None
    if "\0" in text or not _is_name(rest) or (preferred is not None and not _is_name(preferred)):
        return NameReading(name, problem="name_characters")
    return NameReading(rest, preferred or _forename_after_comma(rest))


def tidy(text: str) -> str:
    """``text`` composed, on one line, single-spaced, without control and direction characters."""
    if not text:
        return text
    if not text.isprintable():
        text = "".join(_seen(character) for character in text)
    return " ".join(text.split()) if text.isascii() else _composed(text)


def fold(name: str) -> str:
    """``name`` without its case, spare spaces and compatibility forms: equal names fold alike."""
    folded = name.casefold()
    if not folded.isascii():
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(folded.split())


def match_key(name: str, born_on: date | str | None) -> str:
    """The folded name and the day of birth, by which the same person is known again.

    A text in place of the day keeps apart people whose day could not be read.
    """
    return f"{fold(name)}\n{born_on or ''}"


def match_key_material(profile: Profile) -> str:
    """What an alumnus is matched by; a keyed hash of it may be stored, it itself never."""
    return match_key(profile.name, profile.born_on)


def _is_name(text: str) -> bool:
    """Whether ``text`` has a letter, and no more than letters, marks and a name's punctuation."""
    kinds = {unicodedata.category(letter)[0] for letter in text if letter not in _PUNCTUATION}
    return "L" in kinds and kinds <= {"L", "M"}


def _forename_after_comma(name: str) -> str | None:
    """What to call somebody who wrote "Surname, Forename"."""
    _, comma, forenames = name.partition(",")
    words = forenames.split()
    return words[0] if comma and words and _is_name(words[0]) else None


def _seen(character: str) -> str:
    """``character``, a space for white space and controls, nothing for what nobody can see."""
    kind = unicodedata.category(character)
    if kind == "Cf":
        # Persian and Indic spelling needs the two joiners.
        return character if character in "\u200c\u200d" else ""
    return " " if kind in ("Cc", "Cs", "Zs", "Zl", "Zp") else character


def _composed(text: str) -> str:
    """``text`` in composed characters (é is one), single-spaced."""
    return " ".join(unicodedata.normalize("NFC", text).split())
