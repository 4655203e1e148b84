"""A gateway's bad days: whatever it answers, each message arrives once and no try is used up."""

import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from contact.channels.twilio_sms import TwilioSms
from contact.hours import deadline
from contact.message import Delivery
from tests.cast import DAY, HOUR, MINUTE, NOW, SCHOOL, SMS, Stage, add, make_desk, open_cases
from tests.fakes import twilio_gateway as twilio
from tests.fakes.twilio_gateway import TwilioGateway

#: Longer than any text may be unsure: then one without a trace has been sent once more.
SETTLED = timedelta(minutes=20)
#: The whole of the drama range.
MOST = 1_000


@dataclass
class Storm:
    """A house whose texts go through the official SDK to a stand-in; both have one clock."""

    stage: Stage
    gateway: TwilioGateway
    people: list[UUID] = field(default_factory=list)
    now: datetime = NOW

    def gather(self, how_many: int) -> None:
        """So many are due, each with a phone of their own."""
        self.people = self.stage.write(_gathered, how_many)
        self.stage.write(open_cases, NOW)

    async def passes(self, span: timedelta, step: timedelta) -> None:
        """What the clock of a service does for so long, again and again."""
        end = self.now + span
        while self.now < end:
            await self.stage.tick(self.now)
            self.now += step

    def is_well(self, but: Sequence[UUID] = ()) -> None:
        """Each got one text, of which we know; no try is used up and nothing is left to do.

        ``but`` are those who got none, and of whose text nobody knows.
        """
        got = Counter(text.to for text in self.gateway.texts)
        assert Counter(got.values()) == {1: len(self.people) - len(but)}
        states = Counter[str]()
        for (state, _), count in self.ledger().items():
            states[state] += count
        assert states["accepted"] == len(self.people) - len(but)
        assert states["unsure"] == len(but)
        assert set(states) <= {"accepted", "failed", "unsure"}
        assert {each for who in self.people for each in self.stage.standing(who)} == {
            (1, "waiting", None)
        }

    def phone(self, who: UUID) -> str:
        """Where to text somebody."""
        return self.stage.address(who).value

    def ledger(self) -> Counter[tuple[str, str | None]]:
        """Where all asks stand, and why."""
        asks = [ask for who in self.people for ask in self.stage.asks(who)]
        return Counter((str(ask.delivery), ask.detail) for ask in asks)


def _gathered(work: Any, how_many: int) -> list[UUID]:
    phones = (f"+447700900{number:03}" for number in range(how_many))
    return [add(work, "Amina Yusuf", (SMS, phone)) for phone in phones]


@pytest.fixture
def gateway() -> Iterator[TwilioGateway]:
    with TwilioGateway() as gateway:
        yield gateway


@pytest.fixture
async def storm(memory, gateway) -> AsyncIterator[Storm]:
    # Far less patient than the real one, so that a thousand time-outs are soon over.
    sms = TwilioSms(**gateway.settings, from_number=twilio.SENDER, timeout=0.5)
    school = replace(SCHOOL, max_messages_per_day=10 * MOST)
    desk = make_desk(schools={school.id: school})
    storm = Storm(Stage(memory, sms=sms, desk=desk), gateway)  # type: ignore[arg-type]
    gateway.clock = lambda: storm.now
    yield storm
    await sms.close()


async def everybody_is_timed_out(storm: Storm, people: int, lag: float) -> str:
    storm.gateway.lag = lag
    storm.gateway.script.otherwise = lambda _: twilio.hang(taken=True)
    storm.gather(people)
    await storm.passes(MINUTE + SETTLED, MINUTE / 2)

    storm.is_well()
    # A busy machine may be too slow even to connect: then nothing was taken, and it goes again.
    found = storm.ledger()["accepted", "seen_in_list"]
    assert found >= 0.9 * people
    return f"{people} texts taken, {found} of them without an answer"


LAGS = pytest.mark.parametrize("lag", [0.0, 5.0, 60.0], ids=["no lag", "5 s", "60 s"])


@LAGS
async def test_what_is_taken_without_an_answer_is_found_however_late_the_list_is(storm, lag):
    await everybody_is_timed_out(storm, 32, lag)


@pytest.mark.soak
@LAGS
async def test_a_thousand_texts_taken_without_an_answer_all_arrive_once(storm, lag, told):
    told(await everybody_is_timed_out(storm, MOST, lag))


async def everybody_is_lost(storm: Storm, people: int) -> None:
    storm.gateway.lag = 60.0
    storm.gateway.script.otherwise = lambda _: twilio.hang(taken=False)
    storm.gather(people)
    await storm.passes(MINUTE, MINUTE)
    storm.gateway.script.otherwise = lambda _: twilio.ACCEPT

    await storm.passes(SETTLED, 4 * MINUTE)

    storm.is_well()
    assert storm.ledger()["failed", "no_trace"] >= 0.9 * people


async def test_what_is_lost_without_an_answer_is_sent_once_more(storm):
    await everybody_is_lost(storm, 32)


@pytest.mark.soak
async def test_a_thousand_texts_lost_without_an_answer_are_sent_once_more(storm):
    await everybody_is_lost(storm, MOST)


def weather(seed: int, people: int) -> list[twilio.Answer]:
    """What three requests in ten meet, each for itself; what is left out is well."""
    chance = random.Random(seed)
    bad = [
        twilio.busy(),
        twilio.busy(7),
        twilio.unwell(500),
        twilio.unwell(502),
        twilio.unwell(503),
        twilio.unwell(504),
        twilio.lose(taken=True),
        twilio.lose(taken=False),
        twilio.hang(taken=True),
        twilio.slow(0.2),
    ]
    return [chance.choice(bad) if chance.random() < 0.3 else twilio.ACCEPT for _ in range(people)]


async def three_in_ten_fail(storm: Storm, people: int, lag: float, seed: int) -> str:
    storm.gateway.lag = lag
    answers = iter(weather(seed, 100 * people))
    vanished = Counter[str]()

    def weathered(fields: Mapping[str, str]) -> twilio.Answer:
        answer = next(answers)
        vanished[fields["To"]] += not answer.taken and (answer.dropped or answer.status == 504)
        return answer

    storm.gateway.script.otherwise = weathered
    storm.gather(people)
    chance = random.Random(seed)
    for _ in range(30):
        away = storm.gateway.refusing() if chance.random() < 0.3 else nullcontext()
        with away:
            await storm.passes(2 * MINUTE, 2 * MINUTE)
    # The last hours are calm: a channel that rests goes on by itself, half an hour at most.
    storm.gateway.script.otherwise = lambda _: twilio.ACCEPT
    await storm.passes(3 * HOUR, 4 * MINUTE)

    # A text is sent once more and no oftener: whoever lost both has got none so far.
    unlucky = [who for who in storm.people if vanished[storm.phone(who)] > 1]
    storm.is_well(but=unlucky)
    # Refused, found in the list, sent once more: all of it happened.
    assert len(storm.ledger()) >= 4
    storm.now = deadline(NOW, 4)
    await storm.passes(2 * DAY, 6 * HOUR)
    for who in unlucky:
        asks = storm.stage.asks(who)
        assert {ask.attempt for ask in asks} == {1}
        assert asks[-1].delivery is Delivery.ACCEPTED
    return f"{people} through a storm: {dict(storm.ledger())}, {len(unlucky)} unlucky"


@pytest.mark.parametrize(("lag", "seed"), [(0.0, 1), (60.0, 2)], ids=["no lag", "60 s"])
async def test_whatever_three_in_ten_requests_meet_each_text_arrives_once(storm, lag, seed):
    await three_in_ten_fail(storm, 60, lag, seed)


@pytest.mark.soak
@pytest.mark.parametrize(("lag", "seed"), [(0.0, 3), (5.0, 4), (60.0, 5)])
async def test_a_thousand_texts_through_a_storm_all_arrive_once(storm, lag, seed, told):
    told(await three_in_ten_fail(storm, MOST, lag, seed))
