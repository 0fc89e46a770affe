"""A case that fell away and was reopened: what had not been done is owed again, by the same days."""

from datetime import date

import pytest

from contracts.clocks import Clock
from contracts.deadlines import ClockHeld
from contracts.envelope import Event
from tests.unit.deadlines.cases import (
    Said,
    cancelled,
    decided,
    done,
    heard,
    notification,
    notified,
    of,
    received,
    reopened,
    restarted,
    reviewed,
    said,
    started,
    triaged,
    withdrawn,
)

REVIEW, COPY = Clock.REVIEW, Clock.GOVERNMENT_COPY
RECEIVED, DUE = date(2014, 3, 3), date(2014, 6, 3)
GONE, BACK = date(2014, 4, 1), date(2014, 5, 1)
PLAIN = said(received(RECEIVED, notification(RECEIVED)))
MAPPA = said(received(RECEIVED, notification(RECEIVED, mappa=True)))


def _heard(*events: Event, receipt: Said = PLAIN, clock: Clock = REVIEW) -> list[object]:
    _, recorded = heard(receipt, *map(said, events))
    return list(of(clock, recorded))


@pytest.mark.parametrize("gone", [withdrawn(GONE), triaged("out_of_scope", GONE), triaged("duplicate", GONE)])
@pytest.mark.parametrize("back", [GONE, BACK])
def test_what_had_fallen_away_by_then_is_owed_again_by_the_same_day(gone: Event, back: date) -> None:
    events = _heard(gone, reopened(back))
    assert events[2:] == [restarted(REVIEW, RECEIVED, DUE)]


def test_what_falls_away_after_it_stays_so() -> None:
    later = date(2014, 5, 2)
    assert _heard(withdrawn(GONE), reopened(BACK), withdrawn(later))[-1] == cancelled(REVIEW, later, "withdrawn")
    assert _heard(reopened(BACK), withdrawn(later))[-1] == cancelled(REVIEW, later, "withdrawn")


def test_of_two_withdrawals_a_reopening_between_them_voids_the_first() -> None:
    assert _heard(withdrawn(GONE), withdrawn(date(2014, 6, 1)), reopened(BACK))[-1] == cancelled(
        REVIEW, date(2014, 6, 1), "withdrawn"
    )


def test_a_second_withdrawal_is_not_the_day_on_which_it_fell_away() -> None:
    assert _heard(withdrawn(GONE), withdrawn(BACK))[1:] == [cancelled(REVIEW, GONE, "withdrawn")]


def test_the_inspectorate_may_find_it_out_of_scope_again_on_the_same_day() -> None:
    assert _heard(triaged("out_of_scope", GONE), reopened(BACK), triaged("out_of_scope", BACK))[-1] == cancelled(
        REVIEW, BACK, "out_of_scope"
    )


def test_a_case_that_the_group_took_is_held_no_more_than_it_was() -> None:
    events = _heard(decided("scr", GONE), reopened(BACK), receipt=MAPPA)
    held = ClockHeld(clock=REVIEW, on=RECEIVED, reason="mappa")
    assert events[2:] == [cancelled(REVIEW, GONE, "mappa_scr"), restarted(REVIEW, RECEIVED, DUE), held]


def test_a_case_that_was_held_when_it_fell_away_is_held_again() -> None:
    events = _heard(withdrawn(GONE), reopened(BACK), receipt=MAPPA)
    held = ClockHeld(clock=REVIEW, on=RECEIVED, reason="mappa")
    assert events == [
        started(REVIEW, RECEIVED, DUE), held, cancelled(REVIEW, GONE, "withdrawn"), restarted(REVIEW, RECEIVED, DUE), held,
    ]  # fmt: skip


def test_what_was_done_between_the_two_counts() -> None:
    between = date(2014, 4, 15)
    assert _heard(withdrawn(GONE), reviewed(between), reopened(BACK))[2:] == [
        restarted(REVIEW, RECEIVED, DUE),
        done(REVIEW, between, DUE),
    ]


def test_what_had_been_done_stays_done() -> None:
    assert _heard(notified(RECEIVED), withdrawn(GONE), reopened(BACK), clock=COPY) == [
        started(COPY, RECEIVED, date(2014, 3, 5)),
        done(COPY, RECEIVED, date(2014, 3, 5), days_taken=0),
    ]
