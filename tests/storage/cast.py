"""The people of the storage tests, and short ways to put them where they are needed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from contact.address import Address, ChannelName
from contact.alumnus import Alumnus, Cohort, KeyStage, Membership, Profile
from contact.attempt import Attempt, AttemptState
from contact.candidate import WaveWindow
from contact.case import Case, Terms
from contact.consent import Consent, Purpose
from contact.conversation import Conversation, Talk
from contact.message import Delivery, Message, MessageKind
from contact.ports import Memory
from contact.reply import Reply
from storage.people import new_reference
from storage.work import Work

T = TypeVar("T")

NOW = datetime(2025, 11, 3, 16, 30, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
TODAY = date(2025, 11, 3)
COHORT = Cohort("cansfield", KeyStage.KS4, 2025)
UNTIL = date(2025, 12, 19)
TERMS = Terms(tries=3, gap_days=5, reply_days=4, late_reply_days=60, until=UNTIL)
WINDOW = WaveWindow(
    school="cansfield",
    cohort=COHORT.id,
    wave="y1-autumn",
    opens=date(2025, 9, 1),
    terms=TERMS,
    known_from=date(2025, 9, 1),
)
AMINA_PHONE = "+447700900001"


def somebody(name: str = "Amina Yusuf", **changes: Any) -> Alumnus:
    """An alumnus; Amina where nothing else is said."""
    person = Alumnus(
        id=uuid4(),
        reference=new_reference(),
        school="cansfield",
        profile=Profile(name, date(2009, 3, 14), "Mina"),
        created_at=NOW,
        as_of=NOW - timedelta(days=90),
    )
    return replace(person, **changes)


def add(work: Work, person: Alumnus, phone: str | None = AMINA_PHONE, **given: Any) -> UUID:
    """Store somebody with a cohort, a permission and a number, as an import would."""
    work.alumni.add(person, f"{person.profile.name}|2009-03-14")
    work.cohorts.join(Membership(person.id, COHORT, retained=given.pop("retained", False)))
    work.consents.grant(consent(person.id, **given))
    if phone is not None:
        work.addresses.add(address(work, person.id, phone))
    return person.id


def consent(who: UUID, **changes: Any) -> Consent:
    """A live permission to ask."""
    given = Consent(
        alumnus=who,
        purpose=Purpose.TRACKING,
        wording="form_a",
        granted_at=NOW - timedelta(days=90),
        how="form",
        recorded_by="import",
        until=date(2028, 8, 31),
    )
    return replace(given, **changes)


def address(
    work: Work, who: UUID, value: str, channel: ChannelName = ChannelName.SMS, **changes: Any
) -> Address:
    """An address of ``who`` whose endpoint is met; not yet stored."""
    endpoint = work.addresses.meet(channel, value, uuid4())
    return replace(Address(uuid4(), who, endpoint.id, channel, value), **changes)


def open_case(work: Work, who: UUID, window: WaveWindow = WINDOW) -> Case:
    """Open the cases of a wave; the one of ``who``."""
    work.due.open(window, TODAY, NOW)
    case = work.cases.current(who)
    assert case is not None
    return case


def attempt(case: Case, number: int = 1, **changes: Any) -> Attempt:
    """A planned try."""
    return replace(Attempt(case.id, number, AttemptState.PLANNED, NOW), **changes)


def message(who: UUID | None, **changes: Any) -> Message:
    """A planned message that belongs to nothing."""
    planned = Message(
        id=uuid4(),
        alumnus=who,
        address=None,
        channel=ChannelName.SMS,
        kind=MessageKind.QUESTION,
        line="now",
        delivery=Delivery.PLANNED,
        created_at=NOW,
        not_before=NOW,
    )
    return replace(planned, **changes)


def reply(endpoint: UUID, who: UUID | None = None, **changes: Any) -> Reply:
    """A reply of ``who`` from an endpoint."""
    came = Reply(uuid4(), ChannelName.SMS, f"SM{uuid4().hex}", endpoint, NOW, "1", who)
    return replace(came, **changes)


def conversation(case: Case, endpoint: UUID, **changes: Any) -> Conversation:
    """An open conversation about a case."""
    talk = Talk(question="now", script="leavers-1")
    opened = Conversation(uuid4(), case.alumnus, endpoint, case.id, talk, NOW, NOW)
    return replace(opened, **changes)


def written(memory: Memory, use_case: Callable[..., T], *values: Any) -> T:
    """What ``use_case`` gave, once it is durable."""
    return memory.write(use_case, *values).result()


def seen(memory: Memory, query: Callable[..., T], *values: Any) -> T:
    """What ``query`` gave."""
    return memory.read(query, *values).result()
