"""The invented alumni: who they are, how they can be reached, and what will change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from contact.address import Address, ChannelName
from contact.alumnus import Alumnus, Cohort, KeyStage, Membership, Profile
from contact.consent import Consent, Purpose
from contact.ports import Work
from followup.simulation.behaviour import Behaviour

_NAMES: Final = (
    "Amina", "Ben", "Chidi", "Daisy", "Ewan", "Farah", "Grace", "Harvey", "Iqra", "Jack",
    "Kezia", "Leo", "Maya", "Noah", "Olivia", "Piotr", "Quinn", "Ruby", "Sam", "Tom",
)  # fmt: skip
_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
#: Ofcom's numbers for drama with more digits than any telephone has: even if
#: one left the machine, nobody could be reached by it.
_DRAMA: Final = "+447700900"
#: More than leave one school in a summer.
_MOST: Final = 10_000_000
_CHATS: Final = 9_000_000_000
_A_YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Change:
    """A number given up ``on`` a day: it has a new owner (``stranger``), the school is told."""

    on: date
    stranger: bool
    tells: bool


@dataclass(slots=True)
class Person:
    """Somebody invented, with a chance of their own so that nobody else's answers move theirs.

    ``eagerness`` multiplies how likely they answer. ``number`` is the one on
    their form, None without a mobile; it is theirs until their ``change``.
    ``open_line`` is the question they have not answered yet, ``told`` what they
    last said they do.
    """

    alumnus: UUID
    name: str
    reference: str
    cohort: Cohort
    chance: Random
    eagerness: float
    consents: bool
    retained: bool
    place: int
    number: str | None
    works: bool
    second: str | None
    chat: str | None
    change: Change | None = None
    doing: dict[int, str] = field(default_factory=dict)
    open_line: str = ""
    told: str | None = None


def invent(cohort: Cohort, count: int, behaviour: Behaviour, seed: str) -> list[Person]:
    """``count`` alumni of a cohort; the same ``seed`` always invents the same people."""
    chance = Random(f"{seed}:{cohort.key_stage}:{cohort.leaving_year}")  # noqa: S311
    people: list[Person] = []
    for number in range(count):
        shares_with = people[-1] if people and number % 2 else None
        people.append(_person(cohort, number, behaviour, chance, shares_with))
    return people


def _person(
    cohort: Cohort, number: int, behaviour: Behaviour, chance: Random, neighbour: Person | None
) -> Person:
    shares = behaviour.people
    # Every draw is made whatever the others were, so that one share changed
    # in the file leaves everybody else as they were.
    draws = {name: chance.random() < share for name, share in sorted(shares.model_dump().items())}
    own = Random(chance.getrandbits(64))  # noqa: S311  nobody guesses it
    phone = _number(cohort, number, 0)
    twin = neighbour if draws["shared_phone"] and neighbour and neighbour.number else None
    change = _change(cohort, number, behaviour, own)
    person = Person(
        alumnus=UUID(int=own.getrandbits(128), version=4),
        name=f"{own.choice(_NAMES)} Invented-{number + 1}",
        reference=_reference(cohort, number),
        cohort=cohort,
        chance=own,
        eagerness=1 + behaviour.replies.spread * (2 * own.random() - 1),
        consents=draws["consent"],
        retained=draws["own_sixth_form"],
        place=number,
        number=phone if draws["mobile"] else None,
        works=not draws["dead_number"],
        second=_number(cohort, number, 1) if draws["second_number"] else None,
        chat=str(_CHATS + _ordinal(cohort, number)) if draws["telegram"] else None,
        change=change,
    )
    return person if twin is None else _sharing(person, twin)


def _sharing(person: Person, other: Person) -> Person:
    """The same phone, and so the same fate of its number."""
    return replace(person, number=other.number, works=other.works, change=other.change)


def _change(cohort: Cohort, number: int, behaviour: Behaviour, own: Random) -> Change | None:
    """When they change their number, if they do within the three years, and what follows."""
    shares = behaviour.people
    draws = [own.random() for _ in range(3)]
    stranger, told = own.random(), own.random()
    year = next((n for n, each in enumerate(draws) if each < shares.changes_number), None)
    day = timedelta(days=own.randrange(365))
    if year is None:
        return None
    return Change(
        date(cohort.leaving_year, 9, 1) + year * _A_YEAR + day,
        stranger=stranger < shares.number_given_away,
        tells=told < shares.tells_new_number,
    )


def enrol(work: Work, people: Sequence[Person], wording: str, now: datetime, ids: Random) -> None:
    """Store the invented alumni as an import would: who they are, and what they agreed to."""
    for person in people:
        profile = Profile(person.name)
        who = Alumnus(person.alumnus, person.reference, person.cohort.school, profile, now)
        work.alumni.add(who, None)
        work.cohorts.join(Membership(person.alumnus, person.cohort, person.retained))
        if person.consents:
            until = person.cohort.consent_ends
            work.consents.grant(
                Consent(person.alumnus, Purpose.TRACKING, wording, now, "form", "simulate", until)
            )
        for position, (channel, value) in enumerate(_ways(person)):
            add_address(work, person.alumnus, channel, value, position, ids)


def add_address(
    work: Work, who: UUID, channel: ChannelName, value: str, position: int, ids: Random
) -> None:
    """Store one more way to reach somebody."""
    endpoint = work.addresses.meet(channel, value, new_id(ids))
    work.addresses.add(Address(new_id(ids), who, endpoint.id, channel, value, position))


def new_id(ids: Random) -> UUID:
    """An id of the rehearsal's own chance: rows that are kept by id keep their order."""
    return UUID(int=ids.getrandbits(128), version=4)


def new_number(person: Person, turn: int) -> str:
    """A number of theirs that nobody had yet; ``turn`` counts them from 2."""
    return _number(person.cohort, person.place, turn)


def over_18(cohort: Cohort, year: int) -> bool:
    """Whether they are 18 in the year after leaving: Year 11 leavers from the third on."""
    return cohort.key_stage is KeyStage.KS5 or year > 2  # noqa: PLR2004


def _ways(person: Person) -> Iterator[tuple[ChannelName, str]]:
    if person.chat:
        yield ChannelName.TELEGRAM, person.chat
    if person.number:
        yield ChannelName.SMS, person.number
    if person.second and person.second != person.number:
        yield ChannelName.SMS, person.second


def _ordinal(cohort: Cohort, number: int) -> int:
    """Another number for everybody of a school: year and stage come first."""
    year = 2 * (cohort.leaving_year % 100) + (cohort.key_stage is KeyStage.KS5)
    return year * _MOST + number


def _number(cohort: Cohort, number: int, which: int) -> str:
    return f"{_DRAMA}{_ordinal(cohort, number):010}{which % 10}"


def _reference(cohort: Cohort, number: int) -> str:
    """A reference that fits the pattern, counted rather than drawn: no two are alike."""
    left, letters = _ordinal(cohort, number) + (1 << 39), ""
    for _ in range(8):
        left, place = divmod(left, len(_LETTERS))
        letters = _LETTERS[place] + letters
    return f"{letters[:4]}-{letters[4:]}"
