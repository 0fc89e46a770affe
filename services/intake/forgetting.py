"""Destroys the keys of cases whose personal data was erased, after that has committed: a sweep that may be repeated."""

import asyncio
from typing import Final

import structlog

from services.chassis.clock import seconds
from services.chassis.keys import KeysUnavailableError
from services.chassis.postgres import UNAVAILABLE, describe
from services.intake import keeping
from services.intake.asking import Desk, keys
from services.intake.queries import erased

SECONDS_BETWEEN: Final = 1.0
SECONDS_UNTIL_ALL_AGAIN: Final = 3600.0
"""Then every key again: the key database may have been restored from a copy that still held it."""

log = structlog.get_logger()


async def forgetting(desk: Desk) -> None:
    """Forget what was erased, until cancelled."""
    done: set[str] = set()
    began = seconds()
    while True:
        try:
            async with desk.pool.acquire() as connection:
                waiting = [subject for subject in await erased(connection) if subject not in done]
            for subject in waiting:
                await _forget(desk, subject)
                done.add(subject)
                log.info("key.destroyed", subject=subject)
        except (KeysUnavailableError, *UNAVAILABLE) as fault:
            log.warning("forgetting.waits", **describe(fault))
        if seconds() - began > SECONDS_UNTIL_ALL_AGAIN:
            done, began = set(), seconds()
        await asyncio.sleep(SECONDS_BETWEEN)


async def _forget(desk: Desk, subject: str) -> None:
    """The key, and the draft that the case was made from, which says the same under a key of its own.

    The draft's row is the only thing that leads to its key: it is gone only once the key is.
    """
    async with desk.pool.acquire() as connection, connection.transaction():
        await keys(desk).destroy(subject, *await keeping.drop_draft_of(connection, subject))
