"""May I contact this alumnus, here, now? Every no has its reason, and says when to ask again."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.address import Address, Standing
from contact.case import Case, CaseState
from contact.gate import ALWAYS_SENT, Answer, Situation, may_contact
from contact.hours import start_of_day
from contact.message import WE_START, Delivery, Message, MessageKind
from contact.standing import ChannelStop
from tests.cast import AMINA_PHONE, DAY, HOUR, NOW, SCHOOL, SMS, TELEGRAM, TERMS

AMINA = uuid4()
HOME = Address(uuid4(), AMINA, uuid4(), SMS, AMINA_PHONE)
CASE = Case(1, AMINA, SCHOOL.id, "c", "w", CaseState.OPEN, TERMS, NOW - DAY)
SUNDAY = datetime(2025, 9, 14, 11, tzinfo=UTC)
EVENING = datetime(2025, 9, 10, 18, 30, tzinfo=UTC)  # 19:30 in London: closed from then on


def message(kind=MessageKind.ASK):
    return Message(
        uuid4(), AMINA, HOME.id, SMS, kind, "ask.1", Delivery.PLANNED, NOW, NOW, case=1, attempt=1
    )


def facts(kind=MessageKind.ASK, **changes):
    """Amina's, to whom everything may be said."""
    open_to_all = Situation(
        message=message(kind),
        address=HOME,
        case=CASE,
        consent_until=date(2028, 8, 31),
        stopped=False,
        held=False,
        paused=False,
        over=False,
        stop=None,
        configured=frozenset({SMS, TELEGRAM}),
        asked_today=0,
        spent_pence=0,
        cost_pence=8,
        guests=None,
    )
    return replace(open_to_all, **changes)


def rests(until):
    return ChannelStop(SMS, NOW - HOUR, until, "503")


ASKS = [
    pytest.param({}, NOW, "yes", "open", id="all is well"),
    pytest.param({"address": None}, NOW, "never", "no_address", id="no address"),
    pytest.param(
        {"address": replace(HOME, standing=Standing.DEAD)}, NOW, "never", "address_dead", id="dead"
    ),
    pytest.param(
        {"address": replace(HOME, standing=Standing.OPTED_OUT)}, NOW, "never",
        "address_opted_out", id="opted out",
    ),
    pytest.param(
        {"address": replace(HOME, standing=Standing.NOT_THEIRS)}, NOW, "never",
        "address_not_theirs", id="not theirs",
    ),
    pytest.param(
        {"address": replace(HOME, standing=Standing.FAILING)}, NOW, "yes", "open", id="failing"
    ),
    pytest.param(
        {"configured": frozenset({TELEGRAM})}, NOW, "never", "channel_not_configured",
        id="no such gateway",
    ),
    pytest.param({"consent_until": None}, NOW, "never", "no_consent", id="no permission"),
    pytest.param(
        {"consent_until": date(2025, 9, 9)}, NOW, "never", "consent_ended", id="it ran out"
    ),
    pytest.param({"consent_until": date(2025, 9, 10)}, NOW, "yes", "open", id="its last day"),
    pytest.param({"case": None}, NOW, "never", "case_ended", id="no case"),
    pytest.param(
        {"case": replace(CASE, state=CaseState.ENDED)}, NOW, "never", "case_ended", id="ended"
    ),
    pytest.param({"over": True}, NOW, "never", "try_over", id="the try is over"),
    pytest.param({"held": True}, NOW, "later", "held", id="held"),
    pytest.param({"paused": True}, NOW, "later", "paused", id="paused"),
    pytest.param(
        {"case": replace(CASE, terms=replace(TERMS, until=date(2025, 9, 9)))}, NOW, "never",
        "window_ended", id="the wave is over",
    ),
    pytest.param({}, SUNDAY, "later", "hours", id="a Sunday"),
    pytest.param({}, EVENING, "later", "hours", id="the minute it closes"),
    pytest.param({"asked_today": 499}, NOW, "yes", "open", id="one below the cap"),
    pytest.param({"asked_today": 500}, NOW, "later", "daily_cap", id="at the cap"),
    pytest.param({"stop": rests(NOW + HOUR)}, NOW, "later", "channel_stopped", id="it rests"),
    pytest.param({"stop": rests(None)}, NOW, "later", "channel_stopped", id="until it is mended"),
    pytest.param({"stop": rests(NOW)}, NOW, "yes", "open", id="it has rested"),
    pytest.param({"guests": frozenset()}, NOW, "later", "not_a_guest", id="a trial for others"),
    pytest.param({"guests": frozenset({AMINA_PHONE})}, NOW, "yes", "open", id="a guest"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "now", "answer", "reason"), ASKS)
def test_what_we_start_leaves_only_where_everything_allows_it(changes, now, answer, reason):
    verdict = may_contact(facts(**changes), SCHOOL, now)

    assert (verdict.answer, verdict.reason) == (answer, reason)


@pytest.mark.parametrize("kind", [MessageKind.QUESTION, MessageKind.CLARIFY, MessageKind.THANKS])
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"consent_until": None, "held": True, "paused": True}, "open", id="any state"),
        pytest.param({"asked_today": 9999, "spent_pence": 9999}, "open", id="any amount"),
        pytest.param({"case": None}, "open", id="without a case"),
        pytest.param({"stopped": True}, "stopped", id="after a stop"),
        pytest.param(
            {"address": replace(HOME, standing=Standing.OPTED_OUT)}, "address_opted_out",
            id="at an address that was stopped",
        ),
        pytest.param({"guests": frozenset()}, "not_a_guest", id="in a trial for others"),
    ],
)  # fmt: skip
def test_an_answer_needs_no_permission_and_no_hour_but_ends_with_a_stop(kind, changes, reason):
    assert may_contact(facts(kind, **changes), SCHOOL, SUNDAY).reason == reason


@pytest.mark.parametrize("kind", ALWAYS_SENT)
def test_a_confirmation_or_a_signpost_goes_out_after_a_stop(kind):
    gone = replace(HOME, standing=Standing.OPTED_OUT)

    assert may_contact(facts(kind, stopped=True, address=gone), SCHOOL, SUNDAY).answer == "yes"


@pytest.mark.parametrize(
    ("budget", "spent", "cost", "reason"),
    [
        pytest.param(0, 10_000, 8, "open", id="no budget"),
        pytest.param(100, 92, 8, "open", id="exactly spent by it"),
        pytest.param(100, 93, 8, "budget", id="passed by one part of it"),
        pytest.param(100, 100, 0, "open", id="a chat costs nothing"),
    ],
)
def test_the_month_s_budget_is_never_passed(budget, spent, cost, reason):
    school = replace(SCHOOL, monthly_budget_pence=budget)

    verdict = may_contact(facts(spent_pence=spent, cost_pence=cost), school, NOW)

    assert verdict.reason == reason
    if reason == "budget":
        assert verdict.at == SCHOOL.hours.next_open(start_of_day(date(2025, 10, 1)))


@pytest.mark.parametrize(
    ("changes", "day"),
    [
        pytest.param({"asked_today": 500}, date(2025, 9, 11), id="the cap: tomorrow"),
        pytest.param({"guests": frozenset()}, date(2025, 9, 11), id="a trial: tomorrow"),
    ],
)
def test_what_waits_for_another_day_waits_for_its_opening(changes, day):
    at = may_contact(facts(**changes), SCHOOL, NOW).at

    assert at == SCHOOL.hours.next_open(start_of_day(day))


verdict_changes: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "held": st.booleans(),
        "paused": st.booleans(),
        "over": st.booleans(),
        "stopped": st.booleans(),
        "asked_today": st.integers(0, 600),
        "stop": st.none() | st.builds(rests, st.none() | st.just(NOW + HOUR)),
        "guests": st.none() | st.just(frozenset()),
        "consent_until": st.none() | st.dates(date(2025, 9, 1), date(2025, 9, 20)),
    },
)


@given(
    kind=st.sampled_from(MessageKind),
    changes=verdict_changes,
    now=st.datetimes(datetime(2025, 9, 1), datetime(2026, 1, 31), timezones=st.just(UTC)),
)
def test_later_is_always_later_and_what_we_start_never_leaves_out_of_hours(kind, changes, now):
    verdict = may_contact(facts(kind, **changes), SCHOOL, now)

    if verdict.answer is Answer.LATER:
        assert verdict.at is not None
        assert verdict.at > now
    if verdict.answer is Answer.YES and kind in WE_START:
        assert SCHOOL.hours.is_open(now)
