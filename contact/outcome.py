"""What a gateway says of one message."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contact.address import ChannelName


class Fault(StrEnum):
    """Whose fault a refusal is, and so what follows (the table of what a try is).

    DEAD          the number does not exist or cannot take texts: the endpoint is dead
    FAILING       unreachable for now: dead at the third in a row
    BLOCKED       barred by the carrier: dead at the second in a row
    GONE          the chat was blocked or its account closed: this address only
    OPTED_OUT     the gateway knows a stop that we lack
    BUSY          too many requests, or the gateway is unwell: the same message again, later
    OURS          our account, sender or wording is at fault: the channel stops and is flagged
    UNKNOWN       a code nobody has classified: staff look
    """

    DEAD = "dead"
    FAILING = "failing"
    BLOCKED = "blocked"
    GONE = "gone"
    OPTED_OUT = "opted_out"
    BUSY = "busy"
    OURS = "ours"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that is ours to send now; ``to`` and ``text`` are in clear, so it is never logged.

    ``callback`` is the address for receipts or None; ``sender`` the number or
    messaging service it is from, empty for the channel's own; ``choices`` are the
    (number, label) pairs a chat shows as buttons.
    """

    message: UUID
    channel: ChannelName
    to: str
    text: str
    claimed_at: datetime
    callback: str | None = None
    sender: str = ""
    choices: tuple[tuple[str, str], ...] = ()

    def __repr__(self) -> str:
        return f"Claimed({self.message})"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The gateway took it, and calls it ``provider_id``."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The gateway did not take it: ``code`` is its own, ``retry_after`` seconds if it says so."""

    fault: Fault
    code: str
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unsure:
    """Nobody can tell whether it left; ``why`` is a word or two without personal data."""

    why: str


Outcome = Accepted | Refused | Unsure


@dataclass(frozen=True, slots=True)
class Receipt:
    """A delivery receipt in our terms.

    ``state`` is ``accepted``, ``delivered``, ``undeliverable`` or ``failed``
    (:class:`contact.message.Delivery` values); ``fault`` says why it failed.
    """

    provider_id: str
    state: str
    status: str
    code: str | None = None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """An outbound message as the gateway's own list shows it, for one that is ``unsure``."""

    provider_id: str
    created_at: datetime | None
    receipt: Receipt
