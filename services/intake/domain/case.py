"""One case: what its council has said of it, in order. Also incidents considered and not notified, each a stream of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, assert_never

from contracts.calendars import CURRENT_CALENDAR
from contracts.clocks import london_date, policy_on
from contracts.envelope import Decision, Event, Origin, Refused
from contracts.intake import (
    IncidentConsidered,
    IncidentReclassified,
    Notification,
    NotificationAmended,
    NotificationCorrected,
    NotificationReceived,
    NotificationWithdrawn,
)
from contracts.personal import Personal
from services.intake.domain.rules import Circumstances, flags, refusals


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """Nothing was said yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A notified case as it stands."""

    reference: str
    council: str
    received_at: datetime
    received_on: date
    said: Notification
    incident_type: str
    origin: Origin
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """An incident that was considered and not notified."""


State = Nothing | Case | Considered

CHANGES: Final = ("Amend", "Correct", "Reclassify", "Withdraw")
"""What a case that stands allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive:
    """Notify. `received_at` is given by a registrar only; otherwise it is now."""

    reference: str
    council: str
    said: Notification
    origin: Origin
    received_at: datetime | None = None
    register_row: Mapping[str, str] | None = None
    same_person_lately: bool = False
    same_day_already: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Amend (new facts) or correct (an error): some fields and the reason."""

    correction: bool
    values: Mapping[str, Any]
    reason: str
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Take the notification back, as of a day."""

    reason: str
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reclassify:
    """Another statistical category, as of a day."""

    incident_type: str
    basis: str
    on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consider:
    """Record that an incident was weighed and not notified."""

    fact: IncidentConsidered


Command = Receive | Change | Withdraw | Reclassify | Consider


def evolve(state: State, event: Event) -> State:
    """The state after one more fact."""
    match event:
        case NotificationReceived():
            return Case(
                reference=event.reference,
                council=event.council,
                received_at=event.received_at,
                received_on=event.received_on,
                said=event.notification,
                incident_type=event.notification.incident_type,
                origin=Origin.IMPORT if event.register_row is not None else Origin.LIVE,
            )
        case NotificationAmended() | NotificationCorrected() if isinstance(state, Case):
            corrected = "incident_type" in event.changed
            return replace(state, said=event.after, incident_type=event.after.incident_type if corrected else state.incident_type)
        case IncidentReclassified() if isinstance(state, Case):
            return replace(state, incident_type=event.after)
        case NotificationWithdrawn() if isinstance(state, Case):
            return replace(state, withdrawn=True)
        case IncidentConsidered():
            return Considered()
        case _:
            msg = f"{event.type} cannot follow here"
            raise AssertionError(msg)


def permitted(state: State, action: str) -> Refused | None:
    """Whether the case allows an action at all."""
    match state:
        case Case(withdrawn=False):
            return None
        case Case():
            return Refused(status=409, code="transition_not_allowed", detail="The notification was withdrawn.", allowed=())
        case Nothing() | Considered():
            allowed = ("Receive",) if action != "Receive" else ()
            return None if action in {"Receive", "Consider"} else Refused(status=409, code="not_notified", detail="No such case.", allowed=allowed)
        case _:
            assert_never(state)


def decide(state: State, command: Command, at: datetime) -> Decision:
    """What follows from a command at an instant, or why not."""
    match command:
        case Receive():
            return _receive(command, at) if isinstance(state, Nothing) else []
        case Consider(fact=fact):
            return [fact] if isinstance(state, Nothing) else []
        case Change() | Withdraw() | Reclassify():
            action = "Correct" if isinstance(command, Change) else type(command).__name__
            if (refusal := permitted(state, action)) is not None or not isinstance(state, Case):
                return refusal or []
            return _on_a_case(state, command, at)
        case _:
            assert_never(command)


def _on_a_case(case: Case, command: Change | Withdraw | Reclassify, at: datetime) -> Decision:
    match command:
        case Change():
            return _change(case, command, at)
        case Withdraw(reason=reason, on=on):
            refusal = _dated(case, on, at)
            return refusal or [NotificationWithdrawn(on=on or london_date(at), reason=Personal(reason))]
        case Reclassify(incident_type=kind) if kind == case.incident_type:
            return []
        case Reclassify(incident_type=kind, basis=basis, on=on):
            refusal = _dated(case, on, at)
            return refusal or [IncidentReclassified(on=on or london_date(at), before=case.incident_type, after=kind, basis=Personal(basis))]
        case _:
            assert_never(command)


def _receive(command: Receive, at: datetime) -> Decision:
    received_at = command.received_at or at
    received_on = london_date(received_at)
    around = Circumstances(
        received_on=received_on,
        today=london_date(at),
        origin=command.origin,
        same_person_lately=command.same_person_lately,
        same_day_already=command.same_day_already,
    )
    if faults := refusals(command.said, around):
        return Refused(code="refused", detail="The notification breaks a rule.", faults=tuple(faults))
    return [
        NotificationReceived(
            reference=command.reference,
            council=command.council,
            received_at=received_at,
            received_on=received_on,
            policy=policy_on(received_on).version,
            calendar=CURRENT_CALENDAR,
            notification=command.said,
            flags=flags(command.said, around),
            register_row=dict(command.register_row) if command.register_row is not None else None,
        )
    ]


def _change(case: Case, command: Change, at: datetime) -> Decision:
    after = case.said.model_copy(update=dict(command.values))
    changed = tuple(sorted(name for name in command.values if getattr(after, name) != getattr(case.said, name)))
    if not changed:
        return []
    around = Circumstances(received_on=case.received_on, today=london_date(at), origin=Origin.IMPORT)
    if faults := refusals(after, around, at="#/changes"):
        return Refused(code="refused", detail="The notification would break a rule.", faults=tuple(faults))
    kind = NotificationCorrected if command.correction else NotificationAmended
    return [
        kind(
            changed=changed,
            before=case.said,
            after=after,
            reason=Personal(command.reason),
            policy=policy_on(case.received_on).version,
            calendar=CURRENT_CALENDAR,
            flags=flags(after, replace(around, origin=case.origin)),
        )
    ]


def _dated(case: Case, on: date | None, at: datetime) -> Refused | None:
    if on is not None and not case.received_on <= on <= london_date(at):
        return Refused(code="refused", detail="The day lies before the notification or in the future.", faults=())
    return None
