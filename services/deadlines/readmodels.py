"""The tables made for questions, kept in the transaction of the events that change them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import asyncpg
from pydantic import TypeAdapter

from contracts.calendars import calendar, versions
from contracts.deadlines import ReminderDue
from contracts.intake import NotificationReceived, TransferAccepted
from services.chassis.decider import Record
from services.chassis.hearing import Heard
from services.deadlines.domain.clock import ClockEvent
from services.deadlines.domain.facts import Facts, learn
from services.deadlines.projections import ClockKey, ClockRow, ReminderKey, ReminderRow, changed, reminders
from services.deadlines.queries import ClockShown

_FACTS: Final = TypeAdapter(Facts)

_LOAD_FACTS: Final = "select subject, facts from case_facts where subject = any($1)"
_KEEP_FACTS: Final = """
    insert into case_facts (subject, facts) select * from unnest($1::text[], $2::jsonb[])
    on conflict (subject) do update set facts = excluded.facts
"""
# A later due day is possible only where a day between is worked by one calendar and not by the other.
_MAY_MOVE: Final = """
    select distinct subject from clock
    where clock = any($1) and stopped_on is null and cancelled_on is null
      and exists (select from unnest($2::date[]) as added(day) where day > day_zero and day <= due_on)
    order by subject
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
_CLOCK: Final = (
    "subject, clock, instance, council, day_zero, due_on, policy, calendar, sequence, changed, held_on, stopped_on,"
    " cancelled_on, reason, due_before, moved_by, judged_from"
)
_LOAD_CLOCKS: Final = f"select {_CLOCK} from clock where subject = any($1)"
_KEEP_CLOCKS: Final = f"""
    insert into clock ({_CLOCK})
    select * from unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::date[], $6::date[], $7::text[], $8::text[],
                         $9::int[], $10::timestamptz[], $11::date[], $12::date[], $13::date[], $14::text[], $15::date[],
                         $16::text[], $17::timestamptz[])
    on conflict (subject, clock, instance) do update set
        day_zero = excluded.day_zero, due_on = excluded.due_on, policy = excluded.policy, calendar = excluded.calendar,
        held_on = excluded.held_on, stopped_on = excluded.stopped_on, cancelled_on = excluded.cancelled_on,
        reason = excluded.reason, due_before = excluded.due_before, moved_by = excluded.moved_by,
        sequence = excluded.sequence, changed = excluded.changed, judged_from = excluded.judged_from
"""
_REMINDER: Final = "subject, clock, instance, due_on, threshold, remind_on, party, said, fires_from"
_LOAD_REMINDERS: Final = f"select {_REMINDER} from reminder where subject = any($1)"
_KEEP_REMINDERS: Final = f"""
    insert into reminder ({_REMINDER})
    select * from unnest($1::text[], $2::text[], $3::int[], $4::date[], $5::text[], $6::date[], $7::text[], $8::boolean[],
                         $9::timestamptz[])
    on conflict (subject, clock, instance, due_on, threshold) do update set
        remind_on = excluded.remind_on, party = excluded.party, said = excluded.said, fires_from = excluded.fires_from
"""


async def project(connection: asyncpg.Connection, records: Sequence[Record]) -> None:
    """Change the rows of clocks and reminders by the service's own new events; only what changed is written."""
    said = [(each.envelope, each.event) for each in records if isinstance(each.event, ClockEvent | ReminderDue)]
    if not said:
        return
    subjects = list({envelope.subject for envelope, _ in said})
    clocks = {row.key: row for row in (ClockRow(*each.values()) for each in await connection.fetch(_LOAD_CLOCKS, subjects))}
    coming = _by_clock(ReminderRow(*each.values()) for each in await connection.fetch(_LOAD_REMINDERS, subjects))
    touched: dict[ClockKey, ClockRow] = {}
    again: dict[ReminderKey, ReminderRow] = {}
    for envelope, event in said:
        key = (envelope.subject, event.clock, event.instance)
        if isinstance(event, ClockEvent):
            touched[key] = clocks[key] = changed(clocks.get(key), envelope, event)
        for row in list(reminders(coming[key].values(), envelope, event)):
            again[row.key] = coming[key][row.key] = row
    await _keep_clocks(connection, subjects, list(touched.values()))
    if again:
        await connection.execute(_KEEP_REMINDERS, *map(list, zip(*again.values(), strict=True)))


async def _keep_clocks(connection: asyncpg.Connection, subjects: Sequence[str], rows: Sequence[ClockRow]) -> None:
    if not rows:
        return
    councils = {row["subject"]: row["council"] for row in await connection.fetch(_COUNCILS, subjects)}
    # Whoever has the case now, not whoever had it when the clock started: the topic may bring that after the transfer.
    kept = [row._replace(council=councils.get(row.subject, row.council)) for row in rows]
    await connection.execute(_KEEP_CLOCKS, *map(list, zip(*kept, strict=True)))


def _by_clock(rows: Iterable[ReminderRow]) -> Mapping[ClockKey, dict[ReminderKey, ReminderRow]]:
    found: dict[ClockKey, dict[ReminderKey, ReminderRow]] = defaultdict(dict)
    for row in rows:
        found[row.subject, row.clock, row.instance][row.key] = row
    return found


async def that_may_move(connection: asyncpg.Connection, version: str, kinds: Sequence[str]) -> Sequence[str]:
    """Cases with an open clock of some kinds that a calendar may move: it knows a holiday there that another does not."""
    closed = calendar(version).holidays.keys()
    added = {day for other in versions() for day in closed - calendar(other).holidays.keys()}
    return [row["subject"] for row in await connection.fetch(_MAY_MOVE, list(kinds), sorted(added))]


async def facts_of(connection: asyncpg.Connection, subjects: Sequence[str]) -> Mapping[str, Facts]:
    """What is known of cases."""
    rows = await connection.fetch(_LOAD_FACTS, list(subjects))
    return {row["subject"]: _FACTS.validate_json(row["facts"]) for row in rows}


async def project_heard(connection: asyncpg.Connection, heard: Sequence[Heard]) -> None:
    """Take in what other services said."""
    await learned(connection, heard)


async def learned(connection: asyncpg.Connection, heard: Sequence[Heard]) -> list[Facts]:
    """Take in what other services said; what was known of its case after each event."""
    known = {**await facts_of(connection, list({each.envelope.subject for each in heard}))}
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


def shown_on(row: ClockRow, reference: str, on: date) -> ClockShown:
    """A clock as people would have seen it on a day."""
    told = {name: getattr(row, name) for name in ClockShown.__slots__ if name not in {"reference", "state"}}
    return ClockShown(**told, reference=reference, state=_state(row, on))


def _state(row: ClockRow, on: date) -> str:
    """The same cases, in the same order, as in the list's SQL."""
    if row.stopped_on is not None:
        return "met" if row.stopped_on <= row.due_on else "missed"
    if row.cancelled_on is not None:
        return "cancelled"
    if row.held_on is not None:
        return "held"
    return "missed" if row.due_on < on else "running"
