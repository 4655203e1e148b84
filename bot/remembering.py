"""What a number says, read once: most replies are nothing but one."""

from functools import lru_cache

from bot.speech import Understand
from contact.reply import Label, Reading

#: Digits of the longest number that is remembered; nothing of a person fits into so few.
_LONGEST = 2
#: More than all of them under every question that is asked.
_MOST = 4096


def remembering(understand: Understand) -> Understand:
    """``understand``, which reads the same number under the same question only once.

    Everything else is read anew each time, and none of it is kept.
    """

    @lru_cache(maxsize=_MOST)
    def number(text: str, question: str | None, context: Label | None) -> Reading:
        return understand(text, question, context=context)

    def read(text: str, question: str | None = None, *, context: Label | None = None) -> Reading:
        if len(text) <= _LONGEST and text.isdecimal():
            return number(text, question, context)
        return understand(text, question, context=context)

    return read
