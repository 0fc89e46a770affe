"""A council and an inspector may move the same case at the same moment: where it stands takes in both."""

import asyncio

import asyncpg

from contracts.feedback import CaseAllocated
from services.chassis.decider import Record
from services.chassis.hearing import Heard
from services.feedback import standings
from tests.integration.assessing.desk import INSPECTOR, Desk, submitted, today
from tests.unit.feedback.cases import CASE, enveloped


async def inspector(connection: asyncpg.Connection) -> None:
    event = CaseAllocated(on=today(), inspector=INSPECTOR)
    await standings.moved_by_us(connection, [Record(envelope=enveloped(event, source="feedback"), event=event)])


async def council(connection: asyncpg.Connection) -> None:
    event = submitted()
    await standings.moved_by_others(connection, [Heard(envelope=enveloped(event), data=b"", event=event, partition=0, offset=0)])


async def test_whoever_comes_second_waits_and_nothing_is_lost(desk: Desk) -> None:
    for first, second in ((inspector, council), (council, inspector)):
        one, other = await desk.stage.owner(), await desk.stage.owner()
        await one.execute("insert into standing (subject) values ($1)", CASE)
        begun, held = one.transaction(), other.transaction()
        await begun.start()
        await held.start()
        await first(one)
        waiting = asyncio.create_task(second(other))
        await asyncio.sleep(0.3)
        assert not waiting.done()
        await begun.commit()
        await waiting
        await held.commit()
        [row] = await one.fetch("select inspector, jsonb_array_length(heard->'reviews') as reviews from standing")
        assert (row["inspector"], row["reviews"]) == (INSPECTOR, 1)
        await one.execute("delete from standing where subject = $1", CASE)
        await one.close()
        await other.close()
