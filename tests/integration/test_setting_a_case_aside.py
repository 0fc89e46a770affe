"""A consumer's partition: duplicates, gaps, late fillers, poison, forks and zombies, with real PostgreSQL and records made by a real store."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.chassis.partition import Fenced
from tests.toy.bench import Bench, bench_on, forged, relinked
from tests.toy.harness import record_of


@pytest.fixture
async def bench(postgres_url: str, kafka_bootstrap: str, tmp_path: Path) -> AsyncIterator[Bench]:
    async with bench_on(postgres_url, kafka_bootstrap, tmp_path) as made:
        yield made


async def test_a_duplicate_is_counted_and_nothing_else(bench: Bench) -> None:
    one = await bench.say("a", 2, 4)
    await bench.take(one)
    await bench.take([*one, one[0]])
    assert await bench.taken("a") == [2, 4]
    assert await bench.echoes() == 2


async def test_a_gap_sets_the_case_aside_and_the_filler_heals_it_while_others_flow(bench: Bench) -> None:
    a, b = await bench.say("a", 2, 4, 6), await bench.say("b", 8)
    await bench.take([a[0], a[2], b[0]])
    assert (await bench.taken("a"), await bench.taken("b")) == ([2], [8])
    assert await bench.parked() == [("a", 3, "gap")]
    await bench.take([a[1]])
    assert await bench.taken("a") == [2, 4, 6]
    assert await bench.parked() == []


async def test_poison_sets_only_its_case_aside(bench: Bench) -> None:
    a, b = await bench.say("a", 2, 666, 4), await bench.say("b", 6)
    records = [a[0], a[1], b[0], a[2]]
    with pytest.raises(ValueError, match="beast"):
        await bench.take(records)
    assert await bench.taken("a") == [], "the first try is rolled back whole"
    await bench.take(records, careful=True)
    assert (await bench.taken("a"), await bench.taken("b")) == ([2], [6])
    assert [(subject, version) for subject, version, _ in await bench.parked()] == [("a", 2), ("a", 3)]
    assert await bench.bookmark() == 4
    await bench.retry("a")
    assert len(await bench.parked()) == 2, "tried again too early, it waits on"
    bench.repaired = True
    await bench.retry("a")
    assert (await bench.taken("a"), await bench.parked()) == ([2, 666, 4], [])


async def test_behind_what_waits_the_cases_other_streams_wait_too(bench: Bench) -> None:
    a = await bench.say("a", 2, 666)
    other = relinked(await bench.say("b", 4), source="other", subject="a")
    await bench.take(a, careful=True)
    await bench.take(other)  # its batch says nothing of ping's stream
    assert (await bench.taken("a"), await bench.taken("a", "other")) == ([2], [])
    bench.repaired = True
    await bench.retry("a")
    assert (await bench.taken("a"), await bench.taken("a", "other"), await bench.parked()) == ([2, 666], [4], [])


async def test_what_waits_is_drained_in_the_order_in_which_it_came(bench: Bench) -> None:
    a = await bench.say("a", 666, 2)
    other = relinked(await bench.say("b", 4, 6), source="other", subject="a")
    await bench.take([a[0], other[0], a[1], other[1]], careful=True)
    bench.repaired = True
    await bench.retry("a")
    order = [row[0] for row in await bench.pong.fetch("select number from taken order by n")]
    assert order == [666, 4, 2, 6]


async def test_a_zombies_batch_is_refused(bench: Bench) -> None:
    a = await bench.say("a", 2, 4)
    await bench.take(a)
    assert await bench.take(a, at=0) == Fenced(2)
    assert await bench.take(await bench.say("b", 6), at=7) == Fenced(2)
    assert await bench.echoes() == 2


async def test_of_two_members_with_the_same_batch_at_once_one_is_refused(bench: Bench) -> None:
    a = await bench.say("a", 2, 4)
    await bench.take(await bench.say("b", 6))
    async with bench.made.owner("pong") as other:
        async with bench.pong.transaction():
            first = await bench.take(a, at=1)
            second = asyncio.create_task(bench.take(a, at=1, through=other))
            await asyncio.wait([second], timeout=0.3)
        assert [first, await second] == [None, Fenced(3)]
    assert await bench.taken("a") == [2, 4]


async def test_a_retry_and_the_consumer_do_not_take_the_same_record_in(bench: Bench) -> None:
    a = await bench.say("a", 2, 4, 6)
    await bench.take([a[0], a[2]])
    async with bench.made.owner("pong") as other:
        async with bench.pong.transaction():
            await bench.take([a[1]])
            again = asyncio.create_task(bench.retry("a", through=other))
            await asyncio.wait([again], timeout=0.3)
        await again
    assert (await bench.taken("a"), await bench.parked()) == ([2, 4, 6], [])


async def test_a_refused_partition_does_not_hold_up_the_others(bench: Bench) -> None:
    a, b = await bench.say("a", 2), await bench.say("b", 4, 6)
    topic = bench.topic
    await bench.pong.execute("insert into bookmark select $1, n, 5 * n, '' from generate_series(1, 2) n", topic)
    offered = {
        1: [record_of(*a[0], topic=topic, partition=1, offset=4)],
        2: [record_of(*each, topic=topic, partition=2, offset=10 + n) for n, each in enumerate(b)],
        3: [record_of(*a[0], topic=topic, partition=3, offset=0)],
    }
    async with bench.pong.transaction():
        assert await bench.partition.take(bench.pong, offered, careful=False) == {1: Fenced(5), 3: Fenced(0)}
    assert await bench.taken("b") == [4, 6]
    places = await bench.pong.fetch("select partition, next_offset from bookmark order by partition")
    assert [tuple(place) for place in places] == [(1, 5), (2, 12)]
    assert await bench.pong.fetchval("select partition from watermark where subject = 'b'") == 2


async def test_a_forked_source_is_halted_never_skipped(bench: Bench) -> None:
    a, b = await bench.say("a", 2, 4), await bench.say("b", 6)
    await bench.take(a)
    await bench.take([forged(a[1]), b[0]])
    assert await bench.halted() == ["ping"]
    assert (await bench.taken("a"), await bench.taken("b")) == ([2, 4], []), "nothing more of that source is taken in"
    assert [reason for _, _, reason in await bench.parked()] == ["halted", "halted"], "and nothing of it is lost"


async def test_a_broken_link_is_a_fork(bench: Bench) -> None:
    a = await bench.say("a", 2, 4, 6)
    await bench.take(a[:1])
    await bench.take([forged(a[1], prevhash=b"\0" * 32)])
    assert await bench.halted() == ["ping"]


@pytest.mark.parametrize("link", [None, b"\0" * 32], ids=["same link", "other link"])
async def test_a_fork_among_what_waits_is_noticed_when_its_turn_comes(bench: Bench, link: bytes | None) -> None:
    a = await bench.say("a", 2, 4, 6)
    other = forged(a[2], prevhash=link or a[2][0].prevhash)
    await bench.take([a[0], other])
    assert await bench.parked() == [("a", 3, "gap")]
    await bench.take([a[2], a[1]] if link is None else [a[1]])
    assert await bench.halted() == ["ping"]
    assert [(subject, version) for subject, version, _ in await bench.parked()] == [("a", 3)], "what contradicts the rest is kept"


async def test_an_unknown_version_waits_for_newer_code(bench: Bench) -> None:
    a, b = await bench.say("a", 2), await bench.say("b", 4)
    await bench.take([forged(a[0], schemaversion=9), b[0]])
    assert await bench.parked() == [("a", 1, "unreadable")]
    assert await bench.taken("b") == [4]


async def test_what_is_not_heard_is_counted_so_that_what_follows_is_no_gap(bench: Bench) -> None:
    a = await bench.say("a", 2, 4)
    unheard = forged(a[0], type="sir.ping.whispered")
    await bench.take([unheard, forged(a[1], prevhash=unheard[0].hash)])
    assert (await bench.taken("a"), await bench.parked()) == ([4], [])


async def test_a_place_on_a_topic_made_anew_is_not_the_same_place(bench: Bench) -> None:
    a, b = await bench.say("a", 2, 4), await bench.say("b", 6, 8)
    await bench.take([a[1]])
    await bench.pong.execute("update bookmark set next_offset = 0")
    await bench.take([b[1]])
    assert await bench.parked() == [("a", 2, "gap"), ("b", 2, "gap")]
