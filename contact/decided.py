"""How whoever comes second is told who decided first, and when."""

from datetime import datetime

from contact.errors import AlreadyDecided
from contact.hours import LONDON


def said(at: datetime) -> str:
    """The aware instant ``at`` as staff say it, by the London clock."""
    local = at.astimezone(LONDON)
    return f"{local.day} {local:%B %Y at %H:%M}"


def already(what: str, by: str | None, at: datetime | None, how: str = "") -> AlreadyDecided:
    """The answer to somebody who comes second: ``what`` was done, by whom, when and ``how``."""
    who = f" by {by}" if by else ""
    when = f" on {said(at)}" if at else ""
    more = f" ({how})" if how else ""
    return AlreadyDecided(f"{what}{who}{when}{more}: nothing was changed.")
