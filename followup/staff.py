"""Who of the staff is at work, and whose people they see."""

from dataclasses import dataclass

from contact.errors import Misconfigured, NotAllowed
from contact.ports import Memory
from followup.config import Settings
from followup.wiring import House
from storage.within import Within

#: Who it was where the settings name nobody.
_ANYBODY = "staff"


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff at work.

    ``by`` is their name for the audit, ``schools`` the ids of those whose
    people they see, ``memory`` finds nothing of any other. ``everything`` says
    that they see all there is, also what belongs to no school.
    """

    by: str
    schools: frozenset[str]
    memory: Memory
    everything: bool


def sign_in(house: House, by: str | None, school: str | None = None) -> Staff:
    """Whoever calls themselves ``by``, narrowed to ``school`` where one is named.

    The names in [service] staff see every school, those in a school's own
    staff that school (or those schools). Where nobody is named anywhere, any
    name sees everything. Misconfigured where a name is in neither list, or is
    left out though schools have staff of their own; NotAllowed for a school
    that is not theirs, UnknownReference for one that is not in the settings
    (whoever is of one school is not told which others there are).
    """
    name = signer(house.settings, by)
    all_of_them = frozenset(each.id for each in house.settings.school)
    theirs = schools_seen(house, name, school)
    trusted = not _has_own(house.settings) or name in house.settings.service.staff
    if school is None and trusted:
        return Staff(name, all_of_them, house.memory, everything=True)
    narrowed = Within(house.memory, theirs, strays=theirs == all_of_them)
    return Staff(name, theirs, narrowed, everything=False)


def schools_seen(house: House, name: str, school: str | None = None) -> frozenset[str]:
    """The ids of the schools that ``name`` sees; errors as :func:`sign_in`."""
    theirs = _schools_of(house.settings, name)
    if school is None:
        return theirs
    if not _has_own(house.settings):
        house.school(school)
    elif school not in theirs:
        raise NotAllowed(f"{name} is not on the staff of a school {school!r}.")
    return frozenset({school})


def _has_own(settings: Settings) -> bool:
    """Whether a school has staff of its own."""
    return any(each.staff for each in settings.school)


def signer(settings: Settings, by: str | None) -> str:
    """Who does it, for the audit; Misconfigured as :func:`sign_in` says."""
    known = settings.service.staff
    if by is None and _has_own(settings):
        raise Misconfigured(
            "Who are you? Schools here have staff of their own: add --by NAME, or set FOLLOWUP_BY."
        )
    if by is None:
        return known[0] if known else _ANYBODY
    everybody = (*known, *(name for each in settings.school for name in each.staff))
    if everybody and by not in everybody:
        told = f": {', '.join(known)}" if known and not _has_own(settings) else ""
        raise Misconfigured(f"{by!r} is not in [service] staff of the settings{told}.")
    return by


def _schools_of(settings: Settings, name: str) -> frozenset[str]:
    own = _has_own(settings)
    return frozenset(
        each.id
        for each in settings.school
        if not own or name in each.staff or name in settings.service.staff
    )
