"""What the doctor sees coming: procedures that ask nobody, terms without dates, late work."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from contact.alumnus import Cohort
from contact.errors import Misconfigured
from contact.flag import Severity
from contact.hours import london_day
from contact.ports import Work
from followup.wiring import House, now
from scheduler.agenda import Entry, standing
from scheduler.plan import Plan
from scheduler.term import missing_terms
from scheduler.ticking_off import ticked_off
from storage.within import Within

#: So long before a term its dates are asked for.
TERMS_AHEAD: Final = timedelta(days=120)
#: So many late actions are named in one line.
_NAMED = 5


def check_procedures(house: House) -> None:
    """Misconfigured where a procedure cannot be carried out.

    That is where no consent wording supports a wave, or all windows of a
    cohort lie in the past and nobody of it was ever asked, though some may be.
    """
    known = {name: each.cadence for name, each in house.wordings.items()}
    for plan in house.plans.values():
        plan.procedure.check_wordings(known)
    house.memory.read(_check_windows, house.plans.values(), london_day(now())).result()


def terms(house: House) -> str:
    """A line for the schools whose coming terms have no dates of their own; empty for none."""
    today = london_day(now())
    said = []
    for name, plan in house.plans.items():
        missing = missing_terms(plan.terms_of, today, TERMS_AHEAD)
        if missing:
            spans = ", ".join(f"{each.starts.year}-{each.name}" for each in missing)
            said.append(f"{name} has no dates of its own for {spans}")
    if not said:
        return ""
    return f"{'; '.join(said)}: the usual ones stand in until they are in [[school]] terms"


def overdue(house: House) -> str:
    """A line on the work of people that is late; empty where none is."""
    done = house.memory.read(ticked_off).result()
    today = london_day(now())
    late = [each for plan in house.plans.values() for each in standing(plan, today, done).overdue]
    if not late:
        return ""
    named = "; ".join(_named(each) for each in late[:_NAMED])
    more = f"; and {len(late) - _NAMED} more" if len(late) > _NAMED else ""
    helper = next((f", or turn to: {each.escalate_to}" for each in late if each.escalate_to), "")
    return f"{len(late)} overdue: {named}{more} (`followup agenda --done NAME`{helper})"


def late_flags(house: House, *, whole: bool) -> str:
    """A line on the flags nobody has looked at in time, school by school; empty for none.

    Unless ``whole``, what belongs to no school is left out.
    """
    schools = frozenset(each.id for each in house.settings.school)
    memory = house.memory if whole else Within(house.memory, schools, strays=False)
    flags = memory.read(lambda work: work.flags.list()).result()
    late = [each for each in flags if each.due_at < now()]
    if not late:
        return ""
    counts = Counter(each.school or "no school" for each in late)
    told = ", ".join(f"{school} {count}" for school, count in sorted(counts.items()))
    urgent = [str(each.id) for each in late if each.severity is Severity.URGENT]
    first = f"; urgent: {', '.join(urgent[:_NAMED])}" if urgent else ""
    return f"{len(late)} overdue ({told}){first}: run followup review"


def _named(entry: Entry) -> str:
    leavers = f" for the leavers of {entry.leaving_year}" if entry.leaving_year else ""
    return f"{entry.school} {entry.name}{leavers} since {entry.due.day} {entry.due:%B}"


def _check_windows(work: Work, plans: Iterable[Plan], today: date) -> None:
    by_school = {plan.school.id: plan for plan in plans}
    for cohort in work.cohorts.all():
        plan = by_school.get(cohort.school)
        if plan is not None and today <= cohort.consent_ends:
            _check_cohort(work, plan, cohort, today)


def _check_cohort(work: Work, plan: Plan, cohort: Cohort, today: date) -> None:
    waves = plan.waves(cohort)
    if not waves or waves[-1].last_opening_day >= today:
        return
    if not _nobody_was_asked(work, plan, cohort, today):
        return
    last = waves[-1]
    place = plan.procedure.place(("wave", last.name, "until"), ("wave", last.name))
    raise Misconfigured(
        f"{place}: every window of {cohort.id} lies in the past, and nobody of it was ever asked: "
        f"the last, wave {last.name}, ended on {last.until}. Correct the leaving year, "
        "or let the procedure ask later."
    )


def _nobody_was_asked(work: Work, plan: Plan, cohort: Cohort, today: date) -> bool:
    """Whether somebody of a cohort may be asked and nobody of it ever was."""
    somebody = False
    for each in work.due.candidates(plan.window(cohort, plan.waves(cohort)[-1])):
        if any(case.cohort == cohort.id for case in work.cases.of(each.alumnus)):
            return False
        until = each.facts.consent_until if each.facts.consent_granted else None
        somebody |= until is not None and today <= until and not each.facts.retained
    return somebody
