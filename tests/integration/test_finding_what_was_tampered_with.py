"""`verify` names every column that was altered and every event that was taken away or invented; what was erased breaks nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import httpx2
import pytest

from services.chassis.keys import Keyring
from services.chassis.postgres import open_pool
from services.chassis.verify import Verdict, verify
from tests.toy.bench import Bench, bench_on
from tests.toy.harness import on_database, toy

OTHER = {
    "subject": "'b'", "version": "version + 7", "id": "gen_random_uuid()", "type": "'sir.ping.other'", "schema": "2",
    "time": "time + interval '1 microsecond'", "recorded": "recorded - interval '1 microsecond'", "role": "'operator'", "actor": "'other'",
    "council": "null", "origin": "'import'", "policy": "''", "calendar": "'x'", "correlation": "gen_random_uuid()",
    "causation": "gen_random_uuid()", "traceparent": "'x'", "data": "data || ' '", "prev_hash": "prev_hash || '\\x00'", "hash": "'\\x00'",
}  # fmt: skip


INVENTED = """
    insert into event select subject, 4, gen_random_uuid(), type, schema, time, recorded, role, actor, council, origin, policy, calendar,
                             correlation, causation, traceparent, data, hash, hash from event where subject = 'a' and version = 3
"""


@pytest.fixture
async def bench(postgres_url: str, kafka_bootstrap: str, tmp_path: Path) -> AsyncIterator[Bench]:
    """A stream of three events, and one before and one behind it."""
    async with bench_on(postgres_url, kafka_bootstrap, tmp_path) as made:
        for subject, numbers in {"A": (2,), "a": (2, 4, 6), "c": (2,)}.items():
            await made.say(subject, *numbers)
        yield made


@asynccontextmanager
async def after(bench: Bench, change: str) -> AsyncIterator[Verdict]:
    """The verdict after a change by someone who may do anything, which is then undone."""
    transaction = bench.ping.transaction()
    await transaction.start()
    await bench.ping.execute("alter table event disable trigger all")
    await bench.ping.execute(change)
    yield await verify(bench.ping, source="ping")
    await transaction.rollback()


async def test_nothing_is_wrong_with_what_nobody_touched(bench: Bench) -> None:
    verdict = await verify(bench.ping, source="ping")
    assert (verdict.events, verdict.faults) == (5, [])


async def test_the_service_itself_may_not_change_an_event(bench: Bench) -> None:
    for change in ("update event set actor = 'x'", "delete from event", "truncate event"):
        with pytest.raises(asyncpg.RaiseError, match="never changed or removed"):
            await bench.ping.execute(change)


async def test_every_altered_column_is_found(bench: Bench) -> None:
    columns = await bench.ping.fetch("select column_name from information_schema.columns where table_name = 'event'")
    assert {row[0] for row in columns} == OTHER.keys()
    for column, value in OTHER.items():
        for subject, version in (("A", 1), ("a", 1), ("a", 2), ("a", 3), ("c", 1)):
            change = f"update event set {column} = {value} where subject = '{subject}' and version = {version}"
            async with after(bench, change) as verdict:
                named = {stream for stream, _, _ in verdict.faults}
                assert named & {f"ping/{subject}", "ping/b"}, f"{column} of {subject} {version}: {verdict.faults}"


@pytest.mark.parametrize("version", [1, 2, 3])
async def test_an_event_taken_away_is_found(bench: Bench, version: int) -> None:
    async with after(bench, f"delete from event where subject = 'a' and version = {version}") as verdict:
        assert {stream for stream, _, _ in verdict.faults} == {"ping/a"}


@pytest.mark.parametrize(
    "change",
    [
        "delete from event where subject = 'a' and version > 1",
        "delete from event where subject = 'a'",
        "delete from stream where subject = 'a'",
        "update stream set version = 2 where subject = 'a'",
        "update stream set hash = '' where subject = 'a'",
        INVENTED,
    ],
    ids=["tail", "whole stream", "head", "head's version", "head's hash", "invented"],
)
async def test_a_history_that_does_not_fit_its_head_is_found(bench: Bench, change: str) -> None:
    async with after(bench, change) as verdict:
        assert {stream for stream, _, _ in verdict.faults} == {"ping/a"}


async def test_what_was_erased_breaks_no_chain_and_no_count(postgres_url: str, kafka_bootstrap: str, tmp_path: Path) -> None:
    async with toy(postgres_url, kafka_bootstrap, tmp_path) as made, httpx2.AsyncClient(timeout=10) as client:
        await made.start("ping")
        await made.start("pong")
        answers = [await made.ping(client, 2, key=f"a{n}", secret="PLANTED") for n in range(6)]
        cases = [answer.json()["case_id"] for answer in answers]
        await made.settled()
        keys = await open_pool(on_database(postgres_url, f"sir_keys__{made.suffix}", user="sir_intake"), name="test", size=1)
        for case in cases[:3]:
            await Keyring.load(keys, tmp_path / "kek").destroy(case)
        await keys.close()
        code, output = await made.word("ping", "verify")
        assert (code, "6 events, 0 faults" in output) == (0, True), output
        for name in ("ping", "pong"):
            code, output = await made.word(name, "rebuild")
            assert (code, "the same as before" in output) == (0, True), output
        assert (await made.conserved())["events"] == 12
        assert await made.secrets() == {None: 3, "PLANTED": 3}
