"""One rehearsal: years of the real engine, from instant to instant at which anything is due."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from random import Random
from typing import TypeVar

from bot.replies import receive
from contact.address import ChannelName
from contact.alumnus import Cohort
from contact.destination import Source
from contact.dispatch import Channels, deliver
from contact.hours import LONDON, end_of_day
from contact.message import Delivery
from contact.recording import Known, record_destination
from contact.reply import Inbound
from contact.settling import settle_receipt
from followup.passes import run_pass
from followup.simulation.behaviour import Behaviour
from followup.simulation.cohort import Person, enrol, invent, new_number
from followup.simulation.counting import Period, figures_of
from followup.simulation.figures import Figures
from followup.simulation.networks import Event, Network, World, outages
from followup.simulation.staff import Staff, gives_number, next_day
from followup.simulation.stage import Stage, staged
from scheduler.plan import Plan
from scheduler.procedure import Procedure
from scheduler.rehearsal import VirtualClock, next_instant
from storage.work import Work

T = TypeVar("T")

Progress = Callable[[datetime], None]

#: Nothing comes at the same instant at which it was sent.
_MOMENT = timedelta(seconds=1)
#: More messages are handed over at one time than by a service that others wait for.
_ROOM = 200
#: Providers have answered so long before a wave asks who is not known from them.
_PROVIDERS_BEFORE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Script:
    """What is rehearsed: whom, with what procedure, from the first day to the last."""

    procedure: Procedure
    cohorts: tuple[Cohort, ...]
    alumni: int
    starts: date
    ends: date
    behaviour: Behaviour
    seed: int = 1


@dataclass(frozen=True, slots=True)
class News:
    """Something that the house is told on a day, by a form or a file and not by a reply."""

    at: datetime
    tell: Callable[[Work, datetime], None]


async def rehearse(script: Script, progress: Progress = lambda _: None) -> Figures:
    """Play it, and count what it came to; nothing else of it is kept.

    The same script gives the same figures: chance comes from its seed alone.
    ``progress`` is told the virtual time.
    """
    period = Period(script.starts, script.ends)

    def counted(work: Work, plan: Plan) -> Figures:
        return figures_of(work, plan, script.cohorts, period, script.behaviour)

    return await rehearse_and(script, counted, progress)


async def rehearse_and(
    script: Script, read: Callable[[Work, Plan], T], progress: Progress = lambda _: None
) -> T:
    """Play it, and let ``read`` look at the ledger before it is thrown away."""
    with staged(script.procedure, script.behaviour) as stage:
        await _Play(script, stage).run(progress)
        return stage.memory.read(read, stage.plan).result()


class _Play:
    """The rehearsal while it runs."""

    def __init__(self, script: Script, stage: Stage) -> None:
        seed = f"{script.seed}"
        self.stage = stage
        self.clock = VirtualClock(datetime.combine(script.starts, time(6), LONDON))
        self.until = end_of_day(script.ends).astimezone(UTC)
        cohorts = [invent(each, script.alumni, script.behaviour, seed) for each in script.cohorts]
        people = list(chain.from_iterable(cohorts))
        known = {person.alumnus: person for person in people}
        self.ids = _chance(seed, "ids")
        self.behaviour = script.behaviour
        out = outages(script.behaviour, self.clock(), self.until, _chance(seed, "outages"))
        world = World(
            known, script.behaviour, stage.memory, self.clock, _chance(seed, "networks"), out
        )
        self.world = world
        self.channels: Channels = {
            name: Network(name, world) for name in (ChannelName.SMS, ChannelName.TELEGRAM)
        }
        self.staff = Staff(known, script.behaviour, _chance(seed, "staff"))
        self.news = _news(stage, people, script, self.ids)
        stage.memory.write(
            enrol, people, _wording(script.procedure), self.clock(), self.ids
        ).result()

    async def run(self, progress: Progress) -> None:
        """From the first instant to the last, always to the next at which anything is due."""
        look, staff_at = self.clock(), next_day(self.clock(), self.behaviour)
        while self.clock() < self.until:
            now, moved = self.clock(), self._hear_news()
            if now >= staff_at:
                moved = bool(await self.stage.memory.write(self.staff.look, self.stage.desk, now))
                staff_at = next_day(now, self.behaviour)
            if now >= look:
                await run_pass(self.stage, self.channels, self.clock)
                moved = True
            if await self._take_in() or moved:
                look = await self.stage.memory.read(next_instant, self.stage.plans, now)
            self._jump(look, staff_at)
            progress(self.clock())
        await run_pass(self.stage, self.channels, self.clock)

    def _jump(self, look: datetime, staff_at: datetime) -> None:
        coming = self.world.next_at() or look
        news = self.news[-1].at if self.news else look
        soonest = min(look, staff_at, coming, news)
        self.clock.jump(min(self.until, max(soonest, self.clock() + _MOMENT)))

    def _hear_news(self) -> bool:
        heard = False
        while self.news and self.news[-1].at <= self.clock():
            self.stage.memory.write(self.news.pop().tell, self.clock()).result()
            heard = True
        return heard

    async def _take_in(self) -> bool:
        """Receipts and replies that have come, and our answers; whether the clock must look."""
        moved = replied = False
        for event in self.world.arrived():
            if isinstance(event.what, Inbound):
                replied = True
                await self.stage.memory.write(
                    receive, event.what, self.stage.desk, self.stage.speech, self.clock()
                )
            else:
                moved = await self._settle(event) or moved
        if replied:
            await deliver(self.stage.memory, self.channels, self.stage.desk, self.clock, room=_ROOM)
        return moved or replied

    async def _settle(self, event: Event) -> bool:
        """Whether a receipt says that something did not arrive: then a case may go on at once."""
        assert not isinstance(event.what, Inbound)  # noqa: S101  the caller has looked
        await self.stage.memory.write(
            settle_receipt, None, event.channel, event.what, self.clock(), self.stage.schools
        )
        return event.what.state != Delivery.DELIVERED


def _news(stage: Stage, people: Sequence[Person], script: Script, ids: Random) -> list[News]:
    """What is told in the course of the years, the first of it last."""
    told = [*_new_numbers(people, ids), *_from_providers(stage, people, script)]
    # The sort is stable, and both lists are in the order of people and waves.
    told.sort(key=lambda each: each.at, reverse=True)
    return told


def _new_numbers(people: Sequence[Person], ids: Random) -> list[News]:
    def telling(person: Person) -> Callable[[Work, datetime], None]:
        return lambda work, now: gives_number(work, person, new_number(person, 2), ids, now)

    return [
        News(datetime.combine(person.change.on, time(12), UTC), telling(person))
        for person in people
        if person.change and person.change.tells
    ]


def _from_providers(stage: Stage, people: Sequence[Person], script: Script) -> list[News]:
    """Providers confirm a share of the leavers before each wave that leaves those out."""

    def telling(known: list[Person]) -> Callable[[Work, datetime], None]:
        return lambda work, now: _confirm(work, known, now)

    told = []
    for cohort in script.cohorts:
        mine = [person for person in people if person.cohort == cohort]
        for wave in stage.plan.waves(cohort):
            if Source.PROVIDER not in wave.not_known_from:
                continue
            chance = _chance(f"{script.seed}", f"providers:{cohort.id}:{wave.name}")
            share = script.behaviour.people.known_from_provider
            known = [person for person in mine if chance.random() < share]
            day = max(wave.opens - _PROVIDERS_BEFORE, wave.known_from)
            told.append(News(datetime.combine(day, time(9), LONDON), telling(known)))
    return told


def _confirm(work: Work, known: list[Person], now: datetime) -> None:
    for person in known:
        found = work.alumni.get(person.alumnus)
        if found is not None:
            record_destination(work, found, Known("230"), Source.PROVIDER, "provider", now)


def _wording(procedure: Procedure) -> str:
    return procedure.wordings[0].wording if procedure.wordings else "form_a"


def _chance(seed: str, what: str) -> Random:
    """A chance of its own for each matter, so that one does not move another."""
    return Random(f"{seed}:{what}")  # noqa: S311  nobody guesses it
