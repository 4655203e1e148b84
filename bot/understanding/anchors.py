"""The words of a reply that bear out its label."""

import functools

from bot.understanding.features import bucket
from bot.understanding.lexicon import Span
from bot.understanding.matching import patterns
from bot.understanding.model import LABELS, Model
from bot.understanding.normalise import Typed
from contact.reply import Label

#: Kinds of name that bear out a label on their own.
_KINDS: dict[Label, frozenset[str]] = {
    Label.SIXTH_FORM: frozenset(("sfc", "school", "subj")),
    Label.FE_COLLEGE: frozenset(("fe", "fec")),
    Label.HIGHER_EDUCATION: frozenset(("uni", "hec")),
    Label.EMPLOYMENT_WITH_TRAINING: frozenset(("job", "emp")),
    Label.EMPLOYMENT_WITHOUT_TRAINING: frozenset(("job", "emp")),
    Label.ARMED_FORCES: frozenset(("force",)),
    Label.CUSTODY: frozenset(("prison",)),
    Label.MOVED_ABROAD: frozenset(("abroad",)),
}
_RELATIVES_TELL = (Label.CUSTODY, Label.MOVED_ABROAD, Label.NOT_AVAILABLE)
_EVIDENCE = 4
_TELLING = 2


def anchored(label: Label, typed: Typed, spans: list[Span]) -> bool:
    """Whether a name or a word of the reply speaks for the destination ``label``."""
    kinds = _KINDS.get(label, frozenset())
    if any(not kinds.isdisjoint(span.kinds) for span in spans):
        return True
    return any(p.search(typed.text) for p in patterns("anchors").get(label.value, ()))


def explicit(label: Label, typed: Typed, spans: list[Span]) -> bool:
    """Whether a word of the reply that is no part of a name says ``label``: "a levels", "uni"."""
    named = {i for s in spans for i in range(s.first, s.last + 1)}
    return any(
        not named.issuperset(range(typed.word_at(m.start()), typed.word_at(m.end() - 1) + 1))
        for pattern in patterns("anchors").get(label.value, ())
        for m in pattern.finditer(typed.text)
    )


def of_others(label: Label, typed: Typed) -> bool:
    """Whether the reply asks us, or tells of somebody else or of this very hour.

    Relatives do answer about custody, caring and moving; of these it is believed.
    """
    lists = ("hour",) if label in _RELATIVES_TELL else ("hour", "others")
    told = (p.search(typed.text) for key in lists for p in patterns("anchors").get(key, ()))
    return typed.question_mark or any(told)


@functools.lru_cache(maxsize=1)
def _place() -> dict[Label, int]:
    return {label: i for i, label in enumerate(LABELS)}


def evidence_of(label: Label, typed: Typed, spans: list[Span], model: Model) -> tuple[str, ...]:
    """The words that speak most for ``label``, as typed, in their order."""
    weights, width, place = model.weights, len(LABELS), _place()[label]
    worth = [weights[bucket(f"w={word}") * width + place] for word in typed.words]
    kinds = _KINDS.get(label, frozenset())
    named = {i for s in spans if not kinds.isdisjoint(s.kinds) for i in range(s.first, s.last + 1)}
    best = sorted(range(len(worth)), key=lambda i: -worth[i])[:_EVIDENCE]
    kept = sorted({i for i in best if worth[i] > _TELLING} | named)
    pieces: list[list[int]] = []
    for i in kept:
        if pieces and i == pieces[-1][1] + 1:
            pieces[-1][1] = i
        else:
            pieces.append([i, i])
    return tuple(dict.fromkeys(typed.quote(a, b) for a, b in pieces))
