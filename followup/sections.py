"""The tables of the settings file, each key with its kind and its default."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from contact.mailbox import read_mailbox
from scheduler.procedure_keys import AgreementList

_Time = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
_Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]{0,59}$")]


class Section(BaseModel):
    """Frozen, and a misspelt key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Service(Section):
    """Where and as whom the service runs: ``[service]``."""

    timezone: Literal["Europe/London"] = "Europe/London"
    public_url: str = ""
    listen: Annotated[str, Field(pattern=r"^[^:]*:\d{1,5}$")] = "127.0.0.1:8080"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    staff: tuple[str, ...] = ()
    secrets_dir: Path = Path("secrets")

    @field_validator("public_url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        if url and not url.startswith(("https://", "http://")):
            raise ValueError("must begin with https://")
        return url.rstrip("/")


class Storage(Section):
    """Where the database is: ``[storage]``."""

    url: str = "sqlite:///followup.db"


class Contact(Section):
    """How people are asked, unless a procedure says otherwise: ``[contact]``."""

    hours: tuple[_Time, _Time] = ("09:00", "19:30")
    days: tuple[_Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat")
    gap_days: Annotated[int, Field(ge=1, le=60)] = 5
    reply_days: Annotated[int, Field(ge=1, le=60)] = 4
    tries: Annotated[int, Field(ge=1, le=10)] = 3
    late_reply_days: Annotated[int, Field(ge=0, le=400)] = 60
    max_messages_per_day: Annotated[int, Field(ge=1)] = 500
    monthly_budget_pence: Annotated[int, Field(ge=0)] = 0


class Sms(Section):
    """How texts leave: ``[sms]``."""

    gateway: Literal["sandbox", "twilio"] = "sandbox"
    account_sid: str = ""
    messaging_service_sid: str = ""
    from_number: str = ""
    api_base: str = "https://api.twilio.com"
    trial: bool = False
    guests: tuple[str, ...] = ()
    allow_drama_numbers: bool | None = None
    segment_pence: Annotated[int, Field(ge=0)] = 4
    per_second: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None

    @property
    def drama_allowed(self) -> bool:
        """Whether Ofcom's numbers for drama count as mobiles: not at a live gateway."""
        if self.allow_drama_numbers is not None:
            return self.allow_drama_numbers
        return self.gateway == "sandbox"


class Telegram(Section):
    """Whether and how there are chats: ``[telegram]``."""

    enabled: bool = False
    bot_username: str = ""
    mode: Literal["polling", "webhook"] = "polling"
    api_base: str = "https://api.telegram.org"
    per_second: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None


class Email(Section):
    """How staff are told at once: ``[email]``."""

    host: str = ""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    sender: str = ""


class Understanding(Section):
    """How sure a reading must be: ``[understanding]``."""

    threshold: Annotated[float, Field(ge=0, le=1)] | None = None


class SchoolSection(Section):
    """One school: ``[[school]]``."""

    id: _Id
    name: Annotated[str, Field(min_length=1)]
    procedure: Annotated[str, Field(min_length=1)]
    short_name: str = ""
    wording: str = ""
    urn: str = ""
    authority: str = ""
    careers_contact: str = ""
    safeguarding_contact: str = ""
    languages: tuple[str, ...] = ()
    staff: tuple[str, ...] = ()
    reminders_to: str = ""
    sms_sender: Annotated[str, Field(pattern=r"^(\+\d{8,15}|MG[0-9a-f]{32})?$")] = ""
    terms: dict[str, tuple[str, str]] = Field(default_factory=dict)
    sharing_agreements: AgreementList = ()

    @field_validator("reminders_to")
    @classmethod
    def _is_a_mailbox(cls, to: str) -> str:
        if to and read_mailbox(to)[0] is None:
            raise ValueError("must be an e-mail address, or be left out")
        return to


class Retention(Section):
    """How long after the end of tracking somebody is kept: ``[retention]``."""

    keep_days: Annotated[int, Field(ge=0, le=3650)] = 90
