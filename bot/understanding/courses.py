"""What somebody studies or works as: the course or job that a reply names."""

import re

from bot.understanding.clauses import NOT, PAST, times
from bot.understanding.lexicon import Span
from bot.understanding.normalise import Typed
from contact.reply import Label

COURSES = ("hec", "fec", "subj")
#: Where a name ends: before one of these, or where the reply does.
END = (
    r"(?= (?:at|in|with|for|from|by|level|but|now|while|until|till|because|since|when|my|i|im|and i"
    r"|and im|which|where|apprentice\w*|course|diploma|degree|btec|full|part|on|to|as|it|its|lol"
    r"|haha|so|through|after|before|year|then|who|that|near|they|this|one|two|first|second|third|\d\w*|paid|every|doing"
    r"|studying|learning|taking|sixth|been|there|miss|sir|now|still|currently|and|is|was|are|or)\b"
    r"|$)"
)
#: Words that are no part of a name, or no name by themselves.
NO_NAME = frozenset(
    "year sixth form college uni school work home town moment level full part first second third "
    "final my a an the apprenticeship apprentice training one two free dad mum now it that this "
    "still on an in degree week weekends night nights summer minute september year bit living "
    "of is been am me same place local big company firm im i got started doing doin uk england do "
    "czerwcu lipcu sierpniu wrzesniu with in at for starting started start got new second third "
    "meant sorry "
    "myself them him us her agency homework better grades summer clients builder charity while "
    "hi hello miss at yes well so hiya hey because and or their his her mine job course".split()
)
_DOING = re.compile(
    r"\b(?:doing|studying|do|study|learning|reading|taking|course in|diploma in|degree in"
    r"|masters in|bsc|ba|hnd in|foundation year in|qualification in) (?:a |an |my |the |some )?"
    r"(?:level \d |btec |t level |nvq |degree in |course in |diploma in |first year |hons |level )*"
    r"(?!(?:at|with|since|from|for)\b)((?:[a-z]+ ){0,4}?[a-z]+)" + END
)
_A_LEVELS = re.compile(r"\bas? level\b")
#: "apprentice joiner", then "joiner apprentice".
_APPRENTICE = (
    re.compile(
        r"\bapprentice(?:ship)?(?: in| as an?)? "
        r"(?!at|with|for|in|on|by|from|to|as|day|scheme|but|i\b)"
        r"((?:[a-z]+ ){0,2}?[a-z]+)" + END
    ),
    re.compile(r"\b((?:[a-z]+ ){0,2}[a-z]+) apprentice(?:ship)?\b"),
)
#: More words than these are no course, and no "and" between two courses.
_LONG_NAME, _BETWEEN = 12, 3

_LEVEL = re.compile(r"(?:\b(?:at|a|my|on) )?\blevel [1-8]\b(?: (?:in|of)\b)?")
_STUDYING = re.compile(r"\b(?:doing|studying|taking|(?:im|am|been) learning|i (?:do|study)) ")
_BEFORE = frozenset(
    "oh ok yes well um umm erm hi hello hiya so just its im i am do a an my".split()
)
_RIGHTING = frozenset("sorry meant mean actually oops no".split())
_CUT = frozenset(
    "at since until but because hoping started starting while lol haha mate miss sir please thanks "
    "x xx".split()
)
_BEFORE_PLACE = frozenset(("in", "for", "with", "from"))
_PLACES = frozenset(("uni", "fe", "sfc", "emp", "school", "town", "charity"))
_LEFT_OVER = frozenset("at in on and a an the with for of its im is my".split())
_AND = re.compile(r"(?<=\w) ?[&+] ?(?=\w)| n (?=\w)", re.IGNORECASE)


def told_course(typed: Typed, spans: list[Span], label: Label) -> str | None:
    """The course among other things: adjoining names of courses, or what stands after "doing"."""
    joined = _joined(typed, spans)
    if label is Label.APPRENTICESHIP:
        return _trade(typed, spans) or joined
    doing = _DOING.search(typed.text)
    if not doing or joined:
        return joined
    words = doing.group(1)
    if words in ("level", "a level", "as level"):
        levels = _A_LEVELS.search(typed.text)
        return typed.quote_match(levels) if levels else None
    return None if NO_NAME.issuperset(words.split()) else words


def asked_course(typed: Typed, spans: list[Span]) -> str | None:
    """The reply to "what?" as typed, without its level, its place and what leads up to it."""
    named = [s for s in spans if not {*COURSES, "job"}.isdisjoint(s.kinds)]
    kept = _stripped(typed, _kept(typed, spans), bool(named))
    places = {i for s in spans if s not in named for i in range(s.first, s.last + 1)}
    about_us = not named and not _RIGHTING.isdisjoint(typed.words)
    if places.issuperset(kept) or about_us:
        return _joined(typed, spans) or _whole(typed)
    return _quoted(typed, kept) if len(kept) <= _LONG_NAME else _joined(typed, spans)


def _kept(typed: Typed, spans: list[Span]) -> list[int]:
    """The words that are said of now, from "doing" to where the course ends, without the level."""
    studying = _STUDYING.search(typed.text)
    first = typed.word_at(studying.end()) if studying else 0
    level = {
        i
        for m in _LEVEL.finditer(typed.text)
        for i in range(typed.word_at(m.start()), typed.word_at(m.end() - 1) + 1)
    }
    left = [i for i in range(first, len(typed.words)) if i not in level]
    starts = {s.first for s in spans if not _PLACES.isdisjoint(s.kinds)}
    ends = (i for i in left[1:] if _ends(typed, i, starts))
    last = next(ends, len(typed.words))
    states = times(typed)
    return [i for i in left if i < last and states[i] not in (NOT, PAST)]


def _ends(typed: Typed, i: int, places: set[int]) -> bool:
    """Whether the course ends before the word ``i``: talk follows, or where it is."""
    after = i + 2 if typed.words[i + 1 : i + 2] == ("the",) else i + 1
    return typed.words[i] in _CUT or (typed.words[i] in _BEFORE_PLACE and after in places)


def _stripped(typed: Typed, kept: list[int], righted: bool) -> list[int]:
    """``kept`` without what leads up to it and what is left hanging at its end."""
    before = _BEFORE | _RIGHTING if righted else _BEFORE
    words = typed.words
    while kept:
        pair = words[kept[0] : kept[0] + 2]
        # "It is" leads up to a course; "it" alone is one.
        if pair != ("it", "is") and (pair[0] not in before or pair == ("a", "level")):
            break
        kept = kept[2:] if pair == ("it", "is") else kept[1:]
    alone = len(kept) > 1 and kept[-1] in typed.breaks and words[kept[-1]] in "12345678"
    kept = kept[:-1] if alone else kept
    while kept and words[kept[-1]] in _LEFT_OVER:
        kept = kept[:-1]
    return kept


def _quoted(typed: Typed, kept: list[int]) -> str:
    """The words ``kept`` as typed; "n" and "&" are written as the word they stand for."""
    said = ""
    begin = kept[0]
    for one, following in zip(kept, [*kept[1:], -1], strict=True):
        if following == one + 1:
            continue
        said += _AND.sub(" and ", typed.put_right(begin, one))
        begin = following
        parted = any(one < b <= following for b in typed.breaks)
        said += "" if following < 0 else ", " if parted else " "
    return said


def _joined(typed: Typed, spans: list[Span]) -> str | None:
    """The course names of ``spans``, joined where only "and" or nothing stands between."""
    found = [s for s in spans if not set(COURSES).isdisjoint(s.kinds)]
    if not found:
        return None
    first, last = found[0].first, found[0].last
    for span in found[1:]:
        between = typed.words[last + 1 : span.first]
        if set(between) <= {"and", "with", "a", "level", "plus"} and len(between) <= _BETWEEN:
            last = span.last
    return " ".join(typed.words[first : last + 1])


def _trade(typed: Typed, spans: list[Span]) -> str | None:
    """What an apprentice learns, said in one clause before or after the word."""
    places = {"emp", "fe", "uni", "town"}
    named = {i for s in spans if not places.isdisjoint(s.kinds) for i in range(s.first, s.last + 1)}
    begins = sorted(typed.breaks | {0})
    clauses = list(zip(begins, [*begins[1:], len(typed.words)], strict=True))
    for pattern in _APPRENTICE:
        for begin, end in clauses:
            found = pattern.search(" ".join(typed.words[begin:end]))
            if not found:
                continue
            first = begin + found.string.count(" ", 0, found.start(1))
            last = first + found.group(1).count(" ")
            kept = [i for i in range(first, last + 1) if typed.words[i] not in NO_NAME]
            if kept and named.isdisjoint(kept):
                return " ".join(typed.words[i] for i in kept)
    return None


def _whole(typed: Typed) -> str | None:
    """The reply as a name, without what people say before one."""
    plain = re.sub(r"^(its|it is|im|i am|i do|doing|at|in|the|a|my|just|erm|um|well|hi) ", "",
                   typed.text)  # fmt: skip
    return plain if plain and len(typed.words) <= _LONG_NAME else None
