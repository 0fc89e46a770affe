"""Group commit for commands that arrive at once: whoever waits is judged together, in one transaction."""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import asyncpg
import structlog

from services.chassis.failpoints import failpoint
from services.chassis.keys import KeysUnavailableError, KeyUnusableError
from services.chassis.postgres import UNAVAILABLE, Pool, describe
from services.chassis.store import Ask, Outcome, Store

MOST: Final = 64
"""Commands judged in one transaction at the most."""

_ATTEMPTS: Final = 3
_AGAIN: Final = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError, asyncpg.UniqueViolationError)
"""Another process was first, with the same key or the same unique value: judge again by what it wrote."""

log = structlog.get_logger()


class UnavailableError(Exception):
    """The store cannot be written now. `unknown` when the commit was sent and its answer lost: it may have happened."""

    def __init__(self, *, unknown: bool = False) -> None:
        super().__init__("outcome unknown" if unknown else "unavailable")
        self.unknown = unknown


_OF_ALL: Final = (UnavailableError, KeysUnavailableError)
"""What one command would meet as another does: nobody waits for it twice."""


class Appender:
    """Takes single commands from HTTP and carries them out in small batches; a batch that fails is judged one by one."""

    def __init__(self, *, pool: Pool, store: Store[Any], committed: Callable[[], None]) -> None:
        self.may_append: Callable[[], bool] = lambda: True
        """False when the topic holds what the store does not: whatever were appended now would be another history."""
        self._pool = pool
        self._store = store
        self._committed = committed
        self._queue: asyncio.Queue[tuple[Ask, asyncio.Future[Outcome]]] = asyncio.Queue()

    async def run(self) -> None:
        """Serve until cancelled, one batch at a time: each is judged by all that came before it, and larger batches cost less."""
        while True:
            batch = [await self._queue.get()]
            while len(batch) < MOST and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            try:
                await self._carry_out(batch)
            finally:  # stopped half way: whoever still waits is told that it may have happened
                for _, done in batch:
                    if not done.done():
                        done.set_exception(UnavailableError(unknown=True))

    async def execute(self, ask: Ask) -> Outcome:
        """Carry out one command.

        Raises:
            UnavailableError: the database does not answer.
        """
        if not self.may_append():
            raise UnavailableError
        done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((ask, done))
        return await done

    async def _carry_out(self, batch: list[tuple[Ask, asyncio.Future[Outcome]]]) -> None:
        try:
            outcomes = await self._transaction([ask for ask, _ in batch])
        except Exception as fault:  # noqa: BLE001 - a boundary: every fault is answered to its caller
            if len(batch) > 1 and (not isinstance(fault, _OF_ALL) or isinstance(fault, KeyUnusableError)):
                for one in batch:
                    await self._carry_out([one])
                return
            for _, done in batch:
                if not done.done():
                    done.set_exception(self._answerable(fault))
            return
        for (_, done), outcome in zip(batch, outcomes, strict=True):
            if not done.done():
                done.set_result(outcome)

    async def _transaction(self, asks: list[Ask]) -> list[Outcome]:
        for attempt in range(1, _ATTEMPTS + 1):
            committing = False
            failpoint("append.before_begin")
            try:
                async with self._pool.acquire() as connection, connection.transaction():
                    outcomes = await self._store.append(connection, asks)
                    failpoint("append.before_commit")
                    committing = True  # leaving the block commits: a fault from here on leaves the outcome unknown
            except _AGAIN as fault:
                if attempt == _ATTEMPTS:
                    raise
                log.info("append.again", **describe(fault))
                continue
            except UNAVAILABLE as fault:
                log.warning("append.unavailable", unknown=committing, **describe(fault))
                raise UnavailableError(unknown=committing) from None
            failpoint("append.after_commit")
            self._committed()
            return outcomes
        raise AssertionError

    @staticmethod
    def _answerable(fault: Exception) -> Exception:
        if isinstance(fault, asyncpg.PostgresError):
            log.error("append.failed", **describe(fault))
        return fault
