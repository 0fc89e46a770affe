"""The SQL of this service: the cases that it knows, the feed, and the evidence of delivery."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg
import orjson

from services.notification.domain.outward import Case

LARGEST_SEQUENCE: Final = 2**63 - 1

_ADD_CASES: Final = """
    insert into known_case (subject, council, reference, received_at, received_on, event_id, data)
    select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::date[], $6::uuid[], $7::bytea[])
    on conflict (subject) do nothing
"""
_HAND_OVER: Final = """
    update known_case k set council = c.council from unnest($1::text[], $2::text[]) as c(subject, council)
    where k.subject = c.subject
"""
_CASES: Final = "select subject, reference, council, data from known_case where subject = any($1)"
_CASE: Final = "select subject, council, reference, received_at, received_on, event_id, data from known_case where subject = $1"
_VISIBLE: Final = """
    select exists (
        select from known_case
        where subject = $1 and ($2::text is null or council = $2)
          and (not $3 or exists (select from stream s where s.subject = $1 and s.version > 0))
    )
"""

# The row is held to the end of the transaction: whoever comes next waits, so places are taken, and seen, in one order
# without holes.
_LAST_PLACE: Final = "select last from feed_end for update"
_TAKE_PLACES: Final = "update feed_end set last = $1"
_ADD_TO_FEED: Final = """
    with rows as (
        insert into feed (sequence, id, subject, council, type, event)
        select * from unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::bytea[])
        returning sequence
    )
    insert into delivery (sequence) select sequence from rows
"""
_AFTER: Final = "select sequence, event from feed where sequence > $1 order by sequence limit $2"
_OUTWARD: Final = "select sequence, id, subject, council, type, event from feed where id = $1"
_DELIVERED: Final = 'select "offset", broker_time from delivery where sequence = $1 and "offset" is not null'


class KnownCase(NamedTuple):
    """A row of `known_case`: the notification as it was heard, values sealed, so that the copy stays what was notified."""

    subject: str
    council: str
    reference: str
    received_at: datetime
    received_on: date
    event_id: UUID
    data: bytes


class FeedRow(NamedTuple):
    """An outward event at its place: the bytes that every channel carries."""

    sequence: int
    id: UUID
    subject: str
    council: str
    type: str
    event: bytes


async def add_cases(connection: asyncpg.Connection, cases: Sequence[KnownCase]) -> None:
    """Know these cases."""
    if cases:
        await connection.execute(_ADD_CASES, *_columns(cases))


async def hand_over(connection: asyncpg.Connection, councils: Mapping[str, str]) -> None:
    """Case -> the council whose it is from now on."""
    if councils:
        await connection.execute(_HAND_OVER, list(councils), list(councils.values()))


async def cases(connection: asyncpg.Connection, subjects: Iterable[str]) -> dict[str, Case]:
    """What outward events name these cases by."""
    rows = await connection.fetch(_CASES, list(subjects))
    return {
        # A case may have been handed over since; who notified is in the notification, as it was heard.
        row["subject"]: Case(reference=row["reference"], council=row["council"], notified_by=orjson.loads(row["data"])["council"])
        for row in rows
    }


async def notified(connection: asyncpg.Connection, subject: str) -> KnownCase | None:
    """The notification of a case, as it was heard."""
    row = await connection.fetchrow(_CASE, subject)
    return None if row is None else KnownCase(*row.values())


async def visible(connection: asyncpg.Connection, subject: str, *, council: str | None, only_told: bool) -> bool:
    """Whether there is such a case, of this council if one is given, and told to Government if that is asked."""
    return bool(await connection.fetchval(_VISIBLE, subject, council, only_told))


async def last_place(connection: asyncpg.Connection) -> int:
    """The last place that is taken, held until the transaction ends."""
    return int(await connection.fetchval(_LAST_PLACE))


async def add_to_feed(connection: asyncpg.Connection, rows: Sequence[FeedRow]) -> None:
    """Write outward events at the places after the last one."""
    await connection.execute(_ADD_TO_FEED, *_columns(rows))
    await connection.execute(_TAKE_PLACES, rows[-1].sequence)


async def after(connection: asyncpg.Connection, sequence: int, limit: int) -> list[tuple[int, bytes]]:
    """The outward events beyond a place, in order."""
    return [(row["sequence"], row["event"]) for row in await connection.fetch(_AFTER, sequence, limit)]


async def outward(connection: asyncpg.Connection, outward_id: UUID) -> FeedRow | None:
    """One outward event."""
    row = await connection.fetchrow(_OUTWARD, outward_id)
    return None if row is None else FeedRow(*row.values())._replace(id=UUID(int=row["id"].int))


async def delivered(connection: asyncpg.Connection, sequence: int) -> list[asyncpg.Record]:
    """The evidence that an event stands on Government's topic: where, and since when by the broker's clock."""
    return list(await connection.fetch(_DELIVERED, sequence))


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
