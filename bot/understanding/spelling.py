"""Words put right that were typed in a hurry: "hittin", "beter", "wrkng", "witout"."""

import functools
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

FILE = "words.txt"
#: Shorter words are left as they are: too many other words are near.
_SHORTEST, _SHORTEST_BARE = 5, 4
#: A wrong vowel is put right in words of at least so many letters.
_LONG = 7
#: More vowels than these are not left out of a word that has some.
_LEFT_OUT = 3
_LONGEST = 24
_VOWELS = re.compile(r"[aeiou]+")
_DOUBLE = re.compile(r"(.)\1+")
_UNSOUNDED = re.compile(r"(?<=[tw])h")


@dataclass(frozen=True, slots=True)
class Words:
    """``known`` are left alone; ``meant`` are what a misspelt word may be, by their consonants."""

    known: frozenset[str]
    meant: dict[str, tuple[str, ...]]


@functools.lru_cache(maxsize=1)
def words() -> Words:
    """The words of the list, loaded at the first use and once (about 5 ms, 1 MB)."""
    text = resources.files(__package__).joinpath(f"lists/{FILE}").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    meant: defaultdict[str, list[str]] = defaultdict(list)
    for line in lines:
        if not line.endswith("~"):
            meant[_bones(line)].append(line)
    known = frozenset(line.removesuffix(" ~") for line in lines)
    return Words(known, {bones: tuple(found) for bones, found in meant.items()})


@functools.lru_cache(maxsize=4096)
def mended(word: str) -> str:
    """``word``, or the word that was meant where that is beyond much doubt.

    ``word`` is folded. A word that is known stays as it is, and so does one
    that may be two others.
    """
    if not (_SHORTEST_BARE <= len(word) <= _LONGEST and word.isascii() and word.isalpha()):
        return word
    known = words().known
    if word in known:
        return word
    if word.endswith("in") and len(word) >= _SHORTEST and f"{word}g" in known:
        return f"{word}g"
    return next(_meant(word), word)


def _meant(word: str) -> Iterator[str]:
    """The words that ``word`` may be a misspelling of, the commonest first."""
    near = words().meant.get(_bones(word), ())
    bare = _VOWELS.search(word) is None
    if len(word) < _SHORTEST and not bare:
        return
    plain = _plain(word)
    yield from (other for other in near if _plain(other) == plain)
    most = _LONGEST if bare else _LEFT_OUT
    yield from (o for o in near if 0 < len(o) - len(word) <= most and _is_within(plain, _plain(o)))
    if len(word) >= _LONG:
        yield from (other for other in near if _one_vowel_off(plain, _plain(other)))
        yield from _turned_round(word)


def _bones(word: str) -> str:
    """The consonants of ``word`` as they sound, the first letter kept."""
    plain = _plain(word)
    soft = re.sub(r"c(?=[eiy])", "s", plain).replace("z", "s")
    return plain[:1] + _DOUBLE.sub(r"\1", _VOWELS.sub("", soft[1:]))


def _plain(word: str) -> str:
    """``word`` without doubled letters and the h that nobody hears."""
    return _UNSOUNDED.sub("", _DOUBLE.sub(r"\1", word.replace("ck", "k").replace("ph", "f")))


def _is_within(part: str, whole: str) -> bool:
    """Whether the letters of ``part`` stand in ``whole`` in their order."""
    left = iter(whole)
    return all(letter in left for letter in part)


def _one_vowel_off(one: str, other: str) -> bool:
    off = [(a, b) for a, b in zip(one, other, strict=False) if a != b]
    return len(one) == len(other) and len(off) == 1 and {*off[0]} <= set("aeiou")


def _turned_round(word: str) -> Iterator[str]:
    """The known words that ``word`` is with two neighbouring letters turned round."""
    known = words().known
    for i in range(1, len(word) - 1):
        other = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
        if other in known:
            yield other
