"""Conversations through a Telegram bot."""

import logging
from datetime import date

import httpx
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from contact.address import ChannelName
from contact.channels.telegram_connection import BUSY, Connection, Trouble, Updates
from contact.channels.telegram_updates import CHOICE, WANTED, Arrived, arrived
from contact.errors import GatewayAway, Misconfigured
from contact.outcome import Accepted, Claimed, Fault, Outcome, Refused, Trace, Unsure

API = "https://api.telegram.org"

#: Seconds for an answer.
TIMEOUT = 10.0

#: Connections at once: Telegram takes about thirty messages a second from a bot.
CONNECTIONS = 30

#: UTF-16 units in one message, and bytes behind one button.
LONGEST_TEXT = 4096
LONGEST_CHOICE = 64

#: Words of a 400 that mean there is no such chat for this bot: the address is dead. Telegram
#: has no codes of its own below the HTTP status, so its words are all there is.
NO_CHAT = ("chat not found", "user not found", "peer_id_invalid", "chat_id is empty")

#: Words of a 400 that blame what we sent.
OUR_WORDING = ("message text is empty", "message is too long", "can't parse", "button_data_invalid")

#: Words of a 403, and what we call them. Any other 403 shuts us out just as well.
SHUT_OUT = {
    "blocked by the user": "blocked",
    "user is deactivated": "deactivated",
    "can't initiate conversation": "not_started",
}

# httpx writes whole addresses at INFO, and the token is in them; telegram writes answers
# that it cannot read, and updates, at higher levels than that.
for _name in ("httpx", "httpcore", "telegram"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)


class TelegramChat:
    """One Telegram bot. Raises Misconfigured without a token."""

    name = ChannelName.TELEGRAM

    def __init__(
        self,
        token: str,
        *,
        api_base: str = API,
        timeout: float = TIMEOUT,
        connections: int = CONNECTIONS,
    ) -> None:
        if not token:
            raise Misconfigured("Telegram needs FOLLOWUP_TELEGRAM_TOKEN")
        self._connections = (Connection(timeout, connections), Updates(timeout, 1))
        self._bot = Bot(
            token,
            base_url=f"{api_base.rstrip('/')}/bot",
            request=self._connections[0],
            # A long poll must not keep a message waiting for its connection.
            get_updates_request=self._connections[1],
        )

    async def send(self, message: Claimed) -> Outcome:
        """Hand over one message and say what became of it; never raises for a gateway's answer."""
        if not message.to.removeprefix("-").isdecimal():
            return Refused(Fault.DEAD, "not_a_chat")
        if len(message.text.encode("utf-16-le", "replace")) // 2 > LONGEST_TEXT:
            return Refused(Fault.OURS, "too_long")
        try:
            sent = await self._bot.send_message(
                int(message.to), message.text, reply_markup=_buttons(message)
            )
        except TelegramError as error:
            return _outcome(error)
        except (KeyError, TypeError, ValueError, AttributeError):
            return Unsure("unreadable answer")
        # Telegram counts messages a chat; the chat itself is somebody's address and
        # must not stand in the ledger in clear, so our own id makes it unique.
        return Accepted(f"{sent.message_id}:{message.message.hex}")

    async def traces(self, message: Claimed, since: date | None) -> list[Trace]:
        """Nothing: a bot cannot look up what it has sent."""
        return []

    async def check(self) -> str:
        """Prove the token without a message; raises Misconfigured or GatewayAway."""
        try:
            me = await self._bot.get_me()
        except TelegramError as error:
            raise _complaint(error) from None
        return f"Telegram bot @{me.username}"

    async def poll(self, offset: int | None, wait: int) -> list[Arrived]:
        """What arrived from ``offset`` on, waiting up to ``wait`` seconds for the first.

        ``offset`` is the last committed update + 1 (None at the start); asking
        with it tells Telegram to forget all before it. Raises GatewayAway or
        Misconfigured.
        """
        try:
            updates = await self._bot.get_updates(
                offset=offset, timeout=wait, allowed_updates=WANTED
            )
        except TelegramError as error:
            raise _complaint(error) from None
        return [arrived(update.to_dict()) for update in updates]

    async def acknowledge(self, button: str | None) -> None:
        """Stop the phone from showing a pressed button as busy; a failure harms nobody."""
        if button is None:
            return
        try:
            await self._bot.answer_callback_query(button)
        except TelegramError:
            # Too old, or the network: the phone gives up waiting by itself.
            return

    async def use_polling(self) -> None:
        """Have updates kept for :meth:`poll`; raises GatewayAway or Misconfigured."""
        try:
            await self._bot.delete_webhook(drop_pending_updates=False)
        except TelegramError as error:
            raise _complaint(error) from None

    async def use_webhook(self, url: str, secret: str) -> None:
        """Have updates posted to ``url`` with ``secret``; raises GatewayAway or Misconfigured."""
        if not secret:
            raise Misconfigured("Telegram's webhook needs FOLLOWUP_TELEGRAM_SECRET")
        try:
            await self._bot.set_webhook(url, allowed_updates=WANTED, secret_token=secret)
        except TelegramError as error:
            raise _complaint(error) from None

    async def close(self) -> None:
        """Close the connections; what is being sent is cut off and so becomes unsure."""
        for connection in self._connections:
            await connection.shutdown()


def _buttons(message: Claimed) -> InlineKeyboardMarkup | None:
    """One button a row, so that long labels can be read on a phone.

    Each names its message, so that one pressed when another question is open
    is not taken for an answer to that.
    """
    named = [
        (f"{number}. {label}", f"{CHOICE}{number}:{message.message.hex}")
        for number, label in message.choices
    ]
    rows = [
        [InlineKeyboardButton(label, callback_data=data)]
        for label, data in named
        if len(data.encode()) <= LONGEST_CHOICE
    ]
    return InlineKeyboardMarkup(rows) if rows else None


def _outcome(error: TelegramError) -> Outcome:
    """What an answer that is no success means."""
    match error:
        case Trouble() if error.status in BUSY:
            return Refused(Fault.BUSY, str(error.status), error.retry_after)
        case Trouble():
            return Unsure(f"status {error.status}")
        case Forbidden():
            return Refused(Fault.GONE, f"403 {_shut_out(error.message)}")
        case InvalidToken():
            return Refused(Fault.OURS, "401")
        case BadRequest():
            return Refused(_bad_request(error.message.lower()), "400")
        case ChatMigrated() | Conflict():
            # Neither can happen to a message in a private chat; if it does, nothing was sent.
            return Refused(Fault.UNKNOWN, type(error).__name__)
        case NetworkError():
            return _lost(error)
        case _:
            return Unsure("unreadable answer")


def _lost(error: NetworkError) -> Outcome:
    """Whether a lost connection can have carried the message away."""
    cause = error.__cause__
    if isinstance(cause, httpx.ConnectTimeout | httpx.PoolTimeout):
        return Refused(Fault.BUSY, "no_connection")
    if isinstance(cause, httpx.ConnectError):
        return Refused(Fault.BUSY, "refused")
    return Unsure("no answer in time" if isinstance(error, TimedOut) else "connection lost")


def _bad_request(words: str) -> Fault:
    if any(known in words for known in NO_CHAT):
        return Fault.DEAD
    if any(known in words for known in OUR_WORDING):
        return Fault.OURS
    return Fault.UNKNOWN


def _shut_out(words: str) -> str:
    return next((name for known, name in SHUT_OUT.items() if known in words.lower()), "forbidden")


def _complaint(error: TelegramError) -> GatewayAway | Misconfigured:
    """The error for what is not a message; the SDK's own text may hold the token."""
    if isinstance(error, InvalidToken):
        return Misconfigured("Telegram refuses FOLLOWUP_TELEGRAM_TOKEN; ask @BotFather for it")
    if isinstance(error, Conflict):
        return GatewayAway("another process polls this Telegram bot, or a webhook is set")
    if isinstance(error, BadRequest):
        return Misconfigured("Telegram refuses what we asked; check [telegram] and public_url")
    if isinstance(error, Trouble):
        return GatewayAway(f"Telegram answers with status {error.status}", error.retry_after)
    return GatewayAway("Telegram does not answer; check the network and api_base")
