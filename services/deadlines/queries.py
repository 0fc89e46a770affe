"""The read side: clocks of a case, lists of clocks, known cases. All as the query role, held to one council by the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import asyncpg
import orjson

from contracts.calendars import OutsideCalendar, calendar
from contracts.clocks import london_date
from services.deadlines.domain.streams import CALENDAR, NOTHING, InForce, Stream, counted_by, in_force

SOON: Final = 5
"""Working days ahead that count as soon."""

_LONGEST_SOON: Final = timedelta(days=7)

_INSTANT: Final = "select clock_timestamp() + $1::interval"
_CASE: Final = "select subject, council, reference, received_on from known_case where subject = $1"
_KNOWN: Final = "select exists(select from known_case where subject = $1 and ($2::text is null or council = $2))"
_VERSION: Final = "select coalesce((select version from stream where subject = $1), 0)"

# Whoever counts holds the calendar for its transaction, so that none is activated between what it reads and what it writes.
_HOLD_CALENDAR: Final = "select pg_advisory_xact_lock_shared(hashtext('calendar'))"
_CHANGE_CALENDAR: Final = "select pg_advisory_xact_lock(hashtext('calendar'))"
_ACTIVATED: Final = f"select data from event where subject = '{CALENDAR}' order by version desc limit 1"

# $1 is today in Scotland: a clock past its due day is shown as missed before its breach is recorded.
_SHOWN: Final = """
    select c.subject, c.clock, c.instance, c.council, k.reference, c.due_on, c.stopped_on, c.day_zero, c.calendar, c.policy,
           c.held_on, c.cancelled_on, c.reason, c.due_before, c.moved_by, c.sequence, c.changed,
           case when c.stopped_on <= c.due_on then 'met'
                when c.stopped_on is not null then 'missed'
                when c.cancelled_on is not null then 'cancelled'
                when c.held_on is not null then 'held'
                when c.due_on < $1::date then 'missed'
                else 'running' end as state
    from clock c left join known_case k using (subject)
"""
_OF_CASE: Final = _SHOWN + "where c.subject = $2 order by c.due_on, c.clock, c.instance"
# What is over for long is left out: programs have seen it cancelled by then.
_SUBSCRIBED: Final = (
    _SHOWN
    + """
    where (c.stopped_on is null and c.cancelled_on is null) or greatest(c.stopped_on, c.cancelled_on) >= $1::date - 90
    order by c.due_on, c.subject, c.clock, c.instance
"""
)
_OWED: Final = "c.stopped_on is null and c.cancelled_on is null and c.held_on is null"
_PAGE: Final = """
      and ($2::text is null or c.council = $2) and ($3::text is null or c.clock = $3)
      and ($4::date is null or (c.due_on, c.subject, c.clock, c.instance) > ($4, $5::text, $6::text, $7::int))
      and c.due_on <= $8::date
    order by c.due_on, c.subject, c.clock, c.instance limit $9
"""


class Listed(StrEnum):
    """What a list of clocks may be asked for."""

    OPEN = "open"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    MET = "met"
    MISSED = "missed"


_LISTS: Final[dict[Listed | None, str]] = {
    None: f"{_SHOWN} where true {_PAGE}",
    Listed.OPEN: f"{_SHOWN} where {_OWED} and c.due_on >= $1::date {_PAGE}",
    Listed.DUE_SOON: f"{_SHOWN} where {_OWED} and c.due_on >= $1::date {_PAGE}",
    Listed.OVERDUE: f"{_SHOWN} where {_OWED} and c.due_on < $1::date {_PAGE}",
    Listed.MET: f"{_SHOWN} where c.stopped_on <= c.due_on {_PAGE}",
    Listed.MISSED: f"{_SHOWN} where (c.stopped_on > c.due_on or ({_OWED} and c.due_on < $1::date)) {_PAGE}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a page ended: the key of its last clock."""

    due_on: date
    subject: str
    clock: str
    instance: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockShown:
    """One clock as people see it today."""

    subject: str
    clock: str
    instance: int
    council: str
    reference: str | None
    state: str
    due_on: date
    stopped_on: date | None
    day_zero: date
    calendar: str
    policy: str
    held_on: date | None
    cancelled_on: date | None
    reason: str | None
    due_before: date | None
    moved_by: str | None
    sequence: int
    changed: datetime

    @property
    def place(self) -> Place:
        """Its place in a list."""
        return Place(due_on=self.due_on, subject=self.subject, clock=self.clock, instance=self.instance)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCase:
    """A case that was notified."""

    subject: str
    council: str
    reference: str
    received_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which clocks a list is of."""

    state: Listed | None
    council: str | None
    clock: str | None


async def today(connection: asyncpg.Connection, shift: timedelta) -> date:
    """The date in Scotland, by the database."""
    return london_date(await connection.fetchval(_INSTANT, shift))


async def is_known(connection: asyncpg.Connection, subject: str, council: str | None) -> bool:
    """Whether there is such a case, of that council if one is given."""
    return bool(await connection.fetchval(_KNOWN, subject, council))


async def known_case(connection: asyncpg.Connection, subject: str) -> KnownCase | None:
    """The case, if the connection's council may know of it."""
    row = await connection.fetchrow(_CASE, subject)
    return KnownCase(**row) if row else None


async def version_of(connection: asyncpg.Connection, subject: str) -> int:
    """How many events this service has said of a case."""
    return int(await connection.fetchval(_VERSION, subject))


async def clocks_of(connection: asyncpg.Connection, subject: str, on: date) -> Sequence[ClockShown]:
    """The clocks of a case, the soonest due first."""
    return [ClockShown(**row) for row in await connection.fetch(_OF_CASE, on, subject)]


async def subscribed(connection: asyncpg.Connection, on: date) -> Sequence[ClockShown]:
    """What stands in a calendar: all that is owed, and what was over in the last ninety days."""
    return [ClockShown(**row) for row in await connection.fetch(_SUBSCRIBED, on)]


async def calendar_in_force(connection: asyncpg.Connection) -> str:
    """The calendar that was activated last, held until the transaction ends."""
    await connection.execute(_HOLD_CALENDAR)
    return in_force(await _calendar_stream(connection))


async def change_calendar(connection: asyncpg.Connection) -> None:
    """Wait for all who count by the calendar, and let nobody begin until the transaction ends."""
    await connection.execute(_CHANGE_CALENDAR)


async def calendar_today(connection: asyncpg.Connection) -> str:
    """The calendar that a clock started now would be counted by."""
    return counted_by(await _calendar_stream(connection))


async def _calendar_stream(connection: asyncpg.Connection) -> Stream:
    data = await connection.fetchval(_ACTIVATED)
    return NOTHING if data is None else InForce(calendar=orjson.loads(data)["calendar"])


async def clocks(
    connection: asyncpg.Connection, wanted: Wanted, after: Place | None, limit: int, on: date, version: str
) -> Sequence[ClockShown]:
    """A list of clocks from a place on, the soonest due first; what is soon, by a version of the calendar."""
    last = _soon(on, version) if wanted.state is Listed.DUE_SOON else date.max
    key: tuple[Any, ...] = (after.due_on, after.subject, after.clock, after.instance) if after else (None, None, None, None)
    rows = await connection.fetch(_LISTS[wanted.state], on, wanted.council, wanted.clock, *key, last, limit)
    return [ClockShown(**row) for row in rows]


def _soon(on: date, version: str) -> date:
    try:
        return calendar(version).after(on, SOON)
    except OutsideCalendar:
        return on + _LONGEST_SOON
