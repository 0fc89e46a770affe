"""Intake's read side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import asyncpg
import orjson

from services.chassis.postgres import transposed

_ALIKE: Final = """
    w.person is not null and exists (
        select from notified n where n.person = w.person and n.occurred_on between w.occurred_on - 7 and w.occurred_on + 7
    ) as same_person,
    w.occurred_on is not null and exists (select from notified n where n.council = w.council and n.occurred_on = w.occurred_on) as same_day
"""
_PREPARE: Final = f"""
    select year, case when $5 then nextval(('public.reference_' || year)::regclass) end as number, same_person, same_day
    from (
        select n, year, {_ALIKE}
        from unnest($1::int[], $2::text[], $3::bytea[], $4::date[]) with ordinality as w(year, council, person, occurred_on, n)
        order by n
    ) in_order
"""
_INSTANT: Final = "select clock_timestamp() + $1::interval"
_KNOWN: Final = "select exists (select from notified where subject = $1 and ($2::text is null or council = $2))"
_LIST: Final = """
    select subject, reference, council, council_reference, incident_type, received_at, version, register_row, status from notified
    where ($1::text is null or council = $1) and ($2::text is null or council_reference = $2) and ($3::text is null or status = $3)
      and (received_at, subject) > ($4::timestamptz, $5::text)
    order by received_at, subject limit $6
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanting:
    """What a new notification needs to know before it is judged."""

    year: int
    council: str
    person: bytes | None
    occurred_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Its reference, if it is to be kept, and whether it looks like one that is there."""

    reference: str
    same_person: bool
    same_day: bool


async def prepare(connection: asyncpg.Connection, wanting: Sequence[Wanting], *, kept: bool) -> list[Prepared]:
    """References in order, for all who wait at once, in one round trip; none is used up unless it is to be kept."""
    columns = transposed([(each.year, each.council, each.person, each.occurred_on) for each in wanting], 4)
    return [
        Prepared(
            reference=f"SIR-{row['year']}-{row['number']:04d}" if row["number"] is not None else "",
            same_person=row["same_person"],
            same_day=row["same_day"],
        )
        for row in await connection.fetch(_PREPARE, *columns, kept)
    ]


async def instant(connection: asyncpg.Connection, shift: timedelta) -> datetime:
    """The database's instant, by which commands are judged."""
    at: datetime = await connection.fetchval(_INSTANT, shift)
    return at


async def is_known(connection: asyncpg.Connection, subject: str, council: str | None) -> bool:
    """Whether the case exists, for that council or for all."""
    return bool(await connection.fetchval(_KNOWN, subject, council))


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which cases of a list."""

    council: str | None
    council_reference: str | None
    status: str | None


async def cases(connection: asyncpg.Connection, wanted: Filter, after: tuple[datetime, str], limit: int) -> list[dict[str, Any]]:
    """Cases in order of receipt."""
    rows = await connection.fetch(_LIST, wanted.council, wanted.council_reference, wanted.status, *after, limit)
    return [
        {
            "case_id": row["subject"],
            "reference": row["reference"],
            "council": row["council"],
            "council_reference": row["council_reference"],
            "status": row["status"],
            "version": row["version"],
            "received_at": row["received_at"],
            "incident_type": row["incident_type"],
            "register_row": orjson.loads(row["register_row"]) if row["register_row"] else None,
        }
        for row in rows
    ]
