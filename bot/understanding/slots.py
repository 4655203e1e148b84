"""Where, with whom and what: the names in a reply."""

import re
from dataclasses import dataclass

from bot.understanding.clauses import LATER, NOT, NOW, PAST, times
from bot.understanding.levels import find_level
from bot.understanding.lexicon import Span
from bot.understanding.normalise import Typed
from bot.understanding.providers import Provider, ProviderIndex
from bot.understanding.starts import find_start
from contact.reply import Label, Slots

#: Which kinds of name are the place of study, best first, by label.
_PLACES = {
    Label.SIXTH_FORM: ("sfc", "school", "fe"),
    Label.FE_COLLEGE: ("fe", "sfc", "school"),
    Label.HIGHER_EDUCATION: ("uni", "fe"),
    Label.APPRENTICESHIP: ("uni", "fe", "sfc"),
    Label.TRAINEESHIP: ("charity", "fe", "school"),
}
#: Only these kinds of provider may answer for a label in a loaded list.
_KINDS = {
    Label.SIXTH_FORM: ("school", "sixth_form_college", "special"),
    Label.FE_COLLEGE: ("fe_college", "sixth_form_college", "special"),
    Label.HIGHER_EDUCATION: ("higher_education", "fe_college"),
}
_STUDY = frozenset(_PLACES) - {Label.APPRENTICESHIP}
_PAID = frozenset(
    (
        Label.APPRENTICESHIP,
        Label.TRAINEESHIP,
        Label.EMPLOYMENT_WITH_TRAINING,
        Label.EMPLOYMENT_WITHOUT_TRAINING,
        Label.SELF_EMPLOYED,
    )
)
_COURSES = ("hec", "fec", "subj")
#: Of these a place that is asked for is an employer.
_WORK = _PAID - {Label.TRAINEESHIP} | {Label.VOLUNTARY, Label.ARMED_FORCES}
_NEVER_A_PLACE = frozenset(("subj", "hec", "fec", "abroad", "town", "job"))
_COURSED = frozenset((*_STUDY, Label.APPRENTICESHIP, Label.EMPLOYMENT_WITH_TRAINING))
#: Where a name ends: before one of these, or where the reply does.
_END = (
    r"(?= (?:at|in|with|for|from|by|level|but|now|while|until|till|because|since|when|my|i|im|and i"
    r"|and im|which|where|apprentice\w*|course|diploma|degree|btec|full|part|on|to|as|it|its|lol"
    r"|haha|so|through|after|before|year|then|who|that|near|they|this|one|two|\d|paid|every|doing"
    r"|studying|learning|taking|sixth|been|there|miss|sir|now|still|currently|and|is|was|are|or)\b"
    r"|$)"
)
_AT = re.compile(
    r"\b(?:at|with|for|in) (?:a |an |the |this )?((?:[a-z0-9]+ ){0,3}?[a-z0-9]+)" + _END
)
_DOING = re.compile(
    r"\b(?:doing|studying|do|study|learning|reading|taking|course in|diploma in|degree in"
    r"|masters in|bsc|ba|hnd in|foundation year in|qualification in) (?:a |an |my |the |some )?"
    r"(?:level \d |btec |t level |nvq |degree in |course in |diploma in |first year |hons |level )*"
    r"((?:[a-z]+ ){0,4}?[a-z]+)" + _END
)
#: "apprentice joiner", then "joiner apprentice".
_APPRENTICE = (
    re.compile(
        r"\bapprentice(?:ship)?(?: in| as an?)? "
        r"(?!at|with|for|in|on|by|from|to|as|day|scheme|but|i\b)"
        r"((?:[a-z]+ ){0,2}?[a-z]+)" + _END
    ),
    re.compile(r"\b((?:[a-z]+ ){0,2}[a-z]+) apprentice(?:ship)?\b"),
)
_BEFORE_PLACE = re.compile(r"^(?:it'?s |im |i'm |at |in |the |still |called )+", re.IGNORECASE)
_WHERE_IT_IS = re.compile(r"(?<=\w) (?:on|near|by|off|next to) .*$", re.IGNORECASE)
#: More words than these are no course, no place, and no "and" between two courses.
_LONG_NAME, _LONG_PLACE, _BETWEEN = 12, 8, 3
_NO_NAME = frozenset(
    "year sixth form college uni school work home town moment level full part first second third "
    "final my a an the apprenticeship apprentice training one two free dad mum now it that this "
    "still on an in degree week weekends night nights summer minute september year bit living "
    "of is been am me same place local big company firm im i got started doing doin uk england do "
    "czerwcu lipcu sierpniu wrzesniu with in at for starting started start got new second third "
    "meant sorry "
    "myself them him us her agency homework better grades summer clients builder charity while "
    "hi hello miss at yes well so hiya hey because and or their his her mine job course".split()
)


@dataclass(frozen=True, slots=True)
class Named:
    """The slots, and the provider of a loaded list that was recognised."""

    slots: Slots
    provider: Provider | None = None


def find_slots(
    typed: Typed,
    spans: list[Span],
    label: Label,
    question: str | None,
    providers: ProviderIndex | None,
) -> Named:
    """The names in ``typed`` read as ``label``; the whole text is the name where that was asked."""
    states = times(typed)
    here = [s for s in spans if states[s.first] not in (PAST, LATER, NOT)] or spans
    now = [s for s in here if states[s.first] == NOW] or here
    if question == "where":
        place, employer = _where(typed, now, label)
    else:
        place = _provider(typed, now, label) if label in _PLACES else None
        employer = _employer(typed, now) if label in _PAID else None
    course = _course(typed, now, label) if label in _COURSED or question == "what" else None
    if question == "what" and not course:
        course = _whole(typed)
    known = _look_up(place, label, question, providers)
    level = find_level(typed, asked=question == "level")
    start = find_start(typed.raw)
    return Named(Slots(known.name if known else place, employer, course, level, start), known)


def _look_up(
    place: str | None, label: Label, question: str | None, providers: ProviderIndex | None
) -> Provider | None:
    if not place or providers is None:
        return None
    kinds = () if question == "where" else _KINDS.get(label, ())
    return providers.best(place, kinds)


def _shown(typed: Typed, span: Span) -> str:
    """The full name where the lists give one, else what was typed, "sixth" at its end left out."""
    last = span.last
    if "school" in span.kinds and typed.words[last] == "sixth" and last > span.first:
        last -= 1
    return span.name or typed.quote(span.first, last)


def _provider(typed: Typed, spans: list[Span], label: Label) -> str | None:
    """The place of study: a name of the lists, or "at ..." where studying is what is said."""
    for kind in _PLACES.get(label, ("uni", "sfc", "fe", "school")):
        for span in spans:
            if kind in span.kinds:
                return _shown(typed, span)
    if label not in _STUDY:
        return None
    towns = [s for s in spans if "town" in s.kinds]
    return _after_at(typed, spans) or (_shown(typed, towns[0]) if towns else None)


def _after_at(typed: Typed, spans: list[Span]) -> str | None:
    """What stands after "at", "with", "for" or "in", as typed, where it can be a name."""
    taken = {s.first for s in spans if not _NEVER_A_PLACE.isdisjoint(s.kinds)}
    for found in _AT.finditer(typed.text):
        first, last = typed.word_at(found.start(1)), typed.word_at(found.end(1) - 1)
        last = min([b - 1 for b in typed.breaks if first < b <= last] or [last])
        words = typed.words[first : last + 1]
        if not _NO_NAME.issuperset(words) and words[0] not in _NO_NAME and first not in taken:
            return typed.quote(first, last)
    return None


def _employer(typed: Typed, spans: list[Span]) -> str | None:
    """The employer: a name of the list, or what stands after "at", "for", "with"."""
    for span in spans:
        if "emp" in span.kinds:
            return _shown(typed, span)
    for span in spans:
        if "charity" in span.kinds:
            return _shown(typed, span)
    return _after_at(typed, spans) or _kind_of_place(typed, spans)


def _kind_of_place(typed: Typed, spans: list[Span]) -> str | None:
    """The sort of employer where no name is said: "in a cafe"."""
    for span in spans:
        before = typed.words[max(span.first - 2, 0) : span.first]
        if "job" in span.kinds and not {"at", "in", "for", "with"}.isdisjoint(before):
            return _shown(typed, span)
    return None


def _course(typed: Typed, spans: list[Span], label: Label) -> str | None:
    """The course: adjoining names of courses, or what stands after "doing"."""
    joined = _joined(typed, spans)
    if label is Label.APPRENTICESHIP:
        return _trade(typed, spans) or joined
    doing = _DOING.search(typed.text)
    if doing and not joined:
        words = doing.group(1)
        return None if _NO_NAME.issuperset(words.split()) else words
    return joined


def _joined(typed: Typed, spans: list[Span]) -> str | None:
    """The course names of ``spans``, joined where only "and" or nothing stands between."""
    found = [s for s in spans if not set(_COURSES).isdisjoint(s.kinds)]
    if not found:
        return None
    first, last = found[0].first, found[0].last
    for span in found[1:]:
        between = typed.words[last + 1 : span.first]
        if set(between) <= {"and", "with", "a", "level", "plus"} and len(between) <= _BETWEEN:
            last = span.last
    return " ".join(typed.words[first : last + 1])


def _trade(typed: Typed, spans: list[Span]) -> str | None:
    """What an apprentice learns, said before or after the word."""
    places = {"emp", "fe", "uni", "town"}
    named = {i for s in spans if not places.isdisjoint(s.kinds) for i in range(s.first, s.last + 1)}
    for pattern in _APPRENTICE:
        found = pattern.search(typed.text)
        if not found:
            continue
        first, last = typed.word_at(found.start(1)), typed.word_at(found.end(1) - 1)
        last = min([b - 1 for b in typed.breaks if first < b <= last] or [last])
        kept = [i for i in range(first, last + 1) if typed.words[i] not in _NO_NAME]
        if kept and named.isdisjoint(kept):
            return " ".join(typed.words[i] for i in kept)
    return None


def _whole(typed: Typed) -> str | None:
    """The reply as a name, without what people say before one."""
    plain = re.sub(r"^(its|it is|im|i am|i do|doing|at|in|the|a|my|just|erm|um|well|hi) ", "",
                   typed.text)  # fmt: skip
    return plain if plain and len(typed.words) <= _LONG_NAME else None


def _where(typed: Typed, spans: list[Span], label: Label) -> tuple[str | None, str | None]:
    """Provider and employer of a reply that is nothing but a place."""
    for kind in (*_PLACES.get(label, ()), "uni", "sfc", "fe", "school", "emp", "force"):
        for span in spans:
            if kind in span.kinds:
                shown = _shown(typed, span)
                return (None, shown) if kind in ("emp", "force") else (shown, None)
    words = _WHERE_IT_IS.sub("", typed.raw.strip().strip(".!"))
    short = _BEFORE_PLACE.sub("", words)
    if not typed.words or len(typed.words) > _LONG_PLACE:
        return None, None
    return (None, short or None) if label in _WORK else (short or None, None)
