"""What a school promised, held against three rehearsed years and the agenda of the same years."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

from contact.alumnus import Cohort, KeyStage
from contact.hours import LONDON, london_day
from followup.simulation.run import rehearse_and
from followup.simulation.stage import SCHOOL
from scheduler.agenda import Entry, agenda
from scheduler.plan import Plan
from scheduler.procedure import Procedure
from scheduler.reaching import Reached, to_reach
from scheduler.term import closed_day
from scheduler.wave import Wave
from storage.work import Work
from tests.followup.simulation.plays import LEFT, Asked, Ledger, behaviour, read_ledger, script

#: From the September of the year they leave in; four months more than they are followed for.
FIRST, LAST = date(LEFT - 1, 9, 1), date(LEFT + 3, 12, 31)
#: The last day of the three years.
ENDS = date(LEFT + 3, 8, 31)
GAP = timedelta(days=5)
#: What the service itself may use; all else is people's work.
OURS = {"sms", "telegram"}
WAYS = ("email", "phone", "letter")

#: The terms of the leavers of 2025, by the year after they left.
AUTUMNS = {1: "2025-09-02..2025-12-19", 2: "2026-09-02..2026-12-18", 3: "2027-09-02..2027-12-17"}
SPRINGS = {1: "2026-01-05..2026-03-27", 2: "2027-01-04..2027-03-25", 3: "2028-01-04..2028-03-31"}
ENDS_OF_SUMMER = {1: "2026-07-22", 2: "2027-07-21", 3: "2028-07-19"}


@dataclass(frozen=True, slots=True)
class Years:
    """Three rehearsed years of a preset, and its agenda for the leavers of 2025.

    ``entries`` and ``lists`` are by an action's name and its year after leaving.
    """

    people: int
    procedure: Procedure
    waves: Mapping[str, Wave]
    ledger: Ledger
    entries: Mapping[tuple[str, int], Entry]
    lists: Mapping[tuple[str, int], Reached]

    def asked(self) -> dict[str, set[str]]:
        """Who was asked, by the wave."""
        return {
            wave: {case.who for case in cases if case.asks}
            for wave, cases in self.ledger.by_wave().items()
        }

    def asks(self) -> list[tuple[Asked, date]]:
        """Each ask that was accepted, with its London day."""
        return [(case, london_day(at)) for case in self.ledger.cases for at in case.asks]

    def dates(self, name: str) -> dict[int, str]:
        """The days of an action by its year: ``2025-09-02..2025-12-19``, or the last day alone."""
        return {
            year: f"{each.begins}..{each.due}" if each.begins else f"{each.due}"
            for (found, year), each in self.entries.items()
            if found == name
        }


@cache
def rehearsed(name: str, *stages: KeyStage, alumni: int = 24) -> Years:
    """The years of a preset with ``alumni`` of each stage; some stayed in the own sixth form."""
    cohorts = tuple(Cohort(SCHOOL, stage, LEFT) for stage in stages)
    people = {
        "own_sixth_form": 0.2,
        "shared_phone": 0.1,
        "telegram": 0.2,
        # A gateway's and a wrong number's ways are told elsewhere.
        "dead_number": 0.0,
        "changes_number": 0.0,
    }
    made = script(name, alumni, cohorts=cohorts, ends=LAST, behaviour=behaviour(people=people))

    def read(work: Work, plan: Plan) -> Years:
        entries = {
            (each.name, each.year): each
            for each in agenda(plan, FIRST, LAST)
            if each.leaving_year == LEFT
        }
        return Years(
            people=alumni * len(stages),
            procedure=plan.procedure,
            waves={wave.name: wave for wave in plan.waves(cohorts[0])},
            ledger=read_ledger(work, plan),
            entries=entries,
            lists={key: to_reach(work, plan, each, each.due) for key, each in entries.items()},
        )

    return asyncio.run(rehearse_and(made, read))


def check_tries(years: Years) -> None:
    """At most three tries a case, the gap between them, each of them in the wave's window."""
    assert {number for case in years.ledger.cases for number in case.numbers} == {1, 2, 3}
    for case in years.ledger.cases:
        wave, days = years.waves[case.wave], [london_day(at) for at in case.asks]
        assert len(set(case.numbers)) == len(case.numbers) <= 3
        # One ask a try: more would be a resend of the same.
        assert len(days) <= len(case.numbers)
        assert all(later - earlier >= GAP for earlier, later in pairwise(days))
        assert all(wave.opens <= day <= wave.until for day in days)


def check_hours(years: Years) -> None:
    """Open hours by the London clock, on both sides of its changes, and no ask on a closed day."""
    times = [at.astimezone(LONDON) for case in years.ledger.cases for at in case.asks]

    assert all(9 <= at.hour < 20 for at in times)
    assert all(at.weekday() < 6 and not closed_day(at.date()) for at in times)


def check_unknown_after_three(years: Years) -> None:
    """Whoever answered none of three is unknown for that wave, and asked again in the next."""
    given_up = [case for case in years.ledger.cases if "tries_used" in case.details]

    assert given_up
    assert all(case.numbers == (1, 2, 3) for case in given_up)
    assert all(case.codes[0] == "810" for case in given_up)
    assert any(
        later.who == case.who and later.opened > case.opened
        for case in given_up
        for later in years.ledger.cases
    )


def check_follows_three_years(years: Years) -> None:
    """Asked in the first and the third year, and never after its August."""
    days = [day for _, day in years.asks()]

    assert date(LEFT, 9, 1) <= min(days) < date(LEFT + 1, 9, 1)
    assert date(LEFT + 2, 9, 1) <= max(days) <= ENDS
    assert {until for _, until in years.ledger.permitted} == {ENDS}


def check_only_with_permission(years: Years) -> None:
    """Nobody is asked who did not agree, and what they agreed to is tracking alone."""
    assert {case.who for case in years.ledger.cases} < years.ledger.consented
    assert {purpose for purpose, _ in years.ledger.permitted} == {"tracking"}


def check_list_of_unknown(years: Years, name: str, year: int) -> None:
    """People's list: whom we may contact then, are not retained, and nobody told us about."""
    entry, since = years.entries[name, year], date(LEFT + year - 1, 9, 1)
    people = {each.reference for each in years.lists[name, year].people}
    known = {
        who
        for told in (years.ledger.told, years.ledger.known_by_others)
        for who, days in told.items()
        if any(day >= since for day in days)
    }

    assert entry.reach == "not_known"
    assert people
    assert known
    assert people <= years.ledger.consented - years.ledger.retained - known
    assert sum(count for _, count in years.lists[name, year].left_out) + len(people) == years.people
