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
    "ST-20": "Reviews received",
    "ST-22": "Initial analysis reviews",
    "ST-23": "Comprehensive reviews",
    "ST-24": "Reviews in three months, of those received",
    "ST-24b": "Reviews in three months, of those due",
    "ST-25": "Initial analysis review found appropriate",
    "ST-26": "Comprehensive review required after an initial analysis",
    "ST-27": "Initial analysis reviews for which information was requested",
    "ST-28": "Comprehensive reviews of high quality",
    "ST-29": "Review signed off by head of criminal justice social work or chief social work officer",
    "ST-30": "Risk assessment completed",
    "ST-31": "Risk assessment up to date",
    "ST-32": "Risk management plan referred to",
    "ST-33": "No reference to a risk management plan",
    "ST-34": "Risk management plan informed by the assessment",
    "ST-35": "Reviews of the order or licence referred to",
    "ST-37": "Care Inspectorate responded within a month",
    "ST-38": "Feedback answered in two weeks",
}
NOTES: Final[Mapping[str, str]] = {
    "ST-01": "By date of receipt, without those marked duplicate; withdrawn and out-of-scope cases stay counted.",
    "ST-04": "Councils with at least one notification in the period, of 32.",
    "ST-07": "Day 0 is the day of the incident. Not measurable: that day is not known, or no calendar reaches it.",
    "ST-07b": "Day 0 is the day on which the council became aware. Not measurable: that day was not given.",
    "ST-08": "Working days after the incident up to receipt, by the calendar of the clock; late is more than five.",
    "ST-12": "By the grade alone, of all notifications.",
    "ST-13": "Day 0 is the day of receipt. Open: not informed yet, and not yet due.",
    "ST-20": "Cases whose first review came in; with the five other places a case can have, these add up to ST-01.",
    "ST-22": "By the kind of the first submission; Part One counts as it.",
    "ST-23": "By the kind of the first submission; Part Two counts as it.",
    "ST-24": "First submission on or before its due day, of the reviews received.",
    "ST-24b": "Reviews that are overdue are among the missed. Held: the Strategic Oversight Group has not decided yet.",
    "ST-25": "Of initial analysis reviews judged, by the latest judgement.",
    "ST-26": "Of initial analysis reviews judged, by the latest judgement.",
    "ST-27": "Of initial analysis reviews received.",
    "ST-28": "Of cases whose first submission was a comprehensive review that was assessed, by the latest judgement.",
    "ST-29": "By the grade alone, of the reviews received.",
    "ST-30": "Evidenced, of the reviews received.",
    "ST-31": "Evidenced, of the reviews received; beside it, of those with the assessment completed.",
    "ST-32": "Evidenced, of the reviews received.",
    "ST-33": "The reviews received without those of ST-32.",
    "ST-34": "Of the reviews with a plan.",
    "ST-35": "Evidenced, of the reviews received.",
    "ST-37": "Day 0 is the day of the first review; the first request for information or the letter is the response.",
    "ST-38": "Of cases to which a letter was sent; any answer counts. Open: not answered yet, and not yet due.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeliness:
    """How many cases of one clock were met, missed, are still open, or could not be measured."""

    met: int
    missed: int
    open: int
    held: int
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
class Reviews:
    """How many cases have which place on the way to a review (the first six), and what the reviews received show."""

    received: int
    not_required: int
    closed_mappa_scr: int
    held_for_sog: int
    overdue: int
    not_yet_due: int
    iars: int
    crs: int
    in_time: int
    iars_appropriate: int
    comprehensive_required: int
    iars_with_request: int
    crs_assessed: int
    crs_of_high_quality: int
    signed_off: int
    assessed: int
    up_to_date: int
    assessed_up_to_date: int
    planned: int
    plan_informed: int
    order_reviewed: int


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
    review: Timeliness
    feedback: Timeliness
    acceptance: Timeliness
    late: Spread
    reviews: Reviews


def figures(counts: Counts) -> dict[str, dict[str, Any]]:
    """Every figure by its id, as published."""
    told = _of_notifications(counts) | _of_reviews(counts) | _of_checks(counts.reviews)
    return {name: {"label": LABELS[name], **told[name], "note": NOTES[name]} for name in LABELS}


def _of_notifications(counts: Counts) -> dict[str, dict[str, Any]]:
    return {
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


def _of_reviews(counts: Counts) -> dict[str, dict[str, Any]]:
    found = counts.reviews
    judged = found.iars_appropriate + found.comprehensive_required
    return {
        "ST-20": {
            "value": found.received,
            "not_yet_due": found.not_yet_due,
            "overdue": found.overdue,
            "held_for_sog": found.held_for_sog,
            "closed_mappa_scr": found.closed_mappa_scr,
            "not_required": found.not_required,
        },
        "ST-22": share(found.iars, found.received),
        "ST-23": share(found.crs, found.received),
        "ST-24": share(found.in_time, found.received),
        "ST-24b": _timely(counts.review) | {"open": counts.review.open, "held": counts.review.held},
        "ST-25": share(found.iars_appropriate, judged),
        "ST-26": share(found.comprehensive_required, judged),
        "ST-27": share(found.iars_with_request, found.iars),
        "ST-28": share(found.crs_of_high_quality, found.crs_assessed),
        "ST-29": share(found.signed_off, found.received),
        "ST-37": share(counts.feedback.met, found.received) | {"open": counts.feedback.open},
        "ST-38": _timely(counts.acceptance) | {"open": counts.acceptance.open},
    }


def _of_checks(found: Reviews) -> dict[str, dict[str, Any]]:
    return {
        "ST-30": share(found.assessed, found.received),
        "ST-31": share(found.up_to_date, found.received) | {"of_completed": share(found.assessed_up_to_date, found.assessed)},
        "ST-32": share(found.planned, found.received),
        "ST-33": share(found.received - found.planned, found.received),
        "ST-34": share(found.plan_informed, found.planned),
        "ST-35": share(found.order_reviewed, found.received),
    }


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
