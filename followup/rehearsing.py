"""What an import would do, found out without doing it."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b

from contact.enrolling import Change, Enrolment, weigh
from contact.intake import Judged, Leaver
from contact.ports import Work

#: What would become of a row, and the reference of its person where they have one already.
Weighed = tuple[Change, str | None]

#: The width of a hash: two of 100,000 people fall together once in four billion files.
_BITS = 64
_MASK = (1 << _BITS) - 1


class Rehearsal:
    """Weighs rows against what is stored and against the rows before them.

    A person's second row in the file counts as a change where it is newer and
    says something else.
    """

    def __init__(self) -> None:
        # Of each person, as numbers: hash, newest time, and a hash of what it said.
        self._met: dict[int, int] = {}

    def weigh_all(
        self, work: Work, rows: Sequence[Judged], terms: Enrolment, now: datetime
    ) -> list[Weighed | None]:
        """What would become of each row; None for a rejected one."""
        return [
            self._weigh(work, judged, judged.leaver, terms, now) if judged.leaver else None
            for judged in rows
        ]

    def _weigh(
        self, work: Work, judged: Judged, leaver: Leaver, terms: Enrolment, now: datetime
    ) -> Weighed:
        stored = weigh(work, judged, terms, now)
        reference = stored.reference if stored else None
        key, time, said = _digest(leaver.match_key), _seconds(leaver.as_of), _said(leaver)
        met = self._met.get(key)
        newer = met is None or time > met >> _BITS
        if newer:
            self._met[key] = time << _BITS | said
        if met is None:
            return stored.change if stored else Change.CREATED, reference
        changes = newer and said != met & _MASK
        if not changes or (stored and stored.change is Change.UNCHANGED):
            return Change.UNCHANGED, reference
        return Change.UPDATED, reference


def _seconds(as_of: datetime | None) -> int:
    """A form's time as a number; 0, before every other, where it cannot be read."""
    return int(as_of.timestamp()) if as_of else 0


def _said(leaver: Leaver) -> int:
    """What a form says, but for its time and what was typed beside it."""
    told = (
        leaver.profile, leaver.leaving_year, leaver.key_stage, leaver.phone, leaver.email,
        leaver.agreement, leaver.intention,
    )  # fmt: skip
    return _digest(repr([_fields(each) for each in told]))


def _fields(value: object) -> object:
    """A value's own fields, whatever its ``repr`` hides."""
    names = getattr(type(value), "__dataclass_fields__", None)
    return [getattr(value, name) for name in names] if names else value


def _digest(text: str) -> int:
    clear = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(blake2b(clear, digest_size=_BITS // 8).digest())
