"""What Telegram tells a bot, in our terms.

Source: https://core.telegram.org/bots/api#update. Only private chats count;
edits, groups and channels are ignored.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contact.address import ChannelName
from contact.channels.legible import legible
from contact.reply import Inbound

#: The kinds of update we ask Telegram for.
WANTED = ("message", "callback_query", "my_chat_member")

#: What a message may hold in place of words.
MEDIA = (
    "animation", "audio", "contact", "dice", "document", "location", "photo", "poll",
    "sticker", "story", "venue", "video", "video_note", "voice",
)  # fmt: skip

#: What a button sends back: `c:`, the number of the choice, `:` and the id of our message.
CHOICE = "c:"
_HEX = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class ChatStanding:
    """The person behind ``chat`` blocked the bot (``blocked``), or let it in again."""

    chat: str
    blocked: bool


@dataclass(frozen=True, slots=True)
class Arrived:
    """One update: the offset moves past ``update`` once ``what`` is committed.

    ``what`` is None for what does not concern us; ``button`` is the id of a
    button press, to be acknowledged so that the phone stops showing it as busy.
    """

    update: int
    what: Inbound | ChatStanding | None
    button: str | None = None


def arrived(update: object) -> Arrived:
    """Read one update as Telegram's JSON has it.

    Raises ValueError where it is no update at all; what is merely unknown or
    incomplete has ``what`` None, so that it is passed over once and for good.
    """
    number = update.get("update_id") if isinstance(update, Mapping) else None
    if (
        not isinstance(update, Mapping)
        or not isinstance(number, int)
        or isinstance(number, bool)
        or not 0 <= number < 2**63
    ):
        raise ValueError("no update id")
    press = _part(update, "callback_query")
    if press:
        return Arrived(number, _pressed(press), _word(press.get("id")))
    member = _part(update, "my_chat_member")
    if member:
        return Arrived(number, _standing(member))
    return Arrived(number, _said(number, _part(update, "message")))


def _said(number: int, message: Mapping[str, Any]) -> Inbound | None:
    chat = _private(message)
    if chat is None:
        return None
    text = message.get("text")
    # A caption is words all the same, under a picture that we do not look at.
    words = text if isinstance(text, str) else message.get("caption")
    media = sum(1 for kind in MEDIA if message.get(kind) is not None)
    if not isinstance(words, str) and not media:
        return None
    return Inbound(
        channel=ChannelName.TELEGRAM,
        provider_id=f"tg:{number}",
        sender=chat,
        text=legible(words) if isinstance(words, str) else "",
        # An animation is sent as a document too, a venue as a location: one thing.
        media=min(media, 1),
    )


def _pressed(press: Mapping[str, Any]) -> Inbound | None:
    chat = _private(_part(press, "message"))
    name, choice = _word(press.get("id")), press.get("data")
    if chat is None or name is None or not isinstance(choice, str):
        return None
    picked, _, ours = choice.removeprefix(CHOICE).partition(":")
    return Inbound(
        channel=ChannelName.TELEGRAM,
        provider_id=f"cb:{name}",
        sender=chat,
        text=legible(picked),
        pressed=UUID(ours) if _HEX.fullmatch(ours) else None,
    )


def _standing(member: Mapping[str, Any]) -> ChatStanding | None:
    chat = _private(member)
    status = _part(member, "new_chat_member").get("status")
    if chat is None or not isinstance(status, str):
        return None
    return ChatStanding(chat, blocked=status in ("kicked", "left"))


def _private(message: Mapping[str, Any]) -> str | None:
    chat = _part(message, "chat")
    name = chat.get("id")
    if chat.get("type") != "private" or not isinstance(name, int) or isinstance(name, bool):
        return None
    # Telegram promises at most 52 significant bits.
    return str(name) if abs(name) < 2**63 else None


def _part(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = of.get(name)
    return part if isinstance(part, Mapping) else {}


def _word(name: object) -> str | None:
    return legible(name)[:100] if isinstance(name, str) and name else None
