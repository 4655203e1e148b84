"""Who is due, and the one reason that everybody else is given."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.alumnus import Cohort, KeyStage
from contact.candidate import Facts, WaveCase, wave_case_of
from contact.case import CaseState, Disposition
from contact.destination import Source
from scheduler.due import ReasonCode, decide
from scheduler.procedure_file import load
from scheduler.term import default_terms
from scheduler.wave import wave_on, waves_of

WAVES = waves_of(load("termly"), Cohort("cansfield", KeyStage.KS4, 2025), default_terms)
AUTUMN, SPRING, SUMMER = WAVES[:3]
CONDITIONAL = replace(AUTUMN, not_known_from=frozenset({Source.PROVIDER, Source.AUTHORITY}))
OCTOBER = date(2025, 10, 1)

#: Amina: permission given, a number that works, never asked.
AMINA = Facts(consent_granted=True, consent_until=date(2028, 8, 31), usable_address=True)

#: Each reason with the facts that give it, in the order in which they hide one another.
PRECEDENCE = [
    ("opted_out", {"opted_out": True}),
    ("in_review", {"in_review": True}),
    ("no_consent", {"consent_granted": False}),
    ("consent_ended", {"consent_until": date(2025, 9, 30)}),
    ("own_sixth_form", {"retained": True}),
    ("held", {"held": True}),
    ("paused", {"paused": True}),
    ("case_open", {"wave_case": WaveCase.RUNNING}),
    ("no_address", {"usable_address": False}),
    ("condition_not_met", {"cadence": "annual_summer"}),
    ("condition_not_met", {"known_sources": frozenset({"provider"})}),
    ("waiting", {"other_case_open": True}),
    ("number_in_use", {"number_in_use": True}),
]

days = st.dates(date(2025, 1, 1), date(2029, 12, 31))
waves = st.sampled_from([*WAVES, CONDITIONAL])
#: A wave and a day, more often near it than far away.
moments = st.tuples(waves, days) | st.builds(
    lambda wave, offset: (wave, wave.opens + timedelta(days=offset)), waves, st.integers(-3, 100)
)
anybody = st.builds(
    Facts,
    retained=st.booleans(),
    opted_out=st.booleans(),
    consent_granted=st.booleans(),
    consent_until=st.none() | days,
    cadence=st.sampled_from(["any", "annual_summer", "unheard_of"]),
    in_review=st.booleans(),
    held=st.booleans(),
    paused=st.booleans(),
    usable_address=st.booleans(),
    number_in_use=st.booleans(),
    wave_case=st.none() | st.sampled_from(WaveCase),
    other_case_open=st.booleans(),
    known_sources=st.frozensets(st.sampled_from([source.value for source in Source])),
)
#: Amina with at most one thing in the way, so that many of them are due.
nearly_due = st.sampled_from(
    [AMINA, *(replace(AMINA, **cast("dict[str, Any]", facts)) for _, facts in PRECEDENCE)]
)
people = anybody | nearly_due


def test_somebody_with_permission_and_a_number_is_due_in_an_open_wave():
    reason = decide(AMINA, AUTUMN, OCTOBER)

    assert reason.code == "due"
    assert reason.text == (
        "Wave y1-autumn is open until 19 December 2025, and they have not been asked in it."
    )


@pytest.mark.parametrize(
    ("changed", "code", "text"),
    [
        pytest.param({"opted_out": True}, "opted_out", "asked us to stop", id="Chidi said stop"),
        pytest.param({"in_review": True}, "in_review", "somebody to check", id="row in review"),
        pytest.param({"consent_granted": False}, "no_consent", "no clear permission", id="none"),
        pytest.param({"consent_until": None}, "no_consent", "no clear", id="consent without end"),
        pytest.param(
            {"consent_until": date(2025, 9, 30)}, "consent_ended", "30 September 2025", id="ended"
        ),
        pytest.param({"consent_until": OCTOBER}, "due", "y1-autumn", id="its last day counts"),
        pytest.param({"retained": True}, "own_sixth_form", "own sixth form", id="stayed on"),
        pytest.param({"held": True}, "held", "on hold", id="held"),
        pytest.param({"paused": True}, "paused", "flag", id="a pausing flag"),
        pytest.param(
            {"wave_case": WaveCase.RUNNING}, "case_open", "asked in wave y1-autumn", id="running"
        ),
        pytest.param({"wave_case": WaveCase.ANSWERED}, "answered", "has its answer", id="answered"),
        pytest.param({"wave_case": WaveCase.UNANSWERED}, "tried", "without an answer", id="tried"),
        pytest.param({"usable_address": False}, "no_address", "no number or chat", id="no number"),
        pytest.param({"other_case_open": True}, "waiting", "another wave", id="another wave's"),
        pytest.param({"number_in_use": True}, "number_in_use", "same phone", id="family phone"),
        pytest.param(
            {"cadence": "annual_summer"}, "condition_not_met", "summer term only", id="cadence"
        ),
        pytest.param(
            {"cadence": ""}, "condition_not_met", "a wording that is not known here", id="wording"
        ),
        pytest.param(
            {"known_sources": frozenset({"provider"})}, "due", "", id="a wave without condition"
        ),
    ],
)
def test_one_thing_in_the_way_is_the_reason(changed, code, text):
    reason = decide(replace(AMINA, **changed), AUTUMN, OCTOBER)

    assert reason.code == code
    assert text in reason.text


@pytest.mark.parametrize(
    ("day", "code", "text"),
    [
        pytest.param("2025-09-01", "not_yet", "y1-autumn opens on 2 September 2025", id="before"),
        pytest.param("2025-09-02", "due", "y1-autumn", id="the day it opens"),
        pytest.param("2025-12-05", "due", "y1-autumn", id="the last day with room"),
        pytest.param(
            "2025-12-06",
            "too_late",
            "Too late for three tries in wave y1-autumn: the last day to begin was 5 December",
            id="a day later",
        ),
        pytest.param("2025-12-19", "too_late", "5 December", id="the wave's last day"),
        pytest.param("2025-12-20", "not_yet", "y1-spring opens on 5 January 2026", id="between"),
        pytest.param("2028-02-29", "due", "y3-spring", id="29 February"),
        pytest.param("2028-07-06", "too_late", "y3-summer", id="after the last wave"),
        pytest.param("2028-08-31", "too_late", "y3-summer", id="the last day of tracking"),
        pytest.param("2028-09-01", "consent_ended", "31 August 2028", id="the permission is over"),
    ],
)
def test_the_calendar_decides_day_by_day(day, code, text):
    on = date.fromisoformat(day)

    reason = decide(AMINA, wave_on(WAVES, on), on)

    assert reason.code == code
    assert text in reason.text


def test_without_a_wave_the_cohort_is_outside_its_years():
    lasting = replace(AMINA, consent_until=date(2040, 8, 31))

    assert decide(lasting, None, OCTOBER).code == "not_in_cohort_years"


@pytest.mark.parametrize(
    ("known", "code"),
    [
        pytest.param(set(), "due", id="nobody knows"),
        pytest.param({"intended"}, "due", id="only the form's own plan"),
        pytest.param({"provider"}, "condition_not_met", id="a provider said so"),
        pytest.param({"intended", "authority"}, "condition_not_met", id="the authority said so"),
    ],
)
def test_a_conditional_wave_leaves_out_whom_others_know(known, code):
    reason = decide(replace(AMINA, known_sources=frozenset(known)), CONDITIONAL, OCTOBER)

    assert reason.code == code


def test_the_condition_names_who_knows():
    known = replace(AMINA, known_sources=frozenset({"provider", "authority", "ucas"}))

    reason = decide(known, CONDITIONAL, OCTOBER)

    assert reason.text == (
        "Wave y1-autumn leaves out whoever is known already, and they are, "
        "from: authority and provider."
    )


@pytest.mark.parametrize("wave", WAVES, ids=lambda wave: wave.name)
def test_a_summer_wording_allows_the_summer_waves_only(wave):
    yearly = replace(AMINA, cadence="annual_summer")

    assert (decide(yearly, wave, wave.opens).code is ReasonCode.DUE) is wave.name.endswith("summer")


@pytest.mark.parametrize(
    ("stronger", "weaker"),
    [pytest.param(a, b, id=f"{a[0]} over {b[0]}") for a, b in combinations(PRECEDENCE, 2)],
)
def test_a_reason_that_lasts_hides_one_that_passes(stronger, weaker):
    facts = replace(AMINA, **{**weaker[1], **stronger[1]})

    assert decide(facts, CONDITIONAL, OCTOBER).code == stronger[0]


@pytest.mark.parametrize(
    ("state", "disposition", "detail", "expected"),
    [
        pytest.param("open", None, "", "running", id="open"),
        pytest.param("paused", None, "", "running", id="paused"),
        pytest.param("ended", "complete", "", "answered", id="complete"),
        pytest.param("ended", "partial", "", "answered", id="partial"),
        pytest.param("ended", "refusal", "", "answered", id="prefer not to say"),
        pytest.param("ended", "non_contact", "", "unanswered", id="silence"),
        pytest.param("ended", "break_off", "", "unanswered", id="broken off"),
        pytest.param("ended", "other", "not_attempted", "unanswered", id="never attempted"),
        pytest.param("ended", "other", "just_answered", "answered", id="answered just before"),
        pytest.param("ended", "other", "known_elsewhere", "answered", id="known elsewhere"),
    ],
)
def test_how_an_ended_case_stands_for_its_wave(state, disposition, detail, expected):
    found = wave_case_of(CaseState(state), disposition and Disposition(disposition), detail)

    assert found == expected


@given(people, moments)
def test_nobody_is_due_against_the_law_or_their_own_word(facts, moment):
    wave, on = moment

    if decide(facts, wave, on).code is ReasonCode.DUE:
        assert facts.consent_granted
        assert on <= facts.consent_until
        assert not facts.opted_out
        assert not any((facts.retained, facts.held, facts.paused, facts.in_review))


@given(people, moments)
def test_a_case_opens_exactly_when_nothing_is_in_the_way(facts, moment):
    wave, on = moment
    # Written once more as one expression: the shape of the SQL that must agree.
    free = (
        facts.consent_granted
        and facts.consent_until is not None
        and facts.consent_until >= on
        and not (facts.opted_out or facts.in_review or facts.retained)
        and not (facts.held or facts.paused)
        and facts.wave_case is None
        and facts.usable_address
        and (facts.cadence == "any" or (facts.cadence == "annual_summer" and wave.term == "summer"))
        and wave.opens <= on <= wave.until - timedelta(days=14)
        and not (wave.not_known_from & facts.known_sources)
        and not (facts.other_case_open or facts.number_in_use)
    )

    assert (decide(facts, wave, on).code is ReasonCode.DUE) is free


@given(people, st.tuples(st.none(), days) | moments)
def test_everybody_gets_one_finished_sentence_that_agrees(facts, moment):
    wave, on = moment

    reason = decide(facts, wave, on)

    assert (decide(facts, wave, on).code is ReasonCode.DUE) is (reason.code == "due")
    assert reason.text.endswith(".")
    assert not any(odd in reason.text for odd in ("\n", "{", "}", "None"))
