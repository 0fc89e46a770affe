"""What may be sent of a case after its notification: one model a command, strict. `occurred_at` is a registrar's."""

from typing import Annotated, Final

from pydantic import Field

from contracts.codes import (
    ActionStatus,
    AssessmentTool,
    Check,
    CheckItem,
    Conclusion,
    Contributor,
    ErasureBasis,
    FeedbackResponse,
    Grade,
    ReviewerRelationship,
    ReviewKind,
    SogDecision,
)
from services.chassis import text
from services.chassis.commands import Body
from services.chassis.describing import example
from services.chassis.moments import Day, Occurred
from services.intake.bodies import Name, Prose, SignedOffBody

MOST: Final = 20
Number = Annotated[int, Field(ge=1, le=10_000)]
Passages = Annotated[list[Prose], Field(max_length=MOST, default_factory=list)]


class Following(Body):
    """A fact of a case that is there."""

    occurred_at: Occurred | None = None


class SogNoticeBody(Following):
    """The Strategic Oversight Group was told; of the council's own MAPPA area, if no other is named."""

    model_config = example(area="Glasgow")

    area: Name | None = None


class SogDecisionBody(Following):
    """What the group decided."""

    model_config = example(decision="no_scr")

    decision: SogDecision


class CheckBody(Body):
    """What the review shows of one item."""

    item: CheckItem
    value: Check
    note: Prose | None = None


class ReviewerBody(Body):
    """Who wrote the review, and how near to the case (R-22)."""

    name: Name | None = None
    grade: Grade | None = None
    relationship: ReviewerRelationship | None = None


class ItemBody(Body):
    """An item of the plan: a new one, or by its number one that is there."""

    number: Number | None = None
    text: Prose | None = None
    owner: Name | None = None
    due_on: Day | None = None
    status: ActionStatus | None = None


class ReviewBody(Following):
    """A review. A council says its checks, and of an initial analysis what it concludes; a registrar at least the kind."""

    model_config = example(
        kind="PART1",
        conclusion="iar_sufficient",
        assessment_tool="LSCMI",
        reviewer={"grade": "senior_manager", "relationship": "none"},
        checks=[{"item": "risk_assessment_completed", "value": "evidenced"}],
        signed_off_by={"name": "E. Head", "grade": "head_of_cjsw", "signed_on": "2026-11-20"},
    )

    kind: ReviewKind
    reviewer: ReviewerBody | None = None
    objectivity_exception: Prose | None = None
    contributors: Annotated[list[Contributor], Field(max_length=MOST, default_factory=list)]
    records_examined: bool | None = None
    checks: Annotated[list[CheckBody], Field(max_length=MOST, default_factory=list)]
    assessment_tool: AssessmentTool | None = None
    conclusion: Conclusion | None = None
    reason_to_stay: Prose | None = None
    strengths: Passages
    good_practice: Passages
    areas_for_improvement: Passages
    actions: Annotated[list[ItemBody], Field(max_length=MOST, default_factory=list)]
    summary: Annotated[str, text.Prose(10_000)] | None = None
    signed_off_by: SignedOffBody | None = None


class ReviewWithdrawalBody(Following):
    """A submission was sent in error: that of the number, or the latest."""

    model_config = example(reason="Sent in error.")

    number: Number | None = None
    reason: Prose


class AnswerBody(Body):
    """What is supplied for one item of a request, by its place in it."""

    item: Number
    text: Annotated[str, text.Prose(5000)]


class InformationBody(Following):
    """The answer to a request for information: that of the number, or the latest."""

    model_config = example(request=1, answers=[{"item": 1, "text": "In October."}])

    request: Number | None = None
    answers: Annotated[list[AnswerBody], Field(max_length=MOST, default_factory=list)]


class ResponseBody(Following):
    """The answer to a letter: that of the number, or the latest."""

    model_config = example(response="accepted")

    letter: Number | None = None
    response: FeedbackResponse
    comments: Prose | None = None


class ActionBody(ItemBody, Following):
    """An item of the plan is new, or stands otherwise than before."""

    model_config = example(text="All plans are reviewed within a month.", owner="C. Manager", due_on="2027-02-01")

    evidence: Prose | None = None


class TransferBody(Following):
    """`to_council` and `reason` propose; `accept` agrees, or declines, or (said by the proposing council) takes it back."""

    model_config = example(to_council="S12000036", reason="The person has moved there.")

    to_council: Annotated[str, text.Line(100)] | None = None
    reason: Prose | None = None
    accept: bool | None = None


class HoldBody(Body):
    """Why nothing may be erased."""

    model_config = example(reason="A court asked for it.")

    reason: Prose


class HoldEndBody(Body):
    """Nothing: the hold is over."""

    model_config = example()


class ErasureBody(Body):
    """Why what is personal is erased, as a code."""

    model_config = example(basis="retention_ended")

    basis: ErasureBasis
