"""A holiday is proclaimed: open clocks move by the newer calendar, visibly and never to an earlier day; what is over stays as it was."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.calendars import CURRENT_CALENDAR, UnknownVersion
from contracts.clocks import Clock
from contracts.deadlines import CalendarActivated, ClockRecalculated
from contracts.envelope import Refused
from services.deadlines.domain.case_clocks import Judge, decide_case
from services.deadlines.domain.streams import NOTHING, Activate, counted_by, decide, evolve, in_force
from tests.calendars import NEXT, proclaimed
from tests.unit.deadlines.cases import (
    LATER,
    after,
    breached,
    done,
    heard,
    known,
    notification,
    notified,
    of,
    received,
    requested,
    reviewed,
    said,
    started,
    supplied,
    ticked,
    triaged,
)
from tests.unit.deadlines.test_hearing_streams_in_any_order import STREAMS, Stream, interleavings

COPY, INFORMATION, REVIEW = Clock.GOVERNMENT_COPY, Clock.INFORMATION, Clock.REVIEW
RECEIVED, DUE, MOVED = date(2014, 6, 5), date(2014, 6, 9), date(2014, 6, 10)
RECEIPT = said(received(RECEIVED, notification(date(2014, 6, 4))))


@pytest.fixture(scope="module", autouse=True)
def _release(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A release with a holiday on Friday 6 June 2014, and none on St Andrew's Day of that year."""
    with proclaimed(tmp_path_factory.mktemp("calendars"), date(2014, 6, 6), worked=date(2014, 12, 1)):
        yield


def _moved(clock: Clock, day_zero: date, due_on: date, before: date, instance: int = 1) -> ClockRecalculated:
    return ClockRecalculated(
        clock=clock, instance=instance, day_zero=day_zero, due_on=due_on, due_on_before=before, reason="calendar", policy="2013",
        calendar=NEXT,
    )  # fmt: skip


def test_an_open_clock_moves_by_the_day_that_is_not_worked() -> None:
    clocks, _ = heard(RECEIPT)
    events = decide_case(clocks, Judge(facts=known([RECEIPT]), calendar=NEXT), LATER)
    assert events == [_moved(COPY, RECEIVED, MOVED, DUE)]


def test_asked_again_it_moves_no_further() -> None:
    clocks, _ = heard(RECEIPT, counted_by=NEXT)
    assert decide_case(clocks, Judge(facts=known([RECEIPT]), calendar=NEXT), LATER) == []


def test_a_breach_by_the_day_before_is_void() -> None:
    clocks, _ = heard(RECEIPT)
    missed = after(clocks, ticked(clocks, COPY))
    history = [RECEIPT, said(notified(MOVED))]
    events = of(COPY, decide_case(missed, Judge(facts=known(history), calendar=NEXT), LATER))
    assert events == [_moved(COPY, RECEIVED, MOVED, DUE), done(COPY, MOVED, MOVED, days_taken=2)]


def test_what_was_done_keeps_the_calendar_that_it_was_judged_by() -> None:
    history = [RECEIPT, said(notified(MOVED))]
    clocks, recorded = heard(*history)
    assert of(COPY, recorded)[1:] == [breached(COPY, DUE), done(COPY, MOVED, DUE, days_taken=3)]
    assert decide_case(clocks, Judge(facts=known(history), calendar=NEXT), LATER) == []


def test_a_holiday_that_was_given_up_takes_no_day_back_that_was_promised() -> None:
    receipt = said(received(date(2014, 11, 27), notification(date(2014, 11, 27))))
    clocks, recorded = heard(receipt, counted_by=NEXT)
    assert of(COPY, recorded) == [started(COPY, date(2014, 11, 27), date(2014, 12, 2), policy="2013+2014")]
    assert decide_case(clocks, Judge(facts=known([receipt]), calendar=NEXT), LATER) == []


def test_a_case_that_comes_back_keeps_the_day_that_it_had_moved_to() -> None:
    _, recorded = heard(RECEIPT, said(triaged("duplicate", RECEIVED)), said(triaged("in_scope", DUE)), counted_by=NEXT)
    assert [(type(event).__name__, event.due_on) for event in of(COPY, recorded) if hasattr(event, "due_on")] == [
        ("ClockStarted", DUE),
        ("ClockRecalculated", MOVED),
        ("ClockRestarted", MOVED),
    ]


def test_months_do_not_move() -> None:
    _, recorded = heard(RECEIPT, counted_by=NEXT)
    assert len(of(REVIEW, recorded)) == 1


def test_a_clock_that_starts_later_is_counted_by_it_from_its_start() -> None:
    _, recorded = heard(RECEIPT, said(reviewed(RECEIVED)), said(requested(RECEIVED)), counted_by=NEXT)
    assert of(INFORMATION, recorded) == [
        started(INFORMATION, RECEIVED, date(2014, 6, 19)),
        _moved(INFORMATION, RECEIVED, date(2014, 6, 20), date(2014, 6, 19)),
    ]


def test_a_day_that_was_named_stays_though_it_is_the_one_that_would_have_been_counted() -> None:
    named = said(requested(RECEIVED, target_on=date(2014, 6, 19)))
    _, recorded = heard(RECEIPT, named, said(supplied(date(2014, 6, 20))), counted_by=NEXT)
    assert [event.due_on for event in of(INFORMATION, recorded) if hasattr(event, "due_on")] == [date(2014, 6, 19)] * 3


@given(st.data(), STREAMS, st.integers(0, 12))
def test_it_never_moves_a_clock_to_an_earlier_day_nor_twice(data: st.DataObject, streams: tuple[Stream, ...], when: int) -> None:
    history = data.draw(interleavings(streams))
    clocks, _ = heard(*history[:when])
    for count in range(min(when, len(history)), len(history) + 1):
        events = decide_case(clocks, Judge(facts=known(history[:count]), calendar=NEXT), LATER)
        moves = [event for event in events if isinstance(event, ClockRecalculated) and event.reason == "calendar"]
        assert all(event.due_on > event.due_on_before for event in moves)
        assert len({(event.clock, event.instance) for event in moves}) == len(moves)
        clocks = after(clocks, events)
    assert decide_case(clocks, Judge(facts=known(history), calendar=NEXT), LATER) == []


@given(st.data(), STREAMS)
def test_once_in_force_the_order_of_streams_makes_no_difference(data: st.DataObject, streams: tuple[Stream, ...]) -> None:
    one, _ = heard(*data.draw(interleavings(streams)), counted_by=NEXT)
    other, _ = heard(*data.draw(interleavings(streams)), counted_by=NEXT)
    assert dict(one.states) == dict(other.states)


def test_it_is_put_in_force_once_and_says_how_many_clocks_it_moved() -> None:
    events = decide(NOTHING, Activate(calendar=NEXT, moved=14), LATER)
    assert events == [CalendarActivated(calendar=NEXT, before=CURRENT_CALENDAR, moved=14)]
    assert not isinstance(events, Refused)
    stream = evolve(NOTHING, events[0])
    assert (in_force(NOTHING), in_force(stream)) == (CURRENT_CALENDAR, NEXT)
    assert (counted_by(NOTHING), counted_by(stream)) == (CURRENT_CALENDAR, NEXT)
    for version in (NEXT, CURRENT_CALENDAR):
        refused = decide(stream, Activate(calendar=version, moved=0), LATER)
        assert isinstance(refused, Refused)
        assert (refused.status, refused.code, refused.allowed) == (409, "transition_not_allowed", ())


def test_an_older_calendar_is_refused_with_those_that_may_follow() -> None:
    refused = decide(NOTHING, Activate(calendar=CURRENT_CALENDAR, moved=0), datetime(2027, 1, 1, tzinfo=UTC))
    assert isinstance(refused, Refused)
    assert refused.allowed == (NEXT,)


def test_a_calendar_that_this_release_does_not_hold_is_a_fault_of_the_release() -> None:
    with pytest.raises(UnknownVersion):
        decide_case(heard(RECEIPT)[0], Judge(facts=known([RECEIPT]), calendar="GB-SCT/2099.1"), LATER)
