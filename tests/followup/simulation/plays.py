"""Small rehearsals for the tests: a few dozen invented alumni, and the ledger they leave."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
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
    """A case as the ledger has it: who, in which wave, and when and how each ask was accepted."""

    who: str
    cohort: str
    wave: str
    opened: datetime
    terms: Terms
    asks: tuple[datetime, ...]
    numbers: tuple[int, ...]
    kinds: tuple[str, ...]
    codes: tuple[str | None, ...]
    channels: tuple[str, ...]
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a rehearsal left: the cases, and what is known of each alumnus.

    ``consented`` are the references of those who agreed to be followed up,
    ``permitted`` each permission with its last day, ``told`` how often each
    of them told us what they do.
    """

    cases: tuple[Asked, ...]
    retained: frozenset[str]
    consented: frozenset[str]
    known_by_others: Mapping[str, tuple[date, ...]]
    permitted: frozenset[tuple[str, date]]
    told: Mapping[str, tuple[date, ...]]

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


def play(made: Script) -> Ledger:
    """Rehearse, and read the ledger."""
    return asyncio.run(rehearse_and(made, read_ledger))


def read_ledger(work: Work, _plan: Plan) -> Ledger:
    """What stands in the ledger when it is over."""
    people = list(work.alumni.everybody())

    def told_by(source: str) -> dict[str, tuple[date, ...]]:
        return {
            person.reference: tuple(
                london_day(each.known_since)
                for each in work.destinations.of(person.id)
                if each.source == source
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
        known_by_others=told_by("provider"),
        permitted=frozenset(
            (str(given.purpose), given.until)
            for each in people
            for given in work.consents.of(each.id)
        ),
        told=told_by("alumnus"),
    )


def _asked(work: Work, who: str, case: Any) -> Asked:
    messages = work.messages.of_case(case.id)
    asks = [m for m in messages if m.kind is MessageKind.ASK and m.accepted_at]
    endings = work.cases.endings(case.id)
    return Asked(
        who,
        case.cohort,
        case.wave,
        case.opened_at,
        case.terms,
        tuple(sorted(m.accepted_at for m in asks if m.accepted_at)),
        tuple(sorted(each.number for each in work.attempts.of(case.id))),
        tuple(str(m.kind) for m in messages if m.accepted_at),
        tuple(each.code for each in endings),
        tuple(str(m.channel) for m in asks),
        tuple(each.detail for each in endings),
    )


def months(cases: Iterable[Asked]) -> set[int]:
    """The months in which anybody was asked."""
    return {london_day(at).month for case in cases for at in case.asks}
