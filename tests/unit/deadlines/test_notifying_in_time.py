"""Notifying the Care Inspectorate within five working days: the worked examples of domain 1.6, and what receipt makes of them."""

from datetime import date, timedelta

import pytest

from contracts.clocks import Clock, end_of_day_london
from contracts.deadlines import ClockBreached, ClockSatisfied
from tests.unit.deadlines.cases import heard, notification, of, received, said, started

NOTIFY, AWARE = Clock.NOTIFY, Clock.NOTIFY_FROM_AWARENESS

DUE = [
    (date(2013, 12, 23), date(2014, 1, 3)),
    (date(2014, 4, 14), date(2014, 4, 22)),
    (date(2014, 7, 31), date(2014, 8, 8)),
    (date(2014, 11, 28), date(2014, 12, 8)),
    (date(2014, 12, 24), date(2015, 1, 6)),
]


@pytest.mark.parametrize(("incident", "due"), DUE)
def test_a_receipt_on_the_last_day_is_in_time(incident: date, due: date) -> None:
    _, recorded = heard(said(received(due, notification(incident))))
    satisfied = of(NOTIFY, recorded)[-1]
    assert satisfied == ClockSatisfied(clock=NOTIFY, on=due, due_on=due, days_taken=5, imported=False)
    assert len(of(NOTIFY, recorded)) == 2


@pytest.mark.parametrize(("incident", "due"), DUE)
def test_a_receipt_on_the_day_after_is_a_breach_and_then_done(incident: date, due: date) -> None:
    late = due + timedelta(days=1)
    _, (_, breached, satisfied) = _recorded(NOTIFY, incident, late)
    assert breached == ClockBreached(clock=NOTIFY, due_on=due, breached_at=end_of_day_london(due))
    assert satisfied == ClockSatisfied(clock=NOTIFY, on=late, due_on=due, days_taken=6, imported=False)


def test_the_substitute_for_st_andrews_day_is_not_counted() -> None:
    _, recorded = heard(said(received(date(2014, 12, 5), notification(date(2014, 11, 28)))))
    assert of(NOTIFY, recorded) == [
        started(NOTIFY, date(2014, 11, 28), date(2014, 12, 8), policy="2013+2014"),
        ClockSatisfied(clock=NOTIFY, on=date(2014, 12, 5), due_on=date(2014, 12, 8), days_taken=4, imported=False),
    ]


def test_a_receipt_on_a_saturday_took_as_long_as_one_on_monday() -> None:
    _, (_, _, satisfied) = _recorded(NOTIFY, date(2014, 6, 2), date(2014, 6, 14))
    assert satisfied == ClockSatisfied(clock=NOTIFY, on=date(2014, 6, 14), due_on=date(2014, 6, 9), days_taken=10, imported=False)


def test_awareness_has_a_clock_of_its_own() -> None:
    _, recorded = heard(said(received(date(2014, 6, 16), notification(date(2014, 6, 2), became_aware_on=date(2014, 6, 9)))))
    assert of(AWARE, recorded) == [
        started(AWARE, date(2014, 6, 9), date(2014, 6, 16)),
        ClockSatisfied(clock=AWARE, on=date(2014, 6, 16), due_on=date(2014, 6, 16), days_taken=5, imported=False),
    ]


def test_without_a_day_of_awareness_there_is_no_such_clock() -> None:
    _, recorded = heard(said(received(date(2014, 6, 16), notification(date(2014, 6, 2)))))
    assert of(AWARE, recorded) == []


@pytest.mark.parametrize(
    "about",
    [
        notification(date(2014, 3, 1), precision="month"),
        notification(date(2014, 1, 1), precision="year"),
        notification(None, precision="unknown"),
        notification(date(1949, 12, 31)),
        notification(date(2030, 12, 30)),
    ],
)
def test_an_incident_whose_days_cannot_be_counted_has_no_clock(about: object) -> None:
    _, recorded = heard(said(received(date(2014, 6, 16), about)))  # type: ignore[arg-type]
    assert of(NOTIFY, recorded) == []


def _recorded(clock: Clock, incident: date, received_on: date) -> tuple[object, list[object]]:
    clocks, recorded = heard(said(received(received_on, notification(incident))))
    return clocks, list(of(clock, recorded))
