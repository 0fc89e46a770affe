"""The two kinds of stream that this service says: a case's clocks, and which calendar is in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from contracts.calendars import CURRENT_CALENDAR, newer, versions
from contracts.deadlines import CalendarActivated
from contracts.envelope import Event, Refused
from services.deadlines.domain.case_clocks import NO_CLOCKS, CaseEvent, Clocks, Judge, Remind, Tick, decide_case, evolve_case

CALENDAR: Final = "calendar/GB-SCT"
"""The stream of the calendar's versions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The calendar version that was activated last."""

    calendar: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Activate:
    """Count by a version from now on; `moved` open clocks have another due day by it."""

    calendar: str
    moved: int


Stream = Clocks | InForce
Command = Judge | Tick | Remind | Activate

NOTHING: Final[Stream] = NO_CLOCKS


def evolve(stream: Stream, event: Event) -> Stream:
    """The stream after one more event."""
    match stream, event:
        case _, CalendarActivated(calendar=version):
            return InForce(calendar=version)
        case Clocks(), _ if isinstance(event, CaseEvent):
            return evolve_case(stream, event)
        case _:
            raise TypeError(event)


def decide(stream: Stream, command: Command, at: datetime) -> Sequence[Event] | Refused:
    """What follows from a command."""
    match command, stream:
        case Activate(), _:
            return _activated(in_force(stream), command)
        case Judge() | Tick() | Remind(), Clocks():
            return decide_case(stream, command, at)
        case _:
            raise TypeError(command)


def in_force(stream: Stream) -> str:
    """The version that was activated last; before any was, the first that was published."""
    return stream.calendar if isinstance(stream, InForce) else versions()[0]


def counted_by(stream: Stream) -> str:
    """What a clock that started today would be counted by: the version in force, or the release's own where that is newer."""
    return max(in_force(stream), CURRENT_CALENDAR, key=versions().index)


def _activated(before: str, command: Activate) -> Sequence[Event] | Refused:
    if not newer(command.calendar, before):
        later = tuple(version for version in versions() if newer(version, before))
        detail = f"{before} is in force, and only a newer calendar may follow it."
        return Refused(code="transition_not_allowed", detail=detail, status=409, allowed=later)
    return [CalendarActivated(calendar=command.calendar, before=before, moved=command.moved)]
