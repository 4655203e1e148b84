"""The running service: what arrives is committed first, answered at once, and told to staff."""

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest

from contact.channels.telegram_updates import Arrived, ChatStanding
from contact.errors import StorageUnavailable
from contact.message import Delivery, MessageKind
from contact.outcome import Receipt
from contact.reply import Inbound
from followup.passes import CLOCK
from followup.service import BEAT_WITHIN, Service
from followup.wiring import House, now
from tests.cast import AMINA_PHONE, BEN_CHAT, SMS, TELEGRAM, add
from tests.fakes.scripted import Scripted
from tests.followup.office import founded, office
from tests.storage.cast import message

__all__ = ["founded", "office"]


@pytest.fixture
def house(office):
    """The house of a new office."""
    opened = House.at(office.config)
    yield opened
    opened.close()


@pytest.fixture
def sms():
    return Scripted()


@pytest.fixture
def service(house, sms):
    return Service(house, {SMS: sms, TELEGRAM: Scripted(TELEGRAM)})


@pytest.fixture
def amina(house):
    """Amina, whom nobody has asked."""
    return house.memory.write(add, "Amina Yusuf", (SMS, AMINA_PHONE)).result()


def texted(text: str, sender: str = AMINA_PHONE) -> Inbound:
    return Inbound(SMS, f"SM{uuid4().hex}", sender, text)


def planned(house, who):
    """Something to say to somebody, at once."""
    address = house.memory.read(lambda work: work.addresses.of(who)[0]).result()
    said = message(
        who, address=address.id, kind=MessageKind.CONFIRMATION, line="help", text="Hi",
        created_at=now(), not_before=now(), school="cansfield",
    )  # fmt: skip
    house.memory.write(lambda work: work.messages.plan(said)).result()
    return said.id


def stands(house, which):
    return house.memory.read(lambda work: work.messages.get(which)).result().delivery


async def counted(service: Service, name: str) -> float:
    """A figure of the metrics."""
    page = (await service.metrics()).decode()
    (line,) = [each for each in page.splitlines() if each.startswith(f"{name} ")]
    return float(line.split()[-1])


async def seen(what: Callable[[], bool]) -> None:
    """Wait until something is to be seen."""
    while not what():  # noqa: ASYNC110  a gateway has no event to wait for
        await asyncio.sleep(0.005)


async def test_a_reply_is_kept_once_it_is_taken_in(service, house, amina):
    await service.inbound(texted("hello there"))

    (kept,) = house.memory.read(lambda work: work.replies.of(amina)).result()
    assert kept.text == "hello there"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        pytest.param("STOP", "answered", id="a stop is confirmed"),
        pytest.param("👍", "kept", id="what asks for nothing is kept"),
    ],
)
async def test_replies_are_counted_by_what_they_came_to(service, amina, text, outcome):
    await service.inbound(texted(text))

    assert await counted(service, f'followup_replies_total{{outcome="{outcome}"}}') == 1


async def test_the_same_reply_twice_is_kept_once_and_counted_as_a_repeat(service, house, amina):
    came = texted("hello")

    await service.inbound(came)
    await service.inbound(came)

    assert len(house.memory.read(lambda work: work.replies.of(amina)).result()) == 1
    assert await counted(service, 'followup_replies_total{outcome="repeat"}') == 1


async def test_an_answer_goes_out_at_once_and_not_at_the_next_look(service, house, sms, amina):
    stopping = asyncio.Event()

    # It looks by itself every five seconds: that would be too late here.
    async with asyncio.timeout(4):
        sending = asyncio.ensure_future(service.keep_sending(stopping))
        await asyncio.sleep(0.05)
        await service.inbound(texted("STOP"))
        await seen(lambda: bool(sms.texts))
        stopping.set()
        await sending

    assert "any more texts" in sms.texts[0]


async def test_what_is_planned_is_sent_and_counted(service, house, sms, amina):
    which = planned(house, amina)

    await service.send()

    assert stands(house, which) is Delivery.ACCEPTED
    assert sms.texts == ["Hi"]
    assert await counted(service, 'followup_messages_total{outcome="sent"}') == 1


async def test_only_what_is_asked_for_is_sent(service, house, amina):
    one, other = planned(house, amina), planned(house, amina)

    await service.send(only=[other])

    assert (stands(house, one), stands(house, other)) == (Delivery.PLANNED, Delivery.ACCEPTED)


async def test_once_it_is_enough_nothing_more_is_begun(service, house, amina):
    which = planned(house, amina)

    await service.send(enough=lambda: True)

    assert stands(house, which) is Delivery.PLANNED


async def test_a_gateway_with_a_defect_does_not_keep_replies_from_coming_in(
    service, house, sms, amina
):
    sms.then(ZeroDivisionError("ours"))
    planned(house, amina)

    await service.send()
    await service.inbound(texted("hello"))

    assert len(house.memory.read(lambda work: work.replies.of(amina)).result()) == 1


async def test_a_receipt_moves_its_message(service, house, amina):
    which = planned(house, amina)
    await service.send()
    theirs = house.memory.read(lambda work: work.messages.get(which)).result().provider_id

    await service.receipt(which, Receipt(theirs, "delivered", "delivered"))

    assert stands(house, which) is Delivery.DELIVERED
    assert await counted(service, "followup_receipts_total") == 1


async def test_a_receipt_for_nothing_we_know_is_counted_and_harmless(service):
    await service.receipt(uuid4(), Receipt("SMunknown", "delivered", "delivered"))

    assert await counted(service, "followup_receipts_total") == 1


class TestTelegram:
    @pytest.fixture
    def ben(self, house):
        return house.memory.write(add, "Ben Shaw", (TELEGRAM, BEN_CHAT)).result()

    async def test_a_message_is_a_reply(self, service, house, ben):
        said = Inbound(TELEGRAM, "7001:1", BEN_CHAT, "hello")

        await service.telegram(Arrived(1, said))

        assert len(house.memory.read(lambda work: work.replies.of(ben)).result()) == 1

    @pytest.mark.parametrize(
        ("told", "usable"),
        [
            pytest.param([True], False, id="blocked"),
            pytest.param([True, False], True, id="and let in again"),
        ],
    )
    async def test_a_block_closes_the_chat(self, service, house, ben, told, usable):
        for turn, blocked in enumerate(told, 1):
            await service.telegram(Arrived(turn, ChatStanding(BEN_CHAT, blocked)))

        (chat,) = house.memory.read(lambda work: work.addresses.of(ben)).result()
        assert chat.usable is usable

    async def test_what_does_not_concern_us_changes_nothing(self, service, house, ben):
        await service.telegram(Arrived(1, None))

        assert house.memory.read(lambda work: work.replies.of(ben)).result() == []


class TestReady:
    """Able to work: the database takes what we write, and the clock is alive."""

    def beats(self, house, at):
        house.memory.write(lambda work: work.house.beat(CLOCK, at)).result()

    async def test_a_clock_that_just_beat_is_well(self, service, house):
        self.beats(house, now())

        checks = await service.ready()

        assert [(name, well) for name, well, _ in checks] == [("database", True), ("clock", True)]

    async def test_a_clock_that_stands_still_is_not(self, service, house):
        self.beats(house, now() - timedelta(seconds=BEAT_WITHIN + 5))

        _, (name, well, said) = await service.ready()
        assert (name, well) == ("clock", False)
        assert said.startswith("last beat 12")

    async def test_a_clock_that_never_beat_is_not(self, service):
        _, clock = await service.ready()

        assert clock == ("clock", False, "has not beaten yet")

    async def test_who_has_no_clock_of_its_own_asks_for_none(self, house):
        checks = await Service(house, {}, expects_clock=False).ready()

        assert [name for name, _, _ in checks] == ["database"]

    async def test_asking_is_no_beat_of_the_clock(self, service):
        await service.ready()

        assert (await service.ready())[1][1] is False

    async def test_a_database_that_cannot_be_written_to_is_told_of_and_not_raised(
        self, office, house, service
    ):
        house.memory.read(lambda work: work.flags.list()).result()
        lock = sqlite3.connect(office.database, isolation_level=None)
        lock.execute("BEGIN IMMEDIATE")
        try:
            ((name, well, said),) = await service.ready()
        finally:
            lock.rollback()
            lock.close()

        assert (name, well) == ("database", False)
        assert "\n" not in said


async def test_open_flags_are_a_figure(service, house, amina):
    assert await counted(service, "followup_open_flags") == 0

    await service.inbound(texted("I want to kill myself"))

    assert await counted(service, "followup_open_flags") >= 1


async def test_the_metrics_hold_nobody(service, amina):
    await service.inbound(texted("I'm at Carmel College, it's Amina"))

    page = (await service.metrics()).decode()

    assert "Amina" not in page
    assert AMINA_PHONE not in page
    assert "Carmel" not in page


class TestAtRest:
    async def test_nothing_in_hand_is_rest_at_once(self, service):
        async with asyncio.timeout(1):
            await service.at_rest(60)

    async def test_whoever_stops_waits_for_what_is_in_hand(self, service):
        order = []

        async def work():
            with service.working(), service.working():
                await asyncio.sleep(0.02)
                order.append("done")

        busy = asyncio.ensure_future(work())
        await asyncio.sleep(0)
        await service.at_rest(5)
        order.append("rest")
        await busy

        assert order == ["done", "rest"]

    async def test_but_no_longer_than_it_is_told_to(self, service):
        with service.working():
            async with asyncio.timeout(1):
                await service.at_rest(0.02)

    async def test_work_that_fails_is_no_longer_in_hand(self, service):
        with pytest.raises(StorageUnavailable), service.working():
            raise StorageUnavailable("the database is locked")

        async with asyncio.timeout(1):
            await service.at_rest(60)


async def test_without_a_mail_server_nobody_is_told_and_nothing_fails(service):
    stopping = asyncio.Event()

    async with asyncio.timeout(2):
        telling = asyncio.ensure_future(service.keep_telling(stopping))
        await asyncio.sleep(0.01)
        assert not telling.done()
        stopping.set()
        await telling


async def test_the_web_is_handed_every_kind_of_request(service):
    hooks = service.hooks()

    assert [hooks.inbound, hooks.receipt, hooks.telegram, hooks.ready, hooks.metrics] == [
        service.inbound, service.receipt, service.telegram, service.ready, service.metrics,
    ]  # fmt: skip
