"""Which words of a reply name a course, a job, an employer, a place to study."""

import functools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import resources

from rapidfuzz import fuzz, process

from bot.understanding.naming import words_of
from bot.understanding.normalise import Typed, normalise

#: The lists and the short name of their kind. A phrase may be of several kinds.
LISTS = {
    "universities": "uni",
    "colleges": "fe",
    "sixth_form_colleges": "sfc",
    "employers": "emp",
    "jobs": "job",
    "he_courses": "hec",
    "fe_courses": "fec",
    "subjects": "subj",
    "abroad": "abroad",
    "forces": "force",
    "prisons": "prison",
    "towns": "town",
    "charities": "charity",
}
#: Kinds whose longest names are matched with spelling mistakes too.
_FUZZY = ("uni", "fe", "sfc", "emp", "fec", "hec", "job", "force")
_CLOSE_ENOUGH = 88.0
_SHORTEST_FUZZY = 6
_LONGEST_PHRASE = 7
_WORDS_OF_A_NAME = 3
#: No reply names more than this; looking for misspelt names ends there.
_SPANS = 40
_BEFORE_EMPLOYER = frozenset("at in for with by from job work working".split())
_NOT_A_NAME = frozenset(
    "a an the my to in at of college uni course still and or is not no this that i im go going "
    "part full time year level sixth form school doing it its from 1 2 3 studying new on for with "
    "left went joined moved started stayed staying back old same retaking go into but now then was "
    "been got first second third final upper lower by as me we our they he she schools college "
    "finished attending attend start starting stay gone enrolled hi hello miss sir hiya want "
    "special high grammar meant mean sorry actually koncze chodze do la w na sunt jestem from "
    "oh ok yes well um umm erm right oops yo alright "
    "studying change changed switched".split()
)


@dataclass(frozen=True, slots=True)
class Span:
    """Words ``first`` to ``last`` (both included) that name something.

    ``kinds`` are the lists the phrase stands in, sorted; ``name`` is the full
    name where the list gives one.
    """

    first: int
    last: int
    kinds: tuple[str, ...]
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Every phrase of the lists, and what it may be; read only."""

    phrases: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]
    risky: frozenset[str]
    longest: Mapping[str, int]
    single: tuple[str, ...]


def _lines(name: str) -> Iterator[tuple[str, str | None, bool]]:
    """The entries of one list: phrase, full name, whether it is an ordinary word too."""
    text = resources.files(__package__).joinpath(f"lists/{name}.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        for entry in line.split(", ") if " = " not in line else [line]:
            phrase, _, full = entry.strip().partition(" = ")
            yield phrase.removesuffix(" ?"), full or None, phrase.endswith(" ?")


@functools.lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lists, loaded at the first use and once (about 50 ms, 2 MB)."""
    kinds: defaultdict[str, set[str]] = defaultdict(set)
    names: dict[str, str] = {}
    risky: set[str] = set()
    for name, kind in LISTS.items():
        for phrase, full, is_risky in _lines(name):
            plain = normalise(phrase).text
            kinds[plain].add(kind)
            if kind in ("uni", "fe", "sfc", "emp"):
                names.setdefault(plain, full or phrase)
            if is_risky:
                risky.add(plain)
    longest: defaultdict[str, int] = defaultdict(int)
    for phrase in kinds:
        head, count = phrase.split(" ", 1)[0], phrase.count(" ") + 1
        longest[head] = max(longest[head], count)
    single = tuple(
        p
        for p, k in kinds.items()
        if len(p) >= _SHORTEST_FUZZY and " " not in p and not k.isdisjoint(_FUZZY)
    )
    return Lexicon(
        {p: tuple(sorted(k)) for p, k in kinds.items()}, names, frozenset(risky), longest, single
    )


def places_named(kind: str) -> tuple[str, ...]:
    """The phrases of the list of that kind, made plain."""
    return tuple(phrase for phrase, kinds in lexicon().phrases.items() if kind in kinds)


def full_names(kind: str) -> tuple[str, ...]:
    """The full names of the list of that kind."""
    known = lexicon()
    named = (known.names.get(p) for p, kinds in known.phrases.items() if kinds == (kind,))
    return tuple(name for name in named if name)


def nicknames() -> dict[str, tuple[str, ...]]:
    """What people call the places our lists know, by the sorted words of the full name.

    A town by itself is no nickname.
    """
    known, found = lexicon(), defaultdict[str, list[str]](list)
    for phrase, full in known.names.items():
        if "town" not in known.phrases[phrase] and phrase not in known.risky:
            found[" ".join(sorted(words_of(full)))].append(phrase)
    return {full: tuple(phrases) for full, phrases in found.items()}


_NAMED_COLLEGE = re.compile(r"^(college|coleg|institute|tech)$")
_NAMED_UNI = re.compile(r"^(uni|prifysgol|conservatoire)$")
_NAMED_SCHOOL = re.compile(
    r"^(school|academy|high|grammar|sixth|convent|secondary|comp|comprehensive|ysgol)$"
)


def _word_like(words: tuple[str, ...], i: int) -> bool:
    return 0 <= i < len(words) and words[i] not in _NOT_A_NAME and words[i].isalpha()


def _named_after(typed: Typed, i: int, covered: set[int]) -> Span | None:
    """A span of one clause that ends in a generic word: "... college", "... uni", "... high"."""
    words = typed.words
    word = words[i]
    for pattern, kind in ((_NAMED_COLLEGE, "fe"), (_NAMED_UNI, "uni"), (_NAMED_SCHOOL, "school")):
        if not pattern.match(word):
            continue
        if word == "uni" and words[i + 1 : i + 2] == ("of",) and _word_like(words, i + 2):
            return Span(i, i + 2, ("uni",))
        first = i
        while first > 0 and i - first < _WORDS_OF_A_NAME and _word_like(words, first - 1):
            if first in typed.breaks or (first - 1 in covered and kind == "school"):
                break
            first -= 1
        if first < i:
            return Span(first, i, (kind,))
    return None


def _misspelt(word: str, known: Lexicon) -> tuple[str, ...]:
    """The kinds of the one-word entry that ``word`` is a misspelling of, if any."""
    if len(word) < _SHORTEST_FUZZY or not word.isascii():
        return ()
    best = process.extractOne(word, known.single, scorer=fuzz.ratio, score_cutoff=_CLOSE_ENOUGH)
    return known.phrases[best[0]] if best and best[0][0] == word[0] else ()


def _phrase_at(typed: Typed, i: int, known: Lexicon) -> Span | None:
    words = typed.words
    longest = min(known.longest.get(words[i], 0), _LONGEST_PHRASE, len(words) - i)
    for size in range(longest, 0, -1):
        phrase = " ".join(words[i : i + size])
        kinds = known.phrases.get(phrase)
        if not kinds:
            continue
        if phrase in known.risky and (i == 0 or words[i - 1] not in _BEFORE_EMPLOYER):
            kinds = tuple(k for k in kinds if k != "emp") or (
                ("emp",) if len(words) <= size + 1 else ()
            )
        if kinds:
            return Span(i, i + size - 1, kinds, known.names.get(phrase))
    return None


def find_spans(typed: Typed) -> list[Span]:
    """Everything named in ``typed``, in order; the longest phrase first, none twice."""
    known, covered, i = lexicon(), set[int](), 0
    spans: list[Span] = []
    while i < len(typed.words):
        span = _phrase_at(typed, i, known)
        if span is None:
            kinds = _misspelt(typed.words[i], known) if len(spans) < _SPANS else ()
            span = Span(i, i, kinds) if kinds else None
        if span is not None:
            spans.append(span)
            covered.update(range(span.first, span.last + 1))
        i = span.last + 1 if span else i + 1
    return _with_named(typed, spans, covered)


def _with_named(typed: Typed, spans: list[Span], covered: set[int]) -> list[Span]:
    """``spans`` and the places whose last word says what they are."""
    found: list[Span] = []
    for i in range(len(typed.words)):
        if i in covered:
            continue
        span = _named_after(typed, i, covered)
        if span:
            found.append(span)
    named = [_with_name(span, spans) for span in found]
    taken = {j for span in found for j in range(span.first, span.last + 1)}
    kept = [s for s in spans if s.first not in taken and s.last not in taken]
    return sorted(kept + named, key=lambda span: span.first)


def _with_name(span: Span, spans: list[Span]) -> Span:
    """``span`` with the full name of a list's entry that it begins with: "keele uni"."""
    same = (s for s in spans if s.first == span.first and not set(s.kinds).isdisjoint(span.kinds))
    return replace(span, name=next((s.name for s in same), None))
