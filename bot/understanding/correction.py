"""A name put right when nothing is asked any more: "sorry meant Kwik Fit"."""

import re

from bot.understanding.anchors import explicit
from bot.understanding.codes import DESTINATIONS
from bot.understanding.courses import COURSES, NO_NAME
from bot.understanding.lexicon import Span, find_spans
from bot.understanding.normalise import Typed, normalise
from bot.understanding.slots import PLACES, WORK, find_slots
from bot.understanding.words import Seen
from contact.reply import Label, Reading, Slots

_MEANT = re.compile(
    r"^(?:(?:oh|oops|no|sorry|ah|wait|ok|hi|miss|sir) )*"
    r"(?:(?:actually )?(?:i |it )?(?:meant|mean|should be)|actually its)"
    r"(?: to (?:say|put|write))? (?:its |at |the )*(?=\w)"
)
_LEVEL = re.compile(r"^level [1-8]$")
_LONG_NAME = 6
#: A name that no list knows is short and has none of these words.
_LONG_UNKNOWN = 3
_TALK = NO_NAME | frozenset(
    "to that you not no yes ok what when why how reply text answer say tell later tomorrow today "
    "tonight soon but if only just all good bad fine nothing something anything everything".split()
)
_SURE = 0.9


def read_correction(seen: Seen) -> Reading | None:
    """The destination known so far with the name that was put right, None where it is no such.

    There is no code: what they do stays as it was told. A reply that names another kind of
    place ("sorry meant Wirral Met" from somebody with a job) or another activity is left to
    its words.
    """
    found = _MEANT.search(seen.typed.text)
    if found is None or seen.question not in (None, "now") or seen.context not in DESTINATIONS:
        return None
    first = seen.typed.word_at(found.end())
    rest = normalise(seen.typed.raw[seen.typed.spans[first][0] :])
    slots = _put_right(rest, seen.context, seen)
    if slots is None or slots == Slots():
        return None
    evidence = (seen.typed.raw.strip(),)
    return Reading(seen.context, confidence=_SURE, slots=slots, evidence=evidence)


def _put_right(rest: Typed, known: Label, seen: Seen) -> Slots | None:
    """What ``rest`` names of somebody who does ``known``; None where it says something else."""
    spans = find_spans(rest)
    if len(rest.words) > _LONG_NAME or seen.flags or not re.search(r"[^\W\d_]{2}", rest.text):
        return None
    if _LEVEL.match(rest.text):
        return find_slots(rest, spans, known, "level", None).slots
    if any(explicit(other, rest, spans) for other in DESTINATIONS - {known}):
        return None
    if not spans and (len(rest.words) > _LONG_UNKNOWN or not _TALK.isdisjoint(rest.words)):
        return None
    asked = _asked(spans, known)
    return find_slots(rest, spans, known, asked, seen.providers).slots if asked else None


def _asked(spans: list[Span], known: Label) -> str | None:
    """The question that the names of ``spans`` answer: a place, a course or a job, or neither."""
    kinds = {kind for span in spans for kind in span.kinds}
    fits = {"emp", "force", "charity"} if known in WORK else set(PLACES.get(known, ()))
    places = {"uni", "fe", "sfc", "school", "emp", "force", "charity", "prison"}
    if not fits.isdisjoint(kinds) or kinds <= {"town"}:
        return "where"
    if not places.isdisjoint(kinds):
        return None
    learns = known in PLACES
    suits = not kinds.isdisjoint(COURSES) if learns else "job" in kinds
    return "what" if suits else None
