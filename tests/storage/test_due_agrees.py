"""The one SQL statement and the pure rule say the same of everybody, on either database."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact.address import ChannelName, Standing
from contact.alumnus import Membership
from contact.candidate import WaveWindow
from contact.case import CaseState, Disposition, Ending
from contact.consent import Purpose
from contact.destination import Destination, Source
from contact.flag import PAUSING, Decision, FlagKind, NewFlag
from scheduler.due import ReasonCode, decide
from scheduler.procedure import ANNUAL_SUMMER, ANY_TIME, Rules, allows
from scheduler.term import Season
from scheduler.wave import Wave
from tests.storage.cast import COHORT, LATER, NOW, TODAY, address, consent, seen, somebody, written

CADENCES = {"form_a": ANY_TIME, "summer_only": ANNUAL_SUMMER}
PHONES = [f"+447700{number:06}" for number in range(900_000, 901_000)]
SHARED = 8


@dataclass(frozen=True)
class Earlier:
    """A case that was before: of which wave, how it stands, and when it ended."""

    wave: str
    state: CaseState
    disposition: Disposition = Disposition.NON_CONTACT
    detail: str = "three tries"
    ended_at: datetime = NOW - timedelta(days=1)


@dataclass(frozen=True)
class Person:
    """What is drawn of one alumnus."""

    retained: bool
    held: bool
    consent: str | None
    until: date
    addresses: tuple[tuple[int, ChannelName, Standing, Standing | None], ...]
    flags: tuple[tuple[FlagKind, bool], ...]
    earlier: tuple[Earlier, ...]
    known: tuple[tuple[Source, datetime], ...]


def fit(phone: int) -> Person:
    """Somebody who is due."""
    number = (phone, ChannelName.SMS, Standing.UNTRIED, None)
    return Person(False, False, "live", date(2028, 8, 31), (number,), (), (), ())


earlier = st.builds(
    Earlier,
    st.sampled_from(["y1-autumn", "y1-spring", "y0-summer"]),
    st.sampled_from(list(CaseState)),
    st.sampled_from(list(Disposition)),
    st.sampled_from(["three tries", "just_answered", "known_elsewhere"]),
    st.sampled_from([NOW - timedelta(days=1), NOW - timedelta(days=100)]),
)
addresses = st.tuples(
    st.integers(0, SHARED),
    st.sampled_from([ChannelName.SMS, ChannelName.TELEGRAM, ChannelName.EMAIL]),
    st.sampled_from([Standing.UNTRIED, *Standing]),
    st.sampled_from([None, None, Standing.DEAD, Standing.OPTED_OUT]),
)
kinds = st.sampled_from([*PAUSING, FlagKind.IMPORT_REVIEW, FlagKind.CALL_BACK, FlagKind.QUESTION])
#: What may be otherwise than with somebody who is due, one thing at a time.
differences = st.one_of(
    st.sampled_from([{"retained": True}, {"held": True}]),
    st.sampled_from(["withdrawn", "renewed", None]).map(lambda how: {"consent": how}),
    st.sampled_from([-1, 0, 1]).map(lambda days: {"until": TODAY + timedelta(days=days)}),
    st.lists(addresses, max_size=3, unique_by=lambda drawn: drawn[:2]).map(
        lambda drawn: {"addresses": tuple(drawn)}
    ),
    st.tuples(kinds, st.booleans()).map(lambda flag: {"flags": (flag,)}),
    st.lists(earlier, min_size=1, max_size=2, unique_by=lambda case: case.wave).map(
        lambda drawn: {"earlier": tuple(drawn)}
    ),
    st.tuples(
        st.sampled_from([Source.PROVIDER, Source.AUTHORITY, Source.STAFF]),
        st.sampled_from([NOW - timedelta(days=1), NOW - timedelta(days=400)]),
    ).map(lambda known: {"known": (known,)}),
)


@st.composite
def populations(draw) -> list[tuple[Person, str]]:
    """Up to eight people, most of them one or two differences away from being due."""
    drawn = []
    for phone in range(draw(st.integers(1, 8))):
        # Every other one has a phone to themselves.
        person = fit(phone // 2 * 2 % SHARED if draw(st.booleans()) else phone % SHARED)
        for changes in draw(st.lists(differences, max_size=2)):
            person = replace(person, **changes)
        drawn.append((person, draw(st.sampled_from(list(CADENCES)))))
    return drawn


waves = st.builds(
    Wave,
    name=st.just("y1-autumn"),
    year=st.just(1),
    term=st.sampled_from([Season.AUTUMN, Season.SUMMER]),
    opens=st.just(date(2025, 9, 1)),
    until=st.just(date(2025, 12, 19)),
    academic_year=st.just(2025),
    rules=st.just(Rules()),
    not_known_from=st.sampled_from(
        [frozenset(), frozenset({Source.PROVIDER}), frozenset({Source.PROVIDER, Source.AUTHORITY})]
    ),
)


def window_of(wave: Wave) -> WaveWindow:
    """The wave as the memory must know it."""
    allowed = tuple(name for name, cadence in CADENCES.items() if allows(cadence, wave.term))
    return WaveWindow(
        school="cansfield",
        cohort=COHORT.id,
        wave=wave.name,
        opens=wave.opens,
        terms=wave.terms,
        known_from=wave.known_from,
        not_known_from=tuple(sorted(wave.not_known_from)),
        wordings=None if len(allowed) == len(CADENCES) else allowed,
    )


def settle(work, drawn: list[tuple[Person, str]]) -> list[UUID]:
    """Store a whole population, through the repositories only."""
    return [store(work, person, wording) for person, wording in drawn]


def store(work, person: Person, wording: str) -> UUID:
    """Store one alumnus with everything that was drawn."""
    who = somebody(held_since=NOW if person.held else None)
    work.alumni.add(who, None)
    work.cohorts.join(Membership(who.id, COHORT, retained=person.retained))
    agree(work, who.id, person, wording)
    for phone, channel, own, shared in person.addresses:
        new = address(work, who.id, PHONES[phone], ChannelName(channel), standing=own)
        work.addresses.add(new)
        if shared is not None:
            work.addresses.endpoint_stands(new.endpoint, shared)
    for kind, still_open in person.flags:
        number = work.flags.raise_(NewFlag(kind, "cansfield", NOW, LATER, who.id))
        if not still_open:
            closed = replace(work.flags.get(number), closed_at=NOW, decision=Decision.DISCARD)
            work.flags.close(closed)
    for source, since in person.known:
        work.destinations.add(Destination(uuid4(), who.id, "230", source, since))
    live(work, who.id, person.earlier)
    return who.id


def agree(work, who: UUID, person: Person, wording: str) -> None:
    """Give the permission that was drawn."""
    if person.consent is None:
        return
    work.consents.grant(consent(who, wording=wording, until=person.until))
    if person.consent != "live":
        work.consents.withdraw(who, [Purpose.TRACKING], NOW, "sms STOP")
    if person.consent == "renewed":
        work.consents.grant(consent(who, wording=wording, until=person.until))


def live(work, who: UUID, cases: tuple[Earlier, ...]) -> None:
    """Let the earlier cases have been; only the last may not be ended."""
    for place, before in enumerate(cases):
        state = before.state if place == len(cases) - 1 else CaseState.ENDED
        number = insert_case(work, who, before.wave)
        case = work.cases.get(number)
        if state is CaseState.ENDED:
            work.cases.end(Ending(number, before.ended_at, before.disposition, before.detail))
            work.cases.save(replace(case, state=state, act_at=None, ended_at=before.ended_at))
        else:
            work.cases.save(replace(case, state=state))


def insert_case(work, who: UUID, wave: str) -> int:
    """A case of any wave, as only opening it would make one."""
    statement = (
        'INSERT INTO "case" (alumnus_id, school, cohort_id, wave, state, tries, gap_days,'
        " reply_days, late_reply_days, until, opened_at)"
        " SELECT a.id, 'cansfield', 'cansfield-KS4-2025', '{}', 'open', 3, 5, 4, 60,"
        " '2025-12-19', created_at FROM alumnus a WHERE a.id = '{}' RETURNING id"
    )
    connection = work.cases._connection
    plain = who.hex if connection.dialect.name == "sqlite" else str(who)
    number: int = connection.exec_driver_sql(statement.format(wave, plain)).scalar_one()
    return number


def expected(work, wave: Wave, window: WaveWindow) -> tuple[list[UUID], list[UUID]]:
    """Who the rule says is due: those with a number of their own, and those who share one."""
    alone: list[UUID] = []
    sharing: list[UUID] = []
    for each in work.due.candidates(window):
        if decide(each.facts_under(CADENCES), wave, TODAY).code is ReasonCode.DUE:
            (sharing if each.shares else alone).append(each.alumnus)
    return alone, sharing


def one_after_another(work, wave: Wave, window: WaveWindow, sharing: list[UUID]) -> list[UUID]:
    """Of those who share a number, who opens when each is looked at after the one before.

    This asks the rule again for each of them, after the database has opened
    the cases of those before: the slow and plain way.
    """
    opened = []
    for who in sharing:
        (each,) = work.due.candidates(window, who)
        if decide(each.facts_under(CADENCES), wave, TODAY).code is ReasonCode.DUE:
            insert_case(work, who, wave.name)
            opened.append(who)
    return opened


class Undone(Exception):
    """Ends a trial so that nothing of it stays."""


def trial(work, drawn, wave, ours):
    """Store a population, let ``ours`` look at it, and undo all of it."""
    settle(work, drawn)
    ours(work, wave, window_of(wave))
    raise Undone


def opened_in(work, window) -> set[UUID]:
    """Who has a case of this wave that opened now."""
    return {
        each.alumnus
        for each in work.due.candidates(window)
        for case in work.cases.of(each.alumnus)
        if case.wave == window.wave and case.opened_at == LATER
    }


def opens_exactly_those_the_rule_allows(work, wave, window):
    alone, sharing = expected(work, wave, window)
    connection = work.cases._connection
    before = connection.begin_nested() if connection.dialect.name != "sqlite" else None
    if before is None:
        connection.exec_driver_sql("SAVEPOINT slow_way")
    in_turn = one_after_another(work, wave, window, sharing)
    if before is None:
        connection.exec_driver_sql("ROLLBACK TO slow_way")
    else:
        before.rollback()

    chosen = set(work.due.select(window, TODAY))
    count = work.due.open(window, TODAY, LATER)

    assert chosen == set(alone)
    assert opened_in(work, window) == {*alone, *in_turn}
    assert count == len(alone) + len(in_turn)
    assert work.due.open(window, TODAY, LATER) == 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(populations(), waves)
def test_the_selection_agrees_with_the_rule(memory, drawn, wave):
    with pytest.raises(Undone):
        written(memory, partial(trial, ours=opens_exactly_those_the_rule_allows), drawn, wave)


@pytest.mark.parametrize("standing", [Standing.DEAD, Standing.OPTED_OUT, Standing.NOT_THEIRS])
def test_who_is_never_asked_on_a_shared_phone_is_in_nobody_s_way(memory, standing):
    elsewhere = (
        (0, ChannelName.SMS, standing, None),
        (1, ChannelName.TELEGRAM, Standing.UNTRIED, None),
    )
    drawn = [(fit(0), "form_a"), (replace(fit(0), addresses=elsewhere), "form_a")]
    wave = Wave("y1-autumn", 1, Season.AUTUMN, TODAY, date(2025, 12, 19), 2025, Rules())

    def both_open(work, wave, window):
        opens_exactly_those_the_rule_allows(work, wave, window)
        assert len(opened_in(work, window)) == 2

    with pytest.raises(Undone):
        written(memory, partial(trial, ours=both_open), drawn, wave)


def skips_what_was_answered_just_now(work, wave, window):
    codes = {
        each.alumnus: decide(each.facts_under(CADENCES), wave, TODAY).code
        for each in work.due.candidates(window)
    }
    before = {who: work.cases.of(who) for who in codes}
    count = work.due.skip_answered(window, TODAY, LATER)

    skipped = {who for who in codes if len(work.cases.of(who)) > len(before[who])}
    assert count == len(skipped)
    for who in skipped:
        assert codes[who] is ReasonCode.ANSWERED
        case = work.cases.of(who)[-1]
        (ending,) = work.cases.endings(case.id)
        assert (case.state, case.wave, case.ended_at) == (CaseState.ENDED, wave.name, LATER)
        assert (ending.disposition, ending.detail) == (Disposition.OTHER, "just_answered")
    assert work.due.skip_answered(window, TODAY, LATER) == 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(populations(), waves)
def test_who_answered_just_now_is_skipped_once(memory, drawn, wave):
    with pytest.raises(Undone):
        written(memory, partial(trial, ours=skips_what_was_answered_just_now), drawn, wave)


def every_difference() -> list[dict[str, Any]]:
    """Each way in which one thing alone may be otherwise."""
    sms, phone = ChannelName.SMS, 0
    waves_before = ["y1-autumn", "y1-spring"]
    endings = product(Disposition, ["three tries", "just_answered"], [1, 100])
    return [
        {},
        {"retained": True},
        {"held": True},
        *({"consent": how} for how in ("withdrawn", "renewed", None)),
        *({"until": TODAY + timedelta(days=days)} for days in (-1, 0, 1)),
        {"addresses": ()},
        *({"addresses": ((phone, each, Standing.UNTRIED, None),)} for each in ChannelName),
        *({"addresses": ((phone, sms, each, None),)} for each in Standing),
        *({"addresses": ((phone, sms, Standing.WORKS, each),)} for each in Standing),
        *({"flags": ((kind, is_open),)} for kind in FlagKind for is_open in (True, False)),
        *({"known": ((each, NOW - timedelta(days=days)),)} for each in Source for days in (1, 400)),
        *({"earlier": (Earlier("y1-spring", each),)} for each in CaseState),
        *({"earlier": (Earlier("y1-autumn", each),)} for each in CaseState),
        *(
            {"earlier": (Earlier(name, CaseState.ENDED, how, detail, NOW - timedelta(days=days)),)}
            for how, detail, days in endings
            for name in waves_before
        ),
    ]


@pytest.mark.parametrize("season", [Season.AUTUMN, Season.SUMMER])
@pytest.mark.parametrize(
    "ours", [opens_exactly_those_the_rule_allows, skips_what_was_answered_just_now]
)
def test_one_difference_at_a_time_is_seen_by_both(memory, season, ours):
    wave = Wave(
        "y1-autumn",
        1,
        season,
        date(2025, 9, 1),
        date(2025, 12, 19),
        2025,
        Rules(),
        frozenset({Source.PROVIDER}),
    )
    drawn = []
    for number, changes in enumerate(every_difference()):
        person = replace(fit(number), **changes)
        own = tuple((number, way, mine, shared) for _, way, mine, shared in person.addresses)
        drawn.append((replace(person, addresses=own), list(CADENCES)[number % 2]))

    with pytest.raises(Undone):
        written(memory, partial(trial, ours=ours), drawn, wave)


def test_two_on_one_phone_come_one_after_another(memory):
    wave = Wave("y1-autumn", 1, Season.AUTUMN, date(2025, 9, 1), date(2025, 12, 19), 2025, Rules())
    window = window_of(wave)
    twins = written(memory, settle, [(fit(0), "form_a"), (fit(0), "form_a")])

    def open_now(work):
        return work.due.open(window, TODAY, LATER)

    assert [written(memory, open_now), written(memory, open_now)] == [1, 0]
    first = seen(memory, lambda work: next(work.cases.current(who) for who in sorted(twins)))
    ended = replace(first, state=CaseState.ENDED, act_at=None, ended_at=LATER)
    written(memory, lambda work: work.cases.save(ended))

    assert written(memory, open_now) == 1
    assert all(seen(memory, lambda work: [len(work.cases.of(who)) for who in twins]))
