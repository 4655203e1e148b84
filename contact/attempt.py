"""One of the tries a case has."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class AttemptState(StrEnum):
    """``planned`` until a gateway took, or may have taken, its ask; then ``waiting``."""

    PLANNED = "planned"
    WAITING = "waiting"
    ANSWERED = "answered"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A numbered try of a case: 1 to ``tries``.

    It keeps its number until it counts: where a message fails for a reason
    that does not count, another message of the same attempt follows.
    ``asked_at`` is when the gateway accepted its ask (for an unsure one, when
    it was claimed); ``answer_by`` the end of the last London day for an answer.
    ``outcome`` says how it ended, in a word. Staff's tries have ``by``.
    """

    case: int
    number: int
    state: AttemptState
    planned_for: datetime
    channel: str | None = None
    address: UUID | None = None
    asked_at: datetime | None = None
    answer_by: datetime | None = None
    ended_at: datetime | None = None
    outcome: str | None = None
    by: str | None = None
