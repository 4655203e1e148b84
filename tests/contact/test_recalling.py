"""What they told us another time is said again to themselves only, where no doubt ever was."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from contact.address import Standing
from contact.conversation import Conversation
from contact.delivery import claim_planned
from contact.destination import Destination, Source
from contact.flag import FlagKind
from contact.flagging import raise_flag
from contact.message import MessageKind
from contact.recalling import WORTH_ASKING, to_say_again
from contact.reply import Reply
from scheduler.outreach import move_cases
from tests.cast import (
    AMINA_PHONE,
    BEN_CHAT,
    DAY,
    HOUR,
    MINUTE,
    NOW,
    OTHER_PHONE,
    SCHOOL,
    SMS,
    TELEGRAM,
    add,
    make_desk,
    stage,
)
from tests.fakes.scripted import BUSY

__all__ = ["stage"]

YEAR = timedelta(days=365)
PHONE, CHAT = (SMS, AMINA_PHONE), (TELEGRAM, BEN_CHAT)


def knows(work, who, **changes):
    """A spell of a year ago."""
    told = Destination(
        uuid4(), who, "220", Source.ALUMNUS, NOW - YEAR, provider="Carmel College",
        course="A levels", level="3", start="2024-09",
    )  # fmt: skip
    work.destinations.add(replace(told, **changes))


def known(stage, *where, **changes):
    """Somebody due of whom something is known, at addresses they have answered from."""
    who = stage.open(*(where or (PHONE,)))
    stage.write(lambda work: knows(work, who, **changes))
    for place in range(len(where or (PHONE,))):
        stands(stage, who, Standing.WORKS, place)
    return who


def stands(stage, who, standing, place=0):
    stage.write(lambda work: work.addresses.stands(stage.address(who, place).id, standing))


def said_again(stage, who, place=0):
    """The code that may be said again at an address of theirs."""
    found = stage.read(to_say_again, stage.address(who, place), NOW)
    return found.code if found else None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        pytest.param({}, "220", id="told by themselves"),
        pytest.param({"source": Source.STAFF}, "220", id="told to staff"),
        pytest.param({"source": Source.RESULTS_DAY}, "220", id="told on results day"),
        pytest.param({"source": Source.AUTHORITY}, None, id="said by the authority"),
        pytest.param({"source": Source.PROVIDER}, None, id="said by a college"),
        pytest.param({"source": Source.PARENT}, None, id="said by a parent"),
        pytest.param({"source": Source.INTENDED}, None, id="only planned"),
        pytest.param({"code": "810", "source": Source.SERVICE}, None, id="unknown"),
        pytest.param({"code": "830"}, None, id="refused"),
        pytest.param({"ended_on": NOW.date()}, None, id="over"),
        pytest.param({"ended_on": NOW.date() + DAY}, "220", id="over tomorrow"),
        pytest.param({"known_since": NOW - WORTH_ASKING}, "220", id="as old as it may be"),
        pytest.param({"known_since": NOW - WORTH_ASKING - DAY}, None, id="too old"),
    ],
)
def test_what_may_be_said_again(stage, changes, code):
    who = known(stage, **changes)

    assert said_again(stage, who) == code


@pytest.mark.parametrize(
    ("newer", "code"),
    [
        pytest.param({"code": "330", "employer": "Asda"}, "330", id="told later"),
        pytest.param({"code": "330", "source": Source.PROVIDER}, None, id="contradicted later"),
        pytest.param({"code": "810", "source": Source.SERVICE}, "220", id="three tries in vain"),
        pytest.param({"code": "240", "source": Source.INTENDED}, "220", id="a plan"),
    ],
)
def test_only_the_newest_that_is_known_is_said_again(stage, newer, code):
    who = known(stage)
    stage.write(lambda work: knows(work, who, **{"known_since": NOW - 30 * DAY, **newer}))

    assert said_again(stage, who) == code


@pytest.mark.parametrize("standing", [each for each in Standing if each is not Standing.WORKS])
def test_nothing_is_said_again_at_an_address_that_is_not_proven(stage, standing):
    who = known(stage)
    stands(stage, who, standing)

    assert said_again(stage, who) is None


def test_nothing_is_said_again_on_a_phone_that_somebody_else_gave_too(stage):
    who = known(stage)
    brother = stage.write(add, "Ben Yusuf", PHONE)
    assert said_again(stage, who) is None

    stands(stage, brother, Standing.NOT_THEIRS)

    assert said_again(stage, who) is None


def doubted(work, who, endpoint):
    """A stranger answered at an endpoint (or nobody noted where), and staff looked at it."""
    reply = None
    if endpoint is not None:
        reply = Reply(uuid4(), SMS, f"SM{uuid4().hex}", endpoint, NOW - YEAR, None, alumnus=who)
        work.replies.keep(reply)
    raise_flag(
        work, FlagKind.WRONG_PERSON, SCHOOL, NOW - YEAR, alumnus=who,
        reply=reply.id if reply else None,
    )  # fmt: skip
    for flag in work.flags.of(who):
        work.flags.close(replace(flag, closed_at=NOW - YEAR, closed_by="Ms Okafor"))


@pytest.mark.parametrize(
    ("where", "phone", "chat"),
    [
        pytest.param(0, None, "220", id="on the phone"),
        pytest.param(1, "220", None, id="in the chat"),
        pytest.param(None, None, None, id="nobody noted where"),
    ],
)
def test_nothing_is_said_again_where_a_stranger_ever_answered(stage, where, phone, chat):
    who = known(stage, PHONE, CHAT)
    endpoint = None if where is None else stage.address(who, where).endpoint
    stage.write(doubted, who, endpoint)

    assert [said_again(stage, who, place) for place in (0, 1)] == [phone, chat]


def lines(stage, who):
    return [each.line for each in stage.messages(who) if each.accepted_at]


def talk(stage, who):
    case = stage.case(who).id
    return stage.read(lambda work: work.conversations.of_case(case)).talk


async def test_the_ask_holds_nothing_of_it_and_a_yes_makes_it_known_as_of_today(stage):
    who = known(stage)
    await stage.tick(NOW)

    assert lines(stage, who) == ["ask.who.1"]
    assert "Carmel" not in stage.sms.texts[0]
    stage.hears("1", NOW + MINUTE)
    await stage.tick(NOW + MINUTE)
    assert "Last time: Carmel College, A levels." in stage.sms.texts[1]
    stage.hears("1", NOW + 2 * MINUTE)

    told = stage.read(lambda work: work.destinations.of(who))[-1]
    assert (told.code, told.provider, told.course) == ("220", "Carmel College", "A levels")
    assert (told.level, told.start, told.source) == ("3", "2024-09", Source.ALUMNUS)
    assert (told.known_since, told.case) == (NOW + 2 * MINUTE, stage.case(who).id)


async def test_whoever_falls_silent_after_saying_who_they_are_has_broken_off(stage):
    who = known(stage)
    await stage.tick(NOW)
    stage.hears("1", NOW + MINUTE)

    await stage.days(NOW + HOUR, 20)

    ending = stage.ending(who)
    assert (str(ending.disposition), ending.code) == ("break_off", "810")
    assert stage.codes(who) == ["220", "810"]
    assert lines(stage, who) == [
        "ask.who.1",
        "question.confirm",
        "nudge.question.confirm",
        "ask.who.2",
        "ask.who.last",
    ]


async def test_a_stop_in_the_middle_is_a_refusal_and_not_what_was_remembered(stage):
    who = known(stage)
    await stage.tick(NOW)
    stage.hears("1", NOW + MINUTE)

    stage.hears("STOP", NOW + 2 * MINUTE)

    assert (str(stage.ending(who).disposition), stage.ending(who).code) == ("refusal", "830")


async def test_elsewhere_all_begins_anew(stage):
    who = known(stage, PHONE, (SMS, OTHER_PHONE))
    stands(stage, who, Standing.UNTRIED, 1)
    await stage.tick(NOW)
    stage.hears("1", NOW + MINUTE)
    assert talk(stage, who).confirmed

    await stage.days(NOW + HOUR, 6)

    assert stage.asks(who)[-1].line == "ask.2"
    assert stage.asks(who)[-1].address == stage.address(who, 1).id
    assert talk(stage, who) == replace(stage.desk.words.opening(), confirmed=True)


async def test_who_said_that_it_changed_is_asked_the_usual_question_from_then_on(stage):
    who = known(stage)
    await stage.tick(NOW)
    stage.hears("1", NOW + MINUTE)
    stage.hears("2", NOW + 2 * MINUTE)

    await stage.days(NOW + HOUR, 7)

    assert [each.line for each in stage.asks(who)] == ["ask.who.1", "ask.2"]
    assert talk(stage, who).known == {}


async def test_an_ask_that_is_sent_once_more_keeps_to_what_may_be_said_there_by_then(stage):
    who = known(stage)
    stage.sms.then(BUSY)
    await stage.tick(NOW)
    assert stage.asks(who)[0].line == "ask.who.1"
    stage.write(doubted, who, stage.address(who).endpoint)

    await stage.tick(NOW + HOUR)

    assert lines(stage, who) == ["ask.1"]
    assert talk(stage, who).question == "now"


def speaks(work, stage, who, language):
    """A conversation in ``language`` has begun in their case."""
    case = work.cases.current(who)
    endpoint = work.addresses.of(who)[0].endpoint
    begun = replace(stage.desk.words.opening(), language=language)
    work.conversations.open(Conversation(uuid4(), who, endpoint, case.id, begun, NOW, NOW))


async def test_of_many_that_leave_together_each_ask_opens_as_it_may(stage):
    stage.desk = make_desk(schools={SCHOOL.id: replace(SCHOOL, languages=("pl",))})
    returning = known(stage)
    stranger = stage.open((SMS, OTHER_PHONE), name="Ben Shaw")
    pole = stage.open((TELEGRAM, BEN_CHAT), name="Cora Lewis")
    stage.write(speaks, stage, pole, "pl")
    await move_cases(stage.memory, stage.desk, NOW)

    claims = stage.write(claim_planned, NOW, 16, stage.desk)

    asked = {who: stage.asks(who)[0] for who in (returning, stranger, pole)}
    assert {each.message: each.text for each in claims.claimed} == {
        ask.id: ask.text for ask in asked.values()
    }
    assert [ask.line for ask in asked.values()] == ["ask.who.1", "ask.1", "pl:ask.1"]
    talks = [talk(stage, who) for who in asked]
    assert [(each.question, each.language) for each in talks] == [
        ("who", "en"), ("now", "en"), ("now", "pl"),
    ]  # fmt: skip
    assert [each.known.get("where") for each in talks] == ["Carmel College", None, None]


async def test_a_button_that_says_who_they_are_does_not_say_that_it_still_holds(stage):
    who = known(stage, CHAT)
    told = stage.codes(who)

    async def presses(under, at):
        stage.hears("1", at, BEN_CHAT, channel=TELEGRAM, pressed=under.id)
        await stage.tick(at)
        return stage.messages(who)[-1]

    await stage.tick(NOW)
    (ask,) = stage.asks(who)
    first = await presses(ask, NOW + MINUTE)
    again = await presses(ask, NOW + 2 * MINUTE)

    assert (first.line, again.line) == ("question.confirm", "question.confirm")
    assert (first.id != again.id, again.text) == (True, first.text)
    assert stage.codes(who) == told
    await presses(first, NOW + 3 * MINUTE)
    assert stage.codes(who) == [*told, "220"]


async def test_what_they_write_before_they_are_asked_is_never_answered_with_it(stage):
    who = known(stage)

    stage.hears("hello", NOW)

    assert MessageKind.CLARIFY in [each.kind for each in stage.messages(who)]
    assert "Carmel" not in "".join(each.text or "" for each in stage.messages(who))
