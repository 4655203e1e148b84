"""Whom people reach themselves, by e-mail, call or letter, and which providers they ask."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from contact.address import UNUSABLE, Address, ChannelName
from contact.alumnus import Cohort
from contact.candidate import Candidate
from contact.consent import Purpose
from contact.destination import Destination, Source
from contact.names import fold
from contact.nccis import ACTIVITIES, Group
from contact.ports import Work
from scheduler.agenda import Entry
from scheduler.due import ReasonCode
from scheduler.plan import Plan
from scheduler.procedure import Reach
from scheduler.term import season_on
from scheduler.wave import Wave

#: Who can have told us what somebody really does.
_TELLING = frozenset(Source) - {Source.INTENDED, Source.SERVICE}
#: The addresses a way needs: a mobile can be called as well.
_ADDRESSES = {
    "email": (ChannelName.EMAIL,),
    "phone": (ChannelName.PHONE, ChannelName.SMS),
    "letter": (ChannelName.LETTER,),
}


@dataclass(frozen=True, slots=True)
class ToReach:
    """Somebody to be reached, with the addresses for the ways of the entry."""

    reference: str
    name: str
    cohort: str
    addresses: tuple[Address, ...]


@dataclass(frozen=True, slots=True)
class ToAsk:
    """A provider that so many ``leavers`` named.

    ``permitted`` of them allow that we share their data with providers;
    ``agreement`` says whether a data-sharing agreement holds.
    """

    provider: str
    leavers: int
    permitted: int
    agreement: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """A list for an entry: people or providers, and how many were left out for which reason."""

    people: tuple[ToReach, ...] = ()
    providers: tuple[ToAsk, ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()


def to_reach(work: Work, plan: Plan, entry: Entry, on: date) -> Reached:
    """Whom ``entry`` is about on the London day ``on``; empty where it lists nobody.

    People are held to what the service is held to: permission, its end, what
    the wording promised for that term, holds and pauses; but for the address,
    which people may find another way.
    """
    if entry.reach is None or entry.leaving_year is None:
        return Reached()
    cohorts = [
        each
        for each in work.cohorts.all()
        if (each.school, each.leaving_year) == (entry.school, entry.leaving_year)
        and each.key_stage in plan.procedure.who
    ]
    if entry.reach is Reach.PROVIDERS:
        return Reached(providers=tuple(_providers(work, plan, entry, cohorts, on)))
    left_out: Counter[str] = Counter()
    people: list[ToReach] = []
    for cohort in cohorts:
        people += _people(work, plan, entry, cohort, on, left_out)
    return Reached(people=tuple(people), left_out=tuple(sorted(left_out.items())))


def _people(
    work: Work, plan: Plan, entry: Entry, cohort: Cohort, on: date, left_out: Counter[str]
) -> Iterator[ToReach]:
    wave = _as_wave(plan, entry, on)
    for candidate in work.due.candidates(plan.window(cohort, wave)):
        reason = _reason(work, plan, entry, candidate, wave, on)
        if reason != ReasonCode.DUE:
            left_out[reason] += 1
            continue
        person = work.alumni.get(candidate.alumnus)
        if person is not None:
            addresses = tuple(_addresses(work, person.id, entry))
            yield ToReach(person.reference, person.profile.name, cohort.id, addresses)


def _as_wave(plan: Plan, entry: Entry, on: date) -> Wave:
    """The entry as a wave that is open on ``on``, so that the same rule can judge it."""
    academic_year = (entry.leaving_year or 0) - 1 + entry.year
    return Wave(
        name=entry.name,
        year=entry.year,
        term=season_on(on, plan.terms_of),
        opens=on,
        until=on + timedelta(days=plan.procedure.rules.room_days),
        academic_year=academic_year,
        rules=plan.procedure.rules,
        not_known_from=_TELLING if entry.reach is Reach.NOT_KNOWN else frozenset(),
    )


def _reason(
    work: Work, plan: Plan, entry: Entry, candidate: Candidate, wave: Wave, on: date
) -> str:
    """``due`` for whom to reach; else why not."""
    if entry.reach is Reach.NO_PLAN:
        if candidate.facts.retained:
            return ReasonCode.OWN_SIXTH_FORM
        planned = any(each.source is Source.INTENDED for each in _told(work, candidate))
        return "planned" if planned else ReasonCode.DUE
    # An address, another case and a twin's phone are the service's own concern.
    facts = replace(
        candidate.facts,
        usable_address=True,
        number_in_use=False,
        other_case_open=False,
        wave_case=None,
    )
    code = plan.judge(replace(candidate, facts=facts), wave, on).code
    if code is ReasonCode.DUE and entry.reach is Reach.NOT_SETTLED and _settled(work, candidate):
        return "settled"
    if code is ReasonCode.CONDITION_NOT_MET:
        return "known" if facts.known_sources else "promised_another_term"
    return code


def _settled(work: Work, candidate: Candidate) -> bool:
    """Whether the newest that anybody told us is somewhere to be."""
    told = [each for each in _told(work, candidate) if each.source in _TELLING]
    activity = ACTIVITIES.get(told[-1].code) if told else None
    return activity is not None and activity.group not in (Group.NEET, Group.NOT_KNOWN)


def _told(work: Work, candidate: Candidate) -> list[Destination]:
    return work.destinations.of(candidate.alumnus)


def _addresses(work: Work, who: UUID, entry: Entry) -> Iterator[Address]:
    wanted = {channel for way in entry.by for channel in _ADDRESSES.get(way, ())}
    for each in work.addresses.of(who):
        if each.standing not in UNUSABLE and (not wanted or each.channel in wanted):
            yield each


def _providers(
    work: Work, plan: Plan, entry: Entry, cohorts: list[Cohort], on: date
) -> Iterator[ToAsk]:
    """The places that leavers named, the most named first; own sixth-formers are left out."""
    leavers: Counter[str] = Counter()
    permitted: Counter[str] = Counter()
    written: dict[str, str] = {}
    for cohort in cohorts:
        for candidate in work.due.candidates(plan.window(cohort, _as_wave(plan, entry, on))):
            named = [each.provider for each in _told(work, candidate) if each.provider]
            if not named or candidate.facts.retained:
                continue
            key = fold(named[-1])
            written.setdefault(key, named[-1])
            leavers[key] += 1
            consent = work.consents.live(candidate.alumnus, Purpose.SHARE_PROVIDERS)
            permitted[key] += consent is not None and consent.live_on(on)
    agreed = {
        fold(each.provider) for each in plan.procedure.sharing_agreements if each.holds_on(on)
    }
    for key, count in sorted(leavers.items(), key=lambda each: (-each[1], each[0])):
        yield ToAsk(written[key], count, permitted[key], key in agreed)
