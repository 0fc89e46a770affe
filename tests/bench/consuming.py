"""How fast statistics takes a topic in, against reading the same topic and doing nothing."""

import asyncio
import time
from collections import defaultdict

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.producer.message_accumulator import BatchBuilder

from deploy.local.running import Stack
from deploy.local.stack import on_database
from deploy.local.supervisor import say
from services.chassis import codec
from services.chassis.relay import PRODUCER
from tests.bench import history
from tests.bench.figure import Figure

TOPIC = "sir.case-events.v1"
EVENTS = 200_000
_REACHED = "select coalesce(sum(next_offset), 0)::bigint from bookmark"


async def consumer_figures(stack: Stack) -> list[Figure]:
    """Ledger, facts, watermarks and bookmark of each event, from the first batch to the last."""
    await stack.stop("statistics")
    say(f"  making {EVENTS:,} events on the topic")
    await _produce(stack.addresses.kafka)
    say("  reading them and doing nothing")
    reference = await _read(stack.addresses.kafka)
    say("  taking them in")
    starting = asyncio.create_task(stack.start("statistics"))
    mine = await _taken_in(on_database(stack.addresses.postgres, "sir_statistics"))
    await starting
    name = "statistics consumer applying (ledger and facts), against a bare getmany"
    return [Figure(name, mine, reference, "/s", "at least 20,000 /s and 0.05")]


async def _produce(kafka: str) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka, **PRODUCER) as producer:
        batches: dict[int, BatchBuilder] = defaultdict(producer.create_batch)
        sent = []
        for partition, _, source, *stored in history.rows(EVENTS):
            envelope, data = codec.from_row(source, stored)
            record = {"key": envelope.subject.encode(), "value": data, "headers": codec.headers(envelope), "timestamp": None}
            if batches[partition].append(**record) is None:
                sent.append(await producer.send_batch(batches.pop(partition), TOPIC, partition=partition))
                batches[partition].append(**record)
        sent += [await producer.send_batch(batch, TOPIC, partition=partition) for partition, batch in batches.items()]
        await asyncio.gather(*sent)


async def _read(kafka: str) -> float:
    """Records a second."""
    async with AIOKafkaConsumer(
        TOPIC, bootstrap_servers=kafka, auto_offset_reset="earliest", enable_auto_commit=False
    ) as consumer:
        await consumer.getmany(timeout_ms=5000, max_records=1)
        began, left = time.perf_counter(), EVENTS - 1
        while left:
            left -= sum(map(len, (await consumer.getmany(timeout_ms=1000, max_records=2000)).values()))
        return (EVENTS - 1) / (time.perf_counter() - began)


async def _taken_in(url: str) -> float:
    """Records a second between two sights of the bookmarks: after the first batch, and at the end."""
    connection = await asyncpg.connect(url)
    try:
        while not (first := await connection.fetchval(_REACHED)):
            await asyncio.sleep(0.01)
        began = time.perf_counter()
        while await connection.fetchval(_REACHED) < EVENTS:
            await asyncio.sleep(0.02)
        took = time.perf_counter() - began
        assert await connection.fetchval("select count(*) from ledger") == EVENTS, "something was set aside"
    finally:
        await connection.close()
    return float((EVENTS - first) / took)
