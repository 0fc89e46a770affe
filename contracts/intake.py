"""What intake says: all that a council tells the Care Inspectorate about one case, one incident of one person."""

from datetime import date, datetime
from typing import ClassVar

from contracts.envelope import Event, Value
from contracts.personal import Personal


class Person(Value):
    """The person supervised; as little as the duty needs, and all of it personal."""

    council_person_id: Personal[str] | None = None
    initials: Personal[str] | None = None
    year_of_birth: Personal[int] | None = None
    sex: Personal[str] | None = None


class Order(Value):
    """An order or licence that the person was on; several at once are normal."""

    type: str
    start_date: date | None = None
    end_date: date | None = None
    requirements: tuple[str, ...] = ()


class Mappa(Value):
    """Management under the Multi Agency Public Protection Arrangements."""

    category: int
    level: int | None = None
    area: str | None = None
    sog_notified_on: date | None = None


class SignedOff(Value):
    """Who signed the notification off, by grade (R-07)."""

    name: Personal[str] | None = None
    grade: str | None = None
    signed_on: date | None = None


class Notification(Value):
    """What a council says of an incident (domain 1.3). Dates are calendar dates in Europe/London."""

    council_reference: str | None = None
    occurred_on: date | None = None
    """The incident's day; the earliest day it can have been where the precision is coarser, None if unknown."""
    occurred_on_precision: str = "day"
    became_aware_on: date | None = None
    awareness_source: str | None = None
    criteria: tuple[str, ...]
    charged_on: date | None = None
    recalled_on: date | None = None
    role_of_person: str | None = None
    offence_codes: tuple[str, ...] = ()
    incident_type: str
    outcome_of_harm: str | None = None
    person: Person = Person()
    orders: tuple[Order, ...] = ()
    mappa: Mappa | None = None
    domestic_abuse_element: str = "unknown"
    child_protection: str = "unknown"
    adult_protection: str = "unknown"
    drug_related_suspected: bool | None = None
    post_mortem_pending: bool | None = None
    retrospective: bool = False
    media_interest: str = "none"
    ministerial_interest: str = "none"
    late_reason: str | None = None
    signed_off_by: SignedOff | None = None
    summary: Personal[str] | None = None


class Flag(Value):
    """A rule that the notification does not meet, accepted all the same and shown to the inspector."""

    rule: str
    detail: str


class NotificationReceived(Event):
    """A council notified the Care Inspectorate. Starts the case; `received_on` is the Europe/London date of receipt."""

    type: ClassVar[str] = "sir.intake.notification-received"

    reference: str
    council: str
    received_at: datetime
    received_on: date
    policy: str
    calendar: str
    notification: Notification
    flags: tuple[Flag, ...] = ()
    register_row: dict[str, str] | None = None
    """For a row of an imported register: a fingerprint of each column, so that the same row is known again."""

    def happened(self) -> datetime:
        """Receipt."""
        return self.received_at

    def rules(self) -> tuple[str, str]:
        """The policy and calendar of its date of receipt."""
        return self.policy, self.calendar


class _Changed(Event):
    """Some fields of the notification are others now: all of it before and after, and why."""

    changed: tuple[str, ...]
    before: Notification
    after: Notification
    reason: Personal[str]
    policy: str
    calendar: str
    flags: tuple[Flag, ...] = ()

    def rules(self) -> tuple[str, str]:
        """The policy and calendar that clocks are counted by again."""
        return self.policy, self.calendar


class NotificationAmended(_Changed):
    """New facts: what was said before was right when it was said."""

    type: ClassVar[str] = "sir.intake.notification-amended"


class NotificationCorrected(_Changed):
    """An error put right: what was said before was wrong."""

    type: ClassVar[str] = "sir.intake.notification-corrected"


class NotificationWithdrawn(Event):
    """The council takes the notification back; it stays counted as received."""

    type: ClassVar[str] = "sir.intake.notification-withdrawn"

    on: date
    reason: Personal[str]


class IncidentReclassified(Event):
    """The statistical category changed, for instance after a post mortem; holds from `on`."""

    type: ClassVar[str] = "sir.intake.incident-reclassified"

    on: date
    before: str
    after: str
    basis: Personal[str]


class IncidentConsidered(Event):
    """A council weighed an incident and decided not to notify. A stream of its own, never a case."""

    type: ClassVar[str] = "sir.intake.incident-considered"

    council: str
    considered_on: date
    occurred_on: date | None = None
    criteria: tuple[str, ...] = ()
    incident_type: str | None = None
    decided_by: str | None = None
    """The grade of who decided."""
    reason: Personal[str]


class SogNotified(Event):
    """The council told the chair of the Strategic Oversight Group (R-09)."""

    type: ClassVar[str] = "sir.intake.sog-notified"

    on: date
    area: str | None = None


class SogDecided(Event):
    """The group decided whether there will be a MAPPA significant case review (R-10, R-11). A later decision replaces it."""

    type: ClassVar[str] = "sir.intake.sog-decided"

    on: date
    decision: str


class Passage(Value):
    """One piece of text that a person wrote."""

    text: Personal[str]


class Checked(Value):
    """What the review shows of one item; four values, since what is not referenced may still have happened."""

    item: str
    value: str
    note: Personal[str] | None = None


class Reviewer(Value):
    """Who wrote the review, and how far from the case (R-22)."""

    name: Personal[str] | None = None
    grade: str | None = None
    relationship: str | None = None


class Action(Value):
    """One item of the council's plan; `number` is its name within the case."""

    number: int
    text: Personal[str]
    owner: Personal[str] | None = None
    due_on: date | None = None
    status: str = "open"


class Review(Value):
    """What a council found on looking at its own supervision (domain 1.3). What is unknown is None or left out."""

    kind: str
    """As the edition names it: IAR, CR, PART1 or PART2."""
    counts_as: str
    """IAR or CR."""
    reviewer: Reviewer = Reviewer()
    objectivity_exception: Personal[str] | None = None
    """Why this reviewer all the same, where he or she stands near to the case (R-22)."""
    contributors: tuple[str, ...] = ()
    records_examined: bool | None = None
    checks: tuple[Checked, ...] = ()
    assessment_tool: str | None = None
    conclusion: str | None = None
    comprehensive_proposed: tuple[str, ...] = ()
    """The tests of R-20 that are not evidenced, for which the system proposes a comprehensive review."""
    reason_to_stay: Personal[str] | None = None
    """Why the initial analysis is enough all the same."""
    strengths: tuple[Passage, ...] = ()
    good_practice: tuple[Passage, ...] = ()
    areas_for_improvement: tuple[Passage, ...] = ()
    actions: tuple[Action, ...] = ()
    summary: Personal[str] | None = None
    signed_off_by: SignedOff | None = None


class ReviewSubmitted(Event):
    """A review came in; `number` counts the submissions of the case from 1, whatever their kind."""

    type: ClassVar[str] = "sir.intake.review-submitted"

    number: int
    on: date
    review: Review
    flags: tuple[Flag, ...] = ()


class ReviewWithdrawn(Event):
    """A submission was sent in error. Its day stays the day on which the review was first submitted (domain 1.6, rule 9)."""

    type: ClassVar[str] = "sir.intake.review-withdrawn"

    number: int
    on: date
    reason: Personal[str]


class Answer(Value):
    """What is supplied for one of the items that were asked for, by its place in the request, from 1."""

    item: int
    text: Personal[str] | None = None


class InformationSupplied(Event):
    """The council answered one request of the inspectorate."""

    type: ClassVar[str] = "sir.intake.information-supplied"

    request: int
    on: date
    answers: tuple[Answer, ...] = ()


class FeedbackAnswered(Event):
    """The council accepts, accepts with comments, or disputes a letter."""

    type: ClassVar[str] = "sir.intake.feedback-answered"

    letter: int
    on: date
    response: str
    comments: Personal[str] | None = None


class ActionRecorded(Event):
    """An item of the plan is new, or stands otherwise than before."""

    type: ClassVar[str] = "sir.intake.action-recorded"

    on: date
    action: Action
    evidence: Personal[str] | None = None


class TransferProposed(Event):
    """The responsible council asks another to take the case over."""

    type: ClassVar[str] = "sir.intake.transfer-proposed"

    on: date
    from_council: str
    to_council: str
    reason: Personal[str]


class TransferAccepted(Event):
    """The other council agreed and is responsible from now on. Figures keep who notified; clocks keep their start."""

    type: ClassVar[str] = "sir.intake.transfer-accepted"

    on: date
    from_council: str
    to_council: str


class TransferEnded(Event):
    """The proposal was taken back, or the other council declined."""

    type: ClassVar[str] = "sir.intake.transfer-ended"

    on: date
    to_council: str
    declined: bool
    reason: Personal[str] | None = None


class LegalHoldPlaced(Event):
    """Nothing of the case may be erased until the hold is lifted."""

    type: ClassVar[str] = "sir.intake.legal-hold-placed"

    on: date
    reason: Personal[str]


class LegalHoldLifted(Event):
    """The hold is over."""

    type: ClassVar[str] = "sir.intake.legal-hold-lifted"

    on: date


class PersonalDataErased(Event):
    """The case's key is destroyed after this commits: what it sealed can never be read again, and everything is still counted."""

    type: ClassVar[str] = "sir.intake.personal-data-erased"

    on: date
    basis: str
    """Why, as a code: no words, since they would outlive the person's."""
