"""Whether and how an invented alumnus answers a text, and how long they take."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp
from random import Random

from contact.address import ChannelName
from contact.message import Message, MessageKind
from followup.simulation import sayings
from followup.simulation.behaviour import Behaviour
from followup.simulation.cohort import Person, over_18
from scheduler.term import academic_year_of

#: How a picture without words is written here.
PICTURE = "(picture)"
_LONGEST = timedelta(days=45)
_ASKS_AGAIN = (MessageKind.NUDGE, MessageKind.APPOINTMENT)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says, and how long after our text."""

    after: timedelta
    text: str


def hears(person: Person, message: Message, behaviour: Behaviour, now: datetime) -> Said | None:
    """What ``person`` says to a text of ours that arrived ``now``; None for silence."""
    if message.kind is MessageKind.ASK:
        return _to_an_ask(person, message, behaviour, now)
    year = _year(person, now)
    if message.kind in _ASKS_AGAIN:
        if person.chance.random() >= behaviour.replies.nudged:
            return None
        return _goes_on(person, person.open_line, year, behaviour)
    if sayings.answer(message.line, "job", "", Random(0)) is None:  # noqa: S311  asks nothing
        return None
    person.open_line = message.line
    if person.chance.random() >= behaviour.replies.goes_on:
        return None
    return _goes_on(person, message.line, year, behaviour)


def a_stranger_hears(person: Person, message: Message, behaviour: Behaviour) -> Said | None:
    """What the new owner of a number that was given away says: that it is the wrong one."""
    if message.kind is not MessageKind.ASK:
        return None
    text = person.chance.choice(sayings.INCIDENTS["wrong_person"])
    likely = person.chance.random() < behaviour.replies.sms[0]
    return Said(_first_wait(person, behaviour), text) if likely else None


def doing_in(person: Person, year: int, behaviour: Behaviour) -> str:
    """What they do in a year after leaving; it changes where they turn 18 only."""
    grown = over_18(person.cohort, year)
    key = int(grown)
    if key not in person.doing:
        weights = behaviour.doing.after_18 if grown else behaviour.doing.before_18
        person.doing[key] = person.chance.choices(list(weights), list(weights.values()))[0]
    return person.doing[key]


def _to_an_ask(
    person: Person, message: Message, behaviour: Behaviour, now: datetime
) -> Said | None:
    person.open_line = message.line
    chance, year = person.chance, _year(person, now)
    drawn, answers = chance.random(), chance.random()
    for kind, share in behaviour.incidents.model_dump().items():
        if drawn < share:
            return Said(_first_wait(person, behaviour), chance.choice(sayings.INCIDENTS[kind]))
        drawn -= share
    if answers >= _likely(person, message, behaviour, year):
        return None
    kinds = behaviour.answers.model_dump()
    kind = chance.choices(list(kinds), list(kinds.values()))[0]
    doing = doing_in(person, year, behaviour)
    text = PICTURE if kind == "picture" else sayings.first_answer(kind, doing, chance, message.line)
    return Said(_first_wait(person, behaviour), text)


def _likely(person: Person, message: Message, behaviour: Behaviour, year: int) -> float:
    replies = behaviour.replies
    by_try = replies.telegram if message.channel is ChannelName.TELEGRAM else replies.sms
    number = min(message.attempt or 1, len(by_try))
    in_year = replies.by_year[min(year, len(replies.by_year)) - 1]
    return by_try[number - 1] * in_year * person.eagerness


def _goes_on(person: Person, line: str, year: int, behaviour: Behaviour) -> Said | None:
    doing = doing_in(person, year, behaviour)
    text = sayings.answer(line, doing, person.name.split()[0], person.chance)
    if text is None:
        return None
    if line == "question.confirm":
        text = sayings.YES if person.told in (None, doing) else sayings.NO
    elif not line.startswith("ask.who."):
        person.told = doing
    delays = behaviour.delays
    return Said(_drawn(person.chance, delays.next_minutes, delays.next_sigma), text)


def _first_wait(person: Person, behaviour: Behaviour) -> timedelta:
    delays = behaviour.delays
    return _drawn(person.chance, delays.first_minutes, delays.first_sigma)


def _drawn(chance: Random, median_minutes: float, sigma: float) -> timedelta:
    """A log-normal wait in whole seconds, from 5 seconds to :data:`_LONGEST`."""
    seconds = round(60 * median_minutes * exp(sigma * chance.gauss(0, 1)))
    return min(max(timedelta(seconds=seconds), timedelta(seconds=5)), _LONGEST)


def _year(person: Person, now: datetime) -> int:
    return max(1, academic_year_of(now.date()) - person.cohort.leaving_year + 1)
