"""A school, college or university as the public lists name it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ListedProvider:
    """One entry of a public list.

    ``kind`` is ``school``, ``sixth_form_college``, ``fe_college``,
    ``higher_education``, ``special`` (a special post-16 institution), or
    ``college`` where the list does not say which of two it is. ``urn`` has 6
    digits (GIAS), ``ukprn`` 8 (UKRLP). ``after_16`` says that leavers may be
    there now: it is open, and teaches over-16s.
    """

    name: str
    kind: str
    urn: str | None = None
    ukprn: str | None = None
    town: str | None = None
    postcode: str | None = None
    other_names: tuple[str, ...] = ()
    after_16: bool = True
    source: str | None = None


class Providers(Protocol):
    """The public list that was loaded last."""

    def replace(self, listed: Iterable[ListedProvider]) -> int:
        """Put ``listed`` in the place of all that is there; how many it now holds."""

    def where_leavers_may_be(self) -> list[ListedProvider]:
        """Those that are open and teach over-16s, by name."""
