"""What a leaver said they would do next, as their form has it."""

import re
from dataclasses import dataclass
from typing import Final

from contact.names import tidy

#: Characters kept of one typed answer.
LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Intention:
    """A form's own plan: ``code`` is an NCCIS activity code or None, the rest as typed."""

    answer: str = ""
    code: str | None = None
    course: str = ""
    level: str = ""
    provider: str = ""
    start: str = ""
    duration: str = ""

    @property
    def said(self) -> bool:
        """Whether the form says anything about a destination."""
        return bool(self.answer or self.course or self.provider)


# The answers of Form A and the usual other words, the narrow before the wide, each with its
# NCCIS activity code. "Not sure" and "looking" are no plan, so they have none.
_CODES: Final = tuple(
    (re.compile(rf"\b(?:{words})\b"), code)
    for words, code in (
        (r"not sure|undecided|don'?t know|unsure", None),
        (r"gap year", "260"),
        (r"supported internship", "460"),
        (r"traineeship", "450"),
        (r"(?:degree )?apprentice(?:ship)?", "310"),
        (r"voluntary|volunteer(?:ing)?", "540"),
        (r"army|navy|air force|raf|marines|armed forces", "340"),
        (r"employment with training|work with training|job with training", "340"),
        (r"self[ -]employ(?:ed|ment)", "380"),
        (r"part[ -]time (?:job|work|employment)", "360"),
        (r"university|uni|higher education", "240"),
        (r"sixth form college|6th form college", "220"),
        (r"sixth form|6th form", "210"),
        (r"college|further education", "230"),
        (r"employment|full[ -]time (?:job|work)", "330"),
    )
)


def intended_code(answer: str) -> str | None:
    """The NCCIS activity code of a form's destination answer; None where it names no plan."""
    words = answer.casefold().replace("’", "'")
    return next((code for pattern, code in _CODES if pattern.search(words)), None)


def clipped(text: str) -> str:
    """``text`` as one tidy line, no longer than anybody needs."""
    return tidy(text[: 2 * LONGEST])[:LONGEST]
