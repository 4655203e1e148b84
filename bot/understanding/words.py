"""What a reply says in words: the likeliest label, and how sure we are of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.understanding.anchors import anchored, evidence_of, of_others
from bot.understanding.codes import CODE_OF, DESTINATIONS, agreed_start, code_of
from bot.understanding.learnt import Learnt
from bot.understanding.lexicon import Span
from bot.understanding.matching import first_match, patterns
from bot.understanding.normalise import Typed
from bot.understanding.providers import ProviderIndex
from bot.understanding.slots import find_slots
from bot.understanding.stop import Found
from contact.reply import Label, Reading

#: Labels that staff look at, however sure we are.
FOR_STAFF = frozenset(
    (
        Label.DISTRESS,
        Label.WRONG_PERSON,
        Label.ABUSIVE,
        Label.AMBIGUOUS,
        Label.CUSTODY,
        Label.MOVED_ABROAD,
    )
)
#: The most that is believed of a destination that no word of the reply bears out.
UNFOUNDED = 0.4
#: A destination this likely keeps its place beside a worry or a stop.
_STILL_CLEAR = 0.4
#: Labels that say nothing of what was said; a saying speaks louder.
_VAGUE = (Label.OUT_OF_SCOPE, Label.AMBIGUOUS)
#: From here on the model is not talked out of its label, and what a saying is worth.
_OWN_MIND, _SAYING = 0.55, 0.8
#: Beside the point must be surer than most: it is also what the model says of what it never saw.
_LEAST = {Label.OUT_OF_SCOPE: 0.8}
_GUESSES = 2
_GUESSED, _GUESSED_FOUNDED, _GUESSED_BARE = 0.08, 0.015, 0.3


@dataclass(frozen=True, slots=True)
class Seen:
    """All that was looked up, once, for a reply."""

    typed: Typed
    spans: list[Span]
    likely: Mapping[Label, float]
    stop: Found | None
    worry: str | None
    question: str | None
    context: Label | None
    providers: ProviderIndex | None
    threshold: float
    learnt: Learnt

    @property
    def flags(self) -> tuple[Label, ...]:
        """What takes effect whatever else the reply says."""
        found = ((Label.DISTRESS, self.worry), (Label.STOP, self.stop))
        return tuple(label for label, what in found if what)


def read_words(seen: Seen) -> Reading:
    """The reading of ``seen`` by its words, the safety flags left aside."""
    ranked = _ranked(seen)
    label, likelihood = ranked[0]
    confidence = seen.learnt.calibration.confidence(likelihood)
    said = _said(seen.typed, label, confidence)
    if said:
        label, confidence = said, _SAYING
    if label in DESTINATIONS and not (
        anchored(label, seen.typed, seen.spans) and not of_others(label, seen.typed)
    ):
        confidence = min(confidence, UNFOUNDED)
    reading = Reading(
        label,
        confidence=round(confidence, 4),
        review=confidence < max(seen.threshold, _LEAST.get(label, 0.0)) or label in FOR_STAFF,
        evidence=evidence_of(label, seen.typed, seen.spans, seen.learnt.model),
        guesses=tuple(o for o, p in ranked[: _GUESSES + 1] if o is not label and _may(seen, o, p)),
    )
    return coded(seen, reading)


def _may(seen: Seen, label: Label, likelihood: float) -> bool:
    """Whether ``label`` is worth asking about: likely, the less so where no word speaks for it."""
    if label not in DESTINATIONS:
        return likelihood > _GUESSED
    founded = anchored(label, seen.typed, seen.spans)
    return likelihood > (_GUESSED_FOUNDED if founded else _GUESSED_BARE)


def _said(typed: Typed, label: Label, confidence: float) -> Label | None:
    """Another label that a saying leaves little doubt of, where the model knows none for sure."""
    if label not in _VAGUE and confidence >= _OWN_MIND:
        return None
    other = (Label(key) for key in patterns("sayings") if first_match("sayings", key, typed))
    found = next(other, None)
    return found if found is not label else None


def _ranked(seen: Seen) -> list[tuple[Label, float]]:
    """Labels and likelihoods, likeliest first; the safety labels only where they were found."""
    kept = {
        label: p
        for label, p in seen.likely.items()
        if label not in (Label.DISTRESS, Label.STOP) or label in seen.flags
    }
    whole = sum(kept.values()) or 1.0
    return sorted(((label, p / whole) for label, p in kept.items()), key=lambda pair: -pair[1])


def coded(seen: Seen, reading: Reading) -> Reading:
    """``reading`` with its activity code and slots, where the label is a destination."""
    if reading.label not in DESTINATIONS:
        refused = reading.label is Label.REFUSES and not reading.review
        return replace(reading, code=CODE_OF[Label.REFUSES]) if refused else reading
    named = find_slots(seen.typed, seen.spans, reading.label, seen.question, seen.providers)
    kinds = frozenset(kind for span in seen.spans for kind in span.kinds)
    code = code_of(reading.label, seen.typed, named.provider, kinds)
    if reading.label is Label.LOOKING_FOR_WORK:
        code = agreed_start(seen.typed) or code
    return replace(reading, code=code, slots=named.slots, review=reading.review or code is None)


def flagged(seen: Seen, reading: Reading) -> Reading:
    """``reading`` with what was found of worry and stop.

    Worry comes before all else. A clear destination keeps its place beside a stop
    and carries it as a flag; anything else gives way. Abuse beside a stop is a flag.
    """
    flags = seen.flags
    if not flags:
        return reading
    clear = reading.label in DESTINATIONS and seen.likely[reading.label] >= _STILL_CLEAR
    if clear and reading.confidence > UNFOUNDED and Label.DISTRESS not in flags:
        return replace(reading, flags=flags)
    first, rest = flags[0], flags[1:]
    if first is Label.STOP and first_match("sayings", Label.ABUSIVE, seen.typed):
        rest = (*rest, Label.ABUSIVE)
    words = seen.worry if first is Label.DISTRESS else seen.stop.evidence if seen.stop else None
    sure = max(0.9, seen.likely[first])
    return Reading(
        first,
        confidence=round(sure, 4),
        review=first in FOR_STAFF,
        flags=rest,
        evidence=(words,) if words else (),
        guesses=(reading.label,) if reading.label is not first else _told_beside(seen),
    )


def _told_beside(seen: Seen) -> tuple[Label, ...]:
    """The likeliest destination that stands beside a worry or a stop, where a word names it."""
    likeliest = max(DESTINATIONS, key=lambda label: seen.likely[label])
    return (likeliest,) if anchored(likeliest, seen.typed, seen.spans) else ()
