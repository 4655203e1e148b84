"""How many messages may leave now by each channel: a gateway takes only so many a second.

Each channel has a bucket that fills at its rate and holds what one second
brings (at least one message). What answers a reply goes first: while it waits
for a channel, nothing that we start takes from that channel's bucket, so an
answer waits for one message's time at most.

Several processes share a rate by division: each is told how many they are and
takes its part. It needs no statement for each message, and when one comes or
goes the rate is wrong for the moment until the others hear of it; a gateway
that minds says so, and the message is sent again later.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from contact.address import ChannelName
from contact.outbox import Lane

#: Seconds between two messages to one chat (Telegram's limit is about one a second).
SPACING = {ChannelName.TELEGRAM: 1.0}


#: What is lost in counting parts of a message.
_NEARLY = 1e-6


@dataclass(slots=True)
class _Bucket:
    """What one channel may still send; ``rate`` is messages a second of the whole house."""

    rate: float
    filled_at: float
    tokens: float
    #: Whether an answer to a reply waits for it.
    awaited: bool = False


class Pace:
    """The rates of the channels that have one, kept on a monotonic clock.

    ``per_second`` are messages a second, of all processes together; a channel
    without one is not held back. ``ticks`` are the clock's seconds, ``wait``
    lets so many pass.
    """

    def __init__(
        self,
        per_second: Mapping[ChannelName, float],
        ticks: Callable[[], float],
        wait: Callable[[float], Awaitable[object]],
    ) -> None:
        self._ticks = ticks
        self._wait = wait
        self._share = 1
        self._rates = dict(per_second)
        self._buckets: dict[ChannelName, _Bucket] = {}

    def share(self, processes: int) -> None:
        """So many processes send now: each takes its part."""
        self._share = max(processes, 1)

    def take(
        self, channels: Iterable[ChannelName], most: int, lane: Lane | None
    ) -> dict[ChannelName, int]:
        """How many may leave now by each channel, at most ``most``; they are taken."""
        taken = {}
        for channel in channels:
            bucket = self._filled(channel)
            if bucket is None:
                taken[channel] = most
                continue
            if lane is Lane.BULK and bucket.awaited:
                taken[channel] = 0
                continue
            taken[channel] = min(int(bucket.tokens + _NEARLY), most)
            bucket.tokens -= taken[channel]
        return taken

    def give_back(self, left: Mapping[ChannelName, int]) -> None:
        """Put back what was taken and not used."""
        for channel, count in left.items():
            bucket = self._filled(channel)
            if bucket is not None:
                bucket.tokens = min(bucket.tokens + count, self._most(bucket))

    async def until(self, channel: ChannelName, lane: Lane | None) -> None:
        """Wait until one more may leave by ``channel``; an answer is the next to leave."""
        bucket = self._filled(channel)
        if bucket is None:
            return
        answers = lane is not Lane.BULK
        bucket.awaited = bucket.awaited or answers
        # A message's time at least where another is before us.
        missing = max(1 - bucket.tokens, 0.0) or float(bucket.awaited and not answers)
        await self._wait(missing * self._share / bucket.rate)
        if answers:
            bucket.awaited = False

    async def between(self, channels: Iterable[ChannelName]) -> None:
        """Wait as long as two messages to one chat must be apart, on channels with a rate."""
        apart = [SPACING.get(each, 0.0) for each in channels if each in self._rates]
        if any(apart):
            await self._wait(max(apart))

    def _filled(self, channel: ChannelName) -> _Bucket | None:
        """The bucket of a channel as full as it is now; None where nothing holds it back."""
        rate = self._rates.get(channel)
        if rate is None:
            return None
        now = self._ticks()
        bucket = self._buckets.get(channel)
        if bucket is None:
            bucket = self._buckets[channel] = _Bucket(rate, now, 0.0)
            bucket.tokens = self._most(bucket)
        gained = (now - bucket.filled_at) * rate / self._share
        bucket.tokens = min(bucket.tokens + max(gained, 0.0), self._most(bucket))
        bucket.filled_at = now
        return bucket

    def _most(self, bucket: _Bucket) -> float:
        return max(bucket.rate / self._share, 1.0)


async def _at_once(_: float) -> None:
    """Nothing is waited for."""


#: Nothing is held back: a rehearsal, or a gateway on this machine.
UNPACED = Pace({}, lambda: 0.0, _at_once)
