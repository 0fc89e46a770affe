"""A consumer's partition: duplicates, gaps, late fillers, poison, forks and zombies, with real PostgreSQL and records made by a real store."""

import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.envelope import Envelope, Origin
from services.chassis import codec
from services.chassis.chain import link
from services.chassis.clock import new_id
from services.chassis.hearing import Reactor
from services.chassis.partition import Fenced, Partition
from services.chassis.store import Ask, Cause, Done, Store
from tests.toy.harness import Toy, record_of, toy
from tests.toy.language import PING, PONG
from tests.toy.services import DECIDER, Ping, project, project_heard, react

CAUSE = Cause(role="council", actor="a", council="S12000033", origin=Origin.LIVE, correlation=new_id())
Made = tuple[Envelope, bytes]


@dataclass
class Bench:
    """pong's side of the consumer, and a ping store that makes records for it."""

    made: Toy
    ping: asyncpg.Connection
    pong: asyncpg.Connection
    partition: Partition

    async def say(self, subject: str, *numbers: int) -> list[Made]:
        """Records of one ping stream."""
        store = Store(source="ping", decider=DECIDER, catalogue=PING, upcasters={})
        async with self.ping.transaction():
            done = await store.append(
                self.ping, [Ask(subject=subject, command=Ping(number=number), cause=CAUSE) for number in numbers]
            )
        assert all(isinstance(each, Done) for each in done)
        rows = await self.ping.fetch(f"select {codec.COLUMNS} from event where subject = $1 order by version", subject)
        return [codec.from_row("ping", row) for row in rows][-len(numbers) :]

    async def take(self, records: list[Made], *, at: int | None = None, careful: bool = False) -> Fenced | None:
        """Offer records to the partition, from its bookmark or from another place."""
        await self.pong.execute("insert into bookmark values ($1, 0, 0, '') on conflict do nothing", self.made.topic)
        start = at if at is not None else await self.pong.fetchval("select next_offset from bookmark")
        offered = [
            record_of(e, data, topic=self.made.topic, partition=0, offset=start + n) for n, (e, data) in enumerate(records)
        ]
        async with self.pong.transaction():
            return (await self.partition.take(self.pong, {0: offered}, careful=careful)).get(0)

    async def echoed(self) -> list[tuple[str, int]]:
        """What pong has taken in from ping, by subject and number."""
        return [
            (row[0], row[1])
            for row in await self.pong.fetch("select subject, number from seen where source = 'ping' order by 1, 2")
        ]

    async def echoes(self) -> int:
        """Events that pong said."""
        return int(await self.pong.fetchval("select count(*) from event"))

    async def parked(self) -> list[tuple[str, int, str]]:
        """What is set aside."""
        return [
            (row[0], row[1], row[2]) for row in await self.pong.fetch("select subject, version, reason from parked order by id")
        ]


@pytest.fixture
async def bench(postgres_url: str, kafka_bootstrap: str, tmp_path: Path) -> AsyncIterator[Bench]:
    async with toy(postgres_url, kafka_bootstrap, tmp_path) as made:
        store = Store(source="pong", decider=DECIDER, catalogue=PONG, upcasters={}, project=project)
        listener = Reactor(store=store, catalogue=PING, upcasters={}, react=react, project=project_heard)
        async with made.owner("ping") as ping, made.owner("pong") as pong:
            yield Bench(made, ping, pong, Partition(topic=made.topic, listener=listener))


async def test_a_duplicate_is_counted_and_nothing_else(bench: Bench) -> None:
    one = await bench.say("a", 2, 4)
    await bench.take(one)
    await bench.take([*one, one[0]])
    assert await bench.echoed() == [("a", 2), ("a", 4)]
    assert await bench.echoes() == 2


async def test_a_gap_sets_the_case_aside_and_the_filler_heals_it_while_others_flow(bench: Bench) -> None:
    a, b = await bench.say("a", 2, 4, 6), await bench.say("b", 8)
    await bench.take([a[0], a[2], b[0]])
    assert await bench.echoed() == [("a", 2), ("b", 8)]
    assert await bench.parked() == [("a", 3, "gap")]
    await bench.take([a[1]])
    assert await bench.echoed() == [("a", 2), ("a", 4), ("a", 6), ("b", 8)]
    assert await bench.parked() == []


async def test_poison_sets_only_its_case_aside(bench: Bench) -> None:
    a, b = await bench.say("a", 2, 666, 4), await bench.say("b", 6)
    records = [a[0], a[1], b[0], a[2]]
    with pytest.raises(ValueError, match="beast"):
        await bench.take(records)
    assert await bench.echoed() == [], "the first try is rolled back whole"
    await bench.take(records, careful=True)
    assert await bench.echoed() == [("a", 2), ("b", 6)]
    assert [(subject, version) for subject, version, _ in await bench.parked()] == [("a", 2), ("a", 3)]
    assert await bench.pong.fetchval("select next_offset from bookmark") == 4


async def test_a_zombies_batch_is_refused(bench: Bench) -> None:
    a = await bench.say("a", 2, 4)
    await bench.take(a)
    assert await bench.take(a, at=0) == Fenced(2)
    assert await bench.take(await bench.say("b", 6), at=7) == Fenced(2)
    assert await bench.echoes() == 2


async def test_a_refused_partition_does_not_hold_up_the_others(bench: Bench) -> None:
    a, b = await bench.say("a", 2), await bench.say("b", 4, 6)
    topic = bench.made.topic
    await bench.pong.execute("insert into bookmark select $1, n, 5 * n, '' from generate_series(1, 2) n", topic)
    offered = {
        1: [record_of(*a[0], topic=topic, partition=1, offset=4)],
        2: [record_of(*each, topic=topic, partition=2, offset=10 + n) for n, each in enumerate(b)],
        3: [record_of(*a[0], topic=topic, partition=3, offset=0)],
    }
    async with bench.pong.transaction():
        assert await bench.partition.take(bench.pong, offered, careful=False) == {1: Fenced(5), 3: Fenced(0)}
    assert await bench.echoed() == [("b", 4), ("b", 6)]
    places = await bench.pong.fetch("select partition, next_offset from bookmark order by partition")
    assert [tuple(place) for place in places] == [(1, 5), (2, 12)]
    assert await bench.pong.fetchval("select partition from watermark where subject = 'b'") == 2


async def test_a_forked_source_is_halted_never_skipped(bench: Bench) -> None:
    a, b = await bench.say("a", 2, 4), await bench.say("b", 6)
    await bench.take(a)
    other = _forged(a[1])
    await bench.take([other, b[0]])
    assert [row["source"] for row in await bench.pong.fetch("select source from halted")] == ["ping"]
    assert await bench.echoed() == [("a", 2), ("a", 4)], "nothing more of that source is taken in"
    assert [reason for _, _, reason in await bench.parked()] == ["halted", "halted"], "and nothing of it is lost"


async def test_a_broken_link_is_a_fork(bench: Bench) -> None:
    a = await bench.say("a", 2, 4, 6)
    await bench.take(a[:1])
    await bench.take([_forged(a[1], prevhash=b"\0" * 32)])
    assert [row["source"] for row in await bench.pong.fetch("select source from halted")] == ["ping"]


async def test_an_unknown_version_waits_for_newer_code(bench: Bench) -> None:
    a, b = await bench.say("a", 2), await bench.say("b", 4)
    await bench.take([_forged(a[0], schemaversion=9), b[0]])
    assert await bench.parked() == [("a", 1, "unreadable")]
    assert await bench.echoed() == [("b", 4)]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000), sizes=st.lists(st.integers(1, 5), min_size=1, max_size=3))
async def test_any_order_with_losses_made_good_drains_to_the_same(bench: Bench, seed: int, sizes: list[int]) -> None:
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    streams = [await bench.say(str(new_id()), *range(2, 2 * size + 2, 2)) for size in sizes]
    records = [record for stream in streams for record in stream] * 2
    chance.shuffle(records)
    while records:
        size = chance.randint(1, 4)
        await bench.take(records[:size])
        records = records[size:]
    assert await bench.parked() == []
    taken = {subject for subject, _ in await bench.echoed()}
    for stream in streams:
        subject = stream[0][0].subject
        assert subject in taken
        rows = await bench.pong.fetch("select number from seen where source = 'ping' and subject = $1", subject)
        assert [row[0] for row in rows] == list(range(2, 2 * len(stream) + 2, 2)), "once each, in order"


def _forged(made: Made, **changes: Any) -> Made:
    from dataclasses import replace

    envelope, data = made
    envelope = replace(envelope, id=new_id(), **changes)
    return replace(envelope, hash=link(envelope, data)), data
