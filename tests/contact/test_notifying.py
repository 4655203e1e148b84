"""A school is told of a worry at once, once, and without what was written."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from contact.errors import GatewayAway
from contact.flag import Decision, FlagKind
from contact.notice import Letter
from contact.notifying import tell_schools
from contact.ports import Clock, Work
from tests.cast import (
    HOUR,
    MINUTE,
    NOW,
    SCHOOL,
    Stage,
    make_desk,
    stage,
)

__all__ = ["stage"]

LEAD = "lead@school.example.org"
WORRY = "i want to kill myself"
TOLD = replace(SCHOOL, safeguarding_contact=LEAD)


@dataclass
class Mail:
    """A mail server that is away while the test says so."""

    away: bool = False
    tried: int = 0
    letters: list[Letter] = field(default_factory=list)

    async def send(self, letter: Letter) -> None:
        self.tried += 1
        if self.away:
            raise GatewayAway("no answer")
        self.letters.append(letter)

    async def check(self) -> str:
        return "well"


@pytest.fixture
def told(stage: Stage) -> Stage:
    """A house whose safeguarding lead has an e-mail address."""
    stage.desk = make_desk(schools={SCHOOL.id: TOLD})
    return stage


async def tell(stage: Stage, mail: Mail, now: datetime) -> int:
    clock: Clock = lambda: now  # noqa: E731  the clock stands still
    return await tell_schools(stage.memory, mail, stage.desk.schools, clock)


def closes(number: int, now: datetime) -> Callable[[Work], bool]:
    def use_case(work: Work) -> bool:
        flag = work.flags.get(number)
        assert flag is not None
        decision = Decision.CALL_MADE
        return work.flags.close(replace(flag, closed_at=now, decision=decision, closed_by="Sam"))

    return use_case


async def test_the_lead_is_told_the_reference_the_time_and_the_command(told: Stage) -> None:
    mail, who = Mail(), told.open()
    told.hears(WORRY, NOW)

    assert await tell(told, mail, NOW) == 1

    letter, flag = mail.letters[0], told.flags(who)[0]
    reference = told.read(lambda work: work.alumni.get(who)).reference
    assert letter.to == LEAD
    assert reference in letter.subject
    assert "12:30" in letter.subject
    assert f"followup flags show {flag.id}" in letter.text
    assert "Wednesday 10 September 2025, 12:30" in letter.text


async def test_the_letter_has_nothing_of_the_person_or_of_what_they_wrote(told: Stage) -> None:
    mail = Mail()
    told.open()
    told.hears(WORRY, NOW)
    await tell(told, mail, NOW)

    letter = f"{mail.letters[0].subject} {mail.letters[0].text}".casefold()

    assert not [word for word in ("amina", "yusuf", "kill", "7700") if word in letter]


async def test_nobody_is_told_twice(told: Stage) -> None:
    mail = Mail()
    told.open()
    told.hears(WORRY, NOW)

    for minutes in (0, 3, 60, 600):
        await tell(told, mail, NOW + minutes * MINUTE)

    assert len(mail.letters) == 1


async def test_a_mail_server_that_is_away_is_tried_until_it_takes_it(told: Stage) -> None:
    mail = Mail(away=True)
    told.open()
    told.hears(WORRY, NOW)
    for minutes in range(0, 24 * 60, 5):
        await tell(told, mail, NOW + minutes * MINUTE)
    tried, mail.away = mail.tried, False

    await tell(told, mail, NOW + 25 * HOUR)

    assert 40 < tried < 60
    assert len(mail.letters) == 1


async def test_staff_see_that_the_mail_does_not_work_and_see_it_once(told: Stage) -> None:
    mail = Mail(away=True)
    told.open()
    told.hears(WORRY, NOW)

    for minutes in range(0, 240, 5):
        await tell(told, mail, NOW + minutes * MINUTE)

    assert [each.kind for each in told.flags() if each.detail == "smtp"] == [FlagKind.CHANNEL_DOWN]


async def test_a_crash_while_sending_loses_nothing(told: Stage) -> None:
    class Dies(Mail):
        async def send(self, letter: Letter) -> None:
            raise KeyboardInterrupt

    told.open()
    told.hears(WORRY, NOW)
    with pytest.raises(KeyboardInterrupt):
        await tell(told, Dies(), NOW)
    mail = Mail()

    assert await tell(told, mail, NOW + MINUTE) == 0
    assert await tell(told, mail, NOW + 3 * MINUTE) == 1


async def test_what_staff_have_closed_already_is_not_told(told: Stage) -> None:
    mail, who = Mail(), told.open()
    told.hears(WORRY, NOW)
    told.write(closes(told.flags(who)[0].id, NOW))

    assert await tell(told, mail, NOW + timedelta(hours=1)) == 0
    assert mail.tried == 0


@pytest.mark.parametrize("contact", ["", "01942 000000", "Ms Lead, room 4"])
async def test_who_has_no_e_mail_address_is_not_written_to(stage: Stage, contact: str) -> None:
    stage.desk = make_desk(schools={SCHOOL.id: replace(SCHOOL, safeguarding_contact=contact)})
    mail = Mail()
    stage.open()
    stage.hears(WORRY, NOW)

    assert await tell(stage, mail, NOW) == 0


@pytest.mark.parametrize("text", ["dying of boredom lol", "stop", "wrong number mate", "2"])
async def test_only_a_worry_is_told(told: Stage, text: str) -> None:
    mail = Mail()
    told.open()
    told.hears(text, NOW)

    assert await tell(told, mail, NOW) == 0
