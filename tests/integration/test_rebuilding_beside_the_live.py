"""A rebuild under load: the live tables serve until the swap, and what comes out equals what a fresh fold gives."""

import asyncio
from pathlib import Path

import httpx2
import pytest

from tests.toy.bench import bench_on
from tests.toy.harness import drop_topic, make_topic, toy


async def test_a_damaged_read_model_comes_out_right_while_writing_goes_on(
    postgres_url: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    async with toy(postgres_url, kafka_bootstrap, tmp_path) as made, httpx2.AsyncClient(timeout=10) as client:
        await made.start("ping")
        await made.start("pong")
        await asyncio.gather(*[made.ping(client, 2, key=f"a{n}") for n in range(50)])
        await made.settled()
        async with made.owner("pong") as owner:
            await owner.execute("delete from seen where ctid in (select ctid from seen limit 7)")
        with pytest.raises(AssertionError, match="read model differs"):
            await made.conserved()

        async def load() -> None:
            for n in range(60):
                await made.ping(client, 2, key=f"b{n}")

        loading = asyncio.create_task(load())
        for name in ("ping", "pong"):
            code, output = await made.word(name, "rebuild")
            assert code == 0, output
        await loading
        await made.settled()
        assert (await made.conserved())["events"] == 220


@pytest.mark.parametrize("failpoint", ["rebuild.half_way", "rebuild.before_swap"])
async def test_a_rebuild_that_is_killed_changes_nothing(
    postgres_url: str, kafka_bootstrap: str, tmp_path: Path, failpoint: str
) -> None:
    async with toy(postgres_url, kafka_bootstrap, tmp_path) as made, httpx2.AsyncClient(timeout=10) as client:
        await made.start("ping")
        await made.start("pong")
        await asyncio.gather(*[made.ping(client, 2, key=f"a{n}") for n in range(20)])
        await made.settled()
        code, _ = await made.word("pong", "rebuild", SIR_FAILPOINT=f"{failpoint}:kill")
        assert code == -9
        await made.conserved()
        code, output = await made.word("pong", "rebuild")
        assert code == 0, output
        assert "the same as before" in output
        await made.conserved()


async def test_a_rebuild_takes_in_what_the_live_one_did(postgres_url: str, kafka_bootstrap: str, tmp_path: Path) -> None:
    async with bench_on(postgres_url, kafka_bootstrap, tmp_path) as bench:
        made = bench.made
        a, b, c = await bench.say("a", 2, 4, 6), await bench.say("b", 8, 666, 10), await bench.say("c", 12, 14)
        await made.send([a[0], a[2], b[0], b[1], b[2], a[0], c[1], a[1], a[1]])
        await made.start("pong")
        await made.taken_in("pong")
        rebuilding = asyncio.create_task(made.word("pong", "rebuild", SIR_FAILPOINT="rebuild.half_way:sleep=1"))
        await asyncio.sleep(1)
        # While it is built, what it has folded comes again, and something new.
        await made.send([a[0], a[1], *await bench.say("d", 16)])
        await made.taken_in("pong")
        code, output = await rebuilding
        assert (code, "the same as before" in output) == (0, True), output
        await made.send(c[:1])
        await made.taken_in("pong")
        assert [await bench.seen(subject) for subject in "abcd"] == [[2, 4, 6], [8], [12, 14], [16]]


async def test_a_rebuild_folds_what_the_topic_has_not_brought_back_yet(
    postgres_url: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    async with bench_on(postgres_url, kafka_bootstrap, tmp_path) as bench:
        await bench.say("a", 2, 4)  # in the outbox, and nothing carries it
        code, output = await bench.made.word("ping", "rebuild")
        assert (code, "the same as before" in output) == (0, True), output
        assert [row[0] for row in await bench.ping.fetch("select number from seen order by number")] == [2, 4]


async def test_a_rebuild_from_a_topic_that_lacks_something_is_thrown_away(
    postgres_url: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    async with bench_on(postgres_url, kafka_bootstrap, tmp_path) as bench:
        made = bench.made
        a = await bench.say("a", 2, 4)
        await made.send(a)
        await made.start("pong")
        await made.taken_in("pong")
        await made.kill("pong")
        await drop_topic(made)
        await make_topic(made)
        await made.send(a[:1])  # of the owner's publishing again, only the beginning
        await made.start("pong")
        await made.taken_in("pong")
        code, output = await made.word("pong", "rebuild")
        assert (code, "not all there" in output) == (1, True), output
        assert await bench.seen("a") == [2, 4]
