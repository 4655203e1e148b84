"""Whatever people text and whenever, the rehearsed term keeps the promises of the real ones."""

import asyncio
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contact.address import ChannelName
from contact.case import CaseState
from contact.hours import london_day
from contact.message import MessageKind
from contact.outcome import Fault
from contact.ports import Work
from followup.founding import found
from followup.talking import Partner, invented
from followup.tour.behaviour import Behaviour, people
from followup.tour.phones import Phones
from followup.tour.rehearse import rehearse
from followup.tour.stage import ENDS, STARTS
from followup.wiring import House
from scheduler.rehearsal import VirtualClock

AMINA = "+447700900001"
SAID = st.sampled_from(
    ["", "2", "7", "1", "Northfield College", "plumbing level 2", "sept", "no", "STOP", "WRONG",
     "later", "who is this?", "wrong number", "ring me", "+1m 2", "+30h 2", "+9d college",
     "+80d uni", "asdf", "(picture)", "START"]
)  # fmt: skip


def play(folder: Path, behaviour: Behaviour) -> tuple[House, Partner]:
    """Amina's autumn term."""
    house = House.at(found(folder).config)
    partner = invented(house, ChannelName.SMS)
    clock = VirtualClock(STARTS)
    phones = Phones(people({AMINA: behaviour}, 1), clock)
    asyncio.run(rehearse(house, phones, clock, ENDS))
    return house, partner


def facts(work: Work, partner: Partner) -> dict[str, Any]:
    who = partner.person.id
    [case] = work.cases.of(who)
    sent = [each for each in work.messages.of(who) if each.accepted_at]
    return {
        "case": case,
        "endings": work.cases.endings(case.id),
        "attempts": work.attempts.of(case.id),
        "asks": [each.accepted_at for each in sent if each.kind is MessageKind.ASK],
        "sent": sent,
        "replies": work.replies.of(who),
    }


def term(folder: Path, behaviour: Behaviour) -> dict[str, Any]:
    house, partner = play(folder, behaviour)
    try:
        found_: dict[str, Any] = house.memory.read(facts, partner).result()
        return {**found_, "hours": house.schools["example"].hours}
    finally:
        house.close()


@settings(max_examples=12)
@given(st.lists(SAID, max_size=7))
def test_whatever_they_say_asks_are_few_and_far_between_and_a_reply_has_one_answer(says):
    with TemporaryDirectory() as folder:
        came = term(Path(folder), Behaviour(tuple(says)))

    answers = [each.in_reply_to for each in came["sent"] if each.in_reply_to]
    assert came["case"].state is CaseState.ENDED
    assert came["endings"]
    assert len(came["asks"]) <= 3
    assert all(came["hours"].is_open(at) for at in came["asks"])
    assert all((london_day(b) - london_day(a)).days >= 5 for a, b in pairwise(came["asks"]))
    assert len(answers) == len(set(answers))
    assert set(answers) <= {reply.id for reply in came["replies"]}


def test_silence_is_unknown_after_three_tries(tmp_path):
    came = term(tmp_path, Behaviour())

    assert [each.outcome for each in came["attempts"]] == ["no_answer"] * 3
    assert [each.code for each in came["endings"]] == ["810"]


@pytest.mark.parametrize("at_once", [True, False])
def test_a_dead_number_is_unknown_for_want_of_an_address(tmp_path, at_once):
    dead = Behaviour(("2",), Fault.DEAD, "21211", at_once=at_once)

    came = term(tmp_path, dead)

    assert came["endings"][-1].code == "820"
    assert came["replies"] == []


def test_a_reply_is_taken_in_at_the_instant_it_comes(tmp_path):
    came = term(tmp_path, Behaviour(("+95m 2",)))

    asked: datetime = came["asks"][0]
    assert came["replies"][0].received_at - asked == timedelta(minutes=95)


def test_progress_is_told_in_the_order_of_time(tmp_path):
    house = House.at(found(tmp_path).config)
    told: list[datetime] = []

    asyncio.run(
        rehearse(house, Phones({}, lambda: STARTS), VirtualClock(STARTS), ENDS, told.append)
    )
    house.close()

    assert told == sorted(told)
    assert told[-1] == ENDS
