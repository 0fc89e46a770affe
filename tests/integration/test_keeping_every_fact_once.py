"""Whatever is killed, and wherever: what was accepted is in history once, on the topic, and in every read model."""

import asyncio
import json
from base64 import b64decode
from pathlib import Path

import httpx2
import pytest

from tests.processes import broker
from tests.toy.bench import bench_on
from tests.toy.harness import Toy, drop_topic, make_topic, toy

KILLED_IN_PING = [
    "append.before_begin",
    "append.before_write",
    "append.before_commit",
    "append.after_commit",
    "relay.before_send",
    "relay.after_send",
    "relay.before_delete",
    "relay.after_delete",
]
FAILED_IN_PING = ["relay.before_send", "relay.after_send", "relay.before_delete", "append.before_write", "append.before_commit"]
KILLED_IN_PONG = ["consumer.before_begin", "consumer.before_commit", "consumer.after_commit", "relay.after_send"]


async def say(made: Toy, client: httpx2.AsyncClient, count: int, *, prefix: str) -> list[str]:
    answers = await asyncio.gather(
        *[made.ping(client, 2 * number + 2, key=f"{prefix}{number}", secret="PLANTED") for number in range(count)]
    )
    assert {answer.status_code for answer in answers} == {201}
    cases = [answer.json()["case_id"] for answer in answers]
    assert len(set(cases)) == count
    return cases


@pytest.mark.parametrize("nth", [1, 3])
@pytest.mark.parametrize("name", KILLED_IN_PING)
async def test_ping_is_killed(postgres_url: str, kafka_bootstrap: str, tmp_path: Path, name: str, nth: int) -> None:
    async with toy(postgres_url, kafka_bootstrap, tmp_path) as made, httpx2.AsyncClient(timeout=10) as client:
        await made.start("ping", SIR_FAILPOINT=f"{name}:kill:{nth}")
        await made.start("pong")
        first = await say(made, client, 20, prefix="a")
        assert await say(made, client, 20, prefix="a") == first, "the same key, the same case"
        await made.settled()
        assert (await made.conserved())["events"] == 40
        assert await made.secrets() == {"PLANTED": 20}, "no key came later than what it sealed"


@pytest.mark.parametrize("name", FAILED_IN_PING)
async def test_ping_fails_and_goes_on_by_itself(postgres_url: str, kafka_bootstrap: str, tmp_path: Path, name: str) -> None:
    async with toy(postgres_url, kafka_bootstrap, tmp_path) as made, httpx2.AsyncClient(timeout=10) as client:
        await made.start("ping", SIR_FAILPOINT=f"{name}:raise")
        await made.start("pong")
        process = made.processes["ping"]
        await say(made, client, 10, prefix="a")
        await made.settled()
        assert (await made.conserved())["events"] == 20
        assert made.processes["ping"] is process


async def test_what_was_committed_late_is_carried_too(postgres_url: str, kafka_bootstrap: str, tmp_path: Path) -> None:
    async with bench_on(postgres_url, kafka_bootstrap, tmp_path) as bench, httpx2.AsyncClient(timeout=10) as client:
        made = bench.made
        await made.start("ping")
        await made.start("pong")
        async with bench.ping.transaction():
            await bench.say("late", 2)
            await say(made, client, 3, prefix="a")
            await made.settled()
        await made.settled()
        assert (await made.conserved())["events"] == 8


async def test_kafka_is_stopped_while_much_is_said(postgres_url: str, tmp_path: Path) -> None:
    async with (
        broker(tmp_path) as kafka,
        toy(postgres_url, kafka.address, tmp_path) as made,
        httpx2.AsyncClient(timeout=10) as client,
    ):
        await made.start("ping")
        await made.start("pong")
        await say(made, client, 3, prefix="a")
        await made.settled()
        await kafka.child.stop()
        await say(made, client, 20, prefix="b")
        await made.kill("ping")
        await say(made, client, 5, prefix="c")
        await kafka.child.start()
        await made.settled()
        assert (await made.conserved())["events"] == 56


@pytest.mark.parametrize("name", KILLED_IN_PONG)
async def test_pong_is_killed(postgres_url: str, kafka_bootstrap: str, tmp_path: Path, name: str) -> None:
    async with toy(postgres_url, kafka_bootstrap, tmp_path) as made, httpx2.AsyncClient(timeout=10) as client:
        await made.start("ping")
        await made.start("pong", SIR_FAILPOINT=f"{name}:kill:2")
        await say(made, client, 20, prefix="a")
        await asyncio.sleep(0.3)
        await say(made, client, 20, prefix="b")
        await made.settled()
        assert (await made.conserved())["events"] == 80


async def test_the_topic_is_made_anew(postgres_url: str, kafka_bootstrap: str, tmp_path: Path) -> None:
    async with toy(postgres_url, kafka_bootstrap, tmp_path) as made, httpx2.AsyncClient(timeout=10) as client:
        await made.start("ping")
        await made.start("pong")
        await say(made, client, 20, prefix="a")
        await made.settled()
        for name in ("ping", "pong"):
            await made.kill(name)
        await drop_topic(made)
        await make_topic(made)
        await made.start("ping")
        await made.start("pong")
        async with asyncio.timeout(30):
            while len(await made.records()) < 40:
                await asyncio.sleep(0.1)
        await say(made, client, 20, prefix="b")
        await made.settled()
        assert (await made.conserved())["events"] == 80


async def test_a_topic_made_anew_that_has_grown_as_long_is_noticed(
    postgres_url: str, kafka_bootstrap: str, tmp_path: Path
) -> None:
    async with toy(postgres_url, kafka_bootstrap, tmp_path) as made, httpx2.AsyncClient(timeout=10) as client:
        await made.start("ping")
        await made.start("pong")
        await say(made, client, 10, prefix="a")
        await made.settled()
        await made.kill("pong")
        await say(made, client, 10, prefix="b")
        async with asyncio.timeout(30):
            while len(records := await made.records()) < 30:
                await asyncio.sleep(0.1)
        await made.kill("ping")
        await drop_topic(made)
        await make_topic(made)
        # What pong has not seen stands first now, before its bookmarks.
        await made.send([(envelope, record.value) for envelope, record in reversed(records)])
        await made.start("ping")
        await made.start("pong")
        await made.settled()
        assert (await made.conserved())["events"] == 40


async def test_no_secret_leaves_in_clear(postgres_url: str, kafka_bootstrap: str, tmp_path: Path) -> None:
    async with toy(postgres_url, kafka_bootstrap, tmp_path) as made, httpx2.AsyncClient(timeout=10) as client:
        await made.start("ping")
        await made.start("pong")
        await say(made, client, 5, prefix="a")
        await made.settled()
        records = await made.records()
        told = b"".join(record.value + str(record.headers).encode() for _, record in records)
        logs = b"".join(path.read_bytes() for path in tmp_path.glob("*.log"))
        metrics = (await client.get(f"{made.base('ping')}/metrics")).content
        boxes = [b64decode(json.loads(record.value)["secret"]["$sealed"]["box"]) for e, record in records if e.source == "ping"]
        assert len(boxes) == 5, "the positive control: the sealed field is there"
        for where in (told, logs, metrics, *boxes):
            assert b"PLANTED" not in where


async def test_a_store_restored_from_an_old_backup_says_nothing(postgres_url: str, kafka_bootstrap: str, tmp_path: Path) -> None:
    async with toy(postgres_url, kafka_bootstrap, tmp_path) as made, httpx2.AsyncClient(timeout=10) as client:
        await made.start("ping")
        await made.start("pong")
        await say(made, client, 3, prefix="a")
        await made.settled()
        await made.kill("ping")
        async with made.owner("ping") as owner:
            await owner.execute(
                "alter table event disable trigger all; delete from event; delete from stream; delete from bookmark; delete from watermark"
            )
            await owner.execute("delete from idempotency; alter table event enable trigger all")
        await made.start("ping")
        async with asyncio.timeout(20):
            while (
                await client.post(f"{made.base('ping')}/v1/pings", json={"number": 2}, headers=made.headers())
            ).status_code == 201:
                await asyncio.sleep(0.2)
        before = len(await made.records())
        await asyncio.sleep(1)
        assert len(await made.records()) == before, "nothing more was published"
        assert "sir_halted_sources 1.0" in (await client.get(f"{made.base('ping')}/metrics")).text, "and operations can see it"
        assert b"store.older_than_topic" in (tmp_path / "ping.log").read_bytes()
