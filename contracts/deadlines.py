"""What deadlines says: the clocks of a case, each a duty with a limit, computed once by named versions of policy and calendar."""

from datetime import date, datetime
from typing import ClassVar

from contracts.envelope import Event


class _OfClock(Event):
    """About one clock; `instance` counts restarts of the same duty from 1."""

    clock: str
    instance: int = 1


class ClockStarted(_OfClock):
    """A duty began to run. `due_on` is the last day in time; `day_zero` the day that is not counted."""

    type: ClassVar[str] = "sir.deadlines.clock-started"

    day_zero: date
    due_on: date
    policy: str
    calendar: str

    def rules(self) -> tuple[str, str]:
        """The versions that it was computed with."""
        return self.policy, self.calendar


class ClockHeld(_OfClock):
    """Not running from `on`, for a reason."""

    type: ClassVar[str] = "sir.deadlines.clock-held"

    on: date
    reason: str


class ClockRestarted(_OfClock):
    """Running again at full length from `day_zero`."""

    type: ClassVar[str] = "sir.deadlines.clock-restarted"

    day_zero: date
    due_on: date
    policy: str
    calendar: str

    def rules(self) -> tuple[str, str]:
        """The versions that it was computed with."""
        return self.policy, self.calendar


class ClockRecalculated(_OfClock):
    """The due day moved, for a reason that can be shown: a corrected date or a newer calendar."""

    type: ClassVar[str] = "sir.deadlines.clock-recalculated"

    day_zero: date
    due_on: date
    due_on_before: date
    reason: str
    policy: str
    calendar: str

    def rules(self) -> tuple[str, str]:
        """The versions that it was computed with."""
        return self.policy, self.calendar


class ClockSatisfied(_OfClock):
    """The duty was done on `on`; `days_taken` are the working days it took, for clocks in working days."""

    type: ClassVar[str] = "sir.deadlines.clock-satisfied"

    on: date
    due_on: date
    days_taken: int | None = None
    imported: bool | None = None
    """Whether a register says that it was done, which counts whatever became of the case; None where that was not yet said."""


class ClockBreached(_OfClock):
    """The due day ended without the duty done; a fact with a time, noticed though nobody looked."""

    type: ClassVar[str] = "sir.deadlines.clock-breached"

    due_on: date
    breached_at: datetime
    """The end of the due day in Europe/London."""

    def happened(self) -> datetime:
        """When the due day ended."""
        return self.breached_at


class ClockCorrected(_OfClock):
    """A breach was recorded, and evidence that came later shows that the duty had been done in time."""

    type: ClassVar[str] = "sir.deadlines.clock-corrected"

    on: date
    due_on: date
    days_taken: int | None = None
    reason: str
    imported: bool | None = None
    """Whether a register says that it was done, which counts whatever became of the case; None where that was not yet said."""


class ClockCancelled(_OfClock):
    """The duty fell away before it was done; counts neither as met nor as missed."""

    type: ClassVar[str] = "sir.deadlines.clock-cancelled"

    on: date
    reason: str


class ReminderDue(_OfClock):
    """A threshold of a clock was reached: somebody is to be told. Once for each clock, due day and threshold."""

    type: ClassVar[str] = "sir.deadlines.reminder-due"

    threshold: str
    """A name of the policy's: before, on or after the limit."""
    due_on: date
    remind_on: date
    """The day that the threshold names; recorded later where nobody looked on that day."""
    to: str
    """Who is told: council or inspectorate."""


class ReminderCorrected(_OfClock):
    """A reminder went out for something that had been done: whoever was told is told that."""

    type: ClassVar[str] = "sir.deadlines.reminder-corrected"

    threshold: str
    due_on: date
    to: str
    reason: str


class CalendarActivated(Event):
    """A calendar version is used from now on, and open clocks were counted by it again. Subject `calendar/GB-SCT`."""

    type: ClassVar[str] = "sir.deadlines.calendar-activated"

    calendar: str
    before: str
    moved: int
    """How many open clocks have another due day by it."""
