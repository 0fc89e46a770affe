"""From counts to figures: what each is called, how it is rounded, and what a reader should know of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

COUNCILS_IN_SCOTLAND: Final = 32

LABELS: Final[Mapping[str, str]] = {
    "ST-01": "Notifications",
    "ST-04": "Councils notifying",
    "ST-07": "Notified in five working days of the incident",
    "ST-07b": "Notified in five working days of becoming aware",
    "ST-08": "Late notifications: working days taken",
    "ST-12": "Notification signed off by service manager or above",
    "ST-13": "Government informed in two working days",
}
NOTES: Final[Mapping[str, str]] = {
    "ST-01": "By date of receipt, without those marked duplicate; withdrawn and out-of-scope cases stay counted.",
    "ST-04": "Councils with at least one notification in the period, of 32.",
    "ST-07": "Day 0 is the day of the incident. Not measurable: that day is not known, or no calendar reaches it.",
    "ST-07b": "Day 0 is the day on which the council became aware. Not measurable: that day was not given.",
    "ST-08": "Working days after the incident up to receipt, by the calendar of the clock; late is more than five.",
    "ST-12": "By the grade alone, of all notifications.",
    "ST-13": "Day 0 is the day of receipt. Open: not informed yet, and not yet due.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeliness:
    """How many cases of one clock were met, missed, are still open, or could not be measured."""

    met: int
    missed: int
    open: int
    not_measurable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How a number of days is spread over the late cases; all None where there is none."""

    count: int
    smallest: int | None
    largest: int | None
    median: float | None
    total: int | None
    calendar_smallest: int | None
    calendar_largest: int | None
    calendar_median: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What was counted for a period."""

    counted: int
    duplicates: int
    withdrawn: int
    out_of_scope: int
    councils: int
    signed_off: int
    notify: Timeliness
    notify_from_awareness: Timeliness
    government_copy: Timeliness
    late: Spread


def figures(counts: Counts) -> dict[str, dict[str, Any]]:
    """Every figure by its id, as published."""
    told = {
        "ST-01": {
            "value": counts.counted,
            "duplicates": counts.duplicates,
            "withdrawn": counts.withdrawn,
            "out_of_scope": counts.out_of_scope,
            "met_criteria": counts.counted - counts.out_of_scope - counts.withdrawn,
        },
        "ST-04": {"value": counts.councils, "none": COUNCILS_IN_SCOTLAND - counts.councils},
        "ST-07": _timely(counts.notify) | {"not_measurable": counts.notify.not_measurable},
        "ST-07b": _timely(counts.notify_from_awareness) | {"not_measurable": counts.notify_from_awareness.not_measurable},
        "ST-08": _spread(counts.late),
        "ST-12": share(counts.signed_off, counts.counted),
        "ST-13": _timely(counts.government_copy) | {"open": counts.government_copy.open},
    }
    return {name: {"label": LABELS[name], **figure, "note": NOTES[name]} for name, figure in told.items()}


def share(numerator: int, denominator: int) -> dict[str, Any]:
    """Numerator, denominator and percent."""
    return {"numerator": numerator, "denominator": denominator, "percent": percent(numerator, denominator)}


def percent(numerator: int, denominator: int) -> float | None:
    """Exact to one decimal, half up; None of nothing."""
    if denominator == 0:
        return None
    return float((Decimal(100 * numerator) / denominator).quantize(Decimal("0.1"), ROUND_HALF_UP))


def mean(total: int, count: int) -> float | None:
    """To two decimals, half up; None of nothing."""
    if count == 0:
        return None
    return float((Decimal(total) / count).quantize(Decimal("0.01"), ROUND_HALF_UP))


def _timely(clock: Timeliness) -> dict[str, Any]:
    return share(clock.met, clock.met + clock.missed)


def _spread(late: Spread) -> dict[str, Any]:
    return {
        "count": late.count,
        "min": late.smallest,
        "max": late.largest,
        "median": _whole(late.median),
        "mean": mean(late.total, late.count) if late.total is not None else None,
        "calendar_min": late.calendar_smallest,
        "calendar_max": late.calendar_largest,
        "calendar_median": _whole(late.calendar_median),
    }


def _whole(median: float | None) -> float | int | None:
    """A median without its .0."""
    return int(median) if median is not None and median.is_integer() else median
