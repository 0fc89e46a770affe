"""What a register implies by api.md 5, folded from its rows alone, apart from the services: what figures must equal. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Any, Final

from contracts.calendars import CURRENT_CALENDAR, OutsideCalendar, calendar
from contracts.clocks import Clock, due_on, policy_on, working_days_taken
from contracts.codes import SIGNS_NOTIFICATIONS, Precision, RegisterOutcome
from deploy.console.implied_reviews import closed_for_scr, reviewed
from deploy.console.register import Row
from deploy.console.shares import rounded, share

COUNCILS: Final = 32
IN_TIME: Final = 5
_DAYS: Final = calendar(CURRENT_CALENDAR)
_NOT_PURSUED: Final = frozenset({RegisterOutcome.WITHDRAWN, RegisterOutcome.OUT_OF_SCOPE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Implied:
    """The figures by id, notifications by GSS code, notifications by type; zeros are left out of both."""

    figures: Mapping[str, Mapping[str, Any]]
    councils: Mapping[str, int]
    types: Mapping[str, int]


def implied(rows: Iterable[Row], first: date, last: date, as_at: date | None = None) -> Implied:
    """The figures of the rows received from `first` to `last`, as at a day; else as at `last`."""
    as_at = as_at or last
    received = [row for row in rows if first <= row.received_on <= min(last, as_at)]
    counted = [row for row in received if row.outcome is not RegisterOutcome.DUPLICATE]
    councils = Counter(row.council for row in counted)
    return Implied(
        figures={
            "ST-01": _notifications(received, counted),
            "ST-04": {"value": len(councils), "none": COUNCILS - len(councils)},
            "ST-07": _in_time([_taken(row, _incident(row)) for row in counted]),
            "ST-07b": _in_time([_taken(row, row.became_aware_on) for row in counted]),
            "ST-08": _late(counted),
            "ST-12": share(sum(_signed_high_enough(row) for row in counted), len(counted)),
            "ST-13": _government_informed(counted, as_at=as_at),
            **reviewed(counted, as_at=as_at),
        },
        councils=councils,
        types=Counter(_kind(row, as_at=as_at) for row in counted),
    )


def _notifications(received: Sequence[Row], counted: Sequence[Row]) -> dict[str, int]:
    outcomes = Counter(row.outcome for row in received)
    return {
        "value": len(counted),
        "duplicates": outcomes[RegisterOutcome.DUPLICATE],
        "withdrawn": outcomes[RegisterOutcome.WITHDRAWN],
        "out_of_scope": outcomes[RegisterOutcome.OUT_OF_SCOPE],
        "met_criteria": sum(row.outcome not in _NOT_PURSUED for row in counted),
    }


def _in_time(taken: Sequence[int | None]) -> dict[str, Any]:
    measured = [days for days in taken if days is not None]
    return share(sum(days <= IN_TIME for days in measured), len(measured)) | {"not_measurable": len(taken) - len(measured)}


def _late(counted: Sequence[Row]) -> dict[str, Any]:
    late = [(row, days) for row in counted if (days := _taken(row, _incident(row))) is not None and days > IN_TIME]
    working = [days for _, days in late]
    plain = [(row.received_on - incident).days for row, _ in late if (incident := _incident(row)) is not None]
    if not late:
        names = ("min", "max", "median", "mean", "calendar_min", "calendar_max", "calendar_median")
        return {"count": 0, **dict.fromkeys(names)}
    return {
        "count": len(late),
        "min": min(working),
        "max": max(working),
        "median": median(working),
        "mean": float(rounded(Decimal(sum(working)) / len(working), "0.01")),
        "calendar_min": min(plain),
        "calendar_max": max(plain),
        "calendar_median": median(plain),
    }


def _government_informed(counted: Sequence[Row], *, as_at: date) -> dict[str, Any]:
    met = missed = still_open = 0
    for row in counted:
        due = due_on(Clock.GOVERNMENT_COPY, row.received_on, policy_on(row.received_on), _DAYS)
        informed = row.government_informed_on
        if informed is not None and informed <= as_at:
            met, missed = met + (informed <= due), missed + (informed > due)
        elif row.outcome in _NOT_PURSUED or closed_for_scr(row, as_at):
            continue
        elif as_at > due:
            missed += 1
        else:
            still_open += 1
    return share(met, met + missed) | {"open": still_open}


def _kind(row: Row, *, as_at: date) -> str:
    changed = row.reclassified_to if row.reclassified_on is not None and row.reclassified_on <= as_at else None
    return str(changed or row.incident_type)


def _signed_high_enough(row: Row) -> bool:
    return row.signed_off_by is not None and row.signed_off_by.at_least(SIGNS_NOTIFICATIONS)


def _incident(row: Row) -> date | None:
    """The day of the incident, where it is known to the day."""
    return row.occurred_on.earliest if row.occurred_on is not None and row.occurred_on.precision is Precision.DAY else None


def _taken(row: Row, day_zero: date | None) -> int | None:
    try:
        return None if day_zero is None else working_days_taken(day_zero, row.received_on, _DAYS)
    except OutsideCalendar:
        return None
