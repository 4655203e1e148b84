"""A reply that is nobody's we know, or that of one of several people on one phone."""

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from bot.attribution import are_of_several_schools
from bot.effects import Turn, say
from bot.keywords import OPT_OUT, bare
from bot.looping import LOOP_WITHIN, is_signposted, loops
from bot.received import Received
from bot.speech import Speech
from bot.step import Say
from contact.address import Endpoint, Standing
from contact.alumnus import Alumnus
from contact.desk import Desk
from contact.flag import FlagKind
from contact.flagging import raise_flag
from contact.message import MessageKind
from contact.ports import Work
from contact.reply import Inbound, Label, Reply
from contact.school import School
from contact.withdrawal import schools_of, stop_endpoint

#: What a text says where it may be about the alumnus of one school or of another.
_NO_SCHOOL = {"school": "your school", "safeguarding_contact": "somebody who can help"}


def of_nobody(
    work: Work,
    inbound: Inbound,
    endpoint: Endpoint,
    desk: Desk,
    speech: Speech,
    now: datetime,
    own: School | None = None,
) -> Received:
    """A number nobody gave us: kept for staff, obeyed when it says stop, and a worry is urgent.

    ``own`` is the school whose number was texted, where it has one of its own.
    """
    reply = unclaimed(inbound, endpoint, now)
    if not work.replies.keep(reply):
        return Received.REPEAT
    heard = _heard(inbound, speech)
    if Label.STOP in heard:
        stop_endpoint(work, endpoint.id, None, schools_of(work, endpoint.id, desk.schools), now)
    if Label.DISTRESS in heard:
        # Nobody knows whose leaver it is: then every school is told at once.
        for school in [own] if own else desk.schools.values():
            subject = f"worry:{endpoint.id}:{school.id}"
            raise_flag(work, FlagKind.WORRY, school, now, reply=reply.id, subject=subject)
    _flag_unknown(work, reply, own, now)
    return Received.UNKNOWN


def of_one_of(
    work: Work,
    inbound: Inbound,
    endpoint: Endpoint,
    people: tuple[Alumnus, ...],
    desk: Desk,
    speech: Speech,
    now: datetime,
) -> Received:
    """One of ``people`` wrote: ask which, by first name only; a worry or a stop needs no name."""
    reply = unclaimed(inbound, endpoint, now)
    if not work.replies.keep(reply):
        return Received.REPEAT
    school = desk.schools.get(people[0].school)
    if school is None:
        return Received.KEPT
    language = speech.language_of(inbound.text, None, school)
    turn = Turn(
        work, desk, speech, people[0], school, reply, endpoint, None, None, now, language=language
    )
    apart = are_of_several_schools(people)
    heard = _heard(inbound, speech)
    looping = loops(work.replies.lately(reply, now - LOOP_WITHIN))
    if Label.STOP in heard:
        work.addresses.endpoint_stands(endpoint.id, Standing.OPTED_OUT)
        _flag_each(turn, people, FlagKind.SHARED_STOP)
    if Label.DISTRESS in heard:
        _flag_each(turn, people, FlagKind.WORRY)
        if looping and is_signposted(work, turn.person.id, now):
            return Received.KEPT
        line = "signpost.worry_stop" if Label.STOP in heard else "signpost.worry"
        say(turn, Say(MessageKind.SIGNPOST, line, _NO_SCHOOL if apart else {}))
        return Received.ANSWERED
    if apart:
        # Asking by name would tell one school's alumnus of another's.
        _flag_unknown(work, reply, None, now)
    if apart or Label.STOP in heard or looping:
        return Received.KEPT
    names = ", ".join(
        f"{number} {each.profile.first_name}" for number, each in enumerate(people, start=1)
    )
    say(turn, Say(MessageKind.CLARIFY, "which", {"names": names}))
    return Received.ANSWERED


def _flag_unknown(work: Work, reply: Reply, school: School | None, now: datetime) -> None:
    subject = f"unknown_sender:{reply.endpoint}"
    raise_flag(work, FlagKind.UNKNOWN_SENDER, school, now, reply=reply.id, subject=subject)


def unclaimed(inbound: Inbound, endpoint: Endpoint, now: datetime) -> Reply:
    """The reply as it is kept before we know whose it is."""
    return Reply(uuid4(), inbound.channel, inbound.provider_id, endpoint.id, now, inbound.text)


def _heard(inbound: Inbound, speech: Speech) -> set[Label]:
    """What is looked for in every reply, whoever sent it: stop words and worry."""
    reading = speech.hear(inbound.text, None)
    heard = {reading.label, *reading.flags} & {Label.STOP, Label.DISTRESS}
    if inbound.opt_out == "STOP" or bare(inbound.text) in OPT_OUT:
        heard.add(Label.STOP)
    return heard


def _flag_each(turn: Turn, people: Iterable[Alumnus], kind: FlagKind) -> None:
    for each in people:
        school = turn.desk.schools.get(each.school, turn.school)
        raise_flag(
            turn.work,
            kind,
            school,
            turn.now,
            alumnus=each.id,
            # Of a stop each school learns that it came, not what was said of whom.
            reply=turn.reply.id if kind is FlagKind.WORRY else None,
            subject=f"{kind}:{each.id}:{turn.endpoint.id}",
        )
