"""A request's body, read no further than its limit."""

from starlette.types import Receive, Scope

#: Of a body that is too large, so many bytes are still taken (and dropped), because a sender
#: whose connection is cut while it sends never reads the answer.
DRAINED = 8 * 1024 * 1024


class TooLarge(Exception):
    """The body is longer than its limit; nothing of it was kept."""


class HungUp(Exception):
    """The sender went away before the body was whole; nobody waits for an answer."""


async def read(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The whole body of at most ``limit`` bytes; raises TooLarge or HungUp."""
    declared = header(scope, b"content-length")
    if declared.isdigit() and int(declared[:20]) > DRAINED:
        raise TooLarge
    chunk, more = await _next(receive)
    if not more and len(chunk) <= limit:
        return chunk
    chunks, taken = [chunk], len(chunk)
    while more and taken <= DRAINED:
        chunk, more = await _next(receive)
        taken += len(chunk)
        if taken > limit:
            chunks.clear()
        else:
            chunks.append(chunk)
    if taken > limit:
        raise TooLarge
    return b"".join(chunks)


def header(scope: Scope, name: bytes) -> bytes:
    """The first header called ``name`` (in lower case); empty where there is none."""
    for found, value in scope["headers"]:
        if found == name:
            return bytes(value)
    return b""


async def _next(receive: Receive) -> tuple[bytes, bool]:
    part = await receive()
    if part["type"] != "http.request":
        raise HungUp
    return part.get("body", b""), part.get("more_body", False)
