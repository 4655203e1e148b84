"""Who was erased, as a list beside the key that outlives every backup."""

import os
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from contact.errors import StorageUnavailable
from storage.crypto import Vault


def remember_erasure(path: Path, vault: Vault, who: UUID) -> None:
    """Add ``who`` to the list at ``path``, on the disk before this returns.

    A line is a keyed hash: the list names nobody, not even to who has it.
    StorageUnavailable where it cannot be written.
    """
    try:
        handle = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            os.write(handle, f"{_line(vault, who)}\n".encode())
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise StorageUnavailable(
            f"The list of erasures {path} cannot be written ({error.strerror}): nobody was erased."
        ) from None


def erased_among(path: Path, vault: Vault, people: Iterable[UUID]) -> list[UUID]:
    """Those of ``people`` who are on the list at ``path``; nobody where there is no list."""
    if not path.exists():
        return []
    lines = frozenset(path.read_text().split())
    return [who for who in people if _line(vault, who) in lines]


def _line(vault: Vault, who: UUID) -> str:
    return vault.index("erasure", str(who)).hex()
