"""Intake's own read model: one row a case, for lists and for finding likely duplicates, and what a new one is told from it."""

import hmac
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

import asyncpg
import orjson

from contracts.clocks import london_date
from contracts.envelope import Envelope, Origin
from contracts.intake import (
    IncidentReclassified,
    Notification,
    NotificationAmended,
    NotificationCorrected,
    NotificationReceived,
    NotificationWithdrawn,
)
from services.chassis.decider import Record
from services.chassis.store import Inform, Project
from services.intake.domain.case import Receive
from services.intake.queries import Prepared, Wanting, prepare

_ADD: Final = """
    insert into notified (subject, reference, council, council_reference, incident_type, received_at, received_on, occurred_on, person, version,
                          register_row, status)
    select *, 'notified' from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::date[], $8::date[],
                                     $9::bytea[], $10::int[], $11::jsonb[])
"""
_CHANGE: Final = """
    update notified set council_reference = $2, incident_type = coalesce($3, incident_type), occurred_on = $4, person = $5, version = $6
    where subject = $1
"""
_RECLASSIFY: Final = "update notified set incident_type = $2, version = $3 where subject = $1"
_WITHDRAW: Final = "update notified set status = 'withdrawn', version = $2 where subject = $1"


def person_mark(secret: bytes, council: str, said: Notification) -> bytes | None:
    """What tells two notifications of one person: an HMAC, since the identifier itself is sealed."""
    identifier = said.person.council_person_id.reveal() if said.person.council_person_id else None
    return hmac.digest(secret, f"{council}/{identifier}".encode(), sha256) if identifier else None


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


def projecting(secret: bytes) -> Project:
    """The projection, with the secret behind its marks."""

    async def project(connection: asyncpg.Connection, records: Sequence[Record]) -> None:
        added = [_row(secret, r.envelope, r.event) for r in records if isinstance(r.event, NotificationReceived)]
        if added:
            await connection.execute(_ADD, *map(list, zip(*added, strict=True)))
        for record in records:
            await _change(connection, secret, record.envelope, record.event)

    return project


def _row(secret: bytes, envelope: Envelope, event: NotificationReceived) -> tuple[Any, ...]:
    said = event.notification
    return (
        envelope.subject, event.reference, event.council, said.council_reference, said.incident_type, event.received_at, event.received_on,
        said.occurred_on, person_mark(secret, event.council, said), envelope.streamversion,
        orjson.dumps(event.register_row).decode() if event.register_row is not None else None,
    )  # fmt: skip


async def _change(connection: asyncpg.Connection, secret: bytes, envelope: Envelope, event: Any) -> None:
    subject, version = envelope.subject, envelope.streamversion
    match event:
        case NotificationAmended(after=said) | NotificationCorrected(after=said):
            kind = said.incident_type if "incident_type" in event.changed else None
            mark = person_mark(secret, envelope.council or "", said)
            await connection.execute(_CHANGE, subject, said.council_reference, kind, said.occurred_on, mark, version)
        case IncidentReclassified(after=kind):
            await connection.execute(_RECLASSIFY, subject, kind, version)
        case NotificationWithdrawn():
            await connection.execute(_WITHDRAW, subject, version)
        case _:
            pass
