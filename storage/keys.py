"""Whose key opens what."""

from collections import OrderedDict
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from contact.errors import UnknownReference
from storage.crypto import Key, Vault
from storage.statement import Statement
from storage.tables import alumnus

#: Unwrapping costs more than a look-up; a conversation needs the same key again and again.
_REMEMBERED = 512

_WRAPPED = Statement(select(alumnus.c.data_key).where(alumnus.c.id == bindparam("alumnus")))


class Keys:
    """The keys of the alumni a transaction works on."""

    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault
        self._known: OrderedDict[UUID, Key] = OrderedDict()
        #: Whether a key was erased whose copy may linger in a log.
        self.burnt = False

    @property
    def vault(self) -> Vault:
        """The vault that wraps them."""
        return self._vault

    def of(self, owner: UUID | None) -> Key:
        """The key of ``owner``, or the house's own; UnknownReference once somebody is erased."""
        key = self.find(owner)
        if key is None:
            raise UnknownReference("That alumnus has been erased.")
        return key

    def find(self, owner: UUID | None) -> Key | None:
        """The key of ``owner``, or the house's own; None once somebody is erased."""
        if owner is None:
            return self._vault.house
        key = self._known.get(owner)
        if key is None:
            wrapped = _WRAPPED.scalar(self._connection, {"alumnus": owner})
            if wrapped is None:
                return None
            key = self.known(owner, wrapped)
        return key

    def known(self, owner: UUID, wrapped: bytes) -> Key:
        """The key of ``owner`` as it stands wrapped in their row, unwrapped once."""
        key = self._known.get(owner)
        if key is None:
            key = self._vault.unwrap(owner, wrapped)
            self.remember(owner, key)
        return key

    def remember(self, owner: UUID, key: Key) -> None:
        """Keep a key at hand; the one unused longest goes."""
        self._known[owner] = key
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def forget(self, owner: UUID) -> None:
        """Let go of a key, because its owner was erased."""
        self._known.pop(owner, None)
        self.burnt = True
