"""One case: what its council has said of it, in order. Also incidents considered and not notified, each a stream of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, assert_never

from contracts.calendars import CURRENT_CALENDAR
from contracts.clocks import london_date, policy_on
from contracts.envelope import Decision, Event, Fault, Origin, Refused
from contracts.intake import (
    Flag,
    IncidentConsidered,
    IncidentReclassified,
    Notification,
    NotificationAmended,
    NotificationCorrected,
    NotificationReceived,
    NotificationWithdrawn,
)
from contracts.personal import Personal
from services.intake.domain.rules import Circumstances, changed_in, flags, refusals


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
    policy: str
    calendar: str
    flags: tuple[Flag, ...] = ()
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """An incident that was considered and not notified."""


State = Nothing | Case | Considered

PATHS: Final[Mapping[str, str]] = {
    "Amend": "amendments",
    "Correct": "corrections",
    "Reclassify": "reclassifications",
    "Withdraw": "withdrawal",
}
"""What may be asked of a case, and where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive:
    """Notify. `received_at` is given by a registrar only; otherwise it is now.

    Before it is judged it is told its reference (none if it is only tried), and whether it looks like another.
    """

    council: str
    said: Notification
    origin: Origin
    received_at: datetime | None = None
    register_row: Mapping[str, str] | None = None
    reference: str = ""
    same_person_lately: bool = False
    same_day_already: bool = False

    def received(self, at: datetime) -> datetime:
        """When it is received, if it is judged at an instant."""
        return self.received_at or at


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Amend (new facts) or correct (an error): some fields and the reason."""

    correction: bool
    values: Mapping[str, Any]
    reason: str
    origin: Origin
    on: date | None = None


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
    """Record that an incident was weighed and not notified; on `on`, or today."""

    council: str
    reason: str
    on: date | None = None
    occurred_on: date | None = None
    criteria: tuple[str, ...] = ()
    incident_type: str | None = None
    decided_by: str | None = None


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
                policy=event.policy,
                calendar=event.calendar,
                flags=event.flags,
            )
        case NotificationAmended() | NotificationCorrected() if isinstance(state, Case):
            corrected = "incident_type" in event.changed
            return replace(
                state,
                said=event.after,
                incident_type=event.after.incident_type if corrected else state.incident_type,
                flags=event.flags,
            )
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
    """Whether the case allows an action at all; if not, which ones it does."""
    match state:
        case Nothing():
            allowed: tuple[str, ...] = ("Receive", "Consider")
        case Case(withdrawn=False):
            allowed = tuple(PATHS)
        case Case():
            allowed = ("Correct",)
        case Considered():
            allowed = ()
        case _:
            assert_never(state)
    if action in allowed:
        return None
    ways = tuple(PATHS[each] for each in allowed if each in PATHS)
    return Refused(status=409, code="transition_not_allowed", detail="The case is not in a state that allows this.", allowed=ways)


def decide(state: State, command: Command, at: datetime) -> Decision:
    """What follows from a command at an instant, or why not."""
    if (refusal := permitted(state, action_of(command))) is not None:
        return refusal
    match command:
        case Receive():
            return _receive(command, at)
        case Consider():
            return _consider(command, at)
        case Change() | Withdraw() | Reclassify() if isinstance(state, Case):
            return _on_a_case(state, command, at)
        case _:
            msg = "permitted lets no other through"
            raise AssertionError(msg)


def action_of(command: Command) -> str:
    """The name under which `permitted` knows a command."""
    match command:
        case Change(correction=correction):
            return "Correct" if correction else "Amend"
        case _:
            return type(command).__name__


def _on_a_case(case: Case, command: Change | Withdraw | Reclassify, at: datetime) -> Decision:
    if faults := _dated(case, command.on, at):
        return Refused(code="refused", detail="The day cannot be right.", faults=faults)
    match command:
        case Change():
            return _change(case, command, at)
        case Withdraw(reason=reason, on=on):
            return [NotificationWithdrawn(on=on or london_date(at), reason=Personal(reason))]
        case Reclassify(incident_type=kind) if kind == case.incident_type:
            return []
        case Reclassify(incident_type=kind, basis=basis, on=on):
            return [IncidentReclassified(on=on or london_date(at), before=case.incident_type, after=kind, basis=Personal(basis))]
        case _:
            assert_never(command)


def _receive(command: Receive, at: datetime) -> Decision:
    received_at = command.received(at)
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


def _consider(command: Consider, at: datetime) -> Decision:
    dated = {"#/considered_on": command.on, "#/occurred_on": command.occurred_on}
    if faults := tuple(_misdated(pointer) for pointer, day in dated.items() if day is not None and day > london_date(at)):
        return Refused(code="refused", detail="A day cannot be right.", faults=faults)
    return [
        IncidentConsidered(
            council=command.council,
            considered_on=command.on or london_date(at),
            occurred_on=command.occurred_on,
            criteria=command.criteria,
            incident_type=command.incident_type,
            decided_by=command.decided_by,
            reason=Personal(command.reason),
        )
    ]


LATENESS: Final = frozenset({"occurred_on", "occurred_on_precision", "late_reason"})
"""A change of these is held to R-08 again; a case that was imported without a reason may be changed otherwise."""

ALIKE: Final = frozenset({"R-13", "R-14"})
"""Flags that came from comparing with other cases, which a change does not do again."""


def _change(case: Case, command: Change, at: datetime) -> Decision:
    after = case.said.model_copy(update=dict(command.values))
    changed = tuple(sorted(name for name in command.values if getattr(after, name) != getattr(case.said, name)))
    if not changed:
        return []
    around = Circumstances(received_on=case.received_on, today=london_date(at), origin=command.origin)
    judged = around if LATENESS & set(changed) else replace(around, origin=Origin.IMPORT)
    if faults := changed_in(refusals(after, judged), changed):
        return Refused(code="refused", detail="The notification would break a rule.", faults=faults)
    kind = NotificationCorrected if command.correction else NotificationAmended
    return [
        kind(
            changed=changed,
            before=case.said,
            after=after,
            reason=Personal(command.reason),
            policy=case.policy,
            calendar=case.calendar,
            flags=(*flags(after, replace(around, origin=case.origin)), *(flag for flag in case.flags if flag.rule in ALIKE)),
        )
    ]


def _dated(case: Case, on: date | None, at: datetime) -> tuple[Fault, ...]:
    if on is None or case.received_on <= on <= london_date(at):
        return ()
    if on > london_date(at):
        return (_misdated("#/occurred_at"),)
    return (Fault(pointer="#/occurred_at", code="before_notified", detail="This is before the notification.", rule="R-05"),)


def _misdated(pointer: str) -> Fault:
    return Fault(pointer=pointer, code="in_the_future", detail="This is in the future.", rule="R-05")
