"""A stop at a random moment around a send: nothing is claimed after its commit."""

import asyncio
import random
from collections import Counter
from uuid import UUID, uuid4

import pytest

from bot.replies import Received, receive
from contact.dispatch import deliver
from contact.gate import ALWAYS_SENT
from contact.message import Delivery, MessageKind
from contact.outcome import Claimed, Outcome
from contact.reply import Inbound
from scheduler.outreach import move_cases
from storage.memory import open_memory
from tests.cast import MINUTE, NOW, SMS, Stage, add, open_cases, speech
from tests.fakes.scripted import Scripted

#: Seconds: longer than a message takes from its claim to its record, so that a
#: stop falls before it, into it and behind it.
LONGEST = 0.03


class Leisurely(Scripted):
    """A gateway that takes some milliseconds over each message."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self._chance = chance

    async def send(self, message: Claimed) -> Outcome:
        await asyncio.sleep(self._chance.uniform(0, 0.005))
        return await super().send(message)


@pytest.fixture(params=["sqlite", "postgresql"])
def stage(request, vault):
    """A house on either database, whose gateway takes its time."""
    of = {"sqlite": "sqlite_url", "postgresql": "furnished_postgres_url"}
    memory = open_memory(request.getfixturevalue(of[request.param]), vault)
    yield Stage(memory, sms=Leisurely(random.Random(11)))  # type: ignore[arg-type]
    memory.close()


def claimed(work, who: UUID) -> frozenset[UUID]:
    """What was ever claimed for somebody, but for what always goes out."""
    known = work.messages.of(who)
    return frozenset(m.id for m in known if m.claimed_at and m.kind not in ALWAYS_SENT)


def says_stop(work, who: UUID, phone: str, desk) -> frozenset[UUID]:
    """Take the stop in; what had been claimed by its commit."""
    inbound = Inbound(SMS, f"SM{uuid4().hex}", phone, "STOP")
    assert receive(work, inbound, desk, speech(), NOW + MINUTE) is Received.ANSWERED
    return claimed(work, who)


async def a_stop_amid_a_send(stage: Stage, chance: random.Random) -> str:
    """One person, one ask and one stop; where the stop fell."""
    phone = f"a phone of her own: {uuid4()}"
    who = await stage.memory.write(add, "Amina Yusuf", (SMS, phone))
    await stage.memory.write(open_cases, NOW)
    await move_cases(stage.memory, stage.desk, NOW)

    async def stops() -> frozenset[UUID]:
        await asyncio.sleep(chance.uniform(0, LONGEST))
        return await stage.memory.write(says_stop, who, phone, stage.desk)

    async def sends() -> None:
        for _ in range(3):
            await asyncio.sleep(chance.uniform(0, LONGEST / 3))
            await deliver(stage.memory, stage.channels, stage.desk, lambda: NOW)

    before, _ = await asyncio.gather(stops(), sends())
    await deliver(stage.memory, stage.channels, stage.desk, lambda: NOW + 2 * MINUTE)

    assert await stage.memory.read(claimed, who) == before
    said = await stage.memory.read(lambda work: work.messages.of(who))
    assert {m.delivery for m in said} <= {Delivery.ACCEPTED, Delivery.CANCELLED}
    left = Counter(m.kind for m in said if m.delivery is Delivery.ACCEPTED)
    assert left[MessageKind.CONFIRMATION] == 1
    assert left.total() == len([m for m in stage.sms.arrived if m.to == phone]) <= 2
    if not before:
        return "before the claim"
    return "after the claim" if left[MessageKind.ASK] else "withheld"


async def _runs(stage: Stage, count: int) -> Counter[str]:
    chance = random.Random(2025)
    return Counter([await a_stop_amid_a_send(stage, chance) for _ in range(count)])


async def test_no_message_is_claimed_after_a_stop_s_commit(stage):
    await _runs(stage, 40)


@pytest.mark.soak
async def test_in_a_thousand_runs_no_message_is_claimed_after_a_stop_s_commit(stage, told):
    fell = await _runs(stage, 1_000)

    told(f"1,000 stops: {dict(fell)}")
    # Both sides of the claim were met, or the runs would prove nothing.
    assert min(fell["before the claim"], fell["after the claim"]) >= 50
