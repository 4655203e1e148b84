"""Everything inbound: one reply, one transaction, one answer at most."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from bot.answers import ENDED
from bot.attribution import Whose, attribute
from bot.conversation import step
from bot.effects import Turn, apply, flag, say
from bot.joining import Joined, join, token_in
from bot.keywords import HELP, OPT_IN, bare
from bot.looping import LOOP_WITHIN, is_signposted, loops
from bot.received import Received
from bot.speech import Speech
from bot.step import Outcome, Say, Step
from bot.tongue import noted, put_anew
from bot.unclaimed import of_nobody, of_one_of, unclaimed
from bot.wording import asked_by
from contact.address import ChannelName, Endpoint
from contact.alumnus import Alumnus
from contact.case import Case
from contact.consent import Purpose
from contact.conversation import Conversation, Talk
from contact.desk import Desk
from contact.flag import FlagKind
from contact.message import MessageKind
from contact.ports import Work
from contact.reply import Earlier, Inbound, Label, Reply
from contact.school import School, reached
from contact.speaking import spoken_with
from contact.withdrawal import consent_again

__all__ = ["Received", "receive"]

#: The same words from the same phone within this time are one answer.
TWICE_WITHIN = timedelta(seconds=10)
#: Words that ask to hear from us again. YES is never one of them.
START = frozenset(("start", "unstop", "/start"))
#: What is obeyed and answered however late it comes.
_ALWAYS_HEARD = (Outcome.STOPPED, Outcome.WORRY, Outcome.WRONG_PERSON)


def receive(work: Work, inbound: Inbound, desk: Desk, speech: Speech, now: datetime) -> Received:
    """Keep a reply and do what it asks for; harmless when it comes twice.

    The caller wakes the dispatcher after the commit: what we answer is a
    planned message like any other.
    """
    endpoint = work.addresses.meet(inbound.channel, inbound.sender, uuid4())
    token = token_in(inbound.text) if inbound.channel is ChannelName.TELEGRAM else None
    if token:
        return _joining(work, inbound, token, endpoint, desk, speech, now)
    own = reached(desk.schools, *inbound.reached)
    found = attribute(work, endpoint, inbound.text, own.id if own else None)
    person = found.alumnus
    if person is None:
        if found.candidates:
            return of_one_of(work, inbound, endpoint, found.candidates, desk, speech, now)
        return of_nobody(work, inbound, endpoint, desk, speech, now, own)
    if work.alumni.lock(person.id):
        # Another process may have taken in what they wrote just before.
        found = replace(found, talk=work.conversations.on(endpoint.id))
    school = desk.schools.get(person.school)
    if school is None:
        return of_nobody(work, inbound, endpoint, desk, speech, now)
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
        return of_nobody(work, inbound, endpoint, desk, speech, now)
    reply = replace(unclaimed(inbound, endpoint, now), alumnus=person.id, text=None)
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
    case, talk = _where_it_stands(work, person, found.talk, endpoint, school, speech, now)
    stale = talk is not None and _is_stale(work, inbound, talk)
    question = talk.talk.question if talk and not stale else None
    reading = None if stale else speech.hear(inbound.text, talk.talk if talk else None)
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
    language = speech.language_of(inbound.text, talk.talk if talk else None, school)
    turn = Turn(
        work, desk, speech, person, school, reply, endpoint, case, talk, now, language=language
    )
    if found.candidates:
        _claim_earlier(turn)
    if talk is not None and stale:
        return _ask_anew(turn, talk.talk)
    return _answer(turn, inbound)


def _is_stale(work: Work, inbound: Inbound, talk: Conversation) -> bool:
    """Whether a button was pressed under another question than the one that is open."""
    if inbound.pressed is None or talk.talk.question is None:
        return False
    ours = work.messages.get(inbound.pressed)
    return ours is None or (ours.case, asked_by(ours.line)) != (talk.case, talk.talk.question)


def _ask_anew(turn: Turn, talk: Talk) -> Received:
    """An old button is no answer to a newer question: nothing is recorded, and it is put again."""
    lately = turn.work.replies.lately(turn.reply, turn.now - LOOP_WITHIN)
    again = put_anew(talk, turn.speech.survey).say
    if again is None or turn.withdrawn or _is_repeated(turn, lately) or loops(lately):
        return Received.KEPT
    return Received.ANSWERED if say(turn, again) else Received.KEPT


def _where_it_stands(
    work: Work,
    person: Alumnus,
    here: Conversation | None,
    endpoint: Endpoint,
    school: School,
    speech: Speech,
    now: datetime,
) -> tuple[Case | None, Conversation | None]:
    """The case a reply is about and its talk: the one that runs, else the last one.

    ``here`` is the conversation that is open on the endpoint.
    """
    case = work.cases.current(person.id)
    if case is None:
        return _what_was_last(work, person)
    if here is not None and here.case == case.id:
        return case, here
    talk = work.conversations.of_case(case.id)
    if (talk is not None and talk.closed_at is None) or here is not None:
        return case, talk
    opening = replace(speech.opening(), language=spoken_with(work, case, school))
    if talk is None:
        # The new case has not asked yet: what they write answers it all the same.
        talk = Conversation(uuid4(), person.id, endpoint.id, case.id, opening, now, now)
        work.conversations.open(talk)
        return case, talk
    # It closed because a stranger had answered elsewhere: here it begins anew.
    talk = replace(talk, endpoint=endpoint.id, talk=opening, updated_at=now, closed_at=None)
    work.conversations.save(talk)
    return case, talk


def _what_was_last(work: Work, person: Alumnus) -> tuple[Case | None, Conversation | None]:
    """The last case they were asked in, at whichever of their addresses, and its talk."""
    for case in reversed(work.cases.of(person.id)):
        talk = work.conversations.of_case(case.id)
        if talk is not None:
            return case, talk
    return None, None


def _answer(turn: Turn, inbound: Inbound) -> Received:
    work, reply, now = turn.work, turn.reply, turn.now
    if _starts(inbound):
        return _start(turn, inbound)
    lately = work.replies.lately(reply, now - LOOP_WITHIN)
    if _is_repeated(turn, lately):
        return Received.KEPT
    taken = _step(turn, inbound)
    if loops(lately):
        return _looping(turn, taken)
    if turn.withdrawn and taken.outcome not in _ALWAYS_HEARD:
        return _after_a_stop(turn, taken)
    if taken == Step(taken.talk, Outcome.NOTHING) and ENDED in taken.talk.answers:
        # They came back by START, but that talk is over: staff see what they write.
        return _after_a_stop(turn, taken)
    if turn.is_too_late and taken.outcome not in _ALWAYS_HEARD:
        flag(turn, FlagKind.LATE_REPLY, subject=f"late_reply:{reply.id}")
        return Received.KEPT
    if turn.withdrawn and taken.say is not None and taken.say.kind is not MessageKind.SIGNPOST:
        # Who has been told once that we stop is not told again.
        taken = replace(taken, say=None)
    return Received.ANSWERED if apply(turn, taken) else Received.KEPT


def _starts(inbound: Inbound) -> bool:
    """Whether they ask to hear from us again; a gateway takes YES for that, and we never do."""
    word = bare(inbound.text)
    return word in START or (inbound.opt_out == "START" and word not in OPT_IN)


def _looping(turn: Turn, taken: Step) -> Received:
    """A machine that answers ours gets nothing more; a stop or a worry in it still counts."""
    subject = f"loop:{turn.endpoint.id}"
    flag(turn, FlagKind.UNCLEAR, subject=subject, detail="too_many_replies")
    if taken.outcome not in _ALWAYS_HEARD:
        return Received.KEPT
    signpost = taken.say is not None and taken.say.kind is MessageKind.SIGNPOST
    silent = not signpost or is_signposted(turn.work, turn.person.id, turn.now)
    said = apply(turn, replace(taken, say=None) if silent else taken)
    return Received.ANSWERED if said else Received.KEPT


def _step(turn: Turn, inbound: Inbound) -> Step:
    text = "STOP" if inbound.opt_out == "STOP" else inbound.text
    before = turn.talk.talk if turn.talk else replace(turn.speech.opening(), question=None)
    talk = replace(before, language=turn.language)
    survey = turn.speech.survey_in(turn.language)
    reading = turn.reading
    if inbound.opt_out == "STOP" and Label.STOP not in (reading.label, *reading.flags):
        reading = replace(reading, flags=(*reading.flags, Label.STOP))
    # Whole texts only ask for a language: such a one can hold no stop and no worry.
    asks = turn.speech.asks_for(text, talk, turn.school)
    taken = put_anew(talk, survey) if asks else step(talk, reading, text, survey)
    taken = replace(taken, talk=noted(talk, taken.talk, turn.school.speaks(before.language)))
    if inbound.opt_out in ("STOP", "HELP") and taken.say is not None:
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
        flag(turn, FlagKind.LATE_REPLY, subject=f"late_reply:{turn.reply.id}", detail="stopped")
    return Received.KEPT


def _is_repeated(turn: Turn, lately: Sequence[Earlier]) -> bool:
    """Whether this is the same answer again, and we did not ask again in between."""
    work, reply, since = turn.work, turn.reply, turn.now - TWICE_WITHIN
    if not any(each.same and each.at >= since for each in lately):
        return False
    same = (each for each in work.replies.of(turn.person.id) if each.text == reply.text)
    first = max((each.received_at for each in same if each.id != reply.id), default=since)
    ours = work.messages.of_case(turn.case.id) if turn.case else ()
    return not any(message.accepted_at and message.accepted_at > first for message in ours)


def _claim_earlier(turn: Turn) -> None:
    """They said whose the earlier replies on this shared phone were, too."""
    for earlier in turn.work.replies.unclaimed(turn.endpoint.id):
        turn.work.replies.save(replace(earlier, alumnus=turn.person.id))
    flag(turn, FlagKind.SHARED_NUMBER, subject=f"shared_number:{turn.reply.id}")
