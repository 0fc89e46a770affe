"""Intake's own read model: one row a case, for lists and for finding likely duplicates."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import orjson

from contracts.envelope import Envelope, Event
from contracts.intake import (
    IncidentReclassified,
    NotificationAmended,
    NotificationCorrected,
    NotificationReceived,
    NotificationWithdrawn,
)
from services.chassis.decider import Record
from services.chassis.postgres import Change
from services.intake.domain.rules import person_mark

_ADD: Final = """
    insert into notified (subject, reference, council, council_reference, incident_type, received_at, received_on, occurred_on,
                          person, version, register_row, status)
    select *, 'notified' from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::date[],
                                     $8::date[], $9::bytea[], $10::int[], $11::jsonb[])
"""
_CHANGE: Final = """
    update notified
    set council_reference = $2, incident_type = coalesce($3, incident_type), occurred_on = $4, person = $5, version = $6
    where subject = $1
"""
_RECLASSIFY: Final = "update notified set incident_type = $2, version = $3 where subject = $1"
_WITHDRAW: Final = "update notified set status = 'withdrawn', version = $2 where subject = $1"


def own_changes(records: Sequence[Record], *, secret: bytes) -> Iterator[Change]:
    """What follows from what this service said: new cases first, all at once; then changes, in order."""
    added = [_row(secret, r.envelope, r.event) for r in records if isinstance(r.event, NotificationReceived)]
    if added:
        yield _ADD, tuple(map(list, zip(*added, strict=True)))
    for record in records:
        yield from _change(secret, record.envelope, record.event)


def _row(secret: bytes, envelope: Envelope, event: NotificationReceived) -> tuple[Any, ...]:
    said = event.notification
    return (
        envelope.subject, event.reference, event.council, said.council_reference, said.incident_type, event.received_at,
        event.received_on, said.occurred_on, person_mark(secret, event.council, said), envelope.streamversion,
        orjson.dumps(event.register_row).decode() if event.register_row is not None else None,
    )  # fmt: skip


def _change(secret: bytes, envelope: Envelope, event: Event) -> Iterator[Change]:
    subject, version = envelope.subject, envelope.streamversion
    match event:
        case NotificationAmended(after=said) | NotificationCorrected(after=said):
            kind = said.incident_type if "incident_type" in event.changed else None
            mark = person_mark(secret, envelope.council or "", said)
            yield _CHANGE, (subject, said.council_reference, kind, said.occurred_on, mark, version)
        case IncidentReclassified(after=kind):
            yield _RECLASSIFY, (subject, kind, version)
        case NotificationWithdrawn():
            yield _WITHDRAW, (subject, version)
        case _:
            pass
