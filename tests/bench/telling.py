"""How long after a council's answer the record stands on Government's topic, against one hop of the same broker."""

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx2
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from contracts.topics import GOVERNMENT
from deploy.local.running import Stack
from deploy.local.supervisor import say
from services.chassis.clock import new_id
from services.chassis.relay import PRODUCER
from tests.bench.figure import Figure
from tests.system.conftest import Running

BARE = "bench-round-trip"
TIMES = 150
WARMING = 20
PAUSE_SECONDS = 0.03


async def government_figures(stack: Stack, body: Mapping[str, Any]) -> list[Figure]:
    """One notification at a time: intake, Kafka, notification, Kafka; the bare hop is produced and consumed likewise."""
    addresses = stack.addresses
    token = Running(addresses.state, addresses.services, addresses.kafka).token("council", "S12000049")
    await _make(addresses.kafka, BARE)
    say(f"  {TIMES} records, one hop each, then {TIMES} notifications, one at a time")
    async with AIOKafkaProducer(bootstrap_servers=addresses.kafka, **PRODUCER) as producer:

        async def send() -> tuple[bytes, float]:
            key, at = new_id().bytes, time.perf_counter()
            await producer.send(BARE, b"x" * 600, key=key)
            return key, at

        reference = await _median(addresses.kafka, BARE, send)
    async with httpx2.AsyncClient(timeout=30) as client:

        async def notify() -> tuple[bytes, float]:
            headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(new_id())}
            answer = await client.post(f"{addresses.services['intake']}/v1/notifications", json=body, headers=headers)
            at = time.perf_counter()
            assert answer.status_code == httpx2.codes.CREATED, answer.text
            return str(answer.json()["case_id"]).encode(), at

        mine = await _median(addresses.kafka, GOVERNMENT, notify)
    name = "commit to Government's topic, median, against a bare produce and consume"
    return [Figure(name, mine, reference, "ms", "under 10")]


async def _median(kafka: str, topic: str, say_one: Callable[[], Awaitable[tuple[bytes, float]]]) -> float:
    """Milliseconds from when one was said to when it was read, by its key."""
    read: dict[bytes, asyncio.Future[float]] = {}
    async with AIOKafkaConsumer(
        topic, bootstrap_servers=kafka, auto_offset_reset="earliest", enable_auto_commit=False
    ) as consumer:
        reading = asyncio.create_task(_note(consumer, read))
        took = []
        for _ in range(WARMING + TIMES):
            key, at = await say_one()
            async with asyncio.timeout(10):
                took.append((await read.setdefault(key, asyncio.Future()) - at) * 1000)
            await asyncio.sleep(PAUSE_SECONDS)
        reading.cancel()
    return statistics.median(took[WARMING:])


async def _note(consumer: AIOKafkaConsumer, read: dict[bytes, "asyncio.Future[float]"]) -> None:
    record: ConsumerRecord[bytes, bytes]
    async for record in consumer:
        found = read.setdefault(record.key or b"", asyncio.Future())
        if not found.done():
            found.set_result(time.perf_counter())


async def _make(kafka: str, topic: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, 1, 1)])
    finally:
        await admin.close()
