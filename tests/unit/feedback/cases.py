"""A case as the tests of this folder begin with it: what was done and heard, then a command, then what follows."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from contracts import intake
from contracts.codes import TriageOutcome
from contracts.envelope import Decision, Envelope, Event, Origin, Refused
from contracts.feedback import FeedbackSent, InformationRequested, Item, ReviewAssessed
from contracts.intake import Notification, NotificationReceived, Review, ReviewSubmitted
from contracts.personal import Personal
from services.feedback.domain.case import UNTOUCHED
from services.feedback.domain.deciding import Command, State, decide, evolve
from services.feedback.domain.known import Known, learn
from services.feedback.domain.scrutiny import Assess
from services.feedback.domain.standing import Around
from services.feedback.domain.triage import Triage

AT = datetime(2026, 11, 18, 10, 15, tzinfo=UTC)
TODAY = AT.date()
RECEIVED_ON = date(2026, 8, 3)
GLASGOW, EDINBURGH = "S12000049", "S12000036"
CASE = "019a6f3e-0000-7000-8000-000000000001"
ANOTHER = "019a6f3e-0000-7000-8000-000000000002"
INSPECTOR, COLLEAGUE = "inspector-7", "inspector-8"
WORDS = Personal("Invented words.")

RECEIVED = NotificationReceived(
    reference="SIR-2026-0001",
    council=GLASGOW,
    received_at=datetime(2026, 8, 3, 9, tzinfo=UTC),
    received_on=RECEIVED_ON,
    policy="2022",
    calendar="GB-SCT/2026.1",
    notification=Notification(criteria=("C1",), incident_type="T02"),
)


MAPPA = intake.NotificationAmended(
    changed=("mappa",),
    before=RECEIVED.notification,
    after=RECEIVED.notification.model_copy(update={"mappa": intake.Mappa(category=1)}),
    reason=WORDS,
    policy=RECEIVED.policy,
    calendar=RECEIVED.calendar,
)


def submitted(number: int = 1, kind: str = "IAR", on: date = date(2026, 10, 1)) -> ReviewSubmitted:
    return ReviewSubmitted(number=number, on=on, review=Review(kind=kind, counts_as=kind))


def withdrawn(on: date = TODAY) -> intake.NotificationWithdrawn:
    return intake.NotificationWithdrawn(on=on, reason=WORDS)


def answered(response: str, letter: int = 1, on: date = TODAY) -> intake.FeedbackAnswered:
    return intake.FeedbackAnswered(letter=letter, on=on, response=response)


def known(*heard: Event) -> Known:
    """What is known after the receipt and these."""
    facts = Known()
    for event in (RECEIVED, *heard):
        facts = learn(facts, event)
    return facts


def around(*heard: Event, by: str = INSPECTOR, registrar: bool = False, on: date | None = None, conflict: bool = False) -> Around:
    return Around(known=known(*heard), actor=by, registrar=registrar, on=on, conflict=conflict)


def look(outcome: str = "in_scope", **more: Any) -> Triage:
    said: dict[str, Any] = {
        "around": around(),
        "case": CASE,
        "outcome": TriageOutcome(outcome),
        "duplicate_of": None,
        "reason": None,
        "original": None,
        "has_duplicates": False,
    }
    return Triage(**said | more)


def assess(around: Around, **said: Any) -> Assess:
    nothing = dict.fromkeys(
        ("review", "iar_decision", "quality", "objectivity_ok", "signoff_ok", "coverage_ok", "comments"),
    )
    return Assess(around=around, **nothing | said)


def assessed(iar_decision: str | None = "appropriate", review: int = 1, kind: str = "IAR", quality: str | None = None) -> Event:
    return ReviewAssessed(on=TODAY, review=review, kind=kind, iar_decision=iar_decision, quality=quality)


def sent(letter: int = 1, *, review: int = 1, text: str | None = "A letter.", corrects: int | None = None) -> FeedbackSent:
    words = Personal(text) if text is not None else None
    return FeedbackSent(letter=letter, on=TODAY, review=review, corrects=corrects, text=words)


def requested(request: int = 1, *items: str) -> InformationRequested:
    asked = tuple(Item(text=Personal(text)) for text in items or ("The plan.",))
    return InformationRequested(request=request, on=TODAY, review=1, items=asked)


def state(*history: Event) -> State:
    after: State = UNTOUCHED
    for event in history:
        after = evolve(after, event)
    return after


def when(command: Command, *history: Event) -> Decision:
    """What follows from a command on a case with this history."""
    return decide(state(*history), command, AT)


def faults(decision: Decision) -> list[tuple[str, str]]:
    assert isinstance(decision, Refused), decision
    assert decision.status == 422, decision
    return [(fault.pointer, fault.code) for fault in decision.faults]


def ways(decision: Decision) -> tuple[str, ...]:
    """What is allowed instead."""
    assert isinstance(decision, Refused), decision
    assert decision.status == 409, decision
    return decision.allowed


def enveloped(event: Event, *, source: str = "intake", origin: Origin = Origin.LIVE) -> Envelope:
    return Envelope(
        id=UUID(int=1), source=source, type=event.type, schemaversion=1, subject=CASE, streamversion=1, time=AT,
        recordedtime=AT, role="council", actor="someone", council=GLASGOW, origin=origin, policy=None, calendar=None,
        correlationid=UUID(int=3), causationid=None, traceparent=None, prevhash=b"", hash=b"",
    )  # fmt: skip
