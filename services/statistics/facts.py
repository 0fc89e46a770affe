"""The facts in the database: a fold's changes, live and in a rebuild, into whatever schema the search path names first."""

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from itertools import pairwise, zip_longest
from typing import Any, Final

import asyncpg

from services.statistics import readers
from services.statistics.projections import CHECKS, FOREVER, Changes, Told, fold, lasting

PAGE: Final = 5000
TYPES: Final = sorted(readers.TYPES)

# A row that would have been known for no time was said in the same breath as the one after it: it never was.
_CLOSE_SAID: Final = """
    merge into said s using (select * from unnest($1::uuid[], $2::timestamptz[])) as c(subject, instant)
    on s.subject = c.subject and s.known_to = 'infinity'
    when matched and s.known_from = c.instant then delete
    when matched then update set known_to = c.instant
"""
_CLOSE_CLOCKS: Final = """
    merge into clock k using (select * from unnest($1::uuid[], $2::text[], $3::timestamptz[])) as c(subject, clock, instant)
    on k.subject = c.subject and k.clock = c.clock and k.known_to = 'infinity'
    when matched and k.known_from = c.instant then delete
    when matched then update set known_to = c.instant
"""
_SUPERSEDE: Final = """
    merge into mark m using (
        select subject, min(instant) from unnest($1::uuid[], $2::timestamptz[]) as u(subject, instant) group by 1
    ) as c(subject, instant)
    on m.subject = c.subject and m.kind = 'reclassified' and m.known_to = 'infinity'
    when matched and m.known_from = c.instant then delete
    when matched then update set known_to = c.instant
"""
_RECEIVED: Final = ("subject", "council", "received_on", "known_from")
_SAID: Final = ("subject", "occurred_on", "grade", "incident_type", "mappa", "known_from", "known_to")
_REVIEW: Final = ("subject", "submitted_on", "kind", "grade", *(item.value for item in CHECKS), "known_from")
_CLOCK: Final = ("subject", "clock", "due_on", "stopped_on", "days_taken", "imported", "known_from", "known_to")
_MARK: Final = ("subject", "kind", "version", "on", "value", "known_from", "known_to")

_TOLD: Final = """
    select subject, version, recorded, origin = 'import', type, schema, data from ledger
    where number > $1 and number <= $2 and type = any($3) order by number
"""
_INFINITY: Final = (2**63 - 1).to_bytes(8)
_LAST: Final = "select coalesce(max(number), 0) from ledger"


async def write(connection: asyncpg.Connection, changes: Changes) -> None:
    """Close what the changes end, then add what they say. Call inside a transaction."""
    await _execute(connection, _CLOSE_SAID, changes.said.closing)
    await _execute(connection, _CLOSE_CLOCKS, changes.clocks.closing)
    await _execute(connection, _SUPERSEDE, changes.marks.superseded)
    await _copy(connection, "received", _RECEIVED, changes.received)
    await _copy(connection, "said", _SAID, lasting(changes.said.rows))
    await _copy(connection, "review", _REVIEW, changes.reviews)
    await _copy(connection, "clock", _CLOCK, lasting(changes.clocks.rows))
    await _copy(connection, "mark", _MARK, lasting(changes.marks.rows))


async def last_number(connection: asyncpg.Connection) -> int:
    """The number of the ledger's last record; all below it are there."""
    return int(await connection.fetchval(_LAST))


async def refold(
    connection: asyncpg.Connection,
    *,
    reader: asyncpg.Connection,
    after: int,
    upto: int,
    progress: Callable[[int], None],
) -> None:
    """Fold the ledger's records with `after` < number <= `upto` into the tables on the search path of `connection`.

    Memory is that of two pages: `reader`, a connection of its own, is sent one while the page before is folded and written.
    """
    async with _raw_instants(reader), _raw_instants(connection):
        with _without_collector():
            async for told, reached in _pages(reader, after, upto):
                changes = fold(told)
                async with connection.transaction():
                    await write(connection, changes)
                progress(reached)


async def _pages(reader: asyncpg.Connection, after: int, upto: int) -> AsyncIterator[tuple[Iterator[Told], int]]:
    """Page by page what figures use, each with the number up to which it reaches."""
    spans = list(pairwise([*range(after, upto, PAGE), upto]))
    coming = None
    try:
        for span, following in zip_longest(spans, spans[1:]):
            rows = await (coming or reader.fetch(_TOLD, *span, TYPES))
            if following:
                coming = asyncio.ensure_future(reader.fetch(_TOLD, *following, TYPES))
                await asyncio.sleep(0)  # the question goes out before the fold begins, so that the database works meanwhile
            yield _told(rows), span[1]
    finally:
        if coming is not None:
            coming.cancel()


def _told(rows: Sequence[asyncpg.Record]) -> Iterator[Told]:
    decoders = readers.DECODERS
    for subject, version, recorded, imported, kind, schema, data in rows:
        yield subject, version, recorded, imported, decoders[kind, schema](data)


@asynccontextmanager
async def _raw_instants(connection: asyncpg.Connection) -> AsyncIterator[None]:
    """An instant passes from the ledger into the tables as the eight bytes that it is.

    To make a datetime of it, and to take that apart again, would cost a rebuild a fifth of its rate.
    """
    await connection.set_type_codec(
        "timestamptz", schema="pg_catalog", format="binary", encoder=lambda at: _INFINITY if at is FOREVER else at, decoder=bytes
    )
    try:
        yield
    finally:
        await connection.reset_type_codec("timestamptz", schema="pg_catalog")


@contextmanager
def _without_collector() -> Iterator[None]:
    """A fold makes many objects and no cycles: looking for cycles would cost it a third of its rate."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


async def _execute(connection: asyncpg.Connection, query: str, rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        await connection.execute(query, *map(list, zip(*rows, strict=True)))


async def _copy(connection: asyncpg.Connection, table: str, columns: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        await connection.copy_records_to_table(table, records=rows, columns=columns)
