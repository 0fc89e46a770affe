"""Carries the outbox to Kafka: finds what waits by its presence, sends it in order, deletes what was acknowledged.

Crash-only. On any fault of the producer it is thrown away and built again, and what was not deleted is sent again: readers
know a record by its version. One relay a service leads, by an advisory lock; a second one could only repeat.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from services.chassis import codec, telemetry
from services.chassis.failpoints import StagedFaultError, failpoint
from services.chassis.outbox import Bell
from services.chassis.postgres import UNAVAILABLE, Pool, describe
from services.chassis.settings import Settings

CHUNK: Final = 500
QUIET_SECONDS: Final = 1.0
"""Without a ring the outbox is looked at this often."""
REST_SECONDS: Final = 0.01
"""After each round: the first event is sent at once, what follows meanwhile in one request instead of many small ones."""
WATCHDOG_SECONDS: Final = 60.0
"""An idempotent send never gives up by itself: past this the producer is thrown away."""
LOCK: Final = 0x51_52
PRODUCER: Final[dict[str, Any]] = {
    "acks": "all",
    "enable_idempotence": True,
    "linger_ms": 0,
    "max_batch_size": 256 * 1024,
    "request_timeout_ms": 15_000,
    "compression_type": "lz4",
}

_NEXT: Final = f"""
    select o.id, {codec.QUALIFIED}
    from outbox o join event e on e.subject = o.subject and e.version = o.version
    order by o.id limit $1
"""
_SENT: Final = "delete from outbox where id = any($1)"

log = structlog.get_logger()


def producer(settings: Settings, *, client: str) -> AIOKafkaProducer:
    """The one kind of producer: idempotent, every replica's acknowledgement."""
    return AIOKafkaProducer(bootstrap_servers=settings.kafka.split(","), client_id=client, **PRODUCER)


class Relay:
    """The relay of one service."""

    def __init__(self, *, settings: Settings, source: str, pool: Pool, bell: Bell) -> None:
        self._settings = settings
        self._source = source
        self._pool = pool
        self._bell = bell

    async def run(self, *, after: Callable[[], Awaitable[None]]) -> None:
        """Relay until cancelled, once `after` has found the store no older than the topic."""
        await after()
        wait = 0.1
        while True:
            try:
                async with self._pool.acquire() as connection:
                    await self._lead(connection)
                wait = 0.1
            except (KafkaError, StagedFaultError, *UNAVAILABLE) as fault:
                telemetry.relayed.labels(result="error").inc()
                log.warning("relay.again", wait=wait, **describe(fault))
                await asyncio.sleep(wait)
                wait = min(wait * 2, 5.0)
            finally:
                telemetry.relay_leader.set(0)

    async def _lead(self, connection: asyncpg.Connection) -> None:
        while not await connection.fetchval("select pg_try_advisory_lock($1)", LOCK):
            await asyncio.sleep(QUIET_SECONDS)
        try:
            async with producer(self._settings, client=f"sir-{self._source}-relay") as kafka:
                telemetry.relay_leader.set(1)
                log.info("relay.leads")
                while True:
                    self._bell.heard.clear()
                    while await self._carry(connection, kafka):
                        pass
                    await asyncio.sleep(REST_SECONDS)
                    try:
                        await asyncio.wait_for(self._bell.heard.wait(), QUIET_SECONDS)
                    except TimeoutError:
                        continue
        finally:
            if not connection.is_closed():
                await connection.execute("select pg_advisory_unlock($1)", LOCK)

    async def _carry(self, connection: asyncpg.Connection, kafka: AIOKafkaProducer) -> bool:
        rows = await connection.fetch(_NEXT, CHUNK)
        if not rows:
            return False
        failpoint("relay.before_send")
        async with asyncio.timeout(WATCHDOG_SECONDS):
            await asyncio.gather(*[await self._send(kafka, row) for row in rows])
        failpoint("relay.after_send")
        telemetry.relayed.labels(result="acked").inc(len(rows))
        failpoint("relay.before_delete")
        await connection.execute(_SENT, [row[0] for row in rows])
        failpoint("relay.after_delete")
        return len(rows) == CHUNK

    async def _send(self, kafka: AIOKafkaProducer, row: Any) -> Any:
        envelope, data = codec.from_row(self._source, row[1:])
        return await kafka.send(self._settings.topic, data, key=envelope.subject.encode(), headers=codec.headers(envelope))
