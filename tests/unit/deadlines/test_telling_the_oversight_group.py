"""Telling the Strategic Oversight Group of a case under MAPPA within five working days of the incident, like the notification (R-09)."""

from datetime import date

import pytest

from contracts.clocks import Clock
from contracts.envelope import Event, Origin
from contracts.intake import Notification
from tests.unit.deadlines.cases import (
    breached,
    cancelled,
    corrected,
    done,
    heard,
    notification,
    of,
    received,
    restarted,
    said,
    started,
    told_sog,
)

NOTICE = Clock.SOG_NOTICE
INCIDENT, RECEIVED, DUE = date(2014, 6, 2), date(2014, 6, 5), date(2014, 6, 9)
UNTOLD = notification(INCIDENT, mappa=True)


def _told(on: date) -> Notification:
    return notification(INCIDENT, mappa=True, told_sog_on=on)


def _heard(about: Notification, *events: Event, origin: Origin = Origin.LIVE) -> list[object]:
    _, recorded = heard(said(received(RECEIVED, about), origin=origin), *map(said, events))
    return list(of(NOTICE, recorded))


def test_it_runs_from_the_incident() -> None:
    assert _heard(UNTOLD) == [started(NOTICE, INCIDENT, DUE)]


def test_without_mappa_there_is_no_such_duty() -> None:
    assert _heard(notification(INCIDENT)) == []


@pytest.mark.parametrize(("on", "days"), [(date(2014, 6, 3), 1), (DUE, 5)])
def test_the_day_that_the_notification_says_stops_it(on: date, days: int) -> None:
    assert _heard(_told(on)) == [started(NOTICE, INCIDENT, DUE), done(NOTICE, on, DUE, days_taken=days)]


def test_a_notice_on_the_day_after_is_late() -> None:
    late = date(2014, 6, 10)
    assert _heard(UNTOLD, told_sog(late))[1:] == [breached(NOTICE, DUE), done(NOTICE, late, DUE, days_taken=6)]


def test_of_what_was_said_and_a_notice_the_first_counts() -> None:
    assert _heard(_told(date(2014, 6, 6)), told_sog(date(2014, 6, 4)))[-1] == done(NOTICE, date(2014, 6, 4), DUE, days_taken=2)


def test_of_a_register_s_case_nothing_is_known() -> None:
    assert _heard(UNTOLD, origin=Origin.IMPORT) == []


def test_unless_the_register_or_somebody_later_says_so() -> None:
    assert _heard(_told(DUE), origin=Origin.IMPORT)[-1] == done(NOTICE, DUE, DUE, days_taken=5, imported=True)
    assert _heard(UNTOLD, told_sog(DUE), origin=Origin.IMPORT)[-1] == done(NOTICE, DUE, DUE, days_taken=5)


def test_mappa_said_later_starts_it_and_mappa_said_in_error_ends_it() -> None:
    assert _heard(notification(INCIDENT), corrected(UNTOLD)) == [started(NOTICE, INCIDENT, DUE)]
    assert _heard(UNTOLD, corrected(notification(INCIDENT)))[1:] == [cancelled(NOTICE, RECEIVED, "not_owed")]


def test_a_day_that_was_said_in_error_lets_it_run_again() -> None:
    assert _heard(_told(date(2014, 6, 3)), corrected(UNTOLD))[2:] == [restarted(NOTICE, INCIDENT, DUE)]


def test_an_incident_whose_day_is_not_known_is_not_measured() -> None:
    assert _heard(notification(date(2014, 6, 1), precision="month", mappa=True)) == []
