"""Where each case stands, kept in the transaction of the event that moves it: two folds, and what follows from them together."""

from collections.abc import Mapping, Sequence
from typing import Final

import asyncpg
from pydantic import TypeAdapter

from contracts.envelope import Event
from services.chassis.decider import Record
from services.chassis.hearing import Heard
from services.feedback.domain.case import CaseEvent, Progress, progressed
from services.feedback.domain.known import HEARD, Known, learn
from services.feedback.domain.standing import status, waits_for

_OWN: Final = TypeAdapter(Progress)
_HEARD: Final = TypeAdapter(Known)

Folds = tuple[Progress, Known]
"""What the inspectorate did; what the council said."""

# A command and the consumer may move the same cases at once: the rows are locked, in order of subject, as they are read.
_LOCK: Final = """
    insert into standing as s (subject) select unnest($1::text[])
    on conflict (subject) do update set subject = s.subject returning s.subject, s.own, s.heard
"""
_KEEP: Final = """
    update standing as s set own = u.own, heard = u.heard, council = u.council, status = u.status,
           waits_for = string_to_array(u.waits_for, ','), inspector = u.inspector
    from unnest($1::text[], $2::jsonb[], $3::jsonb[], $4::text[], $5::text[], $6::text[], $7::text[])
        as u(subject, own, heard, council, status, waits_for, inspector)
    where s.subject = u.subject
"""
_KNOWN: Final = "select heard from standing where subject = $1"


async def moved_by_us(connection: asyncpg.Connection, records: Sequence[Record]) -> None:
    """After the service's own new events."""
    await _moved(connection, [(record.envelope.subject, record.event) for record in records])


async def moved_by_others(connection: asyncpg.Connection, heard: Sequence[Heard]) -> None:
    """After what was heard."""
    await _moved(connection, [(each.envelope.subject, each.event) for each in heard])


async def known(connection: asyncpg.Connection, subject: str) -> Known:
    """What the council has said of a case so far."""
    row = await connection.fetchval(_KNOWN, subject)
    return Known() if row is None else _HEARD.validate_json(row)


def folded(folds: Folds, event: Event) -> Folds:
    """Both folds after one more event: each stream moves its own alone."""
    own, heard = folds
    return (progressed(own, event), heard) if isinstance(event, CaseEvent) else (own, learn(heard, event))


async def _moved(connection: asyncpg.Connection, events: Sequence[tuple[str, Event]]) -> None:
    events = [(subject, event) for subject, event in events if isinstance(event, (CaseEvent, *HEARD))]
    if not events:
        return
    subjects = sorted({subject for subject, _ in events})
    folds = {
        row["subject"]: (_OWN.validate_json(row["own"]), _HEARD.validate_json(row["heard"]))
        for row in await connection.fetch(_LOCK, subjects)
    }
    for subject, event in events:
        folds[subject] = folded(folds[subject], event)
    await connection.execute(_KEEP, *map(list, zip(*_rows(folds), strict=True)))


def _rows(folds: Mapping[str, Folds]) -> list[tuple[str | None, ...]]:
    return [
        (
            subject,
            _OWN.dump_json(own).decode(),
            _HEARD.dump_json(heard).decode(),
            heard.council,
            status(own, heard),
            ",".join(waits_for(own, heard)),
            own.inspector,
        )
        for subject, (own, heard) in folds.items()
    ]
