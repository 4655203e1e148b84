"""In which language a reply is written, where that is sure, and who asks for one.

Nothing is guessed: two everyday words of a language that are no English, or one
with letters of its own, and hardly any English beside them. A name alone, a
number or "ok" tells nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.segments import to_gsm
from bot.survey import plain

#: Of this many words one must tell the language.
_ONE_IN = 4
#: The evidence must be more than so many times that of any other language.
_CLEARLY = 2
#: From here on scripts are not Latin (Hebrew, Arabic …): a letter tells much.
_OTHER_SCRIPTS = "\u0590"
#: A word without its accents is taken for it from so many letters on: "się" is "sie", "są" not.
_LONG_ENOUGH = 4

# How somebody asks in English: "in polish please", "do you speak polish".
_ASKS = frozenset(("in", "please", "pls", "plz", "speak", "talk"))
_POLITE = frozenset(
    "hi hello hey sorry can could do does is may would we you u i it this me to have got text "
    "write answer reply switch change prefer like rather thanks ta".split()
)


@dataclass(frozen=True, slots=True)
class Signs:
    """What tells a language, all of it plain (see ``bot.survey.plain``).

    ``letters`` are its own, ``words`` everyday ones that are no English,
    ``sure`` those that are enough by themselves. ``english`` is what it is
    called in English, ``names`` what it calls itself, ``asks`` whole texts that
    ask for it.
    """

    english: str = ""
    letters: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    sure: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    asks: frozenset[str] = field(default=frozenset())

    @property
    def enough(self) -> int:
        """How much evidence makes it sure: less where the script itself tells."""
        return 1 if any(letter >= _OTHER_SCRIPTS for letter in self.letters) else 2


def written_in(text: str, known: Mapping[str, Signs]) -> str | None:
    """The one of ``known`` that ``text`` is surely written in, None where that is not sure."""
    said = frozenset(plain(text).split())
    weighed = sorted((_evidence(said, signs), name) for name, signs in known.items())
    best, name = weighed.pop()
    other = weighed[-1][0] if weighed else 0
    if best < known[name].enough or (other and best <= _CLEARLY * other):
        return None
    return name if best * _ONE_IN >= len(said) else None


def asked_for(text: str, known: Mapping[str, Signs], *, named: bool) -> str | None:
    """The one of ``known`` that ``text`` asks to be written to in, None where it asks for none.

    ``named`` says whether a name alone ("polski?") asks for it: not where a
    course was asked for, because people study languages.
    """
    said = plain(text)
    for name, signs in known.items():
        if said in signs.asks or (named and said in signs.names):
            return name
        if signs.english and _asks_in_english(said.split(), signs.english):
            return name
    return None


def phrases(written: Iterable[str]) -> tuple[str, ...]:
    """``written`` made plain, each with and without its accents where it is long enough."""
    found: dict[str, None] = {}
    for phrase in written:
        found[plain(phrase)] = None
        bare = plain(to_gsm(phrase) or "")
        if len(bare) >= _LONG_ENOUGH:
            found[bare] = None
    return tuple(found)


def _evidence(said: frozenset[str], signs: Signs) -> int:
    """How many of the words ``said`` speak for a language; those with its letters count twice."""
    known = said & (signs.words | signs.sure)
    own = {word for word in said if not signs.letters.isdisjoint(word)}
    if not known and signs.enough > 1:
        # Letters alone may be those of a name.
        return 0
    return len(known) + len(known & signs.sure) + len(own & known) + bool(own - known)


def _asks_in_english(said: list[str], language: str) -> bool:
    others = set(said) - {language}
    return language in said and others <= _POLITE | _ASKS and not others.isdisjoint(_ASKS)
