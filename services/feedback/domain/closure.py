"""The end of a case, and its beginning again when new facts come."""

from dataclasses import dataclass
from datetime import datetime

from contracts.envelope import Decision, Fault
from contracts.feedback import CaseClosed, CaseReopened
from contracts.personal import Personal
from services.feedback.domain.case import Case, Closed, Reopened
from services.feedback.domain.days import day_of, misdated, refused
from services.feedback.domain.standing import Around


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """Nothing more is to be done."""

    around: Around
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen:
    """New facts: what had fallen away is owed again."""

    around: Around
    reason: str


def close(case: Case, command: Close, at: datetime) -> Decision:
    """What follows from closing."""
    around = command.around
    reason = None if command.reason is None else Personal(command.reason)
    if case.closed is not None and case.closed.reason == reason and around.on in {None, case.closed.on}:
        return []
    letter = case.letters[-1] if case.letters else None
    answer = around.known.answer(letter.letter) if letter else None
    after = {
        "review": around.known.first_review_on,
        "request": case.requests[-1].on if case.requests else None,
        "feedback": letter.on if letter else None,
        "response": answer.on if answer else None,
    }
    silent = reason is None and not around.registrar and not around.known.erased
    missing = [Fault(pointer="#/reason", code="required", detail="Say why.")] if silent else []
    if faults := (*missing, *misdated(around, at, after)):
        return refused(faults)
    return [CaseClosed(on=day_of(around, at), reason=reason)]


def reopen(case: Case, command: Reopen, at: datetime) -> Decision:
    """What follows from reopening."""
    around, reason = command.around, Personal(command.reason)
    before = case.reopened
    again = isinstance(case.at.step, Reopened) and before is not None and before.reason == reason
    if again and before is not None and around.on in {None, before.on}:
        return []
    closed_on = case.at.step.on if isinstance(case.at.step, Closed) else None
    if faults := tuple(misdated(around, at, {"closure": closed_on, "withdrawal": around.known.withdrawn_on})):
        return refused(faults)
    return [CaseReopened(on=day_of(around, at), reason=reason)]
