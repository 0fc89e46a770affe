"""What is known of a case so far, as far as its clocks need it.

Order counts inside a stream only: each stream writes fields of its own, so that streams may interleave in any way.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from contracts.codes import IarDecision, ReviewKind
from contracts.envelope import Envelope, Event, Origin
from contracts.feedback import CaseReopened, CaseTriaged, FeedbackSent, InformationRequested, ReviewAssessed
from contracts.intake import (
    FeedbackAnswered,
    InformationSupplied,
    Notification,
    NotificationAmended,
    NotificationCorrected,
    NotificationReceived,
    NotificationWithdrawn,
    ReviewSubmitted,
    SogDecided,
    SogNotified,
    TransferAccepted,
)
from contracts.notification import CopyRecorded, GovernmentNotified

HEARD: Final[tuple[type[Event], ...]] = (
    NotificationReceived,
    NotificationAmended,
    NotificationCorrected,
    NotificationWithdrawn,
    SogNotified,
    SogDecided,
    ReviewSubmitted,
    InformationSupplied,
    FeedbackAnswered,
    TransferAccepted,
    CaseTriaged,
    InformationRequested,
    ReviewAssessed,
    FeedbackSent,
    CaseReopened,
    GovernmentNotified,
    CopyRecorded,
)
"""The events that facts are learnt from. A withdrawn review keeps its day (domain 1.6, rule 9): it is not one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A day that a clock counts from, and the versions of policy and calendar that it is counted by."""

    day: date
    policy: str
    calendar: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A duty was done on a day."""

    on: date
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was found, and on which day."""

    outcome: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The inspectorate asked for more; `number` counts the requests of the case."""

    number: int
    asked: Stop
    target_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """The council answered one request."""

    request: int
    given: Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that clocks follow from. `occurred` and `aware` are None where no day can be counted from.

    `said_to_sog` is what the notification itself says of the notice to the Strategic Oversight Group; `iar` is the latest
    judgement of an initial analysis, `required_on` since when a comprehensive review has been required without a break.
    """

    council: str | None = None
    received: Anchor | None = None
    receipt: Stop | None = None
    occurred: Anchor | None = None
    aware: Anchor | None = None
    mappa: bool = False
    said_to_sog: Stop | None = None
    told_sog: tuple[Stop, ...] = ()
    sog: Decision | None = None
    reviews: tuple[Stop, ...] = ()
    comprehensive: tuple[Stop, ...] = ()
    supplies: tuple[Supply, ...] = ()
    answers: tuple[Stop, ...] = ()
    withdrawn: tuple[date, ...] = ()
    triage: Decision | None = None
    requests: tuple[Request, ...] = ()
    letters: tuple[Stop, ...] = ()
    iar: Decision | None = None
    required_on: date | None = None
    reopened_on: date | None = None
    informed: tuple[Stop, ...] = ()


def learn(facts: Facts, envelope: Envelope, event: Event) -> Facts:
    """What is known after one more event of a case."""
    match envelope.source:
        case "intake":
            return _of_intake(facts, envelope.origin, event)
        case "feedback":
            return _of_feedback(facts, envelope.origin, event)
        case _:
            return _of_notification(facts, envelope.origin, event)


def _of_intake(facts: Facts, origin: Origin, event: Event) -> Facts:
    match event:
        case NotificationReceived():
            return _received(facts, origin, event)
        case NotificationAmended() | NotificationCorrected():
            return _said(facts, event.after, event, origin)
        case NotificationWithdrawn(on=on):
            return replace(facts, withdrawn=(*facts.withdrawn, on))
        case TransferAccepted(to_council=council):
            return replace(facts, council=council)
        case _:
            return _done(facts, origin, event)


def _done(facts: Facts, origin: Origin, event: Event) -> Facts:
    """What the council did after it had notified."""
    match event:
        case SogNotified(on=on):
            return replace(facts, told_sog=(*facts.told_sog, Stop(on=on, origin=origin)))
        case SogDecided(on=on, decision=decision):
            return replace(facts, sog=Decision(outcome=decision, on=on))
        case ReviewSubmitted(on=on, review=review):
            came = Stop(on=on, origin=origin)
            counting = (came,) if review.counts_as == ReviewKind.CR else ()
            return replace(facts, reviews=(*facts.reviews, came), comprehensive=(*facts.comprehensive, *counting))
        case InformationSupplied(on=on, request=request):
            supply = Supply(request=request, given=Stop(on=on, origin=origin))
            return replace(facts, supplies=(*facts.supplies, supply))
        case FeedbackAnswered(on=on):
            return replace(facts, answers=(*facts.answers, Stop(on=on, origin=origin)))
        case _:
            return facts


def _of_feedback(facts: Facts, origin: Origin, event: Event) -> Facts:
    match event:
        case CaseTriaged(outcome=outcome, on=on):
            return replace(facts, triage=Decision(outcome=outcome, on=on))
        case InformationRequested(request=number, on=on, target_on=target_on):
            request = Request(number=number, asked=Stop(on=on, origin=origin), target_on=target_on)
            return replace(facts, requests=(*facts.requests, request))
        case ReviewAssessed(iar_decision=str(outcome), on=on):
            return _judged(facts, Decision(outcome=outcome, on=on))
        case FeedbackSent(on=on):
            return replace(facts, letters=(*facts.letters, Stop(on=on, origin=origin)))
        case CaseReopened(on=on):
            # The same stream: a triage that comes after this one holds, even on the same day.
            triage = facts.triage if facts.triage is None or facts.triage.on > on else None
            return replace(facts, triage=triage, reopened_on=max(on, facts.reopened_on or on))
        case _:
            return facts


def _of_notification(facts: Facts, origin: Origin, event: Event) -> Facts:
    match event:
        case GovernmentNotified(informed_on=on) | CopyRecorded(informed_on=on):
            return replace(facts, informed=(*facts.informed, Stop(on=on, origin=origin)))
        case _:
            return facts


def _received(facts: Facts, origin: Origin, event: NotificationReceived) -> Facts:
    day = event.received_on
    received = Anchor(day=day, policy=event.policy, calendar=event.calendar)
    known = replace(facts, council=event.council, received=received, receipt=Stop(on=day, origin=origin))
    return _said(known, event.notification, event, origin)


def _said(
    facts: Facts, said: Notification, by: NotificationReceived | NotificationAmended | NotificationCorrected, origin: Origin
) -> Facts:
    occurred = said.occurred_on if said.occurred_on_precision == "day" else None
    told_on = said.mappa.sog_notified_on if said.mappa else None
    return replace(
        facts,
        occurred=_anchor(facts.occurred, occurred, by),
        aware=_anchor(facts.aware, said.became_aware_on, by),
        mappa=said.mappa is not None,
        said_to_sog=Stop(on=told_on, origin=origin) if told_on else None,
    )


def _anchor(
    before: Anchor | None, day: date | None, by: NotificationReceived | NotificationAmended | NotificationCorrected
) -> Anchor | None:
    """A day that was not touched keeps the versions that it was counted by."""
    if day is None or (before is not None and before.day == day):
        return before if day else None
    return Anchor(day=day, policy=by.policy, calendar=by.calendar)


def _judged(facts: Facts, judged: Decision) -> Facts:
    """One more judgement of an initial analysis; saying again that it is not enough moves nothing."""
    if judged.outcome != IarDecision.COMPREHENSIVE_REQUIRED:
        return replace(facts, iar=judged)
    standing = facts.iar is not None and facts.iar.outcome == judged.outcome
    return replace(facts, iar=judged, required_on=facts.required_on if standing else judged.on)
