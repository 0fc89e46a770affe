"""What may be sent to feedback: one model a command, strict, with the codes of the published lists."""

from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from contracts.codes import DisputeOutcome, FoundBy, IarDecision, Quality, TriageOutcome
from contracts.councils import council_named
from services.chassis import text
from services.chassis.commands import Body
from services.chassis.describing import example
from services.chassis.identity import LONGEST_NAME
from services.chassis.moments import Day, Occurred

MOST_ITEMS: Final = 20
LONGEST_ITEM: Final = 700
LONGEST_LETTER: Final = 15_000
"""So that the words of one event, sealed, stay below the largest data of an event, whatever they are written in."""


def _code(said: Any) -> str:
    if isinstance(said, str) and (found := council_named(said)) is not None:
        return found.gss_code
    code, words = "unknown_council", "There is no such council."
    raise PydanticCustomError(code, words)


CouncilCode = Annotated[str, BeforeValidator(_code), WithJsonSchema({"type": "string", "example": "S12000036"})]
Number = Annotated[int, Field(ge=1, le=10_000)]
Who = Annotated[str, text.Line(LONGEST_NAME)]
"""The opaque id of a person: the subject of his or her token."""
Prose = Annotated[str, text.Prose(4000)]
LetterText = Annotated[str, text.Prose(LONGEST_LETTER)]


class StepBody(Body):
    """A step on a case. `occurred_at` (an instant or a date) is for a registrar only."""

    occurred_at: Occurred | None = None


class Look(StepBody):
    """What the first look found."""

    model_config = example(outcome="out_of_scope", reason="The person was not on an order on the day.")

    outcome: TriageOutcome
    duplicate_of: UUID | None = None
    reason: Prose | None = None


class AllocationBody(StepBody):
    """Whose case it is; `exception` is the lead officer's, where a conflict was declared (R-32)."""

    model_config = example(inspector="inspector-7")

    inspector: Who
    exception: Prose | None = None


class ScrutinyBody(StepBody):
    """Somebody begins to read a submission; the latest, if none is named."""

    model_config = example(review=1)

    review: Number | None = None


class InformationBody(StepBody):
    """What is asked for, item by item, and by when, if not by the local target."""

    model_config = example(items=["When was the plan last reviewed?"], target_on="2026-12-11")

    items: Annotated[list[Annotated[str, text.Prose(LONGEST_ITEM)]], Field(max_length=MOST_ITEMS, default_factory=list)]
    target_on: Day | None = None
    review: Number | None = None


class AssessmentBody(StepBody):
    """What was judged (R-30); of the latest submission, or the latest initial analysis where `iar_decision` is said."""

    model_config = example(iar_decision="appropriate", quality="high", comments="A careful analysis.")

    iar_decision: IarDecision | None = None
    quality: Quality | None = None
    comments: Prose | None = None
    review: Number | None = None
    objectivity_ok: bool | None = None
    signoff_ok: bool | None = None
    coverage_ok: bool | None = None


class DraftBody(StepBody):
    """The letter as it stands; in place of the draft before."""

    model_config = example(text="Thank you for the review.")

    text: LetterText


class ReadBody(StepBody):
    """What a second reader made of the draft."""

    model_config = example(agreed=True)

    agreed: bool
    comments: Prose | None = None


class LetterBody(StepBody):
    """The letter, or the draft where no text is given; `corrects` names the letter that it corrects."""

    model_config = example(text="Thank you for the review.")

    text: LetterText | None = None
    corrects: Number | None = None


class ResolutionBody(StepBody):
    """What the lead officer decided on what the council disputed."""

    model_config = example(outcome="upheld", reason="The records show it.")

    outcome: DisputeOutcome
    reason: Prose
    letter: Number | None = None


class PracticeBody(StepBody):
    """An example that may be shared; `anonymised` confirms that nobody can be known by it (R-40)."""

    model_config = example(text="Two agencies met every week.", found_by="inspector", anonymised=True)

    text: Prose
    found_by: FoundBy
    anonymised: bool = False


class ClosureBody(StepBody):
    """Why nothing more is to be done."""

    model_config = example(reason="The council accepts the feedback.")

    reason: Prose | None = None


class ReopeningBody(StepBody):
    """The new facts."""

    model_config = example(reason="A post mortem gave another cause.")

    reason: Prose


class ConflictBody(Body):
    """An interest in a council (R-32), until its last day if one is said; the lead officer may declare another's."""

    model_config = example(council="S12000036", until="2028-11-27")

    council: CouncilCode
    until: Day | None = None
    inspector: Who | None = None
