"""What a reply says: the one way from a text to a reading."""

import re
from dataclasses import replace

from bot.understanding.answers import read_answer
from bot.understanding.choices import Choice, choice, picked
from bot.understanding.codes import DESTINATIONS
from bot.understanding.correction import read_correction
from bot.understanding.distress import find_distress
from bot.understanding.features import features
from bot.understanding.learnt import Learnt, as_shipped
from bot.understanding.lexicon import find_spans
from bot.understanding.matching import first_match, matches_typed
from bot.understanding.model import LABELS
from bot.understanding.normalise import Typed, normalise
from bot.understanding.numbered import read_numbered
from bot.understanding.providers import ProviderIndex
from bot.understanding.stop import find_stop
from bot.understanding.words import Seen, flagged, read_words
from contact.reply import Label, Reading

#: Signs that answer, if only we knew what.
_NODS = frozenset("👍👎👌🙏🤷✅✔🙂🙃😐")
#: Several numbers, or one that is not on the list.
_NUMBERS = re.compile(r"^(\d+|or|and|maybe|both|either| )+$")


def understand(
    text: str,
    question: str | None = None,
    *,
    context: Label | None = None,
    providers: ProviderIndex | None = None,
    threshold: float | None = None,
    learnt: Learnt | None = None,
) -> Reading:
    """What ``text`` says, as the answer to ``question`` (a question code, or None).

    Raises nothing, whatever the text. ``context`` is the destination known so far:
    what a smaller question (where, what, level, start, confirm) is about. With
    ``providers`` a place of study is looked up there. ``threshold`` is the confidence from which
    a reading needs no staff (default: measured with the model). ``learnt`` is the model
    to read with (default: as shipped).
    """
    learnt = learnt or as_shipped()
    typed = normalise(text)
    limit = learnt.calibration.threshold if threshold is None else threshold
    spans = find_spans(typed)
    scores = learnt.model.scores(features(typed, spans))
    likely = dict(zip(LABELS, scores, strict=True))
    seen = Seen(
        typed,
        spans,
        likely,
        find_stop(typed, likely[Label.STOP]),
        find_distress(typed, likely[Label.DISTRESS]),
        question,
        context,
        providers,
        limit,
        learnt,
    )
    reading = _read(seen)
    told = reading.label in DESTINATIONS and not reading.review
    later = not seen.flags and not told and first_match("talk", "later", typed) is not None
    return replace(reading, later=later, review=reading.review or typed.cut)


def _read(seen: Seen) -> Reading:
    """The first of the readings that fits: keyword, nothing, machine talk, number, words."""
    if seen.stop and seen.stop.keyword:
        return Reading(Label.STOP, confidence=1.0, evidence=(seen.stop.evidence,))
    if not seen.typed.words:
        signs = seen.typed.raw.strip(" ?.!")
        label = Label.OUT_OF_SCOPE if signs and not _NODS & set(signs) else Label.AMBIGUOUS
        return Reading(label, confidence=0.6, review=True, guesses=(Label.AMBIGUOUS,))
    if is_injection(seen.typed):
        return flagged(seen, Reading(Label.OUT_OF_SCOPE, confidence=0.5, review=True))
    number = picked(seen.typed)
    if number is not None and seen.question in (None, "now"):
        return _chosen(choice(number), number, seen)
    if seen.question in (None, "now") and _NUMBERS.match(seen.typed.text):
        return Reading(Label.AMBIGUOUS, confidence=0.9, review=True, evidence=(seen.typed.raw,))
    if first_match("talk", "help", seen.typed):
        return Reading(Label.QUESTION, confidence=0.9, review=True, evidence=(seen.typed.raw,))
    if seen.question not in (None, "now") and not seen.flags:
        answer = read_answer(seen)
        if answer:
            return answer
    return flagged(seen, read_correction(seen) or read_numbered(seen) or read_words(seen))


def is_injection(typed: Typed) -> bool:
    """Whether the reply speaks to the machine: an order to code it so, or program text."""
    return bool(first_match("talk", "injection", typed)) or matches_typed("talk", "code", typed)


def _chosen(line: Choice | None, number: int, seen: Seen) -> Reading:
    """The reading of a reply that is a number; a number not on the list is unclear."""
    evidence = (seen.typed.raw.strip(),)
    if line is None or line.code is None:
        listed = number if line else None
        return Reading(
            Label.AMBIGUOUS, confidence=0.9, review=True, evidence=evidence, choice=listed
        )
    return Reading(line.label, line.code, confidence=0.99, evidence=evidence, choice=number)
