"""What must be known of an alumnus to say whether they are due."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from contact.case import CaseState, Disposition, Terms
from contact.destination import Source


class WaveCase(StrEnum):
    """How this wave's case stands, where there is one."""

    RUNNING = "running"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"


#: Endings that are an answer: "prefer not to say" is one.
ANSWERS = (Disposition.COMPLETE, Disposition.PARTIAL, Disposition.REFUSAL)
#: ``other`` endings that say the answer came another way.
ANSWERED_ELSEWHERE = ("just_answered", "known_elsewhere")


def wave_case_of(
    state: CaseState, disposition: Disposition | None = None, detail: str = ""
) -> WaveCase:
    """How a case with its newest ending stands for its wave."""
    if state is not CaseState.ENDED:
        return WaveCase.RUNNING
    if disposition in ANSWERS or detail in ANSWERED_ELSEWHERE:
        return WaveCase.ANSWERED
    return WaveCase.UNANSWERED


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rule needs to know of one alumnus in one cohort, on one day.

    ``retained``           stayed in the school's own sixth form
    ``opted_out``          withdrew from tracking: a stop on any channel, or told staff
    ``consent_granted``    a permission for tracking was recorded and not withdrawn
    ``consent_until``      the last London day of that permission; None counts as no permission
    ``cadence``            how often its wording allows contact: ``any``, ``annual_summer``
    ``in_review``          an open flag ``import_review``
    ``held``               staff stopped all automation
    ``paused``             an open flag of a pausing kind
    ``usable_address``     an address the service itself can send to
    ``number_in_use``      such an address is shared with an alumnus whose case is not ended
    ``wave_case``          the case of this alumnus in the wave that is asked about
    ``other_case_open``    a case of another wave (or cohort) that is not ended
    ``known_sources``      who has said what they do, since the wave's ``known_from``
    """

    retained: bool = False
    opted_out: bool = False
    consent_granted: bool = False
    consent_until: date | None = None
    cadence: str = "any"
    in_review: bool = False
    held: bool = False
    paused: bool = False
    usable_address: bool = False
    number_in_use: bool = False
    wave_case: WaveCase | None = None
    other_case_open: bool = False
    known_sources: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Candidate:
    """An alumnus of a cohort with the facts; ``shares`` where somebody else has the same number."""

    alumnus: UUID
    reference: str
    wording: str | None
    facts: Facts
    shares: bool

    def facts_under(self, cadences: Mapping[str, str]) -> Facts:
        """The facts with the cadence of their wording; one that nobody knows allows nothing."""
        return replace(self.facts, cadence=cadences.get(self.wording or "", ""))


@dataclass(frozen=True, slots=True)
class WaveWindow:
    """A wave as the memory must know it to select who is due in it.

    ``wordings`` are the consent wordings whose cadence allows it; ``None``
    where every wording does. ``opens`` is its first day; ``known_from`` the
    day since which what ``not_known_from`` says counts as known.
    """

    school: str
    cohort: str
    wave: str
    opens: date
    terms: Terms
    known_from: date
    not_known_from: tuple[Source, ...] = ()
    wordings: tuple[str, ...] | None = None
