"""A channel from which nothing leaves the machine."""

from collections import deque
from datetime import date

from contact.address import ChannelName
from contact.message import Delivery
from contact.outcome import Accepted, Claimed, Outcome, Receipt, Trace

#: How many texts are kept in memory to be looked at; the ledger keeps them all.
KEPT = 10_000


class Sandbox:
    """Accepts everything, sends nothing; ``name`` is the channel it stands for."""

    def __init__(self, name: ChannelName = ChannelName.SMS, keep: int = KEPT) -> None:
        self.name = name
        self.sent: deque[Claimed] = deque(maxlen=keep)

    @property
    def texts(self) -> list[str]:
        """What was accepted, oldest first, as far as it is still kept."""
        return [message.text for message in self.sent]

    async def send(self, message: Claimed) -> Outcome:
        """Accept ``message``; its provider id is ``sandbox-<message id>``."""
        self.sent.append(message)
        return Accepted(f"sandbox-{message.message}")

    async def traces(self, message: Claimed, since: date | None) -> list[Trace]:
        """What this process accepted with the same address and text; another process's is gone."""
        return [
            Trace(
                provider_id=f"sandbox-{one.message}",
                created_at=one.claimed_at,
                receipt=Receipt(f"sandbox-{one.message}", Delivery.ACCEPTED.value, "accepted"),
            )
            for one in self.sent
            if (one.to, one.text) == (message.to, message.text)
            and (since is None or one.claimed_at.date() >= since)
        ]

    async def check(self) -> str:
        """Always well."""
        return "sandbox: nothing leaves this machine"

    async def close(self) -> None:
        """Nothing to close."""
