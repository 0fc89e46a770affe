"""The SQL of this service: the cases that it knows, what waits, and which case is a duplicate of which."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final, NamedTuple

import asyncpg

from services.feedback.domain.triage import Original

_CASE: Final = """
    select subject, council, reference, received_at, received_on, origin, incident_type, criteria, orders, mappa, flags, withdrawn
    from known_case where subject = $1
"""
_VISIBLE: Final = "select exists (select from known_case where subject = $1 and ($2::text is null or council = $2))"
_AMONG: Final = "select subject from known_case where subject = any($1)"
_WAITING: Final = """
    select k.subject, k.council, k.reference, k.received_at, k.received_on, k.origin, k.incident_type, k.criteria, k.orders,
           k.mappa, k.flags, k.withdrawn
    from known_case k
    where not k.withdrawn and k.origin = $1 and not exists (select from triaged t where t.subject = k.subject)
      and ($2::text is null or k.council = $2) and ($3::text is null or k.incident_type = $3)
      and ($4::date is null or k.received_on >= $4) and ($5::date is null or k.received_on <= $5)
      and ($6::timestamptz is null or (k.received_at, k.subject) > ($6, $7))
    order by k.received_at, k.subject limit $8
"""
_IS_DUPLICATE: Final = "select exists (select from triaged where subject = $1 and outcome = 'duplicate')"
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
    """Which part of the queue."""

    origin: str
    council: str | None
    incident_type: str | None
    since: date | None
    until: date | None


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


async def waiting(
    connection: asyncpg.Connection, wanted: Wanted, *, after: tuple[datetime, str] | None, limit: int
) -> list[KnownCase]:
    """What waits for triage, the longest first."""
    received_at, subject = after or (None, None)
    return [KnownCase(*row.values()) for row in await connection.fetch(_WAITING, *wanted, received_at, subject, limit)]


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
