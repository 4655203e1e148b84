"""Where an alumnus can be reached."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ChannelName(StrEnum):
    """A way to reach somebody. The service itself sends by ``sms`` and ``telegram``."""

    SMS = "sms"
    TELEGRAM = "telegram"
    WHATSAPP = "whatsapp"
    EMAIL = "email"
    PHONE = "phone"
    LETTER = "letter"
    EVENT = "event"


#: What the service itself can send to; the others are people's work.
SENDABLE = (ChannelName.SMS, ChannelName.TELEGRAM)


class Standing(StrEnum):
    """What we know of an address or endpoint from what happened to our messages."""

    UNTRIED = "untried"
    WORKS = "works"
    FAILING = "failing"
    DEAD = "dead"
    NOT_THEIRS = "not_theirs"
    OPTED_OUT = "opted_out"


#: Standings to which nothing is sent.
UNUSABLE = (Standing.DEAD, Standing.NOT_THEIRS, Standing.OPTED_OUT)


@dataclass(frozen=True, slots=True)
class Address:
    """One alumnus at one endpoint.

    ``value`` is the E.164 number, chat id or mailbox: encrypted at rest, never
    logged. ``standing`` is the worse of the address's own and its endpoint's
    (a dead number is dead for everybody). ``failures`` counts temporary
    failures in a row; ``position`` 0 is tried first.
    """

    id: UUID
    alumnus: UUID
    endpoint: UUID
    channel: ChannelName
    value: str
    position: int = 0
    standing: Standing = Standing.UNTRIED
    failures: int = 0

    @property
    def usable(self) -> bool:
        """Whether the service itself may still send here."""
        return self.channel in SENDABLE and self.standing not in UNUSABLE


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A number, chat or mailbox, whoever answers it; ``dead`` and ``opted_out`` stand here.

    What it is is not stored: it is found again by a keyed hash.
    """

    id: UUID
    channel: ChannelName
    standing: Standing
