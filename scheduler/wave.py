"""The waves of a cohort: when each of a procedure's collection points opens and ends."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

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

    A window must lie in its own academic year, not end before it opens, not
    overlap another, and have the room and the open hours for all its tries; no
    return may be due before its wave, nothing before it may begin. The line
    that is wrong is named where the procedure was read from a file.
    """
    for leaving_year in leaving_years:
        waves = _dated(procedure, leaving_year, terms_of)
        for wave in waves:
            _check_window(procedure, wave)
        for earlier, later in pairwise(waves):
            _check_apart(procedure, earlier, later)
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
    opens, ends = _place(procedure, wave, "from"), _place(procedure, wave, "until", "from")
    name, until = f"wave {wave.name}", f"wave {wave.name}: until: {wave.until}"
    if wave.opens < _year_begins(wave.academic_year):
        raise Misconfigured(
            f"{opens}: {name}: from: {wave.opens} lies in the past: its year begins in "
            f"September {wave.academic_year}, after they have left"
        )
    if wave.until >= date(wave.academic_year + 1, 9, 1):
        raise Misconfigured(f"{ends}: {until} is after its year, which ends in August")
    if wave.until < wave.opens:
        raise Misconfigured(f"{ends}: {until} is before from, {wave.opens}")
    if wave.last_opening_day < wave.opens:
        days = (wave.until - wave.opens).days + 1
        raise Misconfigured(
            f"{ends}: {until} leaves {days} days from {wave.opens}, but {wave.rules.tries} "
            f"tries take {wave.rules.room_days + 1}"
        )
    if (number := _shut_out(wave)) is not None:
        raise Misconfigured(
            f"{ends}: {until} leaves fewer open days than {wave.rules.tries} tries need: "
            f"from {wave.opens} there is no open hour for try {number}"
        )


def _year_begins(academic_year: int) -> date:
    """Some schools come back in the last days of August."""
    return date(academic_year, 8, 15)


def _shut_out(wave: Wave) -> int | None:
    """The first try for which the window has no open day left, begun on its first; or None.

    The next ask waits for the gap and for the end of the reply time.
    """
    hours = wave.rules.hours(closed_day)
    apart = timedelta(days=max(wave.rules.gap_days, wave.rules.reply_days + 1))
    day = wave.opens
    for number in range(1, wave.rules.tries + 1):
        while day <= wave.until and hours.open_on(day) is None:
            day += timedelta(days=1)
        if day > wave.until:
            return number
        day += apart
    return None


def _check_apart(procedure: Procedure, earlier: Wave, later: Wave) -> None:
    if later.opens <= earlier.until:
        where = procedure.place(
            ("wave", later.name, "from"),
            ("wave", earlier.name, "until"),
            ("wave", later.name),
        )
        raise Misconfigured(
            f"{where}: wave {later.name}: from: {later.opens} overlaps "
            f"{earlier.name}, which lasts until {earlier.until}"
        )


def _place(procedure: Procedure, wave: Wave, *keys: str) -> str:
    """Where the first of a wave's ``keys`` that is written stands, else the wave."""
    parts = [("wave", wave.name, key) for key in keys]
    return procedure.place(*parts, ("wave", wave.name))


def _check_duties(
    procedure: Procedure, leaving_year: int, terms_of: TermsOf, waves: Sequence[Wave]
) -> None:
    opens = {wave.name: wave.opens for wave in waves}
    for duty in procedure.duties:
        due = duty.due_on(leaving_year, terms_of)
        begins = duty.begins_on(leaving_year, terms_of)
        place = procedure.place(("duty", f"y{duty.year}-{duty.name}", "due"))
        if duty.wave and due < opens[duty.wave]:
            raise Misconfigured(
                f"{place}: {duty.name}: due: {due} is before "
                f"wave {duty.wave} opens on {opens[duty.wave]}"
            )
        if begins and due < begins:
            raise Misconfigured(f"{place}: {duty.name}: due: {due} is before from, {begins}")
