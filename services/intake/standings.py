"""Where each case stands, kept in the transaction of the fact that moves it: what was heard, and what follows from both folds."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import reduce
from typing import Any, Final

import asyncpg

from contracts.envelope import Event
from services.chassis import codec, hearing
from services.chassis.keys import Keyring
from services.intake.domain.days import happened_by
from services.intake.domain.heard import HEARD, NOTHING_HEARD, Heard, learn
from services.intake.domain.progress import progressed
from services.intake.domain.status import status
from services.intake.projections import PROGRESS

HEARD_UPCASTERS: Final[codec.Upcasters] = {}

# What was heard before its case is there, as a rebuild may have it, is looked at in the same round trip.
_ADD: Final = """
    with added as (
        insert into notified (subject, reference, council, notified_by, council_reference, incident_type, received_at,
                              received_on, occurred_on, person, version, register_row, progress, status)
        select subject, reference, council, council, council_reference, incident_type, received_at, received_on, occurred_on,
               person, version, register_row, progress, status
        from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::date[], $8::date[],
                    $9::bytea[], $10::int[], $11::jsonb[], $12::jsonb[], $13::text[])
            as u(subject, reference, council, council_reference, incident_type, received_at, received_on, occurred_on,
                 person, version, register_row, progress, status)
    )
    select distinct subject from heard where subject = any($1)
"""
_TAKE_IN: Final = """
    insert into heard (subject, version, id, type, schema, recorded, data)
    select * from unnest($1::text[], $2::int[], $3::uuid[], $4::text[], $5::int[], $6::timestamptz[], $7::bytea[])
    on conflict (subject, version) do nothing
"""
_HEARD: Final = """
    select subject, id, type, schema, data from heard
    where subject = any($1) and ($2::timestamptz is null or recorded <= $2) order by subject, version
"""
# In order of subject: a command and the consumer may move the same cases at once. Who comes second sees what the first has kept.
_HOLD: Final = "select subject, progress from notified where subject = any($1) order by subject for update"
_SETTLE: Final = """
    update notified as n set progress = u.progress, status = u.status
    from unnest($1::text[], $2::jsonb[], $3::text[]) as u(subject, progress, status) where n.subject = u.subject
"""


async def add(connection: asyncpg.Connection, rows: Sequence[tuple[Any, ...]]) -> list[str]:
    """Add new cases; those of which something was heard already."""
    if not rows:
        return []
    return [row["subject"] for row in await connection.fetch(_ADD, *map(list, zip(*rows, strict=True)))]


async def take_in(connection: asyncpg.Connection, records: Sequence[hearing.Heard]) -> None:
    """Keep what the inspectorate said, sealed as it came, and move the cases that it is about."""
    if not records:
        return
    rows = [
        (e.subject, e.streamversion, e.id, e.type, e.schemaversion, e.recordedtime, each.data)
        for each in records
        for e in (each.envelope,)
    ]
    await connection.execute(_TAKE_IN, *map(list, zip(*rows, strict=True)))
    await settle(connection, {each.envelope.subject: () for each in records})


async def settle(connection: asyncpg.Connection, news: Mapping[str, Sequence[Event]]) -> None:
    """Move cases by their councils' news, if any, and by all that was heard of them."""
    if not news:
        return
    rows = await connection.fetch(_HOLD, sorted(news))
    heard = await all_heard(connection, [row["subject"] for row in rows])
    moved = []
    for subject, kept in rows:
        progress = reduce(progressed, news[subject], PROGRESS.validate_json(kept))
        where = status(progress, heard.get(subject, NOTHING_HEARD))
        moved.append((subject, PROGRESS.dump_json(progress).decode(), where.value))
    if moved:
        await connection.execute(_SETTLE, *map(list, zip(*moved, strict=True)))


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
