"""The conservation check: stores, topic, ledger, marks and read models hold the same facts; nothing lost, doubled, invented, out of order."""

import asyncio
import sys
from collections import Counter
from collections.abc import Iterable
from typing import Any

import asyncpg
import orjson
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from contracts.envelope import Envelope
from contracts.topics import CASE_EVENTS, GOVERNMENT
from deploy.local.environment import inherited
from deploy.local.stack import CHECKOUT, SERVICES, Addresses, on_database
from services.chassis import codec
from services.chassis.verify import verify

Facts = dict[tuple[str, str, int], bytes]
"""The hash of each event, by source, subject and version."""


async def everything(kafka: str, topic: str) -> list[ConsumerRecord]:
    """All records of a topic, each partition in its order."""
    found: list[ConsumerRecord] = []
    async with AIOKafkaConsumer(
        topic, bootstrap_servers=kafka, enable_auto_commit=False, auto_offset_reset="earliest"
    ) as consumer:
        places = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
        ends = await consumer.end_offsets(places)
        while any([await consumer.position(place) < ends[place] for place in places]):
            for batch in (await consumer.getmany(timeout_ms=300)).values():
                found += batch
    return found


def told(envelopes: Iterable[Envelope], *, in_order: bool = True) -> Facts:
    """What a topic tells: each version of a stream first after the one before it, and never another event under the same version."""
    facts: Facts = {}
    last: Counter[tuple[str, str]] = Counter()
    for envelope in envelopes:
        identity = (envelope.source, envelope.subject, envelope.streamversion)
        if identity not in facts:
            assert not in_order or envelope.streamversion == last[identity[:2]] + 1, f"out of order on the topic: {identity}"
            last[identity[:2]] = envelope.streamversion
        assert facts.setdefault(identity, envelope.hash) == envelope.hash, f"two events under one version: {identity}"
    return facts


async def kept(connection: asyncpg.Connection, source: str) -> Facts:
    """What a store keeps, its chains sound."""
    verdict = await verify(connection, source=source)
    assert verdict.faults == [], f"{source}'s store: {verdict.faults}"
    rows = await connection.fetch("select subject, version, hash from event")
    return {(source, row["subject"], row["version"]): row["hash"] for row in rows}


def same(one: str, of_one: Facts, other: str, of_other: Facts) -> None:
    """Two places hold the same facts."""
    assert of_one.keys() == of_other.keys(), (
        f"only in {one}: {sorted(of_one.keys() - of_other.keys())[:9]}; only in {other}: {sorted(of_other.keys() - of_one.keys())[:9]}"
    )
    assert of_one == of_other, f"{one} and {other} hold different events under one version"


async def conserved(stack: Addresses, *, afresh: bool = False, in_order: bool = True) -> dict[str, int]:
    """The check over the five services, once all have caught up; with `afresh` every read model is built anew and must come out equal.

    Raises:
        AssertionError: which of it does not hold.
    """
    stores: Facts = {}
    for service in SERVICES:
        connection = await asyncpg.connect(on_database(stack.postgres, f"sir_{service}"))
        stores |= await kept(connection, service)
        await connection.close()
    records = await everything(stack.kafka, CASE_EVENTS)
    envelopes = [codec.from_headers(record.headers) for record in records]
    same("a store", stores, "the topic", told(envelopes, in_order=in_order))
    for service in SERVICES:
        connection = await asyncpg.connect(on_database(stack.postgres, f"sir_{service}"))
        await _read(connection, service, stores)
        await connection.close()
    await _government(stack)
    if afresh:
        for said in await asyncio.gather(*[rebuilt(stack, service) for service in SERVICES]):
            assert "the same as before" in said, said
    return {"events": len(stores), "records": len(records)}


async def _read(connection: asyncpg.Connection, service: str, stores: Facts) -> None:
    """A service has taken in the whole of every stream, and nothing waits."""
    for table in ("outbox", "parked", "halted"):
        assert not await connection.fetchval(f"select count(*) from {table}"), f"{service}: {table} is not empty"
    marks = await connection.fetch("select source, subject, version, hash from watermark")
    read = {(row["source"], row["subject"], row["version"]): row["hash"] for row in marks}
    last = {(source, subject): version for source, subject, version in sorted(stores)}
    heads = {identity: hash_ for identity, hash_ in stores.items() if last[identity[:2]] == identity[2]}
    same(f"{service}'s marks", read, "the stores' heads", heads)
    if service == "statistics":
        rows = await connection.fetch("select source, subject, version, hash from ledger")
        assert len(rows) == len(stores), "the ledger holds something twice"
        same("the ledger", {(r["source"], r["subject"], r["version"]): r["hash"] for r in rows}, "a store", stores)


async def _government(stack: Addresses) -> None:
    """What notification says that it told is what stands in the feed, without holes, and on Government's topic, in order."""
    connection = await asyncpg.connect(on_database(stack.postgres, "sir_notification"))
    feed = await connection.fetch(
        'select f.sequence, f.id, f.event, d."offset" from feed f left join delivery d using (sequence) order by 1'
    )
    said = await connection.fetch(
        "select data from event where type in ('sir.notification.government-notified', 'sir.notification.government-told')"
    )
    await connection.close()
    assert [row["sequence"] for row in feed] == list(range(1, len(feed) + 1)), "the feed has holes"
    assert all(row["offset"] is not None for row in feed), "something of the feed is not on Government's topic"
    places: list[dict[str, Any]] = sorted((orjson.loads(row["data"]) for row in said), key=lambda data: data["sequence"])
    assert [(data["sequence"], data["outward_id"]) for data in places] == [(row["sequence"], str(row["id"])) for row in feed]
    sent = list(dict.fromkeys(record.value for record in await everything(stack.kafka, GOVERNMENT)))
    assert sent == [row["event"] for row in feed], "Government's topic is not the feed"


async def rebuilt(stack: Addresses, service: str) -> str:
    """Build a service's read models anew; what it says of it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", f"services.{service}", "rebuild", env=inherited() | stack.environment(service), cwd=CHECKOUT,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await asyncio.wait_for(process.communicate(), 180)
    return " ".join(output.decode().split())
