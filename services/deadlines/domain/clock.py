"""One clock: the states that it can be in, and how each of its events changes them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, assert_never

from contracts.clocks import end_of_day_london
from contracts.deadlines import (
    ClockBreached,
    ClockCancelled,
    ClockCorrected,
    ClockHeld,
    ClockRecalculated,
    ClockRestarted,
    ClockSatisfied,
    ClockStarted,
)

GRACE: Final = timedelta(hours=1)
"""How long after the end of the due day a breach waits for evidence that is still on its way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a duty is counted by: the day that is not counted, the last day in time, and the versions that say so."""

    day_zero: date
    due_on: date
    policy: str
    calendar: str


@dataclass(frozen=True, slots=True)
class Unstarted:
    """There is no such duty, or nothing is known of it yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """To be done by `terms.due_on`; no verdict stands."""

    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Not running since a day, for a reason."""

    terms: Terms
    since: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """Its due day ended undone; it may still be done, once."""

    terms: Terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """Done, in time or late."""

    terms: Terms
    on: date

    @property
    def late(self) -> bool:
        """Whether the verdict that stands is a breach."""
        return self.on > self.terms.due_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """Fallen away before it was done; neither met nor missed. Its terms are kept, to be restored."""

    terms: Terms
    on: date
    reason: str


Started = Running | Held | Missed | Stopped | Cancelled
State = Unstarted | Started
ClockEvent = (
    ClockStarted
    | ClockHeld
    | ClockRestarted
    | ClockRecalculated
    | ClockSatisfied
    | ClockBreached
    | ClockCorrected
    | ClockCancelled
)


def evolve(state: State, event: ClockEvent) -> State:
    """The state after an event. New terms make void whatever verdict stood before them."""
    match event:
        case ClockStarted() | ClockRestarted() | ClockRecalculated():
            return Running(
                terms=Terms(day_zero=event.day_zero, due_on=event.due_on, policy=event.policy, calendar=event.calendar)
            )
        case ClockHeld():
            return Held(terms=_terms(state), since=event.on, reason=event.reason)
        case ClockBreached():
            return Missed(terms=_terms(state))
        case ClockSatisfied() | ClockCorrected():
            return Stopped(terms=_terms(state), on=event.on)
        case ClockCancelled():
            return Cancelled(terms=_terms(state), on=event.on, reason=event.reason)
        case _:
            assert_never(event)


def judged_from(due_on: date) -> datetime:
    """From when a breach may be recorded: one hour after the due day has ended in Europe/London."""
    return end_of_day_london(due_on) + GRACE


def _terms(state: State) -> Terms:
    match state:
        case Unstarted():
            msg = "a clock that never started"
            raise AssertionError(msg)
        case _:
            return state.terms
