"""What the answer to a consent question means."""

import re
from enum import StrEnum
from typing import Final

_LONGEST: Final = 120


class Agreement(StrEnum):
    """Only ``yes`` is consent; a clear ``no`` also withdraws what was given before."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"
    MISSING = "missing"


# Whole answers only: "Yes, but not by phone" is not a clear yes, nor "No problem" a clear no.
_YES = re.compile(
    r"(?:y|yes|yes please|true|agreed?|(?:yes )?i (?:do|do agree|agree|consent|give consent))"
)
_NO = re.compile(
    r"(?:n|no|nope|false|never|disagree|withdrawn?)"
    r"|(?:no )?(?:thanks|thank you|sorry)"
    r"|(?:no )?i (?:do not|dont|disagree|refuse|withdraw)"
    r"(?: (?:agree|consent|give consent|my consent))?"
    r"|(?:please )?(?:do not|dont) contact me"
)


def read_agreement(text: str) -> Agreement:
    """What somebody answered when they were asked for their agreement; when in doubt, not yes."""
    if text == "Yes, I agree":
        return Agreement.YES
    if not text.strip():
        return Agreement.MISSING
    words = " ".join(re.sub(r"[^\w\s]+", " ", re.sub(r"['’]", "", text.casefold())).split())
    if len(text) > _LONGEST:
        return Agreement.UNCLEAR
    if _YES.fullmatch(words):
        return Agreement.YES
    return Agreement.NO if _NO.fullmatch(words) else Agreement.UNCLEAR
