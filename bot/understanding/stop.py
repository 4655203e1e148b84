"""Whether a reply tells us to write no more; looked for in every reply."""

from dataclasses import dataclass

from bot.understanding.matching import exact, first_match
from bot.understanding.normalise import Typed

#: From here on the model alone is believed; found on the development replies.
MODEL_ALONE = 0.6


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, as typed, and whether the whole reply is a keyword."""

    evidence: str
    keyword: bool = False


def is_keyword(typed: Typed) -> bool:
    """Whether the reply is a stop keyword and nothing else, whatever the case and punctuation.

    The words are Twilio's (STOP, STOPALL, UNSUBSCRIBE, END, QUIT, CANCEL, REVOKE,
    OPTOUT) and other carriers' (ARRET, REMOVE, OPT OUT, STOP ALL), with the
    polite forms that leavers write.
    """
    return typed.text in exact("stop")


def find_stop(typed: Typed, model: float = 0.0) -> Found | None:
    """The wish to be left alone in ``typed``, or None.

    ``model`` is how likely the model takes the whole reply for that wish.
    """
    if is_keyword(typed):
        return Found(typed.raw.strip(), keyword=True)
    meant = first_match("stop", "anywhere", typed) or first_match("stop", "other", typed)
    doubtful = first_match("stop", "unless", typed)
    if meant and not (doubtful and _overlap(meant.span(), doubtful.span())):
        return Found(typed.quote_match(meant))
    if model >= MODEL_ALONE and not doubtful:
        return Found(typed.raw.strip())
    return None


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
