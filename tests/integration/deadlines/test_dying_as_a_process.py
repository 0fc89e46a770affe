"""The whole process over Kafka: killed while it judges, started again under a clock that jumped, rebuilt from the topic."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from contracts.envelope import Origin
from tests.integration.telling.stage import Stage

JUMP = str(timedelta(days=14).total_seconds())


async def shown(process: Stage, state: str) -> list[dict[str, Any]]:
    async with process.client("inspector") as client:
        listed: list[dict[str, Any]] = (
            await client.get("/v1/clocks", params={"state": state, "clock": "government_copy"})
        ).json()["clocks"]
        return listed


async def breaches(process: Stage) -> int:
    connection = await process.owner()
    found: int = await connection.fetchval("select count(*) from event where type = 'sir.deadlines.clock-breached'")
    await connection.close()
    return found


async def guarded(process: Stage) -> list[tuple[Any, ...]]:
    """What keeps the read models' rows from whom."""
    connection = await process.owner()
    policies = await connection.fetch(
        "select tablename::text, policyname::text, roles::text, cmd, qual, with_check from pg_policies where schemaname = 'read'"
    )
    tables = await connection.fetch(
        "select relname::text, relrowsecurity, relacl::text from pg_class where relnamespace = 'read'::regnamespace and relkind = 'r'"
    )
    await connection.close()
    return sorted(map(tuple, [*policies, *tables]), key=str)


@pytest.mark.parametrize(("place", "before_restart"), [("ticker.before_commit", 0), ("ticker.after_commit", 3)])
async def test_a_kill_while_it_judges_neither_loses_nor_doubles_a_breach(process: Stage, place: str, before_restart: int) -> None:
    await process.start()
    for _ in range(3):
        await process.notify(origin=Origin.IMPORT)
    await process.caught_up()
    assert len(await shown(process, "open")) == 3
    await process.kill()

    await process.start(SIR_CLOCK_SHIFT=JUMP, SIR_FAILPOINT=f"{place}:kill")
    await process.died()
    assert await breaches(process) == before_restart

    await process.start(SIR_CLOCK_SHIFT=JUMP)
    async with asyncio.timeout(30):
        while await breaches(process) < 3:
            await asyncio.sleep(0.1)
    await process.caught_up()
    assert len(await shown(process, "overdue")) == 3
    assert await breaches(process) == 3


async def test_a_rebuild_from_the_topic_gives_the_same_read_models(process: Stage) -> None:
    await process.start()
    for number in range(4):
        subject = await process.notify()
        if number % 2:
            await process.amend(subject, corrected=True)
        if number == 3:
            await process.withdraw(subject)
    await process.caught_up()
    before, guards = await shown(process, "open"), await guarded(process)
    assert len(before) == 3
    assert len(guards) > 3
    assert "the same as before" in " ".join((await process.word("rebuild")).split())
    assert await shown(process, "open") == before
    assert await guarded(process) == guards, "who may read what is as before"
