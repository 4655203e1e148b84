"""A stand-in for Telegram's Bot API, on loopback.

It keeps the semantic of the real one that matters: an update is handed out
until an offset beyond it confirms it, and a bot cannot write to somebody who
blocked it.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from aiohttp import web

from tests.fakes.loopback import Loopback, drop, post

TOKEN = "110201543:an-invented-token"
BOT = {"id": 110201543, "is_bot": True, "first_name": "Follow-up", "username": "followup_bot"}

#: What the API puts into `date`; nobody looks at it.
DATE = 1_760_000_000


@dataclass(frozen=True)
class Answer:
    """What the gateway does with one message: whether it takes it, and what it says of it."""

    taken: bool = True
    status: int = 200
    description: str = ""
    retry_after: int | None = None
    wait: float = 0.0
    dropped: bool = False


ACCEPT = Answer()


def error(status: int, description: str) -> Answer:
    """Refuse with a ``description`` in Telegram's words."""
    return Answer(taken=False, status=status, description=description)


def busy(retry_after: int) -> Answer:
    """429, with the seconds to wait."""
    words = f"Too Many Requests: retry after {retry_after}"
    return Answer(taken=False, status=429, description=words, retry_after=retry_after)


def hang(*, taken: bool = True) -> Answer:
    """Take it (or not), and never answer."""
    return Answer(taken=taken, wait=60.0, dropped=True)


def lose(*, taken: bool = True) -> Answer:
    """Take it (or not), and cut the connection."""
    return Answer(taken=taken, dropped=True)


@dataclass(frozen=True)
class Text:
    """One accepted message; ``buttons`` are (label, data) pairs."""

    number: int
    chat: int
    body: str
    buttons: tuple[tuple[str, str], ...]


class TelegramGateway(Loopback):
    """One bot.

    ``texts`` are what it sent, in order; ``script`` says what happens to those
    to come, ``otherwise`` to those beyond it; ``blocked`` are chats that shut
    it out; ``acknowledged`` the button presses it answered; ``app`` the address
    where the service really listens when its public one is made up.
    """

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[Text] = []
        self.script: deque[Answer] = deque()
        self.otherwise: Callable[[], Answer] = lambda: ACCEPT
        self.blocked: set[int] = set()
        self.unknown: set[int] = set()
        self.acknowledged: list[str] = []
        self.pending: list[dict[str, Any]] = []
        self.webhook: tuple[str, str] | None = None
        self.app: str | None = None
        self._numbers = count(1)
        self._updates = count(1000)

    @property
    def settings(self) -> dict[str, Any]:
        """What a client needs to know to use it."""
        return {"token": TOKEN, "api_base": self.url}

    def bodies(self, chat: int) -> list[str]:
        """The messages that ``chat`` got, in order."""
        return [text.body for text in self.texts if text.chat == chat]

    # What people do.

    def say(self, chat: int, text: str) -> int | None:
        """Have the person in ``chat`` write ``text``."""
        return self.send(chat, text=text)

    def send(self, chat: int, kind: str = "private", **content: Any) -> int | None:
        """Have the person in ``chat`` send anything: a sticker, a photo."""
        return self.update(message=self._message(chat, kind, **content))

    def press(self, chat: int, label: str, *, first: bool = False) -> int | None:
        """Have the person in ``chat`` press the latest (``first``) button that says ``label``."""
        text, data = next(
            (text, data)
            for text in (self.texts if first else reversed(self.texts))
            if text.chat == chat
            for shown, data in text.buttons
            if label in shown
        )
        shown = self._message(chat, text=text.body)
        number = next(self._numbers)
        return self.update(
            callback_query={
                "id": str(number),
                "from": _person(chat),
                "chat_instance": "1",
                "message": {**shown, "message_id": text.number},
                "data": data,
            }
        )

    def block(self, chat: int) -> int | None:
        """Have the person in ``chat`` block the bot."""
        self.blocked.add(chat)
        return self._stand(chat, "member", "kicked")

    def unblock(self, chat: int) -> int | None:
        """Have the person in ``chat`` let the bot in again."""
        self.blocked.discard(chat)
        return self._stand(chat, "kicked", "member")

    def update(self, **content: Any) -> int | None:
        """Make an update of ``content``; the service's answer where a webhook is set."""
        update = {"update_id": next(self._updates), **content}
        if self.webhook is None:
            self.pending.append(update)
            return None
        return self.deliver(update)

    def deliver(self, update: Mapping[str, Any]) -> int:
        """Post ``update`` to the webhook, once."""
        assert self.webhook is not None, "no webhook is set"
        url, secret = self.webhook
        headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": secret}
        real = f"{self.app}/webhooks/telegram" if self.app else url
        return post(real, json.dumps(update).encode(), headers)

    def _stand(self, chat: int, old: str, new: str) -> int | None:
        known = {"chat": _chat(chat), "from": _person(chat), "date": DATE}
        before, after = ({"user": BOT, "status": status} for status in (old, new))
        kicked = {"until_date": 0}
        return self.update(
            my_chat_member={
                **known,
                "old_chat_member": before | (kicked if old == "kicked" else {}),
                "new_chat_member": after | (kicked if new == "kicked" else {}),
            }
        )

    def _message(self, chat: int, kind: str = "private", **content: Any) -> dict[str, Any]:
        return {
            "message_id": next(self._numbers), "from": _person(chat), "date": DATE,
            "chat": _chat(chat, kind), **content,
        }  # fmt: skip

    # What it answers.

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/bot{token}/{method}", self._call)]

    async def _call(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != TOKEN:
            return _refusal(Answer(status=401, description="Unauthorized"))
        fields = {name: str(value) for name, value in (await request.post()).items()}
        match request.match_info["method"]:
            case "getMe":
                return _result(BOT)
            case "getUpdates":
                return await self._get_updates(fields)
            case "sendMessage":
                return await self._send_message(request, fields)
            case "answerCallbackQuery":
                self.acknowledged.append(fields["callback_query_id"])
            case "setWebhook":
                self.webhook = (fields["url"], fields.get("secret_token", ""))
            case "deleteWebhook":
                self.webhook = None
            case _:
                return _refusal(Answer(status=404, description="Not Found"))
        return _result(True)

    async def _get_updates(self, fields: Mapping[str, str]) -> web.Response:
        if self.webhook is not None:
            words = "Conflict: can't use getUpdates method while webhook is active"
            return _refusal(Answer(status=409, description=words))
        offset = int(fields.get("offset") or 0)
        self.pending = [update for update in self.pending if update["update_id"] >= offset]
        # A long poll: answered when something comes, or when the time is over.
        for _ in range(int(float(fields.get("timeout") or 0) / 0.02)):
            if self.pending:
                break
            await asyncio.sleep(0.02)
        return _result(self.pending[: int(fields.get("limit") or 100)])

    async def _send_message(self, request: web.Request, fields: Mapping[str, str]) -> web.Response:
        chat, answer = int(fields["chat_id"]), self._answer(int(fields["chat_id"]), fields)
        text = self._take(chat, fields) if answer.taken else None
        if answer.wait:
            await asyncio.sleep(answer.wait)
        if answer.dropped:
            return drop(request)
        if text is None:
            return _refusal(answer)
        sent = {"message_id": text.number, "date": DATE, "chat": _chat(chat), "from": BOT}
        return _result({**sent, "text": text.body})

    def _answer(self, chat: int, fields: Mapping[str, str]) -> Answer:
        if chat in self.blocked:
            return error(403, "Forbidden: bot was blocked by the user")
        if chat in self.unknown:
            return error(400, "Bad Request: chat not found")
        if not fields.get("text"):
            return error(400, "Bad Request: message text is empty")
        return self.script.popleft() if self.script else self.otherwise()

    def _take(self, chat: int, fields: Mapping[str, str]) -> Text:
        markup = json.loads(fields.get("reply_markup") or "{}")
        rows = markup.get("inline_keyboard", [])
        buttons = tuple((one["text"], one["callback_data"]) for row in rows for one in row)
        text = Text(next(self._numbers), chat, fields["text"], buttons)
        self.texts.append(text)
        return text


def _person(chat: int) -> dict[str, Any]:
    return {"id": chat, "is_bot": False, "first_name": "Ben"}


def _chat(chat: int, kind: str = "private") -> dict[str, Any]:
    return {"id": chat, "type": kind, "first_name": "Ben"}


def _result(result: Any) -> web.Response:
    return web.json_response({"ok": True, "result": result})


def _refusal(answer: Answer) -> web.Response:
    told: dict[str, Any] = {
        "ok": False,
        "error_code": answer.status,
        "description": answer.description,
    }
    if answer.retry_after is not None:
        told["parameters"] = {"retry_after": answer.retry_after}
    return web.json_response(told, status=answer.status)
