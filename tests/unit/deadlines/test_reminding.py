"""Reminders: which days, from which instant, once each, only of what is owed, and taken back when it had been done."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.clocks import POLICIES, Clock, Party, Threshold, Unit, end_of_day_london, noon_london
from contracts.deadlines import ReminderCorrected, ReminderDue
from contracts.envelope import Event, Origin
from services.deadlines.domain.case_clocks import CaseEvent, Clocks, Judge, Remind, decide_case
from services.deadlines.domain.reminders import Reminder
from services.deadlines.projections import ReminderRow, reminders
from tests.unit.deadlines.cases import (
    LATER,
    after,
    cancelled,
    done,
    heard,
    known,
    notification,
    received,
    restarted,
    reviewed,
    said,
    started,
    ticked,
    triaged,
    withdrawn,
)

REVIEW = Clock.REVIEW
RECEIVED, DUE = date(2014, 3, 3), date(2014, 6, 3)
RECEIPT = said(received(RECEIVED, notification(RECEIVED)))
DAYS = {
    "28_days_before": date(2014, 5, 6),
    "7_days_before": date(2014, 5, 27),
    "on_the_day": DUE,
    "1_day_after": date(2014, 6, 4),
    "7_days_after": date(2014, 6, 10),
}


def _told(clocks: Clocks, threshold: str, at: datetime = LATER, due_on: date = DUE) -> list[CaseEvent]:
    reminder = Reminder(key=(REVIEW, 1), due_on=due_on, threshold=threshold)
    return list(decide_case(clocks, Remind(reminder=reminder, day=DAYS[threshold], to="council"), at))


def _due(threshold: str) -> ReminderDue:
    return ReminderDue(clock=REVIEW, threshold=threshold, due_on=DUE, remind_on=DAYS[threshold], to="council")


def _rows(event: CaseEvent, recorded: datetime, *before: ReminderRow, origin: Origin = Origin.LIVE) -> dict[str, ReminderRow]:
    envelope, _ = said(event, origin=origin, recorded=recorded)
    if origin is Origin.IMPORT:  # it happened long before anybody brought it in
        envelope = replace(envelope, time=noon_london(RECEIVED))
    return {row.threshold: row for row in reminders(before, envelope, event)}  # type: ignore[arg-type]


# Which days


@pytest.mark.parametrize("edition", POLICIES, ids=lambda each: each.version)
def test_every_duty_has_its_days_in_the_policy_and_no_day_twice(edition: object) -> None:
    table = edition.reminders  # type: ignore[attr-defined]
    assert set(table) == set(Clock)
    for days in table.values():
        assert len({each.name for each in days}) == len(days)


@pytest.mark.parametrize(
    ("threshold", "name"),
    [
        (Threshold(-28, Party.COUNCIL), "28_days_before"),
        (Threshold(-1, Party.COUNCIL), "1_day_before"),
        (Threshold(0, Party.COUNCIL, Unit.WORKING_DAYS), "on_the_day"),
        (Threshold(5, Party.COUNCIL, Unit.WORKING_DAYS), "5_working_days_after"),
        (Threshold(1, Party.COUNCIL, Unit.WORKING_DAYS), "1_working_day_after"),
    ],
)
def test_a_threshold_says_its_day(threshold: Threshold, name: str) -> None:
    assert threshold.name == name


def test_a_clock_that_starts_has_all_of_its_days_to_come() -> None:
    rows = _rows(started(REVIEW, RECEIVED, DUE), noon_london(RECEIVED))
    assert {name: row.remind_on for name, row in rows.items()} == DAYS
    assert {name: row.party for name, row in rows.items()} == dict.fromkeys(DAYS, "council") | {"7_days_after": "inspectorate"}
    assert rows["on_the_day"].fires_from == end_of_day_london(DUE - timedelta(days=1)) + timedelta(hours=1)


def test_a_day_that_had_passed_when_the_clock_began_says_nothing() -> None:
    assert set(_rows(restarted(REVIEW, RECEIVED, DUE), noon_london(DUE))) == {"on_the_day", "1_day_after", "7_days_after"}


def test_of_a_register_s_clock_only_the_days_after_it_was_brought_in_are_left() -> None:
    brought_in = noon_london(date(2014, 6, 4))
    assert set(_rows(started(REVIEW, RECEIVED, DUE), brought_in, origin=Origin.IMPORT)) == {"1_day_after", "7_days_after"}
    assert not _rows(started(REVIEW, RECEIVED, DUE), datetime(2026, 1, 1, tzinfo=UTC), origin=Origin.IMPORT)


@pytest.mark.parametrize("over", [done(REVIEW, DUE, DUE), cancelled(REVIEW, DUE, "withdrawn")])
def test_when_it_is_over_none_is_to_come(over: CaseEvent) -> None:
    coming = _rows(started(REVIEW, RECEIVED, DUE), noon_london(RECEIVED)).values()
    assert {row.fires_from for row in _rows(over, LATER, *coming).values()} == {None}


def test_what_was_said_is_not_to_come_again_when_the_clock_is_restored() -> None:
    coming = _rows(started(REVIEW, RECEIVED, DUE), noon_london(RECEIVED))
    coming |= _rows(_due("28_days_before"), LATER, *coming.values())
    coming |= _rows(cancelled(REVIEW, DAYS["28_days_before"], "duplicate"), LATER, *coming.values())
    again = _rows(restarted(REVIEW, RECEIVED, DUE), noon_london(RECEIVED), *coming.values())
    assert set(again) == set(DAYS) - {"28_days_before"}
    assert all(row.fires_from for row in again.values())


def test_a_day_that_moved_silences_those_of_the_day_before() -> None:
    coming = list(_rows(started(REVIEW, RECEIVED, DUE), noon_london(RECEIVED)).values())
    moved = restarted(REVIEW, date(2014, 4, 1), date(2014, 7, 1))
    envelope, _ = said(moved, recorded=noon_london(date(2014, 4, 1)))
    rows = {(row.due_on, row.threshold): row.fires_from is None for row in reminders(coming, envelope, moved)}
    assert rows == {(DUE, name): True for name in DAYS} | {(date(2014, 7, 1), name): False for name in DAYS}


def test_what_was_heard_late_is_told_late() -> None:
    event = started(REVIEW, RECEIVED, DUE)
    envelope, _ = said(event, recorded=noon_london(date(2014, 6, 20)))
    happened = replace(envelope, time=noon_london(RECEIVED))
    assert {row.threshold for row in reminders((), happened, event)} == set(DAYS)


# Once each, and only of what is owed


@pytest.mark.parametrize("threshold", DAYS)
def test_each_is_said_from_one_hour_into_its_day(threshold: str) -> None:
    clocks, _ = heard(RECEIPT)
    begins = end_of_day_london(DAYS[threshold] - timedelta(days=1))
    assert _told(clocks, threshold, begins + timedelta(minutes=59)) == []
    assert _told(clocks, threshold, begins + timedelta(minutes=60)) == [_due(threshold)]


def test_a_second_time_nothing_is_said() -> None:
    clocks, _ = heard(RECEIPT)
    assert _told(after(clocks, _told(clocks, "on_the_day")), "on_the_day") == []


def test_of_another_due_day_than_the_clock_s_nothing_is_said() -> None:
    clocks, _ = heard(RECEIPT)
    assert _told(clocks, "on_the_day", due_on=date(2014, 6, 2)) == []


@pytest.mark.parametrize("event", [reviewed(DUE), withdrawn(DUE), triaged("duplicate", DUE)])
def test_of_what_is_over_nothing_is_said(event: Event) -> None:
    clocks, _ = heard(RECEIPT, said(event))
    assert _told(clocks, "on_the_day") == []


def test_of_what_is_held_nothing_is_said() -> None:
    clocks, _ = heard(said(received(RECEIVED, notification(RECEIVED, mappa=True))))
    assert _told(clocks, "on_the_day") == []


def test_of_what_was_missed_the_days_after_are_said() -> None:
    clocks, _ = heard(RECEIPT)
    missed = after(clocks, ticked(clocks, REVIEW))
    assert _told(missed, "7_days_after") == [_due("7_days_after")]


# Taken back


def _after_two(event: Event) -> list[CaseEvent]:
    clocks, _ = heard(RECEIPT)
    for name in ("7_days_before", "1_day_after"):
        clocks = after(clocks, _told(clocks, name))
    events = decide_case(clocks, Judge(facts=known([RECEIPT, said(event)])), LATER)
    again = decide_case(after(clocks, events), Judge(facts=known([RECEIPT, said(event)])), LATER)
    assert again == []
    return [each for each in events if isinstance(each, ReminderCorrected)]


def _back(threshold: str, reason: str) -> ReminderCorrected:
    return ReminderCorrected(clock=REVIEW, threshold=threshold, due_on=DUE, to="council", reason=reason)


def test_evidence_of_before_takes_back_what_was_said_after_it_once() -> None:
    assert _after_two(reviewed(DUE)) == [_back("1_day_after", "late_evidence")]
    assert _after_two(reviewed(date(2014, 5, 26))) == [
        _back("7_days_before", "late_evidence"),
        _back("1_day_after", "late_evidence"),
    ]


def test_what_is_done_on_the_day_of_the_reminder_takes_nothing_back() -> None:
    assert _after_two(reviewed(DAYS["1_day_after"])) == []


def test_a_case_that_had_fallen_away_takes_it_back_too() -> None:
    assert _after_two(withdrawn(date(2014, 6, 1))) == [_back("1_day_after", "withdrawn")]


@given(st.permutations(sorted(DAYS)), st.integers(1, 3))
def test_in_whatever_order_and_however_often_each_is_said_once(order: list[str], times: int) -> None:
    clocks, _ = heard(RECEIPT)
    told = list[CaseEvent]()
    for name in order * times:
        events = _told(clocks, name)
        clocks = after(clocks, events)
        told += events
    assert sorted(event.threshold for event in told if isinstance(event, ReminderDue)) == sorted(DAYS)
