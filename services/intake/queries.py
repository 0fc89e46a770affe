"""Intake's read side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import asyncpg
import orjson

from services.chassis import codec
from services.chassis.keys import Keyring
from services.chassis.postgres import transposed
from services.intake.domain.days import happened_by
from services.intake.domain.heard import HEARD, NOTHING_HEARD, Heard, learn

_ALIKE: Final = """
    w.person is not null and exists (
        select from notified n where n.person = w.person and n.occurred_on between w.occurred_on - 7 and w.occurred_on + 7
        union all
        select from waiting e
        where e.n < w.n and e.person = w.person and e.occurred_on between w.occurred_on - 7 and w.occurred_on + 7
    ) as same_person,
    w.occurred_on is not null and exists (
        select from notified n where n.council = w.council and n.occurred_on = w.occurred_on
        union all
        select from waiting e where e.n < w.n and e.council = w.council and e.occurred_on = w.occurred_on
    ) as same_day
"""
# An earlier one of those that wait at once counts as there.
_PREPARE: Final = f"""
    with waiting as (
        select * from unnest($1::int[], $2::text[], $3::bytea[], $4::date[])
            with ordinality as w(year, council, person, occurred_on, n)
    )
    select year, case when $5 then nextval(('public.reference_' || year)::regclass) end as number, same_person, same_day
    from (
        select n, year, {_ALIKE} from waiting w order by n
    ) in_order
"""
_INSTANT: Final = "select clock_timestamp() + $1::interval"
_RESPONSIBLE: Final = "select exists (select from notified where subject = $1 and ($2::text is null or council = $2))"
_KNOWN: Final = """
    select exists (select from notified where subject = $1 and ($2::text is null or council = $2))
        or exists (select from transfer where subject = $1 and to_council = $2)
"""
_LIST: Final = """
    select subject, reference, council, notified_by, council_reference, incident_type, received_at, version, register_row, status
    from notified
    where ($1::text is null or council = $1) and ($2::text is null or council_reference = $2)
      and ($3::text is null or status = $3)
      and (received_at, subject) > ($4::timestamptz, $5::text)
    order by received_at, subject limit $6
"""
_TRANSFERS: Final = """
    select subject, reference, from_council, to_council, proposed_on from transfer
    where (proposed_on, subject) > ($1::date, $2::text) order by proposed_on, subject limit $3
"""
_ERASED: Final = "select subject from notified where erased order by subject"

_HEARD: Final = """
    select subject, id, type, schema, data from heard
    where subject = any($1) and ($2::timestamptz is null or recorded <= $2) order by subject, version
"""
HEARD_UPCASTERS: Final[codec.Upcasters] = {}


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
    """Whether the case exists, for that council or for all; a council that it is proposed to knows that it does."""
    return bool(await connection.fetchval(_KNOWN, subject, council))


async def is_responsible(connection: asyncpg.Connection, subject: str, council: str | None) -> bool:
    """Whether the case is that council's, or any's."""
    return bool(await connection.fetchval(_RESPONSIBLE, subject, council))


async def transfers(connection: asyncpg.Connection, after: tuple[date, str], limit: int) -> list[dict[str, Any]]:
    """What the connection's council has proposed or is asked, the oldest first."""
    return [
        {
            "case_id": row["subject"],
            "reference": row["reference"],
            "proposed_by": row["from_council"],
            "to_council": row["to_council"],
            "proposed_on": row["proposed_on"],
        }
        for row in await connection.fetch(_TRANSFERS, *after, limit)
    ]


async def erased(connection: asyncpg.Connection) -> list[str]:
    """Cases whose keys are to be destroyed, or were."""
    return [row["subject"] for row in await connection.fetch(_ERASED)]


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
            "notified_by": row["notified_by"],
            "council_reference": row["council_reference"],
            "status": row["status"],
            "version": row["version"],
            "received_at": row["received_at"],
            "incident_type": row["incident_type"],
            "register_row": orjson.loads(row["register_row"]) if row["register_row"] else None,
        }
        for row in rows
    ]


async def all_heard(connection: asyncpg.Connection, subjects: Sequence[str]) -> Mapping[str, Heard]:
    """What was heard of these cases, by codes and days; words stay sealed."""
    return _folded(await connection.fetch(_HEARD, subjects, None), None, None)


async def heard_of(
    connection: asyncpg.Connection,
    subject: str,
    keyring: Keyring | None = None,
    *,
    known_at: datetime | None = None,
    as_at: date | None = None,
) -> Heard:
    """What was heard of one case: recorded by `known_at`, dated by `as_at`, words opened with `keyring`."""
    rows = await connection.fetch(_HEARD, [subject], known_at)
    if keyring and rows:
        await keyring.fetch([subject])
    return _folded(rows, keyring, as_at).get(subject, NOTHING_HEARD)


def _folded(rows: Sequence[asyncpg.Record], keyring: Keyring | None, as_at: date | None) -> Mapping[str, Heard]:
    found: dict[str, Heard] = {}
    for subject, identity, kind, version, data in rows:
        opener = keyring.box(subject, identity.bytes).open if keyring else None
        event = codec.decode(kind, version, data, catalogue=HEARD, upcasters=HEARD_UPCASTERS, opener=opener)
        if happened_by(event, as_at):
            found[subject] = learn(found.get(subject, NOTHING_HEARD), event)
    return found
