"""A change that somebody made, kept for whoever asks later."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Deed:
    """Who did what, when and to whom.

    Never with personal data in ``detail``; ``note`` is what they wrote down
    about it, encrypted at rest.
    """

    at: datetime
    by: str
    action: str
    alumnus: UUID | None = None
    subject: str | None = None
    detail: str | None = None
    note: str | None = None
