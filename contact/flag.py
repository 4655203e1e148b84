"""Something a member of staff must look at."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class FlagKind(StrEnum):
    """Why somebody must look."""

    UNCLEAR = "unclear"
    WORRY = "worry"
    WRONG_PERSON = "wrong_person"
    CALL_BACK = "call_back"
    QUESTION = "question"
    ABUSE = "abuse"
    NO_ADDRESS = "no_address"
    TELEGRAM_BLOCKED = "telegram_blocked"
    SHARED_STOP = "shared_stop"
    LATE_REPLY = "late_reply"
    IMPORT_REVIEW = "import_review"
    CONFLICT = "conflict"
    UNKNOWN_CODE = "unknown_code"
    CHANNEL_DOWN = "channel_down"
    TOKEN_REUSE = "token_reuse"  # noqa: S105  the name of a flag, not a secret
    SHARE_KEPT = "share_kept"
    NOT_ATTEMPTED = "not_attempted"
    UNKNOWN_SENDER = "unknown_sender"
    SHARED_NUMBER = "shared_number"


#: Open flags of these kinds stop automation for their alumnus.
PAUSING = (FlagKind.WORRY, FlagKind.UNCLEAR, FlagKind.ABUSE, FlagKind.WRONG_PERSON)


class Severity(StrEnum):
    """How soon: ``urgent`` 2 hours, ``soon`` 2 school days, ``routine`` 10 school days."""

    URGENT = "urgent"
    SOON = "soon"
    ROUTINE = "routine"


_URGENCY = tuple(Severity)
_SOON = (
    FlagKind.WRONG_PERSON,
    FlagKind.CALL_BACK,
    FlagKind.ABUSE,
    FlagKind.CONFLICT,
    FlagKind.CHANNEL_DOWN,
    FlagKind.NO_ADDRESS,
)


def severity_of(kind: FlagKind) -> Severity:
    """How soon a flag of ``kind`` must be looked at."""
    if kind is FlagKind.WORRY:
        return Severity.URGENT
    return Severity.SOON if kind in _SOON else Severity.ROUTINE


def urgency(flag: "Flag") -> tuple[int, datetime, int]:
    """What staff look at first sorts first: the most urgent, then what is due first."""
    return (_URGENCY.index(flag.severity), flag.due_at, flag.id)


class Decision(StrEnum):
    """What staff decided; ``accept`` and ``discard`` are for import_review only."""

    CODE = "code"
    NO_ANSWER_NEEDED = "no_answer_needed"
    ASK_AGAIN = "ask_again"
    WITHDRAW = "withdraw"
    WRONG_PERSON = "wrong_person"
    CALL_MADE = "call_made"
    ACCEPT = "accept"
    DISCARD = "discard"


@dataclass(frozen=True, slots=True)
class NewFlag:
    """A flag to open.

    ``subject`` says what it is about where the same thing must be flagged only
    once while it is open (a channel, a sender, a case); ``detail`` is a word
    or two without personal data.
    """

    kind: FlagKind
    school: str | None
    opened_at: datetime
    due_at: datetime
    alumnus: UUID | None = None
    case: int | None = None
    reply: UUID | None = None
    subject: str | None = None
    detail: str | None = None

    @property
    def severity(self) -> Severity:
        """How soon it must be looked at."""
        return severity_of(self.kind)


@dataclass(frozen=True, slots=True)
class Flag:
    """Something to look at, by when, who has it and how it ended.

    ``subject`` and ``detail`` as in :class:`NewFlag`; ``note`` is encrypted
    at rest.
    """

    id: int
    kind: FlagKind
    severity: Severity
    school: str | None
    opened_at: datetime
    due_at: datetime
    alumnus: UUID | None = None
    case: int | None = None
    reply: UUID | None = None
    subject: str | None = None
    detail: str | None = None
    taken_by: str | None = None
    closed_at: datetime | None = None
    decision: Decision | None = None
    closed_by: str | None = None
    note: str | None = None
