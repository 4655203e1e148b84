"""Ticking off what people have done, so that nobody is reminded of it."""

from datetime import datetime

from contact.audit import Deed
from contact.ports import Work
from scheduler.agenda import Entry

_DONE = "duty_done"


def tick_off(work: Work, entry: Entry, by: str, now: datetime) -> bool:
    """Record that ``by`` has done ``entry``; False where it was ticked off before."""
    if entry.key in ticked_off(work):
        return False
    work.audit.write(Deed(now, by, _DONE, subject=entry.key))
    return True


def ticked_off(work: Work) -> frozenset[str]:
    """The keys of all that was ever ticked off, for :func:`scheduler.agenda.standing`."""
    return work.audit.subjects(_DONE)
