"""What a register implies, worked out from its rows alone: the figures that the system must give. Deliberately simple."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from contracts.calendars import CURRENT_CALENDAR, calendar
from contracts.clocks import Clock, due_on, policy_on, working_days_taken
from contracts.codes import SIGNS_NOTIFICATIONS, Precision, RegisterOutcome
from deploy.console.register import Row

WORKING_DAYS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Implied:
    """Counts of a period, by date of receipt."""

    notifications: int
    councils: int
    in_time: int
    measured: int
    aware_in_time: int
    aware_measured: int
    late: tuple[int, ...]
    signed: int
    informed: int
    informed_of: int
    by_council: Counter[str]
    by_type: Counter[str]


def implied(rows: Sequence[Row], first: date, last: date) -> Implied:
    """The figures of a period, as at its end."""
    days = calendar(CURRENT_CALENDAR)
    counted = [row for row in rows if first <= row.received_on <= last and row.outcome is not RegisterOutcome.DUPLICATE]
    taken = [
        working_days_taken(row.occurred_on.earliest, row.received_on, days)
        for row in counted
        if row.occurred_on and row.occurred_on.precision is Precision.DAY and row.occurred_on.earliest
    ]
    aware = [working_days_taken(row.became_aware_on, row.received_on, days) for row in counted if row.became_aware_on]
    due = {row.key: due_on(Clock.GOVERNMENT_COPY, row.received_on, policy_on(row.received_on), days) for row in counted}
    told = [(row, row.government_informed_on if row.government_informed_on and row.government_informed_on <= last else None) for row in counted]
    judged = [(row, day) for row, day in told if day or (due[row.key] < last and row.outcome is None)]
    return Implied(
        notifications=len(counted),
        councils=len({row.council for row in counted}),
        in_time=sum(count <= WORKING_DAYS for count in taken),
        measured=len(taken),
        aware_in_time=sum(count <= WORKING_DAYS for count in aware),
        aware_measured=len(aware),
        late=tuple(sorted(count for count in taken if count > WORKING_DAYS)),
        signed=sum(row.signed_off_by is not None and row.signed_off_by.at_least(SIGNS_NOTIFICATIONS) for row in counted),
        informed=sum(day is not None and day <= due[row.key] for row, day in judged),
        informed_of=len(judged),
        by_council=Counter(row.council for row in counted),
        by_type=Counter(str(row.reclassified_to or row.incident_type) for row in counted),
    )


def middle(values: Sequence[int]) -> float | None:
    """The median; none of nothing."""
    return median(values) if values else None
