"""Small rehearsals for the tests: a few dozen invented alumni, and the ledger they leave."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from contact.alumnus import Cohort, KeyStage
from contact.case import Terms
from contact.hours import london_day
from contact.message import MessageKind
from followup.simulation.behaviour import Behaviour, load
from followup.simulation.run import Script, rehearse_and
from followup.simulation.stage import SCHOOL
from scheduler.plan import Plan
from scheduler.procedure_file import load as load_procedure
from storage.work import Work

LEFT = 2025
STARTS, ENDS = date(2025, 9, 1), date(2028, 8, 31)


@dataclass(frozen=True, slots=True)
class Asked:
    """A case as the ledger has it: who, in which wave, and when each ask was accepted."""

    who: str
    cohort: str
    wave: str
    opened: datetime
    terms: Terms
    asks: tuple[datetime, ...]
    numbers: tuple[int, ...]
    kinds: tuple[str, ...]
    codes: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a rehearsal left: the cases, and what is known of each alumnus."""

    cases: tuple[Asked, ...]
    retained: frozenset[str]
    consented: frozenset[str]
    known_by_others: Mapping[str, tuple[date, ...]]

    def by_wave(self) -> dict[str, list[Asked]]:
        """The cases of each wave."""
        found = defaultdict(list)
        for case in self.cases:
            found[case.wave].append(case)
        return dict(found)


def behaviour(**sections: Mapping[str, Any]) -> Behaviour:
    """The shipped behaviour, with the keys of ``sections`` instead."""
    found = load()
    for name, keys in sections.items():
        section = getattr(found, name).model_copy(update=dict(keys))
        found = found.model_copy(update={name: section})
    return found


def script(name: str, alumni: int = 24, **changes: Any) -> Script:
    """Three years of a procedure with a few alumni who left in 2025."""
    procedure = load_procedure(name)
    stage = KeyStage.KS4 if KeyStage.KS4 in procedure.who else KeyStage.KS5
    made = Script(procedure, (Cohort(SCHOOL, stage, LEFT),), alumni, STARTS, ENDS, load())
    return replace(made, **changes)


@cache
def three_years(name: str) -> Ledger:
    """The ledger of three years of a shipped procedure; some stayed in the own sixth form."""
    some_stay = behaviour(people={"own_sixth_form": 0.2, "shared_phone": 0.1})
    return play(script(name, behaviour=some_stay))


def play(made: Script) -> Ledger:
    """Rehearse, and read the ledger."""
    return asyncio.run(rehearse_and(made, _read))


def _read(work: Work, plan: Plan) -> Ledger:
    people = list(work.alumni.everybody())
    told = {
        person.reference: tuple(
            london_day(each.known_since)
            for each in work.destinations.of(person.id)
            if each.source == "provider"
        )
        for person in people
    }
    return Ledger(
        cases=tuple(
            _asked(work, person.reference, case)
            for person in people
            for case in work.cases.of(person.id)
        ),
        retained=frozenset(
            each.reference for each in people if any(m.retained for m in work.cohorts.of(each.id))
        ),
        consented=frozenset(each.reference for each in people if work.consents.of(each.id)),
        known_by_others=told,
    )


def _asked(work: Work, who: str, case: Any) -> Asked:
    messages = work.messages.of_case(case.id)
    asks = [m for m in messages if m.kind is MessageKind.ASK and m.accepted_at]
    return Asked(
        who,
        case.cohort,
        case.wave,
        case.opened_at,
        case.terms,
        tuple(sorted(m.accepted_at for m in asks if m.accepted_at)),
        tuple(sorted(each.number for each in work.attempts.of(case.id))),
        tuple(str(m.kind) for m in messages if m.accepted_at),
        tuple(each.code for each in work.cases.endings(case.id)),
    )


def months(cases: Iterable[Asked]) -> set[int]:
    """The months in which anybody was asked."""
    return {london_day(at).month for case in cases for at in case.asks}
