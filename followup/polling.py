"""Our own Telegram polling: the offset moves only after an update is committed."""

import asyncio
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Protocol

from contact.channels.telegram_updates import Arrived
from contact.errors import FollowUpError, GatewayAway
from followup.logs import tell_defect

log = logging.getLogger(__name__)

#: How long Telegram holds a poll open when there is nothing, in seconds.
WAIT = 25
#: How long we rest after the first lost poll, and at most, in seconds.
RESTS = (1.0, 60.0)
#: How often an update may fail by a defect of ours before it is left out.
_STUMBLES = 3
#: A gateway that asks for more patience (in seconds) is asked again after that all the same.
_LONGEST_ASKED = 3600.0


class _StumbledOver(FollowUpError):
    """An update met a defect of ours."""


class Poller(Protocol):
    """The part of the Telegram channel that polling needs."""

    async def poll(self, offset: int | None, wait: int) -> list[Arrived]:
        """The updates from ``offset`` on; waits ``wait`` seconds for the first."""

    async def acknowledge(self, button: str | None) -> None:
        """Let a pressed button rest."""


async def patiently(
    ask: Callable[[], Awaitable[None]],
    stopping: asyncio.Event,
    rests: tuple[float, float] = RESTS,
) -> None:
    """Ask a gateway for something until it agrees, waiting longer and longer; or ``stopping``."""
    rest, longest = rests
    while not stopping.is_set():
        try:
            await ask()
        except FollowUpError as error:
            await _recover(error, rest, stopping)
            rest = min(rest * 2, longest)
        else:
            return


async def keep_polling(
    chat: Poller,
    take: Callable[[Arrived], Awaitable[None]],
    stopping: asyncio.Event,
    wait: int = WAIT,
    rests: tuple[float, float] = RESTS,
) -> None:
    """Take in updates until ``stopping``; survives a lost network by waiting longer and longer.

    An update on which we stumble again and again, by a defect of ours, is left
    out: it must not keep everybody else's waiting.
    """
    offset: int | None = None
    rest, longest = rests
    stumbled: Counter[int] = Counter()
    while not stopping.is_set():
        try:
            for arrived in await _next(chat, offset, wait, stopping):
                await _take(take, arrived, stumbled)
                offset = arrived.update + 1
                await chat.acknowledge(arrived.button)
            rest = rests[0]
        except FollowUpError as error:
            await _recover(error, rest, stopping)
            rest = min(rest * 2, longest)


async def _take(
    take: Callable[[Arrived], Awaitable[None]], arrived: Arrived, stumbled: Counter[int]
) -> None:
    """Take in one update; raises where it must come again."""
    try:
        await take(arrived)
    except FollowUpError:
        raise
    except Exception as error:  # noqa: BLE001  a defect of ours must not end the service
        tell_defect(log, f"update {arrived.update}", error)
        stumbled[arrived.update] += 1
        if stumbled[arrived.update] < _STUMBLES:
            raise _StumbledOver("an update could not be taken in; it will come again") from None


async def _recover(error: FollowUpError, rest: float, stopping: asyncio.Event) -> None:
    """Wait ``rest`` seconds, or longer where the gateway asked for it."""
    log.warning("Telegram rests for %.0f s: %s", rest, error)
    asked = error.retry_after if isinstance(error, GatewayAway) else None
    await _wait(stopping, max(rest, min(asked or 0, _LONGEST_ASKED)))


async def _next(
    chat: Poller, offset: int | None, wait: int, stopping: asyncio.Event
) -> list[Arrived]:
    """The next updates; none at once when it is time to stop."""
    poll = asyncio.ensure_future(chat.poll(offset, wait))
    stop = asyncio.ensure_future(stopping.wait())
    await asyncio.wait((poll, stop), return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if poll.done():
        return poll.result()
    poll.cancel()
    return []


async def _wait(stopping: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return
