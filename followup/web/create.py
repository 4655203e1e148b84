"""The web application, put together from the settings."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette

from followup.service import Service
from followup.web.app import Lifespan, build
from followup.web.signature import Signatures
from followup.wiring import House


def create_app(config: Path) -> Starlette:
    """The ASGI application that ``config`` describes: webhooks, health and metrics.

    It takes in and answers through the ledger; sending is the work of
    ``followup serve`` or ``followup tick``. Misconfigured where a secret is
    missing.
    """
    house = House.at(Path(config))
    house.furnish()

    @asynccontextmanager
    async def closing(_: Starlette) -> AsyncIterator[None]:
        yield
        house.close()

    return application(house, Service(house, {}, expects_clock=False), closing)


def application(house: House, service: Service, lifespan: Lifespan | None = None) -> Starlette:
    """The web application over a service that runs."""
    settings = house.settings
    signatures = None
    if settings.sms.gateway == "twilio":
        token = house.secrets.need("FOLLOWUP_TWILIO_AUTH_TOKEN")
        signatures = Signatures(token, settings.service.public_url, settings.sms.account_sid)
    secret = None
    if settings.telegram.enabled and settings.telegram.mode == "webhook":
        secret = house.secrets.need("FOLLOWUP_TELEGRAM_SECRET")
    return build(service.hooks(), signatures=signatures, telegram_secret=secret, lifespan=lifespan)
