"""The training texts, filled in: labelled replies made from the files beside this module."""

import random
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.understanding.lexicon import LISTS

HERE = Path(__file__).parent
FILES = (
    *("destinations.txt", "talk.txt", "chatter.txt", "more.txt", "everyday.txt", "mixed.txt"),
    *("voices.txt", "worries.txt", "stops.txt", "small_talk.txt", "turns.txt"),
)
#: How many fillings a line with braces gets, and how many dressings a plain one.
FILLINGS = 4
DRESSINGS = 2
_BRACE = re.compile(r"\{(\w+)\}")
_FROM_LISTS = {
    "uni": ("universities",),
    "college": ("colleges",),
    "sfc": ("sixth_form_colleges",),
    "employer": ("employers",),
    "job": ("jobs",),
    "hecourse": ("he_courses",),
    "hesubj": ("he_courses", "subjects"),
    "fecourse": ("fe_courses",),
    "subj": ("subjects",),
    "abroad": ("abroad",),
    "town": ("towns",),
    "charity": ("charities",),
}


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled reply; ``line`` is the number of the line it was made from."""

    label: str
    text: str
    line: int = 0


def _list(name: str) -> list[str]:
    lines = (HERE.parent / "lists" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line and not line.startswith("#")]
    entries = [e for line in kept for e in ([line] if " = " in line else line.split(", "))]
    return [e.split(" = ")[0].removesuffix(" ?").strip() for e in entries]


def fillers() -> dict[str, list[str]]:
    """What each word in braces may stand for."""
    assert set(LISTS) >= {name for names in _FROM_LISTS.values() for name in names}
    table: dict[str, list[str]] = tomllib.loads((HERE / "fillers.toml").read_text("utf-8"))
    for word, names in _FROM_LISTS.items():
        table[word] = [entry for name in names for entry in _list(name)]
    return table


def lines() -> Iterator[tuple[str, str]]:
    """Label and line, as they stand in the files."""
    for name in FILES:
        label = ""
        for line in (HERE / name).read_text(encoding="utf-8").splitlines():
            if line.startswith("[") and line.endswith("]"):
                label = line[1:-1]
            elif line and not line.startswith("#"):
                yield label, line


def _fill(line: str, table: Mapping[str, list[str]], rng: random.Random) -> str:
    def pick(found: re.Match[str]) -> str:
        choice = rng.choice(table[found.group(1)])
        return _fill(choice, table, rng)

    return _BRACE.sub(pick, line)


def _swap(text: str, rng: random.Random) -> str:
    """``text`` with one typing mistake in a longer word."""
    words = text.split(" ")
    long = [i for i, w in enumerate(words) if len(w) > 4 and w.isascii() and w.isalpha()]
    if not long:
        return text
    i = rng.choice(long)
    at = rng.randrange(1, len(words[i]) - 1)
    word = words[i]
    mistakes = (
        word[:at] + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at] + word[at:],
    )
    words[i] = rng.choice(mistakes)
    return " ".join(words)


def _abbreviated(text: str) -> str:
    return text.replace("ing ", "in ").replace(" and ", " n ").replace(" you ", " u ")


def _dressed(text: str, table: Mapping[str, list[str]], rng: random.Random) -> str:
    """``text`` as another writer would type it."""
    ways: tuple[Callable[[str], str], ...] = (
        lambda t: f"{_fill(rng.choice(table['opener']), table, rng)} {t}",
        lambda t: f"{t} {_fill(rng.choice(table['closer']), table, rng)}",
        lambda t: _swap(t, rng),
        _abbreviated,
        lambda t: t[:1].upper() + t[1:] + ".",
        lambda t: t.upper() if rng.random() < 0.2 else t,
    )
    for way in rng.sample(ways, rng.choice((0, 1, 1, 2))):
        text = way(text)
    return text


def examples(seed: int = 7) -> list[Example]:
    """Every training reply; the same for the same seed and files."""
    rng, table = random.Random(seed), fillers()
    made: dict[str, Example] = {}
    for number, (label, line) in enumerate(lines()):
        plain = "{" not in line
        for turn in range(DRESSINGS + 1 if plain else FILLINGS):
            text = _fill(line, table, rng)
            text = text if turn == 0 else _dressed(text, table, rng)
            made.setdefault(text, Example(label, text, number))
    return list(made.values())
