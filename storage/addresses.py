"""Endpoints and addresses, as the domain sees them."""

from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from contact.address import UNUSABLE, Address, ChannelName, Endpoint, Standing
from storage.keys import Keys
from storage.schema import spelt
from storage.statement import Statement
from storage.tables import address, endpoint

_PLACE = "address.value"
COLUMNS = (
    address.c.id,
    address.c.alumnus_id,
    address.c.endpoint_id,
    address.c.channel,
    address.c.value,
    address.c.position,
    address.c.standing,
    address.c.failures,
    endpoint.c.standing,
)
JOINED = select(*COLUMNS).join(endpoint, endpoint.c.id == address.c.endpoint_id)
_OF = Statement(
    JOINED.where(address.c.alumnus_id == bindparam("alumnus")).order_by(
        address.c.position, address.c.id
    )
)
_BY_ID = Statement(JOINED.where(address.c.id == bindparam("id")))
_LOOKUP = Statement(
    select(endpoint.c.id, endpoint.c.channel, endpoint.c.standing).where(
        endpoint.c.channel == bindparam("channel"), endpoint.c.lookup == bindparam("lookup")
    )
)
_NEW = Statement(insert(address))
_REMOVE = Statement(delete(address).where(address.c.id == bindparam("which")))
_NEW_ENDPOINT = Statement(insert(endpoint).on_conflict_do_nothing())
_SHARERS = Statement(
    select(address.c.alumnus_id)
    .where(
        address.c.endpoint_id == bindparam("endpoint"),
        address.c.standing != spelt(Standing.NOT_THEIRS),
    )
    .order_by(address.c.alumnus_id)
)
_GIVERS = Statement(
    select(address.c.alumnus_id)
    .where(address.c.endpoint_id == bindparam("endpoint"))
    .order_by(address.c.alumnus_id)
)
_STANDING = Statement(
    update(address)
    .where(address.c.id == bindparam("address"))
    .values(standing=bindparam("now_is"), failures=bindparam("in_a_row"))
)
_ENDPOINT_STANDING = Statement(
    update(endpoint).where(endpoint.c.id == bindparam("which")).values(standing=bindparam("now_is"))
)


class Addresses:
    """Where people can be reached, and what we know of it."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    def of(self, who: UUID) -> list[Address]:
        """An alumnus's addresses in their order."""
        return [address_of(row, self._keys) for row in _OF.rows(self._connection, {"alumnus": who})]

    def get(self, which: UUID) -> Address | None:
        """One address, or None once it is gone."""
        row = _BY_ID.first(self._connection, {"id": which})
        return address_of(row, self._keys) if row else None

    def find(self, channel: ChannelName, value: str) -> Endpoint | None:
        """The endpoint of a number, chat or mailbox, or None where we never met it."""
        return self._found(channel, self._lookup(channel, value))

    def meet(self, channel: ChannelName, value: str, fresh: UUID) -> Endpoint:
        """The endpoint of ``value``, made with the id ``fresh`` where we never met it."""
        lookup = self._lookup(channel, value)
        met = self._found(channel, lookup)
        if met is not None:
            return met
        values = {"id": fresh, "channel": channel, "lookup": lookup, "standing": Standing.UNTRIED}
        _NEW_ENDPOINT.changed(self._connection, values)
        # Read again: another process may have met it at this very moment.
        met = self._found(channel, lookup)
        assert met is not None  # noqa: S101  it was made a line above
        return met

    def add(self, new: Address) -> None:
        """Store an address of an alumnus at an endpoint that is already met."""
        _NEW.changed(
            self._connection,
            {
                "id": new.id,
                "alumnus_id": new.alumnus,
                "endpoint_id": new.endpoint,
                "channel": new.channel,
                "value": self._keys.of(new.alumnus).seal(_PLACE, new.id.bytes, new.value),
                "position": new.position,
                "standing": new.standing,
                "failures": new.failures,
            },
        )

    def remove(self, which: UUID) -> None:
        """Forget an address; its endpoint stays as a keyed hash."""
        _REMOVE.changed(self._connection, {"which": which})

    def stands(self, which: UUID, standing: Standing, failures: int = 0) -> None:
        """What we now know of one alumnus's address."""
        values = {"address": which, "now_is": standing, "in_a_row": failures}
        _STANDING.changed(self._connection, values)

    def endpoint_stands(self, which: UUID, standing: Standing) -> None:
        """What we now know of an endpoint, for everybody who shares it."""
        _ENDPOINT_STANDING.changed(self._connection, {"which": which, "now_is": standing})

    def sharers(self, which: UUID) -> list[UUID]:
        """The alumni who gave this endpoint as theirs, where we do not know better."""
        return [row[0] for row in _SHARERS.rows(self._connection, {"endpoint": which})]

    def _found(self, channel: ChannelName, lookup: bytes) -> Endpoint | None:
        row = _LOOKUP.first(self._connection, {"channel": channel, "lookup": lookup})
        return Endpoint(row[0], ChannelName(row[1]), Standing(row[2])) if row else None

    def givers(self, which: UUID) -> list[UUID]:
        """Everybody who ever gave this endpoint as theirs, rightly or not."""
        return [row[0] for row in _GIVERS.rows(self._connection, {"endpoint": which})]

    def _lookup(self, channel: ChannelName, value: str) -> bytes:
        return self._keys.vault.index(f"endpoint.{channel}", value)


def address_of(row: Any, keys: Keys) -> Address:
    """The address of a row of :data:`JOINED`."""
    own, shared = Standing(row[6]), Standing(row[8])
    return Address(
        id=row[0],
        alumnus=row[1],
        endpoint=row[2],
        channel=ChannelName(row[3]),
        value=keys.of(row[1]).open(_PLACE, row[0].bytes, row[4]),
        position=row[5],
        # A dead or stopped endpoint is so for everybody who shares it.
        standing=shared if shared in UNUSABLE else own,
        failures=row[7],
    )
