"""What the model sees of a reply: its words, what they name, and when it is so."""

from itertools import pairwise
from zlib import crc32

from bot.understanding.clauses import NOW, times
from bot.understanding.lexicon import Span, find_spans
from bot.understanding.normalise import Typed

#: Buckets that features are hashed into (a power of two).
BUCKETS = 1 << 15
_LONGEST_WORDS = 120
_SHORT = 4


def _tagged(typed: Typed, spans: list[Span], states: list[str]) -> list[str]:
    """The words with every named thing replaced by its kinds; not-now ones marked."""
    at = {span.first: span for span in spans}
    tags, i = [], 0
    while i < len(typed.words):
        span = at.get(i)
        tag = "<" + "+".join(span.kinds) + ">" if span else typed.words[i]
        tags.append(tag if states[i] == NOW or not span else f"{states[i]}|{tag}")
        i = span.last + 1 if span else i + 1
    return tags


def _of_words(words: tuple[str, ...], states: list[str]) -> list[str]:
    found = [f"w={word}" for word in words]
    found += [f"{state}={word}" for word, state in zip(words, states, strict=True) if state != NOW]
    found += [f"b={a} {b}" for a, b in pairwise(words)]
    for word in words:
        padded = f"^{word}$"
        found += [f"c={padded[i : i + 4]}" for i in range(max(len(padded) - 3, 1))]
    return found


def _of_tags(tags: list[str]) -> list[str]:
    found = [f"t={tag}" for tag in tags if "<" in tag]
    for tag in tags:
        if "+" in tag:
            mark, _, kinds = tag.rpartition("<")
            found += [f"k={mark}{kind}" for kind in kinds.rstrip(">").split("+")]
    found += [f"tb={a} {b}" for a, b in pairwise(tags) if "<" in a + b]
    found += [
        f"tt={a} {b} {c}"
        for a, b, c in zip(tags, tags[1:], tags[2:], strict=False)
        if "<" in a + b + c
    ]
    return found


def _of_shape(typed: Typed, tags: list[str]) -> list[str]:
    count = len(typed.words)
    found = [f"n={count if count <= _SHORT else _SHORT + 1 + min(count // _SHORT, 6)}"]
    found.append(f"first={tags[0]}" if tags else "empty")
    found.append(f"last={tags[-1]}" if tags else "blank")
    subjects = sum("subj" in tag for tag in tags)
    found.append(f"subjects={min(subjects, 3)}")
    named = {tag for tag in tags if "<" in tag}
    found.append(f"named={min(len(named), 3)}")
    if typed.question_mark:
        found.append("asks")
    if count < _SHORT:
        found.append(f"whole={' '.join(tags)}")
    found += [f"pair={a}&{b}" for a in sorted(named) for b in sorted(named) if a < b]
    return found


def features(typed: Typed, spans: list[Span] | None = None) -> list[int]:
    """The buckets of ``typed``'s features, sorted, each once."""
    words, states = typed.words[:_LONGEST_WORDS], times(typed)
    tags = _tagged(typed, find_spans(typed) if spans is None else spans, states)[:_LONGEST_WORDS]
    names = _of_words(words, states[:_LONGEST_WORDS]) + _of_tags(tags) + _of_shape(typed, tags)
    return sorted({bucket(name) for name in names})


def bucket(name: str) -> int:
    """The bucket of the feature called ``name``."""
    return crc32(name.encode("utf-8", "replace")) % BUCKETS
