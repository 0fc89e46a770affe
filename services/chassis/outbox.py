"""Events that wait for the relay, and the bell that wakes it: after commit, from a connection of its own, never in the append."""

import asyncio
from datetime import datetime
from typing import Any, Final

import asyncpg
import structlog

from services.chassis.postgres import CONNECT_TIMEOUT, UNAVAILABLE, describe

CHANNEL: Final = "outbox"
QUIET_SECONDS: Final = 0.02
"""Rings closer together than this are one to other processes."""

_WAITING: Final = """
    select count(*), min(e.recorded) from (select subject, version from outbox order by id limit 100000) o
    join event e using (subject, version)
"""
_REPUBLISH: Final = """
    insert into outbox (subject, version)
    select subject, version from event
    where ($1::text is null or subject = $1) and version >= $2
    order by recorded, subject, version
"""

log = structlog.get_logger()


async def waiting(connection: asyncpg.Connection) -> tuple[int, datetime | None]:
    """How many events wait, and when the oldest was recorded."""
    (row,) = await connection.fetch(_WAITING)
    return row[0], row[1]


async def republish(connection: asyncpg.Connection, *, subject: str | None = None, since_version: int = 1) -> int:
    """Put events into the outbox again (all, or one subject's); readers know them by their versions and skip them."""
    done = await connection.execute(_REPUBLISH, subject, since_version)
    return int(done.split()[-1])


class Bell:
    """Tells the relay, here or in another process, that something waits."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._rung = asyncio.Event()
        self.heard = asyncio.Event()

    def ring(self) -> None:
        """Something was committed."""
        self.heard.set()
        self._rung.set()

    async def run(self) -> None:
        """Pass rings on and hear those of other processes, until cancelled; a lost connection is made again."""
        while True:
            try:
                connection = await asyncpg.connect(self._url, timeout=CONNECT_TIMEOUT)
            except UNAVAILABLE as fault:
                log.warning("bell.unavailable", **describe(fault))
                await asyncio.sleep(1)
                continue
            try:
                await connection.add_listener(CHANNEL, self._hear)
                while not connection.is_closed():
                    await self._pass_on(connection)
            except UNAVAILABLE as fault:
                log.warning("bell.unavailable", **describe(fault))
            finally:
                connection.terminate()

    def _hear(self, connection: Any, sender: int, *_: object) -> None:
        if sender != connection.get_server_pid():  # its own rings were heard at once
            self.heard.set()

    async def _pass_on(self, connection: asyncpg.Connection) -> None:
        try:
            await asyncio.wait_for(self._rung.wait(), 5)
        except TimeoutError:
            return
        self._rung.clear()
        await connection.execute(f"notify {CHANNEL}", timeout=CONNECT_TIMEOUT)
        await asyncio.sleep(QUIET_SECONDS)
