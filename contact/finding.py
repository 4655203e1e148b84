"""How staff find somebody: by reference, or by a part of the name."""

import unicodedata
from collections.abc import Iterator

from contact.alumnus import Alumnus
from contact.errors import UnknownReference
from contact.ports import Work

#: Letters that no decomposition parts from their stroke or ligature.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)


def by_reference(work: Work, reference: str) -> Alumnus:
    """The alumnus called ``reference``; UnknownReference says how to find the right one."""
    found = work.alumni.by_reference(reference)
    if found is None:
        raise UnknownReference(
            f"Nobody has the reference {reference[:20]!r}: "
            "find it with `followup person find NAME`."
        )
    return found


def search(work: Work, text: str) -> Iterator[Alumnus]:
    """Everybody whose name or preferred name has each word of ``text`` in it.

    Case and accents do not matter. Names are encrypted and have no index:
    each one is decrypted and looked at, about 2 µs a person.
    """
    words = [word for word in _folded(text).split() if word]
    for person in work.alumni.everybody():
        known_as = _folded(f"{person.profile.name} {person.profile.preferred or ''}")
        if words and all(word in known_as for word in words):
            yield person


def _folded(text: str) -> str:
    # Twice, as Unicode has it: what is taken apart may turn out to be a capital.
    for _ in range(2):
        text = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(letter for letter in text if not unicodedata.combining(letter))
    return bare.translate(_PLAIN).replace("’", "'")
