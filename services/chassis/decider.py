"""The shape of every decision: a fold over a stream's history, and commands judged by it. All three functions are pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from contracts.envelope import Decision, Envelope, Event

S = TypeVar("S")


@dataclass(frozen=True, kw_only=True)
class Decider(Generic[S]):
    """`initial` is the state before anything happened; `decide` judges by one instant, the database's."""

    initial: S
    evolve: Callable[[S, Event], S]
    decide: Callable[[S, Any, datetime], Decision]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An event with its envelope: what projections and reactions are given."""

    envelope: Envelope
    event: Event


def fold(decider: Decider[S], history: list[Event]) -> S:
    """The state after a history."""
    state = decider.initial
    for event in history:
        state = decider.evolve(state, event)
    return state
