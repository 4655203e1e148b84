"""A case moves from try to try, and ends once, with its reason."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contact.address import Address, Standing
from contact.attempt import Attempt, AttemptState
from contact.case import Case, CaseState, Disposition
from contact.channels.twilio_codes import receipt_of
from contact.destination import Destination, Source
from contact.hours import deadline, london_day
from contact.message import Delivery, MessageKind
from contact.outcome import Fault, Refused
from contact.pausing import go_on, pause
from scheduler.next_try import ask_line, next_address, next_time
from tests.cast import (
    AMINA_PHONE,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    OTHER_PHONE,
    SCHOOL,
    SMS,
    TELEGRAM,
    TERMS,
    add,
    examples,
    open_cases,
    stage,
)
from tests.fakes.scripted import BUSY, OURS, TIMED_OUT

__all__ = ["stage"]


async def test_three_tries_in_vain_are_one_unknown_in_hours_and_with_gaps(stage):
    who = stage.open()

    tally = await stage.days(NOW, 30)

    assert stage.standing(who) == [(number, "failed", "no_answer") for number in (1, 2, 3)]
    days = [london_day(each.claimed_at) for each in stage.asks(who)]
    assert all((later - earlier).days >= 5 for earlier, later in pairwise(days))
    assert all(SCHOOL.hours.is_open(each.claimed_at) for each in stage.asks(who))
    assert len({each.not_before.time() for each in stage.asks(who)}) == 3
    assert [each.line for each in stage.asks(who)] == ["ask.1", "ask.2", "ask.last"]
    ending = stage.ending(who)
    assert (ending.disposition, ending.detail, ending.code) == (
        Disposition.NON_CONTACT, "tries_used", "810",
    )  # fmt: skip
    assert stage.codes(who) == ["810"]
    assert (tally["failed"], tally["closed"], tally["unknown"]) == (3, 1, 1)


async def test_an_unknown_ends_the_wave_only(stage):
    who = stage.open()
    stage.write(known_to_be, who, "230")

    await stage.days(NOW, 30)

    assert stage.codes(who) == ["230", "810"]
    assert stage.ending(who).code == "810"


def known_to_be(work, who, code):
    work.destinations.add(Destination(uuid4(), who, code, Source.PARENT, NOW - 30 * DAY))


async def test_somebody_who_said_who_they_are_and_no_more_has_broken_off(stage):
    who = stage.open()
    await stage.tick(NOW)
    stage.write(confirms, who)

    await stage.days(NOW, 30)

    ending = stage.ending(who)
    assert (ending.disposition, ending.code) == (Disposition.BREAK_OFF, "810")
    assert stage.codes(who) == ["810"]


def confirms(work, who):
    talk = work.conversations.with_(who)
    work.conversations.save(replace(talk, talk=replace(talk.talk, confirmed=True)))


async def test_an_answer_to_the_second_try_ends_the_asking(stage):
    who = stage.open()
    await stage.days(NOW, 8)
    assert len(stage.asks(who)) == 2

    for place, text in enumerate(["2", "Wirral Met", "plumbing level 2", "Sept 2025", "2"]):
        stage.hears(text, NOW + 8 * DAY + place * MINUTE)
    await stage.days(NOW + 8 * DAY + HOUR, 20)

    assert stage.standing(who)[1] == (2, "answered", "answered")
    ending = stage.ending(who)
    assert (ending.disposition, ending.detail, ending.code) == (
        Disposition.COMPLETE, "answered", "230",
    )  # fmt: skip
    assert len(stage.asks(who)) == 2


async def test_prefer_not_to_say_is_a_refusal_that_stays_reachable(stage):
    who = stage.open()
    await stage.tick(NOW)

    stage.hears("I'd rather not say", NOW + HOUR)
    await stage.days(NOW + HOUR, 20)

    ending = stage.ending(who)
    assert (ending.disposition, ending.code) == (Disposition.REFUSAL, "830")
    assert stage.codes(who) == ["830"]
    assert stage.address(who).usable


# The wave ends.

SHORT = replace(TERMS, until=date(2025, 9, 14))


@pytest.mark.parametrize(
    ("code", "unknown"),
    [pytest.param(None, "810", id="accepted"), pytest.param("30003", "820", id="undeliverable")],
)
async def test_a_wave_that_ends_after_a_try_ends_the_case_as_unknown(stage, code, unknown):
    who = stage.open(terms=SHORT)
    await stage.tick(NOW)
    if code:
        stage.receipt(stage.asks(who)[0], "undelivered", code, NOW + MINUTE)

    await stage.days(NOW + HOUR, 10, DAY / 2)

    ending = stage.ending(who)
    assert (ending.disposition, ending.detail) == (
        Disposition.NON_CONTACT, f"window_ended:{len(stage.sms.arrived)}",
    )  # fmt: skip
    assert ending.code == unknown
    assert london_day(ending.at) == date(2025, 9, 15)
    assert {each.state for each in stage.attempts(who)} <= {
        AttemptState.FAILED, AttemptState.CANCELLED,
    }  # fmt: skip


async def test_who_broke_off_is_non_contact_when_the_wave_ends_first(stage):
    who = stage.open(terms=SHORT)
    await stage.tick(NOW)
    stage.write(confirms, who)

    await stage.tick(NOW + 8 * DAY)

    assert stage.ending(who).disposition is Disposition.NON_CONTACT


async def test_a_wave_that_ends_without_a_try_was_not_attempted_and_is_flagged(stage):
    stage.sms.then(*[OURS] * 99)
    who = stage.open(terms=SHORT)
    stage.write(known_to_be, who, "230")

    await stage.days(NOW, 10)

    ending = stage.ending(who)
    assert (ending.disposition, ending.detail, ending.code) == (
        Disposition.OTHER, "not_attempted", None,
    )  # fmt: skip
    assert stage.kinds(who) == ["not_attempted"]
    assert stage.codes(who) == ["230"]


async def test_a_wave_ends_for_a_school_that_left_the_settings_too(stage):
    who = stage.open(terms=SHORT)
    stage.desk = replace(stage.desk, schools={})

    await stage.days(NOW, 10)

    assert stage.ending(who).detail == "not_attempted"


async def test_no_ask_is_planned_for_after_the_wave(stage):
    who = stage.open(terms=replace(TERMS, until=date(2025, 9, 14)))

    await stage.days(NOW, 8)

    assert [each.attempt for each in stage.asks(who)] == [1]
    assert stage.ending(who).detail == "window_ended:1"


async def test_a_permission_that_ends_is_never_an_unknown(stage):
    who = stage.write(lambda work: add(work, "Amina Yusuf", (SMS, AMINA_PHONE),
                                       until=date(2025, 9, 12)))  # fmt: skip
    stage.write(open_cases, NOW)

    await stage.days(NOW, 10)

    ending = stage.ending(who)
    assert (ending.disposition, ending.detail) == (Disposition.OTHER, "consent_ended")
    assert stage.codes(who) == []
    assert len(stage.asks(who)) == 1


async def test_an_answer_to_a_question_asked_in_time_is_recorded_after_the_permission_ended(stage):
    who = stage.write(lambda work: add(work, "Amina Yusuf", (SMS, AMINA_PHONE),
                                       until=date(2025, 9, 11)))  # fmt: skip
    stage.write(open_cases, NOW)
    await stage.tick(NOW)

    stage.hears("2", NOW + 3 * DAY)

    assert stage.codes(who) == ["230"]


# Where, when, in which words.

A, B = (
    Address(uuid4(), uuid4(), uuid4(), SMS, phone, place)
    for place, phone in enumerate((AMINA_PHONE, OTHER_PHONE))
)
CHAT = replace(A, id=uuid4(), channel=TELEGRAM, position=-1)
BOTH = frozenset({SMS, TELEGRAM})
CASE = Case(1, uuid4(), SCHOOL.id, "c", "w", CaseState.OPEN, TERMS, NOW)


def tried(where, outcome="no_answer", number=1, at=NOW, **changes):
    made = Attempt(
        1, number, AttemptState.FAILED, at, "sms", where.id, at, deadline(at, 4), at, outcome
    )
    return replace(made, **changes)


@pytest.mark.parametrize(
    ("known", "attempts", "channels", "chosen"),
    [
        pytest.param([], [], BOTH, None, id="none"),
        pytest.param([A, B], [], BOTH, A, id="the first"),
        pytest.param([A, CHAT], [], BOTH, CHAT, id="the chat they chose"),
        pytest.param([A, CHAT], [], {SMS}, A, id="what is configured"),
        pytest.param([A, B], [tried(A)], BOTH, B, id="the one asked least"),
        pytest.param([A, B], [tried(A), tried(B, number=2)], BOTH, A, id="in turn"),
        pytest.param([replace(A, standing=Standing.FAILING), B], [], BOTH, B, id="what works"),
        pytest.param([replace(A, standing=Standing.DEAD), B], [], BOTH, B, id="what lives"),
        pytest.param([replace(A, standing=Standing.FAILING)], [tried(A, "failing")], BOTH,
                     replace(A, standing=Standing.FAILING), id="the only one"),
    ],
)  # fmt: skip
def test_where_the_next_try_goes(known, attempts, channels, chosen):
    assert next_address(known, attempts, channels) == chosen


GAP = 5 * DAY


@pytest.mark.parametrize(
    ("attempts", "address", "days"),
    [
        pytest.param([], A, 0, id="the first ask"),
        pytest.param([tried(A)], A, 5, id="the same address"),
        pytest.param([tried(A)], B, 5, id="another address, but they may have read it"),
        pytest.param([tried(A, "dead")], B, 0, id="dead: the next at once"),
        pytest.param([tried(A, "failing")], B, 0, id="out of reach: the next at once"),
        pytest.param([tried(A, "gone")], B, 0, id="blocked: the next at once"),
        pytest.param([tried(A, "failing")], A, 5, id="out of reach: the same after the gap"),
        pytest.param([tried(A, "failing"), tried(B, "dead", 2)], A, 5, id="back to the first"),
        pytest.param([tried(A, "wrong_person")], B, 5, id="somebody read it"),
        pytest.param([tried(A, by="staff", answer_by=None)], B, 5, id="staff rang"),
        pytest.param([tried(A, asked_at=None, outcome="dead")], B, 0, id="never taken"),
        pytest.param(
            [tried(A), tried(A, "failing", 2, NOW - GAP)], A, 5, id="the last in time counts"
        ),
    ],
)
def test_when_the_next_try_goes(attempts, address, days):
    at = next_time(CASE, attempts, address, len(attempts) + 1, SCHOOL.hours, NOW)

    assert (london_day(at) - london_day(NOW)).days == days


@pytest.mark.parametrize(
    ("number", "tries", "again", "line"),
    [
        (1, 3, 0, "ask.1"),
        (2, 3, 0, "ask.2"),
        (3, 3, 0, "ask.last"),
        (1, 3, 1, "ask.2"),
        (1, 1, 0, "ask.last"),
    ],
)
def test_the_words_of_each_try(number, tries, again, line):
    assert ask_line(number, tries, again) == line


# For any sequence of events.

OUTCOMES = st.sampled_from(
    [
        None,
        None,
        BUSY,
        OURS,
        TIMED_OUT,
        Refused(Fault.DEAD, "21211"),
        Refused(Fault.GONE, "403"),
        Refused(Fault.OPTED_OUT, "21610"),
        Refused(Fault.UNKNOWN, "39999"),
    ]
)
RECEIPTS = st.sampled_from(["delivered", "sent", "30003", "30004", "30005", "30007", "39999"])
TEXTS = st.sampled_from(["2", "hello?", "STOP", "START", "ask me later", "wrong number mate", "7"])
EVENTS = st.lists(
    st.tuples(st.integers(1, 60), st.sampled_from(["receipt", "reply", "hold", "release", "none"]),
              RECEIPTS, TEXTS),
    max_size=12,
)  # fmt: skip
HOMES = st.sampled_from(
    [((SMS,),), ((SMS,), (TELEGRAM,)), ((TELEGRAM,),), ((SMS,), (SMS,), (TELEGRAM,))]
)


@settings(
    max_examples=examples(40, 400),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(script=st.lists(OUTCOMES, max_size=8), events=EVENTS, homes=HOMES, tries=st.integers(1, 4))
async def test_whatever_happens_the_promises_of_a_case_are_kept(
    stage, script, events, homes, tries
):
    own = uuid4()
    where = tuple((channel, f"{place} of {own}") for place, (channel,) in enumerate(homes))
    terms = replace(TERMS, tries=tries, until=date(2025, 10, 31))
    for channel in (stage.sms, stage.telegram):
        channel.script.clear()
        channel.then(*[cue or channel.accepted for cue in script])
    stage.write(lambda work: [work.house.resume(each) for each in BOTH])
    who = stage.write(add, "Amina Yusuf", *where)
    stage.write(open_cases, NOW, terms)
    stops: list[datetime] = []
    now = NOW
    await stage.tick(now)
    for hours, event, receipt, text in events:
        now += hours * HOUR
        happen(stage, who, where, event, receipt, text, now, stops)
        await stage.tick(now)
        assert in_flight(stage, who) <= 1
    while now < datetime(2025, 11, 3, tzinfo=UTC):
        now += DAY / 2
        await stage.tick(now)
        assert in_flight(stage, who) <= 1

    keeps_its_promises(stage, who, tries, stops)


def happen(stage, who, where, event, receipt, text, now, stops):
    asks = [each for each in stage.asks(who) if each.provider_id]
    if event == "receipt" and asks:
        known = receipt.isdigit()
        theirs = receipt_of(asks[-1].provider_id, "undelivered" if known else receipt,
                            receipt if known else None)  # fmt: skip
        stage.settle(asks[-1].id, theirs, now)
    if event == "reply":
        channel, value = where[0]
        stage.hears(text, now, value, channel=channel)
        stops += [now] if text == "STOP" else []
    if event == "hold":
        stage.write(holds, who, now)
    if event == "release":
        stage.write(releases, who, now)


def holds(work, who, now):
    work.alumni.hold(who, now)
    pause(work, who, now)


def releases(work, who, now):
    work.alumni.release(who)
    go_on(work, who, now)


def in_flight(stage, who):
    going = (Delivery.PLANNED, Delivery.SENDING, Delivery.UNSURE)
    return sum(each.delivery in going for each in stage.asks(who))


def keeps_its_promises(stage, who, tries, stops):
    case, attempts, asks = stage.case(who), stage.attempts(who), stage.asks(who)
    endings = stage.read(lambda work: work.cases.endings(case.id))
    assert case.state is CaseState.ENDED
    assert len([each for each in endings if each.detail != "late_reply"]) == 1
    assert len(attempts) <= tries
    assert not [each for each in attempts if each.state in ("planned", "waiting")]
    assert sum(code in ("810", "820") for code in stage.codes(who)) <= 1
    started = [each for each in stage.messages(who) if each.claimed_at and each.kind in
               (MessageKind.ASK, MessageKind.NUDGE, MessageKind.APPOINTMENT)]  # fmt: skip
    assert all(SCHOOL.hours.is_open(each.claimed_at) for each in started)
    assert all(each.claimed_at <= stop for each in started for stop in stops)
    reached = [each for each in asks if each.delivery in ("accepted", "delivered")]
    days = sorted(london_day(each.claimed_at) for each in reached)
    assert all((later - earlier).days >= 5 for earlier, later in pairwise(days))
    numbers = Counter(each.attempt for each in reached)
    assert all(count == 1 for count in numbers.values())
