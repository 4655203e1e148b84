"""Text messages through Twilio.

The SDK makes the requests and reads the answers; the connection below it is
ours, because the SDK's own writes To= to its log, keeps the last request in
memory and ignores its time-out.
"""

import json
import logging
from base64 import b64encode
from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    TCPConnector,
)
from twilio.base import values
from twilio.base.exceptions import TwilioException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

from contact.address import ChannelName
from contact.channels.twilio_codes import fault_of, receipt_of
from contact.errors import GatewayAway, Misconfigured
from contact.outcome import Accepted, Claimed, Fault, Outcome, Refused, Trace, Unsure

API = "https://api.twilio.com"

#: Seconds for a whole request, and of these for a connection.
TIMEOUT = 10.0
CONNECT_TIMEOUT = 5.0

#: Connections to the gateway at once; more would only queue on its side.
CONNECTIONS = 50

#: How the sid of a messaging service begins; numbers begin with a plus.
_SERVICE = "MG"

#: A trial account puts this before every text, also in its own list.
TRIAL_PREFIX = "Sent from your Twilio trial account - "

#: How many of one number's texts are looked through for a trace, and in pages of how many.
TRACES_READ = 1_000
PAGE = 100

#: Answers after which the text was certainly not taken, and may be later.
BUSY = frozenset({429, 500, 502, 503})

#: Answers that blame our account sid or token, where no code says it better.
NOT_US = frozenset({401, 403, 404})

# The SDK logs every request with its To= at INFO, whatever the level of the root.
for _name in ("twilio.http_client", "twilio.async_http_client"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)


class _Refusal(Exception):
    """An answer that is no success: its status and code, nothing of what was asked."""

    def __init__(self, status: int, code: str | None, retry_after: float | None) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.code = code
        self.retry_after = retry_after


class _Connection(AsyncTwilioHttpClient):  # type: ignore[misc]  # the SDK is not typed
    """The SDK's connection: one session, explicit time-outs, no retries, nothing remembered."""

    def __init__(self, timeout: float, connections: int) -> None:
        super().__init__(pool_connections=False)
        self._limits = ClientTimeout(total=timeout, connect=min(CONNECT_TIMEOUT, timeout / 2))
        self._connections = connections
        self._session: ClientSession | None = None

    def _open(self) -> ClientSession:
        # A session belongs to a running loop, which is not there when we are built.
        if self._session is None:
            self._session = ClientSession(
                connector=TCPConnector(limit=self._connections), timeout=self._limits
            )
        return self._session

    async def request(
        self,
        method: str,
        url: str,
        params: dict[str, str] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the session's holds
        allow_redirects: bool = False,
    ) -> Response:
        known = {"Authorization": _basic(*auth)} if auth else {}
        async with self._open().request(
            method,
            url,
            params=params or None,
            data=urlencode(data).encode() if data else None,
            headers={**(headers or {}), **known},
            allow_redirects=False,
        ) as answer:
            body = (await answer.read()).decode("utf-8", "replace")
            if answer.status >= HTTPStatus.MULTIPLE_CHOICES:
                raise _Refusal(
                    answer.status, _code(body), _seconds(answer.headers.get("Retry-After"))
                )
            return Response(answer.status, body, answer.headers)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


class TwilioSms:
    """One Twilio account; a text may name a sender of its own.

    ``sender`` is a messaging service's sid (``MG…``) or a number; ``validity``
    the seconds after which Twilio drops a text that it could not pass on (None:
    its own ten hours). Raises Misconfigured without a token or sender.
    """

    name = ChannelName.SMS

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        *,
        messaging_service_sid: str | None = None,
        from_number: str | None = None,
        api_base: str = API,
        timeout: float = TIMEOUT,
        connections: int = CONNECTIONS,
        validity: int | None = None,
    ) -> None:
        if not account_sid or not auth_token:
            raise Misconfigured("Twilio needs account_sid and FOLLOWUP_TWILIO_AUTH_TOKEN")
        if not messaging_service_sid and not from_number:
            raise Misconfigured("Twilio needs messaging_service_sid or from_number in [sms]")
        self._connection = _Connection(timeout, connections)
        # An environment of its own: the SDK would else obey a stray TWILIO_REGION.
        self._client = Client(
            account_sid,
            auth_token,
            http_client=self._connection,
            environment={"TWILIO_ACCOUNT_SID": account_sid},
        )
        self._client.api.base_url = api_base.rstrip("/")
        self._options: dict[str, Any] = {"validity_period": validity or values.unset}
        self._sender = messaging_service_sid or from_number or ""

    async def send(self, message: Claimed) -> Outcome:
        """Hand over one text and say what became of it; never raises for a gateway's answer."""
        try:
            sent = await self._client.messages.create_async(
                to=message.to,
                body=message.text,
                status_callback=message.callback or values.unset,
                **self._options,
                **self._from(message.sender),
            )
        except _Refusal as refusal:
            return _outcome(refusal)
        except ConnectionTimeoutError:
            return Refused(Fault.BUSY, "no_connection")
        except ClientConnectorError:
            # Refused, unroutable, or without a name: nothing has left this machine.
            return Refused(Fault.BUSY, "refused")
        except TimeoutError:
            return Unsure("no answer in time")
        except (ClientError, OSError):
            return Unsure("connection lost")
        except (ValueError, TypeError, AttributeError, TwilioException):
            return Unsure("unreadable answer")
        return Accepted(sent.sid) if sent.sid else Unsure("unreadable answer")

    def _from(self, sender: str) -> dict[str, str]:
        """Whom a text is from: a messaging service or a number, ours where it names none."""
        chosen = sender or self._sender
        return {"messaging_service_sid" if chosen.startswith(_SERVICE) else "from_": chosen}

    async def traces(self, message: Claimed, since: date | None) -> list[Trace]:
        """Twilio's outbound texts with the same To and text, from the day ``since`` on.

        The list lags behind by up to a minute. Raises GatewayAway.
        """
        after = values.unset if since is None else since.isoformat()
        try:
            listed = await self._client.messages.list_async(
                to=message.to, date_sent_after=after, limit=TRACES_READ, page_size=PAGE
            )
        except _Refusal as refusal:
            raise _away(refusal) from None
        except (ClientError, OSError, TimeoutError, ValueError, TypeError, TwilioException):
            # The cause is not passed on: its text holds the address and the number.
            raise GatewayAway("Twilio could not be asked for its list of texts") from None
        return [_trace(one) for one in listed if _is_same(one, message.text)]

    async def check(self) -> str:
        """Prove the credentials without a message; raises Misconfigured or GatewayAway."""
        try:
            account = await self._client.api.account.fetch_async()
        except _Refusal as refusal:
            if refusal.status in NOT_US:
                raise Misconfigured(
                    "Twilio refuses account_sid with this FOLLOWUP_TWILIO_AUTH_TOKEN; check both"
                ) from None
            raise _away(refusal) from None
        except (ClientError, OSError, TimeoutError, ValueError, TypeError, TwilioException):
            raise GatewayAway("Twilio does not answer; check the network and api_base") from None
        if account.status in ("suspended", "closed"):
            raise Misconfigured(f"the Twilio account is {account.status}; see Twilio's console")
        return "Twilio account active"

    async def close(self) -> None:
        """Close the connections; what is being sent is cut off and so becomes unsure."""
        await self._connection.close()


def _outcome(refusal: _Refusal) -> Outcome:
    """What an answer that is no success means; the status speaks before the code."""
    status, code = refusal.status, refusal.code
    if status in BUSY:
        return Refused(Fault.BUSY, code or str(status), refusal.retry_after)
    if status == HTTPStatus.REQUEST_TIMEOUT or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # 408, 504 and their kin: something on the way gave up waiting for an answer.
        return Unsure(f"status {status}")
    if code is None and status in NOT_US:
        return Refused(Fault.OURS, str(status))
    return Refused(fault_of(code), code or str(status), refusal.retry_after)


def _away(refusal: _Refusal) -> GatewayAway:
    return GatewayAway(f"Twilio answers with status {refusal.status}", refusal.retry_after)


def _is_same(one: MessageInstance, text: str) -> bool:
    body = (one.body or "").removeprefix(TRIAL_PREFIX)
    return body.strip() == text.strip() and str(one.direction or "").startswith("outbound")


def _trace(one: MessageInstance) -> Trace:
    code = None if one.error_code is None else str(one.error_code)
    sid = str(one.sid)
    # The SDK hands a date on as it came where it cannot read it.
    created = one.date_created if isinstance(one.date_created, datetime) else None
    return Trace(sid, created, receipt_of(sid, str(one.status), code))


def _basic(user: str, password: str) -> str:
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def _code(body: str) -> str | None:
    """Twilio's error code in an answer's ``body``; None where it is not Twilio who answers."""
    try:
        code = json.loads(body)["code"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return str(code)[:10] if isinstance(code, int | str) and code else None


def _seconds(header: str | None) -> float | None:
    """The seconds of a Retry-After header; None where it is absent, a date or nonsense."""
    return float(header) if header and header.isascii() and header.isdigit() else None
