"""What the doctor looks at, one check a part of the house."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from contact.errors import FollowUpError, Misconfigured
from contact.hours import LONDON, london_day
from followup.config import Settings
from followup.foresight import TERMS_AHEAD, check_procedures, late_flags, overdue, terms
from followup.passes import CLOCK
from followup.staff import schools_seen, signer
from followup.wiring import House, key_file, now
from followup.wordings import wording_named
from scheduler.term import academic_year_of
from storage.memory import check


@dataclass(frozen=True, slots=True)
class Check:
    """One part of the house, whether it is well, and in a line what was seen."""

    name: str
    ok: bool
    detail: str
    warning: bool = False


async def examine(
    config: Path, *, offline: bool = False, whose: tuple[str | None, str | None] | None = None
) -> list[Check]:
    """Look at everything; no message is sent. Without settings nothing else can be looked at.

    ``whose`` is a name of the staff and a school: nothing is told then of a
    school that is not theirs; errors as ``followup.staff.sign_in``.
    """
    try:
        settings = Settings.load(config)
    except FollowUpError as error:
        return [Check("config", ok=False, detail=str(error))]
    if whose is not None:
        settings = _seen_by(settings, *whose)
    house = House(settings)
    checks = [Check("config", ok=True, detail=f"{config}: {len(settings.school)} school(s)")]
    looks: list[tuple[str, Callable[[House], str]]] = [
        ("key", _key),
        ("database", _database),
        ("clock", _clock),
        ("procedures", _procedures),
        ("languages", _languages),
        ("secrets", _secrets),
    ]
    checks += [_look(name, look, house) for name, look in looks]
    if all(each.ok for each in checks):
        checks += [
            _glance("flags", late_flags(house, whole=whose is None)),
            _glance("terms", terms(house)),
            _glance("agenda", overdue(house)),
        ]
    if not offline and all(each.ok for each in checks):
        checks += await _gateways(house)
    house.close()
    return checks


def _seen_by(settings: Settings, by: str | None, school: str | None) -> Settings:
    """The settings without the schools that ``by`` does not see."""
    seen = schools_seen(House(settings), signer(settings, by), school)
    theirs = tuple(each for each in settings.school if each.id in seen)
    return settings.model_copy(update={"school": theirs})


def _look(name: str, look: Callable[[House], str], house: House) -> Check:
    try:
        return Check(name, ok=True, detail=look(house))
    except FollowUpError as error:
        return Check(name, ok=False, detail=str(error))


def _glance(name: str, warning: str) -> Check:
    """Nothing is wrong with the house, but somebody should know."""
    return Check(name, ok=True, detail=warning or "nothing to say", warning=bool(warning))


def _key(house: House) -> str:
    house.vault.fingerprint()
    file = key_file(house.settings)
    if file.exists() and file.stat().st_mode & 0o077:
        raise Misconfigured(f"{file} can be read by others: run chmod 600 {file}.")
    return "there, and only its owner can read it"


def _database(house: House) -> str:
    check(house.settings.database_url, house.vault)
    return "opens with this key, and is of this program's version"


def _clock(house: House) -> str:
    here = now().astimezone(LONDON)
    beaten = house.memory.read(lambda work: work.house.beaten(CLOCK)).result()
    heart = f"last pass {beaten.astimezone(LONDON):%d %b %H:%M}" if beaten else "no pass yet"
    return f"it is {here:%a %d %b %Y %H:%M} in London; {heart}"


def _procedures(house: House) -> str:
    if not house.plans:
        raise Misconfigured("No [[school]] is configured: add one to the settings.")
    for section in house.settings.school:
        if section.wording:
            wording_named(section.wording, house.wordings)
    check_procedures(house)
    year = academic_year_of(london_day(now()) + TERMS_AHEAD)
    said = []
    for plan in house.plans.values():
        own = all(term.own for term in plan.terms_of(year))
        dates = "own term dates" if own else f"usual term dates for {year}/{(year + 1) % 100:02}"
        said.append(f"{plan.school.id}: {plan.procedure.name}, {dates}")
    return "; ".join(said)


def _languages(house: House) -> str:
    """Which languages are turned on where, and which of them no speaker has read."""
    on = [each for each in house.settings.school if each.languages]
    if not on:
        return "English everywhere"
    said = "; ".join(f"{each.id}: English, {', '.join(each.languages)}" for each in on)
    drafts = [name for name, words in house.words.others.items() if not words.checked]
    if not drafts:
        return said
    return f"{said}. WARNING: no speaker has checked the wording in {', '.join(drafts)} yet"


def _secrets(house: House) -> str:
    settings = house.settings
    if settings.sms.gateway == "twilio":
        house.secrets.need("FOLLOWUP_TWILIO_AUTH_TOKEN")
        if not settings.service.public_url:
            raise Misconfigured("[service] public_url is missing: Twilio's receipts need it.")
    if settings.telegram.enabled:
        house.secrets.need("FOLLOWUP_TELEGRAM_TOKEN")
        if settings.telegram.mode == "webhook":
            house.secrets.need("FOLLOWUP_TELEGRAM_SECRET")
    _ = house.post  # says what it lacks
    return "all that the settings need"


async def _gateways(house: House) -> list[Check]:
    try:
        channels = house.channels()
    except FollowUpError as error:
        return [Check("gateways", ok=False, detail=str(error))]
    found = []
    for name, channel in channels.items():
        found.append(await _asked(str(name), channel.check))
        await channel.close()
    if house.post is not None:
        found.append(await _asked("email", house.post.check))
    return found


async def _asked(name: str, ask: Callable[[], Awaitable[str]]) -> Check:
    try:
        return Check(name, ok=True, detail=await ask())
    except FollowUpError as error:
        return Check(name, ok=False, detail=str(error))
