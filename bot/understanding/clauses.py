"""Whether each word of a reply speaks of now, of before, of later, or of what is not so."""

import re
from typing import Final

from bot.understanding.normalise import Typed

NOW: Final = "now"
PAST: Final = "past"
LATER: Final = "later"
NOT: Final = "not"
SEEKING: Final = "seek"

_PAST = re.compile(
    r"\b(left|quit|finished|dropped out|drop out|packed in|packed it in|sacked off|jacked in"
    r"|used to|was|were|graduated|chucked|swapped|moved from|transferred from|kicked off"
    r"|kicked out of|got kicked|stopped|after finishing|completed|ex|got sacked|got fired"
    r"|lost my|made redundant|redundant from|laid off|let go|gave up|binned|ditched|previously"
    r"|last year i|no more|withdrew|done with|bombed out|swerved"
    r"|i did|did (?:a|my|one|two|2|3|three|the|some) (?:years?|months?|term|bit|course)"
    r"|meant to|supposed to|fell through|didnt work out|after (?:a|2|two|3|three) years?|spent)\b"
)
_LATER = re.compile(
    r"\b(next (year|month|week|sept|september|autumn|summer|term)|in (september|january|october)"
    r"|starting|start in|start at|going to (uni|college|start|be|go|do|join)"
    r"|off to|hoping|hope to"
    r"|want to|wants to|would like|planning|plan to|til|till|until"
    r"|before (i|uni|starting|college|going)"
    r"|deferred|wait(ing)?"
    r"|will be|ill be|about to|one day|after (this|uni|that|summer|college)|got a place|then"
    r"|save up for|to save for|thinking (of|about)|might|maybe|could|considering|if i)\b"
)
_NOT = re.compile(
    r"\b(not|no longer|never|didnt|dont|doesnt|isnt|arent|aint|wasnt|havent|hasnt|without"
    r"|instead of|rather than|wont|cant|no|neither|nor|couldnt|wouldnt)\b"
)
_SEEKING = re.compile(
    r"\b(looking|look for|searching|search for|applying|applied|apply|seeking|hunting|after a"
    r"|trying to|interview|waiting to hear|want a|want an|need a|need an|find a|find an|find)\b"
)
_NOW = re.compile(
    r"\b(now|currently|at the moment|at the minute|right now|for now|im|instead|still|at present"
    r"|presently|these days|working|doing|studying|but|so|then went|went to|ended up|started"
    r"|ive been|been (?=\w+ing\b)|since then|finally started|then started"
    r"|joined|got a|got an|kept me on|back at|back in|meant|meantime|and now|here)\b"
)
#: What was said before one of these is over.
_SWITCHED = re.compile(r"\b(?:switched|changed|swapped|transferred) (?:over )?(?:to|onto|into)\b")
_BY_STATE = ((PAST, _PAST), (LATER, _LATER), (NOT, _NOT), (SEEKING, _SEEKING), (NOW, _NOW))


def times(typed: Typed) -> list[str]:
    """For each word NOW, PAST, LATER, NOT or SEEKING.

    A cue holds from where it stands to the next cue or the end of its clause;
    where no cue stands, now is meant: "present beats past and future".
    """
    cues: dict[int, str] = {}
    for state, pattern in _BY_STATE:
        for found in pattern.finditer(typed.text):
            cues.setdefault(typed.word_at(found.start()), state)
    states, state = [], NOW
    for i in range(len(typed.words)):
        if i in typed.breaks:
            state = NOW
        state = cues.get(i, state)
        states.append(state)
    switched = _SWITCHED.search(typed.text)
    over = typed.word_at(switched.start()) if switched else 0
    return [PAST] * over + states[over:]
