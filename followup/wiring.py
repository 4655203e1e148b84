"""The composition root: introduces the rooms to each other. The only reader of the clock."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from functools import cached_property
from pathlib import Path
from uuid import UUID

from bot.remembering import remembering
from bot.speech import Speech
from bot.survey_file import load_survey, load_words
from bot.understanding import ProviderIndex, understand
from contact.address import ChannelName
from contact.consent import Wording
from contact.desk import Desk
from contact.dispatch import Channels
from contact.errors import Misconfigured, UnknownReference
from contact.notice import Post
from contact.pace import Pace
from contact.ports import Channel
from contact.school import School
from followup.config import KEY_FILE, Secrets, Settings
from followup.hearing import Hearing
from followup.sections import SchoolSection
from followup.wordings import shipped_wordings
from scheduler.plan import Plan
from scheduler.procedure import Rules
from scheduler.procedure_file import WEEKDAYS, load
from scheduler.term import closed_day, school_terms
from scheduler.wave import check_waves
from storage.crypto import Vault
from storage.memory import open_memory
from storage.postgres_memory import PostgresMemory
from storage.sqlite_memory import SqliteMemory


def now() -> datetime:
    """The present, in UTC: the only place that looks at a clock."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class House:
    """Everything that works together, made from the settings; parts are made when first needed."""

    settings: Settings

    @classmethod
    def at(cls, config: Path) -> "House":
        """The house that ``config`` describes; Misconfigured where it does not stand."""
        return cls(Settings.load(config))

    @cached_property
    def secrets(self) -> Secrets:
        """Where the secrets are."""
        return Secrets(self.settings.secrets_dir)

    @cached_property
    def vault(self) -> Vault:
        """The master key at work."""
        return Vault(self.secrets.need("FOLLOWUP_KEY"))

    @cached_property
    def memory(self) -> SqliteMemory | PostgresMemory:
        """The database, checked: its version and that the key is its own."""
        return open_memory(self.settings.database_url, self.vault)

    @cached_property
    def wordings(self) -> Mapping[str, Wording]:
        """The consent wordings that are known, by name."""
        return shipped_wordings()

    @cached_property
    def plans(self) -> dict[str, Plan]:
        """Each school with its procedure, checked against its own term dates."""
        cadences = {name: each.cadence for name, each in self.wordings.items()}
        return {each.id: self._plan(each, cadences) for each in self.settings.school}

    @cached_property
    def schools(self) -> dict[str, School]:
        """The schools by id."""
        return {name: plan.school for name, plan in self.plans.items()}

    @cached_property
    def words(self) -> Speech:
        """What we say; it listens without the list of places, which takes time to read."""
        turned_on = {name for each in self.settings.school for name in each.languages}
        others = {name: load_words(name) for name in sorted(turned_on)}
        return Speech(load_words(), load_survey(), understand, others)

    @cached_property
    def hearing(self) -> Hearing:
        """How we listen: the list of places, the model and the settings' threshold."""
        threshold = self.settings.understanding.threshold
        return Hearing(self.memory, self.settings.secrets_dir, threshold)

    @property
    def providers(self) -> ProviderIndex | None:
        """The public list of places to study, None where none was loaded."""
        return self.hearing.providers

    @cached_property
    def speech(self) -> Speech:
        """What we say and how we listen."""
        return replace(self.words, understand=remembering(self.hearing))

    def furnish(self) -> None:
        """Open and read now what work needs: what is wrong is told before anything begins.

        The first reply of all must not wait for our reading to be learnt (some 0.4 s).
        """
        _ = self.memory, self.desk
        self.speech.understand("hello")

    @cached_property
    def desk(self) -> Desk:
        """What whoever sends must have at hand."""
        channels = {ChannelName.SMS}
        if self.settings.telegram.enabled:
            channels.add(ChannelName.TELEGRAM)
        sms = self.settings.sms
        return Desk(
            schools=self.schools,
            words=self.words,
            channels=frozenset(channels),
            callback=self._callback,
            guests=frozenset(sms.guests) if sms.trial else None,
        )

    @cached_property
    def pace(self) -> Pace:
        """How many messages a second each gateway is given, kept on the loop's own clock."""
        return Pace(self.settings.rates, lambda: asyncio.get_running_loop().time(), asyncio.sleep)

    @property
    def erasures(self) -> Path:
        """The list of who was erased, beside the key: a restored backup obeys it."""
        return self.settings.secrets_dir / "erasures.log"

    def close(self) -> None:
        """Let go of the database, where it was opened."""
        if "memory" in self.__dict__:
            self.memory.close()

    def school(self, name: str) -> SchoolSection:
        """A school's settings; UnknownReference names those there are."""
        found = next((each for each in self.settings.school if each.id == name), None)
        if found is None:
            known = ", ".join(each.id for each in self.settings.school) or "none yet"
            raise UnknownReference(f"There is no school {name!r} in the settings: {known}.")
        return found

    def channels(self) -> Channels:
        """The gateways that are configured, opened; the caller closes them."""
        found: dict[ChannelName, Channel] = {ChannelName.SMS: self._sms()}
        if self.settings.telegram.enabled:
            found[ChannelName.TELEGRAM] = self.telegram()
        return found

    def telegram(self) -> Channel:
        """The Telegram bot; Misconfigured without its token."""
        from contact.channels.telegram_chat import TelegramChat

        token = self.secrets.need("FOLLOWUP_TELEGRAM_TOKEN")
        return TelegramChat(token, api_base=self.settings.telegram.api_base)

    @cached_property
    def post(self) -> Post | None:
        """Where staff's e-mail is handed over, None where no server is configured."""
        from contact.channels.smtp_post import SmtpPost

        email = self.settings.email
        if not email.host:
            return None
        if not email.sender:
            raise Misconfigured("[email] sender is missing: it is whom our e-mails are from.")
        password = self.secrets.find("FOLLOWUP_SMTP_PASSWORD")
        secret = password.get_secret_value() if password else None
        return SmtpPost(email.host, email.port, email.sender, secret)

    @property
    def reminded(self) -> dict[str, str]:
        """Where each school's daily reminder goes, for those that have one."""
        return {each.id: each.reminders_to for each in self.settings.school if each.reminders_to}

    def _sms(self) -> Channel:
        sms = self.settings.sms
        if sms.gateway == "sandbox":
            from contact.channels.sandbox import Sandbox

            return Sandbox()
        from contact.channels.twilio_sms import TwilioSms

        senders = [each.sms_sender for each in self.settings.school]
        return TwilioSms(
            sms.account_sid,
            self.secrets.need("FOLLOWUP_TWILIO_AUTH_TOKEN"),
            messaging_service_sid=sms.messaging_service_sid or None,
            # One of them where every school has its own: no text names none then.
            from_number=sms.from_number or next(filter(None, senders), None),
            api_base=sms.api_base,
        )

    def _callback(self, message: UUID) -> str | None:
        base = self.settings.service.public_url
        return f"{base}/webhooks/twilio/status?message={message}" if base else None

    def _plan(self, section: SchoolSection, cadences: Mapping[str, str]) -> Plan:
        procedure = load(section.procedure, self._rules())
        try:
            terms_of = school_terms(section.terms)
            check_waves(procedure, range(now().year - 3, now().year + 2), terms_of)
        except Misconfigured as error:
            # The procedure stood with the usual dates: it is the school's own that do not fit.
            raise Misconfigured(f"[[school]] {section.id}: with its own terms, {error}") from None
        ours = tuple(each.agreement() for each in section.sharing_agreements)
        procedure = replace(procedure, sharing_agreements=(*procedure.sharing_agreements, *ours))
        rules = procedure.rules
        school = School(
            id=section.id,
            name=section.name,
            short_name=section.short_name or section.name,
            hours=rules.hours(closed_day),
            max_messages_per_day=rules.max_messages_per_day,
            monthly_budget_pence=rules.monthly_budget_pence,
            segment_pence=self.settings.sms.segment_pence,
            careers_contact=section.careers_contact,
            safeguarding_contact=section.safeguarding_contact,
            languages=section.languages,
            sms_sender=section.sms_sender,
        )
        return Plan(school, procedure, terms_of, procedure.cadences(cadences))

    def _rules(self) -> Rules:
        contact = self.settings.contact
        return Rules(
            tries=contact.tries,
            gap_days=contact.gap_days,
            reply_days=contact.reply_days,
            late_reply_days=contact.late_reply_days,
            opens=time.fromisoformat(contact.hours[0]),
            closes=time.fromisoformat(contact.hours[1]),
            days=frozenset(WEEKDAYS.index(day) for day in contact.days),
            max_messages_per_day=contact.max_messages_per_day,
            monthly_budget_pence=contact.monthly_budget_pence,
        )


def key_file(settings: Settings) -> Path:
    """Where the key stands as a file."""
    return settings.secrets_dir / KEY_FILE


def refuse_at(settings: Settings, at: datetime | None) -> None:
    """``--at`` is for rehearsals: Misconfigured where a message could really leave."""
    if at is not None and not settings.is_harmless:
        raise Misconfigured(
            "--at works only where nothing can leave this machine: "
            "set [sms] gateway to sandbox, or api_base to a stand-in on loopback."
        )
