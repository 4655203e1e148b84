"""Where the service itself stands: channels that rest, invitations that are out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contact.address import ChannelName


@dataclass(frozen=True, slots=True)
class ChannelStop:
    """A channel that rests.

    ``retry_at`` is when it goes on by itself; None means that staff must mend
    what is wrong and resume it. ``failures`` counts the stops in a row, for
    the back-off.
    """

    channel: ChannelName
    stopped_at: datetime
    retry_at: datetime | None
    code: str
    failures: int = 1

    def rests(self, now: datetime) -> bool:
        """Whether nothing may leave by it at ``now``."""
        return self.retry_at is None or now < self.retry_at


@dataclass(frozen=True, slots=True)
class Invitation:
    """A Telegram invitation: for one alumnus, once, until it expires."""

    alumnus: UUID
    expires_at: datetime
    used_at: datetime | None
    used_by: bytes | None
