"""How what a stranger told in somebody's place is taken off the record."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from contact.address import Address
from contact.attempt import AttemptState
from contact.audit import Deed
from contact.case import Case, CaseState, Disposition, Ending
from contact.conversation import Talk
from contact.destination import NOT_KNOWN, REFUSED, Destination, Source
from contact.disowning import forget_words
from contact.ports import Work

#: How an ending says that the answer it rested on was a stranger's.
BY_A_STRANGER = "wrong_person"


def take_back(work: Work, address: Address, case: Case | None, now: datetime) -> bool:
    """Undo what ``address`` told in ``case``, now that a stranger answers there; whether it had.

    Codes told from there in this case are removed (the audit keeps which), the
    words of that case deleted, and its try did not reach them. A case that had
    ended with such a code has a later ending: nobody reached, 810. What was
    told there in an earlier case was told by themselves, and stays.
    """
    if case is None:
        return False
    for reply in work.replies.of(address.alumnus):
        if reply.case == case.id and reply.endpoint == address.endpoint:
            forget_words(work, reply)
    _forget_talk(work, case, address)
    told = list(_told_there(work, case, address))
    for each in told:
        work.destinations.take_back(each.id)
        work.audit.write(
            Deed(now, "service", "take_back", case.alumnus, f"case:{case.id}", each.code)
        )
    if not told:
        return False
    for attempt in work.attempts.of(case.id):
        if attempt.state is AttemptState.ANSWERED and attempt.address == address.id:
            missed = replace(attempt, state=AttemptState.FAILED, outcome=BY_A_STRANGER)
            work.attempts.save(missed)
    if case.state is CaseState.ENDED:
        _end_anew(work, case, [each.code for each in told], now)
    return True


def _told_there(work: Work, case: Case, address: Address) -> Iterator[Destination]:
    """The codes of the case that a reply from that address told, and a refusal that came there."""
    refused = _refused_to_say(work, case) and _spoken_at(work, case, address)
    for each in work.destinations.of(case.alumnus):
        reply = work.replies.get(each.reply) if each.reply else None
        told = reply is not None and reply.endpoint == address.endpoint
        if each.case == case.id and (told or (each.code == REFUSED and refused)):
            yield each


def _refused_to_say(work: Work, case: Case) -> bool:
    """Whether "prefer not to say" ended it; a stop did something else, and stands."""
    endings = work.cases.endings(case.id)
    return bool(endings) and endings[-1].detail == "prefer_not_to_say"


def _spoken_at(work: Work, case: Case, address: Address) -> bool:
    talk = work.conversations.of_case(case.id)
    return talk is not None and talk.endpoint == address.endpoint


def _forget_talk(work: Work, case: Case, address: Address) -> None:
    talk = work.conversations.of_case(case.id)
    if talk is not None and talk.endpoint == address.endpoint:
        work.conversations.save(replace(talk, talk=Talk(None, talk.talk.script)))


def _end_anew(work: Work, case: Case, codes: list[str], now: datetime) -> None:
    """Its ending rested on what was taken back: nobody was reached after all."""
    endings = work.cases.endings(case.id)
    if not endings or endings[-1].code not in codes:
        return
    work.cases.end(Ending(case.id, now, Disposition.NON_CONTACT, BY_A_STRANGER, NOT_KNOWN))
    work.destinations.add(
        Destination(uuid4(), case.alumnus, NOT_KNOWN, Source.SERVICE, now, case.id)
    )
