"""Personal data at rest: sealed per alumnus, found again only through keyed hashes."""

import base64
import binascii
import hmac
import os
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from contact.errors import Misconfigured

_KEY_BYTES = 32
_NONCE_BYTES = 12
_INDEX_BYTES = 16


def new_master_key() -> str:
    """A fresh master key, as the text that stands in the key file."""
    return base64.urlsafe_b64encode(os.urandom(_KEY_BYTES)).decode()


class Key:
    """Seals and opens the texts of one alumnus, or of the house.

    Every seal is bound to the place and row it stands in: a value moved to
    another row does not open there.
    """

    __slots__ = ("_cipher",)

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESGCMSIV(secret)

    def seal(self, place: str, row: bytes, text: str) -> bytes:
        """``text``, readable again only under the same key, place and row."""
        nonce = os.urandom(_NONCE_BYTES)
        # Whatever was sent must be keepable: a lone surrogate is data too.
        clear = text.encode("utf-8", "surrogatepass")
        return nonce + self._cipher.encrypt(nonce, clear, _where(place, row))

    def open(self, place: str, row: bytes, sealed: bytes) -> str:
        """The text that was sealed for this place and row; Misconfigured under another key."""
        nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            clear = self._cipher.decrypt(nonce, body, _where(place, row))
        except (InvalidTag, ValueError):
            raise Misconfigured(
                f"A sealed value in {place} does not open with this key: "
                "the key is not the database's, or the row was altered."
            ) from None
        return clear.decode("utf-8", "surrogatepass")


class Vault:
    """The master key at work: it wraps the alumni's keys and makes the blind indexes."""

    def __init__(self, master: str) -> None:
        secret = _decoded(master)
        self._wrapper = AESGCMSIV(_derived(secret, "wrap"))
        self._index_key = _derived(secret, "index")
        #: For what belongs to no alumnus: texts from numbers nobody knows.
        self.house = Key(_derived(secret, "house"))

    def new_key(self, alumnus: UUID) -> tuple[Key, bytes]:
        """A key for ``alumnus``, and the same wrapped for the database."""
        secret = os.urandom(_KEY_BYTES)
        nonce = os.urandom(_NONCE_BYTES)
        return Key(secret), nonce + self._wrapper.encrypt(nonce, secret, alumnus.bytes)

    def unwrap(self, alumnus: UUID, wrapped: bytes) -> Key:
        """The key of ``alumnus``; Misconfigured where the master key is another."""
        nonce, body = wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:]
        try:
            return Key(self._wrapper.decrypt(nonce, body, alumnus.bytes))
        except (InvalidTag, ValueError):
            raise _wrong_key() from None

    def index(self, kind: str, value: str) -> bytes:
        """A keyed hash of ``value`` (16 bytes): equal for equal values of one kind."""
        clear = f"{kind}\0{value}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._index_key, clear, sha256)[:_INDEX_BYTES]

    def check(self, fingerprint: bytes) -> None:
        """Misconfigured unless ``fingerprint`` was made by this very key."""
        if not hmac.compare_digest(fingerprint, self.fingerprint()):
            raise _wrong_key()

    def fingerprint(self) -> bytes:
        """What a database remembers of its key, to know it again."""
        return self.index("fingerprint", "the key of this database")


def _where(place: str, row: bytes) -> bytes:
    # No place has a NUL in it, so no other place and row make the same.
    return b"%b\0%b" % (place.encode(), row)


def _wrong_key() -> Misconfigured:
    return Misconfigured(
        "The key does not fit this database: use the key file (or FOLLOWUP_KEY) it was made with."
    )


def _decoded(master: str) -> bytes:
    try:
        secret = base64.urlsafe_b64decode(master.strip().encode())
    except (binascii.Error, ValueError):
        secret = b""
    if len(secret) != _KEY_BYTES:
        raise Misconfigured(
            "The key is not one that `followup init` made (32 bytes in base64): "
            "restore the key file from its backup."
        )
    return secret


def _derived(secret: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES, None, f"alumni-followup/{purpose}".encode()).derive(secret)
