"""The worlds that journeys run through."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes import telegram_gateway as telegram
from tests.fakes import twilio_gateway as twilio
from tests.fakes.telegram_gateway import TelegramGateway
from tests.fakes.twilio_gateway import TwilioGateway
from tests.journeys.world import SECRET, World, frozen, london, settings, telegram_settings


@pytest.fixture
def gateway() -> Iterator[TwilioGateway]:
    """A stand-in for Twilio."""
    with TwilioGateway() as gateway:
        yield gateway


@pytest.fixture
def home(tmp_path: Path, master_key: str, sqlite_url: str) -> Path:
    """A folder with a database and the secrets; the settings are still to be written."""
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "followup_key").write_text(master_key)
    (secrets / "followup_key").chmod(0o600)
    (secrets / "followup_twilio_auth_token").write_text(twilio.TOKEN)
    (secrets / "followup_telegram_token").write_text(telegram.TOKEN)
    (secrets / "followup_telegram_secret").write_text(SECRET)
    return tmp_path


@pytest.fixture
def world(home: Path, gateway: TwilioGateway) -> Iterator[World]:
    """A world in which it is the afternoon of Monday 3 November 2025."""
    config = home / "config.toml"
    config.write_text(settings(sms=gateway.url))
    with frozen(london(2025, 11, 3, 16, 30)) as clock:
        world = World(config, clock, gateway)
        yield world
        world.close()


@pytest.fixture
def bot() -> Iterator[TelegramGateway]:
    """A stand-in for Telegram."""
    with TelegramGateway() as gateway:
        yield gateway


@pytest.fixture
def chatty(home: Path, gateway: TwilioGateway, bot: TelegramGateway) -> Iterator[World]:
    """The same world, with a Telegram bot beside the texts."""
    config = home / "config.toml"
    config.write_text(settings(sms=gateway.url, rest=telegram_settings(bot.url)))
    with frozen(london(2025, 11, 3, 16, 30)) as clock:
        world = World(config, clock, gateway, bot)
        yield world
        world.close()
