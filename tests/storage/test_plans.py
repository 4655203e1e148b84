"""What is sent to SQLite finds its rows by an index, so a million alumni cost what ten do.

SQLite chooses its way without looking at the rows (it is never told to
ANALYZE), so the plans of an almost empty database are those of a full one.
"""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from contact.address import ChannelName, Standing
from contact.attempt import AttemptState
from contact.consent import Purpose
from contact.destination import Destination, Source
from contact.flag import FlagKind, NewFlag
from contact.message import Delivery, MessageKind
from contact.outbox import Lane
from storage.database import driver_of
from storage.memory import open_memory
from tests.storage.cast import (
    AMINA_PHONE,
    COHORT,
    LATER,
    NOW,
    TODAY,
    WINDOW,
    add,
    attempt,
    conversation,
    message,
    open_case,
    reply,
    somebody,
    written,
)

#: Small by nature, or read whole on purpose.
READ_WHOLE = {"cohort", "channel_state", "keyring", "CONSTANT"}


@pytest.fixture
def memory(sqlite_url, vault):
    opened = open_memory(sqlite_url, vault)
    yield opened
    opened.close()


def plans_of(work, deed) -> dict[str, list[str]]:
    """The steps of each statement that ``deed`` really sends."""
    driver = driver_of(work.cases._connection)
    sent: list[str] = []
    driver.set_trace_callback(sent.append)
    try:
        deed(work)
    finally:
        driver.set_trace_callback(None)
    asked = [sql for sql in sent if re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE)", sql)]
    assert asked
    return {
        sql: [row[3] for row in driver.execute(f"EXPLAIN QUERY PLAN {chosen(sql)}")]
        for sql in asked
    }


def chosen(sql: str) -> str:
    """Of an INSERT from a SELECT only the SELECT.

    The plan of the whole lists what SQLite would read if a reference were
    left dangling until the end, which it never does with ours.
    """
    many = re.match(
        r"INSERT INTO \S+ \([^)]*\) (SELECT .*?)( ON CONFLICT DO NOTHING)?$", sql, re.DOTALL
    )
    return many[1] if many else sql


def scans(plans) -> list[str]:
    """The steps that read a whole table, each with the statement that takes it."""
    return [
        f"{step}: {sql[:300]}"
        for sql, plan in plans.items()
        for step in plan
        if step.startswith("SCAN") and step.split()[1] not in READ_WHOLE
    ]


def everything_about_somebody(work, who, case, home):
    """What happens while somebody is asked and answers."""
    work.alumni.get(who)
    work.alumni.by_reference("A7K3-Q2M9")
    work.alumni.matching("cansfield", "x")
    work.cohorts.of(who)
    work.cohorts.touch(who)
    work.consents.live(who, Purpose.TRACKING)
    work.consents.of(who)
    work.consents.withdraw(who, [Purpose.ALUMNI_NEWS], NOW, "sms")
    work.addresses.of(who)
    work.addresses.find(ChannelName.SMS, AMINA_PHONE)
    work.addresses.sharers(home)
    work.addresses.givers(home)
    work.addresses.endpoint_stands(home, Standing.WORKS)
    work.cases.get(case.id)
    work.cases.of(who)
    work.cases.current(who)
    work.cases.save(case)
    work.cases.endings(case.id)
    work.attempts.of(case.id)
    work.attempts.save(attempt(case, state=AttemptState.WAITING))


def everything_about_words(work, who, case, home):
    """What is said and kept meanwhile."""
    came = reply(home, who)
    work.replies.keep(came)
    work.replies.save(came)
    work.replies.of(who)
    work.replies.lately(came, NOW)
    work.replies.unclaimed(home)
    work.conversations.open(conversation(case, home))
    work.conversations.on(home)
    work.conversations.with_(who)
    work.conversations.of_case(case.id)
    work.conversations.last_on(home)
    said = message(who, in_reply_to=came.id, case=case.id, attempt=1)
    work.messages.plan(said)
    work.messages.save(said, Delivery.PLANNED)
    work.messages.get(said.id)
    work.messages.by_provider(ChannelName.SMS, "SM1")
    work.messages.of_case(case.id)
    work.messages.of(who)
    work.destinations.add(Destination(uuid4(), who, "230", Source.ALUMNUS, NOW, case.id))
    work.destinations.of(who)
    work.destinations.take_back(uuid4())
    work.flags.raise_(NewFlag(FlagKind.WORRY, "cansfield", NOW, LATER, who))
    work.flags.of(who)
    work.flags.pausing(who)
    work.audit.of(who)
    work.house.invitation("x")


def everything_the_clock_does(work, who, case, home):
    """What is asked of the whole database again and again."""
    work.cohorts.swept(COHORT.id, "y1-autumn", TODAY)
    work.cases.to_act(LATER, 100)
    work.outbox.due(LATER, 100)
    work.messages.expired(LATER)
    work.messages.unsure()
    work.messages.asked_since("cansfield", NOW)
    work.messages.segments_since("cansfield", NOW)
    work.messages.booked("cansfield")
    work.messages.put_off(ChannelName.SMS, NOW, LATER)
    work.messages.bring_forward(ChannelName.SMS, NOW)
    work.messages.note_silence([ChannelName.SMS], NOW)
    work.house.stops()
    work.house.beaten("clock")


def everything_a_batch_needs(work, who, case, home):
    """What whoever sends asks about many at once."""
    new = message(who, kind=MessageKind.ASK, case=case.id, attempt=1)
    work.messages.plan(new)
    found = work.outbox.due(LATER, 100, [new.id])
    for lane in (*Lane, None):
        work.outbox.due(LATER, 100, None, lane)
    work.outbox.letters(found)
    work.outbox.busy([home])
    work.outbox.answered_first([who], LATER)
    work.outbox.claim(found)
    work.outbox.underway([new.id])
    work.outbox.settle([each.message for each in work.outbox.handed([new.id])])
    work.outbox.known(ChannelName.SMS, ["SM1"])


def everything_about_who_is_due(work, who, case, home):
    """The selection, in each of its forms."""
    list(work.due.select(WINDOW, TODAY))
    work.due.open(WINDOW, TODAY, LATER + timedelta(days=1))
    work.due.skip_answered(WINDOW, TODAY, LATER)
    list(work.due.candidates(WINDOW))
    list(work.due.candidates(WINDOW, who))


def everything_about_who_goes(work, who, case, home):
    """A number that is replaced, and somebody who is erased."""
    work.addresses.remove(uuid4())
    work.alumni.erase(who, LATER)


@pytest.mark.parametrize(
    "deeds",
    [
        everything_about_somebody,
        everything_about_words,
        everything_the_clock_does,
        everything_a_batch_needs,
        everything_about_who_is_due,
        everything_about_who_goes,
    ],
)
def test_nothing_reads_a_whole_table(memory, deeds):
    def look(work):
        who = add(work, somebody())
        case = open_case(work, who)
        work.attempts.plan(attempt(case))
        home = work.addresses.of(who)[0].endpoint
        return plans_of(work, lambda work: deeds(work, who, case, home))

    assert scans(written(memory, look)) == []


def test_a_scan_would_be_seen(memory):
    """The claim above could fail: an unindexed question is caught."""

    def look(work):
        connection = work.cases._connection
        return plans_of(
            work, lambda _: connection.exec_driver_sql("SELECT id FROM consent WHERE how = 'x'")
        )

    (found,) = scans(written(memory, look))
    assert found.startswith("SCAN consent: SELECT id")


@pytest.mark.parametrize(
    ("deed", "index"),
    [
        pytest.param(lambda work: work.cases.to_act(NOW, 1), "ix_case_act_at"),
        pytest.param(lambda work: work.cases.current(uuid4()), "uq_case_not_ended"),
        pytest.param(lambda work: work.outbox.due(NOW, 1), "ix_message_not_settled"),
        pytest.param(
            lambda work: work.messages.note_silence([ChannelName.SMS], NOW),
            "ix_message_unreported",
        ),
        pytest.param(lambda work: work.flags.pausing(uuid4()), "ix_flag_open_alumnus"),
        pytest.param(lambda work: work.flags.count_open(), "ix_flag_open_alumnus"),
        pytest.param(lambda work: work.consents.live(uuid4(), Purpose.TRACKING), "uq_consent_live"),
        pytest.param(lambda work: work.conversations.on(uuid4()), "uq_conversation_open_endpoint"),
        *(
            pytest.param(lambda work: list(work.due.select(WINDOW, TODAY)), index)
            for index in ("uq_consent_live", "uq_case_not_ended", "ix_flag_open_alumnus")
        ),
    ],
)
def test_the_partial_indexes_are_used(memory, deed, index):
    plans = written(memory, plans_of, deed)

    assert index in str(plans.values())


def test_the_oldest_message_is_found_without_sorting(memory):
    plans = written(memory, plans_of, lambda work: work.outbox.due(NOW, 1))

    assert "TEMP B-TREE" not in str(plans.values())


def test_what_is_planned_for_later_is_not_looked_at_each_time(memory):
    plans = written(memory, plans_of, lambda work: work.outbox.due(NOW, 1))

    assert "(delivery=? AND priority=? AND not_before<?)" in str(plans.values())
