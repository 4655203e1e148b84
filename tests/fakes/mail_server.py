"""A mail server on loopback that keeps what it takes, and refuses when the test says so."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class MailServer:
    """What came in, and what it says to a recipient: 250 takes the mail."""

    port: int = 0
    says: str = "250 OK"
    recipients: list[str] = field(default_factory=list)
    taken: list[EmailMessage] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, as RFC 5321 has it."""
        await self._say(writer, "220 post.example.org")
        while line := (await reader.readline()).decode().strip():
            verb = line.upper().split()[0]
            if verb == "QUIT":
                await self._say(writer, "221 bye")
                break
            await self._say(writer, self._answer(verb, line))
            if verb == "DATA":
                await self._say(writer, self._keep(await reader.readuntil(b"\r\n.\r\n")))
        writer.close()

    def _answer(self, verb: str, line: str) -> str:
        if verb == "RCPT":
            self.recipients.append(line.partition("<")[2].partition(">")[0])
            return self.says
        return "354 go on" if verb == "DATA" else "250 post.example.org"

    def _keep(self, mail: bytes) -> str:
        message = message_from_bytes(mail.removesuffix(b".\r\n"), policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        self.arrived.set()
        return "250 kept"

    @staticmethod
    async def _say(writer: asyncio.StreamWriter, line: str) -> None:
        writer.write(f"{line}\r\n".encode())
        await writer.drain()


@asynccontextmanager
async def mail_server() -> AsyncIterator[MailServer]:
    """A server that is running, on a port of its own."""
    server = MailServer()
    listening = await asyncio.start_server(server.talk, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
