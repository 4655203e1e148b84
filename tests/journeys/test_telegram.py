"""The main job in a chat: joining, asking with buttons, and whatever may go wrong with a chat."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from contact.channels.telegram_chat import TelegramChat
from contact.channels.telegram_updates import Arrived
from contact.errors import StorageUnavailable
from followup.polling import keep_polling
from followup.service import Service
from followup.wiring import House
from tests.fakes import telegram_gateway as telegram
from tests.fakes.telegram_gateway import TelegramGateway
from tests.journeys.world import AMINA, BEN, SECRET, london, settings, telegram_settings

TOKEN = "b0Xk4nqRZs2v7yLw1cTf9A"
CHAT, OTHER = 4242, 4343


@pytest.fixture
def world(chatty):
    """A world with both gateways."""
    return chatty


@pytest.fixture
def ben(world):
    """Ben, who has a phone and an invitation."""
    ben = world.meet("Ben Adeyemi", BEN)
    world.link(ben, TOKEN, world.now + timedelta(days=28))
    return ben


@pytest.fixture
def joined(world, ben):
    """Ben, who has come to the chat by his invitation."""
    world.chats(CHAT, f"/start {TOKEN}")
    return ben


class TestAnInvitation:
    def test_leads_to_the_chat_where_the_ask_then_comes_with_buttons(self, world, ben):
        welcome, ask = world.chats(CHAT, f"/start {TOKEN}")

        assert welcome.startswith("Hi Ben, thanks for joining")
        assert "what are you doing now" in ask
        assert [shown for shown, _ in world.telegram.texts[-1].buttons][1] == "2. College"
        assert world.sms.texts == []
        assert {str(each.channel) for each in world.addresses(ben)} == {"sms", "telegram"}

    def test_may_be_pressed_again_by_the_same_account(self, world, joined):
        before = len(world.telegram.texts)

        world.chats(CHAT, f"/start {TOKEN}")

        assert len(world.telegram.texts) == before
        assert world.flags() == []

    def test_passed_on_to_another_account_is_put_before_staff(self, world, joined):
        said = world.chats(OTHER, f"/start {TOKEN}")

        assert said == []
        assert world.kinds(joined) == ["token_reuse"]
        assert world.telegram.bodies(OTHER) == []

    def test_that_has_expired_ties_nobody(self, world, ben):
        world.later(days=29)

        world.chats(CHAT, f"/start {TOKEN}")

        assert [str(address.channel) for address in world.addresses(ben)] == ["sms"]
        assert world.telegram.texts == []
        assert world.kinds() == ["unknown_sender"]

    def test_that_was_guessed_ties_nobody(self, world, ben):
        world.chats(CHAT, "/start guessed-token_0000000", "/start")

        assert world.telegram.texts == []
        assert len(world.addresses(ben)) == 1


def test_a_button_says_what_a_typed_answer_says(world, joined):
    amina = world.meet("Amina Yusuf", AMINA)
    world.link(amina, "another-token_123456789", world.now + timedelta(days=28))
    world.chats(OTHER, "/start another-token_123456789")

    world.presses(CHAT, "College")
    world.chats(CHAT, "Carmel College", "plumbing level 2", "sept 2025")
    world.presses(CHAT, "No thanks")
    world.chats(OTHER, "college", "Carmel College", "plumbing level 2", "sept 2025", "2")

    def told(who):
        (found,) = world.destinations(who)
        return found.code, found.provider, found.course, found.level, found.start

    assert told(joined) == told(amina)
    assert told(joined)[:2] == ("230", "Carmel College")
    assert world.ending(joined) == world.ending(amina) == ("complete", "230")


def test_a_button_pressed_twice_is_one_answer(world, joined):
    world.telegram.press(CHAT, "College")
    world.telegram.press(CHAT, "College")

    assert world.passes_on() == [204, 204]
    world.later(seconds=40)
    world.tick()

    assert "Which school, college" in world.telegram.texts[-1].body
    assert world.codes(joined) == ["230"]


def test_a_button_of_an_older_question_is_no_answer_to_the_open_one(world, joined):
    world.presses(CHAT, "College")
    world.chats(CHAT, "Carmel College")
    asked = world.telegram.texts[-1].body
    world.later(minutes=1)

    world.telegram.press(CHAT, "Apprenticeship", first=True)
    assert world.passes_on() == [204]
    world.tick()

    # It is put once more, and what they told us stands.
    assert world.telegram.texts[-1].body == asked
    assert world.codes(joined) == ["230"]
    world.chats(CHAT, "plumbing level 2")
    assert world.destinations(joined)[0].course == "plumbing"


def test_a_button_of_an_older_ask_answers_the_same_question_as_a_newer_one(world, joined):
    world.tick_until(world.now + timedelta(days=14), timedelta(hours=6))
    assert sum(1 for each in world.telegram.texts if each.buttons) > 1

    world.telegram.press(CHAT, "College", first=True)
    assert world.passes_on() == [204]

    assert world.codes(joined) == ["230"]


class TestABlockedBot:
    def test_that_telegram_tells_of_closes_this_address_only(self, world, joined):
        world.telegram.block(CHAT)
        assert world.passes_on() == [204]
        world.tick_until(london(2025, 11, 9), timedelta(hours=3))

        assert world.kinds(joined) == ["telegram_blocked"]
        standings = {str(each.channel): str(each.standing) for each in world.addresses(joined)}
        assert standings["telegram"] == "opted_out"
        assert [text.to for text in world.sms.texts] == [BEN]
        assert world.tracked(joined)

    def test_found_out_when_asking_is_a_try_and_the_text_follows_at_once(self, world, ben):
        world.at(london(2025, 11, 3, 20))
        world.chats(CHAT, f"/start {TOKEN}")
        world.telegram.blocked.add(CHAT)

        world.at(london(2025, 11, 4, 10))
        world.tick()

        assert world.kinds(ben) == ["telegram_blocked"]
        assert [text.to for text in world.sms.texts] == [BEN]
        assert world.attempts(ben) == [(1, "failed", "gone"), (2, "waiting", None)]
        assert world.tracked(ben)

    def test_that_is_let_in_again_works_again(self, world, joined):
        world.telegram.block(CHAT)
        world.telegram.unblock(CHAT)

        assert world.passes_on() == [204, 204]
        assert sorted(world.standings(joined)) == ["untried", "works"]


def test_a_stop_in_the_chat_ends_it_on_every_channel(world, joined):
    said = world.chats(CHAT, "STOP")
    world.tick_until(london(2025, 12, 1), timedelta(hours=9))

    assert len(said) == 1
    assert world.ending(joined) == ("refusal", "830")
    assert not world.tracked(joined)
    assert world.sms.texts == []


def test_groups_are_ignored(world, ben):
    world.telegram.send(-100, kind="group", text=f"/start {TOKEN}")
    world.telegram.send(-100, kind="supergroup", text="STOP")

    assert world.passes_on() == [204, 204]
    world.tick()
    assert world.telegram.texts == []
    assert world.flags() == []
    assert len(world.addresses(ben)) == 1


def test_a_webhook_without_the_secret_is_refused(world, joined):
    body = json.dumps({"update_id": 1, "message": {}}).encode()
    wrong = {"X-Telegram-Bot-Api-Secret-Token": "guessed"}

    assert world.sends("/webhooks/telegram", body, wrong) == 403
    assert world.sends("/webhooks/telegram", body, {}) == 403
    right = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
    assert world.sends("/webhooks/telegram", b"{garbled", right) == 400


def test_a_message_of_which_nobody_knows_is_never_sent_again_by_itself(world, ben):
    world.telegram.say(CHAT, f"/start {TOKEN}")
    world.passes_on()
    world.telegram.script.extend([telegram.ACCEPT, telegram.lose(taken=True)])

    assert world.tick()["unsure"] == 1
    world.tick_until(london(2025, 11, 7), timedelta(hours=1))

    assert len(world.telegram.texts) == 2
    assert world.attempts(ben) == [(1, "waiting", None)]


class TestPolling:
    """Our own loop over the Bot API, with nothing between it and the stand-in."""

    @pytest.fixture
    def house(self, home, gateway, bot):
        config = home / "config.toml"
        rest = telegram_settings(bot.url, "polling")
        config.write_text(settings(sms=gateway.url, rest=rest))
        house = House.at(config)
        yield house
        house.close()

    async def test_takes_each_update_once_and_tells_telegram_only_then(self, house, bot):
        bot.say(CHAT, "one")
        bot.say(CHAT, "two")
        service = Service(house, {})

        await _poll(bot, service.telegram, lambda: not bot.pending)

        assert await _heard(house, CHAT) == 2

    async def test_repeats_an_update_whose_commit_failed(self, house, bot):
        bot.say(CHAT, "one")
        bot.say(CHAT, "two")
        service, taken = Service(house, {}), []

        async def take(arrived: Arrived) -> None:
            taken.append(arrived.update)
            if len(taken) == 1:
                raise StorageUnavailable("The database is locked by another process.")
            await service.telegram(arrived)

        await _poll(bot, take, lambda: not bot.pending)

        assert taken == [1000, 1000, 1001]
        assert await _heard(house, CHAT) == 2

    async def test_leaves_out_an_update_that_meets_a_defect_again_and_again(self, house, bot):
        bot.say(CHAT, "one")
        bot.say(CHAT, "two")
        service, taken = Service(house, {}), []

        async def take(arrived: Arrived) -> None:
            taken.append(arrived.update)
            if arrived.update == 1000:
                raise KeyError("a line that is not there")
            await service.telegram(arrived)

        await _poll(bot, take, lambda: not bot.pending)

        assert taken == [1000, 1000, 1000, 1001]
        assert await _heard(house, CHAT) == 1

    async def test_keeps_what_was_not_committed_when_it_stops(self, house, bot):
        bot.say(CHAT, "one")

        async def take(arrived: Arrived) -> None:
            raise StorageUnavailable("The disk is full.")

        await _poll(bot, take, lambda: False, within=0.4)

        assert len(bot.pending) == 1

    async def test_outlives_a_lost_network(self, house, bot):
        service = Service(house, {})
        chat = TelegramChat(telegram.TOKEN, api_base=bot.url)
        stopping = asyncio.Event()
        loop = asyncio.create_task(keep_polling(chat, service.telegram, stopping, wait=1))
        with bot.refusing():
            await asyncio.sleep(0.3)
        bot.say(CHAT, "still there?")

        await _until(lambda: not bot.pending)

        stopping.set()
        await loop
        await chat.close()
        assert await _heard(house, CHAT) == 1


async def _poll(
    bot: TelegramGateway,
    take: Callable[[Arrived], Awaitable[None]],
    done: Callable[[], bool],
    within: float = 10,
) -> None:
    chat = TelegramChat(telegram.TOKEN, api_base=bot.url)
    stopping = asyncio.Event()
    loop = asyncio.create_task(keep_polling(chat, take, stopping, wait=1))
    await _until(done, within)
    stopping.set()
    await loop
    await chat.close()


async def _until(done: Callable[[], bool], within: float = 10) -> None:
    for _ in range(int(within / 0.05)):
        if done():
            return
        await asyncio.sleep(0.05)


async def _heard(house: House, chat: int) -> int:
    flags = await house.memory.read(lambda work: work.flags.list())
    endpoint = (flags[0].subject or "").removeprefix("unknown_sender:")
    return await house.memory.read(_replies_at, endpoint)


def _replies_at(work, endpoint):
    from uuid import UUID

    return len(work.replies.unclaimed(UUID(endpoint)))
