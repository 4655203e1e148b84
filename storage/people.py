"""The alumni and their cohorts, as the domain sees them."""

import json
import os
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from contact.alumnus import Alumnus, Cohort, KeyStage, Membership, Profile
from storage.crypto import Key
from storage.erasing import erase
from storage.keys import Keys
from storage.statement import Statement
from storage.tables import alumnus, cohort, membership, message, sweep

#: No I, L, O or U: a reference is read out over the telephone.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_PLACE = "alumnus.profile"

_COLUMNS = (
    alumnus.c.id,
    alumnus.c.reference,
    alumnus.c.school,
    alumnus.c.data_key,
    alumnus.c.profile,
    alumnus.c.created_at,
    alumnus.c.as_of,
    alumnus.c.held_since,
)
_BY_ID = Statement(select(*_COLUMNS).where(alumnus.c.id == bindparam("id")))
_BY_REFERENCE = Statement(select(*_COLUMNS).where(alumnus.c.reference == bindparam("reference")))
_BY_MATCH = Statement(
    select(*_COLUMNS).where(
        alumnus.c.school == bindparam("school"), alumnus.c.match_key == bindparam("match_key")
    )
)
_OF_SCHOOL = Statement(select(*_COLUMNS).where(alumnus.c.school == bindparam("school")))
_EVERYBODY = Statement(select(*_COLUMNS))
_LOCK = Statement(select(alumnus.c.id).where(alumnus.c.id == bindparam("id")).with_for_update())
_recipient = select(message.c.alumnus_id).where(message.c.id == bindparam("message"))
_LOCK_RECIPIENT = Statement(
    select(alumnus.c.id).where(alumnus.c.id == _recipient.scalar_subquery()).with_for_update()
)
_ADD = Statement(insert(alumnus))
_SAVE = Statement(
    update(alumnus)
    .where(alumnus.c.id == bindparam("alumnus"))
    .values(
        profile=bindparam("sealed"),
        match_key=bindparam("match"),
        as_of=bindparam("newest"),
        held_since=bindparam("held"),
    )
)
_CORRECT = Statement(
    update(alumnus).where(alumnus.c.id == bindparam("alumnus")).values(profile=bindparam("sealed"))
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
_JOIN = Statement(insert(membership).on_conflict_do_nothing())
_NEW_COHORT = Statement(insert(cohort).on_conflict_do_nothing())
_MEMBERSHIPS = Statement(
    select(membership.c.cohort_id, membership.c.retained).where(
        membership.c.alumnus_id == bindparam("alumnus")
    )
)
_COHORTS = Statement(
    select(cohort.c.school, cohort.c.key_stage, cohort.c.leaving_year).order_by(cohort.c.id)
)
_SWEPT = Statement(
    select(
        exists().where(
            sweep.c.cohort_id == bindparam("cohort"),
            sweep.c.wave == bindparam("wave"),
            sweep.c.swept_on == bindparam("day"),
        )
    )
)
_new_sweep = insert(sweep)
_MARK = Statement(
    _new_sweep.on_conflict_do_update(
        index_elements=["cohort_id", "wave"], set_={"swept_on": _new_sweep.excluded.swept_on}
    )
)
_TOUCH = Statement(
    delete(sweep).where(
        sweep.c.cohort_id.in_(
            select(membership.c.cohort_id).where(membership.c.alumnus_id == bindparam("alumnus"))
        )
    )
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

    def correct(self, person: Alumnus) -> None:
        """Store who ``person`` really is; their form still finds them by what it says."""
        values = {"alumnus": person.id, "sealed": _sealed(self._keys.of(person.id), person)}
        _CORRECT.changed(self._connection, values)

    def hold(self, who: UUID, since: datetime) -> bool:
        """Note that staff stopped all automation; False where it was held already."""
        return _HOLD.changed(self._connection, {"alumnus": who, "since": since}) == 1

    def release(self, who: UUID) -> bool:
        """Note that automation goes on; False where nothing was held."""
        return _RELEASE.changed(self._connection, {"alumnus": who}) == 1

    def get(self, who: UUID) -> Alumnus | None:
        """The alumnus with that id, or None once erased."""
        return self._one(_BY_ID.first(self._connection, {"id": who}))

    def by_reference(self, reference: str) -> Alumnus | None:
        """The alumnus called ``reference`` (case and a missing dash are forgiven), or None."""
        plain = reference.strip().upper().replace("-", "")
        named = f"{plain[:4]}-{plain[4:]}"
        return self._one(_BY_REFERENCE.first(self._connection, {"reference": named}))

    def matching(self, school: str, match_on: str) -> Alumnus | None:
        """The alumnus of ``school`` with that name and date of birth, or None."""
        key = self._match_key(match_on)
        found = _BY_MATCH.first(self._connection, {"school": school, "match_key": key})
        return self._one(found)

    def everybody(self, school: str | None = None) -> Iterator[Alumnus]:
        """All alumni (of one school), decrypted one by one as they are asked for."""
        query, values = (_OF_SCHOOL, {"school": school}) if school else (_EVERYBODY, {})
        for row in query.stream(self._connection, values, at_once=500):
            person = self._one(row)
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

    def _one(self, row: Any) -> Alumnus | None:
        if row is None or row[3] is None:
            return None
        key = self._keys.vault.unwrap(row[0], row[3])
        self._keys.remember(row[0], key)
        profile = _profile(key.open(_PLACE, row[0].bytes, row[4]))
        return Alumnus(row[0], row[1], row[2], profile, row[5], row[6], row[7])


class Cohorts:
    """Who left together, and how far each wave has been swept."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def join(self, member: Membership) -> None:
        """Put an alumnus in a cohort, which is made where it is new; twice is once."""
        group = member.cohort
        _NEW_COHORT.changed(
            self._connection,
            {
                "id": group.id,
                "school": group.school,
                "key_stage": group.key_stage,
                "leaving_year": group.leaving_year,
            },
        )
        _JOIN.changed(
            self._connection,
            {"alumnus_id": member.alumnus, "cohort_id": group.id, "retained": member.retained},
        )

    def of(self, who: UUID) -> list[Membership]:
        """The cohorts of an alumnus."""
        rows = _MEMBERSHIPS.rows(self._connection, {"alumnus": who})
        return [Membership(who, Cohort.from_id(row[0]), row[1]) for row in rows]

    def all(self) -> list[Cohort]:
        """Every cohort there is, in the order of their names."""
        rows = _COHORTS.rows(self._connection, {})
        return [Cohort(row[0], KeyStage(row[1]), row[2]) for row in rows]

    def swept(self, group: str, wave: str, day: date) -> bool:
        """Whether the wave was already opened for this cohort on ``day`` and nothing changed."""
        values = {"cohort": group, "wave": wave, "day": day}
        return bool(_SWEPT.scalar(self._connection, values))

    def mark_swept(self, group: str, wave: str, day: date) -> None:
        """Remember that the wave was opened for this cohort on ``day``."""
        _MARK.changed(self._connection, {"cohort_id": group, "wave": wave, "swept_on": day})

    def touch(self, who: UUID) -> None:
        """Something changed that may make ``who`` due: look at their cohorts again."""
        _TOUCH.changed(self._connection, {"alumnus": who})


def _sealed(key: Key, person: Alumnus) -> bytes:
    profile = person.profile
    born = profile.born_on.isoformat() if profile.born_on else None
    clear = json.dumps([profile.name, born, profile.preferred], ensure_ascii=False)
    return key.seal(_PLACE, person.id.bytes, clear)


def _profile(clear: str) -> Profile:
    name, born, preferred = json.loads(clear)
    return Profile(name, date.fromisoformat(born) if born else None, preferred)
