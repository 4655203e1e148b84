"""A school's alumni as staff meet them: stored, with a case that runs and a flag to decide."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any, TypeVar
from uuid import UUID

import pytest

from bot.speech import Speech
from bot.survey_file import load_survey, load_words
from contact.address import Address, ChannelName
from contact.alumnus import Alumnus
from contact.attempt import Attempt, AttemptState
from contact.case import Case, Ending
from contact.conversation import Conversation
from contact.desk import Desk
from contact.flag import Flag, FlagKind
from contact.flagging import raise_flag
from contact.hours import Hours, deadline
from contact.message import Delivery, MessageKind
from contact.ports import Work
from contact.reply import Label, Reading, Reply, Slots
from contact.school import School
from tests.storage import cast

T = TypeVar("T")

NOW = cast.NOW
LATER = NOW + timedelta(days=1)
BY = "Miss Okafor"
HOURS = Hours(time(9), time(19, 30), frozenset(range(6)), closed=lambda _: False)
CANSFIELD = School("cansfield", "Cansfield High School", "Cansfield", HOURS)


def reading(**changes: Any) -> Reading:
    """What was made of a reply nobody could be sure of."""
    unsure = Reading(
        Label.AMBIGUOUS,
        code="230",
        confidence=0.41,
        review=True,
        slots=Slots(provider="Carmel College"),
        evidence=("carmel",),
        guesses=(Label.FE_COLLEGE, Label.SIXTH_FORM),
    )
    return replace(unsure, **changes)


def desk() -> Desk:
    """What whoever sends must have at hand."""

    def unsure(text: str, question: str | None = None, *, context: Label | None = None) -> Reading:
        return reading()

    speech = Speech(load_words(), load_survey(), unsure)
    return Desk({"cansfield": CANSFIELD}, speech, frozenset({ChannelName.SMS}))


@dataclass
class Staffroom:
    """The memory, and short ways to what the tests of staff's work need."""

    memory: Any
    desk: Desk

    def write(self, use_case: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Run a use case as one transaction."""
        done: T = self.memory.write(use_case, *args, **kwargs).result()
        return done

    def read(self, query: Callable[..., T], *args: Any) -> T:
        """Look."""
        seen: T = self.memory.read(query, *args).result()
        return seen

    def person(self, who: UUID) -> Alumnus:
        """An alumnus as stored now."""
        found: Alumnus | None = self.read(lambda work: work.alumni.get(who))
        assert found is not None
        return found

    def case(self, who: UUID) -> Case:
        """The newest case of an alumnus."""
        cases: list[Case] = self.read(lambda work: work.cases.of(who))
        return cases[-1]

    def ending(self, who: UUID) -> Ending:
        """How the newest case ended."""
        endings: list[Ending] = self.read(lambda work: work.cases.endings(newest(work, who)))
        return endings[-1]

    def attempts(self, who: UUID) -> list[Attempt]:
        """The tries of the newest case."""
        return self.read(lambda work: work.attempts.of(newest(work, who)))

    def flags(self, who: UUID) -> list[Flag]:
        """The flags about somebody."""
        return self.read(lambda work: work.flags.of(who))

    def deeds(self, who: UUID) -> list[str]:
        """What the audit says was done, in order."""
        return [deed.action for deed in self.read(lambda work: work.audit.of(who))]


def newest(work: Work, who: UUID) -> int:
    """The number of somebody's newest case."""
    return work.cases.of(who)[-1].id


def amina(work: Work, **given: Any) -> UUID:
    """Amina, with a permission, a number and a case that runs."""
    who = cast.add(work, cast.somebody(**given))  # type: ignore[arg-type]
    cast.open_case(work, who)  # type: ignore[arg-type]
    return who


def asked(work: Work, who: UUID, number: int = 1, at: datetime = NOW) -> Case:
    """The ask of a try went out, and we wait for an answer."""
    case = work.cases.current(who)
    assert case is not None
    address = work.addresses.of(who)[0]
    until = deadline(at, case.terms.reply_days)
    waiting = Attempt(case.id, number, AttemptState.WAITING, at, "sms", address.id, at, until)
    work.attempts.plan(waiting)
    work.messages.plan(
        cast.message(
            who,
            address=address.id,
            kind=MessageKind.ASK,
            line=f"ask.{number}",
            delivery=Delivery.ACCEPTED,
            text="Hi Mina, what are you doing now?",
            case=case.id,
            attempt=number,
            claimed_at=at,
            accepted_at=at,
            school="cansfield",
        )
    )
    moved = replace(case, act_at=until)
    work.cases.save(moved)
    return moved


def planned(work: Work, who: UUID, number: int = 1) -> UUID:
    """A try is planned, with its ask; the ask's id."""
    case = work.cases.current(who)
    assert case is not None
    work.attempts.plan(cast.attempt(case, number))
    ask = cast.message(
        who,
        address=work.addresses.of(who)[0].id,
        kind=MessageKind.ASK,
        line=f"ask.{number}",
        case=case.id,
        attempt=number,
        school="cansfield",
    )
    work.messages.plan(ask)
    return ask.id


def talking(work: Work, who: UUID, text: str = "carmel maybe") -> tuple[Conversation, Reply]:
    """They wrote something in the running case."""
    case = work.cases.current(who)
    assert case is not None
    endpoint = work.addresses.of(who)[0].endpoint
    talk = cast.conversation(case, endpoint)
    assert work.conversations.open(talk)
    came = cast.reply(
        endpoint, who, text=text, case=case.id, question="now", reading=reading(), received_at=NOW
    )
    assert work.replies.keep(came)
    return talk, came


def flagged(
    work: Work, who: UUID | None, kind: FlagKind = FlagKind.UNCLEAR, at: datetime = NOW, **more: Any
) -> int:
    """Something is put before staff; its number."""
    number = raise_flag(work, kind, CANSFIELD, at, alumnus=who, **more)
    assert number is not None
    return number


def unclear(work: Work) -> tuple[UUID, int]:
    """Amina was asked, wrote something nobody understood, and staff must look."""
    who = amina(work)
    case = asked(work, who)
    _, came = talking(work, who)
    return who, flagged(work, who, case=case.id, reply=came.id)


def second_number(work: Work, who: UUID, value: str = "+447700900002") -> Address:
    """Another number of the same alumnus."""
    other = cast.address(work, who, value, position=1)  # type: ignore[arg-type]
    work.addresses.add(other)
    return other


@pytest.fixture
def room(memory):
    """A staffroom with an empty database."""
    return Staffroom(memory, desk())
