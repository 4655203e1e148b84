"""An inbound message, and what was understood from it."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contact.address import ChannelName


class Label(StrEnum):
    """What a reply says, in one word; the closed set used in flags and exports."""

    SIXTH_FORM = "sixth_form"
    FE_COLLEGE = "fe_college"
    HIGHER_EDUCATION = "higher_education"
    APPRENTICESHIP = "apprenticeship"
    TRAINEESHIP = "traineeship_or_supported_internship"
    EMPLOYMENT_WITH_TRAINING = "employment_with_training"
    EMPLOYMENT_WITHOUT_TRAINING = "employment_without_training"
    SELF_EMPLOYED = "self_employed"
    VOLUNTARY = "voluntary"
    GAP_YEAR = "gap_year"
    ARMED_FORCES = "armed_forces"
    LOOKING_FOR_WORK = "looking_for_work"
    NOT_AVAILABLE = "not_available_for_work"
    CUSTODY = "custody"
    MOVED_ABROAD = "moved_abroad"
    REFUSES = "refuses"
    WRONG_PERSON = "wrong_person"
    STOP = "stop_optout"
    DISTRESS = "distress_safeguarding"
    ABUSIVE = "abusive"
    QUESTION = "question_to_us"
    OUT_OF_SCOPE = "out_of_scope"
    AMBIGUOUS = "ambiguous"


@dataclass(frozen=True, slots=True)
class Slots:
    """The facts found beside the label, as typed or as matched; None where there is none.

    ``level`` is ``"1"`` … ``"8"`` (England's qualification levels); ``start``
    is ``YYYY-MM-DD`` or ``YYYY-MM``. ``urn`` (GIAS, 6 digits) and ``ukprn`` (UKRLP,
    8 digits) are the provider's where a loaded list knows it.
    """

    provider: str | None = None
    employer: str | None = None
    course: str | None = None
    level: str | None = None
    start: str | None = None
    urn: str | None = None
    ukprn: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What was understood from a reply.

    ``code`` is an NCCIS activity code or None; ``confidence`` is between 0 and
    1; ``review`` says it is for staff rather than for the record; ``flags`` are
    labels that stand beside the main one (a destination and distress in one
    text); ``evidence`` are the words of the reply it rests on; ``guesses`` the
    other likely labels, best first; ``choice`` the number that was picked
    where the reply is one; ``later`` a wish to be asked another time.
    """

    label: Label
    code: str | None = None
    confidence: float = 0.0
    review: bool = False
    slots: Slots = field(default_factory=Slots)
    flags: tuple[Label, ...] = ()
    evidence: tuple[str, ...] = ()
    guesses: tuple[Label, ...] = ()
    choice: int | None = None
    later: bool = False


@dataclass(frozen=True, slots=True)
class Inbound:
    """A message as it arrived, before we know whose it is.

    ``provider_id`` is the gateway's own id (it is what makes a repeat
    harmless); ``sender`` the E.164 number or chat id; ``opt_out`` is what the
    gateway says it did by itself: ``STOP``, ``START``, ``HELP`` or None;
    ``media`` counts pictures, voice notes and stickers; ``reached`` are the
    names of what was texted: our number, and the messaging service it is in;
    ``pressed`` is the message of ours under which a button was pressed, None
    for typed words.
    """

    channel: ChannelName
    provider_id: str
    sender: str
    text: str
    media: int = 0
    opt_out: str | None = None
    reached: tuple[str, ...] = ()
    pressed: UUID | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """When another reply came from the same phone or chat, and whether it says the ``same``."""

    at: datetime
    same: bool


@dataclass(frozen=True, slots=True)
class Reply:
    """An inbound message, kept. ``text`` is encrypted at rest and None once deleted."""

    id: UUID
    channel: ChannelName
    provider_id: str
    endpoint: UUID
    received_at: datetime
    text: str | None
    alumnus: UUID | None = None
    case: int | None = None
    question: str | None = None
    reading: Reading | None = None
