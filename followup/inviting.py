"""Invitations to the Telegram bot: a link for one alumnus, good once, for thirty days."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from contact.alumnus import Alumnus, Cohort
from contact.consent import Purpose
from contact.errors import Misconfigured, UnknownReference
from contact.flag import FlagKind
from contact.hours import london_day
from contact.orders import invite as invite_to_chat
from contact.ports import Work
from followup.duty import named
from followup.staff import Staff
from followup.wiring import House

#: 32 characters; Telegram takes 64 at most (its "Deep linking").
_TOKEN_BYTES: Final = 24
#: Invitations written in one transaction.
_AT_ONCE: Final = 200


@dataclass(frozen=True, slots=True)
class Link:
    """An invitation as it is handed over; the token in ``url`` is kept nowhere.

    ``name`` is who it is for, as a printed sheet must say.
    """

    alumnus: str
    url: str
    expires_at: datetime
    name: str

    def __repr__(self) -> str:
        return f"Link({self.alumnus})"


def invite(house: House, reference: str, now: datetime, staff: Staff) -> Link:
    """A new invitation for one alumnus; earlier ones stay good.

    UnknownReference where there is nobody of that reference; NotAllowed
    without a live permission; Misconfigured where no bot is named in the
    settings.
    """
    bot = _bot(house)
    return staff.memory.write(_invite_one, reference, bot, now, staff.by).result()


def invite_cohort(house: House, name: str, now: datetime, staff: Staff) -> Iterator[Link]:
    """A new invitation for everybody of a cohort who may be asked, by name.

    Who has not agreed, has said stop, is on hold or in review gets none.
    UnknownReference where there is no such cohort; Misconfigured as above.
    """
    bot = _bot(house)
    people = staff.memory.read(_invitable, name, london_day(now)).result()
    people.sort(key=lambda each: each.profile.name.casefold())
    for start in range(0, len(people), _AT_ONCE):
        some = people[start : start + _AT_ONCE]
        yield from staff.memory.write(_invite_all, some, bot, now, staff.by).result()


def _bot(house: House) -> str:
    bot = house.settings.telegram.bot_username.strip().removeprefix("@")
    if not bot:
        raise Misconfigured(
            "There is no bot to invite to: set bot_username in [telegram] of the settings."
        )
    return bot


def _invite_one(work: Work, reference: str, bot: str, now: datetime, by: str) -> Link:
    return _invited(work, named(work, reference), bot, now, by)


def _invite_all(
    work: Work, people: Sequence[Alumnus], bot: str, now: datetime, by: str
) -> list[Link]:
    return [_invited(work, person, bot, now, by) for person in people]


def _invited(work: Work, person: Alumnus, bot: str, now: datetime, by: str) -> Link:
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    expires_at = invite_to_chat(work, person, token, by, now)
    url = f"https://t.me/{bot}?start={token}"
    return Link(person.reference, url, expires_at, person.profile.name)


def _invitable(work: Work, name: str, today: date) -> list[Alumnus]:
    cohort = _cohort(work, name)
    return [
        person
        for person in work.alumni.everybody(cohort.school)
        if person.held_since is None
        and any(each.cohort == cohort for each in work.cohorts.of(person.id))
        and _may_be_asked(work, person, today)
    ]


def _may_be_asked(work: Work, person: Alumnus, today: date) -> bool:
    consent = work.consents.live(person.id, Purpose.TRACKING)
    in_review = any(
        each.kind is FlagKind.IMPORT_REVIEW and each.closed_at is None
        for each in work.flags.of(person.id)
    )
    return consent is not None and consent.live_on(today) and not in_review


def _cohort(work: Work, name: str) -> Cohort:
    cohorts = work.cohorts.all()
    found = next((each for each in cohorts if each.id.casefold() == name.strip().casefold()), None)
    if found is None:
        known = ", ".join(each.id for each in cohorts) or "none yet"
        raise UnknownReference(f"There is no cohort {name!r}; there are: {known}.")
    return found
