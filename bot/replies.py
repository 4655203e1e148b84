"""Everything inbound: one reply, one transaction, one answer at most."""

from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from bot.attribution import Whose, attribute
from bot.conversation import step
from bot.effects import Turn, apply, say
from bot.joining import Joined, join, token_in
from bot.keywords import HELP, OPT_OUT, bare
from bot.speech import Speech
from bot.step import Outcome, Say, Step
from contact.address import ChannelName, Endpoint, Standing
from contact.alumnus import Alumnus
from contact.case import Case
from contact.consent import Purpose
from contact.conversation import Conversation
from contact.desk import Desk
from contact.flag import FlagKind
from contact.flagging import raise_flag
from contact.message import MessageKind
from contact.ports import Work
from contact.reply import Inbound, Label, Reply
from contact.school import School
from contact.withdrawal import consent_again

#: The same words from the same phone within this time are one answer.
TWICE_WITHIN = timedelta(seconds=10)
#: More replies than this within the time below is a machine that answers ours.
LOOP_COUNT = 12
LOOP_WITHIN = timedelta(minutes=10)
#: Words that ask to hear from us again. YES is never one of them.
START = frozenset(("start", "unstop", "/start"))
#: What is obeyed and answered however late it comes.
_ALWAYS_HEARD = (Outcome.STOPPED, Outcome.WORRY, Outcome.WRONG_PERSON)


class Received(StrEnum):
    """What a reply came to, in a word; ``REPEAT`` was here before and changed nothing."""

    ANSWERED = "answered"
    KEPT = "kept"
    REPEAT = "repeat"
    UNKNOWN = "unknown"


def receive(work: Work, inbound: Inbound, desk: Desk, speech: Speech, now: datetime) -> Received:
    """Keep a reply and do what it asks for; harmless when it comes twice.

    The caller wakes the dispatcher after the commit: what we answer is a
    planned message like any other.
    """
    endpoint = work.addresses.meet(inbound.channel, inbound.sender, uuid4())
    token = token_in(inbound.text) if inbound.channel is ChannelName.TELEGRAM else None
    if token:
        return _joining(work, inbound, token, endpoint, desk, speech, now)
    found = attribute(work, endpoint, inbound.text)
    if found.alumnus is None:
        return _nobodys(work, inbound, endpoint, found, desk, speech, now)
    work.alumni.lock(found.alumnus.id)
    school = desk.schools.get(found.alumnus.school)
    if school is None:
        return _stranger(work, inbound, endpoint, now)
    return _theirs(work, inbound, endpoint, found, school, desk, speech, now)


def _joining(
    work: Work,
    inbound: Inbound,
    token: str,
    endpoint: Endpoint,
    desk: Desk,
    speech: Speech,
    now: datetime,
) -> Received:
    """Somebody came by an invitation: welcome them, or leave them to staff."""
    joined, person = join(work, token, inbound.sender, desk, now)
    school = desk.schools.get(person.school) if person else None
    if person is None or school is None or joined not in (Joined.WELCOME, Joined.AGAIN):
        return _stranger(work, inbound, endpoint, now)
    reply = replace(_unclaimed(inbound, endpoint, now), alumnus=person.id, text=None)
    if not work.replies.keep(reply):
        return Received.REPEAT
    turn = Turn(work, desk, speech, person, school, reply, endpoint, None, None, now)
    if joined is Joined.WELCOME:
        say(turn, Say(MessageKind.CONFIRMATION, "welcome"))
    return Received.ANSWERED


def _theirs(
    work: Work,
    inbound: Inbound,
    endpoint: Endpoint,
    found: Whose,
    school: School,
    desk: Desk,
    speech: Speech,
    now: datetime,
) -> Received:
    person = found.alumnus
    assert person is not None  # noqa: S101  the caller has looked
    case, talk = _where_it_stands(work, person, endpoint, speech, now)
    question = talk.talk.question if talk else None
    reading = speech.hear(inbound.text, talk.talk if talk else None)
    reply = Reply(
        id=uuid4(),
        channel=inbound.channel,
        provider_id=inbound.provider_id,
        endpoint=endpoint.id,
        received_at=now,
        text=inbound.text,
        alumnus=person.id,
        case=case.id if case else None,
        question=question,
        reading=reading,
    )
    if not work.replies.keep(reply):
        return Received.REPEAT
    turn = Turn(work, desk, speech, person, school, reply, endpoint, case, talk, now)
    if found.candidates:
        _claim_earlier(turn)
    return _answer(turn, inbound)


def _where_it_stands(
    work: Work, person: Alumnus, endpoint: Endpoint, speech: Speech, now: datetime
) -> tuple[Case | None, Conversation | None]:
    """The case a reply is about and its talk: the one that runs, else the last one."""
    case = work.cases.current(person.id)
    if case is None:
        talk = work.conversations.last_on(endpoint.id)
        if talk is None or talk.alumnus != person.id:
            return None, None
        return work.cases.get(talk.case), talk
    talk = work.conversations.of_case(case.id)
    if talk is None and work.conversations.on(endpoint.id) is None:
        # The new case has not asked yet: what they write answers it all the same.
        talk = Conversation(uuid4(), person.id, endpoint.id, case.id, speech.opening(), now, now)
        work.conversations.open(talk)
    return case, talk


def _answer(turn: Turn, inbound: Inbound) -> Received:
    work, reply, now = turn.work, turn.reply, turn.now
    if inbound.opt_out == "START" or bare(inbound.text) in START:
        return _start(turn, inbound)
    if _is_repeated(turn):
        return Received.KEPT
    if work.replies.count_since(turn.endpoint.id, now - LOOP_WITHIN) > LOOP_COUNT:
        subject = f"loop:{turn.endpoint.id}"
        _flag(turn, FlagKind.UNCLEAR, subject=subject, detail="too_many_replies")
        return Received.KEPT
    taken = _step(turn, inbound)
    if turn.withdrawn and taken.outcome not in (Outcome.STOPPED, Outcome.WORRY):
        return _after_a_stop(turn, taken)
    if turn.is_too_late and taken.outcome not in _ALWAYS_HEARD:
        _flag(turn, FlagKind.LATE_REPLY, subject=f"late_reply:{reply.id}")
        return Received.KEPT
    return Received.ANSWERED if apply(turn, taken) else Received.KEPT


def _step(turn: Turn, inbound: Inbound) -> Step:
    text = "STOP" if inbound.opt_out == "STOP" else inbound.text
    talk = turn.talk.talk if turn.talk else replace(turn.speech.opening(), question=None)
    reading = turn.reading
    if inbound.opt_out == "STOP" and Label.STOP not in (reading.label, *reading.flags):
        reading = replace(reading, flags=(*reading.flags, Label.STOP))
    taken = step(talk, reading, text, turn.speech.survey)
    if inbound.opt_out is not None and taken.say is not None:
        # The gateway has confirmed it itself; only a signpost is still ours to send.
        silent = taken.say.kind is not MessageKind.SIGNPOST
        taken = replace(taken, say=None) if silent else taken
    return taken


def _start(turn: Turn, inbound: Inbound) -> Received:
    """START restores tracking on this endpoint, with the reply as evidence; YES never does."""
    past = [
        each for each in turn.work.consents.of(turn.person.id) if each.purpose is Purpose.TRACKING
    ]
    until = past[-1].until if past else turn.now.date()
    evidence = f"reply {turn.reply.id}"
    again = consent_again(turn.work, turn.person.id, turn.endpoint.id, until, turn.now, evidence)
    if again and inbound.opt_out is None:
        say(turn, Say(MessageKind.CONFIRMATION, "start.confirmed"))
        return Received.ANSWERED
    return Received.KEPT


def _after_a_stop(turn: Turn, taken: Step) -> Received:
    """Somebody who stopped us wrote: HELP is answered, the rest is kept for staff, uncoded."""
    if bare(turn.reply.text or "") in HELP:
        say(turn, Say(MessageKind.CONFIRMATION, "opted_out"))
        return Received.ANSWERED
    if taken.outcome is not Outcome.NOTHING or turn.reading.label is not Label.OUT_OF_SCOPE:
        _flag(turn, FlagKind.LATE_REPLY, subject=f"late_reply:{turn.reply.id}", detail="stopped")
    return Received.KEPT


def _is_repeated(turn: Turn) -> bool:
    """Whether this is the same answer again, and we did not ask again in between."""
    work, reply, since = turn.work, turn.reply, turn.now - TWICE_WITHIN
    if not work.replies.repeats(reply, since):
        return False
    same = (each for each in work.replies.of(turn.person.id) if each.text == reply.text)
    first = max((each.received_at for each in same if each.id != reply.id), default=since)
    ours = work.messages.of_case(turn.case.id) if turn.case else ()
    return not any(message.accepted_at and message.accepted_at > first for message in ours)


def _claim_earlier(turn: Turn) -> None:
    """They said whose the earlier replies on this shared phone were, too."""
    for earlier in turn.work.replies.unclaimed(turn.endpoint.id):
        turn.work.replies.save(replace(earlier, alumnus=turn.person.id))
    _flag(turn, FlagKind.SHARED_NUMBER, subject=f"shared_number:{turn.reply.id}")


def _nobodys(
    work: Work,
    inbound: Inbound,
    endpoint: Endpoint,
    found: Whose,
    desk: Desk,
    speech: Speech,
    now: datetime,
) -> Received:
    """Nobody we know, or one of several: ask which, by first name only."""
    if not found.candidates:
        return _stranger(work, inbound, endpoint, now)
    return _which(work, inbound, endpoint, found.candidates, desk, speech, now)


def _stranger(work: Work, inbound: Inbound, endpoint: Endpoint, now: datetime) -> Received:
    """A number nobody gave us: kept for staff, and obeyed when it says stop."""
    if not work.replies.keep(_unclaimed(inbound, endpoint, now)):
        return Received.REPEAT
    if inbound.opt_out == "STOP" or bare(inbound.text) in OPT_OUT:
        work.addresses.endpoint_stands(endpoint.id, Standing.OPTED_OUT)
    raise_flag(work, FlagKind.UNKNOWN_SENDER, None, now, subject=f"unknown_sender:{endpoint.id}")
    return Received.UNKNOWN


def _which(
    work: Work,
    inbound: Inbound,
    endpoint: Endpoint,
    people: tuple[Alumnus, ...],
    desk: Desk,
    speech: Speech,
    now: datetime,
) -> Received:
    reply = _unclaimed(inbound, endpoint, now)
    if not work.replies.keep(reply):
        return Received.REPEAT
    school = desk.schools.get(people[0].school)
    if school is None:
        return Received.KEPT
    turn = Turn(work, desk, speech, people[0], school, reply, endpoint, None, None, now)
    if inbound.opt_out == "STOP" or bare(inbound.text) in OPT_OUT:
        work.addresses.endpoint_stands(endpoint.id, Standing.OPTED_OUT)
        for each in people:
            raise_flag(
                work,
                FlagKind.SHARED_STOP,
                school,
                now,
                alumnus=each.id,
                subject=f"shared_stop:{each.id}:{endpoint.id}",
            )
        return Received.KEPT
    names = ", ".join(
        f"{number} {each.profile.first_name}" for number, each in enumerate(people, start=1)
    )
    say(turn, Say(MessageKind.CLARIFY, "which", {"names": names}))
    return Received.ANSWERED


def _unclaimed(inbound: Inbound, endpoint: Endpoint, now: datetime) -> Reply:
    return Reply(uuid4(), inbound.channel, inbound.provider_id, endpoint.id, now, inbound.text)


def _flag(turn: Turn, kind: FlagKind, *, subject: str, detail: str | None = None) -> None:
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
