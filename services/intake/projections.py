"""Intake's own read models: one row a case, for lists and for likely duplicates; and what is proposed to another council."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import orjson
from pydantic import TypeAdapter

from contracts.envelope import Envelope, Event
from contracts.intake import (
    IncidentConsidered,
    IncidentReclassified,
    NotificationAmended,
    NotificationCorrected,
    NotificationReceived,
    PersonalDataErased,
    TransferAccepted,
    TransferEnded,
    TransferProposed,
)
from services.chassis.decider import Record
from services.chassis.postgres import Change
from services.intake.domain.heard import NOTHING_HEARD
from services.intake.domain.progress import Progress, progressed
from services.intake.domain.rules import person_mark
from services.intake.domain.status import status

PROGRESS: Final = TypeAdapter(Progress)

# What was heard before its case is there, as a rebuild may have it, is looked for in the same round trip.
ADD: Final = """
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
_VERSION: Final = "update notified set version = $2 where subject = $1"
_CHANGE: Final = """
    update notified set council_reference = $2, incident_type = coalesce($3, incident_type), occurred_on = $4, person = $5
    where subject = $1
"""
_RECLASSIFY: Final = "update notified set incident_type = $2 where subject = $1"
_ERASE: Final = "update notified set erased = true, person = null where subject = $1"
_PROPOSE: Final = """
    insert into transfer (subject, reference, from_council, to_council, proposed_on)
    select subject, reference, $2, $3, $4 from notified where subject = $1
"""
_END: Final = "delete from transfer where subject = $1"
_TAKE_OVER: Final = "update notified set council = $2 where subject = $1"


def new_cases(records: Sequence[Record], *, secret: bytes) -> list[tuple[Any, ...]]:
    """Rows for `ADD`."""
    return [_row(secret, r.envelope, r.event) for r in records if isinstance(r.event, NotificationReceived)]


def changes(records: Sequence[Record], *, secret: bytes) -> Iterator[Change]:
    """What follows for cases that are there, in order."""
    for record in records:
        if isinstance(record.event, NotificationReceived | IncidentConsidered):
            continue
        yield _VERSION, (record.envelope.subject, record.envelope.streamversion)
        yield from _changes(secret, record.envelope, record.event)


def _row(secret: bytes, envelope: Envelope, event: NotificationReceived) -> tuple[Any, ...]:
    said, progress = event.notification, progressed(Progress(), event)
    return (
        envelope.subject, event.reference, event.council, said.council_reference, said.incident_type, event.received_at,
        event.received_on, said.occurred_on, person_mark(secret, event.council, said), envelope.streamversion,
        orjson.dumps(event.register_row).decode() if event.register_row is not None else None,
        PROGRESS.dump_json(progress).decode(), status(progress, NOTHING_HEARD).value,
    )  # fmt: skip


def _changes(secret: bytes, envelope: Envelope, event: Event) -> Iterator[Change]:
    subject = envelope.subject
    match event:
        case NotificationAmended(after=said) | NotificationCorrected(after=said):
            kind = said.incident_type if "incident_type" in event.changed else None
            mark = person_mark(secret, envelope.council or "", said)
            yield _CHANGE, (subject, said.council_reference, kind, said.occurred_on, mark)
        case IncidentReclassified(after=kind):
            yield _RECLASSIFY, (subject, kind)
        case PersonalDataErased():
            yield _ERASE, (subject,)
        case TransferProposed():
            yield _PROPOSE, (subject, event.from_council, event.to_council, event.on)
        case TransferAccepted(to_council=council):
            yield _END, (subject,)
            yield _TAKE_OVER, (subject, council)
        case TransferEnded():
            yield _END, (subject,)
        case _:
            pass
