"""A rebuild folds the ledger page by page, in other pages than those in which it was heard, and writes the same rows."""

from collections.abc import Sequence

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.chassis.codec import UnknownEventError
from services.chassis.hearing import Heard
from services.chassis.postgres import SESSION
from services.statistics import facts
from services.statistics.facts import last_number, refold
from services.statistics.ledger import COLUMNS, Ledger
from tests.bench import history as invented
from tests.integration.counting.cases import History, Said, histories
from tests.integration.counting.conftest import Database

WORKED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
TABLES = ("received", "said", "review", "clock", "mark")
NEXT = "".join(f"create table read_next.{table} (like read.{table} including all);" for table in TABLES)


def spoken(said: Sequence[Said]) -> list[Heard]:
    ledger = Ledger()
    return [
        Heard(envelope=envelope, data=data, event=ledger.read(envelope, data), partition=0, offset=offset)
        for offset, (envelope, data, _) in enumerate(said)
    ]


async def rows(connection: asyncpg.Connection, schema: str, subjects: set[str]) -> dict[str, list[str]]:
    """The rows of these cases as text, in order."""
    return {
        table: [
            row["said"]
            for row in await connection.fetch(
                f"select t::text as said from {schema}.{table} t where subject = any($1::uuid[]) order by 1", list(subjects)
            )
        ]
        for table in TABLES
    }


@WORKED
@given(history=histories(), page=st.integers(1, 9), cut=st.integers(0, 60))
async def test_whatever_the_pages(
    database: Database, connection: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, history: History, page: int, cut: int
) -> None:
    monkeypatch.setattr(facts, "PAGE", page)
    before = await last_number(connection)
    heard = spoken(history.said)
    async with connection.transaction():
        for part in (heard[:cut], heard[cut:]):
            if part:
                await Ledger().hear(connection, part)
    owner = await asyncpg.connect(database.owner_url, server_settings={"TimeZone": "UTC"})
    try:
        await owner.execute(f"create schema read_next; {NEXT} set search_path = read_next, public")
        after = await last_number(connection)
        reached: list[int] = []
        for since, upto in ((before, (before + after) // 2), ((before + after) // 2, after), (after, after)):
            await refold(owner, reader=connection, after=since, upto=upto, progress=reached.append)
        subjects = {envelope.subject for envelope, _, _ in history.said}
        assert await rows(owner, "read_next", subjects) == await rows(owner, "read", subjects)
        assert reached == sorted(set(reached))
        assert reached[-1] == after
    finally:
        await owner.execute("drop schema read_next cascade")
        await owner.close()


async def test_instants_are_instants_again_afterwards(database: Database, connection: asyncpg.Connection) -> None:
    """The connections go back to a pool and to the swap: what they read next must not be bytes."""
    owner = await asyncpg.connect(database.owner_url, server_settings=SESSION)
    await connection.copy_records_to_table("ledger", records=invented.rows(30), columns=COLUMNS)
    at = await connection.fetchval("select recorded from ledger limit 1")
    undone = owner.transaction()
    await undone.start()
    await owner.execute(f"create schema read_next; {NEXT} set local search_path = read_next, public")
    last = await last_number(connection)
    await refold(owner, reader=connection, after=last - 30, upto=last, progress=lambda _: None)
    await undone.rollback()
    for each in (connection, owner):
        assert await each.fetchval("select recorded from ledger limit 1") == at
    await owner.close()


async def test_a_page_that_cannot_be_read_stops_it(database: Database, connection: asyncpg.Connection) -> None:
    owner = await asyncpg.connect(database.owner_url)
    last = await last_number(connection)
    (row,) = invented.rows(1)
    other = [*row[:3], "01970000-0000-7000-8000-ffffffffffff", 1, row[5], row[6], 99, *row[8:]]
    await connection.copy_records_to_table("ledger", records=[other], columns=COLUMNS)
    with pytest.raises(UnknownEventError, match=r"sir\.intake\.notification-received version 99"):
        await refold(owner, reader=connection, after=last, upto=last + 1, progress=lambda _: None)
    assert isinstance(await connection.fetchval("select recorded from ledger limit 1"), type(row[9]))
    await owner.close()
