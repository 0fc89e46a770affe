"""Carries the feed to Government's topic, in order, one writer at a time, with the proof of each delivery beside it.

Crash-only, like the relay. A new writer reads the topic first, from the last delivery that is recorded to the end, and marks what
it finds there: what a dead writer had sent without writing it down is not sent again.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson
import structlog
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from prometheus_client import Gauge

from contracts.government.cloudevent import CONTENT_TYPE
from services.chassis import telemetry
from services.chassis.failpoints import StagedFaultError, failpoint
from services.chassis.postgres import UNAVAILABLE, Pool, describe
from services.chassis.relay import WATCHDOG_SECONDS, producer
from services.notification.arrivals import Arrivals
from services.notification.settings import NotificationSettings

CHUNK: Final = 200
QUIET_SECONDS: Final = 1.0
LONGEST_WAIT: Final = 5.0
LOCK: Final = 0x51_53
PARTITION: Final = 0
"""The topic has one: one order for all of Government."""

_LAST_OFFSET: Final = 'select max("offset") from delivery'
_WAITING: Final = """
    select d.sequence, f.subject, f.event from delivery d join feed f using (sequence)
    where d."offset" is null order by d.sequence limit $1
"""
_SENT: Final = """
    update delivery d set "offset" = u.found, broker_time = u.time
    from unnest($1::bigint[], $2::bigint[], $3::timestamptz[]) as u(sequence, found, time)
    where d.sequence = u.sequence and d."offset" is null
"""
_FOUND: Final = """
    update delivery d set "offset" = u.found, broker_time = u.time, read_back = true
    from unnest($1::uuid[], $2::bigint[], $3::timestamptz[]) as u(id, found, time) join feed f on f.id = u.id
    where d.sequence = f.sequence and d."offset" is null
"""

_UNDELIVERED: Final = 'select count(*) from delivery where "offset" is null'

undelivered = Gauge(
    "sir_feed_undelivered",
    "Events of the feed that are not yet known to stand on Government's topic",
    registry=telemetry.REGISTRY,
)

log = structlog.get_logger()


async def measure(connection: asyncpg.Connection) -> None:
    """How much of the feed waits to be carried."""
    undelivered.set(await connection.fetchval(_UNDELIVERED))


class Feed:
    """The writer of Government's topic."""

    def __init__(self, *, settings: NotificationSettings, pool: Pool, arrivals: Arrivals) -> None:
        self._settings = settings
        self._place = TopicPartition(settings.government_topic, PARTITION)
        self._pool = pool
        self._arrivals = arrivals

    async def run(self) -> None:
        """Carry until cancelled; after any fault begin again, by reading back."""
        wait = 0.1
        while True:
            try:
                async with self._pool.acquire() as connection:
                    await self._lead(connection)
            except (KafkaError, StagedFaultError, *UNAVAILABLE) as fault:
                log.warning("feed.again", wait=wait, **describe(fault))
                await asyncio.sleep(wait)
                wait = min(wait * 2, LONGEST_WAIT)

    async def _lead(self, connection: asyncpg.Connection) -> None:
        while not await connection.fetchval("select pg_try_advisory_lock($1)", LOCK):
            await asyncio.sleep(QUIET_SECONDS)
        try:
            async with asyncio.timeout(WATCHDOG_SECONDS):
                await self._read_back(connection)
            async with producer(self._settings, client="sir-notification-feed") as kafka:
                log.info("feed.leads")
                while True:
                    arrival = self._arrivals.ticket()
                    while await self._carry(connection, kafka):
                        pass
                    try:
                        await asyncio.wait_for(arrival.wait(), QUIET_SECONDS)
                    except TimeoutError:
                        continue
        finally:
            if not connection.is_closed():
                await connection.execute("select pg_advisory_unlock($1)", LOCK)

    async def _read_back(self, connection: asyncpg.Connection) -> None:
        """Mark every event of ours that stands on the topic beyond the last one that is recorded."""
        last = await connection.fetchval(_LAST_OFFSET)
        following = 0 if last is None else last + 1
        async with AIOKafkaConsumer(
            bootstrap_servers=self._settings.kafka.split(","),
            client_id="sir-notification-read-back",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        ) as kafka:
            kafka.assign([self._place])
            first = (await kafka.beginning_offsets([self._place]))[self._place]
            end = (await kafka.end_offsets([self._place]))[self._place]
            if following > end:
                log.critical("feed.topic_recreated", recorded=following, end=end)
                following = first
            kafka.seek(self._place, max(first, following))
            while await kafka.position(self._place) < end:
                await self._found(connection, (await kafka.getmany(self._place, timeout_ms=1000)).get(self._place, []))

    async def _found(self, connection: asyncpg.Connection, records: Sequence[ConsumerRecord]) -> None:
        known = [
            (outward_id, record.offset, _instant(record.timestamp))
            for record in records
            if (outward_id := _id(record)) is not None
        ]
        if known:
            done = await connection.execute(_FOUND, *map(list, zip(*known, strict=True)))
            log.info("feed.read_back", read=len(records), marked=int(done.split()[-1]))

    async def _carry(self, connection: asyncpg.Connection, kafka: AIOKafkaProducer) -> bool:
        rows = await connection.fetch(_WAITING, CHUNK)
        if not rows:
            return False
        failpoint("feed.before_send")
        async with asyncio.timeout(WATCHDOG_SECONDS):
            # Taken into the producer's queue one after the other, so they stand on the topic in this order.
            sent = [await self._send(kafka, row["subject"], row["event"]) for row in rows]
            evidence = await asyncio.gather(*sent)
        failpoint("feed.after_send")
        marks = [(row["sequence"], done.offset, _instant(done.timestamp)) for row, done in zip(rows, evidence, strict=True)]
        await connection.execute(_SENT, *map(list, zip(*marks, strict=True)))
        failpoint("feed.after_mark")
        return len(rows) == CHUNK

    async def _send(self, kafka: AIOKafkaProducer, subject: str, event: bytes) -> Any:
        headers = [("content-type", CONTENT_TYPE.encode())]
        return await kafka.send(self._place.topic, event, key=subject.encode(), partition=PARTITION, headers=headers)


def _id(record: ConsumerRecord) -> UUID | None:
    """The outward id of a record; None if it is not one of ours."""
    try:
        return UUID(orjson.loads(record.value)["id"])
    except (ValueError, KeyError, TypeError, AttributeError):
        log.error("feed.foreign_record", offset=record.offset)
        return None


def _instant(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
