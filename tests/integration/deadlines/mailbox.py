"""A mail server that keeps what it is given, or refuses for now: enough of SMTP (RFC 5321) for a client that means it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message


@dataclass(kw_only=True)
class Mailbox:
    """Where it listens, what it took, and how many it will still refuse."""

    address: str = ""
    taken: list[tuple[str, Message]] = field(default_factory=list)
    refusing: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, from its greeting to its leaving."""
        recipient = ""

        def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())

        say("220 mailbox")
        while line := (await reader.readline()).decode().strip():
            word = line.partition(" ")[0].upper()
            if word == "DATA":
                say("354 go on")
                body = (await reader.readuntil(b"\r\n.\r\n")).removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
                say(self._take(recipient, body))
            elif word == "QUIT":
                say("221 bye")
                break
            else:
                recipient = line.partition("<")[2].partition(">")[0] if word == "RCPT" else recipient
                say("250 mailbox" if word == "EHLO" else "250 ok")
            await writer.drain()
        writer.close()

    def _take(self, recipient: str, body: bytes) -> str:
        if self.refusing:
            self.refusing -= 1
            return "451 try again later"
        self.taken.append((recipient, message_from_bytes(body)))
        return f"250 queued as {len(self.taken)}"


@asynccontextmanager
async def mailbox() -> AsyncIterator[Mailbox]:
    """One that listens on this machine until it is left."""
    made = Mailbox()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield made
