"""A reply to one of the smaller questions: where, what, which level, since when, yes or no."""

from dataclasses import replace

from bot.understanding.anchors import anchored, of_others
from bot.understanding.choices import NO, YES, picked, says_me, yes_or_no
from bot.understanding.codes import DESTINATIONS
from bot.understanding.levels import find_level
from bot.understanding.matching import first_match
from bot.understanding.slots import find_slots
from bot.understanding.words import Seen, read_words
from contact.reply import Label, Reading

#: Questions that are answered by a number or by yes and no.
_PICKS = ("help", "who", "confirm", "which")
#: Labels that are talk about us or about the asking, not an answer.
_TALK = frozenset((Label.REFUSES, Label.WRONG_PERSON, Label.ABUSIVE, Label.QUESTION))
#: From here on the talk is believed rather than the name that was asked for.
_CLEARLY_TALK = 0.6
_LONGEST_NAME = 12
#: How sure we are that what answers the question is the answer.
_ANSWERS = 0.9


def read_answer(seen: Seen) -> Reading | None:
    """The reading of ``seen`` as the answer that was asked for, None where it is not one.

    The label of such an answer is the destination known so far, else the likeliest,
    and there is no code: it is the slots, or ``choice`` (1 yes, 2 no), that answer.
    """
    if seen.question in _PICKS:
        return _pick(seen)
    words = read_words(seen)
    if words.label in _TALK and seen.likely[words.label] >= _CLEARLY_TALK:
        return None
    if _changed(seen, words):
        return words
    if first_match("talk", "later", seen.typed) and words.label is Label.OUT_OF_SCOPE:
        return None
    return _slot(seen, words)


def _changed(seen: Seen, words: Reading) -> bool:
    """Whether the reply says that the situation itself is another one."""
    sure = words.label in DESTINATIONS and not of_others(words.label, seen.typed)
    told = first_match("talk", "changed", seen.typed) is not None
    return sure and told and anchored(words.label, seen.typed, seen.spans)


def _slot(seen: Seen, words: Reading) -> Reading | None:
    """What was asked for, found in the reply; None where it is not there."""
    label = seen.context or max(DESTINATIONS, key=lambda one: seen.likely[one])
    named = find_slots(seen.typed, seen.spans, label, seen.question, seen.providers)
    slots = named.slots
    found = {
        "where": slots.provider or slots.employer,
        "what": slots.course,
        "level": slots.level,
        "start": slots.start or seen.typed.raw.strip(),
    }.get(seen.question or "")
    unsure = words.label in (Label.AMBIGUOUS, Label.OUT_OF_SCOPE) and _empty(seen)
    if not found or unsure or len(seen.typed.words) > 3 * _LONGEST_NAME:
        return None
    number = picked(seen.typed) if seen.question == "level" else None
    # Of a label that is only guessed no more is claimed than the model does.
    sure = _ANSWERS if seen.context else round(seen.likely[label], 4)
    return Reading(
        label, confidence=sure, slots=slots, evidence=(seen.typed.raw.strip(),), choice=number
    )


def _empty(seen: Seen) -> bool:
    """Whether the reply is talk that names nothing ("dunno", "lol", "ok")."""
    return (
        not seen.spans
        and find_level(seen.typed, asked=True) is None
        and bool(first_match("talk", "empty", seen.typed))
    )


def _pick(seen: Seen) -> Reading | None:
    """Yes or no, or the number of a line; other words are read as words."""
    number = picked(seen.typed)
    if seen.question != "which":
        number = yes_or_no(seen.typed)
    if seen.question == "who" and says_me(seen.typed):
        number = YES
    if number is None:
        return None
    words = read_words(seen)
    changed = (
        (number == NO or seen.question == "who")
        and words.label in DESTINATIONS
        and anchored(words.label, seen.typed, seen.spans)
    )
    if changed:
        return replace(words, choice=number)
    kept = seen.context if number == YES and seen.context else Label.AMBIGUOUS
    return Reading(kept, confidence=0.95, evidence=(seen.typed.raw.strip(),), choice=number)
