"""The clocks of one case: what they should be against what they are; the difference is what happened."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, TypeVar, assert_never

from contracts.calendars import OutsideCalendar, calendar
from contracts.clocks import Clock, Unit, end_of_day_london, policy, working_days_taken
from contracts.deadlines import (
    ClockBreached,
    ClockCancelled,
    ClockCorrected,
    ClockRecalculated,
    ClockRestarted,
    ClockSatisfied,
    ClockStarted,
)
from contracts.envelope import Event
from services.deadlines.domain.clock import (
    Cancelled,
    ClockEvent,
    Held,
    Missed,
    Running,
    Started,
    State,
    Stopped,
    Terms,
    Unstarted,
    evolve,
    judged_from,
)
from services.deadlines.domain.duties import Duty, Lapse, duties
from services.deadlines.domain.facts import Facts, Stop

DATE_CORRECTED: Final = "date_corrected"
LATE_EVIDENCE: Final = "late_evidence"

Runs = TypeVar("Runs", ClockStarted, ClockRestarted)

Clocks = Mapping[str, State]
"""Each clock that the case has or had, by name."""

NO_CLOCKS: Final[Clocks] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Bring the clocks to what is known now. Asked again with the same facts, nothing follows."""

    facts: Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """The due day of a clock has passed, as far as the ticker knows."""

    clock: str
    due_on: date


def evolved(clocks: Clocks, event: Event) -> Clocks:
    """The clocks after one event of the case."""
    if not isinstance(event, ClockEvent):
        raise TypeError(event)
    return MappingProxyType({**clocks, event.clock: evolve(clocks.get(event.clock, Unstarted()), event)})


def decide(clocks: Clocks, command: Judge | Tick, at: datetime) -> Sequence[ClockEvent]:
    """What follows from a command."""
    match command:
        case Judge(facts=facts):
            owed = duties(facts).items()
            return [event for clock, duty in owed for event in _settled(clock, clocks.get(clock, Unstarted()), duty)]
        case Tick(clock=name, due_on=due):
            return _ticked(Clock(name), clocks.get(name, Unstarted()), due, at)
        case _:
            assert_never(command)


def _ticked(clock: Clock, state: State, due: date, at: datetime) -> Sequence[ClockEvent]:
    match state:
        case Running(terms=terms) if terms.due_on == due and at >= judged_from(due):
            return [_breached(clock, terms)]
        case _:
            return []


def _settled(clock: Clock, state: State, duty: Duty | Lapse) -> Iterator[ClockEvent]:
    """First the right terms, then, by these, the right end."""
    match duty, state:
        case Lapse(), Unstarted():
            return
        case Lapse() as lapse, _:
            yield from _lapsed(clock, state, lapse)
        case Duty(), _:
            for event in _counted(clock, state, duty):
                yield event
                state = evolve(state, event)
            yield from _ended(clock, state, duty.end)


def _counted(clock: Clock, state: State, duty: Duty) -> Sequence[ClockEvent]:
    match state:
        case Unstarted():
            return [_running(ClockStarted, clock, duty.terms)]
        case Cancelled() | Held() if not isinstance(duty.end, Lapse):
            return [_running(ClockRestarted, clock, duty.terms)]
        case Running() | Held() | Missed() | Stopped() | Cancelled() if state.terms != duty.terms:
            return [_recalculated(clock, state.terms, duty.terms)]
        case Running() | Held() | Missed() | Stopped() | Cancelled():
            return []
        case _:
            assert_never(state)


def _ended(clock: Clock, state: State, end: Stop | Lapse | None) -> Sequence[ClockEvent]:
    match end, state:
        case None, _:
            return []
        case Lapse() as lapse, _:
            return _lapsed(clock, state, lapse)
        case Stop(on=on), Running() | Held() | Missed() | Stopped() | Cancelled():
            return _stopped(clock, state, on)
        case _:
            raise AssertionError


def _lapsed(clock: Clock, state: State, lapse: Lapse) -> Sequence[ClockEvent]:
    match state:
        case Cancelled(on=lapse.on, reason=lapse.reason):
            return []
        case _:
            return [ClockCancelled(clock=clock, on=lapse.on, reason=lapse.reason)]


def _stopped(clock: Clock, state: Started, on: date) -> Sequence[ClockEvent]:
    terms = state.terms
    missed = isinstance(state, Missed) or (isinstance(state, Stopped) and state.late)
    match missed, on <= terms.due_on:
        case _ if isinstance(state, Stopped) and state.on == on:
            return []
        case False, False:
            return [_breached(clock, terms), _satisfied(clock, terms, on)]
        case True, True:
            return [_corrected(clock, terms, on)]
        case _:
            return [_satisfied(clock, terms, on)]


def _running(kind: type[Runs], clock: Clock, terms: Terms) -> Runs:
    return kind(clock=clock, day_zero=terms.day_zero, due_on=terms.due_on, policy=terms.policy, calendar=terms.calendar)


def _recalculated(clock: Clock, before: Terms, terms: Terms) -> ClockRecalculated:
    return ClockRecalculated(
        clock=clock,
        day_zero=terms.day_zero,
        due_on=terms.due_on,
        due_on_before=before.due_on,
        reason=DATE_CORRECTED,
        policy=terms.policy,
        calendar=terms.calendar,
    )


def _satisfied(clock: Clock, terms: Terms, on: date) -> ClockSatisfied:
    return ClockSatisfied(clock=clock, on=on, due_on=terms.due_on, days_taken=_days_taken(clock, terms, on))


def _corrected(clock: Clock, terms: Terms, on: date) -> ClockCorrected:
    taken = _days_taken(clock, terms, on)
    return ClockCorrected(clock=clock, on=on, due_on=terms.due_on, days_taken=taken, reason=LATE_EVIDENCE)


def _breached(clock: Clock, terms: Terms) -> ClockBreached:
    return ClockBreached(clock=clock, due_on=terms.due_on, breached_at=end_of_day_london(terms.due_on))


def _days_taken(clock: Clock, terms: Terms, on: date) -> int | None:
    """Working days for a clock in working days, by its own calendar; None where the calendar does not reach."""
    if policy(terms.policy).limits[clock].unit is not Unit.WORKING_DAYS:
        return None
    try:
        return working_days_taken(terms.day_zero, on, calendar(terms.calendar))
    except OutsideCalendar:
        return None
