"""A rebuild under load: the live tables serve until the swap, and what comes out equals what a fresh fold gives."""

import asyncio
from pathlib import Path

import httpx2
import pytest

from tests.toy.harness import toy


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


async def test_every_altered_column_and_a_tail_cut_off_are_found(postgres_url: str, kafka_bootstrap: str, tmp_path: Path) -> None:
    async with toy(postgres_url, kafka_bootstrap, tmp_path) as made, httpx2.AsyncClient(timeout=10) as client:
        await made.start("ping")
        await asyncio.gather(*[made.ping(client, 2, key=f"a{n}") for n in range(3)])
        assert (await made.word("ping", "verify"))[0] == 0
        async with made.owner("ping") as owner:
            await owner.execute("alter table event disable trigger all")
            (victim,) = await owner.fetch("select * from event order by subject limit 1")
            changes = {
                "type": "'sir.ping.other'", "schema": "2", "time": "time + interval '1 microsecond'", "recorded": "recorded - interval '1 day'",
                "role": "'operator'", "actor": "'other'", "council": "'S12000034'", "origin": "'import'", "policy": "'2012'", "calendar": "'x'",
                "id": "gen_random_uuid()", "correlation": "gen_random_uuid()", "causation": "gen_random_uuid()", "traceparent": "'x'",
                "data": "convert_to('{\"number\":4}', 'utf8')", "prev_hash": "'\\x00'", "hash": "'\\x00'", "version": "2",
            }  # fmt: skip
            for column, value in changes.items():
                await owner.execute(f"update event set {column} = {value} where subject = $1", victim["subject"])
                code, output = await made.word("ping", "verify")
                assert code == 1, f"{column}: {output}"
                key = "2" if column == "version" else "1"
                await owner.execute(
                    f"update event set {column} = $1 where subject = $2 and version = {key}", victim[column], victim["subject"]
                )
            assert (await made.word("ping", "verify"))[0] == 0
            await owner.execute("delete from event where subject = $1", victim["subject"])
            code, output = await made.word("ping", "verify")
            assert code == 1, output
