"""Whether somebody may be in danger: harm, abuse, nowhere to live, nothing to eat."""

import re

from bot.understanding.matching import first_match, matches
from bot.understanding.normalise import Typed

#: Whole sayings, and sayings put together from parts.
_FILES = ("distress", "danger")
#: What always counts: in English, and in the other languages.
_HARD = ("hard", "other")
#: From here on the model alone is believed; low beside a word that such replies
#: have: a false alarm costs staff a minute, a missed one may cost a life.
MODEL_ALONE = 0.97
MODEL_WITH_CUE = 0.45


def find_distress(typed: Typed, model: float = 0.0) -> str | None:
    """The words that worry us, as typed, or None.

    What always counts counts even beside a laugh; what may be meant lightly
    does not where the reply laughs or speaks of exams, weather and the like;
    a figure of speech ("this exam is killing me") covers only its own words.
    ``model`` is how likely the model takes the whole reply for distress.
    """
    figures = [found.span() for found in matches("distress", "figure", typed)]
    hard = (m for name in _FILES for key in _HARD for m in matches(name, key, typed))
    sure = next((found for found in hard if not _inside(found, figures)), None)
    if sure:
        return typed.quote_match(sure)
    serious = first_match("distress", "serious", typed) is not None
    if (first_match("distress", "light", typed) and not serious) or figures:
        return None
    soft = next((m for name in _FILES for m in matches(name, "soft", typed)), None)
    if soft:
        return typed.quote_match(soft)
    cued = first_match("distress", "cue", typed) is not None
    return typed.raw.strip() if model >= (MODEL_WITH_CUE if cued else MODEL_ALONE) else None


def _inside(found: re.Match[str], figures: list[tuple[int, int]]) -> bool:
    """Whether a figure of speech covers some of the words that were found."""
    return any(start < found.end() and found.start() < end for start, end in figures)
