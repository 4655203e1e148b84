"""The list of words by which misspelt ones are known, made from patterns, lists and texts.

Run ``python -m bot.understanding.training.vocabulary`` before training: it
writes ``lists/words.txt``. The commonest come first; "~" marks a word that is
left alone and never taken for what a misspelt one means.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator

from bot.understanding.lexicon import LISTS
from bot.understanding.spelling import FILE
from bot.understanding.training.texts import HERE, lines

PACKAGE = HERE.parent
#: A word of the training texts that stands there less often may be a slip itself.
_OFTEN = 3
_SHORTEST = 4
_WORD = re.compile(r"[a-z]{2,}")
#: What a pattern writes for one letter of many is no part of a word.
_NO_WORD = re.compile(r"\\.|\[[^\]]*\]|\w+(?=[\[?*])|(?<=[\])?*])\w+")
_DOUBLED = re.compile(r"^[^aeiou]*[aeiou][bdgmnpt]$")
_HEADER = "# Made by training/vocabulary.py: words that are known; ~ never stands for another.\n"


def in_patterns() -> Iterator[str]:
    """The English words of the patterns, and what abbreviations stand for."""
    for name in ("anchors", "distress", "sayings", "stop", "talk"):
        source = (PACKAGE / "patterns" / f"{name}.toml").read_text(encoding="utf-8")
        for key, found in tomllib.loads(source).items():
            if key not in ("other", "code"):
                yield from _WORD.findall(_NO_WORD.sub(" ", " ".join(found)))
    source = (PACKAGE / "patterns" / "abbreviations.toml").read_text(encoding="utf-8")
    yield from _WORD.findall(" ".join(tomllib.loads(source)["words"].values()))


def in_lists() -> Iterator[str]:
    """The words of the names in the lists."""
    for name in LISTS:
        text = (PACKAGE / "lists" / f"{name}.txt").read_text(encoding="utf-8").casefold()
        yield from _WORD.findall(re.sub(r"(?m)^#.*$", "", text))


def ordinary() -> Iterator[str]:
    """The ordinary words of ``known.txt``, the forms of each with it."""
    text = (HERE / "known.txt").read_text(encoding="utf-8")
    for word in _WORD.findall(re.sub(r"(?m)^#.*$", "", text)):
        stem = word.removesuffix("e")
        stem += stem[-1] if _DOUBLED.match(word) else ""
        last = f"{word[:-1]}i" if word.endswith("y") else stem
        yield from (word, f"{word}s", f"{last}es", f"{last}ed", f"{last}er")
        yield f"{word if word.endswith('y') else stem}ing"


def in_texts() -> Counter[str]:
    """How often each word stands in the training texts."""
    plain = (re.sub(r"\{\w+\}|'", "", line.casefold()) for _, line in lines())
    return Counter(word for line in plain for word in _WORD.findall(line))


def vocabulary() -> list[str]:
    """The lines of the list."""
    told = in_texts()
    meant = Counter({*in_patterns(), *in_lists()})
    for word, count in told.items():
        if count >= _OFTEN:
            meant[word] += count
    sure = [w for w, _ in sorted(meant.items(), key=lambda p: (-p[1], p[0])) if len(w) >= _SHORTEST]
    plain = set(ordinary())
    rest = {*told, *plain} - set(sure)
    # "Workin" of the texts is a slip, "within" is not.
    slips = {w for w in {*rest, *sure} - plain if w.endswith("in") and f"{w}g" in {*told, *plain}}
    kept = [word for word in sure if word not in slips]
    return kept + [f"{word} ~" for word in sorted(rest - slips) if len(word) >= _SHORTEST]


def main() -> None:
    """Write the list."""
    text = _HEADER + "\n".join(vocabulary()) + "\n"
    (PACKAGE / "lists" / FILE).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
