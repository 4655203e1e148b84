"""What staff decide about a flag, and what follows from it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from contact.accepting import Mending, lacking, mend
from contact.address import Address, Standing
from contact.alumnus import Alumnus
from contact.audit import Deed
from contact.case import Disposition, Ending
from contact.consent import Purpose
from contact.decided import already
from contact.desk import Desk
from contact.destination import REFUSED, Source
from contact.disowning import disown, forget_words
from contact.errors import NotAllowed, UnknownReference
from contact.flag import Decision, Flag, FlagKind
from contact.orders import school_of
from contact.pausing import go_on, pause
from contact.ports import Work
from contact.putting_again import put_again
from contact.recording import Known, add, check, finish
from contact.reply import Reply
from contact.taking_back import take_back
from contact.withdrawal import withdraw

#: What may be decided about a row of an import, and about nothing else.
OF_AN_IMPORT = (Decision.ACCEPT, Decision.DISCARD)
#: Decisions that say something of an alumnus, so one must be known.
_OF_SOMEBODY = (Decision.CODE, Decision.ASK_AGAIN, Decision.WRONG_PERSON, *OF_AN_IMPORT)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a member of staff decided; ``known`` goes with ``code``, ``mending`` with ``accept``."""

    decision: Decision
    by: str
    known: Known | None = None
    note: str | None = None
    mending: Mending | None = None

    def __repr__(self) -> str:
        return f"Ruling({self.decision})"


@dataclass(frozen=True, slots=True)
class _Matter:
    """A flag with whom it is about, and what was decided."""

    work: Work
    flag: Flag
    person: Alumnus | None
    reply: Reply | None
    ruling: Ruling
    desk: Desk
    now: datetime

    @property
    def who(self) -> Alumnus:
        """Whom the flag is about; NotAllowed where that is nobody we know."""
        if self.person is None:
            raise NotAllowed(
                f"Flag {self.flag.id} is about nobody we know: "
                "decide no_answer_needed, call_made or withdraw."
            )
        return self.person


def flag_of(work: Work, number: int) -> Flag:
    """The flag with that number; UnknownReference where there is none."""
    found = work.flags.get(number)
    if found is None:
        raise UnknownReference(f"There is no flag {number}: `followup flags list` shows them.")
    return found


def take_flag(work: Work, number: int, by: str, now: datetime, *, over: bool = False) -> None:
    """Note that ``by`` looks after a flag; ``over`` takes it from a colleague.

    AlreadyDecided where it is closed, or where somebody else has it.
    """
    flag = flag_of(work, number)
    if flag.taken_by not in (None, by) and not over:
        raise already(f"Flag {number} was taken", flag.taken_by, None)
    if not work.flags.take(number, by):
        raise _closed(flag_of(work, number))
    work.audit.write(Deed(now, by, "take_flag", flag.alumnus, subject=f"flag:{number}"))


def close_flag(work: Work, number: int, ruling: Ruling, desk: Desk, now: datetime) -> str | None:
    """Close a flag and do what was decided; a line about what follows, where there is one.

    Closing the last pausing flag ends the pause. AlreadyDecided where somebody
    closed it first; NotAllowed where the decision does not fit the flag, and
    then it stays open.
    """
    flag = flag_of(work, number)
    if flag.alumnus is not None:
        work.alumni.lock(flag.alumnus)
    if flag.closed_at is not None:
        raise _closed(flag)
    person = work.alumni.get(flag.alumnus) if flag.alumnus else None
    reply = work.replies.get(flag.reply) if flag.reply else None
    matter = _Matter(work, flag, person, reply, ruling, desk, now)
    _check(matter)
    done = replace(
        flag,
        closed_at=now,
        decision=ruling.decision,
        closed_by=ruling.by,
        note=ruling.note,
    )
    if not work.flags.close(done):
        raise _closed(flag_of(work, number))
    if person is not None:
        go_on(work, person.id, now)
    remark = _FOLLOWS.get(ruling.decision, _nothing)(matter)
    code = ruling.known.code if ruling.known else ""
    detail = f"{flag.kind}: {ruling.decision} {code}".strip()
    work.audit.write(
        Deed(now, ruling.by, "close_flag", flag.alumnus, subject=f"flag:{number}", detail=detail)
    )
    return remark


def _closed(flag: Flag) -> Exception:
    how = str(flag.decision) if flag.decision else ""
    return already(f"Flag {flag.id} was closed", flag.closed_by, flag.closed_at, how)


def _check(matter: _Matter) -> None:
    """NotAllowed where the decision does not fit the flag."""
    flag, ruling = matter.flag, matter.ruling
    of_import = flag.kind is FlagKind.IMPORT_REVIEW
    if ruling.decision in OF_AN_IMPORT and not of_import:
        raise NotAllowed(
            f"{ruling.decision} is for import_review only; flag {flag.id} is {flag.kind}."
        )
    if of_import and ruling.decision not in (*OF_AN_IMPORT, Decision.WITHDRAW):
        raise NotAllowed(
            f"Flag {flag.id} is a row of an import: decide accept, discard or withdraw."
        )
    if ruling.decision is Decision.CODE and ruling.known is None:
        raise NotAllowed(
            "The decision code needs an activity code: add --code, such as --code 230."
        )
    if ruling.decision is not Decision.CODE and ruling.known is not None:
        raise NotAllowed(
            f"An activity code goes with the decision code, not with {ruling.decision}."
        )
    if ruling.mending is not None and ruling.decision is not Decision.ACCEPT:
        raise NotAllowed(f"A cohort and a permission go with accept, not with {ruling.decision}.")
    if ruling.known is not None:
        check(ruling.known)
    if ruling.decision in _OF_SOMEBODY:
        _ = matter.who


def _code(matter: _Matter) -> str | None:
    """The reply has a code after all: it answers the running case, else the one it came for."""
    work, known = matter.work, matter.ruling.known
    assert known is not None  # noqa: S101  it has been checked
    if _came_after_a_stop(matter):
        raise NotAllowed(
            f"{matter.who.reference} had said stop before this reply: nothing of it is recorded."
        )
    case = work.cases.current(matter.who.id)
    if case is not None:
        finish(work, case, known, matter.ruling.by, matter.now, matter.flag.reply)
        return None
    return _late(matter, known)


def _late(matter: _Matter, known: Known) -> str | None:
    """No case runs: the spell is stored, and a reply in time makes a new ending of its case."""
    work, flag = matter.work, matter.flag
    case = work.cases.get(flag.case) if flag.case is not None else None
    by = matter.ruling.by
    if known.code != REFUSED:
        who = matter.who.id
        add(work, who, known, Source.STAFF, by, matter.now, case=flag.case, reply=flag.reply)
    if case is None or case.ended_at is None:
        return "No case was open: the destination is stored."
    came = matter.reply.received_at if matter.reply else flag.opened_at
    if came > case.ended_at + timedelta(days=case.terms.late_reply_days):
        return f"Case {case.id} had ended too long before: only the destination is stored."
    how = Disposition.REFUSAL if known.code == REFUSED else Disposition.COMPLETE
    work.cases.end(Ending(case.id, matter.now, how, "late_reply", known.code))
    return f"Case {case.id} had ended: its ending is now {how} {known.code}."


def _came_after_a_stop(matter: _Matter) -> bool:
    """Whether they had withdrawn when the reply came, and have not come back."""
    work, who, reply = matter.work, matter.who.id, matter.reply
    if reply is None or work.consents.live(who, Purpose.TRACKING) is not None:
        return False
    ended = (each.withdrawn_at for each in work.consents.of(who))
    return any(at is not None and at < reply.received_at for at in ended)


def _ask_again(matter: _Matter) -> str | None:
    return put_again(matter.work, matter.who, matter.desk, matter.now)


def _withdraw(matter: _Matter) -> str | None:
    """They want no more of it; a stranger's number is closed."""
    work, flag, by, now = matter.work, matter.flag, matter.ruling.by, matter.now
    if matter.person is not None:
        school = school_of(matter.desk.schools, matter.person)
        ended = withdraw(work, matter.person.id, school, now, f"flag {flag.id}", by)
        return None if ended else "Nothing stood that could be withdrawn."
    endpoint = _endpoint_in(flag)
    if endpoint is None:
        _ = matter.who
    else:
        work.addresses.endpoint_stands(endpoint, Standing.OPTED_OUT)
    return "Nothing will be sent to that number."


def _wrong_person(matter: _Matter) -> str | None:
    """The address the reply came from is not theirs; the stranger's words are deleted."""
    work, flag, who = matter.work, matter.flag, matter.who
    address = _address(matter)
    if address is None:
        raise NotAllowed(
            f"Flag {flag.id} does not say which address is wrong: "
            f"put it right with `followup person correct {who.reference}`."
        )
    disown(work, address, matter.now)
    case = work.cases.get(flag.case) if flag.case is not None else None
    took = take_back(work, address, case, matter.now)
    if matter.reply is not None and matter.reply.endpoint == address.endpoint:
        forget_words(work, matter.reply)
    return "What was told from that address in this case is off the record." if took else None


def _address(matter: _Matter) -> Address | None:
    """The address the flag is about: where the reply came from, else where the talk is."""
    work, flag = matter.work, matter.flag
    talk = work.conversations.of_case(flag.case) if flag.case is not None else None
    spoken = matter.reply.endpoint if matter.reply else talk.endpoint if talk else None
    mine = work.addresses.of(matter.who.id)
    return next((each for each in mine if each.endpoint == spoken), None)


def _accept(matter: _Matter) -> str | None:
    """The row may be used, with what staff add to it: who agreed is due like everybody else."""
    work, who, mending = matter.work, matter.who, matter.ruling.mending
    if mending is not None:
        mend(work, who, mending, matter.ruling.by, matter.now)
    work.cohorts.touch(who.id)
    lacks = lacking(work, who)
    if not lacks:
        return None
    return f"{who.reference} has {' and '.join(lacks)}: nobody writes to them until that is mended."


def _discard(matter: _Matter) -> str | None:
    """The row stays stored, and is never used while it is held."""
    who = matter.who
    if matter.work.alumni.hold(who.id, matter.now):
        pause(matter.work, who.id, matter.now)
        matter.work.audit.write(Deed(matter.now, matter.ruling.by, "hold", who.id))
    return f"{who.reference} is held: only `followup person release` lets them be contacted."


def _nothing(_: _Matter) -> str | None:
    """It was looked at, and that was all."""
    return None


def _endpoint_in(flag: Flag) -> UUID | None:
    """The endpoint a flag about an unknown sender names, else None."""
    kind, _, name = (flag.subject or "").partition(":")
    return UUID(name) if kind == FlagKind.UNKNOWN_SENDER and name else None


_FOLLOWS: dict[Decision, Callable[[_Matter], str | None]] = {
    Decision.CODE: _code,
    Decision.ASK_AGAIN: _ask_again,
    Decision.WITHDRAW: _withdraw,
    Decision.WRONG_PERSON: _wrong_person,
    Decision.ACCEPT: _accept,
    Decision.DISCARD: _discard,
}
