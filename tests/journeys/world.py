"""A school, its leavers and its gateways, as a journey meets them."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import urlencode
from uuid import uuid4

from freezegun import freeze_time
from freezegun.api import FrozenDateTimeFactory
from starlette.applications import Starlette
from typer.testing import CliRunner

from contact.address import Address, ChannelName
from contact.alumnus import Alumnus, Cohort, KeyStage, Membership, Profile
from contact.candidate import WaveWindow
from contact.case import Case, Ending, Terms
from contact.consent import Consent, Purpose
from contact.destination import Destination
from contact.flag import Decision, Flag
from contact.hours import LONDON, london_day
from contact.message import Message
from contact.reply import Reply
from contact.review import Ruling, close_flag
from followup.cli import app
from followup.passes import one_pass
from followup.web import create_app
from followup.wiring import House
from storage.people import new_reference
from tests.fakes import twilio_gateway as twilio
from tests.fakes.asgi import ask
from tests.fakes.telegram_gateway import TelegramGateway
from tests.fakes.twilio_gateway import Text, TwilioGateway

T = TypeVar("T")

PUBLIC = "https://followup.example.org"
SECRET = "a-webhook-secret"
COHORT = Cohort("cansfield", KeyStage.KS4, 2025)

AMINA = "+447700900101"
BEN = "+447700900102"
CHIDI = "+447700900103"
STRANGER = "+447700900199"


def settings(*, sms: str = "", service: str = 'log_level = "error"', rest: str = "") -> str:
    """The settings of one school that texts through a gateway at ``sms``."""
    gateway = f"""
        [sms]
        gateway = "twilio"
        account_sid = "{twilio.ACCOUNT}"
        from_number = "{twilio.SENDER}"
        api_base = "{sms}"
        allow_drama_numbers = true
    """
    return f"""
        [service]
        public_url = "{PUBLIC}"
        staff = ["Miss Okafor"]
        {service}

        [[school]]
        id = "cansfield"
        name = "Cansfield High School"
        short_name = "Cansfield"
        procedure = "termly"
        wording = "form_a"
        careers_contact = "Miss Okafor"
        safeguarding_contact = "Mr Reid"
        {gateway if sms else ""}
        {rest}
    """


def telegram_settings(url: str, mode: str = "webhook") -> str:
    """The settings of a bot whose gateway is at ``url``."""
    return f"""
        [telegram]
        enabled = true
        bot_username = "followup_bot"
        mode = "{mode}"
        api_base = "{url}"
    """


def london(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """An instant by the London clock."""
    return datetime(year, month, day, hour, minute, tzinfo=LONDON)


@contextmanager
def frozen(at: datetime) -> Iterator[FrozenDateTimeFactory]:
    """A clock that stands at ``at`` until it is moved; the event loop's goes on."""
    with freeze_time(at, real_asyncio=True) as clock:
        assert isinstance(clock, FrozenDateTimeFactory)
        yield clock


class Records:
    """What the service that ``config`` describes has written down."""

    def __init__(self, config: Path) -> None:
        self.config = config
        self.house = House.at(config)

    def close(self) -> None:
        """Let go of the database."""
        self.house.close()

    def read(self, query: Callable[..., T], *values: Any) -> T:
        """What ``query(work, …)`` finds."""
        return self.house.memory.read(query, *values).result()

    def write(self, use_case: Callable[..., T], *values: Any) -> T:
        """What ``use_case(work, …)`` gave, once it is durable."""
        return self.house.memory.write(use_case, *values).result()

    def cases(self, who: Alumnus) -> list[Case]:
        return self.read(lambda work: work.cases.of(who.id))

    def endings(self, who: Alumnus) -> list[Ending]:
        """How the last case of ``who`` ended, and ended again."""
        found = self.cases(who)
        return self.read(lambda work: work.cases.endings(found[-1].id)) if found else []

    def ending(self, who: Alumnus) -> tuple[str, str | None]:
        """The disposition and code that hold."""
        last = self.endings(who)[-1]
        return str(last.disposition), last.code

    def attempts(self, who: Alumnus) -> list[tuple[int, str, str | None]]:
        """The tries of the last case: number, state and outcome."""
        cases = self.cases(who)
        found = self.read(lambda work: work.attempts.of(cases[-1].id)) if cases else []
        return [(each.number, str(each.state), each.outcome) for each in found]

    def destinations(self, who: Alumnus) -> list[Destination]:
        return self.read(lambda work: work.destinations.of(who.id))

    def codes(self, who: Alumnus) -> list[str]:
        """The codes of the destinations, in the order they came."""
        return [each.code for each in self.destinations(who)]

    def addresses(self, who: Alumnus) -> list[Address]:
        return self.read(lambda work: work.addresses.of(who.id))

    def standings(self, who: Alumnus) -> list[str]:
        return [str(each.standing) for each in self.addresses(who)]

    def replies(self, who: Alumnus) -> list[Reply]:
        return self.read(lambda work: work.replies.of(who.id))

    def messages(self, who: Alumnus) -> list[Message]:
        """All that was said or is to be said to ``who``."""
        return self.read(lambda work: work.messages.of(who.id))

    def flags(self, who: Alumnus | None = None) -> list[Flag]:
        """The open flags, those about ``who`` where somebody is named."""
        found = self.read(lambda work: work.flags.list())
        return [each for each in found if who is None or each.alumnus == who.id]

    def kinds(self, who: Alumnus | None = None) -> list[str]:
        return [str(each.kind) for each in self.flags(who)]

    def tracked(self, who: Alumnus) -> bool:
        """Whether there is a live permission to ask ``who``."""
        live = self.read(lambda work: work.consents.live(who.id, Purpose.TRACKING))
        return live is not None


class World(Records):
    """The same service at work, under a clock that stands until it is moved."""

    def __init__(
        self,
        config: Path,
        clock: FrozenDateTimeFactory,
        sms: TwilioGateway,
        telegram: TelegramGateway | None = None,
    ) -> None:
        super().__init__(config)
        self.clock = clock
        self.sms = sms
        self.telegram = telegram
        self.app = create_app(config)

    def close(self) -> None:
        """Let go of the databases."""
        super().close()
        asyncio.run(_shut_down(self.app))

    # The clock.

    @property
    def now(self) -> datetime:
        """What the service takes for the present."""
        return datetime.now(UTC)

    def at(self, when: datetime) -> None:
        """Let it be ``when``."""
        self.clock.move_to(when.astimezone(UTC))

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.clock.tick(timedelta(**span))

    def followup(self, *argv: str) -> Any:
        """What the command `followup` prints as JSON; it must not fail."""
        done = CliRunner().invoke(app, ["--config", str(self.config), *argv, "--json"])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def tick(self) -> dict[str, int]:
        """What a cron job would do now."""
        counts: dict[str, int] = self.followup("tick")
        return counts

    def tick_until(self, end: datetime, every: timedelta = timedelta(minutes=90)) -> None:
        """Let time pass until ``end``, with a pass of the clock ``every`` so often."""
        asyncio.run(self._tick_until(end, every))

    async def _tick_until(self, end: datetime, every: timedelta) -> None:
        # What the command does, without loading the settings a hundred times.
        while self.now < end:
            self.clock.tick(min(every, end - self.now))
            await one_pass(self.house)

    # What people and gateways do.

    def says(self, phone: str, text: str, **more: str) -> int:
        """Have ``phone`` text the service; what its webhook answers."""
        return self.posts("/webhooks/twilio/inbound", twilio.inbound_fields(phone, text, **more))

    def receipt(self, text: Text, status: str, code: int | None = None) -> int:
        """Tell the service that ``text`` is now ``status``; what its webhook answers."""
        fields = [
            ("MessageSid", text.sid),
            ("SmsSid", text.sid),
            ("MessageStatus", status),
            ("SmsStatus", status),
            ("To", text.to),
            ("From", twilio.SENDER),
            ("AccountSid", twilio.ACCOUNT),
            *([("ErrorCode", str(code))] if code is not None else []),
        ]
        return self.posts(text.callback.removeprefix(PUBLIC), fields)

    def posts(self, path: str, fields: list[tuple[str, str]]) -> int:
        """Post a form that Twilio signed; the answer's status."""
        headers = twilio.signed(f"{PUBLIC}{path}", fields)
        return self.sends(path, urlencode(fields).encode(), headers)

    def sends(self, path: str, body: bytes, headers: dict[str, str]) -> int:
        """Post anything; the answer's status."""
        return asyncio.run(ask(self.app, "POST", path, body, headers)).status

    def writes(self, phone: str, *texts: str) -> list[str]:
        """A conversation: each of ``texts`` is answered at once; what was answered."""
        before = len(self.sms.bodies(phone))
        for text in texts:
            assert self.says(phone, text) == 204
            self.later(seconds=40)
            self.tick()
        return self.sms.bodies(phone)[before:]

    def passes_on(self) -> list[int]:
        """Have Telegram post what people did to the webhook; what it answers."""
        assert self.telegram is not None
        headers = {
            "Content-Type": "application/json",
            "X-Telegram-Bot-Api-Secret-Token": SECRET,
        }
        waiting, self.telegram.pending = self.telegram.pending, []
        bodies = [json.dumps(each).encode() for each in waiting]
        return [self.sends("/webhooks/telegram", body, headers) for body in bodies]

    def chats(self, chat: int, *texts: str) -> list[str]:
        """As :meth:`writes`, in a chat."""
        assert self.telegram is not None
        before = len(self.telegram.bodies(chat))
        for text in texts:
            self.telegram.say(chat, text)
            assert self.passes_on() == [204]
            self.later(seconds=40)
            self.tick()
        return self.telegram.bodies(chat)[before:]

    def presses(self, chat: int, *labels: str) -> None:
        """Have the person in ``chat`` press a button of the latest message, again and again."""
        assert self.telegram is not None
        for label in labels:
            self.telegram.press(chat, label)
            assert self.passes_on() == [204]
            self.later(seconds=40)
            self.tick()

    # What staff do.

    def meet(self, name: str, *phones: str) -> Alumnus:
        """Somebody who left in summer, agreed, and gave ``phones``."""
        return meet(self, name, *phones, at=self.now)

    def closes(self, flag: Flag, decision: Decision) -> None:
        """Have staff close ``flag``."""
        ruling = Ruling(decision, "Miss Okafor")
        self.write(close_flag, flag.id, ruling, self.house.desk, self.now)

    def link(self, who: Alumnus, token: str, until: datetime) -> str:
        """An invitation to the chat, as staff hand it out."""
        self.write(lambda work: work.house.invite(token, who.id, self.now, until))
        return token


async def _shut_down(app: Starlette) -> None:
    async with app.router.lifespan_context(app):
        """Only what happens at the end matters."""


def gaps(texts: list[Text]) -> list[int]:
    """The London days from each text to the next."""
    days = [text.at.astimezone(LONDON).date() for text in texts]
    return [(later - earlier).days for earlier, later in pairwise(days)]


class Writes(Protocol):
    """Whoever has the service's database at hand."""

    def write(self, use_case: Callable[..., T], *values: Any) -> T:
        """What ``use_case(work, …)`` gave, once it is durable."""


def meet(records: Writes, name: str, *phones: str, at: datetime) -> Alumnus:
    """Store somebody who left in summer, agreed, and gave ``phones``, as an import would."""
    born = date(2009, 3, 14)
    person = Alumnus(uuid4(), new_reference(), COHORT.school, Profile(name, born), at)
    records.write(_join, person, phones)
    return person


def open_case(work: Any, who: Alumnus, now: datetime) -> None:
    """Have whoever is of the cohort asked, ``who`` among them; whatever day it is, nothing is due.

    What they write is taken for an answer to the first question.
    """
    today = london_day(now)
    terms = Terms(3, 5, 4, 60, today + timedelta(days=100))
    work.due.open(
        WaveWindow(COHORT.school, COHORT.id, "rehearsal", today, terms, today), today, now
    )
    (case,) = work.cases.of(who.id)
    # Not today: which day it is decides whether anything may be asked.
    work.cases.save(replace(case, act_at=now + timedelta(days=1)))


def _join(work: Any, person: Alumnus, phones: tuple[str, ...]) -> None:
    who = person.id
    work.alumni.add(person, f"{person.profile.name}|{person.profile.born_on}")
    work.cohorts.join(Membership(who, COHORT))
    work.consents.grant(
        Consent(
            alumnus=who,
            purpose=Purpose.TRACKING,
            wording="form_a",
            granted_at=person.created_at,
            how="form",
            recorded_by="import",
            until=COHORT.consent_ends,
        )
    )
    for position, phone in enumerate(phones):
        endpoint = work.addresses.meet(ChannelName.SMS, phone, uuid4())
        address = Address(uuid4(), who, endpoint.id, ChannelName.SMS, phone, position)
        work.addresses.add(address)
    work.cohorts.touch(who)
