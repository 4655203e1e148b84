"""Where the survey stands with one alumnus."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Talk:
    """What has been said so far: the state the survey's rules work on.

    ``question`` is the code of the one open question (``who``, ``confirm``,
    ``now``, ``where``, ``what``, ``level``, ``start``, ``help``; ``which`` while
    a shared phone is asked whose reply it is), None when none is open.
    ``answers`` are by question code, as coded or as typed; ``code`` the
    activity code once they told it in this case; ``clarified`` how often the
    open question was asked in other words; ``confirmed`` whether the person
    said it is them; ``said`` how many of our messages the survey took so far,
    the ask included (but not one that only asks who they are).
    ``script`` names the survey and its version that the answers belong to.
    ``known`` is what they told us another time, by question code and with its
    ``code`` and ``label``: no answer, until they say that it still holds.
    ``language`` (ISO 639-1) is what we write to them in; ``locales`` name, by
    question code, that of each answer whose question stood in another than
    English.
    """

    question: str | None
    script: str
    answers: dict[str, str] = field(default_factory=dict)
    code: str | None = None
    label: str | None = None
    clarified: int = 0
    confirmed: bool = False
    appointments: int = 0
    said: int = 1
    known: dict[str, str] = field(default_factory=dict)
    language: str = "en"
    locales: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Prompt:
    """The open question put once more: the state it leaves, its line and the facts it uses."""

    talk: Talk
    line: str
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Conversation:
    """One alumnus and one endpoint talking about one case; open until ``closed_at``."""

    id: UUID
    alumnus: UUID
    endpoint: UUID
    case: int
    talk: Talk
    opened_at: datetime
    updated_at: datetime
    nudged_at: datetime | None = None
    closed_at: datetime | None = None
