"""The settings: one TOML file, checked whole, and the secrets beside it."""

import os
import tomllib
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError

from bot.survey_file import languages as shipped
from contact.address import ChannelName
from contact.errors import Misconfigured
from contact.school import ENGLISH
from followup.sections import (
    Contact,
    Email,
    Retention,
    SchoolSection,
    Section,
    Service,
    Sms,
    Storage,
    Telegram,
    Understanding,
)

KEY_FILE = "followup_key"

#: What a UK mobile number takes at Twilio, and a bit less than what Telegram takes from a bot.
SMS_PER_SECOND = 10.0
TELEGRAM_PER_SECOND = 25.0


class Settings(Section):
    """The whole file; paths in it are relative to the folder it stands in."""

    service: Service = Service()
    storage: Storage = Storage()
    contact: Contact = Contact()
    sms: Sms = Sms()
    telegram: Telegram = Telegram()
    email: Email = Email()
    understanding: Understanding = Understanding()
    retention: Retention = Retention()
    school: tuple[SchoolSection, ...] = ()
    folder: Path = Field(default=Path(), exclude=True)

    @classmethod
    def load(cls, path: Path) -> Self:
        """The settings in ``path``; Misconfigured names the key that is wrong and why."""
        try:
            content = tomllib.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            raise Misconfigured(
                f"There is no {path}: run `followup init`, or name your file with --config."
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise Misconfigured(f"{path} cannot be read: {type(error).__name__}.") from None
        except tomllib.TOMLDecodeError as error:
            raise Misconfigured(f"{path} is not TOML: {error}.") from None
        if "folder" in content:
            raise Misconfigured(f"{path}: folder: there is no such setting; correct or remove it.")
        try:
            settings = cls.model_validate({**content, "folder": path.resolve().parent})
        except ValidationError as error:
            raise Misconfigured(f"{path}: {_first(error)}") from None
        return settings.checked(path)

    def checked(self, path: Path) -> Self:
        """These settings; Misconfigured where two of them contradict each other."""
        ids = [each.id for each in self.school]
        if len(ids) != len(set(ids)):
            raise Misconfigured(f"{path}: two [[school]] have the same id; ids must differ.")
        for school in self.school:
            _are_shipped(school.languages, f"{path}: school {school.id}: languages")
        if self.contact.hours[0] >= self.contact.hours[1]:
            raise Misconfigured(f"{path}: contact.hours: must open before they close.")
        senders = [each.sms_sender for each in self.school if each.sms_sender]
        if len(senders) != len(set(senders)):
            raise Misconfigured(f"{path}: two [[school]] have the same sms_sender; leave it out.")
        self._check_strays(path)
        return self

    def _check_strays(self, path: Path) -> None:
        """Somebody must see what is no school's: the words of an unknown number, say."""
        staff = [set(each.staff) for each in self.school]
        trusted = self.service.staff or (staff and set.intersection(*staff))
        if len(staff) > 1 and any(staff) and not trusted:
            raise Misconfigured(
                f"{path}: service.staff: name whoever sees what belongs to no school, "
                "since [[school]] have staff of their own."
            )

    @property
    def database_url(self) -> str:
        """The storage URL, a relative SQLite path made absolute from the file's folder."""
        prefix = "sqlite:///"
        url = self.storage.url
        if not url.startswith(prefix) or url.startswith("sqlite:////"):
            return url
        return f"{prefix}{self.folder / url.removeprefix(prefix)}"

    @property
    def secrets_dir(self) -> Path:
        """Where secrets stand as files."""
        return self.folder / self.service.secrets_dir

    @property
    def rates(self) -> dict[ChannelName, float]:
        """Messages a second by channel, of all processes together; a channel without is free.

        Left out, it is what a live gateway takes; a sandbox and a stand-in on
        loopback are not held back.
        """
        sms, chat = self.sms, self.telegram
        live = sms.gateway != "sandbox" and not _on_loopback(sms.api_base)
        chats = not _on_loopback(chat.api_base)
        rates = {
            ChannelName.SMS: _rate(sms.per_second, SMS_PER_SECOND if live else 0),
            ChannelName.TELEGRAM: _rate(chat.per_second, TELEGRAM_PER_SECOND if chats else 0),
        }
        return {channel: rate for channel, rate in rates.items() if rate}

    @property
    def is_harmless(self) -> bool:
        """Whether nothing can leave this machine: every gateway is the sandbox or on loopback."""
        sms = self.sms.gateway == "sandbox" or _on_loopback(self.sms.api_base)
        telegram = not self.telegram.enabled or _on_loopback(self.telegram.api_base)
        email = not self.email.host or _on_loopback(f"smtp://{self.email.host}")
        return sms and telegram and email


class Secrets:
    """The secrets, from the environment or from files; never from the settings file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(self, name: str) -> SecretStr | None:
        """The secret ``name`` (such as ``FOLLOWUP_KEY``), or None where it is nowhere."""
        value = os.environ.get(name)
        if value is None:
            value = self._from_file(self._folder / name.lower())
        return SecretStr(value.strip()) if value and value.strip() else None

    def need(self, name: str) -> str:
        """The secret ``name`` in clear; Misconfigured says where to put it."""
        found = self.find(name)
        if found is None:
            raise Misconfigured(
                f"The secret {name} is missing: set it in the environment, "
                f"or write it to {self._folder / name.lower()}."
            )
        return found.get_secret_value()

    @staticmethod
    def _from_file(path: Path) -> str | None:
        try:
            return path.read_text("utf-8")
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError) as error:
            raise Misconfigured(f"{path} cannot be read: {type(error).__name__}.") from None


def _rate(said: float | None, usual: float) -> float:
    return usual if said is None else said


def _first(error: ValidationError) -> str:
    """What is wrong, in one line: the key, and what it should be."""
    problem = error.errors()[0]
    where = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"{where}: there is no such setting; correct or remove it."
    if problem["type"] == "missing":
        return f"{where}: this setting is required; add it."
    return f"{where}: {problem['msg'].removeprefix('Value error, ')}."


def _are_shipped(languages: tuple[str, ...], where: str) -> None:
    if not languages:
        return
    others = [each for each in shipped() if each != ENGLISH]
    for language in languages:
        if language not in others:
            raise Misconfigured(
                f"{where}: there is no wording in {language!r}; "
                f"beside English there are {', '.join(others)}."
            )


def _on_loopback(url: str) -> bool:
    return urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
