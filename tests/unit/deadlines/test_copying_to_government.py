"""Copying to the Scottish Government within two working days of receipt: done, missed, found out later, fallen away, restored."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contracts.clocks import Clock, end_of_day_london
from contracts.deadlines import ClockBreached, ClockCancelled, ClockCorrected, ClockRestarted, ClockSatisfied
from contracts.envelope import Event, Origin
from services.deadlines.domain.case_clocks import Judge, Tick, decide_case
from services.deadlines.domain.clock import Missed, Running
from tests.unit.deadlines.cases import (
    LATER,
    after,
    copied,
    heard,
    known,
    notification,
    notified,
    of,
    received,
    said,
    started,
    ticked,
    triaged,
    withdrawn,
)

COPY = Clock.GOVERNMENT_COPY
RECEIVED, DUE = date(2014, 6, 5), date(2014, 6, 9)
RECEIPT = said(received(RECEIVED, notification(date(2014, 6, 4))))


def _heard(*events: Event) -> list[object]:
    _, recorded = heard(RECEIPT, *map(said, events))
    return list(of(COPY, recorded))


def test_it_starts_on_receipt() -> None:
    assert _heard() == [started(COPY, RECEIVED, DUE)]


def test_a_copy_on_the_last_day_is_in_time() -> None:
    assert _heard(notified(DUE))[1:] == [ClockSatisfied(clock=COPY, on=DUE, due_on=DUE, days_taken=2, imported=False)]


def test_a_late_copy_is_a_breach_and_then_done() -> None:
    assert _heard(notified(date(2014, 6, 10)))[1:] == [
        ClockBreached(clock=COPY, due_on=DUE, breached_at=end_of_day_london(DUE)),
        ClockSatisfied(clock=COPY, on=date(2014, 6, 10), due_on=DUE, days_taken=3, imported=False),
    ]


def test_of_two_copies_the_first_counts() -> None:
    assert _heard(notified(date(2014, 6, 6)), copied(DUE))[1:] == [
        ClockSatisfied(clock=COPY, on=date(2014, 6, 6), due_on=DUE, days_taken=1, imported=False)
    ]


def test_a_breach_is_recorded_one_hour_after_the_due_day_has_ended_in_scotland() -> None:
    clocks, _ = heard(RECEIPT)
    midnight = datetime(2014, 6, 9, 23, tzinfo=UTC)
    assert ticked(clocks, COPY, midnight + timedelta(minutes=59)) == []
    assert ticked(clocks, COPY, midnight + timedelta(minutes=60)) == [ClockBreached(clock=COPY, due_on=DUE, breached_at=midnight)]


def test_a_second_tick_records_nothing() -> None:
    clocks, _ = heard(RECEIPT)
    missed = after(clocks, ticked(clocks, COPY))
    assert isinstance(missed.states[COPY, 1], Missed)
    assert ticked(missed, COPY) == []


def test_a_tick_for_a_due_day_that_has_moved_records_nothing() -> None:
    clocks, _ = heard(RECEIPT)
    assert decide_case(clocks, Tick(key=(COPY, 1), due_on=date(2014, 6, 6)), datetime(2020, 1, 1, tzinfo=UTC)) == []


def test_evidence_in_time_that_comes_after_the_breach_corrects_it() -> None:
    assert _after_breach(notified(DUE)) == [
        ClockCorrected(clock=COPY, on=DUE, due_on=DUE, days_taken=2, reason="late_evidence", imported=False),
    ]


def test_a_late_copy_after_the_breach_is_done_without_a_second_breach() -> None:
    assert _after_breach(notified(date(2014, 6, 12))) == [
        ClockSatisfied(clock=COPY, on=date(2014, 6, 12), due_on=DUE, days_taken=5, imported=False)
    ]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (withdrawn(date(2014, 6, 6)), "withdrawn"),
        (triaged("out_of_scope", date(2014, 6, 6)), "out_of_scope"),
        (triaged("duplicate", date(2014, 6, 6)), "duplicate"),
    ],
)
def test_what_ends_the_case_cancels_what_still_runs(event: Event, reason: str) -> None:
    assert _heard(event)[1:] == [ClockCancelled(clock=COPY, on=date(2014, 6, 6), reason=reason)]


def test_in_scope_cancels_nothing() -> None:
    assert _heard(triaged("in_scope", date(2014, 6, 6)))[1:] == []


def test_a_missed_copy_falls_away_with_its_case() -> None:
    assert _after_breach(withdrawn(date(2014, 6, 20))) == [ClockCancelled(clock=COPY, on=date(2014, 6, 20), reason="withdrawn")]


def test_a_copy_on_the_day_of_the_cancellation_wins() -> None:
    assert _heard(withdrawn(date(2014, 6, 6)), notified(date(2014, 6, 6)))[-1] == ClockSatisfied(
        clock=COPY, on=date(2014, 6, 6), due_on=DUE, days_taken=1, imported=False
    )


def test_a_copy_after_the_cancellation_changes_nothing() -> None:
    assert _heard(withdrawn(date(2014, 6, 6)), notified(DUE))[2:] == []


def test_a_copy_that_a_register_tells_of_stops_whatever_the_outcome() -> None:
    late = date(2014, 6, 12)
    _, recorded = heard(RECEIPT, said(withdrawn(RECEIVED), origin=Origin.IMPORT), said(copied(late), origin=Origin.IMPORT))
    assert of(COPY, recorded)[-1] == ClockSatisfied(clock=COPY, on=late, due_on=DUE, days_taken=5, imported=True)


def test_a_triage_back_into_scope_restores_the_due_day() -> None:
    events = _heard(triaged("out_of_scope", date(2014, 6, 6)), triaged("in_scope", date(2014, 6, 20)))
    first = started(COPY, RECEIVED, DUE)
    assert events[-1] == ClockRestarted(clock=COPY, day_zero=RECEIVED, due_on=DUE, policy=first.policy, calendar=first.calendar)


def test_a_triage_into_scope_does_not_bring_a_withdrawn_case_back() -> None:
    assert _heard(withdrawn(date(2014, 6, 6)), triaged("in_scope", date(2014, 6, 20)))[2:] == []


def test_of_two_cancellations_the_first_counts() -> None:
    first = ClockCancelled(clock=COPY, on=date(2014, 6, 6), reason="withdrawn")
    assert _heard(withdrawn(first.on), triaged("out_of_scope", date(2014, 6, 20)))[1:] == [first]


def test_a_clock_restored_after_its_due_day_is_judged_anew() -> None:
    clocks, _ = heard(RECEIPT, said(triaged("duplicate", date(2014, 6, 6))), said(triaged("in_scope", date(2014, 6, 20))))
    assert isinstance(clocks.states[COPY, 1], Running)
    assert ticked(clocks, COPY) == [ClockBreached(clock=COPY, due_on=DUE, breached_at=end_of_day_london(DUE))]


def _after_breach(event: Event) -> list[object]:
    clocks, _ = heard(RECEIPT)
    missed = after(clocks, ticked(clocks, COPY))
    return list(of(COPY, decide_case(missed, Judge(facts=known([RECEIPT, said(event)])), LATER)))
