"""What is to be rehearsed, from what was asked for on the command line."""

from datetime import date
from pathlib import Path
from typing import Final

from contact.alumnus import Cohort
from contact.errors import Misconfigured
from followup.simulation.behaviour import load as load_behaviour
from followup.simulation.run import Script
from followup.simulation.stage import SCHOOL
from scheduler.procedure_file import load
from scheduler.term import default_terms
from scheduler.wave import check_waves

#: From July on, who leaves leaves this summer.
_JULY: Final = 7
#: Years for which the calendar of bank holidays is worth anything.
_YEARS: Final = range(2000, 2091)


def script_of(
    procedure: str,
    starts: date,
    ends: date,
    alumni: int,
    *,
    cohorts: str | None = None,
    behaviour: Path | None = None,
    seed: int = 1,
) -> Script:
    """The rehearsal; Misconfigured says, in one line, what cannot be rehearsed."""
    if not starts < ends:
        raise Misconfigured(f"--until {ends} is not after --from {starts}: choose a later day.")
    years = _leaving_years(cohorts) if cohorts else (leaving_year(starts),)
    if any(year not in _YEARS for year in years):
        raise Misconfigured(f"Leaving years lie between {_YEARS[0]} and {_YEARS[-1]}.")
    found = load(procedure)
    check_waves(found, years, default_terms)
    stage = min(found.who)
    return Script(
        found,
        tuple(Cohort(SCHOOL, stage, year) for year in years),
        alumni,
        starts,
        ends,
        load_behaviour(behaviour),
        seed,
    )


def leaving_year(starts: date) -> int:
    """The summer in which the cohort left whose first year ``starts`` lies in, or is about to."""
    return starts.year if starts.month >= _JULY else starts.year - 1


def _leaving_years(text: str) -> tuple[int, ...]:
    try:
        return tuple(sorted({int(each) for each in text.split(",")}))
    except ValueError:
        raise Misconfigured(
            f"--cohorts {text!r}: write leaving years, such as 2024,2025."
        ) from None
