"""A stand-in for Twilio that speaks the official SDK's protocol.

It answers on loopback, as a real one would, and does on demand what a real
one does on a bad day. Alone: ``python -m tests.fakes.twilio_gateway 8901``.
"""

import asyncio
import sys
import time
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web
from multidict import MultiDict
from twilio.request_validator import RequestValidator

from tests.fakes.loopback import Loopback, drop, post

ACCOUNT = "AC" + "5" * 32
TOKEN = "a-token-nobody-uses"
SENDER = "+447700900001"


@dataclass(frozen=True)
class Answer:
    """What the gateway does with one text: whether it takes it, and what it says of it."""

    taken: bool = True
    status: int = 201
    code: int | None = None
    retry_after: int | None = None
    wait: float = 0.0
    dropped: bool = False


ACCEPT = Answer()


def error(code: int, status: int = 400) -> Answer:
    """Refuse with Twilio's ``code``."""
    return Answer(taken=False, status=status, code=code)


def busy(retry_after: int | None = None) -> Answer:
    """429, with a Retry-After in seconds."""
    return Answer(taken=False, status=429, code=20429, retry_after=retry_after)


def unwell(status: int = 503) -> Answer:
    """A 5xx from something in front of Twilio, so without a code."""
    return Answer(taken=False, status=status)


def slow(seconds: float) -> Answer:
    """Take it and say so, late."""
    return Answer(wait=seconds)


def hang(*, taken: bool = True) -> Answer:
    """Take it (or not), and never answer."""
    return Answer(taken=taken, wait=60.0, dropped=True)


def lose(*, taken: bool = True) -> Answer:
    """Take it (or not), and cut the connection."""
    return Answer(taken=taken, dropped=True)


@dataclass
class Text:
    """One accepted text, as the gateway keeps it."""

    sid: str
    to: str
    body: str
    at: datetime
    fields: dict[str, str]
    status: str = "queued"
    error_code: int | None = None

    @property
    def callback(self) -> str:
        return self.fields.get("StatusCallback", "")


@dataclass
class _Script:
    """What is to happen next, to whom, and otherwise."""

    next: deque[Answer] = field(default_factory=deque)
    numbers: dict[str, Answer] = field(default_factory=dict)
    otherwise: Callable[[Mapping[str, str]], Answer] = lambda _: ACCEPT

    def answer(self, fields: Mapping[str, str]) -> Answer:
        if self.next:
            return self.next.popleft()
        return self.numbers.get(fields["To"]) or self.otherwise(fields)


class TwilioGateway(Loopback):
    """One account.

    ``texts`` are what was accepted, in order; ``script`` says what happens to
    those to come; ``lag`` is how many seconds its list is behind; ``app`` the
    address where the service under test really listens, when its public one
    is made up.
    """

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        super().__init__()
        self.clock = clock
        self.texts: list[Text] = []
        self.script = _Script()
        self.lag = 0.0
        self.app: str | None = None
        self.account_status = "active"
        self.requests = 0
        self._sids = count(1)

    @property
    def settings(self) -> dict[str, Any]:
        """What a client needs to know to use it."""
        return {"account_sid": ACCOUNT, "auth_token": TOKEN, "api_base": self.url}

    def bodies(self, to: str) -> list[str]:
        """The texts that ``to`` got, in order."""
        return [text.body for text in self.texts if text.to == to]

    # What Twilio does of itself.

    def receipt(self, text: Text, status: str, code: int | None = None) -> int:
        """Tell the service that ``text`` is now ``status``; the service's answer."""
        text.status, text.error_code = status, code
        fields = {
            "SmsSid": text.sid,
            "SmsStatus": status,
            "MessageStatus": status,
            "To": text.to,
            "MessageSid": text.sid,
            "AccountSid": ACCOUNT,
            "From": text.fields.get("From", SENDER),
            "ApiVersion": "2010-04-01",
        }
        if code is not None:
            fields["ErrorCode"] = str(code)
        return self.post(text.callback, list(fields.items()))

    def say(self, sender: str, text: str, public_url: str, **more: str) -> int:
        """Have ``sender`` text the service; the service's answer."""
        return self.post(
            f"{public_url}/webhooks/twilio/inbound", inbound_fields(sender, text, **more)
        )

    def post(self, url: str, fields: Iterable[tuple[str, str]]) -> int:
        """Post ``fields`` to ``url``, signed with the account's token."""
        fields = list(fields)
        parts = urlsplit(url)
        real = f"{self.app}{url[len(f'{parts.scheme}://{parts.netloc}') :]}" if self.app else url
        return post(real, urlencode(fields).encode(), signed(url, fields))

    # What it answers.

    def routes(self) -> list[web.RouteDef]:
        account = f"/2010-04-01/Accounts/{ACCOUNT}"
        return [
            web.post(f"{account}/Messages.json", self._create),
            web.get(f"{account}/Messages.json", self._list),
            web.get(f"{account}.json", self._account),
            web.get("/texts", self._texts),
            web.route("*", "/{rest:.*}", self._unknown),
        ]

    async def _create(self, request: web.Request) -> web.Response:
        self.requests += 1
        if not _is_known(request):
            return _refusal(401, 20003)
        fields = {name: str(value) for name, value in (await request.post()).items()}
        missing = _missing(fields)
        if missing:
            return _refusal(400, missing)
        answer = self.script.answer(fields)
        text = self._take(fields) if answer.taken else None
        if answer.wait:
            await asyncio.sleep(answer.wait)
        if answer.dropped:
            return drop(request)
        if text is None:
            return _refusal(answer.status, answer.code, answer.retry_after)
        return web.json_response(_shown(text), status=answer.status)

    def _take(self, fields: dict[str, str]) -> Text:
        sid = f"SM{next(self._sids):032x}"
        text = Text(sid, fields["To"], fields["Body"], self.clock(), fields)
        self.texts.append(text)
        return text

    async def _list(self, request: web.Request) -> web.Response:
        if not _is_known(request):
            return _refusal(401, 20003)
        wanted = request.query
        size, page = int(wanted.get("PageSize", "50")), int(wanted.get("Page", "0"))
        known = self.clock() - timedelta(seconds=self.lag)
        found = [text for text in reversed(self.texts) if text.at <= known and _fits(text, wanted)]
        here, rest = found[page * size : (page + 1) * size], found[(page + 1) * size :]
        following = urlencode({**wanted, "Page": page + 1, "PageToken": "PA1"})
        return web.json_response(
            {
                "messages": [_shown(text) for text in here],
                "page": page,
                "page_size": size,
                "uri": request.path_qs,
                "next_page_uri": f"{request.path}?{following}" if rest else None,
            }
        )

    async def _account(self, request: web.Request) -> web.Response:
        if not _is_known(request):
            return _refusal(401, 20003)
        return web.json_response({"sid": ACCOUNT, "status": self.account_status})

    async def _texts(self, _: web.Request) -> web.Response:
        return web.json_response([_shown(text) for text in self.texts])

    async def _unknown(self, _: web.Request) -> web.Response:
        return _refusal(404, 20404)


_inbound_sids = count(1)


def inbound_fields(sender: str, text: str, **more: str) -> list[tuple[str, str]]:
    """The fields of an inbound text, as Twilio posts them; ``more`` adds or replaces some."""
    sid = f"SM{next(_inbound_sids):032x}"
    fields = {
        "ToCountry": "GB",
        "ToState": "",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "",
        "SmsSid": sid,
        "FromState": "",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": text,
        "FromCountry": "GB",
        "To": SENDER,
        "ToZip": "",
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": ACCOUNT,
        "From": sender,
        "ApiVersion": "2010-04-01",
    }
    return list({**fields, **more}.items())


def signed(url: str, fields: Iterable[tuple[str, str]], token: str = TOKEN) -> dict[str, str]:
    """The headers of a request that Twilio signed, by the official SDK's own reckoning."""
    signature = RequestValidator(token).compute_signature(url, MultiDict(fields))
    return {
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        "X-Twilio-Signature": signature,
    }


def _is_known(request: web.Request) -> bool:
    expected = b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    return request.headers.get("Authorization") == f"Basic {expected}"


def _missing(fields: Mapping[str, str]) -> int | None:
    """The code for a request that lacks its number, its text or its sender."""
    if not fields.get("To"):
        return 21604
    if not fields.get("Body"):
        return 21602
    return None if fields.get("From") or fields.get("MessagingServiceSid") else 21603


def _fits(text: Text, wanted: Mapping[str, str]) -> bool:
    day = text.at.date().isoformat()
    return (
        wanted.get("To") in (None, text.to)
        and (wanted.get("DateSent") or day)[:10] == day
        and (wanted.get("DateSent>") or day)[:10] <= day
        and (wanted.get("DateSent<") or day)[:10] >= day
    )


def _shown(text: Text) -> dict[str, Any]:
    stamp = format_datetime(text.at.astimezone(UTC))
    return {
        "sid": text.sid,
        "account_sid": ACCOUNT,
        "messaging_service_sid": text.fields.get("MessagingServiceSid"),
        "to": text.to,
        "from": text.fields.get("From"),
        "body": text.body,
        "status": text.status,
        "direction": "outbound-api",
        "date_created": stamp,
        "date_updated": stamp,
        "date_sent": stamp,
        "error_code": text.error_code,
        "error_message": None,
        "num_segments": "1",
        "num_media": "0",
        "price": None,
        "price_unit": "GBP",
        "api_version": "2010-04-01",
        "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{text.sid}.json",
        "subresource_uris": {},
    }


def _refusal(status: int, code: int | None = None, retry_after: int | None = None) -> web.Response:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    if code is None:
        return web.Response(status=status, text="<html>Bad Gateway</html>", headers=headers)
    # The message quotes what was sent, as Twilio's do: none of it may reach a log.
    told = {"code": code, "message": "The 'To' number +447700900123 is …", "status": status}
    return web.json_response(told, status=status, headers=headers)


def main() -> None:
    """Answer until stopped, in a process of its own; ``GET /texts`` shows what was taken."""
    gateway = TwilioGateway()
    gateway._port = int(sys.argv[1]) if len(sys.argv) > 1 else 0
    with gateway:
        sys.stdout.write(f"{gateway.url}\n")
        sys.stdout.flush()
        while True:
            time.sleep(60)


if __name__ == "__main__":
    main()
