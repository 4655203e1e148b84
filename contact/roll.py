"""Who is on a school's roll: staying in its own sixth form, leaving it, and leaving at Year 13."""

from datetime import date, datetime
from uuid import UUID

from contact.alumnus import Alumnus, Cohort, KeyStage, Membership
from contact.audit import Deed
from contact.case import Disposition
from contact.errors import NotAllowed
from contact.opening import end_case
from contact.ports import Work

#: How a case ends of somebody who is a pupil of the school again, or still.
OWN_SIXTH_FORM = "own_sixth_form"
#: From the summer of Year 11 to the summer of Year 13.
_SIXTH_FORM_YEARS = 2
#: Nobody who left Year 11 longer ago is looked at by the roll-over.
_LONGEST_AGO = 6


def join_cohort(work: Work, who: UUID, cohort: Cohort, now: datetime) -> None:
    """Put somebody in a cohort, so that they are asked under the right one only.

    Who left at Year 13 was retained at Year 11. Of two years for one leaving
    the one that is told now is right, and the other is forgotten.
    """
    others = [each.cohort for each in work.cohorts.of(who) if each.cohort.school == cohort.school]
    stays = cohort.key_stage is KeyStage.KS4 and any(_is_later(each, cohort) for each in others)
    work.cohorts.join(Membership(who, cohort, retained=stays))
    for other in others:
        if other.key_stage is cohort.key_stage and other != cohort:
            _end_running(work, who, other, "other_cohort", now)
            work.cohorts.leave(who, other.id)
        elif _is_later(cohort, other):
            _retain(work, Membership(who, other), now)
    work.cohorts.touch(who)


def stays_on(work: Work, person: Alumnus, by: str, now: datetime, year: int | None = None) -> bool:
    """Somebody is on the roll of the school's own sixth form: retained, and never texted.

    ``year`` is the summer they left Year 11 in, the last one where it is left
    out. Their running case ends. False where that was known; NotAllowed where
    they did not leave Year 11 then, or have left Year 13.
    """
    work.alumni.lock(person.id)
    member = _year_11(work, person, year)
    if member.retained:
        return False
    _retain(work, member, now)
    work.cohorts.touch(person.id)
    detail = f"on {member.cohort.id}"
    work.audit.write(Deed(now, by, "roll", person.id, detail=detail))
    return True


def leaves(work: Work, person: Alumnus, by: str, now: datetime, year: int | None = None) -> bool:
    """Somebody left the school's own sixth form early: a leaver of Year 11 like the others.

    Arguments, answer and errors as :func:`stays_on`.
    """
    work.alumni.lock(person.id)
    member = _year_11(work, person, year)
    if not member.retained:
        return False
    work.cohorts.join(Membership(person.id, member.cohort, retained=False))
    work.cohorts.touch(person.id)
    detail = f"off {member.cohort.id}"
    work.audit.write(Deed(now, by, "roll", person.id, detail=detail))
    return True


def roll_over(work: Work, school: str, day: date, by: str, now: datetime) -> list[UUID]:
    """Make leavers of those whose Year 13 ended in the summer before ``day``; who they are.

    Whoever was retained two summers or more ago joins the Year 13 leavers of
    that summer. Safe to run again: whoever left is not looked at any more.
    Their permission is not made longer; a new form does that.
    """
    last_summer = day.year if day >= date(day.year, 9, 1) else day.year - 1
    left = []
    for cohort in work.cohorts.all():
        if cohort.school == school and _has_had_year_13(cohort, last_summer):
            left += _graduates(work, cohort, by, now)
    return left


def _has_had_year_13(cohort: Cohort, last_summer: int) -> bool:
    ago = last_summer - cohort.leaving_year
    return cohort.key_stage is KeyStage.KS4 and _SIXTH_FORM_YEARS <= ago <= _LONGEST_AGO


def _graduates(work: Work, cohort: Cohort, by: str, now: datetime) -> list[UUID]:
    year = cohort.leaving_year + _SIXTH_FORM_YEARS
    stayed = work.cohorts.retained(cohort.id)
    left = [who for who in stayed if _is_to_leave(work, who, cohort)]
    for who in left:
        _graduate(work, who, Cohort(cohort.school, KeyStage.KS5, year), by, now)
    return left


def _is_to_leave(work: Work, who: UUID, cohort: Cohort) -> bool:
    """Whether nobody has noted yet that they left at Year 13."""
    return not any(_is_later(each.cohort, cohort) for each in work.cohorts.of(who))


def _graduate(work: Work, who: UUID, cohort: Cohort, by: str, now: datetime) -> None:
    work.alumni.lock(who)
    join_cohort(work, who, cohort, now)
    work.audit.write(Deed(now, by, "roll_over", who, detail=cohort.id))


def _year_11(work: Work, person: Alumnus, year: int | None) -> Membership:
    """Their leaving of Year 11 (in the summer of ``year``); NotAllowed where there is none."""
    of_school = [each for each in work.cohorts.of(person.id) if each.cohort.school == person.school]
    found = [each for each in of_school if each.cohort.key_stage is KeyStage.KS4]
    chosen = [each for each in found if year in (None, each.cohort.leaving_year)]
    if not chosen:
        raise NotAllowed(f"{person.reference} did not leave Year 11 here{_in(year)}.")
    member = max(chosen, key=lambda each: each.cohort.leaving_year)
    later = [each.cohort.id for each in of_school if _is_later(each.cohort, member.cohort)]
    if later:
        raise NotAllowed(f"{person.reference} has left at Year 13 since: {later[0]}.")
    return member


def _in(year: int | None) -> str:
    return f" in {year}" if year else ""


def _is_later(one: Cohort, other: Cohort) -> bool:
    """Whether ``one`` is the leaving of Year 13 that came after ``other``, of Year 11."""
    stages = (one.key_stage, other.key_stage)
    return stages == (KeyStage.KS5, KeyStage.KS4) and one.leaving_year > other.leaving_year


def _retain(work: Work, member: Membership, now: datetime) -> None:
    work.cohorts.join(Membership(member.alumnus, member.cohort, retained=True))
    _end_running(work, member.alumnus, member.cohort, OWN_SIXTH_FORM, now)


def _end_running(work: Work, who: UUID, cohort: Cohort, detail: str, now: datetime) -> None:
    case = work.cases.current(who)
    if case is not None and case.cohort == cohort.id:
        end_case(work, case, Disposition.OTHER, detail, now)
