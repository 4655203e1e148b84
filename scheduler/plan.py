"""A school's procedure made ready for its cohorts: their waves, and who may be asked in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from contact.alumnus import Cohort
from contact.candidate import Candidate, WaveWindow
from contact.school import School
from scheduler.due import Reason, decide
from scheduler.procedure import Procedure, allows
from scheduler.term import TermsOf
from scheduler.wave import Wave, wave_on, waves_of


@dataclass(frozen=True)
class Plan:
    """A school with its procedure; ``cadences``: how often each consent wording allows contact."""

    school: School
    procedure: Procedure
    terms_of: TermsOf
    cadences: Mapping[str, str]
    _waves: dict[Cohort, tuple[Wave, ...]] = field(default_factory=dict, compare=False)

    def waves(self, cohort: Cohort) -> tuple[Wave, ...]:
        """The waves of a cohort in the order of time."""
        if cohort not in self._waves:
            self._waves[cohort] = waves_of(self.procedure, cohort, self.terms_of)
        return self._waves[cohort]

    def wave_on(self, cohort: Cohort, day: date) -> Wave | None:
        """The wave of ``cohort`` that ``day`` belongs to: the open one, the next, or the last."""
        return wave_on(self.waves(cohort), day)

    def window(self, cohort: Cohort, wave: Wave) -> WaveWindow:
        """The wave as the memory must know it to select who is due."""
        return WaveWindow(
            school=self.school.id,
            cohort=cohort.id,
            wave=wave.name,
            opens=wave.opens,
            terms=wave.terms,
            known_from=wave.known_from,
            not_known_from=tuple(sorted(wave.not_known_from)),
            wordings=tuple(
                name for name, cadence in self.cadences.items() if allows(cadence, wave.term)
            ),
        )

    def judge(self, candidate: Candidate, wave: Wave | None, day: date) -> Reason:
        """Whether a case opens for ``candidate`` in ``wave`` on ``day``, and why."""
        return decide(candidate.facts_under(self.cadences), wave, day)


Plans = Mapping[str, Plan]
