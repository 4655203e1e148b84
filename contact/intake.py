"""What to do with one row of a leavers' file."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

from contact.agreement import Agreement, read_agreement
from contact.alumnus import KeyStage, Profile
from contact.birth import Birth, read_birth
from contact.dates import read_timestamp
from contact.intention import Intention, clipped, intended_code
from contact.mailbox import read_mailbox
from contact.names import NameReading, match_key, read_name, tidy
from contact.phone import Phone, PhoneProblem, mobile


class Action(StrEnum):
    """What becomes of a row; the first that fits, in the order of :func:`judge`."""

    IMPORT = "import"
    IMPORT_NO_SMS = "import_no_sms"
    REVIEW = "review"
    HOLD_NO_CONSENT = "hold_no_consent"
    REJECT = "reject"
    MERGE_DUPLICATE = "merge_duplicate"


@dataclass(frozen=True, slots=True)
class FormRow:
    """The raw cells of one row by their meaning, empty where the file has none.

    ``fault`` is why the row could not be told into cells (``cell_too_long``,
    ``too_many_cells``); such a row is rejected as it stands.
    """

    timestamp: str = ""
    name: str = ""
    born_on: str = ""
    leaving_year: str = ""
    email: str = ""
    phone: str = ""
    destination: str = ""
    course: str = ""
    level: str = ""
    provider_name: str = ""
    start: str = ""
    duration: str = ""
    consent: str = ""
    fault: str = ""

    def __repr__(self) -> str:
        return "FormRow(…)"


@dataclass(frozen=True, slots=True)
class Leaver:
    """What a row says, cleaned: ready to be stored.

    ``profile.born_on`` is None unless it is sure; ``match_key`` knows the same
    person again even then (equal to ``match_key_material(profile)`` where it is
    sure). ``phone`` is E.164, ``as_of`` aware and in London or None where the
    timestamp cannot be read; ``phone_proposed`` and ``born_typed`` are for staff.
    """

    profile: Profile
    match_key: str
    leaving_year: int | None
    key_stage: KeyStage | None
    phone: str | None
    email: str | None
    as_of: datetime | None
    agreement: Agreement
    intention: Intention
    born_typed: str = ""
    phone_typed: str = ""
    phone_proposed: str | None = None

    def __repr__(self) -> str:
        return "Leaver(…)"


@dataclass(frozen=True, slots=True)
class Judged:
    """What to do with a row and why.

    ``reasons`` made the action, the first decisive; ``notes`` did not (a landline
    on a held row, a bad e-mail). ``alone`` is the action the row would have
    were it not a repetition. ``leaver`` is None for a rejected row only.
    """

    action: Action
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    leaver: Leaver | None
    alone: Action

    @property
    def field(self) -> str:
        """The field of the first reason; ``row`` where it is about the whole row."""
        return field_of(self.reasons[0]) if self.reasons else "row"


class Seen:
    """The people of this file so far, as 16-byte hashes: 5 MB for 50,000 rows."""

    def __init__(self) -> None:
        self._known: set[bytes] = set()

    def again(self, key: str) -> bool:
        """Whether ``key`` was met before; it has been from now on."""
        digest = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if digest in self._known:
            return True
        self._known.add(digest)
        return False


def judge(
    row: FormRow,
    seen: Seen,
    *,
    allow_drama: bool = False,
    key_stage: KeyStage | None = None,
    wording_known: bool = True,
) -> Judged:
    """What to do with ``row``, the first that fits; never raises for what somebody typed.

    No name: reject. Name and day of birth of an earlier row: merge. No clear
    yes: hold. Birth or leaving year, name or phone doubtful, or nobody knows
    the wording agreed to: review. No UK mobile: import without SMS. ``seen``
    remembers the rows of this file. ``key_stage`` settles which leaving it was
    and changes no action.
    """
    name = read_name(row.name)
    if row.fault or not name.name:
        return _rejected(row.fault or "name_missing")
    as_of = read_timestamp(row.timestamp)
    birth = read_birth(row.born_on, row.leaving_year, as_of, key_stage)
    phone = mobile(row.phone, allow_drama=allow_drama)
    agreement = read_agreement(row.consent)
    doubts = _doubts(name, birth, phone, wording_known=wording_known)
    email, email_note = read_mailbox(row.email)
    notes = _notes(name, phone, email_note, as_of)
    leaver = _leaver(row, name, birth, phone, (email, as_of, agreement))
    alone, reasons, rest = _alone(agreement, doubts, phone.problem)
    if birth.read is not None and seen.again(match_key(name.name, birth.read)):
        return Judged(
            Action.MERGE_DUPLICATE, ("same_person_again", *reasons), rest + notes, leaver, alone
        )
    return Judged(alone, reasons, rest + notes, leaver, alone)


def field_of(reason: str) -> str:
    """Which field of the form a reason is about; ``row`` for none of them."""
    prefixes = {"dob": "born_on", "age": "born_on", "key": "leaving_year", "landline": "phone",
                "not": "phone", "foreign": "phone", "leaving": "leaving_year",
                "wording": "consent"}  # fmt: skip
    first = reason.split("_", 1)[0]
    own = first in ("name", "phone", "consent", "email", "timestamp")
    return first if own else prefixes.get(first, "row")


def _doubts(
    name: NameReading, birth: Birth, phone: Phone, *, wording_known: bool
) -> tuple[str, ...]:
    """What somebody must look at before this row may be used."""
    named = (name.problem,) if name.problem else ()
    letter = (phone.problem.value,) if phone.problem is PhoneProblem.LETTER_O else ()
    return birth.doubts + named + letter + (() if wording_known else ("wording_unknown",))


def _alone(
    agreement: Agreement, doubts: tuple[str, ...], problem: PhoneProblem | None
) -> tuple[Action, tuple[str, ...], tuple[str, ...]]:
    """The action of a row that repeats nobody, its reasons, and the reasons left over."""
    textless = (problem.value,) if problem and problem is not PhoneProblem.LETTER_O else ()
    if agreement is not Agreement.YES:
        refused = "refused" if agreement is Agreement.NO else agreement.value
        return Action.HOLD_NO_CONSENT, (f"consent_{refused}",), doubts + textless
    if doubts:
        return Action.REVIEW, doubts, textless
    return (Action.IMPORT_NO_SMS, textless, ()) if textless else (Action.IMPORT, (), ())


def _notes(
    name: NameReading, phone: Phone, email_note: str | None, as_of: datetime | None
) -> tuple[str, ...]:
    """What is worth knowing and decides nothing."""
    single = ("single_name",) if not name.problem and " " not in name.name else ()
    email = (email_note,) if email_note else ()
    undated = ("timestamp_unreadable",) if as_of is None else ()
    return single + phone.notes + email + undated


def _leaver(
    row: FormRow,
    name: NameReading,
    birth: Birth,
    phone: Phone,
    rest: tuple[str | None, datetime | None, Agreement],
) -> Leaver:
    """The row, cleaned; ``rest`` is the e-mail address, the timestamp and the agreement."""
    return Leaver(
        Profile(name.name, birth.sure, name.preferred),
        match_key(name.name, birth.read or _instead_of_birth(row, phone)),
        birth.leaving_year,
        birth.key_stage,
        phone.value,
        *rest,
        intention=_intention(row),
        born_typed=clipped(row.born_on),
        phone_typed=clipped(row.phone),
        phone_proposed=phone.proposal,
    )


def _intention(row: FormRow) -> Intention:
    """What they said they would do next."""
    answer = clipped(row.destination)
    typed = (row.course, row.level, row.provider_name, row.start, row.duration)
    return Intention(answer, intended_code(answer), *map(clipped, typed))


def _instead_of_birth(row: FormRow, phone: Phone) -> str:
    """What keeps namesakes of unknown birth apart: what they typed, and how to reach them."""
    reach = phone.value or tidy(row.email).casefold() or tidy(row.phone)
    return f"?{tidy(row.born_on).casefold()}?{reach}"


def _rejected(reason: str) -> Judged:
    """A row that nobody can be told from."""
    return Judged(Action.REJECT, (reason,), (), None, Action.REJECT)
