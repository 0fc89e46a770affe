"""Properties: streams interleave in any way, questions repeat, tickers run when they like, and the clocks end the same."""

from collections.abc import Callable
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from contracts.clocks import Clock
from contracts.deadlines import ClockBreached, ClockCancelled, ClockRecalculated, ClockRestarted, ClockSatisfied
from contracts.envelope import Event, Origin
from services.deadlines.domain.case_clocks import NO_CLOCKS, Clocks, Judge, decide
from services.deadlines.domain.clock import ClockEvent, Running, Started, Stopped
from tests.unit.deadlines.cases import (
    LATER,
    Said,
    after,
    copied,
    corrected,
    heard,
    known,
    notification,
    notified,
    of,
    received,
    said,
    ticked,
    triaged,
    withdrawn,
)

COPY = Clock.GOVERNMENT_COPY
DAYS = st.dates(date(2014, 5, 20), date(2014, 6, 20))
ORIGINS = st.sampled_from(Origin)
ABOUT = st.builds(
    notification,
    occurred_on=st.none() | DAYS,
    became_aware_on=st.none() | DAYS,
    precision=st.sampled_from(["day", "day", "month"]),
)
Stream = list[Said]


def _stream(*kinds: st.SearchStrategy[Event]) -> st.SearchStrategy[Stream]:
    return st.lists(st.builds(_said, st.one_of(*kinds), ORIGINS), max_size=4)


def _said(event: Event, origin: Origin) -> Said:
    return said(event, origin=origin)


RECEIPTS: st.SearchStrategy[Event] = st.builds(received, DAYS, ABOUT)
LATER_SAID = _stream(st.builds(corrected, ABOUT), st.builds(withdrawn, DAYS))
INTAKE = st.builds(lambda receipt, origin, rest: [said(receipt, origin=origin), *rest], RECEIPTS, ORIGINS, LATER_SAID)
FEEDBACK = _stream(st.builds(triaged, st.sampled_from(["in_scope", "out_of_scope", "duplicate"]), DAYS))
NOTIFICATION = _stream(st.builds(notified, DAYS), st.builds(copied, DAYS))
STREAMS = st.tuples(INTAKE, FEEDBACK, NOTIFICATION)


@st.composite
def interleavings(draw: Callable[..., object], streams: tuple[Stream, ...]) -> list[Said]:
    left = [list(stream) for stream in streams]
    order: list[Said] = []
    while waiting := [stream for stream in left if stream]:
        order.append(draw(st.sampled_from(waiting)).pop(0))  # type: ignore[attr-defined]
    return order


def _with_ticks(history: list[Said], ticks: list[bool]) -> tuple[Clocks, list[ClockEvent]]:
    """The clocks when the ticker ran after some of the events, and after the last."""
    clocks, recorded = NO_CLOCKS, list[ClockEvent]()

    def record(events: list[ClockEvent]) -> None:
        nonlocal clocks
        clocks = after(clocks, events)
        recorded.extend(events)

    for count, tick in zip(range(1, len(history) + 1), ticks, strict=False):
        record(list(decide(clocks, Judge(facts=known(history[:count])), LATER)))
        for clock in list(clocks) if tick or count == len(history) else []:
            record(list(ticked(clocks, clock)))
    return clocks, recorded


TICKS = st.lists(st.booleans(), min_size=20, max_size=20)


@given(st.data(), STREAMS, TICKS, TICKS)
def test_any_interleaving_of_the_streams_and_the_ticker_gives_the_same_clocks(
    data: st.DataObject, streams: tuple[Stream, ...], some: list[bool], others: list[bool]
) -> None:
    one, _ = _with_ticks(data.draw(interleavings(streams)), some)
    other, _ = _with_ticks(data.draw(interleavings(streams)), others)
    assert dict(one) == dict(other)


@given(st.data(), STREAMS)
def test_a_repeated_question_decides_nothing(data: st.DataObject, streams: tuple[Stream, ...]) -> None:
    history = data.draw(interleavings(streams))
    clocks, _ = heard(*history)
    assert decide(clocks, Judge(facts=known(history)), LATER) == []


@given(st.data(), STREAMS, TICKS)
def test_one_verdict_at_a_time(data: st.DataObject, streams: tuple[Stream, ...], ticks: list[bool]) -> None:
    _, recorded = _with_ticks(data.draw(interleavings(streams)), ticks)
    for clock in Clock:
        breach_stands = False
        for event in of(clock, recorded):
            assert not (breach_stands and isinstance(event, ClockBreached))
            match event:
                case ClockBreached():
                    breach_stands = True
                case ClockSatisfied():
                    assert breach_stands == (event.on > event.due_on)
                case ClockRecalculated() | ClockRestarted() | ClockCancelled():
                    breach_stands = False
                case _:
                    breach_stands = False


@given(st.data(), STREAMS)
def test_a_tick_twice_records_one_breach(data: st.DataObject, streams: tuple[Stream, ...]) -> None:
    clocks, _ = heard(*data.draw(interleavings(streams)))
    for clock, state in clocks.items():
        first = ticked(clocks, clock)
        assert len(first) == isinstance(state, Running)
        assert ticked(after(clocks, first), clock) == []


@given(RECEIPTS, DAYS, st.integers(0, 30))
def test_a_later_copy_never_gives_an_earlier_verdict(receipt: Event, copied_on: date, days: int) -> None:
    earlier, _ = heard(said(receipt), said(notified(copied_on)))
    later, _ = heard(said(receipt), said(notified(copied_on + timedelta(days=days))))
    assert _late(later[COPY]) >= _late(earlier[COPY])


@given(st.data(), STREAMS)
def test_what_was_learnt_does_not_depend_on_how_streams_interleave(data: st.DataObject, streams: tuple[Stream, ...]) -> None:
    assert known(data.draw(interleavings(streams))) == known(data.draw(interleavings(streams)))


def _late(clock: object) -> bool:
    assert isinstance(clock, Started)
    assert isinstance(clock, Stopped)
    return clock.late
