"""The daily reminder of a school's staff: what is due and overdue, and nothing about anybody."""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contact.errors import GatewayAway
from contact.flag import Flag
from contact.hours import LONDON, end_of_day, london_day
from contact.notice import Letter, Post
from contact.ports import Clock, Memory, Work
from scheduler.agenda import Entry, standing
from scheduler.plan import Plan, Plans
from scheduler.ticking_off import ticked_off

log = logging.getLogger(__name__)

#: Flags and dates that are named one by one.
_SHOWN = 30
#: When an e-mail that was refused is tried again: longer than any send time-out.
_AGAIN = timedelta(minutes=15)
_FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Digest:
    """What a school's staff are reminded of on ``day``.

    ``flags`` are the open ones that are due by the end of it, each with the
    reference of whom it is about; ``entries`` the work of the procedure that is
    late or due soon and was not ticked off.
    """

    school: str
    day: date
    flags: tuple[tuple[Flag, str], ...]
    entries: tuple[Entry, ...]


async def remind(
    memory: Memory, post: Post, plans: Plans, mailboxes: Mapping[str, str], clock: Clock
) -> int:
    """Send today's digests that have not gone yet; how many were handed over.

    One a school and working day, from its opening hour on, to ``mailboxes`` by
    school; none where nothing is due. It is claimed before it is sent: a mail
    server that refuses is tried again, a process that dies with it is not.
    """
    handed_over = 0
    for plan in plans.values():
        to, now = mailboxes.get(plan.school.id), clock()
        if to is None or not _is_time(plan, now):
            continue
        letter = await memory.write(_claimed, plan, to, now, only=len(plans) == 1)
        if letter is not None:
            handed_over += await _handed_over(memory, post, plan.school.id, letter, clock)
    return handed_over


async def _handed_over(
    memory: Memory, post: Post, school: str, letter: Letter, clock: Clock
) -> bool:
    day = london_day(clock())
    try:
        await post.send(letter)
    except GatewayAway as error:
        log.warning("the reminder of %s was not taken: %s", school, error)
        later = clock() + _AGAIN
        await memory.write(lambda work: work.reminders.refused(school, day, later))
        return False
    await memory.write(lambda work: work.reminders.sent(school, day, clock()))
    return True


def _is_time(plan: Plan, now: datetime) -> bool:
    """Whether staff are at work: on a weekday that is no holiday, once the school has opened."""
    today = london_day(now)
    span = plan.school.hours.open_on(today)
    return today.weekday() <= _FRIDAY and span is not None and now >= span[0]


def _claimed(work: Work, plan: Plan, to: str, now: datetime, *, only: bool) -> Letter | None:
    """The e-mail to send now; None where it went already, or there is nothing to say."""
    school, today = plan.school.id, london_day(now)
    if not work.reminders.claim(school, today, now):
        return None
    digest = digest_of(work, plan, today, only=only)
    if not digest.flags and not digest.entries:
        work.reminders.sent(school, today, now)
        return None
    return letter(to, digest, now)


def digest_of(work: Work, plan: Plan, day: date, *, only: bool = False) -> Digest:
    """What is due at a school on ``day``; with ``only``, also what belongs to no school."""
    theirs = (plan.school.id, None) if only else (plan.school.id,)
    due = [each for each in work.flags.list() if each.due_at <= end_of_day(day)]
    work_left = standing(plan, day, ticked_off(work))
    return Digest(
        plan.school.id,
        day,
        tuple((each, _reference(work, each)) for each in due if each.school in theirs),
        (*work_left.overdue, *work_left.soon),
    )


def letter(to: str, digest: Digest, now: datetime) -> Letter:
    """The e-mail: counts, kinds, references and dates; never a name, a number or a word."""
    day = f"{digest.day:%A} {digest.day.day} {digest.day:%B %Y}"
    flags, dates = len(digest.flags), len(digest.entries)
    parts = [_counted(flags, "flag")] * bool(flags) + [_counted(dates, "date")] * bool(dates)
    school = digest.school
    lines = [
        *_flag_lines(digest.flags, now),
        *_date_lines(digest.entries, digest.day),
        f"To see the flags:   followup flags list --school {school}",
        f"To decide:          followup review --school {school}",
        f"To see the dates:   followup agenda --school {school}",
        "",
        "Who it is about and what they wrote is not in this e-mail, on purpose.",
        "",
    ]
    return Letter(to, f"{school}: {' and '.join(parts)} to look at, {day}", "\n".join(lines))


def _flag_lines(flags: Sequence[tuple[Flag, str]], now: datetime) -> Iterator[str]:
    if not flags:
        return
    overdue = sum(flag.due_at < now for flag, _ in flags)
    kinds = Counter(str(flag.kind) for flag, _ in flags)
    yield f"{_counted(len(flags), 'flag')} due today or before, {overdue} overdue:"
    yield "  " + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    for flag, reference in flags[:_SHOWN]:
        late = "  OVERDUE" if flag.due_at < now else ""
        due = (flag.due_at - timedelta(minutes=1)).astimezone(LONDON)
        yield f"  flag {flag.id}  {flag.severity}  {flag.kind}  {reference}  {due:%a %d %b}{late}"
    yield ""


def _date_lines(entries: Sequence[Entry], today: date) -> Iterator[str]:
    if not entries:
        return
    passed = sum(each.is_overdue(today) for each in entries)
    yield f"{_counted(len(entries), 'date')} of the procedure, {passed} of them past:"
    for each in entries[:_SHOWN]:
        late = "  PAST" if each.is_overdue(today) else ""
        whose = f"leavers of {each.leaving_year}: " if each.leaving_year else ""
        what = f"{whose}{each.text} ({each.who})"
        yield f"  {each.due:%a %d %b}  {what}{late}"
    yield ""


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _reference(work: Work, flag: Flag) -> str:
    person = work.alumni.get(flag.alumnus) if flag.alumnus else None
    return person.reference if person else "-"
