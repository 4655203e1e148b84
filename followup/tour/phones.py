"""The sandbox with people in it: takes our texts, and brings back receipts and replies."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from heapq import heappop, heappush

from contact.address import ChannelName
from contact.channels.sandbox import Sandbox
from contact.message import Delivery
from contact.outcome import Claimed, Fault, Outcome, Receipt, Refused, Trace
from contact.ports import Clock
from contact.reply import Inbound
from followup.tour.behaviour import PICTURE, Person

#: How long a network takes to say that a text has arrived, or has not.
_RECEIPT_AFTER = timedelta(seconds=4)


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """Something that comes from outside; ``order`` parts what comes at one instant."""

    at: datetime
    order: tuple[str, int]
    what: Inbound | Receipt = field(compare=False)


class Phones:
    """A gateway that hands texts to invented people; it satisfies ``contact.ports.Channel``."""

    name = ChannelName.SMS

    def __init__(self, people: Mapping[str, Person], clock: Clock) -> None:
        self._people = people
        self._clock = clock
        self._sandbox = Sandbox()
        self._coming: list[Event] = []
        self._counts: dict[str, int] = {}

    async def send(self, message: Claimed) -> Outcome:
        """What the network says of the number; whoever has the phone may answer."""
        person = self._people.get(message.to)
        fault = person.behaviour.fault if person else None
        if person and fault and person.behaviour.at_once:
            return Refused(fault, person.behaviour.code)
        accepted = await self._sandbox.send(message)
        provider_id = f"sandbox-{message.message}"
        if person and fault:
            self._expect(
                _RECEIPT_AFTER, message.to, _lost(provider_id, fault, person.behaviour.code)
            )
            return accepted
        delivered = Receipt(provider_id, Delivery.DELIVERED, "delivered")
        self._expect(_RECEIPT_AFTER, message.to, delivered)
        self._answer(message, person)
        return accepted

    async def traces(self, message: Claimed, since: date | None) -> list[Trace]:
        """What the sandbox took."""
        return await self._sandbox.traces(message, since)

    async def check(self) -> str:
        """Always well."""
        return "invented people: nothing leaves this machine"

    async def close(self) -> None:
        """Nothing to close."""

    def next_at(self) -> datetime | None:
        """When something comes next; None where nobody means to say anything."""
        return self._coming[0].at if self._coming else None

    def arrived(self) -> list[Event]:
        """What has come by now, in the order in which it came; it is given once."""
        now = self._clock()
        events = []
        while self._coming and self._coming[0].at <= now:
            events.append(heappop(self._coming))
        return events

    def _answer(self, message: Claimed, person: Person | None) -> None:
        said = person.hears() if person else None
        if said is None:
            return
        wait, text = said
        number = self._counts.get(message.to, 0) + 1
        picture = text == PICTURE
        inbound = Inbound(
            ChannelName.SMS,
            f"invented-{message.to.removeprefix('+')}-{number}",
            message.to,
            "" if picture else text,
            media=int(picture),
        )
        self._expect(wait, message.to, inbound)

    def _expect(self, wait: timedelta, number: str, what: Inbound | Receipt) -> None:
        count = self._counts[number] = self._counts.get(number, 0) + 1
        heappush(self._coming, Event(self._clock() + wait, (number, count), what))


def _lost(provider_id: str, fault: Fault, code: str) -> Receipt:
    return Receipt(provider_id, Delivery.UNDELIVERABLE, "undelivered", code, fault)
