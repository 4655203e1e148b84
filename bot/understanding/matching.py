"""Lists of patterns, loaded from the files beside this package and matched on a plain reply."""

import functools
import re
import tomllib
from collections.abc import Iterator
from importlib import resources

from bot.understanding.normalise import Typed, fold


@functools.lru_cache(maxsize=8)
def patterns(name: str) -> dict[str, tuple[re.Pattern[str], ...]]:
    """The compiled patterns of ``patterns/<name>.toml`` by list; lists of plain words left out.

    "mum" stands for "mam" too; the word itself is left as it is, being Polish for "I have".
    Where the file has parts (``[words]``), ``<name>`` in a pattern stands for that part.
    """
    source = resources.files(__package__).joinpath(f"patterns/{name}.toml")
    read = tomllib.loads(source.read_text(encoding="utf-8"))
    parts: dict[str, str] = read.get("words", {})
    tables: dict[str, list[str]] = read.get("lists", read)
    return {
        key: tuple(re.compile(_whole(line, parts)) for line in lines)
        for key, lines in tables.items()
        if key not in ("exact", "words")
    }


def _whole(line: str, parts: dict[str, str]) -> str:
    """The pattern of ``line``, its parts put in."""
    for part, pattern in parts.items():
        line = line.replace(f"<{part}>", pattern)
    return fold(line).replace("mum", "(?:mum|mam)")


@functools.lru_cache(maxsize=8)
def exact(name: str) -> frozenset[str]:
    """The whole replies that ``patterns/<name>.toml`` lists."""
    source = resources.files(__package__).joinpath(f"patterns/{name}.toml")
    words: list[str] = tomllib.loads(source.read_text(encoding="utf-8")).get("exact", [])
    return frozenset(words)


def matches(name: str, key: str, typed: Typed) -> Iterator[re.Match[str]]:
    """The first match of each pattern of that list."""
    for pattern in patterns(name).get(key, ()):
        found = pattern.search(typed.text)
        if found:
            yield found


def first_match(name: str, key: str, typed: Typed) -> re.Match[str] | None:
    """The first pattern's match, if any matches."""
    return next(matches(name, key, typed), None)


def matches_typed(name: str, key: str, typed: Typed) -> bool:
    """Whether any pattern of that list matches what was typed, signs included."""
    plain = typed.raw.lower()
    return any(pattern.search(plain) for pattern in patterns(name).get(key, ()))
