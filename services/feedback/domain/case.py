"""One case as the inspectorate's own steps have made it: where it has come to, by codes only, and what was written on the way."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final, Literal, assert_never

from contracts.codes import IarDecision, TriageOutcome
from contracts.feedback import (
    CaseAllocated,
    CaseClosed,
    CaseReopened,
    CaseTriaged,
    DisputeResolved,
    FeedbackDrafted,
    FeedbackRead,
    FeedbackSent,
    GoodPracticeApproved,
    InformationRequested,
    ReviewAssessed,
    ScrutinyStarted,
)

CaseEvent = (
    CaseTriaged
    | CaseAllocated
    | ScrutinyStarted
    | InformationRequested
    | ReviewAssessed
    | FeedbackDrafted
    | FeedbackRead
    | FeedbackSent
    | DisputeResolved
    | GoodPracticeApproved
    | CaseClosed
    | CaseReopened
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotBegun:
    """Nobody has read a review yet."""

    step: Literal["not_begun"] = "not_begun"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An inspector reads."""

    step: Literal["reading"] = "reading"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """More was asked for."""

    request: int
    step: Literal["asking"] = "asking"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A judgement stands and no letter has said it yet."""

    comprehensive_required: bool
    step: Literal["judged"] = "judged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A letter went out."""

    letter: int
    step: Literal["sent"] = "sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """Nothing more is to be done."""

    on: date
    step: Literal["closed"] = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """New facts, and nothing done about them yet."""

    step: Literal["reopened"] = "reopened"


Step = NotBegun | Reading | Asking | Judged | Sent | Closed | Reopened


class DraftState(StrEnum):
    """What a second reader made of the draft."""

    NONE = "none"
    UNREAD = "unread"
    AGREED = "agreed"
    NOT_AGREED = "not_agreed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What of the case's history says where it stands. `seen` is the latest submission that was dealt with."""

    outcome: TriageOutcome | None = None
    outcome_on: date | None = None
    inspector: str | None = None
    step: Step = NotBegun()
    seen: int = 0
    judged: bool = False
    draft: DraftState = DraftState.NONE
    letters: int = 0
    resolved: str | None = None
    reopened_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The whole of it: what was said last of each thing, and all of what is numbered."""

    at: Progress = Progress()
    triage: CaseTriaged | None = None
    allocation: CaseAllocated | None = None
    scrutiny: ScrutinyStarted | None = None
    requests: tuple[InformationRequested, ...] = ()
    assessment: ReviewAssessed | None = None
    draft: FeedbackDrafted | None = None
    reading: FeedbackRead | None = None
    letters: tuple[FeedbackSent, ...] = ()
    disputes: tuple[DisputeResolved, ...] = ()
    practices: tuple[GoodPracticeApproved, ...] = ()
    closed: CaseClosed | None = None
    reopened: CaseReopened | None = None


UNTOUCHED: Final = Case()


def progressed(at: Progress, event: CaseEvent) -> Progress:
    """Where the case stands after one more step."""
    match event:
        case CaseTriaged(outcome=outcome, on=day):
            return replace(at, outcome=TriageOutcome(outcome), outcome_on=day)
        case CaseAllocated(inspector=inspector):
            return replace(at, inspector=inspector)
        case ScrutinyStarted(review=review):
            return replace(at, step=Reading(), seen=max(at.seen, review or 1))
        case InformationRequested(request=request, review=review):
            return replace(at, step=Asking(request=request), seen=max(at.seen, review or 1))
        case ReviewAssessed(review=review, iar_decision=decision):
            step = Judged(comprehensive_required=decision == IarDecision.COMPREHENSIVE_REQUIRED)
            return replace(at, step=step, judged=True, seen=max(at.seen, review or 1))
        case FeedbackDrafted():
            return replace(at, draft=DraftState.UNREAD)
        case FeedbackRead(agreed=agreed):
            return replace(at, draft=DraftState.AGREED if agreed else DraftState.NOT_AGREED)
        case FeedbackSent(letter=letter, review=review):
            sent = Sent(letter=letter)
            return replace(at, step=sent, letters=letter, draft=DraftState.NONE, resolved=None, seen=max(at.seen, review or 1))
        case DisputeResolved(outcome=outcome):
            return replace(at, resolved=outcome)
        case GoodPracticeApproved():
            return at
        case CaseClosed(on=day):
            return replace(at, step=Closed(on=day))
        case CaseReopened(on=day):
            # Out of scope no longer holds: the new facts are looked at first.
            void = at.outcome is TriageOutcome.OUT_OF_SCOPE and at.outcome_on is not None and at.outcome_on <= day
            since = max(day, at.reopened_on or day)
            return replace(at, step=Reopened(), reopened_on=since, outcome=None if void else at.outcome)
        case _:
            assert_never(event)


def evolved(case: Case, event: CaseEvent) -> Case:
    """The case after one more step."""
    return replace(_written(case, event), at=progressed(case.at, event))


def _written(case: Case, event: CaseEvent) -> Case:
    match event:
        case CaseTriaged():
            return replace(case, triage=event)
        case CaseAllocated():
            return replace(case, allocation=event)
        case ScrutinyStarted():
            return replace(case, scrutiny=event)
        case InformationRequested():
            return replace(case, requests=(*case.requests, event))
        case ReviewAssessed():
            return replace(case, assessment=event)
        case FeedbackDrafted():
            return replace(case, draft=event, reading=None)
        case FeedbackRead():
            return replace(case, reading=event)
        case FeedbackSent():
            return replace(case, letters=(*case.letters, event), draft=None, reading=None)
        case DisputeResolved():
            return replace(case, disputes=(*case.disputes, event))
        case GoodPracticeApproved():
            return replace(case, practices=(*case.practices, event))
        case CaseClosed():
            return replace(case, closed=event)
        case CaseReopened():
            return replace(case, reopened=event, closed=None)
        case _:
            assert_never(event)
