"""Staff are reminded once a working day, of what is due, and read nothing about anybody."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from contact.errors import GatewayAway
from contact.flag import FlagKind
from contact.flagging import raise_flag
from contact.notice import Letter
from scheduler.agenda import standing
from scheduler.digest import remind
from scheduler.plan import Plan
from scheduler.procedure_file import load
from scheduler.term import school_terms
from scheduler.ticking_off import tick_off
from tests.cast import NOW, SCHOOL, add, stage

__all__ = ["stage"]

MAILBOX = "careers@example.org"
CONNELL = replace(SCHOOL, id="connell", name="Connell College", short_name="Connell")
#: A Wednesday in term, 10:30 in London: two days after the agenda has nothing.
WEDNESDAY = NOW
MINUTES = timedelta(minutes=1)


@dataclass
class Mail:
    """A mail server that refuses while the test says so, or takes us down with it."""

    fails: type[BaseException] | None = None
    letters: list[Letter] = field(default_factory=list)

    async def send(self, letter: Letter) -> None:
        if self.fails is not None:
            raise self.fails("no answer")
        self.letters.append(letter)

    async def check(self) -> str:
        return "well"


#: Its own, so that nobody is reminded to fill them in.
TERMS = school_terms(
    {
        "2025-autumn": ("2025-09-02", "2025-12-19"),
        "2026-spring": ("2026-01-05", "2026-03-27"),
        "2026-summer": ("2026-04-13", "2026-07-22"),
    }
)


def plan(school=SCHOOL, procedure="termly"):
    return Plan(school, load(procedure), TERMS, {"form_a": "any"})


async def reminded(stage, mail, now=WEDNESDAY, plans=None, to=MAILBOX):
    plans = plans or {SCHOOL.id: plan()}
    return await remind(stage.memory, mail, plans, dict.fromkeys(plans, to), lambda: now)


def flagged(stage, kind=FlagKind.WORRY, at=WEDNESDAY, school=SCHOOL, name="Amina Yusuf"):
    """Somebody about whom staff must look at something."""

    def use_case(work):
        who = add(work, name)
        number = raise_flag(work, kind, school, at, alumnus=who, subject=f"{kind}:{who}")
        return work.alumni.get(who).reference, number

    return stage.write(use_case)


async def test_what_is_due_and_overdue_is_told_by_number_kind_reference_and_date(stage):
    mail = Mail()
    worry, number = flagged(stage, at=WEDNESDAY - timedelta(hours=3))
    flagged(stage, FlagKind.CALL_BACK, at=WEDNESDAY - timedelta(days=2))
    later, _ = flagged(stage, FlagKind.QUESTION)

    assert await reminded(stage, mail) == 1

    (letter,) = mail.letters
    assert letter.to == MAILBOX
    assert "cansfield: 2 flags to look at, Wednesday 10 September 2025" in letter.subject
    assert "2 flags due today or before, 1 overdue" in letter.text
    assert "1 call_back, 1 worry" in letter.text
    assert f"flag {number}  urgent  worry  {worry}  Wed 10 Sep  OVERDUE" in letter.text
    assert later not in letter.text
    assert "followup review --school cansfield" in letter.text


async def test_nothing_of_a_person_is_in_it(stage):
    mail = Mail()
    flagged(stage)
    stage.hears("i want to kill myself", WEDNESDAY)
    await reminded(stage, mail)

    said = f"{mail.letters[0].subject} {mail.letters[0].text}".casefold()

    assert not [word for word in ("amina", "yusuf", "kill", "7700") if word in said]


async def test_a_day_has_one_reminder_however_often_it_is_looked_at(stage):
    mail = Mail()
    flagged(stage)

    sent = [await reminded(stage, mail, WEDNESDAY + at * MINUTES) for at in (0, 1, 15, 400)]

    assert sent == [1, 0, 0, 0]
    assert await reminded(stage, mail, WEDNESDAY + timedelta(days=1)) == 1


@pytest.mark.parametrize(
    ("at", "told"),
    [
        pytest.param(datetime(2025, 9, 10, 7, 59, tzinfo=UTC), 0, id="before it opens"),
        pytest.param(datetime(2025, 9, 10, 8, 0, tzinfo=UTC), 1, id="09:00 in London"),
        pytest.param(datetime(2025, 9, 10, 22, 0, tzinfo=UTC), 1, id="late, the same day"),
        pytest.param(datetime(2025, 9, 13, 10, tzinfo=UTC), 0, id="a Saturday, though open"),
        pytest.param(datetime(2025, 9, 14, 10, tzinfo=UTC), 0, id="a Sunday"),
        pytest.param(datetime(2025, 12, 25, 10, tzinfo=UTC), 0, id="Christmas Day"),
        pytest.param(datetime(2026, 4, 3, 10, tzinfo=UTC), 0, id="Good Friday"),
        pytest.param(datetime(2026, 4, 7, 10, tzinfo=UTC), 1, id="the Tuesday after Easter"),
    ],
)
async def test_staff_are_reminded_on_working_days_only(stage, at, told):
    flagged(stage, at=datetime(2025, 9, 1, 9, tzinfo=UTC))

    assert await reminded(stage, Mail(), at) == told


async def test_where_nothing_is_due_nobody_is_written_to(stage):
    mail = Mail()
    flagged(stage, FlagKind.QUESTION)

    assert await reminded(stage, mail) == 0
    assert mail.letters == []


async def test_the_dates_of_the_procedure_are_told_before_and_after_their_day(stage):
    plans = {SCHOOL.id: plan(procedure="cansfield")}
    months = {}
    for day in range(25, 32):
        mail = Mail()
        now = datetime(2026, 1, day, 10, tzinfo=UTC)
        await reminded(stage, mail, now, plans)
        months[day] = [each.text for each in mail.letters]

    assert "leavers of 2025: Destinations confirmed as they become sustained" in months[27][0]
    assert "Sat 31 Jan" in months[30][0]
    late = Mail()
    await reminded(stage, late, datetime(2026, 2, 4, 10, tzinfo=UTC), plans)
    assert "PAST" in late.letters[0].text


async def test_what_was_ticked_off_is_told_no_more(stage):
    ours = plan(procedure="cansfield")
    day = datetime(2026, 1, 27, 10, tzinfo=UTC)
    left = standing(ours, day.date())
    for each in (*left.overdue, *left.soon):
        stage.write(tick_off, each, "Miss Okafor", day)

    assert left.soon
    assert await reminded(stage, Mail(), day, {SCHOOL.id: ours}) == 0


async def test_a_school_is_told_of_its_own_and_of_nobody_elses(stage):
    mail = Mail()
    ours, _ = flagged(stage)
    theirs, _ = flagged(stage, school=CONNELL, name="Ben Shaw")
    stage.write(lambda work: raise_flag(work, FlagKind.WORRY, None, WEDNESDAY, subject="worry:x"))
    plans = {SCHOOL.id: plan(), CONNELL.id: plan(CONNELL)}

    assert await reminded(stage, mail, plans=plans) == 2

    by_school = {each.subject.partition(":")[0]: each.text for each in mail.letters}
    assert ours in by_school["cansfield"]
    assert theirs not in by_school["cansfield"]
    assert theirs in by_school["connell"]
    assert "connell" not in by_school["cansfield"]
    assert all("1 flag due" in text for text in by_school.values())


async def test_the_only_school_is_told_of_what_belongs_to_none(stage):
    mail = Mail()
    stage.write(lambda work: raise_flag(work, FlagKind.WORRY, None, WEDNESDAY, subject="worry:x"))

    assert await reminded(stage, mail) == 1
    assert "urgent  worry  -  " in mail.letters[0].text


async def test_a_mail_server_that_is_away_is_tried_again_in_a_quarter_of_an_hour(stage):
    mail = Mail(fails=GatewayAway)
    flagged(stage)
    assert await reminded(stage, mail) == 0
    mail.fails = None

    sent = [await reminded(stage, mail, WEDNESDAY + at * MINUTES) for at in (5, 15, 30)]

    assert sent == [0, 1, 0]


async def test_a_process_that_dies_with_it_sends_it_no_second_time(stage):
    flagged(stage)
    with pytest.raises(KeyboardInterrupt):
        await reminded(stage, Mail(fails=KeyboardInterrupt))

    assert await reminded(stage, Mail(), WEDNESDAY + timedelta(hours=2)) == 0


async def test_a_school_without_a_mailbox_is_passed_over(stage):
    flagged(stage)

    assert await remind(stage.memory, Mail(), {SCHOOL.id: plan()}, {}, lambda: WEDNESDAY) == 0
