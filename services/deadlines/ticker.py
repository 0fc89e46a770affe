"""Notices what nobody did: records the breach of each clock whose due day has ended, and each reminder whose day has come.

It holds no memory: the due lists are queries, the verdict is judged by the stream under its lock. So it may be stopped for a
week, run twice, or die anywhere; the next pass goes on.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

import asyncpg
import structlog
from prometheus_client import Gauge

from contracts.clocks import Clock
from contracts.deadlines import ClockBreached
from contracts.envelope import Origin
from services.chassis import telemetry
from services.chassis.clock import seconds
from services.chassis.failpoints import StagedFaultError, failpoint
from services.chassis.postgres import UNAVAILABLE, Pool, describe
from services.chassis.store import Ask, Cause, Store
from services.deadlines import post
from services.deadlines.domain.case_clocks import Remind, Tick
from services.deadlines.domain.reminders import Reminder
from services.deadlines.domain.streams import Stream

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
_PENDING: Final = """
    select count(*) filter (where what = 'breach'), min(since) filter (where what = 'breach'), count(*)
    from (select 'breach' as what, judged_from as since from clock where judged_from <= $1
          union all select 'reminder', fires_from from reminder where fires_from <= $1) as due
"""
_LEAD: Final = "select pg_try_advisory_xact_lock(hashtext('ticker'))"
# A case with something set aside may hold the very stop that is missed: it is judged when that has been taken in.
_DUE: Final = """
    select subject, clock, instance, due_on, council from clock c
    where judged_from <= $1 and not exists (select from parked p where p.subject = c.subject)
    order by judged_from, subject, clock, instance limit $2
"""
_TO_SAY: Final = """
    select r.subject, r.clock, r.instance, r.due_on, r.threshold, r.remind_on, r.party, c.council
    from reminder r join clock c using (subject, clock, instance)
    where r.fires_from <= $1 and not exists (select from parked p where p.subject = r.subject)
    order by r.fires_from, r.subject, r.clock, r.instance, r.threshold limit $2
"""

log = structlog.get_logger()


class Reading(Protocol):
    """What the ticker needs of the consumer."""

    async def caught_up(self) -> bool:
        """Whether everything that is on the topic at this moment, or was before, has been taken in."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """What one pass recorded; `more` when a list was full."""

    breaches: int = 0
    reminders: int = 0
    more: bool = False


class Ticker:
    """Judges by the database's instant, and only what the consumer has caught up with since that instant."""

    def __init__(
        self,
        *,
        pool: Pool,
        store: Store[Stream],
        reading: Reading,
        committed: Callable[[], None],
        clock_shift: float,
        ways: Sequence[str] = (),
    ) -> None:
        self._pool = pool
        self._store = store
        self._reading = reading
        self._committed = committed
        self._shift = timedelta(seconds=clock_shift)
        self._ways = ways

    async def run(self) -> None:
        """Look again and again until cancelled."""
        while True:
            try:
                while (await self.tick()).more:
                    """A full batch: more may be due."""
            except (StagedFaultError, *_AGAIN, *UNAVAILABLE) as fault:
                log.warning("ticker.again", **describe(fault))
            await asyncio.sleep(EVERY_SECONDS)

    async def tick(self) -> Passed:
        """One pass over at most BATCH clocks and BATCH reminders."""
        instant, due = await self._look()
        if not due:
            passed.set(seconds())
            return Passed()
        if not await self._reading.caught_up():
            return Passed()
        async with self._pool.acquire() as connection, connection.transaction():
            if not await connection.fetchval(_LEAD):
                return Passed()
            done = await self._judge(connection, instant)
            failpoint("ticker.before_commit")
        failpoint("ticker.after_commit")
        self._committed()
        passed.set(seconds())
        return done

    async def _look(self) -> tuple[datetime, int]:
        instant: datetime = await self._pool.fetchval(_INSTANT, self._shift)
        count, since, due = (await self._pool.fetch(_PENDING, instant))[0]
        pending.set(count)
        oldest.set(since.timestamp() if since else 0)
        return instant, due

    async def _judge(self, connection: asyncpg.Connection, instant: datetime) -> Passed:
        ended = await connection.fetch(_DUE, instant, BATCH)
        said = await connection.fetch(_TO_SAY, instant, BATCH)
        # The breach first: a reminder after the limit speaks of what was missed.
        asks = [*(_ask(row, _tick(row)) for row in ended), *(_ask(row, _remind(row)) for row in said)]
        if not asks:
            return Passed()
        outcomes = await self._store.append(connection, asks)
        records = [record for outcome in outcomes for record in getattr(outcome, "records", ())]
        await post.queue(connection, records, self._ways)
        breaches = sum(isinstance(record.event, ClockBreached) for record in records)
        log.info("ticker.judged", due=len(asks), breached=breaches, reminded=len(records) - breaches)
        return Passed(breaches=breaches, reminders=len(records) - breaches, more=BATCH in {len(ended), len(said)})


def _tick(row: asyncpg.Record) -> Tick:
    return Tick(key=(Clock(row["clock"]), row["instance"]), due_on=row["due_on"])


def _remind(row: asyncpg.Record) -> Remind:
    reminder = Reminder(key=(Clock(row["clock"]), row["instance"]), due_on=row["due_on"], threshold=row["threshold"])
    return Remind(reminder=reminder, day=row["remind_on"], to=row["party"])


def _ask(row: asyncpg.Record, command: Tick | Remind) -> Ask:
    """Nobody asked: the day ended. Live even for a case brought in, since its day had not passed by then."""
    subject = row["subject"]
    cause = Cause(role="service", actor="ticker", council=row["council"], origin=Origin.LIVE, correlation=UUID(subject))
    return Ask(subject=subject, command=command, cause=cause)
