"""The gateways of a rehearsal: they hand texts to invented people, and reach nobody else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from random import Random
from uuid import UUID

from contact.address import ChannelName
from contact.message import Delivery, Message
from contact.outcome import Accepted, Claimed, Fault, Outcome, Receipt, Refused, Trace, Unsure
from contact.ports import Clock, Memory, Work
from contact.reply import Inbound
from followup.simulation.behaviour import Behaviour
from followup.simulation.cohort import Person
from followup.simulation.manner import PICTURE, Said, a_stranger_hears, hears

#: How long a network takes to say that a text has arrived, or has not.
_RECEIPT_AFTER = timedelta(seconds=4)
_DEAD = ("30005", Fault.DEAD)
_AWAY = ("30003", Fault.FAILING)
_OUTAGE = "20500"


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """Something that comes from outside; ``number`` parts what comes at one instant."""

    at: datetime
    number: int
    channel: ChannelName = field(compare=False)
    what: Inbound | Receipt = field(compare=False)


class World:
    """Everybody outside the house: the invented people, and when their answers come."""

    def __init__(
        self,
        people: Mapping[UUID, Person],
        behaviour: Behaviour,
        memory: Memory,
        clock: Clock,
        chance: Random,
        outages: tuple[tuple[datetime, datetime], ...] = (),
    ) -> None:
        self.people = people
        self.behaviour = behaviour
        self.memory = memory
        self.clock = clock
        self.chance = chance
        self._outages = outages
        self._coming: list[Event] = []
        self._number = 0

    def is_out(self) -> bool:
        """Whether the gateway takes nothing now."""
        return any(start <= self.clock() < end for start, end in self._outages)

    def next_at(self) -> datetime | None:
        """When something comes next; None where nobody means to say anything."""
        return self._coming[0].at if self._coming else None

    def arrived(self) -> Iterator[Event]:
        """What has come by now, in the order in which it came; it is given once."""
        now = self.clock()
        while self._coming and self._coming[0].at <= now:
            yield heappop(self._coming)

    def expect(self, wait: timedelta, channel: ChannelName, what: Inbound | Receipt) -> None:
        """Let something come after ``wait``."""
        self._number += 1
        heappush(self._coming, Event(self.clock() + wait, self._number, channel, what))

    def listens(self, message: Message, to: str) -> None:
        """A text has arrived on a phone: whoever has it now may answer."""
        person = self.people.get(message.alumnus) if message.alumnus else None
        if person is None:
            return
        if to == person.number and self.gave_up(person):
            said = a_stranger_hears(person, message, self.behaviour)
        else:
            said = hears(person, message, self.behaviour, self.clock())
        if said is not None:
            self._says(said, message.channel, to)

    def is_dead(self, person: Person, to: str) -> bool:
        """Whether a number of theirs takes no texts: it never did, or was given up."""
        if to != person.number:
            return False
        given_up = self.gave_up(person)
        return not person.works or (given_up and not (person.change and person.change.stranger))

    def gave_up(self, person: Person) -> bool:
        """Whether the number on their form is no longer theirs."""
        return person.change is not None and self.clock().date() >= person.change.on

    def _says(self, said: Said, channel: ChannelName, sender: str) -> None:
        picture = said.text == PICTURE
        text = "" if picture else said.text
        name = f"invented-{self._number + 1}"
        self.expect(said.after, channel, Inbound(channel, name, sender, text, media=int(picture)))


class Network:
    """One gateway of the rehearsal; it satisfies ``contact.ports.Channel``.

    It has no address, no credentials and no connection: what it is handed it
    hands to the :class:`World`, and that is a list in memory.
    """

    def __init__(self, name: ChannelName, world: World) -> None:
        self.name = name
        self._world = world
        self._left_unseen: dict[UUID, datetime] = {}

    async def send(self, message: Claimed) -> Outcome:
        """What the network says of the number; whoever has the phone may answer."""
        world, networks = self._world, self._world.behaviour.networks
        if world.is_out():
            return Refused(Fault.BUSY, _OUTAGE)
        told = await world.memory.read(_written, message.message)
        person = world.people.get(told.alumnus) if told and told.alumnus else None
        if told is None or person is None:
            return Accepted(_name(message.message))
        if self.name is ChannelName.SMS:
            drawn, left = world.chance.random(), world.chance.random()
            if drawn < networks.time_outs:
                return self._unsure(message, told, left=left < 1 / 2)
            self._receipt(message, person, away=drawn > 1 - networks.unreachable)
            if world.is_dead(person, message.to) or drawn > 1 - networks.unreachable:
                return Accepted(_name(message.message))
        world.listens(told, message.to)
        return Accepted(_name(message.message))

    async def traces(self, message: Claimed, since: date | None) -> list[Trace]:
        """What this gateway took without saying so."""
        at = self._left_unseen.get(message.message)
        if at is None:
            return []
        name = _name(message.message)
        return [Trace(name, at, Receipt(name, Delivery.DELIVERED, "delivered"))]

    async def check(self) -> str:
        """Always well."""
        return "a rehearsal: nothing leaves this machine"

    async def close(self) -> None:
        """Nothing to close."""

    def _unsure(self, message: Claimed, told: Message, *, left: bool) -> Outcome:
        if left:
            self._left_unseen[message.message] = message.claimed_at
            self._world.listens(told, message.to)
        return Unsure("no answer in time")

    def _receipt(self, message: Claimed, person: Person, *, away: bool) -> None:
        name = _name(message.message)
        receipt = Receipt(name, Delivery.DELIVERED, "delivered")
        if away or self._world.is_dead(person, message.to):
            code, fault = _AWAY if away else _DEAD
            receipt = Receipt(name, Delivery.UNDELIVERABLE, "undelivered", code, fault)
        self._world.expect(_RECEIPT_AFTER, self.name, receipt)


def outages(
    behaviour: Behaviour, starts: datetime, ends: datetime, chance: Random
) -> tuple[tuple[datetime, datetime], ...]:
    """When the gateway takes nothing: as often as the behaviour file says, at any time."""
    networks = behaviour.networks
    found = []
    at = starts
    while networks.outages_a_year > 0:
        at += timedelta(days=365 * chance.expovariate(networks.outages_a_year))
        if at >= ends:
            break
        found.append((at, at + timedelta(hours=chance.expovariate(1 / networks.outage_hours))))
    return tuple(found)


def _written(work: Work, which: UUID) -> Message | None:
    return work.messages.get(which)


def _name(message: UUID) -> str:
    return f"rehearsed-{message}"
