"""What a reply came to, in a word."""

from enum import StrEnum


class Received(StrEnum):
    """What a reply came to, in a word; ``REPEAT`` was here before and changed nothing."""

    ANSWERED = "answered"
    KEPT = "kept"
    REPEAT = "repeat"
    UNKNOWN = "unknown"
