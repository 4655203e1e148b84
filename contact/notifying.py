"""How a school is told at once of a worry, by e-mail and without what was written."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from contact.errors import GatewayAway
from contact.flag import Flag, FlagKind
from contact.flagging import raise_flag
from contact.hours import LONDON
from contact.mailbox import read_mailbox
from contact.notice import Letter, Notice, Post
from contact.ports import Clock, Memory, Work
from contact.school import School

log = logging.getLogger(__name__)

#: Handed over one after the other, so many in a pass.
_AT_ONCE = 20
#: A try that failed is made again after 2, 4, 8 … minutes, at most this. It is
#: longer than any send time-out, so that no other process sends it meanwhile.
_LONGEST_WAIT = timedelta(minutes=30)
#: From so many tries on, staff see that the mail does not work.
_TOO_OFTEN = 3


@dataclass(frozen=True, slots=True)
class Told:
    """A notice whose turn it is, with the e-mail to send."""

    notice: Notice
    letter: Letter


async def tell_schools(
    memory: Memory, post: Post, schools: Mapping[str, School], clock: Clock
) -> int:
    """Send the notices that are due; how many were handed over.

    Never lost: a notice is stored with its flag, counted before it is sent
    and tried again until the mail took it or the flag is closed. A crash
    after the sending sends it twice, which is better than not at all.
    """
    handed_over = 0
    for told in await memory.write(_claimed, schools, clock()):
        try:
            await post.send(told.letter)
        except GatewayAway as error:
            log.warning("notice %d was not taken: %s", told.notice.id, error)
            if told.notice.tries + 1 >= _TOO_OFTEN:
                await memory.write(_mail_is_down, schools[told.notice.school], clock())
            continue
        await memory.write(_done, told.notice.id, clock())
        handed_over += 1
    return handed_over


def _claimed(work: Work, schools: Mapping[str, School], now: datetime) -> list[Told]:
    """The notices to send now, each put off in case this process dies with it."""
    claimed = []
    for notice in work.notices.due(now, _AT_ONCE):
        letter = _letter(work, notice, schools.get(notice.school))
        if letter is None:
            work.notices.sent(notice.id, now)
        elif work.notices.claim(notice, now + _wait(notice.tries + 1)):
            claimed.append(Told(notice, letter))
    return claimed


def _wait(tries: int) -> timedelta:
    # Beyond the fifth try two to its power is past the longest wait anyway.
    return min(timedelta(minutes=2 ** min(tries, 5)), _LONGEST_WAIT)


def _done(work: Work, which: int, now: datetime) -> None:
    work.notices.sent(which, now)


def _mail_is_down(work: Work, school: School, now: datetime) -> None:
    subject = "channel_down:notices"
    raise_flag(work, FlagKind.CHANNEL_DOWN, school, now, subject=subject, detail="smtp")


def _letter(work: Work, notice: Notice, school: School | None) -> Letter | None:
    """The e-mail; None where there is nobody to tell, or nothing left to look at."""
    flag = work.flags.get(notice.flag)
    to = mailbox_of(school)
    if flag is None or flag.closed_at is not None or to is None:
        return None
    person = work.alumni.get(flag.alumnus) if flag.alumnus else None
    return letter(to, flag, person.reference if person else "from a number nobody gave us")


def letter(to: str, flag: Flag, reference: str) -> Letter:
    """What a school is told of ``flag``: never a name, a number or a word of the reply."""
    opened, due = (at.astimezone(LONDON) for at in (flag.opened_at, flag.due_at))
    return Letter(
        to,
        f"Please look by {due:%H:%M}: a leaver may need help ({reference})",
        f"A leaver wrote something that may mean that they need help.\n\n"
        f"Reference: {reference}\n"
        f"Written:   {opened:%A} {opened.day} {opened:%B %Y, %H:%M}\n"
        f"Look by:   {due:%A} {due.day} {due:%B %Y, %H:%M}\n\n"
        f"To read it:   followup flags show {flag.id}\n"
        f"To decide:    followup review\n\n"
        f"What they wrote is not in this e-mail, on purpose. Our answer to them names 999 and "
        f"the helplines; nothing else goes out to them until the flag is closed.\n",
    )


def mailbox_of(school: School | None) -> str | None:
    """The e-mail address of a school's safeguarding contact, None where it is something else."""
    return read_mailbox(school.safeguarding_contact)[0] if school else None
