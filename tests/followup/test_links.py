"""An invitation is for one alumnus, works once for thirty days, and is printed for a cohort."""

import stat
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from contact.errors import Misconfigured, UnknownReference
from contact.withdrawal import withdraw
from followup.inviting import Link, invite
from followup.sheet import as_html, as_text
from followup.staff import sign_in
from followup.wiring import House
from tests.followup.office import founded, office
from tests.followup.test_due import ROWS, references

__all__ = ["founded", "office", "references"]

NOW = datetime(2025, 9, 1, 10, 0, tzinfo=UTC)
COHORT = "cansfield-KS4-2025"


@pytest.fixture
def house(office):
    opened = House.at(office.config)
    yield opened
    opened.close()


def token_of(url):
    return parse_qs(urlsplit(url).query)["start"][0]


def test_an_invitation_leads_to_its_alumnus_for_four_weeks(house, references):
    link = invite(house, references["due"], NOW, sign_in(house, "Sam"))

    def kept(work):
        who = work.alumni.by_reference(references["due"])
        return who.id, work.house.invitation(token_of(link.url)), work.audit.of(who.id)[-1]

    who, invitation, deed = house.memory.read(kept).result()
    assert link.url.startswith("https://t.me/sample_bot?start=")
    assert (invitation.alumnus, invitation.expires_at) == (who, NOW + timedelta(days=28))
    assert (deed.action, deed.by) == ("invite", "Sam")
    assert token_of(link.url) not in repr((deed, link))


def test_two_invitations_share_no_token_and_telegram_takes_them(house, references):
    tokens = {
        token_of(invite(house, references["due"], NOW, sign_in(house, None)).url) for _ in range(20)
    }

    assert len(tokens) == 20
    assert all(22 <= len(token) <= 64 for token in tokens)
    assert not set("".join(tokens)) - set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
    )


def test_nobody_is_invited_under_a_reference_that_is_nobodys(house):
    with pytest.raises(UnknownReference, match="no alumnus 'ZZZZ-ZZZZ'"):
        invite(house, "ZZZZ-ZZZZ", NOW, sign_in(house, None))


def test_without_a_bot_nobody_is_invited(office, references):
    office.settings('bot_username = "@sample_bot"', 'bot_username = ""')
    house = House.at(office.config)

    with pytest.raises(Misconfigured, match="bot_username"):
        invite(house, references["due"], NOW, sign_in(house, None))
    assert "bot_username" in office.refusal("links", "print", "--cohort", COHORT)


def test_those_of_a_cohort_who_may_be_asked_get_a_link(office, references):
    told = office.json("links", "print", "--cohort", COHORT)

    # Nobody who did not agree, who is in review, or who left another year.
    assert [each["alumnus"] for each in told] == [references["due"], references["no_address"]]
    assert {tuple(each) for each in told} == {("alumnus", "url", "expires_at")}


def test_who_said_stop_gets_no_link(office, references):
    house = House.at(office.config)

    def stop(work):
        who = work.alumni.by_reference(references["due"])
        withdraw(work, who.id, house.schools["cansfield"], NOW, "sms_stop")

    office.change(stop)

    told = office.json("links", "print", "--cohort", COHORT)
    assert [each["alumnus"] for each in told] == [references["no_address"]]


def test_a_cohort_that_is_not_there_is_refused_with_those_that_are(office, references):
    line = office.refusal("links", "print", "--cohort", "cansfield-KS5-2020")

    assert "'cansfield-KS5-2020'" in line
    assert COHORT in line


@pytest.mark.parametrize(("name", "begins"), [("sheet.html", "<!doctype"), ("sheet.txt", "Amina")])
def test_a_sheet_names_everybody_and_only_its_owner_reads_it(
    office, references, tmp_path, name, begins
):
    office.run("links", "print", "--cohort", COHORT, "--out", tmp_path / name)

    text = (tmp_path / name).read_text("utf-8")
    assert text.startswith(begins)
    assert all(each in text for each in (ROWS["due"][1], "Chidi Mock", "t.me/sample_bot"))
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_a_sheet_that_is_there_is_not_overwritten_and_nobody_is_invited(
    office, references, tmp_path
):
    (tmp_path / "sheet.txt").write_text("mine")

    line = office.refusal("links", "print", "--cohort", COHORT, "--out", tmp_path / "sheet.txt")

    assert "not overwritten" in line
    assert (tmp_path / "sheet.txt").read_text() == "mine"
    deeds = office.ask(lambda work: work.audit.of(work.alumni.by_reference(references["due"]).id))
    assert [each.action for each in deeds] == ["import"]


def test_a_name_is_text_on_the_page_whatever_it_holds():
    link = Link("A7K3-Q2M9", "https://t.me/b?start=x", NOW, "<script>Amina</script>")

    assert "<script>" not in as_html([link])
    assert "&lt;script&gt;Amina" in as_html([link])
    assert "Good until 1 September 2025." in as_text([link])
