"""The service in one process: webhooks, Telegram, clock and dispatcher, and a clean stop."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from os import strerror
from socket import create_server, socket

import uvicorn

from contact.address import ChannelName
from contact.channels.telegram_chat import TelegramChat
from contact.dispatch import Channels
from contact.errors import Misconfigured
from followup.jobs import catch_up, jobs_of
from followup.passes import gateways
from followup.polling import keep_polling, patiently
from followup.service import Service
from followup.web.create import application
from followup.wiring import House
from scheduler.engine import engine

#: How long requests that are being answered may take when the service stops, in seconds.
_GRACE = 10


class _Server(uvicorn.Server):
    """uvicorn, but the signals are ours: it would raise them again and cut our clean-up short.

    So is the address, taken before anything else is begun: where it cannot be
    had uvicorn would end the whole process.
    """

    def __init__(self, config: uvicorn.Config, listener: socket) -> None:
        super().__init__(config)
        self._listener = listener

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def serve(self, sockets: list[socket] | None = None) -> None:
        """Answer until ``should_exit``."""
        with self._listener:
            await super().serve([self._listener])


async def serve(house: House) -> None:
    """Run until SIGTERM or SIGINT, then finish what is being sent, record it, and return.

    Misconfigured where the address to listen on cannot be had.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stopping.set)
    async with gateways(house) as channels:
        await _run(house, channels, Service(house, channels), stopping)


async def _run(house: House, channels: Channels, service: Service, stopping: asyncio.Event) -> None:
    server = web_server(house, service)
    over = asyncio.Event()
    sending = asyncio.create_task(service.keep_sending(over))
    others = [
        asyncio.create_task(server.serve()),
        asyncio.create_task(_keep_time(house, channels, service, stopping)),
        asyncio.create_task(take_updates(house, channels, service, stopping)),
        asyncio.create_task(service.keep_telling(stopping)),
        asyncio.create_task(service.keep_listening(stopping)),
    ]
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait((stop, sending, *others), return_when=asyncio.FIRST_COMPLETED)
    # In this order, whichever of them ended and why: nothing new comes in and
    # nothing new is planned, then what is being sent is recorded.
    stopping.set()
    server.should_exit = True
    ended = await asyncio.gather(*others, return_exceptions=True)
    over.set()
    ended += await asyncio.gather(sending, return_exceptions=True)
    await stop
    for error in ended:
        if error is not None:
            raise error


async def _keep_time(
    house: House, channels: Channels, service: Service, stopping: asyncio.Event
) -> None:
    """The clock; everything that fell due while nobody was there is done first, once."""
    await catch_up(house, channels, service)
    clock = engine(jobs_of(house, channels, service))
    clock.start()
    await stopping.wait()
    clock.pause()
    await service.at_rest(_GRACE)
    clock.shutdown(wait=False)


def web_server(house: House, service: Service) -> uvicorn.Server:
    """The web, not started yet; the signals are not its own.

    Misconfigured where the address to listen on cannot be had.
    """
    config = uvicorn.Config(
        application(house, service),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=_GRACE,
    )
    return _Server(config, _listener(house.settings.service.listen))


def _listener(address: str) -> socket:
    host, port = address.rsplit(":", 1)
    try:
        return create_server((host or "127.0.0.1", int(port)))
    except (OSError, OverflowError) as error:
        # Not its own words: Python adds the address to them.
        why = strerror(error.errno) if isinstance(error, OSError) and error.errno else "no address"
        raise Misconfigured(
            f"{address} cannot be listened on ({why}): change [service] listen, "
            "or stop what holds it."
        ) from None


async def take_updates(
    house: House, channels: Channels, service: Service, stopping: asyncio.Event
) -> None:
    """Have what people do in Telegram come to us, by polling or by its webhook.

    A Telegram that is away is waited for, and holds up nothing else.
    """
    chat = channels.get(ChannelName.TELEGRAM)
    if not isinstance(chat, TelegramChat):
        await stopping.wait()
        return
    if house.settings.telegram.mode == "webhook":
        address = f"{house.settings.service.public_url}/webhooks/telegram"
        secret = house.secrets.need("FOLLOWUP_TELEGRAM_SECRET")
        await patiently(lambda: chat.use_webhook(address, secret), stopping)
        await stopping.wait()
        return
    await patiently(chat.use_polling, stopping)
    await keep_polling(chat, service.telegram, stopping)


def needed(house: House) -> None:
    """Misconfigured unless everything that serving needs is there."""
    settings = house.settings
    if settings.sms.gateway == "twilio" and not settings.service.public_url:
        raise Misconfigured(
            "[service] public_url is missing: Twilio's signatures and receipts need it."
        )
    if not settings.school:
        raise Misconfigured("No [[school]] is configured: add one to the settings.")
    house.furnish()
