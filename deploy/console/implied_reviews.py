"""What a register implies of reviews and of what came of them (ST-20 to ST-38), from its rows alone. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Any

from contracts.calendars import CURRENT_CALENDAR, calendar
from contracts.clocks import Clock, due_on, policy_on
from contracts.codes import SIGNS_REVIEWS, Check, IarDecision, Quality, RegisterOutcome, ReviewKind, SogDecision
from deploy.console.register import Row
from deploy.console.shares import share


class Verdict(StrEnum):
    """How a clock stands on a day."""

    MET = "met"
    MISSED = "missed"
    OPEN = "open"
    HELD = "held"
    CANCELLED = "cancelled"


def reviewed(counted: Sequence[Row], *, as_at: date) -> dict[str, dict[str, Any]]:
    """The figures of the rows counted."""
    received = [row for row in counted if _by(row.review_submitted_on, as_at)]
    iars = [row for row in received if _kind(row) is ReviewKind.IAR]
    crs = [row for row in received if _kind(row) is ReviewKind.CR]
    verdicts = [_of_review(row, as_at) for row in counted]
    places = Counter(_place(row, verdict, as_at) for row, verdict in zip(counted, verdicts, strict=True))
    in_time = [row for row in received if _of_review(row, as_at) is Verdict.MET]
    decided = [row for row in iars if row.iar_decision is not None and _by(row.judged_on, as_at)]
    graded = [row for row in crs if row.quality is not None and _by(row.judged_on, as_at)]
    answered = [_of_feedback(row, as_at) for row in received]
    of = len(received)
    return {
        "ST-20": {"value": of} | {place: places[place] for place in _PLACES},
        "ST-22": share(len(iars), of),
        "ST-23": share(len(crs), of),
        "ST-24": share(len(in_time), of),
        "ST-24b": _timely(verdicts) | {"held": verdicts.count(Verdict.HELD)},
        "ST-25": share(sum(row.iar_decision is IarDecision.APPROPRIATE for row in decided), len(decided)),
        "ST-26": share(sum(row.iar_decision is IarDecision.COMPREHENSIVE_REQUIRED for row in decided), len(decided)),
        "ST-27": share(sum(_by(row.information_requested_on, as_at) for row in iars), len(iars)),
        "ST-28": share(sum(row.quality is Quality.HIGH for row in graded), len(graded)),
        "ST-29": share(sum(_signed_high_enough(row) for row in received), of),
        **_checks(received),
        "ST-37": share(answered.count(Verdict.MET), of) | {"open": answered.count(Verdict.OPEN)},
        "ST-38": _timely([_of_acceptance(row, as_at) for row in counted if _by(row.feedback_sent_on, as_at)]),
    }


_PLACES = ("not_yet_due", "overdue", "held_for_sog", "closed_mappa_scr", "not_required")


def _place(row: Row, verdict: Verdict, as_at: date) -> str:
    if _by(row.review_submitted_on, as_at):
        return "received"
    if _gone(row):
        return "not_required"
    if closed_for_scr(row, as_at):
        return "closed_mappa_scr"
    if verdict is Verdict.HELD:
        return "held_for_sog"
    return "overdue" if verdict is Verdict.MISSED else "not_yet_due"


def _of_review(row: Row, as_at: date) -> Verdict:
    """Held until the group leaves it to the council; submitted before that, it is in time."""
    freed = row.received_on
    if row.mappa is not None:
        left = row.sog_decision is SogDecision.NO_SCR and _by(row.sog_decided_on, as_at)
        freed = max(freed, row.sog_decided_on) if left and row.sog_decided_on is not None else date.max
    if _by(row.review_submitted_on, min(freed, as_at)):
        return Verdict.MET
    if freed == date.max:
        return Verdict.CANCELLED if _gone(row) or closed_for_scr(row, as_at) else Verdict.HELD
    return _verdict(row, due(row, Clock.REVIEW, freed), [row.review_submitted_on], as_at)


def _of_feedback(row: Row, as_at: date) -> Verdict:
    if row.review_submitted_on is None:
        raise AssertionError
    last = due(row, Clock.FEEDBACK, row.review_submitted_on)
    return _verdict(row, last, [row.information_requested_on, row.feedback_sent_on], as_at)


def _of_acceptance(row: Row, as_at: date) -> Verdict:
    if row.feedback_sent_on is None:
        raise AssertionError
    return _verdict(row, due(row, Clock.ACCEPTANCE, row.feedback_sent_on), [row.feedback_responded_on], as_at)


def due(row: Row, clock: Clock, day_zero: date) -> date:
    """The last day in time, by the policy of the row's receipt."""
    return due_on(clock, day_zero, policy_on(row.received_on), calendar(CURRENT_CALENDAR))


def _verdict(row: Row, last: date, stops: Iterable[date | None], as_at: date) -> Verdict:
    stopped = min((stop for stop in stops if stop is not None and stop <= as_at), default=None)
    if stopped is not None:
        return Verdict.MET if stopped <= last else Verdict.MISSED
    if _gone(row) or closed_for_scr(row, as_at):
        return Verdict.CANCELLED
    return Verdict.MISSED if as_at > last else Verdict.OPEN


def _timely(verdicts: Sequence[Verdict]) -> dict[str, Any]:
    met, missed = verdicts.count(Verdict.MET), verdicts.count(Verdict.MISSED)
    return share(met, met + missed) | {"open": verdicts.count(Verdict.OPEN)}


def _checks(received: Sequence[Row]) -> dict[str, dict[str, Any]]:
    def evidenced(rows: Iterable[Row], item: str) -> list[Row]:
        return [row for row in rows if getattr(row, item) is Check.EVIDENCED]

    of = len(received)
    completed, planned = evidenced(received, "risk_assessment_completed"), evidenced(received, "risk_management_plan")
    up_to_date = "risk_assessment_up_to_date"
    of_completed = share(len(evidenced(completed, up_to_date)), len(completed))
    return {
        "ST-30": share(len(completed), of),
        "ST-31": share(len(evidenced(received, up_to_date)), of) | {"of_completed": of_completed},
        "ST-32": share(len(planned), of),
        "ST-33": share(of - len(planned), of),
        "ST-34": share(len(evidenced(planned, "plan_informed_by_assessment")), len(planned)),
        "ST-35": share(len(evidenced(received, "order_reviews")), of),
    }


def _kind(row: Row) -> ReviewKind | None:
    return row.review_kind.counts_as if row.review_kind is not None else None


def _signed_high_enough(row: Row) -> bool:
    return row.review_signed_off_by is not None and row.review_signed_off_by.at_least(SIGNS_REVIEWS)


def _gone(row: Row) -> bool:
    return row.outcome in {RegisterOutcome.WITHDRAWN, RegisterOutcome.OUT_OF_SCOPE}


def closed_for_scr(row: Row, as_at: date) -> bool:
    """Whether the group had decided on a MAPPA significant case review by then."""
    return row.sog_decision is SogDecision.SCR and _by(row.sog_decided_on, as_at)


def _by(day: date | None, as_at: date) -> bool:
    return day is not None and day <= as_at
