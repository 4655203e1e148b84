"""The people of the tests about asking and answering, and the house they are asked from."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from hypothesis import settings

from bot.replies import Received, receive
from bot.speech import Speech
from bot.survey_file import languages, load_survey, load_words
from bot.understanding import understand
from contact.address import Address, ChannelName, Standing
from contact.alumnus import Alumnus, Cohort, KeyStage, Membership, Profile
from contact.attempt import Attempt
from contact.candidate import WaveWindow
from contact.case import Case, Ending, Terms
from contact.channels.twilio_codes import receipt_of
from contact.consent import Consent, Purpose
from contact.desk import Desk
from contact.dispatch import deliver
from contact.flag import Flag
from contact.hours import Hours
from contact.message import Message, MessageKind
from contact.outcome import Receipt
from contact.ports import Work
from contact.reconciling import reconcile
from contact.reply import Inbound
from contact.school import ENGLISH, School
from contact.settling import settle_receipt
from scheduler.outreach import move_cases
from scheduler.term import closed_day
from storage.people import new_reference
from storage.sqlite_memory import SqliteMemory
from tests.fakes.scripted import Scripted

__all__ = ["stage"]

T = TypeVar("T")
#: What the everyday profile asks for.
_USUAL = 100

#: A Wednesday in term, 10:30 in London; the wave lasts until the Christmas holidays.
NOW = datetime(2025, 9, 10, 9, 30, tzinfo=UTC)
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
COHORT = Cohort("cansfield", KeyStage.KS4, 2025)
UNTIL = date(2025, 12, 19)
TERMS = Terms(tries=3, gap_days=5, reply_days=4, late_reply_days=60, until=UNTIL)
WINDOW = WaveWindow(
    school="cansfield",
    cohort=COHORT.id,
    wave="y1-autumn",
    opens=date(2025, 9, 1),
    terms=TERMS,
    known_from=date(2025, 9, 1),
)
SCHOOL = School(
    id="cansfield",
    name="Cansfield High School",
    short_name="Cansfield High",
    hours=Hours(time(9), time(19, 30), frozenset(range(6)), closed_day),
    careers_contact="careers@example.org",
    safeguarding_contact="01942 000000",
)
SMS, TELEGRAM = ChannelName.SMS, ChannelName.TELEGRAM
AMINA_PHONE, OTHER_PHONE, CHIDI_PHONE = (f"+4477009000{last:02}" for last in (1, 2, 3))
BEN_CHAT = "7001"


def examples(few: int, many: int | None = None) -> int:
    """How many of a property: a few each time; ``many``, or what the profile says, in the soak."""
    profile = settings()
    return (many or profile.max_examples) if profile.max_examples > _USUAL else few


@cache
def speech() -> Speech:
    """What the product says and how it listens; a school turns on what is not English."""
    others = {name: load_words(name) for name in languages() if name != ENGLISH}
    return Speech(load_words(), load_survey(), understand, others)


def make_desk(**changes: Any) -> Desk:
    """A desk for one school, with both gateways."""
    desk = Desk({SCHOOL.id: SCHOOL}, speech(), frozenset({SMS, TELEGRAM}))
    return replace(desk, **changes)


def add(work: Work, name: str, *where: tuple[ChannelName, str], until: date | None = None) -> UUID:
    """Somebody of the cohort who agreed to be asked at these addresses, in this order."""
    person = Alumnus(
        uuid4(), new_reference(), SCHOOL.id, Profile(name, date(2009, 3, 14)), NOW - 90 * DAY
    )
    work.alumni.add(person, None)
    work.cohorts.join(Membership(person.id, COHORT))
    work.consents.grant(consent(person.id, until=until or COHORT.consent_ends))
    for position, (channel, value) in enumerate(where):
        endpoint = work.addresses.meet(channel, value, uuid4())
        work.addresses.add(
            Address(uuid4(), person.id, endpoint.id, channel, value, position, endpoint.standing)
        )
    return person.id


def consent(who: UUID, purpose: Purpose = Purpose.TRACKING, **changes: Any) -> Consent:
    """A permission, live where nothing else is said."""
    granted = NOW - 90 * DAY
    given = Consent(who, purpose, "form_a", granted, "form", "import", COHORT.consent_ends)
    return replace(given, **changes)


@dataclass(frozen=True)
class People:
    """Amina is due by SMS, Ben by Telegram; Chidi opted out and must never be written to."""

    amina: UUID
    ben: UUID
    chidi: UUID


def people(work: Work) -> People:
    """The whole cast."""
    chidi = add(work, "Chidi Eze", (SMS, CHIDI_PHONE))
    work.consents.withdraw(chidi, [Purpose.TRACKING], NOW - 30 * DAY, "reply on sms")
    work.addresses.endpoint_stands(work.addresses.of(chidi)[0].endpoint, Standing.OPTED_OUT)
    return People(
        add(work, "Amina Yusuf", (SMS, AMINA_PHONE)),
        add(work, "Ben Shaw", (TELEGRAM, BEN_CHAT)),
        chidi,
    )


def open_cases(work: Work, now: datetime, terms: Terms = TERMS) -> int:
    """Open the wave's cases for everybody who is due."""
    return work.due.open(replace(WINDOW, terms=terms), now.date(), now)


@dataclass
class Stage:
    """A house with a real database and scripted gateways, whose clock the test holds."""

    memory: SqliteMemory
    sms: Scripted = field(default_factory=Scripted)
    telegram: Scripted = field(default_factory=lambda: Scripted(TELEGRAM))
    desk: Desk = field(default_factory=make_desk)

    def write(self, use_case: Callable[..., T], *values: Any) -> T:
        """What ``use_case`` gave, once it is durable."""
        return self.memory.write(use_case, *values).result()

    def read(self, query: Callable[..., T], *values: Any) -> T:
        """What ``query`` gave."""
        return self.memory.read(query, *values).result()

    @property
    def channels(self) -> dict[ChannelName, Any]:
        """The gateways by name."""
        return {SMS: self.sms, TELEGRAM: self.telegram}

    async def tick(self, now: datetime) -> Counter[str]:
        """One pass, as the service makes it: settle, plan, send, and plan what that led to."""
        clock = lambda: now  # noqa: E731  the clock stands at the instant of the pass
        tally = await reconcile(self.memory, self.channels, self.desk, clock)
        tally += await move_cases(self.memory, self.desk, now)
        for _ in range(5):
            tally += await deliver(self.memory, self.channels, self.desk, clock)
            moved = await move_cases(self.memory, self.desk, now)
            tally += moved
            if not moved:
                break
        return tally

    async def days(self, first: datetime, count: int, step: timedelta = 2 * HOUR) -> Counter[str]:
        """Pass after pass from ``first`` on, for so many days."""
        tally: Counter[str] = Counter()
        for turn in range(int(count * DAY / step)):
            tally += await self.tick(first + turn * step)
        return tally

    def open(self, *where: tuple[ChannelName, str], now: datetime = NOW, name: str = "Amina Yusuf",
             terms: Terms = TERMS) -> UUID:  # fmt: skip
        """Somebody who is due at these addresses, with a case."""
        who = self.write(add, name, *(where or ((SMS, AMINA_PHONE),)))
        self.write(open_cases, now, terms)
        return who

    def hears(self, text: str, now: datetime, sender: str = AMINA_PHONE, **more: Any) -> Received:
        """A reply comes in."""
        inbound = Inbound(
            more.pop("channel", SMS), more.pop("id", f"SM{uuid4().hex}"), sender, text, **more
        )
        return self.write(receive, inbound, self.desk, speech(), now)

    def receipt(
        self, message: Message | None, status: str, code: str | None, now: datetime
    ) -> None:
        """Twilio reports on a message."""
        known = self.read(lambda work: work.messages.get(message.id)) if message else None
        theirs = known.provider_id if known and known.provider_id else "SMunknown"
        self.settle(message.id if message else None, receipt_of(theirs, status, code), now)

    def settle(self, which: UUID | None, receipt: Receipt, now: datetime) -> None:
        """A receipt comes in."""
        self.write(settle_receipt, which, SMS, receipt, now, self.desk.schools)

    def case(self, who: UUID) -> Case:
        """The last case of somebody."""
        found: Case = self.read(lambda work: work.cases.of(who)[-1])
        return found

    def ending(self, who: UUID) -> Ending | None:
        """How that case ended, as it stands; None while it runs."""
        endings = self.read(lambda work: work.cases.endings(work.cases.of(who)[-1].id))
        return endings[-1] if endings else None

    def attempts(self, who: UUID) -> list[Attempt]:
        """The tries of that case."""
        return self.read(lambda work: work.attempts.of(work.cases.of(who)[-1].id))

    def messages(self, who: UUID, kind: MessageKind | None = None) -> list[Message]:
        """What was or will be said to somebody, in the order of planning."""
        found = self.read(lambda work: work.messages.of(who))
        ours = [each for each in found if kind in (None, each.kind)]
        # What one pass made has one instant: then the later try comes later.
        return sorted(ours, key=lambda each: (each.created_at, each.attempt or 0, each.not_before))

    def asks(self, who: UUID) -> list[Message]:
        """The asks to somebody."""
        return self.messages(who, MessageKind.ASK)

    def address(self, who: UUID, place: int = 0) -> Address:
        """One address of somebody, in the order they gave them."""
        found: Address = self.read(lambda work: work.addresses.of(who)[place])
        return found

    def flags(self, who: UUID | None = None) -> list[Flag]:
        """The open flags (about somebody)."""
        found = self.read(lambda work: work.flags.list())
        return [each for each in found if who is None or each.alumnus == who]

    def kinds(self, who: UUID | None = None) -> list[str]:
        """Their kinds."""
        return [str(each.kind) for each in self.flags(who)]

    def codes(self, who: UUID) -> list[str]:
        """The destinations of somebody, by code."""
        return [each.code for each in self.read(lambda work: work.destinations.of(who))]

    def standing(self, who: UUID) -> list[tuple[int, str, str | None]]:
        """The tries of somebody in short: number, state, outcome."""
        return [(each.number, str(each.state), each.outcome) for each in self.attempts(who)]


@pytest.fixture
def stage(memory: SqliteMemory) -> Stage:
    """An empty house."""
    return Stage(memory)
