"""The alumni, as the domain sees them."""

import json
import os
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, case, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from contact.alumnus import Alumnus, Profile
from contact.consent import Purpose
from contact.hours import start_of_day
from storage.crypto import Key
from storage.erasing import erase
from storage.keys import Keys
from storage.schema import BlindIndex, spelt
from storage.statement import Statement
from storage.tables import alumnus, cohort, consent, known_as, membership, message

#: No I, L, O or U: a reference is read out over the telephone.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PLACE = "alumnus.profile"
#: So many days after they were stored nobody asks for those whose leaving year is unknown.
_UNKNOWN_LEAVERS = 3 * 365

COLUMNS = (
    alumnus.c.id,
    alumnus.c.reference,
    alumnus.c.school,
    alumnus.c.data_key,
    alumnus.c.profile,
    alumnus.c.created_at,
    alumnus.c.as_of,
    alumnus.c.held_since,
)
_BY_ID = Statement(select(*COLUMNS).where(alumnus.c.id == bindparam("id")))
_BY_REFERENCE = Statement(select(*COLUMNS).where(alumnus.c.reference == bindparam("reference")))
_called = select(known_as.c.alumnus_id).where(known_as.c.match_key == bindparam("match_key"))
_BY_MATCH = Statement(
    select(*COLUMNS)
    .where(
        alumnus.c.school == bindparam("school"),
        or_(alumnus.c.match_key == bindparam("match_key"), alumnus.c.id.in_(_called)),
    )
    .order_by(alumnus.c.match_key != bindparam("match_key"))
    .limit(1)
)
_OF_SCHOOL = Statement(select(*COLUMNS).where(alumnus.c.school == bindparam("school")))
_EVERYBODY = Statement(select(*COLUMNS))
_LOCK = Statement(select(alumnus.c.id).where(alumnus.c.id == bindparam("id")).with_for_update())
_recipient = select(message.c.alumnus_id).where(message.c.id == bindparam("message"))
_LOCK_RECIPIENT = Statement(
    select(alumnus.c.id).where(alumnus.c.id == _recipient.scalar_subquery()).with_for_update()
)
_ADD = Statement(insert(alumnus))
#: What their form is matched by; a form with the old spelling does not bring it back.
_MATCH = case(
    (
        exists().where(
            known_as.c.alumnus_id == alumnus.c.id,
            known_as.c.match_key == bindparam("match", type_=BlindIndex),
        ),
        alumnus.c.match_key,
    ),
    else_=bindparam("match", type_=BlindIndex),
)
_SAVE = Statement(
    update(alumnus)
    .where(alumnus.c.id == bindparam("alumnus"))
    .values(
        profile=bindparam("sealed"),
        match_key=_MATCH,
        as_of=bindparam("newest"),
        held_since=bindparam("held"),
    )
)
_CORRECT = Statement(
    update(alumnus).where(alumnus.c.id == bindparam("alumnus")).values(profile=bindparam("sealed"))
)
_KEEP = Statement(
    insert(known_as)
    .from_select(
        ["match_key", "alumnus_id"],
        select(alumnus.c.match_key, alumnus.c.id).where(
            alumnus.c.id == bindparam("who"), alumnus.c.match_key.is_not(None)
        ),
    )
    .on_conflict_do_nothing()
)
_RENAME = Statement(
    update(alumnus)
    .where(alumnus.c.id == bindparam("alumnus"))
    .values(profile=bindparam("sealed"), match_key=bindparam("match"))
)
_twin = alumnus.alias("twin")
_MOVE = Statement(
    update(alumnus)
    .where(
        alumnus.c.id == bindparam("alumnus"),
        ~exists().where(
            _twin.c.school == bindparam("to"), _twin.c.match_key == alumnus.c.match_key
        ),
    )
    .values(school=bindparam("to"))
)
_later_cohort = exists().where(
    membership.c.alumnus_id == alumnus.c.id,
    cohort.c.id == membership.c.cohort_id,
    cohort.c.leaving_year > bindparam("year"),
)
_ANY_COHORT = exists().where(membership.c.alumnus_id == alumnus.c.id)
_lasting = exists().where(
    consent.c.alumnus_id == alumnus.c.id,
    consent.c.purpose == spelt(Purpose.TRACKING),
    consent.c.withdrawn_at.is_(None),
    consent.c.until > bindparam("day"),
)
_OVER = Statement(
    select(*COLUMNS)
    .where(
        alumnus.c.school == bindparam("school"),
        alumnus.c.data_key.is_not(None),
        ~_later_cohort,
        ~_lasting,
        # Of whom nobody knows when they left it counts when they were stored.
        or_(_ANY_COHORT, alumnus.c.created_at < bindparam("stored_before")),
    )
    .order_by(alumnus.c.reference)
)
_HOLD = Statement(
    update(alumnus)
    .where(alumnus.c.id == bindparam("alumnus"), alumnus.c.held_since.is_(None))
    .values(held_since=bindparam("since"))
)
_RELEASE = Statement(
    update(alumnus)
    .where(alumnus.c.id == bindparam("alumnus"), alumnus.c.held_since.is_not(None))
    .values(held_since=None)
)


def new_reference() -> str:
    """A short name for somebody, such as ``A7K3-Q2M9``: 40 random bits."""
    drawn = "".join(_LETTERS[byte & 31] for byte in os.urandom(8))
    return f"{drawn[:4]}-{drawn[4:]}"


class Alumni:
    """Everybody we follow up."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    def add(self, person: Alumnus, match_on: str | None) -> None:
        """Store a new alumnus under a key of their own; ``match_on`` is name and birth date."""
        key, wrapped = self._keys.vault.new_key(person.id)
        self._keys.remember(person.id, key)
        _ADD.changed(
            self._connection,
            {
                "id": person.id,
                "reference": person.reference,
                "school": person.school,
                "data_key": wrapped,
                "profile": _sealed(key, person),
                "match_key": self._match_key(match_on),
                "created_at": person.created_at,
                "as_of": person.as_of,
                "held_since": person.held_since,
            },
        )

    def save(self, person: Alumnus, match_on: str | None) -> None:
        """Store what is now known of ``person``."""
        key = self._keys.of(person.id)
        _SAVE.changed(
            self._connection,
            {
                "alumnus": person.id,
                "sealed": _sealed(key, person),
                "match": self._match_key(match_on),
                "newest": person.as_of,
                "held": person.held_since,
            },
        )

    def correct(self, person: Alumnus, match_on: str | None = None) -> None:
        """Store who ``person`` really is.

        With ``match_on`` they are found by that from now on, and still by what
        their form said.
        """
        values = {"alumnus": person.id, "sealed": _sealed(self._keys.of(person.id), person)}
        if match_on is None:
            _CORRECT.changed(self._connection, values)
        else:
            _KEEP.changed(self._connection, {"who": person.id})
            _RENAME.changed(self._connection, {**values, "match": self._match_key(match_on)})

    def move(self, who: UUID, to: str) -> bool:
        """Let somebody be of the school ``to``; False where it knows the same person already."""
        return _MOVE.changed(self._connection, {"alumnus": who, "to": to}) == 1

    def no_longer_tracked(self, school: str, day: date) -> list[Alumnus]:
        """Those of a school whose tracking was over on ``day``, by their references.

        Every cohort of theirs had had its three years, and no permission lasts
        longer; of whom there is no cohort, three years after they were stored.
        """
        # Tracking of the leavers of a summer is over with 31 August, three years on.
        year = day.year - 3 if day >= date(day.year, 8, 31) else day.year - 4
        stored_before = start_of_day(day - timedelta(days=_UNKNOWN_LEAVERS))
        values = {"school": school, "year": year, "day": day, "stored_before": stored_before}
        rows = _OVER.rows(self._connection, values)
        return [person for row in rows if (person := person_of(row, self._keys)) is not None]

    def hold(self, who: UUID, since: datetime) -> bool:
        """Note that staff stopped all automation; False where it was held already."""
        return _HOLD.changed(self._connection, {"alumnus": who, "since": since}) == 1

    def release(self, who: UUID) -> bool:
        """Note that automation goes on; False where nothing was held."""
        return _RELEASE.changed(self._connection, {"alumnus": who}) == 1

    def get(self, who: UUID) -> Alumnus | None:
        """The alumnus with that id, or None once erased."""
        return person_of(_BY_ID.first(self._connection, {"id": who}), self._keys)

    def by_reference(self, reference: str) -> Alumnus | None:
        """The alumnus called ``reference`` (case and a missing dash are forgiven), or None."""
        plain = reference.strip().upper().replace("-", "")
        named = f"{plain[:4]}-{plain[4:]}"
        return person_of(_BY_REFERENCE.first(self._connection, {"reference": named}), self._keys)

    def matching(self, school: str, match_on: str) -> Alumnus | None:
        """The alumnus of ``school`` with that name and date of birth, or None."""
        key = self._match_key(match_on)
        found = _BY_MATCH.first(self._connection, {"school": school, "match_key": key})
        return person_of(found, self._keys)

    def everybody(self, school: str | None = None) -> Iterator[Alumnus]:
        """All alumni (of one school), decrypted one by one as they are asked for."""
        query, values = (_OF_SCHOOL, {"school": school}) if school else (_EVERYBODY, {})
        for row in query.stream(self._connection, values, at_once=500):
            person = person_of(row, self._keys)
            if person is not None:
                yield person

    def erase(self, who: UUID, at: datetime) -> None:
        """Make somebody unreadable for good; what only counts stays."""
        erase(self._connection, who, at)
        self._keys.forget(who)

    def lock(self, who: UUID) -> bool:
        """Let nobody else change this alumnus's affairs until this transaction ends.

        True where somebody else may have until now; SQLite has one writer at a time.
        """
        if self._connection.dialect.name == "sqlite":
            return False
        _LOCK.changed(self._connection, {"id": who})
        return True

    def lock_recipient(self, message: UUID) -> None:
        """The same for whoever a message is to, before anything of it is read."""
        if self._connection.dialect.name != "sqlite":
            _LOCK_RECIPIENT.changed(self._connection, {"message": message})

    def _match_key(self, match_on: str | None) -> bytes | None:
        return self._keys.vault.index("match", match_on) if match_on is not None else None


def person_of(row: Any, keys: Keys) -> Alumnus | None:
    """The alumnus of a row of :data:`COLUMNS`; None without one, or once erased."""
    if row is None or row[3] is None:
        return None
    key = keys.known(row[0], row[3])
    profile = _profile(key.open(_PLACE, row[0].bytes, row[4]))
    return Alumnus(row[0], row[1], row[2], profile, row[5], row[6], row[7])


def _sealed(key: Key, person: Alumnus) -> bytes:
    profile = person.profile
    born = profile.born_on.isoformat() if profile.born_on else None
    clear = json.dumps([profile.name, born, profile.preferred], ensure_ascii=False)
    return key.seal(_PLACE, person.id.bytes, clear)


def _profile(clear: str) -> Profile:
    name, born, preferred = json.loads(clear)
    return Profile(name, date.fromisoformat(born) if born else None, preferred)
