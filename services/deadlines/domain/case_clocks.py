"""The clocks of one case: what they should be against what they are; the difference is what happened."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, TypeVar, assert_never

from contracts.calendars import OutsideCalendar, calendar, newer
from contracts.clocks import Clock, Unit, end_of_day_london, policy, working_days_taken
from contracts.deadlines import (
    ClockBreached,
    ClockCancelled,
    ClockCorrected,
    ClockHeld,
    ClockRecalculated,
    ClockRestarted,
    ClockSatisfied,
    ClockStarted,
    ReminderCorrected,
    ReminderDue,
)
from contracts.envelope import Origin
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
from services.deadlines.domain.duties import NOT_OWED, Duty, Key, Lapse, duties
from services.deadlines.domain.facts import Facts, Stop
from services.deadlines.domain.reminders import Reminded, Reminder, fires_from, remembered

LATE_EVIDENCE: Final = "late_evidence"
NEWER_CALENDAR: Final = "calendar"

Runs = TypeVar("Runs", ClockStarted, ClockRestarted)

CaseEvent = ClockEvent | ReminderDue | ReminderCorrected
"""What is said of a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """Each clock that the case has or had, and who was reminded of what."""

    states: Mapping[Key, State]
    reminded: Mapping[Reminder, Reminded]


NO_CLOCKS: Final = Clocks(states=MappingProxyType({}), reminded=MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Bring the clocks to what is known now. Asked again with the same facts, nothing follows.

    `calendar` is the version that was activated last; what was counted by an older one moves by it, never to an earlier day.
    """

    facts: Facts
    calendar: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """The due day of a clock has passed, as far as the ticker knows."""

    key: Key
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Remind:
    """The day of a reminder has come, as far as the ticker knows: who is to be told is said as it was when the clock began."""

    reminder: Reminder
    day: date
    to: str


def evolve_case(clocks: Clocks, event: CaseEvent) -> Clocks:
    """The clocks after one event of the case."""
    match event:
        case ReminderDue() | ReminderCorrected():
            return replace(clocks, reminded=remembered(clocks.reminded, event))
        case _:
            key = (Clock(event.clock), event.instance)
            state = evolve(clocks.states.get(key, Unstarted()), event)
            return replace(clocks, states=MappingProxyType({**clocks.states, key: state}))


def decide_case(clocks: Clocks, command: Judge | Tick | Remind, at: datetime) -> Sequence[CaseEvent]:
    """What follows from a command."""
    match command:
        case Judge():
            return list(_judged(clocks, command))
        case Tick(key=key, due_on=due):
            return _ticked(key, clocks.states.get(key, Unstarted()), due, at)
        case Remind():
            return _reminded(clocks, command, at)
        case _:
            assert_never(command)


def _judged(clocks: Clocks, command: Judge) -> Iterator[CaseEvent]:
    received = command.facts.received
    if received is None:
        return
    owed = duties(command.facts)
    gone = Lapse(on=received.day, reason=NOT_OWED)
    for key in {**owed, **clocks.states}:
        duty = owed.get(key, gone)
        yield from _settled(key, clocks.states.get(key, Unstarted()), duty, command.calendar)
        yield from _taken_back(key, clocks.reminded, duty)


def _ticked(key: Key, state: State, due: date, at: datetime) -> Sequence[CaseEvent]:
    match state:
        case Running(terms=terms) if terms.due_on == due and at >= judged_from(due):
            return [_breached(key, terms)]
        case _:
            return []


def _reminded(clocks: Clocks, command: Remind, at: datetime) -> Sequence[CaseEvent]:
    """Once for each clock, due day and threshold, and only for what is still owed by that day."""
    reminder, day = command.reminder, command.day
    clock, instance = reminder.key
    match clocks.states.get(reminder.key, Unstarted()):
        case Running(terms=terms) | Missed(terms=terms) if terms.due_on == reminder.due_on and at >= fires_from(day):
            if reminder in clocks.reminded:
                return []
            due, name = reminder.due_on, reminder.threshold
            return [ReminderDue(clock=clock, instance=instance, threshold=name, due_on=due, remind_on=day, to=command.to)]
        case _:
            return []


def _taken_back(key: Key, reminded: Mapping[Reminder, Reminded], duty: Duty | Lapse) -> Iterator[CaseEvent]:
    """Whoever was told of a duty that was over by then is told that, once."""
    end = duty if isinstance(duty, Lapse) else duty.end
    for reminder, told in reminded.items():
        if reminder.key == key and end is not None and end.on < told.remind_on and not told.corrected:
            reason = end.reason if isinstance(end, Lapse) else LATE_EVIDENCE
            yield ReminderCorrected(
                clock=key[0], instance=key[1], threshold=reminder.threshold, due_on=reminder.due_on, to=told.to, reason=reason
            )


def _settled(key: Key, state: State, duty: Duty | Lapse, current: str | None) -> Iterator[ClockEvent]:
    """First the right terms, then, by these, whether it is held, then the right end."""
    match duty, state:
        case Lapse(), Unstarted():
            return
        case Lapse() as lapse, _:
            yield from _lapsed(key, state, lapse)
        case Duty(), _:
            for step in (_counted, _moved(current), _held, _ended):
                for event in step(key, state, duty):
                    yield event
                    state = evolve(state, event)


Step = Callable[[Key, State, Duty], Sequence[ClockEvent]]


def _counted(key: Key, state: State, duty: Duty) -> Sequence[ClockEvent]:
    match state:
        case Unstarted():
            return [_running(ClockStarted, key, duty.terms())]
        case Cancelled() if not isinstance(duty.end, Lapse):
            return [_running(ClockRestarted, key, state.terms if _stand(state.terms, duty) else duty.terms())]
        case Held() if duty.held is None and not isinstance(duty.end, Lapse):
            return [_running(ClockRestarted, key, duty.terms())]
        case Stopped(terms=terms) if duty.end is None and _stand(terms, duty):  # what was said to have been done was not
            return [_running(ClockRestarted, key, terms)]
        case Running() | Held() | Missed() | Stopped() | Cancelled() if not _stand(state.terms, duty):
            return [_recalculated(key, state.terms, duty.terms(), duty.because)]
        case Running() | Held() | Missed() | Stopped() | Cancelled():
            return []
        case _:
            assert_never(state)


def _stand(terms: Terms, duty: Duty) -> bool:
    """Whether a clock is counted as it should be, by whatever version of the calendar."""
    return terms == duty.terms(terms.calendar)


def _moved(current: str | None) -> Step:
    """By a newer calendar, where that is later: never earlier than promised (domain 1.6, rule 6)."""

    def step(key: Key, state: State, duty: Duty) -> Sequence[ClockEvent]:
        if current is None or not isinstance(state, Running | Held | Missed) or not newer(current, state.terms.calendar):
            return []
        try:
            terms = duty.terms(current)
        except OutsideCalendar:
            return []
        return [_recalculated(key, state.terms, terms, NEWER_CALENDAR)] if terms.due_on > state.terms.due_on else []

    return step


def _held(key: Key, state: State, duty: Duty) -> Sequence[ClockEvent]:
    if duty.held is None or duty.end is not None or isinstance(state, Held):
        return []
    return [ClockHeld(clock=key[0], instance=key[1], on=duty.held.since, reason=duty.held.reason)]


def _ended(key: Key, state: State, duty: Duty) -> Sequence[ClockEvent]:
    match duty.end, state:
        case None, _:
            return []
        case Lapse() as lapse, _:
            return _lapsed(key, state, lapse)
        case Stop() as stop, Running() | Held() | Missed() | Stopped() | Cancelled():
            return _stopped(key, state, stop)
        case _:
            raise AssertionError


def _lapsed(key: Key, state: State, lapse: Lapse) -> Sequence[ClockEvent]:
    match state:
        case Cancelled(on=lapse.on, reason=lapse.reason):
            return []
        case _:
            return [ClockCancelled(clock=key[0], instance=key[1], on=lapse.on, reason=lapse.reason)]


def _stopped(key: Key, state: Started, stop: Stop) -> Sequence[ClockEvent]:
    terms, on = state.terms, stop.on
    missed = isinstance(state, Missed) or (isinstance(state, Stopped) and state.late)
    match missed, on <= terms.due_on:
        case _ if isinstance(state, Stopped) and state.on == on:
            return []
        case False, False:
            return [_breached(key, terms), _satisfied(key, terms, stop)]
        case True, True:
            return [_corrected(key, terms, stop)]
        case _:
            return [_satisfied(key, terms, stop)]


def _running(kind: type[Runs], key: Key, terms: Terms) -> Runs:
    return kind(
        clock=key[0],
        instance=key[1],
        day_zero=terms.day_zero,
        due_on=terms.due_on,
        policy=terms.policy,
        calendar=terms.calendar,
    )


def _recalculated(key: Key, before: Terms, terms: Terms, reason: str) -> ClockRecalculated:
    return ClockRecalculated(
        clock=key[0],
        instance=key[1],
        day_zero=terms.day_zero,
        due_on=terms.due_on,
        due_on_before=before.due_on,
        reason=reason,
        policy=terms.policy,
        calendar=terms.calendar,
    )


def _satisfied(key: Key, terms: Terms, stop: Stop) -> ClockSatisfied:
    taken, imported = _days_taken(key[0], terms, stop.on), stop.origin is Origin.IMPORT
    return ClockSatisfied(clock=key[0], instance=key[1], on=stop.on, due_on=terms.due_on, days_taken=taken, imported=imported)


def _corrected(key: Key, terms: Terms, stop: Stop) -> ClockCorrected:
    taken, imported = _days_taken(key[0], terms, stop.on), stop.origin is Origin.IMPORT
    return ClockCorrected(
        clock=key[0],
        instance=key[1],
        on=stop.on,
        due_on=terms.due_on,
        days_taken=taken,
        reason=LATE_EVIDENCE,
        imported=imported,
    )


def _breached(key: Key, terms: Terms) -> ClockBreached:
    return ClockBreached(clock=key[0], instance=key[1], due_on=terms.due_on, breached_at=end_of_day_london(terms.due_on))


def _days_taken(clock: Clock, terms: Terms, on: date) -> int | None:
    """Working days for a clock in working days, by its own calendar; None where the calendar does not reach."""
    if policy(terms.policy).limits[clock].unit is not Unit.WORKING_DAYS:
        return None
    try:
        return working_days_taken(terms.day_zero, on, calendar(terms.calendar))
    except OutsideCalendar:
        return None
