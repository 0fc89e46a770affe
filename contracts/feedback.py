"""What feedback says: the inspectorate's own steps on a case."""

from datetime import date
from typing import ClassVar

from contracts.envelope import Event, Value
from contracts.personal import Personal


class CaseTriaged(Event):
    """The administrator looked: in scope, out of scope, or a duplicate of another case. A later triage replaces it."""

    type: ClassVar[str] = "sir.feedback.case-triaged"

    outcome: str
    on: date
    duplicate_of: str | None = None
    reason: Personal[str] | None = None


class CaseAllocated(Event):
    """An inspector has the case; a later allocation replaces it. `inspector` is the opaque id of the token's subject."""

    type: ClassVar[str] = "sir.feedback.case-allocated"

    on: date
    inspector: str
    exception: Personal[str] | None = None
    """Why this inspector all the same, where a conflict was declared (R-32)."""


class ConflictDeclared(Event):
    """An inspector may not assess a council, or may again (R-32). A stream of the inspector's own, never a case."""

    type: ClassVar[str] = "sir.feedback.conflict-declared"

    inspector: str
    council: str
    on: date
    until: date | None = None
    """The last day of the conflict; None while it lasts."""


class ScrutinyStarted(Event):
    """An inspector began to read a submission."""

    type: ClassVar[str] = "sir.feedback.scrutiny-started"

    on: date
    review: int | None = None


class Item(Value):
    """One thing asked for."""

    text: Personal[str]


class InformationRequested(Event):
    """The inspector asked the council for more; `request` counts the requests of the case from 1."""

    type: ClassVar[str] = "sir.feedback.information-requested"

    request: int
    on: date
    review: int | None = None
    """The submission that it is about."""
    target_on: date | None = None
    """The day by which it is wanted, where another than the local target was set."""
    items: tuple[Item, ...] = ()


class ReviewAssessed(Event):
    """What the inspector judged of the review (R-30). A later judgement replaces it."""

    type: ClassVar[str] = "sir.feedback.review-assessed"

    on: date
    review: int | None = None
    """The submission judged; None for one of a register, where it is the only one."""
    kind: str
    """Of that submission: IAR or CR."""
    iar_decision: str | None = None
    quality: str | None = None
    objectivity_ok: bool | None = None
    signoff_ok: bool | None = None
    coverage_ok: bool | None = None
    comments: Personal[str] | None = None


class FeedbackDrafted(Event):
    """A letter as it stands before it is sent; no council sees it (R-31)."""

    type: ClassVar[str] = "sir.feedback.feedback-drafted"

    on: date
    author: str | None = None
    """The opaque id of who wrote it: a second reader is somebody else."""
    text: Personal[str]


class FeedbackRead(Event):
    """A second reader agreed with the draft, or did not."""

    type: ClassVar[str] = "sir.feedback.feedback-read"

    on: date
    reader: str
    agreed: bool
    comments: Personal[str] | None = None


class FeedbackSent(Event):
    """A letter went to the council and is frozen. `letter` counts from 1; a correction is a new one that names that before."""

    type: ClassVar[str] = "sir.feedback.feedback-sent"

    letter: int
    on: date
    review: int | None = None
    """The latest submission that it takes in; one that comes later waits to be read."""
    corrects: int | None = None
    text: Personal[str] | None = None


class DisputeResolved(Event):
    """The lead officer decided on what the council disputed."""

    type: ClassVar[str] = "sir.feedback.dispute-resolved"

    letter: int
    on: date
    outcome: str
    reason: Personal[str]


class GoodPracticeApproved(Event):
    """An example of a review may be shared, after somebody checked that nobody can be known by it (R-27, R-40)."""

    type: ClassVar[str] = "sir.feedback.good-practice-approved"

    on: date
    found_by: str
    """council or inspector."""
    text: Personal[str]


class CaseClosed(Event):
    """Nothing more is to be done."""

    type: ClassVar[str] = "sir.feedback.case-closed"

    on: date
    reason: Personal[str] | None = None


class CaseReopened(Event):
    """New facts: what had fallen away is owed again, by the same days."""

    type: ClassVar[str] = "sir.feedback.case-reopened"

    on: date
    reason: Personal[str]
