"""Which school, college or university a typed name means, from the public lists."""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from bot.understanding.lexicon import nicknames, places_named
from bot.understanding.naming import ABBREVIATIONS, UNSAID, Asked, asked_of, telling, words_of

#: From here on, of 1, a name is taken for the one that was typed.
CLOSE_ENOUGH = 0.8
#: How much better the best must be than the second, unless they are one place.
CLEARLY = 0.06
#: What was typed must be found in the name; of the rest of the name much may be left out.
_TYPED, _LISTED = 0.7, 0.3
#: The share of a name that must be said by one word, and by more words than one.
_BY_ONE_WORD, _BY_MORE = 0.5, 0.3
#: A word counts as misspelt down to this likeness, of 100; shorter ones are never. Words
#: of fewer letters than _LONG may have one mistake, longer ones two.
_ALIKE, _SHORTEST, _LONG, _NEAREST = 82.0, 5, 10, 6
#: An abbreviation, and the town of a place, are worth a little less than a word of the name.
_ABBREVIATED, _TOWN = 0.97, 0.9


@dataclass(frozen=True, slots=True)
class Provider:
    """A place to study. ``urn`` (6 digits, GIAS) and ``ukprn`` (8 digits, UKRLP) where known.

    ``kind`` is ``school``, ``sixth_form_college``, ``fe_college``,
    ``higher_education``, ``special``, or ``college`` where the list does not
    say which; ``other_names`` are what else people say.
    """

    name: str
    kind: str
    urn: str | None = None
    ukprn: str | None = None
    town: str | None = None
    other_names: tuple[str, ...] = ()


#: NCCIS activity codes by kind of provider (domain facts: 280 is a special post-16 institution).
CODES = {
    "school": "210",
    "sixth_form_college": "220",
    "fe_college": "230",
    "higher_education": "240",
    "special": "280",
}


@dataclass(frozen=True, slots=True)
class _Entry:
    """One name of a provider: its words, those that tell it apart, and those of its town."""

    provider: Provider
    words: frozenset[str]
    telling: frozenset[str]
    town: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Found:
    """An entry, how near it is (of 1), and the words of its name that nobody said."""

    entry: _Entry
    near: float
    unsaid: frozenset[str]


#: A typed word's words of the list, each with how like it is, of 1.
_Alike = Mapping[str, Mapping[str, float]]


class ProviderIndex:
    """Names to look up, tolerant of spelling; built once, read only afterwards."""

    def __init__(self, providers: Iterable[Provider]) -> None:
        """Index ``providers``: about 50 µs and 2 kB each."""
        self._entries: list[_Entry] = []
        self._having: defaultdict[str, list[int]] = defaultdict(list)
        self._towns = {words_of(name) for name in places_named("town")}
        known = nicknames()
        for provider in providers:
            self._towns.add(words_of(provider.town or ""))
            for name in _names(provider, known):
                self._add(provider, name)
        counts = Counter(word for entry in self._entries for word in entry.telling | entry.town)
        whole = math.log(len(self._entries) + 2)
        self._worth = {word: whole - math.log(count) + 0.2 for word, count in counts.items()}
        self._unheard = whole + 0.2
        self._vocabulary = tuple(word for word in self._having if len(word) >= _SHORTEST)

    def __len__(self) -> int:
        """How many names are known."""
        return len(self._entries)

    def _add(self, provider: Provider, name: str) -> None:
        words, town = words_of(name), words_of(provider.town or "")
        # "The Academy" is called nothing else: then all of its words tell.
        entry = _Entry(provider, words, telling(words) or words, town)
        for word in entry.telling | town:
            self._having[word].append(len(self._entries))
        self._entries.append(entry)

    def best(
        self, typed: str, kinds: tuple[str, ...] = (), beside: Iterable[str] = ()
    ) -> Provider | None:
        """The provider that ``typed`` names, or None where none or several do.

        A town by itself, or words that many names have ("community free
        school"), name none. ``kinds``, where given, narrows the search to those
        kinds. ``beside`` are the words of the whole reply: a town among them
        tells two places of one name apart.
        """
        asked = asked_of(typed)
        alike = {word: self._alike(word) for word in asked.telling}
        near = {i for found in alike.values() for word in found for i in self._having[word]}
        found: list[_Found] = []
        for entry in (self._entries[i] for i in sorted(near)):
            kind = entry.provider.kind
            if (not kinds or kind in kinds) and asked.suits(kind, entry.words):
                found.append(self._found(entry, asked, alike))
        top = max((each.near for each in found), default=0.0)
        if top < CLOSE_ENOUGH:
            return None
        best = [each for each in found if each.near > top - CLEARLY]
        return _one_of(best, asked, frozenset(beside) | asked.words)

    def _alike(self, word: str) -> Mapping[str, float]:
        """The words of the list that ``word`` may stand for, each with how like it is, of 1."""
        found = {word: 1.0} if word in self._having else {}
        for whole in ABBREVIATIONS.get(word, ()):
            if whole in self._having:
                found[whole] = _ABBREVIATED
        if found or len(word) < _SHORTEST:
            return found
        best = process.extract(
            word, self._vocabulary, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=_NEAREST
        )
        most = 1 if len(word) < _LONG else 2
        near = (each for each in best if OSA.distance(word, each[0]) <= most)
        return {other: score / 100 for other, score, _ in near if other[0] == word[0]}

    def _found(self, entry: _Entry, asked: Asked, alike: _Alike) -> _Found:
        """``entry`` as far as it was said; not near at all where that is too little to tell."""
        hits, matched = _hits(entry, alike)
        worth = {word: self._worth.get(word, self._unheard) for word in hits}
        typed = _share(hits, worth)
        left_out = entry.telling - matched - entry.town
        said = _share({w: float(w in matched) for w in matched | left_out}, self._worth)
        least = _BY_ONE_WORD if len(asked.telling) == 1 else _BY_MORE
        unsaid = entry.words - asked.words - matched
        in_full = bool(asked.kinds) and unsaid <= UNSAID
        in_full = in_full and asked.words - asked.telling <= entry.words
        # A town, even with "college", names only the place that is called just that.
        a_town = any(matched <= town for town in self._towns)
        if not matched or said < least or (a_town and not in_full):
            return _Found(entry, 0.0, unsaid)
        return _Found(entry, _TYPED * typed + _LISTED * said, unsaid)


def _names(provider: Provider, known: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """What a provider is called: by the list, and by leavers, where our lists know it."""
    official = (provider.name, *provider.other_names)
    yield from official
    for name in official:
        yield from known.get(" ".join(sorted(words_of(name))), ())


def _hits(entry: _Entry, alike: _Alike) -> tuple[dict[str, float], frozenset[str]]:
    """How well each typed word is found in ``entry``, and which words of its name were meant."""
    hits: dict[str, float] = {}
    matched: set[str] = set()
    for word, others in alike.items():
        named = ((s, o) for o, s in others.items() if o in entry.telling)
        like, meant = max(named, default=(0.0, ""))
        town = max((s * _TOWN for o, s in others.items() if o in entry.town), default=0.0)
        hits[word] = max(like, town)
        if like:
            matched.add(meant)
    return hits, frozenset(matched)


def _share(of: Mapping[str, float], worth: Mapping[str, float]) -> float:
    """The share of the worth of all words that was found."""
    whole = sum(worth[word] for word in of)
    return sum(found * worth[word] for word, found in of.items()) / whole if whole else 0.0


def _one_of(best: Sequence[_Found], asked: Asked, said: frozenset[str]) -> Provider | None:
    """The one place that ``best`` come to: by its kind, its town, its whole name, its number."""
    preferences: tuple[Callable[[_Found], bool], ...] = (
        lambda each: asked.says_so(each.entry.words),
        lambda each: bool(each.entry.town) and each.entry.town <= said,
        lambda each: not each.unsaid,
        lambda each: bool(each.entry.provider.urn or each.entry.provider.ukprn),
    )
    left = list(best)
    for prefers in preferences:
        left = [each for each in left if prefers(each)] or left
    found = [each.entry.provider for each in left]
    places = {(each.name, each.urn, each.ukprn) for each in found}
    return found[0] if len(places) == 1 else None
