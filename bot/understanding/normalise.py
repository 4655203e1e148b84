"""How a reply is made plain: folded, split into words, abbreviations written out."""

import functools
import re
import tomllib
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from importlib import resources

from bot.understanding.spelling import mended

#: Longer than any text a gateway hands over (SMS 1,600, Telegram 4,096): what
#: stands beyond is not read, and the reading says so by going to staff.
LONGEST = 8_000

_TOKEN = re.compile(r"[\w\u0300-\u036f\u064b-\u0652'\u2019\u2018`]+|[^\w\s]")
#: Only these are parted from their digits: Arabic in Latin letters writes "3indi", "inti7ar".
_BEFORE_DIGITS = re.compile(
    r"^(l|lv|lvl|lev|level|levels|yr|y|year|years|nvq|btec|ks|phase|phse|option|opt|no|number|num"
    r"|entry|stage|grade|unit|wk|week)(\d+)$"
)
_AFTER_DIGITS = re.compile(
    r"^(\d+)(a|am|pm|days?|months?|mths?|weeks?|wks?|yrs?|years?|hrs?|hours?|mins?|k|alevels?"
    r"|levels?|btecs?|gcses?|subjects?|x)$"
)
_ELONGATED = re.compile(r"([a-z])\1{2,}")
#: Arabic and Urdu letters that are typed for one another; Latin ones NFKD keeps whole.
_LETTERS = str.maketrans("یىےئکہۃةۂھڑٹڈںłøđæßıŵŷ", "ييييكهههههرتدنlodasiwy")
_ORDINAL = re.compile(r"^\d+(st|nd|rd|th)$")
#: From here on Unicode has signs and emoji.
_SYMBOLS = 0x2000
_AND = ("&", "+")
#: Signs that laugh; a skull is dead with laughter.
_LAUGHS = frozenset("😂🤣😆😹💀😅")
_BREAKS = frozenset(".,;:!?()/|\n-–—…•&+")


@functools.lru_cache(maxsize=1)
def _abbreviations() -> dict[str, str]:
    """What each abbreviation stands for."""
    source = resources.files(__package__).joinpath("patterns/abbreviations.toml")
    table: dict[str, str] = tomllib.loads(source.read_text(encoding="utf-8"))["words"]
    return table


def fold(text: str) -> str:
    """``text`` in lower case without accents; look-alike letters made one."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.lower())
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    return bare.translate(_LETTERS)


@dataclass(frozen=True, slots=True)
class Typed:
    """A reply made plain.

    ``words`` are folded and written out; ``text`` is the words with single
    spaces; ``breaks`` holds the index of each word that begins a clause;
    ``raw`` is what was typed (at most LONGEST characters) and ``cut`` says
    that there was more.
    """

    raw: str
    words: tuple[str, ...]
    text: str
    breaks: frozenset[int]
    spans: tuple[tuple[int, int], ...]
    offsets: tuple[int, ...]
    question_mark: bool
    cut: bool

    def word_at(self, offset: int) -> int:
        """The index of the word that stands at ``offset`` characters of ``text``."""
        return max(bisect_right(self.offsets, offset) - 1, 0)

    def quote(self, first: int, last: int) -> str:
        """What was typed for the words ``first`` to ``last``, both included."""
        if not self.words:
            return ""
        return self.raw[self.spans[first][0] : self.spans[last][1]]

    def put_right(self, first: int, last: int) -> str:
        """As ``quote``, with misspelt and shortened words written out."""
        said, at, i = "", self.spans[first][0], first
        while i <= last:
            start, end = self.spans[i]
            same = [j for j in range(i, last + 1) if self.spans[j] == (start, end)]
            token, meant = self.raw[start:end], " ".join(self.words[j] for j in same)
            plain = re.sub(r"['\u2019\u2018`]", "", fold(token))
            kept = len(meant) <= len(plain) or not token.isalpha() or meant == "and"
            said += self.raw[at:start] + (token if kept else meant)
            at, i = end, same[-1] + 1
        return said

    def quote_match(self, found: re.Match[str]) -> str:
        """What was typed where a pattern matched ``text``."""
        return self.quote(self.word_at(found.start()), self.word_at(max(found.end() - 1, 0)))


def _written_out(token: str) -> list[str]:
    """The words that one typed token stands for."""
    word = _ELONGATED.sub(r"\1\1", re.sub(r"['\u2019\u2018`]", "", fold(token)))
    known = _abbreviations()
    if word in known:
        return known[word].split()
    if _ORDINAL.match(word) or not any(c.isdigit() for c in word):
        meant = mended(word)
        return known.get(meant, meant).split() if word else []
    parted = _BEFORE_DIGITS.match(word) or _AFTER_DIGITS.match(word)
    pieces = parted.groups() if parted else (word,)
    return [part for piece in pieces for part in known.get(piece, piece).split()]


def normalise(text: str) -> Typed:
    """``text`` made plain; raises for no string, lone surrogates and NULs included."""
    raw = text[:LONGEST]
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    breaks = {0}
    for found in _TOKEN.finditer(raw):
        token = found.group()
        if len(token) == 1 and not token.isalnum():
            if token in _BREAKS or ord(token) >= _SYMBOLS:
                breaks.add(len(words))
            if token in _AND or token in _LAUGHS:
                words.append("and" if token in _AND else "lol")
                spans.append(found.span())
            continue
        for word in _written_out(token):
            words.append(word)
            spans.append(found.span())
    return _typed(raw, words, spans, frozenset(breaks), len(text) > LONGEST)


def _typed(
    raw: str, words: list[str], spans: list[tuple[int, int]], breaks: frozenset[int], cut: bool
) -> Typed:
    offsets, at = [], 0
    for word in words:
        offsets.append(at)
        at += len(word) + 1
    return Typed(
        raw=raw,
        words=tuple(words),
        text=" ".join(words),
        breaks=breaks,
        spans=tuple(spans),
        offsets=tuple(offsets),
        question_mark="?" in raw or "؟" in raw,
        cut=cut,
    )
