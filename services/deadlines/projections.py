"""What each of the service's own events changes in the clock's row: the table behind every list, and the ticker's due list."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import assert_never

from contracts.clocks import end_of_day_london
from contracts.deadlines import (
    ClockBreached,
    ClockCancelled,
    ClockCorrected,
    ClockHeld,
    ClockRecalculated,
    ClockRestarted,
    ClockSatisfied,
    ClockStarted,
)
from contracts.envelope import Envelope, Origin
from services.deadlines.domain.clock import ClockEvent, judged_from


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRow:
    """One clock as it stands. Its state follows from the three days beside `due_on` and from today."""

    subject: str
    clock: str
    instance: int
    council: str
    day_zero: date
    due_on: date
    policy: str
    calendar: str
    held_on: date | None = None
    stopped_on: date | None = None
    cancelled_on: date | None = None
    judged_from: datetime | None = None
    """From when the ticker may record a breach; None where it has nothing to do."""


def changed(row: ClockRow | None, envelope: Envelope, event: ClockEvent) -> ClockRow:
    """The row after an event."""
    match event:
        case ClockStarted() | ClockRestarted() | ClockRecalculated():
            return _running(envelope, event)
        case _ if row is None:
            msg = "a clock that never started"
            raise AssertionError(msg)
        case ClockHeld():
            return replace(row, held_on=event.on, stopped_on=None, cancelled_on=None, judged_from=None)
        case ClockBreached():
            return replace(row, judged_from=None)
        case ClockSatisfied() | ClockCorrected():
            return replace(row, held_on=None, stopped_on=event.on, judged_from=None)
        case ClockCancelled():
            return replace(row, held_on=None, stopped_on=None, cancelled_on=event.on, judged_from=None)
        case _:
            assert_never(event)


def _running(envelope: Envelope, event: ClockStarted | ClockRestarted | ClockRecalculated) -> ClockRow:
    # Brought in after its day had passed: nobody was asked to notice then, so nothing is recorded before its stop.
    past = envelope.origin is Origin.IMPORT and end_of_day_london(event.due_on) <= envelope.recordedtime
    return ClockRow(
        subject=envelope.subject,
        clock=event.clock,
        instance=event.instance,
        council=envelope.council or "",
        day_zero=event.day_zero,
        due_on=event.due_on,
        policy=event.policy,
        calendar=event.calendar,
        judged_from=None if past else judged_from(event.due_on),
    )
