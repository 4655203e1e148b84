"""Twilio on a bad day, and webhooks that are not what they seem."""

import asyncio
from datetime import timedelta
from itertools import permutations
from threading import Thread
from urllib.parse import urlencode

import pytest

from contact.dispatch import ROOM
from followup.passes import one_pass
from followup.wiring import House
from tests.fakes import twilio_gateway as twilio
from tests.journeys.world import AMINA, PUBLIC, london

INBOUND = "/webhooks/twilio/inbound"
STATUS = "/webhooks/twilio/status"


class TestAGatewayThatIsUnwell:
    @pytest.mark.parametrize(
        "answer",
        [
            pytest.param(twilio.unwell(), id="503"),
            pytest.param(twilio.busy(30), id="429"),
            pytest.param(twilio.error(30001), id="queue full"),
        ],
    )
    def test_is_tried_again_soon_and_the_try_keeps_its_number(self, world, answer):
        amina = world.meet("Amina Yusuf", AMINA)
        world.sms.script.next.append(answer)

        world.tick()
        assert world.attempts(amina) == [(1, "planned", None)]
        world.later(minutes=2)
        world.tick()

        assert len(world.sms.texts) == 1
        assert world.attempts(amina) == [(1, "waiting", None)]

    def test_that_refuses_connections_is_tried_again_and_told_of(self, world):
        amina = world.meet("Amina Yusuf", AMINA)

        with world.sms.refusing():
            world.tick_until(world.now + timedelta(hours=2), timedelta(minutes=10))
        assert "channel_down" in world.kinds()
        world.later(minutes=40)
        world.tick()

        assert len(world.sms.texts) == 1
        assert world.attempts(amina) == [(1, "waiting", None)]

    def test_whose_account_is_wrong_stops_for_everybody_and_is_flagged_once(self, world):
        people = [world.meet(f"Amina Yusuf{n}", f"+4477009001{n}") for n in range(20, 60)]
        world.sms.script.otherwise = lambda _: twilio.error(20003, 401)

        world.tick()
        world.later(minutes=5)
        world.tick()

        assert world.sms.requests <= ROOM
        assert world.kinds() == ["channel_down"]
        assert {world.attempts(who)[0][1] for who in people} == {"planned"}


class TestATextOfWhichNobodyKnows:
    def test_is_found_in_the_gateways_list_and_not_sent_again(self, world):
        amina = world.meet("Amina Yusuf", AMINA)
        world.sms.script.next.append(twilio.lose(taken=True))

        assert world.tick()["unsure"] == 1
        assert world.attempts(amina) == [(1, "waiting", None)]
        world.tick_until(world.now + timedelta(hours=2), timedelta(minutes=1))

        assert len(world.sms.texts) == 1
        assert world.attempts(amina) == [(1, "waiting", None)]

    def test_is_sent_once_more_after_a_quarter_of_an_hour_without_a_trace(self, world):
        world.meet("Amina Yusuf", AMINA)
        world.sms.script.next.append(twilio.lose(taken=False))
        world.tick()
        lost = world.now

        world.tick_until(lost + timedelta(minutes=14), timedelta(minutes=1))
        assert world.sms.texts == []
        world.tick_until(lost + timedelta(hours=2), timedelta(minutes=1))

        assert len(world.sms.texts) == 1
        assert world.sms.texts[0].at - lost >= timedelta(minutes=15)

    def test_is_never_sent_a_third_time_by_itself(self, world):
        amina = world.meet("Amina Yusuf", AMINA)
        world.sms.script.otherwise = lambda _: twilio.lose(taken=False)

        world.tick_until(london(2025, 11, 7, 19), timedelta(minutes=30))

        assert world.sms.requests == 2
        assert world.attempts(amina) == [(1, "waiting", None)]
        world.sms.script.otherwise = lambda _: twilio.ACCEPT
        world.tick_until(london(2025, 11, 8, 19), timedelta(minutes=30))
        assert world.attempts(amina) == [(1, "waiting", None)]
        assert len(world.sms.texts) == 1

    def test_is_settled_by_its_receipt(self, world):
        amina = world.meet("Amina Yusuf", AMINA)
        world.sms.script.next.append(twilio.lose(taken=True))
        world.tick()

        assert world.receipt(world.sms.texts[0], "delivered") == 204

        assert world.standings(amina) == ["works"]
        world.tick_until(world.now + timedelta(hours=1), timedelta(minutes=10))
        assert len(world.sms.texts) == 1

    def test_is_not_sent_again_while_the_list_cannot_be_asked(self, world):
        world.meet("Amina Yusuf", AMINA)
        world.sms.script.next.append(twilio.lose(taken=True))
        world.tick()

        with world.sms.refusing():
            world.tick_until(world.now + timedelta(hours=3), timedelta(minutes=10))
        world.tick_until(world.now + timedelta(hours=1), timedelta(minutes=10))

        assert len(world.sms.texts) == 1


def test_an_unknown_code_is_put_before_staff_and_waits(world):
    amina = world.meet("Amina Yusuf", AMINA)
    world.sms.script.next.append(twilio.error(29999))

    world.tick()
    world.tick_until(london(2025, 11, 7), timedelta(hours=6))

    assert world.kinds(amina) == ["unknown_code"]
    assert world.attempts(amina) == [(1, "waiting", None)]
    world.tick_until(london(2025, 11, 8, 19), timedelta(hours=1))
    assert world.attempts(amina)[0] == (1, "failed", "no_answer")


def test_two_ticks_at_once_send_each_text_once(world):
    people = [world.meet(f"Amina Yusuf{n}", f"+4477009001{n}") for n in range(20, 40)]

    def tick() -> None:
        asyncio.run(one_pass(House.at(world.config)))

    both = [Thread(target=tick) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert sorted(text.to for text in world.sms.texts) == [f"+4477009001{n}" for n in range(20, 40)]
    assert all(world.attempts(who) == [(1, "waiting", None)] for who in people)


class TestAWebhook:
    def test_with_a_forged_signature_is_refused(self, world):
        amina = world.meet("Amina Yusuf", AMINA)
        world.tick()
        fields = twilio.inbound_fields(AMINA, "STOP")
        forged = twilio.signed(f"{PUBLIC}{INBOUND}", fields, token="guessed")

        assert world.sends(INBOUND, urlencode(fields).encode(), forged) == 403
        assert world.sends(INBOUND, urlencode(fields).encode(), {}) == 403
        assert world.tracked(amina)
        assert world.replies(amina) == []

    @pytest.mark.parametrize("path", [INBOUND, STATUS])
    @pytest.mark.parametrize(
        "fields",
        [
            pytest.param([], id="empty"),
            pytest.param([("Body", "2")], id="from nobody"),
            pytest.param([("MessageSid", "x"), ("From", "")], id="no sender"),
        ],
    )
    def test_that_is_garbled_is_refused_with_400(self, world, path, fields):
        assert world.posts(path, fields) == 400

    def test_of_two_megabytes_is_refused_with_413(self, world):
        body = b"Body=" + b"x" * (2 * 1024 * 1024)

        assert world.sends(INBOUND, body, {"X-Twilio-Signature": "x"}) == 413

    def test_that_comes_twice_is_taken_once(self, world):
        amina = world.meet("Amina Yusuf", AMINA)
        world.tick()
        fields = twilio.inbound_fields(AMINA, "2")

        assert [world.posts(INBOUND, fields) for _ in range(3)] == [204, 204, 204]
        world.later(hours=1)
        assert world.posts(INBOUND, fields) == 204
        world.tick()

        assert len(world.replies(amina)) == 1
        assert len(world.sms.texts) == 2

    def test_about_a_text_of_nobodys_is_harmless(self, world):
        fields = [("MessageSid", "SM" + "0" * 32), ("MessageStatus", "delivered")]

        assert world.posts(f"{STATUS}?message=7b0e1c9e-8f3e-4a53-b7c4-0d2a1f6f0a11", fields) == 204
        assert world.posts(STATUS, fields) == 204
        assert world.posts(f"{STATUS}?message=garbled", fields) == 400


RECEIPTS: dict[str, list[tuple[str, int | None]]] = {
    "delivered": [("sent", None), ("delivered", None), ("sent", None)],
    "undeliverable": [("queued", None), ("sent", None), ("undelivered", 30005)],
}


@pytest.mark.parametrize("end", RECEIPTS)
def test_receipts_in_any_order_end_the_same(world, end):
    orders = list(permutations(RECEIPTS[end], 3))
    people = [world.meet(f"Amina Yusuf{n}", f"+4477009001{n}") for n in range(20, 20 + len(orders))]
    world.tick()
    sent = {text.to: text for text in world.sms.texts}

    for who, order in zip(people, orders, strict=True):
        for status, code in order:
            assert world.receipt(sent[world.addresses(who)[0].value], status, code) == 204

    found = {
        str(message.delivery)
        for who in people
        for message in world.messages(who)
        if message.provider_id is not None
    }
    assert found == {end}
