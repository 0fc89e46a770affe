"""The first look at a case: in scope, out of scope, or a duplicate of another. A later look replaces an earlier one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from contracts.clocks import london_date
from contracts.codes import TriageOutcome
from contracts.envelope import Decision, Event, Fault, Refused
from contracts.feedback import CaseTriaged
from contracts.personal import Personal


class Original(StrEnum):
    """What is known of the case that another is said to be a duplicate of."""

    UNKNOWN = "unknown"
    DUPLICATE = "duplicate"
    SOUND = "sound"


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """Say what the case is. `on` is the day of the look, None for today; the rest is what else is known of the two cases."""

    case: str
    outcome: TriageOutcome
    duplicate_of: str | None
    reason: str | None
    on: date | None
    received_on: date
    original: Original | None
    has_duplicates: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nobody has looked yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Triaged:
    """What the latest look found."""

    outcome: TriageOutcome
    on: date
    duplicate_of: str | None
    reason: str | None


State = Waiting | Triaged

WAITING: Final = Waiting()


def evolve(_state: State, event: Event) -> State:
    """The state after one more event."""
    match event:
        case CaseTriaged(outcome=outcome, on=day, duplicate_of=original, reason=reason):
            return Triaged(
                outcome=TriageOutcome(outcome), on=day, duplicate_of=original, reason=reason.reveal() if reason else None
            )
        case _:
            msg = f"{type(event).__name__} is not ours"
            raise TypeError(msg)


def decide(state: State, command: Triage, at: datetime) -> Decision:
    """What follows from a look at the instant `at`."""
    today = london_date(at)
    if _says_the_same(state, command):
        return []
    if faults := tuple(_faults(command, today)):
        return Refused(code="invalid", detail="This cannot be said of the case.", faults=faults)
    return [
        CaseTriaged(
            outcome=command.outcome,
            on=command.on or today,
            duplicate_of=command.duplicate_of,
            reason=None if command.reason is None else Personal(command.reason),
        )
    ]


def _says_the_same(state: State, command: Triage) -> bool:
    match state:
        case Triaged(outcome=outcome, on=day, duplicate_of=original, reason=reason):
            known = (outcome, original, reason)
            return known == (command.outcome, command.duplicate_of, command.reason) and command.on in {None, day}
        case Waiting():
            return False


def _faults(command: Triage, today: date) -> Iterator[Fault]:
    if command.outcome is TriageOutcome.DUPLICATE:
        yield from _original_faults(command)
    elif command.duplicate_of is not None:
        yield Fault(pointer="#/duplicate_of", code="not_allowed", detail="Only a duplicate names another case.")
    if command.on is not None and command.on < command.received_on:
        yield Fault(
            pointer="#/occurred_at", code="before_receipt", detail="The case had not been received on this day.", rule="R-05"
        )
    if command.on is not None and command.on > today:
        yield Fault(pointer="#/occurred_at", code="in_future", detail="This day has not come yet.", rule="R-05")


def _original_faults(command: Triage) -> Iterator[Fault]:
    if command.duplicate_of is None:
        yield Fault(pointer="#/duplicate_of", code="required", detail="Say which case it is a duplicate of.")
    elif command.duplicate_of == command.case:
        yield Fault(pointer="#/duplicate_of", code="itself", detail="A case is not a duplicate of itself.")
    elif command.original is not Original.SOUND:
        yield _ORIGINAL[command.original or Original.UNKNOWN]
    if command.has_duplicates:
        yield Fault(pointer="#/outcome", code="has_duplicates", detail="Other cases are marked as duplicates of this one.")


_ORIGINAL: Final = {
    Original.UNKNOWN: Fault(pointer="#/duplicate_of", code="unknown_case", detail="There is no such case."),
    Original.DUPLICATE: Fault(pointer="#/duplicate_of", code="is_duplicate", detail="That case is itself marked as a duplicate."),
}
