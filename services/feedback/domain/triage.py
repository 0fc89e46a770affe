"""The first look at a case: in scope, out of scope, or a duplicate of another; and whose case it is. A later one replaces it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from contracts.codes import Role, TriageOutcome
from contracts.envelope import Decision, Fault
from contracts.feedback import CaseAllocated, CaseTriaged
from contracts.personal import Personal
from services.feedback.domain.case import Case
from services.feedback.domain.days import day_of, misdated, refused
from services.feedback.domain.standing import Around


class Original(StrEnum):
    """What is known of the case that another is said to be a duplicate of."""

    UNKNOWN = "unknown"
    DUPLICATE = "duplicate"
    SOUND = "sound"


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """Say what the case is. The last two are what else is known of the two cases."""

    around: Around
    case: str
    outcome: TriageOutcome
    duplicate_of: str | None
    reason: str | None
    original: Original | None
    has_duplicates: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocate:
    """Give the case to an inspector. `conflict`: whether that inspector has declared an interest in its council (R-32)."""

    around: Around
    inspector: str
    exception: str | None
    role: str
    conflict: bool


def triage(case: Case, command: Triage, at: datetime) -> Decision:
    """What follows from a look."""
    if _seen_so(case, command):
        return []
    if faults := tuple(_faults(command, at)):
        return refused(faults)
    return [
        CaseTriaged(
            outcome=command.outcome,
            on=day_of(command.around, at),
            duplicate_of=command.duplicate_of,
            reason=None if command.reason is None else Personal(command.reason),
        )
    ]


def allocate(case: Case, command: Allocate, at: datetime) -> Decision:
    """What follows from giving the case to somebody."""
    exception = None if command.exception is None else Personal(command.exception)
    given = case.allocation
    same = given is not None and (given.inspector, given.exception) == (command.inspector, exception)
    if same and given is not None and _same_day(command, given.on):
        return []
    if faults := (*_conflicts(command), *misdated(command.around, at, {})):
        return refused(faults)
    return [CaseAllocated(on=day_of(command.around, at), inspector=command.inspector, exception=exception)]


def _conflicts(command: Allocate) -> Iterator[Fault]:
    if command.exception is not None and command.role not in {Role.LEAD_OFFICER, Role.REGISTRAR}:
        detail = "Only the lead officer makes an exception."
        yield Fault(pointer="#/exception", code="lead_officer_only", detail=detail, rule="R-32")
    elif command.conflict and command.exception is None and not command.around.registrar:
        detail = "This inspector has declared an interest in the council: choose another, or the lead officer says why not."
        yield Fault(pointer="#/inspector", code="conflict_of_interest", detail=detail, rule="R-32")


def _seen_so(case: Case, command: Triage) -> bool:
    seen = case.triage
    # Voided by a reopening, a look is taken anew.
    if seen is None or case.at.outcome is None:
        return False
    reason = seen.reason.reveal() if seen.reason is not None else None
    same = (seen.outcome, seen.duplicate_of, reason) == (command.outcome, command.duplicate_of, command.reason)
    return same and _same_day(command, seen.on)


def _same_day(command: Triage | Allocate, day: date) -> bool:
    return command.around.on in {None, day}


def _faults(command: Triage, at: datetime) -> Iterator[Fault]:
    if command.outcome is TriageOutcome.DUPLICATE:
        yield from _original_faults(command)
    elif command.duplicate_of is not None:
        yield Fault(pointer="#/duplicate_of", code="not_allowed", detail="Only a duplicate names another case.")
    yield from misdated(command.around, at, {})


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
