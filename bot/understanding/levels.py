"""The level of a course, in England's qualification levels 1 to 8."""

import re

from bot.understanding.normalise import Typed

_SAID = re.compile(r"\b(?:level|nvq|btec level|nvq level|diploma level|band|lv) ?([1-8]|one)\b")
#: First match counts; the levels are those of gov.uk, "What qualification levels mean".
_NAMED: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), level)
    for pattern, level in (
        (r"\b(phd|doctorate|dphil)\b", "8"),
        (r"\b(masters?|msc|ma in|mba|pgce|postgrad\w*|mres|llm|mphil|integrated masters)\b", "7"),
        (r"\b(foundation degree|hnd|higher national diploma|fdsc|fda)\b", "5"),
        (r"\b(hnc|higher national certificate|certhe)\b", "4"),
        (r"\b(degree|ba|bsc|beng|llb|bachelors?|hons|honours|undergrad\w*)\b", "6"),
        (r"\b(a level|as level|t level|(extended|national|subsidiary) diploma)\b", "3"),
        (r"\b(access (course|to)|international baccalaureate|ib|a2)\b", "3"),
        (r"\b(gcses?|o level)\b", "2"),
    )
)  # fmt: skip
_BARE = re.compile(r"\b([1-8])\b")


def find_level(typed: Typed, *, asked: bool = False) -> str | None:
    """The level said in ``typed``; a bare number counts only where the level was asked for."""
    said = _SAID.search(typed.text)
    if said:
        return said.group(1).replace("one", "1")
    for pattern, level in _NAMED:
        if pattern.search(typed.text):
            return level
    bare = _BARE.search(typed.text) if asked else None
    return bare.group(1) if bare else None
