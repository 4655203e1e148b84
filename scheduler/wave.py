"""The waves of a cohort: when each of a procedure's collection points opens and ends."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice, pairwise

from contact.alumnus import Cohort
from contact.case import Terms
from contact.destination import Source
from contact.errors import Misconfigured
from scheduler.procedure import Procedure, Rules, WavePlan
from scheduler.term import Season, TermsOf, closed_day


@dataclass(frozen=True, slots=True)
class Wave:
    """One collection point for one leaving year, ``opens`` and ``until`` included.

    ``year`` counts from 1 for the academic year after leaving; that year
    begins in September ``academic_year``.
    """

    name: str
    year: int
    term: Season
    opens: date
    until: date
    academic_year: int
    rules: Rules
    not_known_from: frozenset[Source] = frozenset()

    @property
    def last_opening_day(self) -> date:
        """The last day on which a case still has room for all its tries."""
        return self.until - timedelta(days=self.rules.room_days)

    @property
    def known_from(self) -> date:
        """What others said since this day counts as known: the academic year's 1 September."""
        return date(self.academic_year, 9, 1)

    @property
    def terms(self) -> Terms:
        """The promises a case of this wave opens under."""
        return self.rules.terms(self.until)

    def is_open(self, day: date) -> bool:
        """Whether ``day`` lies within it."""
        return self.opens <= day <= self.until

    def takes_cases(self, day: date) -> bool:
        """Whether a case may open on ``day``."""
        return self.opens <= day <= self.last_opening_day


def waves_of(procedure: Procedure, cohort: Cohort, terms_of: TermsOf) -> tuple[Wave, ...]:
    """The waves of ``cohort`` in the order of time; none where its key stage is not followed."""
    if cohort.key_stage not in procedure.who:
        return ()
    return _dated(procedure, cohort.leaving_year, terms_of)


def wave_on(waves: Iterable[Wave], day: date) -> Wave | None:
    """The wave that ``day`` belongs to: the open one, else the next, else the last.

    None where there is no wave, or the academic year of the last one is over.
    """
    last = None
    for wave in sorted(waves, key=lambda wave: wave.opens):
        if day <= wave.until:
            return wave
        last = wave
    return last if last and day < date(last.academic_year + 1, 9, 1) else None


def check_waves(procedure: Procedure, leaving_years: Iterable[int], terms_of: TermsOf) -> None:
    """Refuse windows that cannot be kept for one of ``leaving_years``: Misconfigured.

    A window must not end before it opens, overlap another, or lack the room
    or the open days for all its tries; no return may be due before its wave.
    """
    for leaving_year in leaving_years:
        waves = _dated(procedure, leaving_year, terms_of)
        for wave in waves:
            _check_window(procedure, wave)
        for earlier, later in pairwise(waves):
            if later.opens <= earlier.until:
                raise Misconfigured(
                    f"{procedure.name}: wave {later.name}: from: {later.opens} overlaps "
                    f"{earlier.name}, which lasts until {earlier.until}"
                )
        _check_duties(procedure, leaving_year, terms_of, waves)


def _dated(procedure: Procedure, leaving_year: int, terms_of: TermsOf) -> tuple[Wave, ...]:
    waves = (_wave(plan, procedure.rules, leaving_year, terms_of) for plan in procedure.waves)
    return tuple(sorted(waves, key=lambda wave: (wave.opens, wave.until)))


def _wave(plan: WavePlan, rules: Rules, leaving_year: int, terms_of: TermsOf) -> Wave:
    academic_year = leaving_year + plan.year - 1
    return Wave(
        name=plan.name,
        year=plan.year,
        term=plan.term,
        opens=plan.opens.on(academic_year, terms_of),
        until=plan.until.on(academic_year, terms_of),
        academic_year=academic_year,
        rules=rules,
        not_known_from=plan.not_known_from,
    )


def _check_window(procedure: Procedure, wave: Wave) -> None:
    where = f"{procedure.name}: wave {wave.name}: until: {wave.until}"
    if wave.until < wave.opens:
        raise Misconfigured(f"{where} is before from, {wave.opens}")
    if wave.last_opening_day < wave.opens:
        days = (wave.until - wave.opens).days + 1
        raise Misconfigured(
            f"{where} leaves {days} days from {wave.opens}, but {wave.rules.tries} tries "
            f"take {wave.rules.room_days + 1}"
        )
    if not _has_open_days(wave):
        raise Misconfigured(f"{where} leaves fewer open days than {wave.rules.tries} tries need")


def _has_open_days(wave: Wave) -> bool:
    """Whether there are as many open days in the window as tries."""
    hours = wave.rules.hours(closed_day)
    days = (wave.opens + timedelta(days=day) for day in range((wave.until - wave.opens).days + 1))
    open_days = (day for day in days if hours.open_on(day))
    return len(list(islice(open_days, wave.rules.tries))) == wave.rules.tries


def _check_duties(
    procedure: Procedure, leaving_year: int, terms_of: TermsOf, waves: Sequence[Wave]
) -> None:
    opens = {wave.name: wave.opens for wave in waves}
    for duty in procedure.duties:
        due = duty.due_on(leaving_year, terms_of)
        if duty.wave and due < opens[duty.wave]:
            raise Misconfigured(
                f"{procedure.name}: {duty.name}: due: {due} is before "
                f"wave {duty.wave} opens on {opens[duty.wave]}"
            )
