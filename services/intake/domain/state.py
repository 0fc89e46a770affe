"""One case: what its council has said of it, in order. Also incidents considered and not notified, each a stream of its own."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from contracts.envelope import Event, Origin
from contracts.intake import (
    Action,
    ActionRecorded,
    FeedbackAnswered,
    Flag,
    IncidentConsidered,
    IncidentReclassified,
    InformationSupplied,
    LegalHoldLifted,
    LegalHoldPlaced,
    Notification,
    NotificationAmended,
    NotificationCorrected,
    NotificationReceived,
    NotificationWithdrawn,
    PersonalDataErased,
    ReviewSubmitted,
    ReviewWithdrawn,
    SogDecided,
    SogNotified,
    TransferAccepted,
    TransferEnded,
    TransferProposed,
)
from services.intake.domain.progress import Progress, progressed


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """Nothing was said yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A notified case as it stands. `council` is responsible for it now, `notified_by` is the one that figures keep."""

    reference: str
    council: str
    notified_by: str
    received_at: datetime
    received_on: date
    said: Notification
    incident_type: str
    origin: Origin
    policy: str
    calendar: str
    progress: Progress
    flags: tuple[Flag, ...] = ()
    notice: SogNotified | None = None
    reviews: tuple[ReviewSubmitted, ...] = ()
    taken_back: tuple[ReviewWithdrawn, ...] = ()
    supplied: tuple[InformationSupplied, ...] = ()
    answers: tuple[FeedbackAnswered, ...] = ()
    plan: tuple[Action, ...] = ()
    proposal: TransferProposed | None = None
    hold: LegalHoldPlaced | None = None
    erased: PersonalDataErased | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """An incident that was considered and not notified."""


State = Nothing | Case | Considered

_UNANSWERED = "R-09"


def evolve(state: State, event: Event) -> State:
    """The state after one more fact."""
    match event:
        case NotificationReceived():
            return _received(event)
        case IncidentConsidered():
            return Considered()
        case _ if isinstance(state, Case):
            return replace(_said(state, event), progress=progressed(state.progress, event))
        case _:
            raise AssertionError(f"{event.type} cannot follow here")


def _received(event: NotificationReceived) -> Case:
    return Case(
        reference=event.reference,
        council=event.council,
        notified_by=event.council,
        received_at=event.received_at,
        received_on=event.received_on,
        said=event.notification,
        incident_type=event.notification.incident_type,
        origin=Origin.IMPORT if event.register_row is not None else Origin.LIVE,
        policy=event.policy,
        calendar=event.calendar,
        flags=event.flags,
        progress=progressed(Progress(), event),
    )


def _said(case: Case, event: Event) -> Case:
    match event:
        case NotificationAmended() | NotificationCorrected():
            kind = event.after.incident_type if "incident_type" in event.changed else case.incident_type
            return replace(case, said=event.after, incident_type=kind, flags=event.flags)
        case IncidentReclassified():
            return replace(case, incident_type=event.after)
        case NotificationWithdrawn() | SogDecided():
            return case
        case SogNotified():
            # What was missing is there now.
            return replace(case, notice=event, flags=tuple(flag for flag in case.flags if flag.rule != _UNANSWERED))
        case _:
            return _afterwards(case, event)


def _afterwards(case: Case, event: Event) -> Case:
    match event:
        case ReviewSubmitted():
            return replace(case, reviews=(*case.reviews, event), plan=planned(case.plan, event.review.actions))
        case ReviewWithdrawn():
            return replace(case, taken_back=(*case.taken_back, event), plan=_without(case, event.number))
        case InformationSupplied():
            return replace(case, supplied=(*case.supplied, event))
        case FeedbackAnswered():
            return replace(case, answers=(*case.answers, event))
        case ActionRecorded():
            return replace(case, plan=planned(case.plan, (event.action,)))
        case TransferProposed():
            return replace(case, proposal=event)
        case TransferAccepted():
            return replace(case, proposal=None, council=event.to_council)
        case TransferEnded():
            return replace(case, proposal=None)
        case LegalHoldPlaced():
            return replace(case, hold=event)
        case LegalHoldLifted():
            return replace(case, hold=None)
        case PersonalDataErased():
            return replace(case, erased=event)
        case _:
            raise AssertionError(f"{event.type} cannot follow here")


def planned(plan: tuple[Action, ...], items: tuple[Action, ...]) -> tuple[Action, ...]:
    """The plan with these items, each in the place of its number."""
    of = {each.number: each for each in (*plan, *items)}
    return tuple(of[number] for number in sorted(of))


def _without(case: Case, number: int) -> tuple[Action, ...]:
    """The plan without the items that only a submission sent in error had."""
    gone = {each.number for review in case.reviews if review.number == number for each in review.review.actions}
    kept = {each.number for review in case.reviews if review.number != number for each in review.review.actions}
    return tuple(each for each in case.plan if each.number in kept or each.number not in gone)
