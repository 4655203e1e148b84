"""The settings of several schools, and what the doctor and a pass make of them."""

from datetime import UTC, datetime, timedelta

import pytest

from contact.flag import FlagKind
from contact.flagging import raise_flag
from contact.roll import stays_on
from followup.checkup import examine
from followup.passes import one_pass
from followup.wiring import House
from tests.cast import add
from tests.fakes.mail_server import mail_server
from tests.followup.office import Office, founded, office
from tests.followup.test_config import load, refusal
from tests.followup.test_telling import with_mail

__all__ = ["founded", "office"]

SERVICE_SID = "MG" + "0" * 32
NOW = datetime(2025, 9, 10, 9, 30, tzinfo=UTC)


def schools(*extra: str) -> str:
    """As many schools as there are extra lines for one."""
    return "".join(
        f'[[school]]\nid = "school{number}"\nname = "S"\nprocedure = "termly"\n{each}\n'
        for number, each in enumerate(extra)
    )


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        pytest.param(('sms_sender = "0161"',), "school.0.sms_sender", id="no number"),
        pytest.param(('sms_sender = "Cansfield"',), "school.0.sms_sender", id="a one-way name"),
        pytest.param(('sms_sender = "+447700900901"',) * 2, "same sms_sender", id="shared"),
        pytest.param(('reminders_to = "Ms Lead"',), "e-mail address", id="no mailbox"),
        pytest.param(
            ('staff = ["Ms A"]', 'staff = ["Ms B"]'), "service.staff", id="nobody sees strays"
        ),
    ],
)
def test_what_is_wrong_about_a_school_is_named(tmp_path, extra, said):
    assert said in refusal(tmp_path, schools(*extra))


@pytest.mark.parametrize(
    "text",
    [
        schools('sms_sender = "+447700900901"', f'sms_sender = "{SERVICE_SID}"'),
        schools('staff = ["Ms A", "Ms Both"]', 'staff = ["Ms B", "Ms Both"]'),
        '[service]\nstaff = ["Mx Trust"]\n' + schools('staff = ["Ms A"]', 'staff = ["Ms B"]'),
        schools('staff = ["Ms A"]'),
    ],
    ids=["senders", "somebody of both", "the trust", "one school"],
)
def test_what_is_right_is_taken(tmp_path, text):
    assert load(tmp_path, text).school


def flagged(work, house, kind, at):
    who = add(work, "Amina Yusuf")
    return raise_flag(work, kind, house.schools["cansfield"], at, alumnus=who)


async def examined(office, kind, at):
    """What the doctor says of the flags, with one of ``kind`` raised at ``at``."""
    (office.config.parent / "secrets" / "followup_key").chmod(0o600)
    house = House.at(office.config)
    number = await house.memory.write(flagged, house, kind, at)
    house.close()
    checks = {each.name: each for each in await examine(office.config, offline=True)}
    return checks["flags"], number


async def test_the_doctor_says_what_is_overdue(office):
    check, _ = await examined(office, FlagKind.QUESTION, NOW)

    assert (check.ok, check.warning) == (True, True)
    assert check.detail == "1 overdue (cansfield 1): run followup review"


async def test_the_doctor_names_an_urgent_flag_that_nobody_looked_at(office):
    check, number = await examined(office, FlagKind.WORRY, NOW)

    assert check.warning
    assert f"urgent: {number}:" in check.detail
    assert "\n" not in check.detail


async def test_a_flag_that_is_in_time_is_no_matter(office):
    check, _ = await examined(office, FlagKind.WORRY, datetime.now(UTC))

    assert (check.warning, check.detail) == (False, "nothing to say")


async def test_a_pass_reminds_staff_once_and_only_where_that_is_wanted(office: Office) -> None:
    async with mail_server() as server:
        with_mail(office, server.port)
        house = House.at(office.config)
        await house.memory.write(flagged, house, FlagKind.CALL_BACK, NOW - timedelta(days=3))
        await one_pass(house, NOW)
        house.close()
        unasked = list(server.recipients)
        text = office.config.read_text("utf-8")
        text = text.replace('reminders_to = ""', 'reminders_to = "office@example.org"')
        office.config.write_text(text, "utf-8")
        house = House.at(office.config)
        for minutes in (0, 1, 20):
            await one_pass(house, NOW + timedelta(minutes=minutes))
        house.close()

    assert unasked == []
    assert server.recipients == ["office@example.org"]


async def test_a_pass_rolls_the_years_over(office: Office) -> None:
    house = House.at(office.config)

    def stayed(work):
        who = add(work, "Amina Yusuf")
        stays_on(work, work.alumni.get(who), "Sam", NOW)
        return who

    who = await house.memory.write(stayed)
    await one_pass(house, datetime(2027, 9, 1, 9, tzinfo=UTC))
    cohorts = await house.memory.read(
        lambda work: [each.cohort.id for each in work.cohorts.of(who)]
    )
    house.close()

    assert sorted(cohorts) == ["cansfield-KS4-2025", "cansfield-KS5-2027"]
