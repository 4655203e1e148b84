"""One request to an ASGI application, without a socket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp


@dataclass(frozen=True)
class Reply:
    """What was answered; ``status`` is 0 where nothing was."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()


async def ask(
    app: ASGIApp,
    method: str,
    url: str,
    body: bytes | Sequence[bytes] = b"",
    headers: Mapping[str, str] | None = None,
    *,
    hangs_up: bool = False,
) -> Reply:
    """Ask ``app``; a list of bodies comes in pieces, and may end with the asker hanging up."""
    parts = urlsplit(url)
    pieces = [body] if isinstance(body, bytes) else list(body)
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": parts.path,
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode("latin-1", "replace"),
        "root_path": "",
        "headers": [
            (name.lower().encode(), value.encode("latin-1", "replace"))
            for name, value in (headers or {}).items()
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not pieces:
            return {"type": "http.disconnect"}
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces) or hangs_up}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    await app(scope, receive, send)
    if not sent:
        return Reply(0)
    said = b"".join(message.get("body", b"") for message in sent[1:])
    return Reply(sent[0]["status"], said, tuple(sent[0]["headers"]))
