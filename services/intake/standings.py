"""Where each case stands, kept in the transaction of the fact that moves it: what was heard, and what follows from both folds."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import reduce
from typing import Final

import asyncpg
from pydantic import TypeAdapter

from contracts.envelope import Event
from services.chassis import codec, hearing
from services.chassis.keys import Keyring
from services.intake.domain.days import happened_by
from services.intake.domain.heard import HEARD, NOTHING_HEARD, Heard, learn
from services.intake.domain.progress import Progress, progressed
from services.intake.domain.status import status

PROGRESS: Final = TypeAdapter(Progress)
HEARD_UPCASTERS: Final[codec.Upcasters] = {}

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
