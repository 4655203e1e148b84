"""E-mail as it goes over the wire to a mail server on loopback."""

import pytest

from contact.channels.smtp_post import SmtpPost
from contact.errors import GatewayAway
from contact.notice import Letter
from tests.fakes.mail_server import MailServer, mail_server

LETTER = Letter("lead@school.example.org", "Please look by 12:30 (A7K3-Q2M9)", "followup review\n")


def post(server: MailServer) -> SmtpPost:
    return SmtpPost("127.0.0.1", server.port, "followup@example.org", name="here.example.org")


async def test_a_letter_arrives_whole() -> None:
    async with mail_server() as server:
        await post(server).send(LETTER)

    mail = server.taken[0]
    assert server.recipients == [LETTER.to]
    assert (mail["From"], mail["To"]) == ("followup@example.org", LETTER.to)
    assert mail["Subject"] == LETTER.subject
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().splitlines() == LETTER.text.splitlines()


@pytest.mark.parametrize("says", ["550 no such user", "451 try later", "421 too busy"])
async def test_a_letter_that_is_not_taken_is_said_without_its_recipient(says: str) -> None:
    async with mail_server() as server:
        server.says = says

        with pytest.raises(GatewayAway) as away:
            await post(server).send(LETTER)

    assert server.taken == []
    assert LETTER.to not in str(away.value)
    assert "\n" not in str(away.value)


async def test_a_server_that_is_not_there_is_away() -> None:
    async with mail_server() as server:
        gone = post(server)

    with pytest.raises(GatewayAway):
        await gone.check()


async def test_a_check_writes_to_nobody() -> None:
    async with mail_server() as server:
        assert "answers" in await post(server).check()

    assert (server.recipients, server.taken) == ([], [])
