"""What a turn of the conversation does to the house: facts, flags, the case, and the answer."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from uuid import uuid4

from bot.answers import Finding
from bot.speech import Speech
from bot.step import Outcome, Say, Step, confirm
from bot.when import when
from contact.address import Address, Endpoint, Standing
from contact.alumnus import Alumnus
from contact.case import Case, CaseState, Disposition, Ending
from contact.consent import Purpose
from contact.conversation import Conversation
from contact.desk import Desk
from contact.destination import REFUSED, Destination, Source
from contact.disowning import disown, forget_words
from contact.flag import FlagKind
from contact.flagging import raise_flag
from contact.hours import deadline, london_day
from contact.message import Delivery, Message
from contact.opening import answer, end_case, heard_from
from contact.ports import Work
from contact.reminding import AFTER, put_off
from contact.rendering import facts_of
from contact.reply import Reading, Reply
from contact.school import ENGLISH, School
from contact.speaking import in_language
from contact.taking_back import take_back
from contact.withdrawal import schools_of, stop_endpoint, withdraw

#: A reply goes out before anything we start.
_FIRST = 0


@dataclass
class Turn:
    """One reply with everything that may follow from it."""

    work: Work
    desk: Desk
    speech: Speech
    person: Alumnus
    school: School
    reply: Reply
    endpoint: Endpoint
    case: Case | None
    talk: Conversation | None
    now: datetime
    #: Whether it told us a usable answer for a case that runs.
    coded: bool = False

    took_back: bool = False
    language: str = ENGLISH

    @property
    def reading(self) -> Reading:
        """What was read in the reply."""
        assert self.reply.reading is not None  # noqa: S101  a claimed reply has been read
        return self.reply.reading

    @cached_property
    def address(self) -> Address | None:
        """The person's address at the endpoint they wrote from."""
        mine = self.work.addresses.of(self.person.id)
        return next((each for each in mine if each.endpoint == self.endpoint.id), None)

    @cached_property
    def withdrawn(self) -> bool:
        """Whether they had said stop before this reply."""
        consents = self.work.consents
        if consents.live(self.person.id, Purpose.TRACKING) is not None:
            return False
        return any(each.withdrawn_at for each in consents.of(self.person.id))

    @property
    def running(self) -> bool:
        """Whether the case it is about has not ended."""
        return self.case is not None and self.case.state is not CaseState.ENDED

    @property
    def is_too_late(self) -> bool:
        """Whether the case ended so long ago that the reply is for staff."""
        if self.case is None or self.case.ended_at is None:
            return self.case is None
        return self.now > self.case.ended_at + timedelta(days=self.case.terms.late_reply_days)


def apply(turn: Turn, taken: Step) -> bool:
    """Do what a step comes to; whether an answer goes out."""
    _keep_talk(turn, taken)
    if taken.destination is not None:
        _learn(turn, taken.destination)
    taken = _OUTCOMES.get(taken.outcome, _nothing)(turn, taken) or taken
    for kind in taken.flags:
        flag(turn, kind, "answer_taken_back" if turn.took_back else taken.detail)
    return taken.say is not None and say(turn, taken.say)


def say(turn: Turn, what: Say) -> bool:
    """Plan the one answer to a reply; False where it has one, or there is no way to answer."""
    address = turn.address
    if address is None:
        return False
    facts = {**facts_of(turn.person, turn.school), **what.facts}
    line = in_language(what.line, turn.language)
    return turn.work.messages.plan(
        Message(
            id=uuid4(),
            alumnus=turn.person.id,
            address=address.id,
            channel=address.channel,
            kind=what.kind,
            line=line,
            delivery=Delivery.PLANNED,
            created_at=turn.now,
            not_before=turn.now,
            case=turn.case.id if turn.case else None,
            in_reply_to=turn.reply.id,
            text=turn.desk.words.render(line, facts, address.channel),
            school=turn.school.id,
            priority=_FIRST,
        )
    )


def _keep_talk(turn: Turn, taken: Step) -> None:
    # A stranger's words are no part of it, whichever address it is on by now.
    if turn.talk is not None and FlagKind.WRONG_PERSON not in taken.flags:
        turn.talk = replace(turn.talk, talk=taken.talk, updated_at=turn.now)
        turn.work.conversations.save(turn.talk)
    if turn.address is not None and turn.address.standing in (Standing.UNTRIED, Standing.FAILING):
        turn.work.addresses.stands(turn.address.id, Standing.WORKS)


def _learn(turn: Turn, found: Finding) -> None:
    """A destination, dated by its arrival; 830 ends the case and is stored with its ending."""
    if found.code == REFUSED:
        return
    slots = found.slots
    begun = _told_in_this_case(turn)
    store = turn.work.destinations.refine if begun else turn.work.destinations.add
    store(
        Destination(
            id=begun.id if begun else uuid4(),
            alumnus=turn.person.id,
            code=found.code,
            source=Source.ALUMNUS,
            known_since=begun.known_since if begun else turn.now,
            case=turn.case.id if turn.case else None,
            reply=turn.reply.id,
            provider=slots.provider,
            employer=slots.employer,
            course=slots.course,
            level=slots.level,
            start=slots.start,
            urn=slots.urn,
            ukprn=slots.ukprn,
        )
    )
    # What a usable answer means for a case that runs follows with its outcome.
    turn.coded = turn.running
    if turn.case is not None and not turn.running:
        turn.work.cases.end(
            Ending(turn.case.id, turn.now, Disposition.PARTIAL, "late_reply", found.code)
        )


def _told_in_this_case(turn: Turn) -> Destination | None:
    """The spell they are telling us about now: later answers add to it, and correct it.

    Once the case has ended, what they tell us is another spell.
    """
    if turn.case is None or not turn.running:
        return None
    told = turn.work.destinations.of(turn.person.id)
    return next(
        (each for each in told if each.case == turn.case.id and each.source is Source.ALUMNUS),
        None,
    )


def _end(turn: Turn, disposition: Disposition, detail: str, code: str | None) -> None:
    if turn.case is None:
        return
    if turn.running:
        answer(turn.work, turn.case, turn.now)
        end_case(turn.work, turn.case, disposition, detail, turn.now, code)
    else:
        ending = Ending(turn.case.id, turn.now, disposition, "late_reply", code)
        turn.work.cases.end(ending)


def _complete(turn: Turn, taken: Step) -> None:
    _end(turn, Disposition.COMPLETE, "answered", taken.talk.code)


def _partial(turn: Turn, taken: Step) -> None:
    _end(turn, Disposition.PARTIAL, "would_not_say_more", taken.talk.code)


def _refused(turn: Turn, taken: Step) -> None:
    _end(turn, Disposition.REFUSAL, "prefer_not_to_say", REFUSED)


def _stopped(turn: Turn, taken: Step) -> None:
    schools = schools_of(turn.work, turn.endpoint.id, turn.desk.schools)
    stop_endpoint(turn.work, turn.endpoint.id, turn.person.id, schools, turn.now)
    if FlagKind.WRONG_PERSON in taken.flags:
        # A stranger's stop closes their phone; whose permission it is has not spoken.
        _not_theirs(turn)
        return
    withdraw(turn.work, turn.person.id, turn.school, turn.now, f"reply on {turn.reply.channel}")


def _wrong_person(turn: Turn, taken: Step) -> None:
    """Stop at once: the address is not theirs, and the stranger's words are deleted."""
    _not_theirs(turn)


def _not_theirs(turn: Turn) -> None:
    if turn.address is not None:
        disown(turn.work, turn.address, turn.now)
        turn.took_back = take_back(turn.work, turn.address, turn.case, turn.now)
    forget_words(turn.work, turn.reply)


def _asking(turn: Turn, taken: Step) -> None:
    if turn.case is not None and turn.running:
        later = turn.school.hours.next_open(turn.now + AFTER)
        until = deadline(turn.now, turn.case.terms.reply_days)
        look_at = min(later, until)
        heard_from(turn.work, turn.case, turn.now, look_at, coded=turn.coded)


def _later(turn: Turn, taken: Step) -> Step:
    """An appointment at the time they named, and an answer that promises no other."""
    _asking(turn, taken)
    wish, at = when(turn.reply.text or "", turn.now), None
    if turn.case is not None and turn.talk is not None and turn.running:
        at = put_off(turn.work, turn.case, turn.talk, turn.desk, turn.now, wish)
    if at is None:
        # Whoever has told what they do is nudged tomorrow in any case.
        line = "later" if taken.talk.code and wish is None else "later.last"
        return replace(taken, say=confirm(line))
    if wish is None:
        return taken
    day = london_day(at)
    if day == london_day(turn.now):
        return replace(taken, say=confirm("later.today"))
    return replace(taken, say=replace(confirm("later.on"), facts={"day": day.isoformat()}))


def _call_back(turn: Turn, taken: Step) -> Step:
    """Staff ring them: the flag says when they asked to be rung."""
    _asking(turn, taken)
    wish = when(turn.reply.text or "", turn.now)
    return taken if wish is None else replace(taken, detail=f"ring_me {wish:%Y-%m-%d %H:%M}")


def _nothing(turn: Turn, taken: Step) -> None:
    """Nothing follows for the case, unless it was answered all the same."""
    if turn.case is not None and turn.coded:
        answer(turn.work, turn.case, turn.now)


_OUTCOMES: dict[Outcome, Callable[[Turn, Step], Step | None]] = {
    Outcome.COMPLETE: _complete,
    Outcome.PARTIAL: _partial,
    Outcome.REFUSED: _refused,
    Outcome.STOPPED: _stopped,
    Outcome.WRONG_PERSON: _wrong_person,
    Outcome.ASKING: _asking,
    Outcome.LATER: _later,
    Outcome.CALL_BACK: _call_back,
    Outcome.PASSED_TO_STAFF: _asking,
    Outcome.WORRY: _asking,
}


def flag(
    turn: Turn, kind: FlagKind, detail: str | None = None, *, subject: str | None = None
) -> None:
    """Put the reply before staff; once for a ``subject`` while that flag is open."""
    raise_flag(
        turn.work,
        kind,
        turn.school,
        turn.now,
        alumnus=turn.person.id,
        case=turn.case.id if turn.case else None,
        reply=turn.reply.id,
        subject=subject,
        detail=detail,
    )
