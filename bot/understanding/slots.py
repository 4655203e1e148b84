"""Where, with whom and what: the names in a reply."""

import re
from dataclasses import dataclass

from bot.understanding.clauses import LATER, NOT, NOW, PAST, times
from bot.understanding.courses import END, NO_NAME, asked_course, told_course
from bot.understanding.levels import find_level
from bot.understanding.lexicon import Span
from bot.understanding.normalise import Typed
from bot.understanding.providers import Provider, ProviderIndex
from bot.understanding.starts import find_start
from contact.reply import Label, Slots

#: Which kinds of name are the place of study, best first, by label.
PLACES = {
    Label.SIXTH_FORM: ("sfc", "school", "fe"),
    Label.FE_COLLEGE: ("fe", "sfc", "school"),
    Label.HIGHER_EDUCATION: ("uni", "fe"),
    Label.APPRENTICESHIP: ("uni", "fe", "sfc"),
    Label.TRAINEESHIP: ("charity", "fe", "school"),
}
#: Only these kinds of provider may answer for a label in a loaded list.
_KINDS = {
    Label.SIXTH_FORM: ("school", "sixth_form_college", "college", "special", "fe_college"),
    Label.FE_COLLEGE: ("fe_college", "sixth_form_college", "college", "special"),
    Label.HIGHER_EDUCATION: ("higher_education", "college", "fe_college"),
}
_STUDY = frozenset(PLACES) - {Label.APPRENTICESHIP}
_PAID = frozenset(
    (
        Label.APPRENTICESHIP,
        Label.TRAINEESHIP,
        Label.EMPLOYMENT_WITH_TRAINING,
        Label.EMPLOYMENT_WITHOUT_TRAINING,
        Label.SELF_EMPLOYED,
    )
)
#: Of these a place that is asked for is an employer.
WORK = _PAID - {Label.TRAINEESHIP} | {Label.VOLUNTARY, Label.ARMED_FORCES}
_NEVER_AN_EMPLOYER = frozenset(("subj", "hec", "fec", "abroad", "town", "job"))
_NEVER_A_PLACE = _NEVER_AN_EMPLOYER | {"emp", "force"}
_COURSED = frozenset((*_STUDY, Label.APPRENTICESHIP, Label.EMPLOYMENT_WITH_TRAINING))
_AT = re.compile(
    r"\b(?:at|with|for|in) (?:a |an |the |this )?((?:[a-z0-9]+ ){0,3}?[a-z0-9]+)" + END
)
#: What stands before the name of a place, and what may stand before "at" and such a name.
_BEFORE_PLACE = frozenset(
    "oh ok yes well um umm erm hi hello hiya sorry meant actually oops its it is im i am at in the "
    "for still called".split()
)
_BEFORE_AT = NO_NAME | _BEFORE_PLACE | {"working", "staying", "doing", "studying"}
_WHERE_IT_IS = re.compile(
    r"(?<=\w),? (?:(?:on|near|by|off|next to|since|doing|studying|but|because|lol|mate|please)\b.*"
    r"|miss|sir|x+)$",
    re.IGNORECASE,
)
#: "With my uncle, Oakes Roofing": a firm is named beside whose it is.
_WHOSE = re.compile(
    r"\b(?:with|for) (?:my|me|a) (?:\w+ )?(?:uncle|dad|mum|stepdad|brother|sister|cousin|grandad"
    r"|auntie|aunt|mate|friend|family)s?(?: \w+)?"
)
_FIRM = re.compile(
    r"^(?:ltd|limited|co|services|builders|sons|motors|autos|garages?|joinery|electric\w*|salon|farm"
    r"|construction|contractors|develop\w*|group|transport|haulage|decorators|homes|windows|kitchens"
    r"|(?:roof|plumb|plaster|build|fenc|floor|heat|cater|clean|landscap|scaffold|engineer|decorat"
    r"|pav|til|glaz|garden|bricklay)ing)$"
)
_LONG_FIRM = 4
#: What a trade is called beside its name: these begin no firm's.
_COMMON = frozenset(
    "apprentice apprenticeship trainee doing learning studying working work self employed general "
    "mobile full part time level local big small new still just commercial domestic agency site "
    "dog pet car window office house night day shop hotel and n".split()
)
#: More words than these are no place.
_LONG_PLACE = 8


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
    place, employer = _places(typed, now, label, question)
    if question == "what":
        course = asked_course(typed, now)
    else:
        course = told_course(typed, now, label) if label in _COURSED else None
    known = _look_up(place, typed, label, question, providers)
    level = find_level(typed, asked=question == "level")
    start = find_start(typed.raw)
    name = known.name if known else place
    urn, ukprn = (known.urn, known.ukprn) if known else (None, None)
    return Named(Slots(name, employer, course, level, start, urn, ukprn), known)


def _places(
    typed: Typed, spans: list[Span], label: Label, question: str | None
) -> tuple[str | None, str | None]:
    """Provider and employer; none where a date was asked for ("next month" is no shop)."""
    if question == "start":
        return None, None
    if question == "where":
        return _where(typed, spans, label)
    place = _provider(typed, spans, label) if label in PLACES else None
    return place, _employer(typed, spans) if label in _PAID else None


def _look_up(
    place: str | None,
    typed: Typed,
    label: Label,
    question: str | None,
    providers: ProviderIndex | None,
) -> Provider | None:
    if not place or providers is None:
        return None
    kinds = _KINDS.get(label, ())
    fitting = providers.best(place, kinds, typed.words)
    anywhere = providers.best(place, (), typed.words)
    if fitting and anywhere:
        # Two places, one by its kind and one by its name or town: then neither is sure.
        return fitting if fitting == anywhere else None
    return fitting or (anywhere if question == "where" else None)


def _shown(typed: Typed, span: Span) -> str:
    """The full name where the lists give one, else what was typed, "sixth" at its end left out."""
    last = span.last
    if "school" in span.kinds and typed.words[last] == "sixth" and last > span.first:
        last -= 1
    return span.name or typed.quote(span.first, last)


def _provider(typed: Typed, spans: list[Span], label: Label) -> str | None:
    """The place of study: a name of the lists, or "at ..." where studying is what is said."""
    for kind in PLACES.get(label, ("uni", "sfc", "fe", "school")):
        for span in spans:
            if kind in span.kinds:
                return _shown(typed, span)
    if label not in _STUDY:
        return None
    towns = [s for s in spans if "town" in s.kinds]
    named = _after_at(typed, spans, _NEVER_A_PLACE)
    return named or (_shown(typed, towns[0]) if towns else None)


def _after_at(typed: Typed, spans: list[Span], never: frozenset[str]) -> str | None:
    """What stands after "at", "with", "for" or "in" in a clause, as typed, where it can be a name.

    ``never`` are the kinds of name that it cannot be.
    """
    taken = {s.first for s in spans if not never.isdisjoint(s.kinds)}
    states = times(typed)
    begins = sorted(typed.breaks | {0})
    for begin, end in zip(begins, [*begins[1:], len(typed.words)], strict=True):
        for found in _AT.finditer(" ".join(typed.words[begin:end])):
            first = begin + found.string.count(" ", 0, found.start(1))
            last = first + found.group(1).count(" ")
            words = typed.words[first : last + 1]
            passed = states[first] in (PAST, NOT)
            named = not NO_NAME.issuperset(words) and words[0] not in NO_NAME
            if named and first not in taken and not passed:
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
    named = _after_at(typed, spans, _NEVER_AN_EMPLOYER)
    return _own_name(typed) or named or _firm(typed) or _kind_of_place(typed, spans)


def _firm(typed: Typed) -> str | None:
    """The firm named beside whose it is, where its last word is a firm's: "Oakes Roofing"."""
    whose = _WHOSE.search(typed.text)
    said = typed.word_at(whose.start()) if whose else len(typed.words)
    begins = [*sorted(b for b in typed.breaks if b > said), len(typed.words)]
    first, last = begins[0], begins[min(1, len(begins) - 1)] - 1
    if not 0 < last - first < _LONG_FIRM or typed.words[first] in NO_NAME:
        return None
    if not _FIRM.match(typed.words[last]):
        return None
    return typed.quote(first, last)


def _own_name(typed: Typed) -> str | None:
    """A firm that is named and nothing else: "Jones Joinery", "Hartley & Sons"."""
    words = typed.words
    if not 1 < len(words) <= _LONG_FIRM or not _FIRM.match(words[-1]):
        return None
    named = {*words[:-1]}.isdisjoint(NO_NAME | _COMMON) and all(map(str.isalpha, words))
    return typed.quote(0, len(words) - 1) if named else None


def _kind_of_place(typed: Typed, spans: list[Span]) -> str | None:
    """The sort of employer where no name is said: "in a cafe"."""
    for span in spans:
        before = typed.words[max(span.first - 2, 0) : span.first]
        if "job" in span.kinds and not {"at", "in", "for", "with"}.isdisjoint(before):
            return _shown(typed, span)
    return None


def _where(typed: Typed, spans: list[Span], label: Label) -> tuple[str | None, str | None]:
    """Provider and employer of a reply that is nothing but a place."""
    for kind in (*PLACES.get(label, ()), "uni", "sfc", "fe", "school", "emp", "force"):
        for span in spans:
            if kind in span.kinds:
                shown = _shown(typed, span)
                return (None, shown) if kind in ("emp", "force") else (shown, None)
    first = _name_from(typed, spans)
    if not 0 < len(typed.words) - first <= _LONG_PLACE:
        return None, None
    said = _WHERE_IT_IS.sub("", typed.raw[typed.spans[first][0] :].strip().strip(".!"))
    return (None, said or None) if label in WORK else (said or None, None)


def _name_from(typed: Typed, spans: list[Span]) -> int:
    """The word from which on a reply that is a place names it: "oh ok, sixth form at easton"."""
    courses = {i for s in spans if "town" not in s.kinds for i in range(s.first, s.last + 1)}
    words, first = typed.words, 0
    for i, word in enumerate(words[:-1]):
        if word in ("at", "for"):
            first = i
            break
        if word not in _BEFORE_AT and i not in courses:
            break
    while first < len(words) - 1 and words[first] in _BEFORE_PLACE:
        first += 1
    return first
