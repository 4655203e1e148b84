"""What Telegram tells a bot, read without trusting any of it."""

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contact.address import ChannelName
from contact.channels.telegram_updates import Arrived, ChatStanding, arrived
from contact.reply import Inbound

PRIVATE = {"id": 42, "type": "private"}

#: JSON of any shape, with the names that matter strewn over it.
OUTER = ["update_id", "message", "callback_query", "my_chat_member", "chat", "new_chat_member"]
OURS = UUID("0f8fad5b-d9cb-469f-a165-70867728950e")
INNER = ["id", "type", "text", "data", "status", "caption", "photo", "voice"]
NAMES = st.sampled_from([*OUTER, *INNER])
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.sampled_from(["private", "c:1", "kicked", "\ud800", "\x00"]),
)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=25,
)
UPDATES = st.fixed_dictionaries(
    {"update_id": st.integers(0, 2**31)},
    optional={"message": JSON, "callback_query": JSON, "my_chat_member": JSON},
)


def said(text: str, **more: object) -> Inbound:
    return Inbound(ChannelName.TELEGRAM, "tg:7", "42", text, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        pytest.param({"text": "2"}, said("2"), id="words"),
        pytest.param({"text": "/start aB-_9"}, said("/start aB-_9"), id="an invitation"),
        pytest.param({"text": "a\x00b\ud800"}, said("ab\ufffd"), id="what cannot be kept"),
        pytest.param({"sticker": {}}, said("", media=1), id="a sticker"),
        pytest.param({"voice": {}}, said("", media=1), id="a voice note"),
        pytest.param({"photo": [{}], "caption": "me"}, said("me", media=1), id="a caption"),
        pytest.param({"animation": {}, "document": {}}, said("", media=1), id="one GIF"),
        pytest.param({"new_chat_title": "x"}, None, id="a service message"),
    ],
)
def test_a_private_message(content, what):
    update = {"update_id": 7, "message": {"chat": PRIVATE, **content}}

    assert arrived(update) == Arrived(7, what)


@pytest.mark.parametrize(
    "update",
    [
        pytest.param({"message": {"chat": {"id": -1, "type": "group"}, "text": "2"}}, id="group"),
        pytest.param(
            {"message": {"chat": {"id": 1, "type": "channel"}, "text": "2"}}, id="channel"
        ),
        pytest.param({"edited_message": {"chat": PRIVATE, "text": "2"}}, id="an edit"),
        pytest.param({"channel_post": {"chat": PRIVATE, "text": "2"}}, id="a post"),
        pytest.param({"message": {"chat": {"id": "42", "type": "private"}, "text": "2"}}, id="id"),
        pytest.param(
            {"message": {"chat": {"id": True, "type": "private"}, "text": "2"}}, id="bool"
        ),
        pytest.param({"message": {"chat": PRIVATE, "text": 2}}, id="no text"),
        pytest.param({"message": "2"}, id="no message"),
        pytest.param({}, id="nothing"),
    ],
)
def test_what_does_not_concern_us_is_passed_over(update):
    assert arrived({"update_id": 7, **update}) == Arrived(7, None)


def test_a_button_is_told_apart_by_its_own_id():
    press = {"id": "99", "message": {"chat": PRIVATE}, "data": "c:3"}

    read = arrived({"update_id": 7, "callback_query": press})

    assert read == Arrived(7, Inbound(ChannelName.TELEGRAM, "cb:99", "42", "3"), "99")


@pytest.mark.parametrize(
    ("data", "text", "pressed"),
    [
        pytest.param(f"c:3:{OURS.hex}", "3", OURS, id="of a message of ours"),
        pytest.param("c:3", "3", None, id="of an older version"),
        pytest.param("c:3:", "3", None, id="of none"),
        pytest.param("c:3:nonsense", "3", None, id="of nonsense"),
        pytest.param(f"c:3:{OURS.hex}0", "3", None, id="too long"),
        pytest.param("c:", "", None, id="nothing chosen"),
    ],
)
def test_a_button_names_the_message_it_stands_under(data, text, pressed):
    press = {"id": "99", "message": {"chat": PRIVATE}, "data": data}

    read = arrived({"update_id": 7, "callback_query": press})

    assert read.what == Inbound(ChannelName.TELEGRAM, "cb:99", "42", text, pressed=pressed)


def test_a_button_in_a_group_is_acknowledged_and_no_more():
    press = {"id": "99", "message": {"chat": {"id": -1, "type": "group"}}, "data": "c:3"}

    assert arrived({"update_id": 7, "callback_query": press}) == Arrived(7, None, "99")


@pytest.mark.parametrize(
    ("status", "blocked"), [("kicked", True), ("left", True), ("member", False)]
)
def test_a_chats_standing(status, blocked):
    member = {"chat": PRIVATE, "new_chat_member": {"status": status}}

    read = arrived({"update_id": 7, "my_chat_member": member})

    assert read == Arrived(7, ChatStanding("42", blocked))


@pytest.mark.parametrize(
    "update", [None, [], "x", 7, {}, {"update_id": "7"}, {"update_id": True}, {"update_id": -1}]
)
def test_what_is_no_update_is_refused(update):
    with pytest.raises(ValueError, match="update"):
        arrived(update)


@given(UPDATES)
def test_any_update_is_read_or_passed_over_and_what_is_read_can_be_kept(update):
    read = arrived(json.loads(json.dumps(update)))

    assert read.update == update["update_id"]
    if isinstance(read.what, Inbound):
        assert "\x00" not in read.what.text + read.what.provider_id
        (read.what.text + read.what.provider_id + read.what.sender).encode()
