"""The SDK's connections to Telegram, which tell us what it would forget or stumble over."""

import json
from http import HTTPStatus
from typing import Any

from telegram import Update
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

#: Seconds for a connection.
CONNECT_TIMEOUT = 5.0
#: Answers after which the message was certainly not sent, and may be later.
BUSY = frozenset({429, 500, 502, 503})


class Trouble(TelegramError):
    """A 429 or a 5xx, with the status and the seconds that the SDK would forget."""

    def __init__(self, status: int, retry_after: float | None) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.retry_after = retry_after


class Connection(HTTPXRequest):
    """The SDK's connection, which also tells a gateway that is unwell from a lost one."""

    def __init__(self, timeout: float, connections: int) -> None:
        connect = min(CONNECT_TIMEOUT, timeout / 2)
        super().__init__(
            connection_pool_size=connections,
            read_timeout=timeout,
            write_timeout=timeout,
            connect_timeout=connect,
            pool_timeout=connect,
            # What is not in our settings does not steer us: no HTTPS_PROXY, no .netrc.
            httpx_kwargs={"trust_env": False},
        )

    async def do_request(self, *args: Any, **options: Any) -> tuple[int, bytes]:
        """As the SDK's own; raises Trouble for a 429 or a 5xx."""
        status, payload = await super().do_request(*args, **options)
        if status in BUSY or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise Trouble(status, _seconds(payload))
        return status, payload


class Updates(Connection):
    """The connection for updates: one that the SDK cannot read must not hide all others."""

    async def do_request(self, *args: Any, **options: Any) -> tuple[int, bytes]:
        """As :class:`Connection`'s, without what the SDK would stumble over."""
        status, payload = await super().do_request(*args, **options)
        return status, _readable(payload)


def _readable(payload: bytes) -> bytes:
    """``payload`` with each update that the SDK cannot read cut down to its number."""
    try:
        answer = json.loads(payload)
        updates = list(answer["result"])
        read = [each if _reads(each) else {"update_id": int(each["update_id"])} for each in updates]
    except (ValueError, KeyError, TypeError, RecursionError):
        return payload
    return payload if read == updates else json.dumps({**answer, "result": read}).encode()


def _reads(update: Any) -> bool:
    try:
        Update.de_json(update, None)
    except Exception:  # noqa: BLE001  whatever it stumbles over: one update must not stop all
        return False
    return True


def _seconds(payload: bytes) -> float | None:
    """The ``retry_after`` seconds in an answer; None where there are none."""
    try:
        seconds = json.loads(payload)["parameters"]["retry_after"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return float(seconds) if isinstance(seconds, int | float) and seconds >= 0 else None
