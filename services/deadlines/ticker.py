"""Notices what nobody did: records the breach of each clock whose due day has ended, the soonest due first.

It holds no memory: the due list is a query, the verdict is judged by the stream under its lock. So it may be stopped for a week,
run twice, or die anywhere; the next pass goes on.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

import asyncpg
import structlog
from prometheus_client import Gauge

from contracts.clocks import Clock
from contracts.envelope import Origin
from services.chassis import telemetry
from services.chassis.clock import seconds
from services.chassis.failpoints import StagedFaultError, failpoint
from services.chassis.postgres import UNAVAILABLE, Pool, describe
from services.chassis.store import Ask, Cause, Store
from services.deadlines.domain.case_clocks import Clocks, Tick

BATCH: Final = 100
EVERY_SECONDS: Final = 2.0
_AGAIN: Final = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
)

passed = Gauge("sir_ticker_last_pass_timestamp_seconds", "When the due list was last worked through", registry=telemetry.REGISTRY)
pending = Gauge("sir_ticker_pending", "Clocks past their due day without a verdict", registry=telemetry.REGISTRY)
oldest = Gauge(
    "sir_ticker_oldest_undecided_timestamp_seconds",
    "From when the oldest of them could be judged; 0 if none",
    registry=telemetry.REGISTRY,
)

_INSTANT: Final = "select clock_timestamp() + $1::interval"
_PENDING: Final = "select count(*), min(judged_from) from clock where judged_from <= $1"
_LEAD: Final = "select pg_try_advisory_xact_lock(hashtext('ticker'))"
# A case with something set aside may hold the very stop that is missed: it is judged when that has been taken in.
_DUE: Final = """
    select subject, clock, instance, due_on, council from clock c
    where judged_from <= $1 and not exists (select from parked p where p.subject = c.subject)
    order by judged_from, subject, clock, instance limit $2
"""

log = structlog.get_logger()


class Reading(Protocol):
    """What the ticker needs of the consumer."""

    async def caught_up(self) -> bool:
        """Whether everything that is on the topic at this moment, or was before, has been taken in."""
        ...


class Ticker:
    """Judges by the database's instant, and only what the consumer has caught up with since that instant."""

    def __init__(
        self,
        *,
        pool: Pool,
        store: Store[Clocks],
        reading: Reading,
        committed: Callable[[], None],
        clock_shift: float,
    ) -> None:
        self._pool = pool
        self._store = store
        self._reading = reading
        self._committed = committed
        self._shift = timedelta(seconds=clock_shift)

    async def run(self) -> None:
        """Look again and again until cancelled."""
        while True:
            try:
                while await self.tick() == BATCH:
                    """A full batch: more may be due."""
            except (StagedFaultError, *_AGAIN, *UNAVAILABLE) as fault:
                log.warning("ticker.again", **describe(fault))
            await asyncio.sleep(EVERY_SECONDS)

    async def tick(self) -> int:
        """One pass over at most BATCH clocks; how many breaches it recorded."""
        instant = await self._look()
        if not await self._pool.fetch(_DUE, instant, 1):
            passed.set(seconds())
            return 0
        if not await self._reading.caught_up():
            return 0
        async with self._pool.acquire() as connection, connection.transaction():
            if not await connection.fetchval(_LEAD):
                return 0
            recorded = await self._judge(connection, await connection.fetch(_DUE, instant, BATCH))
            failpoint("ticker.before_commit")
        failpoint("ticker.after_commit")
        self._committed()
        passed.set(seconds())
        return recorded

    async def _look(self) -> datetime:
        instant: datetime = await self._pool.fetchval(_INSTANT, self._shift)
        count, since = (await self._pool.fetch(_PENDING, instant))[0]
        pending.set(count)
        oldest.set(since.timestamp() if since else 0)
        return instant

    async def _judge(self, connection: asyncpg.Connection, due: Sequence[asyncpg.Record]) -> int:
        asks = [Ask(subject=row["subject"], command=_tick(row), cause=_cause(row)) for row in due]
        if not asks:
            return 0
        outcomes = await self._store.append(connection, asks)
        recorded = sum(len(getattr(outcome, "records", ())) for outcome in outcomes)
        log.info("ticker.judged", due=len(asks), breached=recorded)
        return recorded


def _tick(row: asyncpg.Record) -> Tick:
    return Tick(key=(Clock(row["clock"]), row["instance"]), due_on=row["due_on"])


def _cause(row: asyncpg.Record) -> Cause:
    """Nobody asked: the day ended. Live even for a case brought in, since its day had not passed by then."""
    return Cause(role="service", actor="ticker", council=row["council"], origin=Origin.LIVE, correlation=UUID(row["subject"]))
