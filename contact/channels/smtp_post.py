"""E-mail over SMTP: how staff are told, never how alumni are asked."""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import make_msgid

from contact.errors import GatewayAway
from contact.notice import Letter

#: Seconds. For each step of the talk with the server.
TIMEOUT = 15.0
#: SMTP inside TLS from the first byte (RFC 8314); other ports begin in clear and offer STARTTLS.
_TLS_PORT = 465


class SmtpPost:
    """A mail server; it satisfies ``contact.notice.Post``."""

    def __init__(
        self, host: str, port: int, sender: str, password: str | None = None, name: str = ""
    ) -> None:
        """``sender`` writes, and signs in with ``password`` where there is one.

        ``name`` is what this machine calls itself; its own name if left out.
        """
        self._host = host
        self._port = port
        self._sender = sender
        self._password = password
        self._name = name or None

    async def send(self, letter: Letter) -> None:
        """Hand over one e-mail; GatewayAway where it was not taken."""
        message = EmailMessage()
        message["From"], message["To"] = self._sender, letter.to
        message["Subject"] = letter.subject
        message["Message-ID"] = make_msgid(domain=self._sender.rpartition("@")[2])
        # Nobody's holiday notice needs to answer a machine.
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        await asyncio.to_thread(self._talk, message)

    async def check(self) -> str:
        """Prove that it answers without writing to anyone; GatewayAway where it does not."""
        await asyncio.to_thread(self._talk, None)
        return f"{self._host} answers"

    def _talk(self, message: EmailMessage | None) -> None:
        try:
            with self._connected() as server:
                if message is not None:
                    server.send_message(message)
        except (OSError, smtplib.SMTPException) as error:
            # What servers say may name the recipient: only the kind of fault is passed on.
            code = getattr(error, "smtp_code", "")
            said = f"{type(error).__name__} {code}".strip()
            where = f"{self._host}:{self._port}"
            raise GatewayAway(f"The mail server {where} did not take it: {said}.") from None

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._port == _TLS_PORT:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, self._name, timeout=TIMEOUT, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, self._name, timeout=TIMEOUT)
        try:
            self._signed_in(server, context)
        except BaseException:
            server.close()
            raise
        return server

    def _signed_in(self, server: smtplib.SMTP, context: ssl.SSLContext) -> None:
        server.ehlo()
        if self._port != _TLS_PORT and server.has_extn("starttls"):
            server.starttls(context=context)
            server.ehlo()
        if self._password is not None:
            server.login(self._sender, self._password)
