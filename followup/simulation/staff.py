"""Invented staff: each school day they close flags, the most urgent first, while there is time."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from contact.address import ChannelName
from contact.case import CaseState
from contact.desk import Desk
from contact.errors import FollowUpError
from contact.flag import Decision, Flag, FlagKind
from contact.hours import LONDON, london_day
from contact.opening import look_again
from contact.ports import Work
from contact.recording import Known
from contact.review import Ruling, close_flag
from followup.simulation.behaviour import Behaviour
from followup.simulation.cohort import Person, add_address, new_number
from scheduler.term import closed_day

_BY = "invented staff"
_DAYS_A_WEEK = 5
#: What staff make of an unclear answer: further education, when they make it out.
_MADE_OUT = Known("230")
_DECISIONS = {
    FlagKind.WORRY: Decision.CALL_MADE,
    FlagKind.CALL_BACK: Decision.CALL_MADE,
    FlagKind.WRONG_PERSON: Decision.WRONG_PERSON,
}


def next_day(after: datetime, behaviour: Behaviour) -> datetime:
    """When staff look next: on a weekday that is no holiday, at their hour, in London."""
    day: date = london_day(after)
    while True:
        at = datetime.combine(day, behaviour.staff.at, LONDON)
        if at > after and day.weekday() < _DAYS_A_WEEK and not closed_day(day):
            return at
        day += timedelta(days=1)


class Staff:
    """Those who look at flags, with so many minutes a day."""

    def __init__(self, people: Mapping[UUID, Person], behaviour: Behaviour, chance: Random) -> None:
        self._people = people
        self._staff = behaviour.staff
        self._chance = chance
        self._ids = Random(chance.getrandbits(64))  # noqa: S311  nobody guesses it
        self._found: dict[UUID, int] = {}

    def look(self, work: Work, desk: Desk, now: datetime) -> int:
        """Close what there is time for today; how many flags that were."""
        left = self._staff.hours_a_week * 60 / _DAYS_A_WEEK
        # By severity and age, as `flags list` shows them; ids follow the order of time.
        flags = sorted(work.flags.list(), key=lambda each: (each.due_at, each.id))
        done = 0
        for flag in flags:
            if left <= 0:
                break
            left -= self._staff.takes(flag.kind)
            self._close(work, flag, desk, now)
            done += 1
        return done

    def _close(self, work: Work, flag: Flag, desk: Desk, now: datetime) -> None:
        try:
            close_flag(work, flag.id, self._ruling(flag), desk, now)
        except FollowUpError:
            # What was decided does not fit any more: then there is nothing to do.
            close_flag(work, flag.id, Ruling(Decision.NO_ANSWER_NEEDED, _BY), desk, now)
        if flag.kind in (FlagKind.NO_ADDRESS, FlagKind.WRONG_PERSON) and flag.alumnus:
            self._look_for_a_number(work, flag.alumnus, now)

    def _ruling(self, flag: Flag) -> Ruling:
        if flag.kind is FlagKind.UNCLEAR:
            if self._chance.random() < self._staff.codes:
                return Ruling(Decision.CODE, _BY, _MADE_OUT)
            return Ruling(Decision.ASK_AGAIN, _BY)
        return Ruling(_DECISIONS.get(flag.kind, Decision.NO_ANSWER_NEEDED), _BY)

    def _look_for_a_number(self, work: Work, who: UUID, now: datetime) -> None:
        """Some are found by asking at home; then their case goes on at once."""
        person = self._people.get(who)
        if person is None or self._chance.random() >= self._staff.finds_number:
            return
        turn = self._found[who] = self._found.get(who, 2) + 1
        gives_number(work, person, new_number(person, turn), self._ids, now)


def gives_number(work: Work, person: Person, number: str, ids: Random, now: datetime) -> None:
    """A new number is known of somebody: it is tried first, from now on."""
    add_address(work, person.alumnus, ChannelName.SMS, number, 0, ids)
    work.cohorts.touch(person.alumnus)
    case = work.cases.current(person.alumnus)
    if case is not None and case.state is CaseState.OPEN:
        look_again(work, case, now)
