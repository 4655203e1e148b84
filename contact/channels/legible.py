"""What of a text from outside can be kept."""

import re

#: PostgreSQL refuses NUL in a text; a lone surrogate cannot be written as UTF-8 at all.
UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


def legible(text: str) -> str:
    """``text`` without NUL, each lone surrogate replaced by U+FFFD; nothing else is touched."""
    # Most texts are clean: the search alone costs a third of a substitution.
    if UNKEEPABLE.search(text) is None:
        return text
    return UNKEEPABLE.sub(lambda found: "" if found[0] == "\x00" else "\ufffd", text)
