"""An invitation ties one chat to one alumnus, once; and whose a reply is, is never guessed."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bot.attribution import attribute
from bot.joining import Joined, chat_stands, join, token_in
from contact.address import ChannelName, Standing
from contact.conversation import Conversation, Talk
from tests.cast import (
    AMINA_PHONE,
    BEN_CHAT,
    NOW,
    OTHER_PHONE,
    SMS,
    TELEGRAM,
    add,
    open_cases,
    stage,
)

__all__ = ["stage"]

TOKEN = "a-token_of-32-characters-1234567"
LASTS = timedelta(days=30)
MINUTE = timedelta(minutes=1)
OTHER_CHAT = "7002"


@pytest.fixture
def amina(stage):
    """Amina, who has a phone and an invitation."""
    who = stage.write(add, "Amina Yusuf", (SMS, AMINA_PHONE))
    stage.write(lambda work: work.house.invite(TOKEN, who, NOW, NOW + LASTS))
    return who


def comes(stage, token=TOKEN, chat=BEN_CHAT, now=NOW):
    """Somebody presses the link; what came of it, and who they are."""
    joined, person = stage.write(join, token, chat, stage.desk, now)
    return joined, person.id if person else None


def places(stage, who):
    return [(each.channel, each.value) for each in stage.read(lambda work: work.addresses.of(who))]


@pytest.mark.parametrize(
    ("text", "token"),
    [
        pytest.param("/start abc-DEF_123", "abc-DEF_123", id="as the link sends it"),
        pytest.param("/start   abc", "abc", id="with spaces to spare"),
        pytest.param("/start abc \n", "abc", id="and at the end"),
        pytest.param("/start@sample_bot abc", "abc", id="with the bot's name"),
        pytest.param("/start", "", id="bare: no invitation"),
        pytest.param("/start@sample_bot", "", id="bare, with the bot's name"),
        pytest.param("/start " + "a" * 64, "a" * 64, id="as long as Telegram takes"),
        pytest.param("/start " + "a" * 65, None, id="longer than any"),
        pytest.param("/start abc def", None, id="two words"),
        pytest.param("/start a'; drop--", None, id="letters no token has"),
        pytest.param("/started abc", None, id="another word"),
        pytest.param("please /start abc", None, id="in the middle"),
        pytest.param("start abc", None, id="without its stroke"),
        pytest.param("START", None, id="the word that ends a stop"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_the_token_of_a_start(text, token):
    assert token_in(text) == token


def test_an_invitation_ties_the_chat_to_whom_it_is_for(stage, amina):
    assert comes(stage) == (Joined.WELCOME, amina)

    assert places(stage, amina) == [(TELEGRAM, BEN_CHAT), (SMS, AMINA_PHONE)]


def test_who_chose_the_chat_is_asked_there_first(stage, amina):
    comes(stage)

    chat, phone = stage.read(lambda work: work.addresses.of(amina))
    assert (chat.position, phone.position) == (-1, 0)


def test_joining_is_on_record_and_makes_their_cohorts_be_looked_at_again(stage, amina):
    day = NOW.date()
    stage.write(lambda work: work.cohorts.mark_swept("cansfield-KS4-2025", "y1-autumn", day))

    comes(stage)

    assert not stage.read(lambda work: work.cohorts.swept("cansfield-KS4-2025", "y1-autumn", day))
    (deed,) = stage.read(lambda work: work.audit.of(amina))
    assert (deed.action, deed.by) == ("join_telegram", "alumnus")


def test_the_same_account_may_press_it_again_however_late(stage, amina):
    comes(stage)

    assert comes(stage, now=NOW + 2 * LASTS) == (Joined.AGAIN, amina)

    assert len(places(stage, amina)) == 2
    assert stage.kinds(amina) == []


def test_another_account_is_put_before_staff_once_and_tied_to_nobody(stage, amina):
    comes(stage)

    for turn in range(3):
        assert comes(stage, chat=OTHER_CHAT, now=NOW + turn * MINUTE) == (Joined.REUSED, amina)

    assert stage.kinds(amina) == ["token_reuse"]
    assert (TELEGRAM, OTHER_CHAT) not in places(stage, amina)


@pytest.mark.parametrize(
    ("after", "joined"),
    [
        pytest.param(LASTS - MINUTE, Joined.WELCOME, id="in its last minute"),
        pytest.param(LASTS, Joined.EXPIRED, id="to the minute"),
        pytest.param(3 * LASTS, Joined.EXPIRED, id="long over"),
    ],
)
def test_an_invitation_lasts_as_long_as_it_says(stage, amina, after, joined):
    assert comes(stage, now=NOW + after) == (joined, amina)
    assert ((TELEGRAM, BEN_CHAT) in places(stage, amina)) is (joined is Joined.WELCOME)


@pytest.mark.parametrize("token", ["guessed", TOKEN.upper(), TOKEN[:-1], "a" * 64])
def test_a_token_that_is_none_names_nobody(stage, amina, token):
    assert comes(stage, token) == (Joined.UNKNOWN, None)
    assert places(stage, amina) == [(SMS, AMINA_PHONE)]


def test_of_somebody_erased_an_invitation_is_none(stage, amina):
    stage.write(lambda work: work.alumni.erase(amina, NOW))

    assert comes(stage) == (Joined.UNKNOWN, None)


def test_one_chat_may_be_two_peoples(stage, amina):
    """Twins on one tablet: each by an invitation of their own."""
    twin = stage.write(add, "Amal Yusuf", (SMS, OTHER_PHONE))
    stage.write(lambda work: work.house.invite("another", twin, NOW, NOW + LASTS))

    assert comes(stage) == (Joined.WELCOME, amina)
    assert comes(stage, "another") == (Joined.WELCOME, twin)

    assert places(stage, twin)[0] == places(stage, amina)[0] == (TELEGRAM, BEN_CHAT)


class TestABlockedChat:
    def blocks(self, stage, blocked, chat=BEN_CHAT):
        stage.write(chat_stands, chat, blocked, stage.desk, NOW)

    def test_closes_this_address_and_no_other_and_ends_no_permission(self, stage, amina):
        comes(stage)

        self.blocks(stage, True)

        chat, phone = stage.read(lambda work: work.addresses.of(amina))
        assert chat.standing is Standing.OPTED_OUT
        assert phone.usable
        assert stage.read(lambda work: work.consents.of(amina))[0].withdrawn_at is None
        assert stage.kinds(amina) == ["telegram_blocked"]

    def test_is_flagged_once_however_often_it_is_told(self, stage, amina):
        comes(stage)

        self.blocks(stage, True)
        self.blocks(stage, True)

        assert stage.kinds(amina) == ["telegram_blocked"]

    def test_that_lets_us_in_again_is_open_again(self, stage, amina):
        comes(stage)
        self.blocks(stage, True)

        self.blocks(stage, False)

        assert stage.address(amina).standing is Standing.WORKS

    @pytest.mark.parametrize("standing", [Standing.DEAD, Standing.NOT_THEIRS, Standing.FAILING])
    def test_letting_us_in_changes_nothing_else(self, stage, amina, standing):
        comes(stage)
        chat = stage.address(amina)
        stage.write(lambda work: work.addresses.stands(chat.id, standing))

        self.blocks(stage, False)

        assert stage.address(amina).standing is standing

    def test_of_nobody_we_know_is_nothing(self, stage, amina):
        self.blocks(stage, True, "9999")

        assert stage.flags() == []

    def test_is_closed_for_everybody_who_shares_it(self, stage):
        ben = stage.write(add, "Ben Shaw", (TELEGRAM, BEN_CHAT))
        twin = stage.write(add, "Bea Shaw", (TELEGRAM, BEN_CHAT))

        self.blocks(stage, True)

        assert {stage.address(who).standing for who in (ben, twin)} == {Standing.OPTED_OUT}
        assert stage.kinds(ben) == stage.kinds(twin) == ["telegram_blocked"]


class TestWhoseAReplyIs:
    """The open talk's, else who was asked last, else who says so; never a guess."""

    def of(self, stage, text="hello", value=AMINA_PHONE, channel=SMS):
        def look(work):
            endpoint = work.addresses.meet(channel, value, uuid4())
            found = attribute(work, endpoint, text)
            return found.alumnus and found.alumnus.id, [each.id for each in found.candidates]

        return stage.write(look)

    def talk(self, stage, twins, open_=True):
        """One of them is asked on the phone they share; that one, then the other."""

        def begin(work):
            case = next(filter(None, map(work.cases.current, twins)))
            talk = Talk(question="now", script="destinations-1")
            endpoint = work.addresses.of(case.alumnus)[0].endpoint
            closed = None if open_ else NOW
            asked = Conversation(
                uuid4(), case.alumnus, endpoint, case.id, talk, NOW, NOW, closed_at=closed
            )
            assert work.conversations.open(asked)
            return case.alumnus

        stage.write(open_cases, NOW)
        asked = stage.write(begin)
        return asked, next(who for who in twins if who != asked)

    @pytest.fixture
    def twins(self, stage):
        """Sam and Alex, who share their mother's phone."""
        return (
            stage.write(add, "Sam Reid", (SMS, AMINA_PHONE)),
            stage.write(add, "Alex Reid", (SMS, AMINA_PHONE)),
        )

    def test_a_number_nobody_gave_us_is_nobodys(self, stage):
        assert self.of(stage) == (None, [])

    def test_one_owner_needs_no_question(self, stage, amina):
        assert self.of(stage, "anything at all") == (amina, [])

    def test_a_number_on_another_channel_is_another(self, stage, amina):
        assert self.of(stage, channel=ChannelName.WHATSAPP) == (None, [])

    def test_two_owners_and_no_talk_ask_whose_it_is(self, stage, twins):
        found, candidates = self.of(stage)

        assert found is None
        assert set(candidates) == set(twins)

    @pytest.mark.parametrize("text", ["Sam", "it's sam", "SAM!", "sam here, at college"])
    def test_a_first_name_says_whose_it_is(self, stage, twins, text):
        assert self.of(stage, text)[0] == twins[0]

    @pytest.mark.parametrize("text", ["Sam and Alex", "neither", "Samuel", "0", "3", "12"])
    def test_what_names_nobody_or_both_says_nothing(self, stage, twins, text):
        assert self.of(stage, text)[0] is None

    def test_numbers_follow_the_order_in_which_we_named_them(self, stage, twins):
        _, candidates = self.of(stage)

        assert [self.of(stage, text)[0] for text in ("1", "2")] == candidates

    @pytest.mark.parametrize("text", ["Sam", "Alex", "1", "2", "hello"])
    def test_an_open_talk_decides_whatever_the_text_says(self, stage, twins, text):
        asked, _ = self.talk(stage, twins)

        assert self.of(stage, text) == (asked, [])

    def test_who_was_asked_last_is_meant_once_the_talk_is_over(self, stage, twins):
        asked, _ = self.talk(stage, twins, open_=False)

        assert self.of(stage, "thanks") == (asked, [])

    def test_who_has_not_this_number_is_not_asked_about_on_it(self, stage, twins):
        asked, other = self.talk(stage, twins, open_=False)
        stage.write(
            lambda work: work.addresses.stands(work.addresses.of(asked)[0].id, Standing.NOT_THEIRS)
        )

        assert self.of(stage, "hello") == (other, [])

    def test_the_erased_are_not_named(self, stage, twins):
        sam, alex = twins
        stage.write(lambda work: work.alumni.erase(sam, NOW))

        assert self.of(stage, "hello") == (alex, [])
