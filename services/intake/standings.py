"""Where each case stands, kept in the transaction of the fact that moves it: what was heard, and what follows from both folds."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce
from typing import Any, Final

import asyncpg

from contracts.clocks import london_date
from contracts.envelope import Event, Origin
from contracts.intake import IncidentConsidered, NotificationReceived
from services.chassis import hearing
from services.chassis.decider import Record
from services.chassis.postgres import apply
from services.chassis.store import Inform
from services.intake.domain.heard import NOTHING_HEARD
from services.intake.domain.notification import Receive
from services.intake.domain.progress import progressed
from services.intake.domain.rules import person_mark
from services.intake.domain.status import status
from services.intake.projections import ADD, PROGRESS, changes, new_cases
from services.intake.queries import Prepared, Wanting, all_heard, prepare

_TAKE_IN: Final = """
    insert into heard (subject, version, id, type, schema, recorded, data)
    select * from unnest($1::text[], $2::int[], $3::uuid[], $4::text[], $5::int[], $6::timestamptz[], $7::bytea[])
    on conflict (subject, version) do nothing
"""
# In order of subject: a command and the consumer may move the same cases at once. Who comes second sees what the first has kept.
_HOLD: Final = "select subject, progress from notified where subject = any($1) order by subject for update"
_SETTLE: Final = """
    update notified as n set progress = u.progress, status = u.status
    from unnest($1::text[], $2::jsonb[], $3::text[]) as u(subject, progress, status) where n.subject = u.subject
"""


async def moved_by_us(connection: asyncpg.Connection, records: Sequence[Record], *, secret: bytes) -> None:
    """After the service's own new events: new cases first, all at once; then changes, in order."""
    news: dict[str, list[Event]] = {}
    if added := new_cases(records, secret=secret):
        news = {row["subject"]: [] for row in await connection.fetch(ADD, *map(list, zip(*added, strict=True)))}
    for record in records:
        if not isinstance(record.event, NotificationReceived | IncidentConsidered):
            news.setdefault(record.envelope.subject, []).append(record.event)
    if not news:
        return
    held = await connection.fetch(_HOLD, sorted(news))
    await apply(connection, changes(records, secret=secret))
    await _settle(connection, held, news)


async def moved_by_others(connection: asyncpg.Connection, records: Sequence[hearing.Heard]) -> None:
    """Keep what the inspectorate said, sealed as it came, and move the cases that it is about."""
    if not records:
        return
    rows = [
        (e.subject, e.streamversion, e.id, e.type, e.schemaversion, e.recordedtime, each.data)
        for each in records
        for e in (each.envelope,)
    ]
    await connection.execute(_TAKE_IN, *map(list, zip(*rows, strict=True)))
    news: Mapping[str, Sequence[Event]] = {each.envelope.subject: () for each in records}
    await _settle(connection, await connection.fetch(_HOLD, sorted(news)), news)


async def _settle(connection: asyncpg.Connection, held: Sequence[asyncpg.Record], news: Mapping[str, Sequence[Event]]) -> None:
    """Move cases by their councils' news, if any, and by all that was heard of them."""
    heard = await all_heard(connection, [row["subject"] for row in held])
    moved = []
    for subject, kept in held:
        progress = reduce(progressed, news[subject], PROGRESS.validate_json(kept))
        where = status(progress, heard.get(subject, NOTHING_HEARD))
        moved.append((subject, PROGRESS.dump_json(progress).decode(), where.value))
    if moved:
        await connection.execute(_SETTLE, *map(list, zip(*moved, strict=True)))


def informing(secret: bytes) -> Inform:
    """What a new notification is told before it is judged; a registrar's looks like no other."""

    async def inform(connection: asyncpg.Connection, commands: Sequence[Any], at: datetime, *, kept: bool) -> Sequence[Any]:
        new = [command for command in commands if isinstance(command, Receive)]
        if not new:
            return commands
        prepared = iter(await prepare(connection, [_wanting(secret, command, at) for command in new], kept=kept))
        return [_informed(command, next(prepared)) if isinstance(command, Receive) else command for command in commands]

    return inform


def _wanting(secret: bytes, command: Receive, at: datetime) -> Wanting:
    return Wanting(
        year=london_date(command.received(at)).year,
        council=command.council,
        person=person_mark(secret, command.council, command.said),
        occurred_on=command.said.occurred_on,
    )


def _informed(command: Receive, known: Prepared) -> Receive:
    live = command.origin is Origin.LIVE
    return replace(
        command,
        reference=known.reference,
        same_person_lately=live and known.same_person,
        same_day_already=live and known.same_day,
    )
