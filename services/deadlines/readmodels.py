"""The tables made for questions, kept in the transaction of the events that change them: facts, known cases, clocks."""

from collections.abc import Sequence
from dataclasses import astuple, replace
from typing import Final

import asyncpg
from pydantic import TypeAdapter

from contracts.intake import NotificationReceived, TransferAccepted
from services.chassis.decider import Record
from services.chassis.hearing import Heard
from services.deadlines.domain.clock import ClockEvent
from services.deadlines.domain.facts import Facts, learn
from services.deadlines.projections import ClockRow, changed

_FACTS: Final = TypeAdapter(Facts)

_LOAD_FACTS: Final = "select subject, facts from case_facts where subject = any($1)"
_KEEP_FACTS: Final = """
    insert into case_facts (subject, facts) select * from unnest($1::text[], $2::jsonb[])
    on conflict (subject) do update set facts = excluded.facts
"""
_KNOW_CASES: Final = """
    insert into known_case (subject, council, reference, received_on)
    select * from unnest($1::text[], $2::text[], $3::text[], $4::date[])
    on conflict (subject) do nothing
"""
# A case that was transferred is the new council's, its clocks with it.
_TRANSFER_CASES: Final = """
    with u as (select * from unnest($1::text[], $2::text[]) as u(subject, council)),
         c as (update clock set council = u.council from u where clock.subject = u.subject)
    update known_case k set council = u.council from u where k.subject = u.subject
"""
_COUNCILS: Final = "select subject, council from known_case where subject = any($1)"
_COLUMNS: Final = (
    "subject, clock, instance, council, day_zero, due_on, policy, calendar, held_on, stopped_on, cancelled_on, judged_from"
)
_LOAD_CLOCKS: Final = f"select {_COLUMNS} from clock where subject = any($1)"
_KEEP_CLOCKS: Final = f"""
    insert into clock ({_COLUMNS})
    select * from unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::date[], $6::date[], $7::text[], $8::text[],
                         $9::date[], $10::date[], $11::date[], $12::timestamptz[])
    on conflict (subject, clock, instance) do update set
        day_zero = excluded.day_zero, due_on = excluded.due_on, policy = excluded.policy, calendar = excluded.calendar,
        held_on = excluded.held_on, stopped_on = excluded.stopped_on, cancelled_on = excluded.cancelled_on,
        judged_from = excluded.judged_from
"""


async def project(connection: asyncpg.Connection, records: Sequence[Record]) -> None:
    """Change the clocks' rows by the service's own new events."""
    if not records:
        return
    subjects = {record.envelope.subject for record in records}
    councils = {row["subject"]: row["council"] for row in await connection.fetch(_COUNCILS, list(subjects))}
    found = [ClockRow(**row) for row in await connection.fetch(_LOAD_CLOCKS, list(subjects))]
    rows = {(row.subject, row.clock, row.instance): row for row in found}
    for record in records:
        event = record.event
        if isinstance(event, ClockEvent):
            key = (record.envelope.subject, event.clock, event.instance)
            rows[key] = changed(rows.get(key), record.envelope, event)
    # Whoever has the case now, not whoever had it when the clock started: the topic may bring that after the transfer.
    kept = [replace(row, council=councils.get(row.subject, row.council)) for row in rows.values()]
    if kept:
        await connection.execute(_KEEP_CLOCKS, *map(list, zip(*map(astuple, kept), strict=True)))


async def project_heard(connection: asyncpg.Connection, heard: Sequence[Heard]) -> None:
    """Take in what other services said."""
    await learned(connection, heard)


async def learned(connection: asyncpg.Connection, heard: Sequence[Heard]) -> list[Facts]:
    """Take in what other services said; what was known of its case after each event."""
    subjects = {each.envelope.subject for each in heard}
    known = {row["subject"]: _FACTS.validate_json(row["facts"]) for row in await connection.fetch(_LOAD_FACTS, list(subjects))}
    after: list[Facts] = []
    for each in heard:
        facts = learn(known.get(each.envelope.subject, Facts()), each.envelope, each.event)
        known[each.envelope.subject] = facts
        after.append(facts)
    await connection.execute(_KEEP_FACTS, list(known), [_FACTS.dump_json(facts).decode() for facts in known.values()])
    await _know(connection, heard)
    return after


async def _know(connection: asyncpg.Connection, heard: Sequence[Heard]) -> None:
    received = [(each.envelope.subject, each.event) for each in heard if isinstance(each.event, NotificationReceived)]
    cases = [(subject, event.council, event.reference, event.received_on) for subject, event in received]
    if cases:
        await connection.execute(_KNOW_CASES, *map(list, zip(*cases, strict=True)))
    transfers = {each.envelope.subject: each.event.to_council for each in heard if isinstance(each.event, TransferAccepted)}
    if transfers:
        await connection.execute(_TRANSFER_CASES, list(transfers), list(transfers.values()))
