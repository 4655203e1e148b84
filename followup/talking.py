"""A conversation by hand: what is typed goes in as a reply, and what we say comes back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from bot.replies import receive
from contact.address import SENDABLE, Address, ChannelName
from contact.alumnus import Alumnus, Cohort, KeyStage, Membership, Profile
from contact.channels.sandbox import Sandbox
from contact.consent import Consent, Purpose
from contact.desk import Desk
from contact.destination import Destination, Source
from contact.dispatch import deliver
from contact.errors import Misconfigured, NotAllowed
from contact.finding import by_reference
from contact.flag import Flag
from contact.hours import LONDON
from contact.message import Delivery
from contact.outcome import Claimed
from contact.ports import Clock, Memory, Work
from contact.reply import Inbound, Reply
from followup.wiring import House
from scheduler.outreach import open_and_plan
from scheduler.rehearsal import VirtualClock
from storage.people import new_reference

#: When the invented alumna is asked: a school day in her first term.
ASKED_AT = datetime(2025, 9, 9, 16, 30, tzinfo=LONDON)
#: How long the virtual clock gives somebody to type.
_TYPING = timedelta(seconds=20)
_BORN = date(2009, 3, 14)
_LEFT = 2025
_NUMBER = {ChannelName.SMS: "+447700900001", ChannelName.TELEGRAM: "1000001"}


@dataclass
class Partner:
    """Whom we talk to, and what came of it so far; ``clock`` is moved between two replies."""

    house: House
    person: Alumnus
    address: Address
    clock: Clock
    desk: Desk
    type_on: Callable[[], None] = lambda: None
    _gateways: dict[ChannelName, Sandbox] = field(
        default_factory=lambda: {name: Sandbox(name) for name in SENDABLE}
    )
    _known: set[int] = field(default_factory=set)

    async def begin(self) -> list[Claimed]:
        """Ask them as the clock would; what they get."""
        house = self.house
        await open_and_plan(house.memory, house.plans, self.desk, self.clock())
        return await self._hear()

    async def say(self, text: str) -> list[Claimed]:
        """Take in what they typed; what they get in answer."""
        self.type_on()
        came = Inbound(self.address.channel, f"chat-{uuid4()}", self.address.value, text)
        house = self.house
        await house.memory.write(receive, came, self.desk, house.speech, self.clock())
        return await self._hear()

    async def last_reply(self) -> Reply | None:
        """What was kept of the last reply; None before the first."""
        replies = await self.house.memory.read(lambda work: work.replies.of(self.person.id))
        return replies[-1] if replies else None

    async def new_flags(self) -> list[Flag]:
        """What staff have been told since this was asked last."""
        flags = await self.house.memory.read(lambda work: work.flags.of(self.person.id))
        fresh = [each for each in flags if each.id not in self._known]
        self._known |= {each.id for each in fresh}
        return fresh

    async def told(self) -> Sequence[Destination]:
        """What they have told us themselves."""
        known = await self.house.memory.read(lambda work: work.destinations.of(self.person.id))
        return [each for each in known if each.source is Source.ALUMNUS]

    async def _hear(self) -> list[Claimed]:
        box = self._gateways[self.address.channel].sent
        before = len(box)
        await deliver(self.house.memory, self._gateways, self.desk, self.clock)
        return [each for each in list(box)[before:] if each.to == self.address.value]


def invented(house: House, channel: ChannelName) -> Partner:
    """Amina, who does not exist, in a fresh house that has a school: nobody else is in it."""
    school = next(iter(house.schools))
    clock = VirtualClock(ASKED_AT)
    person, address = house.memory.write(_invent, school, channel, clock()).result()
    return Partner(
        house, person, address, clock, _desk(house), lambda: clock.jump(clock() + _TYPING)
    )


def stored(
    house: House,
    reference: str,
    channel: ChannelName | None,
    clock: Clock,
    within: Memory | None = None,
) -> Partner:
    """Somebody of the configured database, by their reference, as ``within`` shows it.

    Misconfigured where a message could leave this machine; UnknownReference;
    NotAllowed where they have no address of the channel.
    """
    if not house.settings.is_harmless:
        raise Misconfigured(
            "chat --as works only where nothing can leave this machine: set [sms] gateway "
            "to sandbox, or api_base to a stand-in on loopback; or chat without --as."
        )
    person, addresses = (within or house.memory).read(_known, reference).result()
    wanted = SENDABLE if channel is None else (channel,)
    address = next((each for each in addresses if each.channel in wanted), None)
    if address is None:
        raise NotAllowed(f"{person.reference} has no {' or '.join(wanted)} address to chat from.")
    return Partner(house, person, address, clock, _desk(house))


def last_said(work: Work, who: UUID) -> str | None:
    """The last text that somebody got from us."""
    got = (Delivery.ACCEPTED, Delivery.DELIVERED)
    sent = [each for each in work.messages.of(who) if each.delivery in got]
    return sent[-1].text if sent else None


def _desk(house: House) -> Desk:
    """Both ways to write work here, whatever is configured: there is no gateway behind them."""
    return replace(house.desk, channels=frozenset(SENDABLE))


def _known(work: Work, reference: str) -> tuple[Alumnus, list[Address]]:
    person = by_reference(work, reference)
    return person, work.addresses.of(person.id)


def _invent(
    work: Work, school: str, channel: ChannelName, now: datetime
) -> tuple[Alumnus, Address]:
    person = Alumnus(
        uuid4(), new_reference(), school, Profile("Amina Yusuf", _BORN), now - timedelta(days=80)
    )
    cohort = Cohort(school, KeyStage.KS4, _LEFT)
    work.alumni.add(person, None)
    work.cohorts.join(Membership(person.id, cohort))
    work.consents.grant(
        Consent(
            alumnus=person.id,
            purpose=Purpose.TRACKING,
            wording="form_a",
            granted_at=person.created_at,
            how="form",
            recorded_by="chat",
            until=cohort.consent_ends,
        )
    )
    endpoint = work.addresses.meet(channel, _NUMBER[channel], uuid4())
    address = Address(uuid4(), person.id, endpoint.id, channel, _NUMBER[channel])
    work.addresses.add(address)
    return person, address
