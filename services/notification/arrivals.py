"""Wakes whoever waits for the feed in this process, when something is committed here or in another."""

import asyncio
from typing import Final

import asyncpg
import structlog

from services.chassis.outbox import CHANNEL
from services.chassis.postgres import CONNECT_TIMEOUT, UNAVAILABLE, describe

AGAIN_SECONDS: Final = 1.0

log = structlog.get_logger()


class Arrivals:
    """A bell for many: take the ticket first, then look, then wait with it, and nothing is missed in between."""

    def __init__(self) -> None:
        self._next = asyncio.Event()

    def ticket(self) -> asyncio.Event:
        """Set at the next arrival."""
        return self._next

    def ring(self) -> None:
        """Wake all who hold a ticket."""
        rung, self._next = self._next, asyncio.Event()
        rung.set()

    async def run(self, url: str) -> None:
        """Ring at every commit of this service, until cancelled; a lost connection is made again."""
        while True:
            connection: asyncpg.Connection | None = None
            try:
                connection = await asyncpg.connect(url, timeout=CONNECT_TIMEOUT)
                await connection.add_listener(CHANNEL, lambda *_: self.ring())
                # Whatever was committed while nobody listened is looked for now.
                self.ring()
                while not connection.is_closed():
                    await asyncio.sleep(AGAIN_SECONDS)
            except UNAVAILABLE as fault:
                log.warning("arrivals.unavailable", **describe(fault))
                await asyncio.sleep(AGAIN_SECONDS)
            finally:
                if connection is not None:
                    connection.terminate()
