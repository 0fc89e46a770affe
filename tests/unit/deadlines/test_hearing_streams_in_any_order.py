"""Properties: streams interleave in any way, questions repeat, tickers run when they like, and the clocks end the same."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.clocks import Clock
from contracts.deadlines import ClockBreached, ClockCorrected, ClockHeld, ClockSatisfied
from contracts.envelope import Event, Origin
from services.deadlines.domain.case_clocks import NO_CLOCKS, CaseEvent, Clocks, Judge, decide_case
from services.deadlines.domain.clock import Running, Started, Stopped
from tests.unit.deadlines.cases import (
    LATER,
    Said,
    after,
    answered,
    assessed,
    copied,
    corrected,
    decided,
    heard,
    known,
    notification,
    notified,
    received,
    reopened,
    requested,
    reviewed,
    said,
    sent,
    supplied,
    ticked,
    told_sog,
    triaged,
    withdrawn,
)

DAYS = st.dates(date(2014, 5, 20), date(2014, 6, 20))
ORIGINS = st.sampled_from(Origin)
NUMBERS = st.integers(1, 3)
ABOUT = st.builds(
    notification,
    occurred_on=st.none() | DAYS,
    became_aware_on=st.none() | DAYS,
    precision=st.sampled_from(["day", "day", "month"]),
    mappa=st.booleans(),
    told_sog_on=st.none() | DAYS,
)
Stream = list[Said]


def _stream(*kinds: st.SearchStrategy[Event]) -> st.SearchStrategy[Stream]:
    return st.lists(st.builds(_said, st.one_of(*kinds), ORIGINS), max_size=6)


def _said(event: Event, origin: Origin) -> Said:
    return said(event, origin=origin)


def _asked_once(stream: Stream) -> Stream:
    """A number is that of one request."""
    asked = {getattr(event, "request", -place): (envelope, event) for place, (envelope, event) in enumerate(stream)}
    return [each for each in stream if each in asked.values()]


RECEIPTS: st.SearchStrategy[Event] = st.builds(received, DAYS, ABOUT)
LATER_SAID = _stream(
    st.builds(corrected, ABOUT),
    st.builds(withdrawn, DAYS),
    st.builds(told_sog, DAYS),
    st.builds(decided, st.sampled_from(["scr", "no_scr"]), DAYS),
    st.builds(reviewed, DAYS, st.sampled_from(["IAR", "CR"])),
    st.builds(supplied, DAYS, NUMBERS),
    st.builds(answered, DAYS),
)
INTAKE = st.builds(lambda receipt, origin, rest: [said(receipt, origin=origin), *rest], RECEIPTS, ORIGINS, LATER_SAID)
FEEDBACK = _stream(
    st.builds(triaged, st.sampled_from(["in_scope", "out_of_scope", "duplicate"]), DAYS),
    st.builds(requested, DAYS, NUMBERS, st.none() | DAYS),
    st.builds(assessed, st.sampled_from(["appropriate", "comprehensive_required", None]), DAYS),
    st.builds(sent, DAYS),
    st.builds(reopened, DAYS),
).map(_asked_once)
NOTIFICATION = _stream(st.builds(notified, DAYS), st.builds(copied, DAYS))
STREAMS = st.tuples(INTAKE, FEEDBACK, NOTIFICATION)


@st.composite
def interleavings(draw: Callable[..., object], streams: tuple[Stream, ...]) -> list[Said]:
    left = [list(stream) for stream in streams]
    order: list[Said] = []
    while waiting := [stream for stream in left if stream]:
        order.append(draw(st.sampled_from(waiting)).pop(0))  # type: ignore[attr-defined]
    return order


def _with_ticks(history: list[Said], ticks: list[bool]) -> tuple[Clocks, list[CaseEvent]]:
    """The clocks when the ticker ran after some of the events, and after the last."""
    clocks, recorded = NO_CLOCKS, list[CaseEvent]()

    def record(events: list[CaseEvent]) -> None:
        nonlocal clocks
        clocks = after(clocks, events)
        recorded.extend(events)

    for count, tick in zip(range(1, len(history) + 1), ticks, strict=False):
        record(list(decide_case(clocks, Judge(facts=known(history[:count])), LATER)))
        for clock, instance in list(clocks.states) if tick or count == len(history) else []:
            record(list(ticked(clocks, clock, instance=instance)))
    return clocks, recorded


TICKS = st.lists(st.booleans(), min_size=20, max_size=20)


@given(st.data(), STREAMS, TICKS, TICKS)
def test_any_interleaving_of_the_streams_and_the_ticker_gives_the_same_clocks(
    data: st.DataObject, streams: tuple[Stream, ...], some: list[bool], others: list[bool]
) -> None:
    one, _ = _with_ticks(data.draw(interleavings(streams)), some)
    other, _ = _with_ticks(data.draw(interleavings(streams)), others)
    assert dict(one.states) == dict(other.states)


@given(st.data(), STREAMS)
def test_a_repeated_question_decides_nothing(data: st.DataObject, streams: tuple[Stream, ...]) -> None:
    history = data.draw(interleavings(streams))
    clocks, _ = heard(*history)
    assert decide_case(clocks, Judge(facts=known(history)), LATER) == []


@given(st.data(), STREAMS)
def test_an_event_that_is_heard_twice_decides_nothing(data: st.DataObject, streams: tuple[Stream, ...]) -> None:
    history = data.draw(interleavings(streams))
    clocks = NO_CLOCKS
    for count in range(1, len(history) + 1):
        clocks = after(clocks, decide_case(clocks, Judge(facts=known(history[:count])), LATER))
        again = known([*history[:count], history[count - 1]])
        assert decide_case(clocks, Judge(facts=again), LATER) == []


@given(st.data(), STREAMS, TICKS)
def test_one_verdict_at_a_time(data: st.DataObject, streams: tuple[Stream, ...], ticks: list[bool]) -> None:
    clocks, recorded = _with_ticks(data.draw(interleavings(streams)), ticks)
    for key in clocks.states:
        breach_stands = False
        for event in (event for event in recorded if (event.clock, event.instance) == key):
            assert not (breach_stands and isinstance(event, ClockBreached))
            match event:
                case ClockBreached():
                    breach_stands = True
                case ClockSatisfied():
                    assert breach_stands == (event.on > event.due_on)
                case ClockCorrected():
                    assert breach_stands
                    breach_stands = False
                case _:
                    breach_stands = False


@given(st.data(), STREAMS, TICKS)
def test_what_is_held_is_neither_done_nor_missed(data: st.DataObject, streams: tuple[Stream, ...], ticks: list[bool]) -> None:
    _, recorded = _with_ticks(data.draw(interleavings(streams)), ticks)
    for event, following in pairwise(recorded):
        if isinstance(event, ClockHeld) and (event.clock, event.instance) == (following.clock, following.instance):
            assert not isinstance(following, ClockBreached | ClockSatisfied | ClockCorrected)


@given(st.data(), STREAMS)
def test_a_tick_twice_records_one_breach(data: st.DataObject, streams: tuple[Stream, ...]) -> None:
    clocks, _ = heard(*data.draw(interleavings(streams)))
    for (clock, instance), state in clocks.states.items():
        first = ticked(clocks, clock, instance=instance)
        assert len(first) == isinstance(state, Running)
        assert ticked(after(clocks, first), clock, instance=instance) == []


WHEN = date(2014, 6, 2)
BEFORE = [said(received(WHEN, notification(WHEN, mappa=True))), said(decided("no_scr", WHEN)), said(reviewed(WHEN))]
STOPPING: dict[Clock, tuple[list[Said], Callable[[date], Event]]] = {
    Clock.NOTIFY: ([], lambda on: received(on, notification(WHEN))),
    Clock.NOTIFY_FROM_AWARENESS: ([], lambda on: received(on, notification(became_aware_on=WHEN))),
    Clock.SOG_NOTICE: (BEFORE, told_sog),
    Clock.GOVERNMENT_COPY: (BEFORE, notified),
    Clock.REVIEW: (BEFORE[:2], reviewed),
    Clock.FEEDBACK: (BEFORE, sent),
    Clock.ACCEPTANCE: ([*BEFORE, said(sent(WHEN))], answered),
    Clock.INFORMATION: ([*BEFORE, said(requested(WHEN))], supplied),
    Clock.COMPREHENSIVE_REVIEW: ([*BEFORE, said(assessed("comprehensive_required", WHEN))], lambda on: reviewed(on, "CR")),
}


@pytest.mark.parametrize("clock", Clock)
@given(days=st.integers(0, 120), more=st.integers(0, 120))
def test_a_later_stop_never_gives_an_earlier_verdict(clock: Clock, days: int, more: int) -> None:
    before, stop = STOPPING[clock]
    earlier, later = (_stopped(clock, [*before, said(stop(WHEN + timedelta(days=n)))]) for n in (days, days + more))
    assert later.late >= earlier.late
    assert later.terms.due_on == earlier.terms.due_on


@pytest.mark.parametrize("clock", Clock)
@given(days=st.integers(0, 120))
def test_a_verdict_after_the_ticker_is_the_one_without_it(clock: Clock, days: int) -> None:
    before, stop = STOPPING[clock]
    history = [*before, said(stop(WHEN + timedelta(days=days)))]
    clocks, _ = _with_ticks(history, [True] * len(history))
    assert clocks.states[clock, 1] == _stopped(clock, history)


@given(st.data(), STREAMS)
def test_what_was_learnt_does_not_depend_on_how_streams_interleave(data: st.DataObject, streams: tuple[Stream, ...]) -> None:
    assert known(data.draw(interleavings(streams))) == known(data.draw(interleavings(streams)))


def _stopped(clock: Clock, history: list[Said]) -> Stopped:
    clocks, _ = heard(*history)
    state = clocks.states[clock, 1]
    assert isinstance(state, Started)
    assert isinstance(state, Stopped)
    return state
