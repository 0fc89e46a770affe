"""A date that was wrong: the due day moves visibly, and the verdict is given anew."""

from datetime import date

from contracts.calendars import CURRENT_CALENDAR
from contracts.clocks import Clock, end_of_day_london
from contracts.deadlines import ClockBreached, ClockCancelled, ClockRecalculated, ClockRestarted, ClockSatisfied
from contracts.intake import Notification
from tests.unit.deadlines.cases import corrected, heard, notification, of, received, said, started

NOTIFY, AWARE = Clock.NOTIFY, Clock.NOTIFY_FROM_AWARENESS
RECEIVED = date(2014, 6, 9)
MON, TUE, LATE = date(2014, 6, 2), date(2014, 6, 3), date(2014, 5, 28)


def _heard(first: Notification, *corrections: Notification, clock: Clock = NOTIFY) -> list[object]:
    _, recorded = heard(said(received(RECEIVED, first)), *(said(corrected(each)) for each in corrections))
    return list(of(clock, recorded))


def _recalculated(day_zero: date, due_on: date, before: date) -> ClockRecalculated:
    return ClockRecalculated(
        clock=NOTIFY,
        day_zero=day_zero,
        due_on=due_on,
        due_on_before=before,
        reason="date_corrected",
        policy="2013",
        calendar=CURRENT_CALENDAR,
    )


def test_an_earlier_incident_turns_in_time_into_a_breach() -> None:
    assert _heard(notification(MON), notification(LATE))[2:] == [
        _recalculated(LATE, date(2014, 6, 4), date(2014, 6, 9)),
        ClockBreached(clock=NOTIFY, due_on=date(2014, 6, 4), breached_at=end_of_day_london(date(2014, 6, 4))),
        ClockSatisfied(clock=NOTIFY, on=RECEIVED, due_on=date(2014, 6, 4), days_taken=8, imported=False),
    ]


def test_a_later_incident_turns_a_breach_into_in_time() -> None:
    assert _heard(notification(LATE), notification(TUE))[3:] == [
        _recalculated(TUE, date(2014, 6, 10), date(2014, 6, 4)),
        ClockSatisfied(clock=NOTIFY, on=RECEIVED, due_on=date(2014, 6, 10), days_taken=4, imported=False),
    ]


def test_a_correction_of_something_else_moves_nothing() -> None:
    assert len(_heard(notification(MON), notification(MON))) == 2


def test_other_versions_for_a_day_that_was_not_touched_move_nothing() -> None:
    _, recorded = heard(said(received(RECEIVED, notification(MON))), said(corrected(notification(MON), policy="2022")))
    assert len(of(NOTIFY, recorded)) == 2


def test_an_incident_known_by_its_month_only_is_no_longer_measured() -> None:
    assert _heard(notification(MON), notification(date(2014, 6, 1), precision="month"))[2:] == [
        ClockCancelled(clock=NOTIFY, on=RECEIVED, reason="not_measurable")
    ]


def test_a_day_found_again_restores_the_clock_and_its_verdict() -> None:
    events = _heard(notification(MON), notification(None, precision="unknown"), notification(TUE))
    assert events[3:] == [
        ClockRestarted(clock=NOTIFY, day_zero=TUE, due_on=date(2014, 6, 10), policy="2013", calendar=CURRENT_CALENDAR),
        ClockSatisfied(clock=NOTIFY, on=RECEIVED, due_on=date(2014, 6, 10), days_taken=4, imported=False),
    ]


def test_a_day_of_awareness_said_later_starts_its_clock() -> None:
    assert _heard(notification(MON), notification(MON, became_aware_on=TUE), clock=AWARE) == [
        started(AWARE, TUE, date(2014, 6, 10)),
        ClockSatisfied(clock=AWARE, on=RECEIVED, due_on=date(2014, 6, 10), days_taken=4, imported=False),
    ]
