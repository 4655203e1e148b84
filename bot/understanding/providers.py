"""Which school, college or university a typed name means, from the public lists."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.understanding.normalise import normalise

#: From here on, of 100, a name is taken for the one that was typed.
CLOSE_ENOUGH = 86.0
#: How much better the best must be than the second, unless they have one code.
CLEARLY = 4.0
#: Words that most names have: they tell little apart.
_GENERAL = frozenset(
    "the of and college school academy high sixth form uni institute for further education "
    "community catholic church england primary secondary city trust centre campus group st saint "
    "at in a ce rc post 16".split()
)


@dataclass(frozen=True, slots=True)
class Provider:
    """A place to study. ``urn`` (6 digits, GIAS) and ``ukprn`` (8 digits, UKRLP) where known.

    ``kind`` is ``school``, ``sixth_form_college``, ``fe_college``,
    ``higher_education`` or ``special``; ``other_names`` are what else people say.
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
    provider: Provider
    telling: frozenset[str]
    plain: str
    town: str


class ProviderIndex:
    """Names to look up, tolerant of spelling; built once, read only afterwards."""

    def __init__(self, providers: Iterable[Provider]) -> None:
        """Index ``providers``: about 20 µs and 1 kB each."""
        self._entries: list[_Entry] = []
        self._by_start: defaultdict[str, list[int]] = defaultdict(list)
        for provider in providers:
            for name in (provider.name, *provider.other_names):
                self._add(provider, name)

    def __len__(self) -> int:
        """How many names are known."""
        return len(self._entries)

    def _add(self, provider: Provider, name: str) -> None:
        words = normalise(name).words
        telling = frozenset(words) - _GENERAL or frozenset(words)
        town = normalise(provider.town or "").text
        place = len(self._entries)
        self._entries.append(_Entry(provider, telling, " ".join(words), town))
        for start in {word[:2] for word in telling}:
            self._by_start[start].append(place)

    def best(self, typed: str, kinds: tuple[str, ...] = ()) -> Provider | None:
        """The provider that ``typed`` names, or None where none or several do.

        ``kinds``, where given, narrows the search to those kinds.
        """
        words = normalise(typed).words
        asked = frozenset(words) - _GENERAL or frozenset(words)
        near = {i for word in asked for i in self._by_start.get(word[:2], ())}
        plain = " ".join(words)
        scored = sorted(
            ((_score(self._entries[i], asked, plain), i) for i in near), key=lambda s: (-s[0], s[1])
        )
        kept = [(s, self._entries[i].provider) for s, i in scored if s >= CLOSE_ENOUGH]
        kept = [(s, p) for s, p in kept if not kinds or p.kind in kinds]
        if not kept:
            return None
        rivals = [p for s, p in kept[1:] if kept[0][0] - s < CLEARLY and not _same(p, kept[0][1])]
        return None if rivals else kept[0][1]


def _score(entry: _Entry, asked: frozenset[str], plain: str) -> float:
    """How near ``entry`` is, of 100: its telling words first, then the whole name."""
    town = frozenset(entry.town.split())
    hit = [_nearest(word, entry.telling | town) for word in asked]
    missing = [_nearest(word, asked) for word in entry.telling - town]
    telling = sum(hit) / len(hit) if hit else 0.0
    whole = fuzz.ratio(plain, entry.plain)
    left_out = sum(missing) / len(missing) if missing else 100.0
    return 0.7 * telling + 0.2 * left_out + 0.1 * whole


def _nearest(word: str, among: frozenset[str]) -> float:
    return max((fuzz.ratio(word, other) for other in among), default=0.0)


def _same(one: Provider, other: Provider) -> bool:
    return one is other or (one.name == other.name and one.urn == other.urn)
