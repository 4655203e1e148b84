"""What the running service does about each thing that arrives, and how it keeps sending."""

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from uuid import UUID

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from bot.joining import chat_stands
from bot.replies import Received, receive
from contact.address import ChannelName
from contact.channels.telegram_updates import Arrived, ChatStanding
from contact.dispatch import Channels, Turn, deliver
from contact.errors import FollowUpError, StorageUnavailable
from contact.outbox import Lane
from contact.outcome import Receipt
from contact.ports import Work
from contact.reply import Inbound
from contact.settling import settle_receipt
from followup.hooks import Check, Hooks
from followup.logs import tell_defect
from followup.passes import CLOCK, tell
from followup.wiring import House, now

log = logging.getLogger(__name__)

#: The clock is well while its heart beat within this many seconds.
BEAT_WITHIN = 120
#: How often the dispatcher looks without being woken, in seconds.
_LOOK_EVERY = 5.0
#: How often it is looked for a newer list of places or model, in seconds.
_LISTEN_EVERY = 30.0
#: How long the database may take to write when it is asked whether it is well, in seconds.
_WRITES_WITHIN = 3.0
#: The heartbeat of whoever asks whether we are ready.
_ASKED = "readyz"


class Service:
    """The house at work: takes in what arrives, and sends what is planned."""

    def __init__(self, house: House, channels: Channels, *, expects_clock: bool = True) -> None:
        self._house = house
        self._channels = channels
        self._expects_clock = expects_clock
        self._wake = {lane: asyncio.Event() for lane in Lane}
        self._tell = asyncio.Event()
        self._in_hand = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._registry = CollectorRegistry()
        self._replies = Counter(
            "followup_replies", "Replies taken in, by what they came to.", ["outcome"],
            registry=self._registry,
        )  # fmt: skip
        self._sent = Counter(
            "followup_messages", "Messages handed to a gateway, by outcome.", ["outcome"],
            registry=self._registry,
        )  # fmt: skip
        self._receipts = Counter(
            "followup_receipts", "Delivery receipts taken in.", registry=self._registry
        )
        self._flags = Gauge(
            "followup_open_flags", "Flags staff have to look at.", registry=self._registry
        )

    def hooks(self) -> Hooks:
        """What the web does with each request."""
        return Hooks(self.inbound, self.receipt, self.telegram, self.ready, self.metrics)

    async def inbound(self, message: Inbound) -> None:
        """Take in a reply; committed when this returns."""
        house = self._house
        came = await house.memory.write(receive, message, house.desk, house.speech, now())
        self._replies.labels(str(came)).inc()
        if came is Received.ANSWERED:
            self._wake[Lane.ANSWERS].set()
        self._tell.set()

    async def receipt(self, message: UUID | None, receipt: Receipt) -> None:
        """Take in a delivery receipt; committed when this returns."""
        house = self._house
        await house.memory.write(
            settle_receipt, message, ChannelName.SMS, receipt, now(), house.schools
        )
        self._receipts.inc()

    async def telegram(self, arrived: Arrived) -> None:
        """Take in one Telegram update; committed when this returns."""
        what = arrived.what
        if isinstance(what, Inbound):
            await self.inbound(what)
        elif isinstance(what, ChatStanding):
            house = self._house
            await house.memory.write(chat_stands, what.chat, what.blocked, house.desk, now())

    async def ready(self) -> list[Check]:
        """Whether the service can work: the database takes what we write, and the clock is alive.

        Who can only read cannot take in a reply, so reading alone proves nothing.
        """
        writing = self._house.memory.write(_beat_and_look, now())
        try:
            beaten = await asyncio.wait_for(writing, _WRITES_WITHIN)
        except StorageUnavailable as error:
            return [("database", False, str(error))]
        except TimeoutError:
            return [("database", False, f"does not take anything within {_WRITES_WITHIN:.0f} s")]
        checks: list[Check] = [("database", True, "answers")]
        if self._expects_clock:
            age = (now() - beaten).total_seconds() if beaten else None
            well = age is not None and age <= BEAT_WITHIN
            said = f"last beat {age:.0f} s ago" if age is not None else "has not beaten yet"
            checks.append(("clock", well, said))
        return checks

    async def metrics(self) -> bytes:
        """The service's figures in Prometheus' text format."""
        self._flags.set(await self._house.memory.read(lambda work: work.flags.count_open()))
        return generate_latest(self._registry)

    def wake(self) -> None:
        """Something was planned: look at once."""
        for each in self._wake.values():
            each.set()

    async def keep_sending(self, stopping: asyncio.Event) -> None:
        """Send what is planned until ``stopping``; what is being sent then is finished first.

        An answer to a reply does not wait until what we start is sent.
        """
        await asyncio.gather(*(self._keep_sending(lane, stopping) for lane in Lane))

    async def _keep_sending(self, lane: Lane, stopping: asyncio.Event) -> None:
        wake = self._wake[lane]
        while not stopping.is_set():
            wake.clear()
            await self.send(lane=lane, enough=stopping.is_set)
            await self._rest(stopping, wake)

    async def send(
        self,
        only: Sequence[UUID] | None = None,
        lane: Lane | None = None,
        enough: Callable[[], bool] = lambda: False,
    ) -> None:
        """Send what is planned (of ``only``); where that cannot be done it is left as it is.

        Once ``enough``, nothing more is begun.
        """
        house = self._house
        turn = Turn(only, lane, house.pace, enough)
        try:
            sent = await deliver(house.memory, self._channels, house.desk, now, turn=turn)
        except FollowUpError as error:
            log.warning("sending rests: %s", error)
            await asyncio.sleep(1)
            return
        except Exception as error:  # noqa: BLE001  a defect of ours must not stop replies coming in
            tell_defect(log, "sending", error)
            await asyncio.sleep(1)
            return
        for outcome, count in sent.items():
            self._sent.labels(outcome).inc(count)

    @contextmanager
    def working(self) -> Iterator[None]:
        """While the clock has something in hand."""
        self._in_hand += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._in_hand -= 1
            if not self._in_hand:
                self._idle.set()

    async def at_rest(self, seconds: float) -> None:
        """Wait until the clock has nothing in hand, for so many ``seconds`` at most."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), seconds)

    async def keep_telling(self, stopping: asyncio.Event) -> None:
        """Tell the schools of worries until ``stopping``, at once and by themselves.

        A slow mail server must not keep an answer from going out.
        """
        while not stopping.is_set():
            self._tell.clear()
            try:
                await tell(self._house, now)
            except FollowUpError as error:
                log.warning("telling rests: %s", error)
            except Exception as error:  # noqa: BLE001  nor may a defect of ours end the service
                tell_defect(log, "telling", error)
            await self._rest(stopping, self._tell)

    async def keep_listening(self, stopping: asyncio.Event) -> None:
        """Take up a list of places or a model that came since, until ``stopping``."""
        while not stopping.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), _LISTEN_EVERY)
            try:
                # A thread of its own: reading the list takes longer than a reply may wait.
                if await asyncio.to_thread(self._house.hearing.look_again):
                    log.info("a newer list of places or model is in use")
            except FollowUpError as error:
                log.warning("listening stays as it is: %s", error)
            except Exception as error:  # noqa: BLE001  nor may a defect of ours end the service
                tell_defect(log, "listening", error)

    async def _rest(self, stopping: asyncio.Event, wake: asyncio.Event) -> None:
        waits = [asyncio.ensure_future(each.wait()) for each in (wake, stopping)]
        try:
            await asyncio.wait(waits, timeout=_LOOK_EVERY, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()


def _beat_and_look(work: Work, at: datetime) -> datetime | None:
    """Write something down, and say when the clock last beat."""
    work.house.beat(_ASKED, at)
    return work.house.beaten(CLOCK)
