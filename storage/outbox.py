"""Many messages at once, as whoever sends them wants them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Connection

from contact.address import UNUSABLE, Address, ChannelName
from contact.alumnus import Alumnus
from contact.attempt import Attempt
from contact.case import Case
from contact.consent import Consent
from contact.conversation import Conversation
from contact.message import WE_START, Delivery, Message, MessageKind
from contact.outbox import Handed, Lane, Letter, Underway
from storage import addresses, cases, consents, conversations, in_bulk, people
from storage.keys import Keys
from storage.message_rows import head_of, message_of, sealed_text

Key = TypeVar("Key", UUID, int)


class Outbox:
    """Everything about many messages, each in one go."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys
        self._shared = connection.dialect.name != "sqlite"

    def due(
        self,
        now: datetime,
        most: int,
        only: Sequence[UUID] | None = None,
        lane: Lane | None = None,
    ) -> list[Message]:
        """What (of ``only``, of a ``lane``) may be sent by ``now``, and is nobody else's."""
        if only is None:
            rows = in_bulk.DUE[lane].rows(self._connection, {"now": now, "most": most})
        else:
            found = in_bulk.DUE_OF.rows(self._connection, only, {"now": now})
            rows = sorted(found, key=lambda row: (row[24], row[8]))[:most]
        if self._shared and rows:
            # Whoever decides about somebody at this moment is not waited for, so that
            # two who hold what the other wants cannot meet.
            free = {row[0] for row in in_bulk.FREE.rows(self._connection, _owners(rows))}
            rows = [row for row in rows if row[1] is None or row[1] in free]
        return [message_of(row, self._keys) for row in rows]

    def letters(self, messages: Sequence[Message]) -> list[Letter]:
        """The messages with all that they are judged by, in the same order."""
        people_of = [each.alumnus for each in messages if each.alumnus is not None]
        known = self._people(people_of)
        reached, allowed = self._addresses(people_of), self._tracking(people_of)
        ours = [each for each in messages if each.kind in WE_START]
        paused = self._paused(each.alumnus for each in ours)
        found = self._cases(ours)
        asks = [each.case for each in ours if each.kind is MessageKind.ASK]
        tries, talks = self._tries(asks), self._talks(asks)
        return [
            Letter(
                message=each,
                person=known.get(each.alumnus),
                addresses=tuple(reached.get(each.alumnus, ())),
                tracking=tuple(allowed.get(each.alumnus, ())),
                case=found.get(each.case),
                tries=tuple(tries.get(each.case, ())),
                paused=each.alumnus in paused,
                talk=talks.get(each.case),
            )
            for each in messages
        ]

    def busy(self, endpoints: Iterable[UUID]) -> dict[UUID, int]:
        """The case of the open conversation on each endpoint that has one."""
        return {row[0]: row[1] for row in in_bulk.BUSY.rows(self._connection, endpoints)}

    def answered_first(self, whom: Iterable[UUID], now: datetime) -> set[UUID]:
        """To whom an answer is on its way, or should be by ``now``."""
        return {row[0] for row in in_bulk.ANSWERS.rows(self._connection, whom, {"now": now})}

    def lock_school(self, school: str) -> None:
        """Let nobody else claim what we start for a school; SQLite has one writer anyway."""
        if self._shared:
            in_bulk.LOCK_SCHOOL.rows(self._connection, {"school": school})

    def open(self, new: Sequence[Conversation]) -> set[UUID]:
        """Open conversations; the ids of those for which person and endpoint were free."""
        values = [conversations.new_values(each, self._keys) for each in new]
        if in_bulk.OPEN.each(self._connection, values) == len(new):
            return {each.id for each in new}
        # Somebody was faster somewhere: which are there tells where.
        stands = self._talks(each.case for each in new)
        return {each.id for each in stands.values()}

    def resume(self, changed: Sequence[Conversation]) -> None:
        """Store where conversations stand now."""
        values = [conversations.changed_values(each, self._keys) for each in changed]
        conversations.SAVE.each(self._connection, values)

    def claim(self, claimed: Sequence[Message]) -> bool:
        """Store that planned messages are being sent; False where one moved meanwhile."""
        values = [
            {
                "which": each.id,
                "where": each.address,
                "via": each.channel,
                "worded": each.line,
                "sealed": sealed_text(self._keys, each),
                "parts": each.segments,
                "lease": each.lease_until,
                "claimed": each.claimed_at,
            }
            for each in claimed
        ]
        return in_bulk.CLAIM.each(self._connection, values) == len(values)

    def underway(self, which: Sequence[UUID]) -> list[Underway]:
        """How claimed messages stand, those that are still there."""
        rows = in_bulk.UNDERWAY.rows(self._connection, which)
        standing: dict[UUID, list[bool]] = defaultdict(list)
        for who, at in in_bulk.WITHDRAWN.rows(self._connection, _owners(rows)):
            standing[who].append(at is not None)
        return [_underway(row, standing.get(row[1], [])) for row in rows]

    def handed(self, which: Sequence[UUID]) -> list[Handed]:
        """What was handed over, in the order of ``which``; nobody else decides about it now."""
        if self._shared:
            in_bulk.LOCK.rows(self._connection, which)
        rows = {row[0]: head_of(row) for row in in_bulk.HEADS.rows(self._connection, which)}
        found = [rows[each] for each in which if each in rows]
        running = self._cases(found)
        tries = self._tries(each.case for each in found if each.kind is MessageKind.ASK)
        return [
            Handed(each, running.get(each.case), _numbered(tries.get(each.case, []), each))
            for each in found
        ]

    def known(self, channel: ChannelName, provider_ids: Iterable[str]) -> set[str]:
        """Those of a gateway's ids that a message has already."""
        return {
            row[0] for row in in_bulk.KNOWN.rows(self._connection, provider_ids, {"via": channel})
        }

    def settle(self, settled: Sequence[Message]) -> bool:
        """Store what became of messages being sent (not their texts); False where one moved."""
        values = [
            {
                "which": each.id,
                "now_is": each.delivery,
                "lease": each.lease_until,
                "accepted": each.accepted_at,
                "theirs": each.provider_id,
                "word": each.detail,
            }
            for each in settled
        ]
        return in_bulk.SETTLE.each(self._connection, values) == len(values)

    def move(self, tries: Sequence[Attempt], moved: Sequence[Case]) -> None:
        """Store what became of tries, and when their cases are looked at next."""
        cases.SAVE_ATTEMPT.each(self._connection, [cases.attempt_values(each) for each in tries])
        cases.SAVE_CASE.each(self._connection, [cases.case_values(each) for each in moved])

    def _people(self, whom: Iterable[UUID]) -> dict[UUID | None, Alumnus]:
        rows = in_bulk.PEOPLE.rows(self._connection, whom)
        found = (people.person_of(row, self._keys) for row in rows)
        return {each.id: each for each in found if each is not None}

    def _addresses(self, whom: Iterable[UUID]) -> dict[UUID | None, list[Address]]:
        found: dict[UUID | None, list[Address]] = defaultdict(list)
        for row in in_bulk.ADDRESSES.rows(self._connection, whom):
            found[row[1]].append(addresses.address_of(row, self._keys))
        return found

    def _tracking(self, whom: Iterable[UUID]) -> dict[UUID | None, list[Consent]]:
        found: dict[UUID | None, list[Consent]] = defaultdict(list)
        for row in in_bulk.TRACKING.rows(self._connection, whom):
            found[row[0]].append(consents.consent_of(row))
        return found

    def _paused(self, whom: Iterable[UUID | None]) -> set[UUID]:
        return {row[0] for row in in_bulk.PAUSED.rows(self._connection, _there(whom))}

    def _cases(self, messages: Iterable[Message]) -> dict[int | None, Case]:
        rows = in_bulk.CASES.rows(self._connection, _there(each.case for each in messages))
        return {row[0]: cases.case_of(row) for row in rows}

    def _tries(self, of: Iterable[int | None]) -> dict[int | None, list[Attempt]]:
        found: dict[int | None, list[Attempt]] = defaultdict(list)
        for row in in_bulk.TRIES.rows(self._connection, _there(of)):
            found[row[0]].append(cases.attempt_of(row))
        return found

    def _talks(self, of: Iterable[int | None]) -> dict[int | None, Conversation]:
        rows = in_bulk.TALKS.rows(self._connection, _there(of))
        return {row[3]: conversations.conversation_of(row, self._keys) for row in rows}


def _there(keys: Iterable[Key | None]) -> list[Key]:
    return [each for each in keys if each is not None]


def _owners(rows: Iterable[Any]) -> list[UUID]:
    """Whose the messages of the rows are."""
    return _there(row[1] for row in rows)


def _numbered(tries: Iterable[Attempt], one: Message) -> Attempt | None:
    return next((each for each in tries if each.number == one.attempt), None)


def _underway(row: Any, withdrawn: list[bool]) -> Underway:
    return Underway(
        message=row[0],
        alumnus=row[1],
        kind=MessageKind(row[2]),
        delivery=Delivery(row[3]),
        lease_until=row[4],
        usable=row[5] is not None and row[5] not in UNUSABLE and row[6] not in UNUSABLE,
        stopped=bool(withdrawn) and all(withdrawn),
    )
