"""The service in one process: webhooks, Telegram, the clock and the dispatcher, and a clean stop."""

import asyncio
import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import uvicorn

from contact.address import ChannelName
from contact.channels.telegram_chat import TelegramChat
from contact.dispatch import Channels
from contact.errors import FollowUpError, Misconfigured
from contact.reconciling import reconcile
from followup.passes import CLOCK, gateways, run_pass
from followup.polling import keep_polling
from followup.service import Service
from followup.web.create import application
from followup.wiring import House, now
from scheduler.engine import Job, engine
from scheduler.outreach import move_cases, open_and_plan

log = logging.getLogger(__name__)

#: How long requests that are being answered may take when the service stops, in seconds.
_GRACE = 10


class _Server(uvicorn.Server):
    """uvicorn, but the signals are ours: it would raise them again and cut our clean-up short."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(house: House) -> None:
    """Run until SIGTERM or SIGINT, then finish what is being sent, record it, and return."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stopping.set)
    async with gateways(house) as channels:
        service = Service(house, channels)
        await _catch_up(house, channels)
        await _run(house, channels, service, stopping)


async def _run(house: House, channels: Channels, service: Service, stopping: asyncio.Event) -> None:
    server = web_server(house, service)
    clock = engine(_jobs(house, channels, service))
    clock.start()
    sending = asyncio.create_task(service.keep_sending(stopping))
    polling = asyncio.create_task(take_updates(house, channels, service, stopping))
    web = asyncio.create_task(server.serve())
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait((stop, web, sending, polling), return_when=asyncio.FIRST_COMPLETED)
    stopping.set()
    # In this order: nothing new comes in, nothing new is planned, and what is
    # being sent is recorded.
    server.should_exit = True
    await web
    clock.shutdown(wait=False)
    await polling
    await sending
    stop.cancel()


def web_server(house: House, service: Service) -> uvicorn.Server:
    """The web, not started yet; the signals are not its own."""
    host, port = house.settings.service.listen.rsplit(":", 1)
    return _Server(
        uvicorn.Config(
            application(house, service),
            host=host or "127.0.0.1",
            port=int(port),
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=_GRACE,
        )
    )


async def _catch_up(house: House, channels: Channels) -> None:
    """What fell due while nobody was there, once and not as often as it was missed."""
    try:
        await run_pass(house, channels, now)
    except FollowUpError as error:
        log.warning("the first pass did not finish: %s", error)


async def take_updates(
    house: House, channels: Channels, service: Service, stopping: asyncio.Event
) -> None:
    """Have what people do in Telegram come to us, by polling or by its webhook."""
    chat = channels.get(ChannelName.TELEGRAM)
    if not isinstance(chat, TelegramChat):
        await stopping.wait()
        return
    if house.settings.telegram.mode == "webhook":
        base = house.settings.service.public_url
        await chat.use_webhook(
            f"{base}/webhooks/telegram", house.secrets.need("FOLLOWUP_TELEGRAM_SECRET")
        )
        await stopping.wait()
        return
    await chat.use_polling()
    await keep_polling(chat, service.telegram, stopping)


def _jobs(house: House, channels: Channels, service: Service) -> list[Job]:
    args = (house, channels, service)
    return [
        Job("beat", "followup.serving:beat", timedelta(seconds=10), args),
        Job("open", "followup.serving:open_waves", timedelta(minutes=5), args),
        Job("move", "followup.serving:move", timedelta(seconds=15), args),
        Job("reconcile", "followup.serving:look_up", timedelta(seconds=30), args),
    ]


async def beat(house: House, channels: Channels, service: Service) -> None:
    """The clock is alive."""
    await house.memory.write(lambda work: work.house.beat(CLOCK, now()))


async def open_waves(house: House, channels: Channels, service: Service) -> None:
    """Open the waves of today."""
    await open_and_plan(house.memory, house.plans, house.desk, now())
    service.wake()


async def move(house: House, channels: Channels, service: Service) -> None:
    """Move the cases whose time has come."""
    if await move_cases(house.memory, house.desk, now()):
        service.wake()


async def look_up(house: House, channels: Channels, service: Service) -> None:
    """Find out what became of unsure messages."""
    await reconcile(house.memory, channels, house.desk, now)
    service.wake()


def needed(house: House) -> None:
    """Misconfigured unless everything that serving needs is there."""
    settings = house.settings
    if settings.sms.gateway == "twilio" and not settings.service.public_url:
        raise Misconfigured(
            "[service] public_url is missing: Twilio's signatures and receipts need it."
        )
    if not settings.school:
        raise Misconfigured("No [[school]] is configured: add one to the settings.")
