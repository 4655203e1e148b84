"""The routes: what is asked over HTTP, and what it is answered.

Nothing here knows the database: what is to happen is handed in as
:class:`followup.hooks.Hooks`, and a 2xx is only said once a hook has returned.
"""

import hmac
import json
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from traceback import format_tb
from urllib.parse import parse_qsl
from uuid import UUID

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from contact.channels.telegram_updates import arrived
from contact.errors import Misconfigured, StorageUnavailable
from followup.hooks import Hooks
from followup.web import body, forms
from followup.web.signature import Fields, Signatures, fields_of

log = logging.getLogger(__name__)

INBOUND = "/webhooks/twilio/inbound"
STATUS = "/webhooks/twilio/status"
TELEGRAM = "/webhooks/telegram"

#: Bytes of a form: a text of 1,600 characters, percent-encoded, is under 15 KiB.
LONGEST_FORM = 64 * 1024

#: Bytes of an update: a long message that quotes another, both as ``\\uXXXX``, passes 64 KiB,
#: and Telegram would send one that is refused again and again, ahead of all others.
LONGEST_UPDATE = 256 * 1024

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


def build(
    hooks: Hooks,
    *,
    signatures: Signatures | None = None,
    telegram_secret: str | None = None,
    lifespan: Lifespan | None = None,
) -> Starlette:
    """The ASGI application.

    Without ``signatures`` there are no Twilio webhooks, and without
    ``telegram_secret`` no Telegram one (404). Raises Misconfigured for an empty
    secret: it would let anybody in.
    """
    routes = _state(hooks)
    if signatures is not None:
        routes += _twilio(hooks, signatures)
    if telegram_secret is not None:
        routes.append(_telegram(hooks, telegram_secret))
    return Starlette(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={StorageUnavailable: _unavailable},
    )


class _Answer(Exception):
    """A request that ends here, with ``status``."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class _Webhook:
    """One webhook as bare ASGI: this path carries the load, and a Request costs half of it.

    ``take`` is given the scope and the body; once it returns, the answer is 204.
    """

    def __init__(self, take: Callable[[Scope, bytes], Awaitable[None]], limit: int) -> None:
        self._take = take
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            status = await self._status(scope, receive)
        except body.HungUp:
            return
        headers = [] if status == HTTPStatus.NO_CONTENT else [(b"content-length", b"0")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    async def _status(self, scope: Scope, receive: Receive) -> int:
        try:
            await self._take(scope, await body.read(scope, receive, self._limit))
        except _Answer as answer:
            return answer.status
        except body.TooLarge:
            return 413
        except StorageUnavailable:
            return 503
        except body.HungUp:
            raise
        except Exception as error:  # noqa: BLE001 - a defect of ours must not end the service
            # Where it happened, without the words of the error: they may quote a person.
            where = "".join(format_tb(error.__traceback__))
            log.error(  # noqa: TRY400 - for the same reason
                "%s failed: %s\n%s", scope["path"], type(error).__name__, where
            )
            return 500
        return 204


def _twilio(hooks: Hooks, signatures: Signatures) -> list[BaseRoute]:
    def signed(scope: Scope, posted: bytes, path: str) -> Fields:
        """The fields of a form that Twilio signed; ends with 400 or 403."""
        query = scope["query_string"].decode("latin-1")
        given = body.header(scope, b"x-twilio-signature").decode("latin-1")
        try:
            fields = fields_of(posted)
        except ValueError:
            raise _Answer(400) from None
        if not given or not signatures.holds(f"{path}?{query}" if query else path, fields, given):
            raise _Answer(403)
        return fields

    async def inbound(scope: Scope, posted: bytes) -> None:
        try:
            message = forms.inbound(signed(scope, posted, INBOUND))
        except forms.Malformed:
            raise _Answer(400) from None
        await hooks.inbound(message)

    async def status(scope: Scope, posted: bytes) -> None:
        try:
            receipt = forms.receipt(signed(scope, posted, STATUS))
            message = message_of(scope["query_string"])
        except ValueError:
            raise _Answer(400) from None
        await hooks.receipt(message, receipt)

    return [
        Route(INBOUND, _Webhook(inbound, LONGEST_FORM), methods=["POST"]),
        Route(STATUS, _Webhook(status, LONGEST_FORM), methods=["POST"]),
    ]


def message_of(query: bytes) -> UUID | None:
    """Our message's id in a callback's ``query``; raises ValueError where it is garbled."""
    named = [value for name, value in parse_qsl(query.decode("latin-1")) if name == "message"]
    if len(named) > 1:
        raise ValueError("two messages")
    return UUID(named[0]) if named else None


def _telegram(hooks: Hooks, secret: str) -> BaseRoute:
    if not secret.strip():
        raise Misconfigured("Telegram's webhook needs FOLLOWUP_TELEGRAM_SECRET")
    expected = secret.encode()

    async def take(scope: Scope, posted: bytes) -> None:
        given = body.header(scope, b"x-telegram-bot-api-secret-token")
        if not hmac.compare_digest(given, expected):
            raise _Answer(403)
        try:
            update = arrived(json.loads(posted))
        except (ValueError, RecursionError):
            raise _Answer(400) from None
        await hooks.telegram(update)

    return Route(TELEGRAM, _Webhook(take, LONGEST_UPDATE), methods=["POST"])


def _state(hooks: Hooks) -> list[BaseRoute]:
    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        checks = await hooks.ready()
        rows = [{"name": name, "ok": well, "detail": detail} for name, well, detail in checks]
        well = all(row["ok"] for row in rows)
        return JSONResponse({"ready": well, "checks": rows}, status_code=200 if well else 503)

    async def metrics(_: Request) -> Response:
        return Response(
            await hooks.metrics(), media_type="text/plain; version=0.0.4; charset=utf-8"
        )

    return [
        Route("/healthz", healthz),
        Route("/readyz", readyz),
        Route("/metrics", metrics),
    ]


async def _unavailable(_: Request, __: Exception) -> Response:
    return JSONResponse({"ready": False, "checks": []}, status_code=503)
