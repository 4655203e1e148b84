"""An application whose hooks remember what they were given."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from contact.channels.telegram_updates import Arrived
from contact.outcome import Receipt
from contact.reply import Inbound
from followup.hooks import Check, Hooks
from followup.web.app import build
from followup.web.signature import Signatures
from tests.fakes import twilio_gateway as twilio

PUBLIC = "https://followup.example.org"
SECRET = "a-webhook-secret"


@dataclass
class Service:
    """What a service would do: it commits, or raises ``trouble``."""

    committed: list[Any] = field(default_factory=list)
    trouble: Exception | None = None
    checks: list[Check] = field(default_factory=lambda: [("database", True, "")])

    async def inbound(self, message: Inbound) -> None:
        self.commit(message)

    async def receipt(self, message: UUID | None, receipt: Receipt) -> None:
        self.commit((message, receipt))

    async def telegram(self, update: Arrived) -> None:
        self.commit(update)

    async def ready(self) -> list[Check]:
        if self.trouble:
            raise self.trouble
        return self.checks

    async def metrics(self) -> bytes:
        return b"followup_messages_total 3\n"

    def commit(self, what: Any) -> None:
        if self.trouble:
            raise self.trouble
        self.committed.append(what)

    @property
    def hooks(self) -> Hooks:
        return Hooks(self.inbound, self.receipt, self.telegram, self.ready, self.metrics)


@pytest.fixture
def service():
    return Service()


@pytest.fixture
def clock():
    return datetime(2025, 10, 6, 12, 0, tzinfo=UTC)


@pytest.fixture
def app(service):
    return build(service.hooks, signatures=Signatures(twilio.TOKEN, PUBLIC), telegram_secret=SECRET)
