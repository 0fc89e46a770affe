"""What each of the service's own events changes in its rows: the clocks behind every list, and the reminders that are to come."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple, assert_never

from contracts.clocks import Clock, end_of_day_london, london_date
from contracts.deadlines import (
    ClockBreached,
    ClockCancelled,
    ClockCorrected,
    ClockHeld,
    ClockRecalculated,
    ClockRestarted,
    ClockSatisfied,
    ClockStarted,
    ReminderDue,
)
from contracts.envelope import Envelope, Origin
from services.deadlines.domain.clock import ClockEvent, Terms, judged_from
from services.deadlines.domain.reminders import fires_from, thresholds

Runs = ClockStarted | ClockRestarted | ClockRecalculated

ClockKey = tuple[str, str, int]
"""A case, a clock, and which of several."""

ReminderKey = tuple[str, str, int, date, str]
"""The same, its due day and a threshold."""


class ClockRow(NamedTuple):
    """One clock as it stands: the table's columns in order. Its state follows from three days beside `due_on` and from today."""

    subject: str
    clock: str
    instance: int
    council: str
    day_zero: date
    due_on: date
    policy: str
    calendar: str
    sequence: int
    """The version of the stream at which it changed last: what a calendar program goes by, since it only rises."""
    changed: datetime
    held_on: date | None = None
    stopped_on: date | None = None
    cancelled_on: date | None = None
    reason: str | None = None
    """Why it is held or was cancelled."""
    due_before: date | None = None
    moved_by: str | None = None
    """The due day before it was counted again, and why that was."""
    judged_from: datetime | None = None
    """From when the ticker may record a breach; None where it has nothing to do."""

    @property
    def key(self) -> ClockKey:
        """Its primary key."""
        return self.subject, self.clock, self.instance


class ReminderRow(NamedTuple):
    """One threshold of a clock that runs until a day; `fires_from` is None once it was said or nothing is left to be said."""

    subject: str
    clock: str
    instance: int
    due_on: date
    threshold: str
    remind_on: date
    party: str
    said: bool = False
    fires_from: datetime | None = None

    @property
    def key(self) -> ReminderKey:
        """Its primary key."""
        return self.subject, self.clock, self.instance, self.due_on, self.threshold


def as_known(told: Iterable[tuple[Envelope, ClockEvent]], as_at: date) -> list[ClockRow]:
    """The clocks by some of the case's events, as if nothing had happened after a day."""
    rows: dict[ClockKey, ClockRow] = {}
    for envelope, event in told:
        key = (envelope.subject, event.clock, event.instance)
        if _happened(rows.get(key), envelope, event, as_at):
            rows[key] = changed(rows.get(key), envelope, event)
    return list(rows.values())


def _happened(row: ClockRow | None, envelope: Envelope, event: ClockEvent, as_at: date) -> bool:
    """A clock that is counted again was so on every day; one that runs again runs from its day, or from its reopening."""
    match event:
        case ClockRecalculated() | ClockBreached():
            return row is not None
        case ClockStarted() | ClockRestarted():
            reopened = row is not None and row.cancelled_on is not None
            return event.day_zero <= as_at and not (reopened and london_date(envelope.time) > as_at)
        case _:
            return row is not None and event.on <= as_at


def changed(row: ClockRow | None, envelope: Envelope, event: ClockEvent) -> ClockRow:
    """The row after an event."""
    match event:
        case ClockStarted() | ClockRestarted() | ClockRecalculated():
            return _running(envelope, event)
        case _ if row is None:
            msg = "a clock that never started"
            raise AssertionError(msg)
        case ClockBreached():
            return row._replace(judged_from=None)
        case _:
            still = row._replace(
                sequence=envelope.streamversion, changed=envelope.recordedtime,
                held_on=None, stopped_on=None, cancelled_on=None, reason=None, judged_from=None,
            )  # fmt: skip
            return _still(still, event)


def _still(row: ClockRow, event: ClockHeld | ClockSatisfied | ClockCorrected | ClockCancelled) -> ClockRow:
    match event:
        case ClockHeld():
            return row._replace(held_on=event.on, reason=event.reason)
        case ClockSatisfied() | ClockCorrected():
            return row._replace(stopped_on=event.on)
        case ClockCancelled():
            return row._replace(cancelled_on=event.on, reason=event.reason)
        case _:
            assert_never(event)


def _running(envelope: Envelope, event: Runs) -> ClockRow:
    # Brought in after its day had passed: nobody was asked to notice then, so nothing is recorded before its stop.
    past = envelope.origin is Origin.IMPORT and end_of_day_london(event.due_on) <= envelope.recordedtime
    moved = (event.due_on_before, event.reason) if isinstance(event, ClockRecalculated) else (None, None)
    return ClockRow(
        subject=envelope.subject,
        clock=event.clock,
        instance=event.instance,
        council=envelope.council or "",
        day_zero=event.day_zero,
        due_on=event.due_on,
        policy=event.policy,
        calendar=event.calendar,
        due_before=moved[0],
        moved_by=moved[1],
        sequence=envelope.streamversion,
        changed=envelope.recordedtime,
        judged_from=None if past else judged_from(event.due_on),
    )


def reminders(rows: Iterable[ReminderRow], envelope: Envelope, event: ClockEvent | ReminderDue) -> Iterator[ReminderRow]:
    """What an event changes in the reminders of its own clock: `rows` are those that there are."""
    match event:
        case ReminderDue():
            yield from (row._replace(said=True, fires_from=None) for row in rows if _is(row, event))
        case ClockBreached():
            return
        case ClockStarted() | ClockRestarted() | ClockRecalculated():
            known = {row.key: row for row in rows}
            to_come = {row.key: row for row in _to_come(envelope, event) if not (row.key in known and known[row.key].said)}
            yield from _silenced(known, to_come)
            yield from to_come.values()
        case _:
            yield from _silenced({row.key: row for row in rows}, {})


def _silenced(known: Mapping[ReminderKey, ReminderRow], but: Mapping[ReminderKey, ReminderRow]) -> Iterator[ReminderRow]:
    yield from (row._replace(fires_from=None) for key, row in known.items() if row.fires_from is not None and key not in but)


def _to_come(envelope: Envelope, event: Runs) -> Iterator[ReminderRow]:
    """The thresholds from the day on which the clock began to run. What a register brings in begins on the day it is brought."""
    terms = Terms(day_zero=event.day_zero, due_on=event.due_on, policy=event.policy, calendar=event.calendar)
    began = london_date(envelope.recordedtime if envelope.origin is Origin.IMPORT else envelope.time)
    for threshold, day in thresholds(Clock(event.clock), terms):
        if day >= began:
            yield ReminderRow(
                subject=envelope.subject,
                clock=event.clock,
                instance=event.instance,
                due_on=event.due_on,
                threshold=threshold.name,
                remind_on=day,
                party=threshold.to,
                fires_from=fires_from(day),
            )


def _is(row: ReminderRow, event: ReminderDue) -> bool:
    return (row.due_on, row.threshold) == (event.due_on, event.threshold)
