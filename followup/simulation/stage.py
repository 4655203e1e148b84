"""The private house in which a procedure is rehearsed: the real rooms, an own database."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from bot.speech import Speech
from bot.survey_file import load_survey, load_words
from bot.understanding import understand
from contact.address import ChannelName
from contact.desk import Desk
from contact.school import School, Schools
from followup.simulation.behaviour import Behaviour
from followup.wordings import shipped_wordings
from scheduler.plan import Plan, Plans
from scheduler.procedure import Procedure
from scheduler.term import closed_day, default_terms
from storage.crypto import Vault, new_master_key
from storage.private_memory import PrivateMemory

#: The one school of a rehearsal.
SCHOOL: Final = "rehearsal"
#: A folder in memory, where the machine has one.
_IN_MEMORY: Final = Path("/dev/shm")  # noqa: S108  a private folder is made in it
#: More texts than invented alumni know.
_READINGS: Final = 4_096


@dataclass(frozen=True, slots=True)
class Stage:
    """A house for one rehearsal: it knows no settings file, no key but its own, no gateway."""

    memory: PrivateMemory
    plan: Plan
    desk: Desk
    speech: Speech

    @property
    def plans(self) -> Plans:
        """The one school's plan."""
        return {SCHOOL: self.plan}

    @property
    def schools(self) -> Schools:
        """The one school."""
        return {SCHOOL: self.plan.school}


@contextmanager
def staged(procedure: Procedure, behaviour: Behaviour) -> Iterator[Stage]:
    """A house with an empty database in a temporary folder, which goes when it is over."""
    with TemporaryDirectory(prefix="rehearsal-", dir=_folder()) as folder:
        url = f"sqlite:///{Path(folder) / 'rehearsal.db'}"
        memory = PrivateMemory(url, Vault(new_master_key()))
        try:
            yield _stage(memory, procedure, behaviour)
        finally:
            memory.close()


def _stage(memory: PrivateMemory, procedure: Procedure, behaviour: Behaviour) -> Stage:
    # A wording that is not there yet may be rehearsed before it is written.
    cadences = {promise.wording: promise.cadence for promise in procedure.wordings}
    cadences |= {name: each.cadence for name, each in shipped_wordings().items()}
    school = _school(procedure, behaviour)
    plan = Plan(school, procedure, default_terms, procedure.cadences(cadences))
    # The same few texts come again and again, and are always read alike.
    reads = lru_cache(_READINGS)(understand)
    speech = Speech(load_words(), load_survey(), reads)
    desk = Desk(
        schools={SCHOOL: plan.school},
        words=speech,
        channels=frozenset((ChannelName.SMS, ChannelName.TELEGRAM)),
    )
    return Stage(memory, plan, desk, speech)


def _school(procedure: Procedure, behaviour: Behaviour) -> School:
    rules, money = procedure.rules, behaviour.money
    return School(
        id=SCHOOL,
        name="the school",
        short_name="your old school",
        hours=rules.hours(closed_day),
        max_messages_per_day=rules.max_messages_per_day,
        monthly_budget_pence=money.monthly_budget_pence or rules.monthly_budget_pence,
        segment_pence=money.segment_pence,
        careers_contact="careers@example.org",
        safeguarding_contact="the safeguarding lead",
    )


def _folder() -> Path | None:
    usable = _IN_MEMORY.is_dir() and os.access(_IN_MEMORY, os.W_OK)
    return _IN_MEMORY if usable else None
