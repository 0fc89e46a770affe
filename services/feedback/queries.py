"""The SQL of this service: the cases that it knows, what waits, which is a duplicate of which, and who may not assess whom."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg
import orjson

from services.feedback.domain.triage import Original

_CASE: Final = """
    select subject, council, reference, received_at, received_on, origin, incident_type, criteria, orders, mappa, flags, withdrawn
    from known_case where subject = $1
"""
_VISIBLE: Final = "select exists (select from known_case where subject = $1 and ($2::text is null or council = $2))"
_AMONG: Final = "select subject from known_case where subject = any($1)"
_NO_DUE_DAY: Final = date(9000, 1, 1)
"""Where a case without a running clock stands in the queue: last."""

# $1 is today in Scotland.
_QUEUE: Final = """
    select k.subject, k.council, k.reference, k.received_at, k.received_on, k.origin, k.incident_type, k.criteria, k.orders,
           k.mappa, k.flags, k.withdrawn, s.status, s.waits_for, s.inspector, c.due_on, coalesce(c.clocks, '[]') as clocks
    from standing s join known_case k using (subject) left join lateral (
        select min(due_on) as due_on,
               jsonb_agg(jsonb_build_array(clock, instance, due_on) order by due_on, clock, instance) as clocks
        from clock where clock.subject = s.subject and owed
    ) c on true
    where s.waits_for <> '{}' and k.origin = $2
      and ($3::text is null or k.council = $3) and ($4::text is null or k.incident_type = $4)
      and ($5::date is null or k.received_on >= $5) and ($6::date is null or k.received_on <= $6)
      and ($7::text is null or $7 = any(s.waits_for)) and (not $8 or c.due_on < $1)
      and ($9::text is null or s.inspector = $9)
      and ($10::text is null or k.council in (select council from standing where inspector = $10))
      and ($11::date is null
           or (coalesce(c.due_on, '9000-01-01'), k.received_at, k.subject) > ($11, $12::timestamptz, $13::text))
    order by coalesce(c.due_on, '9000-01-01'), k.received_at, k.subject limit $14
"""
_IS_DUPLICATE: Final = "select exists (select from triaged where subject = $1 and outcome = 'duplicate')"
_CONFLICT: Final = """
    select exists (select from conflict where inspector = $1 and council = $2 and (until is null or until >= $3))
"""
_CONFLICTS: Final = """
    select inspector, council, day as "on", until from conflict where ($1::text is null or inspector = $1)
    order by inspector, council
"""
_TELLING: Final = "select event, fields from telling where subject = $1"
_INSTANT: Final = "select clock_timestamp() + $1::interval"
_HAS_DUPLICATES: Final = "select exists (select from triaged where duplicate_of = $1 and outcome = 'duplicate')"

# Which case is a duplicate of which is judged by one caller at a time: two at once could make a ring.
_ONE_AT_A_TIME: Final = "select pg_advisory_xact_lock($1)"
LOCK: Final = 0x51_54


class KnownCase(NamedTuple):
    """A row of `known_case`: codes only."""

    subject: str
    council: str
    reference: str
    received_at: datetime
    received_on: date
    origin: str
    incident_type: str
    criteria: list[str]
    orders: list[str]
    mappa: bool
    flags: list[str]
    withdrawn: bool


class Wanted(NamedTuple):
    """Which part of the queue; `inspector` and `councils_of` are the id of who wants own cases, or those of own councils."""

    origin: str
    council: str | None
    incident_type: str | None
    since: date | None
    until: date | None
    waits_for: str | None
    late: bool
    inspector: str | None
    councils_of: str | None


class Place(NamedTuple):
    """Where a page of the queue ended."""

    due_on: date
    received_at: datetime
    subject: str


class Waiting(NamedTuple):
    """A case in the queue, with the clocks that are owed."""

    case: KnownCase
    status: str
    waits_for: list[str]
    inspector: str | None
    due_on: date | None
    clocks: list[tuple[str, int, date]]

    @property
    def place(self) -> Place:
        """Its place in the queue."""
        return Place(self.due_on or _NO_DUE_DAY, self.case.received_at, self.case.subject)


async def known_case(connection: asyncpg.Connection, subject: str) -> KnownCase | None:
    """One case."""
    row = await connection.fetchrow(_CASE, subject)
    return None if row is None else KnownCase(*row.values())


async def is_known(connection: asyncpg.Connection, subject: str, council: str | None) -> bool:
    """Whether there is such a case, of this council if one is given."""
    return bool(await connection.fetchval(_VISIBLE, subject, council))


async def seen_among(connection: asyncpg.Connection, subjects: Iterable[str]) -> set[str]:
    """Those of these cases that the connection's reader may see."""
    return {row["subject"] for row in await connection.fetch(_AMONG, list(subjects))}


async def queue(connection: asyncpg.Connection, wanted: Wanted, *, today: date, after: Place | None, limit: int) -> list[Waiting]:
    """What waits, the earliest due day first, then the longest received."""
    rows = await connection.fetch(_QUEUE, today, *wanted, *(after or (None, None, None)), limit)
    return [_waiting(tuple(row.values())) for row in rows]


def _waiting(row: tuple[Any, ...]) -> Waiting:
    status, waits_for, inspector, due_on, clocks = row[len(KnownCase._fields) :]
    owed = [(clock, instance, date.fromisoformat(day)) for clock, instance, day in orjson.loads(clocks)]
    return Waiting(KnownCase(*row[: len(KnownCase._fields)]), status, waits_for, inspector, due_on, owed)


async def instant(connection: asyncpg.Connection, shift: timedelta) -> datetime:
    """The database's instant, by which commands are judged."""
    at: datetime = await connection.fetchval(_INSTANT, shift)
    return at


async def has_conflict(connection: asyncpg.Connection, inspector: str, council: str, today: date) -> bool:
    """Whether the inspector has declared an interest in the council that lasts (R-32)."""
    return bool(await connection.fetchval(_CONFLICT, inspector, council, today))


async def conflicts(connection: asyncpg.Connection, inspector: str | None) -> list[dict[str, Any]]:
    """What was declared last of each council, by one inspector or by all."""
    return [dict(row) for row in await connection.fetch(_CONFLICTS, inspector)]


async def telling(connection: asyncpg.Connection, subject: str) -> list[tuple[UUID, Any]]:
    """What people of the case could be known by, sealed, with the event that each was said in."""
    return [(UUID(int=row["event"].int), orjson.loads(row["fields"])) for row in await connection.fetch(_TELLING, subject)]


async def one_at_a_time(connection: asyncpg.Connection) -> None:
    """Wait for every other triage to be committed, and keep others waiting until this transaction ends."""
    await connection.execute(_ONE_AT_A_TIME, LOCK)


async def original(connection: asyncpg.Connection, subject: str | None) -> Original | None:
    """What is known of a case that another may be a duplicate of."""
    if subject is None:
        return None
    if not await is_known(connection, subject, None):
        return Original.UNKNOWN
    return Original.DUPLICATE if await connection.fetchval(_IS_DUPLICATE, subject) else Original.SOUND


async def has_duplicates(connection: asyncpg.Connection, subject: str) -> bool:
    """Whether other cases are marked as duplicates of this one."""
    return bool(await connection.fetchval(_HAS_DUPLICATES, subject))
