"""What the inspectorate has said of a case so far: a fold of its stream alone, which may be ahead of the council or behind."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from contracts.codes import IarDecision, TriageOutcome
from contracts.envelope import Event
from contracts.feedback import (
    CaseClosed,
    CaseReopened,
    CaseTriaged,
    DisputeResolved,
    FeedbackSent,
    InformationRequested,
    ReviewAssessed,
    ScrutinyStarted,
)

HEARD: Final = {
    (event.type, event.version): event
    for event in (
        CaseTriaged,
        ScrutinyStarted,
        InformationRequested,
        ReviewAssessed,
        FeedbackSent,
        DisputeResolved,
        CaseClosed,
        CaseReopened,
    )
}
"""The events that it is learnt from: what a council may know. Drafts of a letter are none of them (R-31)."""


class Step(StrEnum):
    """The inspectorate's latest step on the review."""

    NOT_BEGUN = "not_begun"
    READING = "reading"
    ASKING = "asking"
    JUDGED = "judged"
    SENT = "sent"
    CLOSED = "closed"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """All of it. `seen` is the latest submission that was dealt with."""

    step: Step = Step.NOT_BEGUN
    seen: int = 0
    outcome: TriageOutcome | None = None
    """Of the first look, as far as it still holds."""
    triage: CaseTriaged | None = None
    requests: tuple[InformationRequested, ...] = ()
    assessment: ReviewAssessed | None = None
    letters: tuple[FeedbackSent, ...] = ()
    resolved: DisputeResolved | None = None
    closed_on: date | None = None
    reopened_on: date | None = None

    @property
    def comprehensive_required(self) -> bool:
        """Whether the latest judgement asks for a comprehensive review."""
        return self.assessment is not None and self.assessment.iar_decision == IarDecision.COMPREHENSIVE_REQUIRED


NOTHING_HEARD: Final = Heard()


def learn(heard: Heard, event: Event) -> Heard:
    """What is known after one more event of the inspectorate's stream."""
    match event:
        case CaseTriaged(outcome=outcome):
            return replace(heard, triage=event, outcome=TriageOutcome(outcome))
        case ScrutinyStarted():
            return replace(heard, step=Step.READING, seen=_seen(heard, event.review))
        case InformationRequested():
            return replace(heard, step=Step.ASKING, seen=_seen(heard, event.review), requests=(*heard.requests, event))
        case ReviewAssessed():
            return replace(heard, step=Step.JUDGED, seen=_seen(heard, event.review), assessment=event)
        case FeedbackSent():
            return replace(heard, step=Step.SENT, seen=_seen(heard, event.review), letters=(*heard.letters, event), resolved=None)
        case DisputeResolved():
            return replace(heard, resolved=event)
        case CaseClosed(on=day):
            return replace(heard, step=Step.CLOSED, closed_on=day)
        case CaseReopened(on=day):
            holds = None if heard.outcome is TriageOutcome.OUT_OF_SCOPE else heard.outcome
            latest = max(day, heard.reopened_on or day)
            return replace(heard, step=Step.REOPENED, reopened_on=latest, closed_on=None, outcome=holds)
        case _:
            return heard


def _seen(heard: Heard, review: int | None) -> int:
    """One that names no submission is about the first."""
    return max(heard.seen, review or 1)
