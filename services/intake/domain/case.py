"""One case as a council tells it: what has happened to it, what may be asked, and what then happens.

An incident that was considered and not notified has a stream of its own, with one event.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final, assert_never

from contracts.calendars import CURRENT_CALENDAR, calendar
from contracts.clocks import london_date, policy, policy_on
from contracts.envelope import Decision, Event, Fault, Refused
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
from services.intake.domain import rules
from services.intake.domain.rules import Receipt, Said

# What a stream has come to


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """Nothing was said yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notified:
    """The Care Inspectorate knows of it."""

    reference: str
    council: str
    received_at: datetime
    received_on: date
    policy: str
    calendar: str
    notification: Notification
    flags: tuple[Flag, ...]
    live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(Notified):
    """Taken back by the council; still counted as received."""

    withdrawn_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """Weighed, and not notified."""

    council: str


State = Nothing | Notified | Withdrawn | Considered
NOTHING: Final = Nothing()

# What may be asked


@dataclass(frozen=True, slots=True, kw_only=True)
class Receive:
    """Take a notification in. `references` holds one for each year in which it may be received."""

    council: str
    notification: Notification
    references: Mapping[int, str]
    live: bool = True
    notified_on: Said = None
    alike: tuple[Flag, ...] = ()
    register_row: dict[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Amend:
    """New facts."""

    changes: Mapping[str, Any] = field(repr=False)
    reason: str = field(repr=False)
    occurred_at: Said = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correct:
    """An error put right."""

    changes: Mapping[str, Any] = field(repr=False)
    reason: str = field(repr=False)
    occurred_at: Said = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Take it back."""

    reason: str = field(repr=False)
    occurred_at: Said = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reclassify:
    """Another statistical category, and on what basis."""

    incident_type: str
    basis: str = field(repr=False)
    occurred_at: Said = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consider:
    """Record an incident that was weighed and not notified."""

    council: str
    reason: str = field(repr=False)
    considered_on: date | None = None
    occurred_on: date | None = None
    criteria: tuple[str, ...] = ()
    incident_type: str | None = None
    decided_by: str | None = None


Command = Receive | Amend | Correct | Withdraw | Reclassify | Consider

ALLOWED: Final[Mapping[type, tuple[str, ...]]] = {
    Nothing: ("Receive", "Consider"),
    Notified: ("Amend", "Correct", "Withdraw", "Reclassify"),
    Withdrawn: ("Correct",),
    Considered: (),
}
"""The state machine: which commands each state allows."""


def permitted(state: State, action: str) -> Refused | None:
    """Whether the state allows the command at all; if not, which ones it does."""
    allowed = ALLOWED[type(state)]
    if action in allowed:
        return None
    return Refused(status=409, code="transition_not_allowed", detail="The case's state does not allow this.", allowed=allowed)


# History to state


def evolve(state: State, event: Event) -> State:
    """The state after one more event."""
    match state, event:
        case _, NotificationReceived() as it:
            return _notified(it)
        case _, IncidentConsidered(council=council):
            return Considered(council=council)
        case Notified(), NotificationAmended() | NotificationCorrected():
            return replace(state, notification=event.after, flags=event.flags)
        case Notified(), IncidentReclassified(after=after):
            return replace(state, notification=state.notification.model_copy(update={"incident_type": after}))
        case Notified(), NotificationWithdrawn(on=on):
            return Withdrawn(**{name: getattr(state, name) for name in Notified.__slots__}, withdrawn_on=on)
        case _:
            raise AssertionError


def _notified(it: NotificationReceived) -> Notified:
    return Notified(
        reference=it.reference,
        council=it.council,
        received_at=it.received_at,
        received_on=it.received_on,
        policy=it.policy,
        calendar=it.calendar,
        notification=it.notification,
        flags=it.flags,
        live=it.live,
    )


# State and command to what happens


def decide(state: State, command: Command, at: datetime) -> Decision:
    """What happens when `command` is asked in `state` at the instant `at`."""
    if (refusal := permitted(state, type(command).__name__)) is not None:
        return refusal
    match state, command:
        case Nothing(), Receive():
            return _receive(command, at)
        case Nothing(), Consider():
            return _consider(command, at)
        case Notified(), Amend():
            return _change(NotificationAmended, state, command, at)
        case Notified(), Correct():
            return _change(NotificationCorrected, state, command, at)
        case Notified(), Withdraw():
            return _after_receipt(state, command, at, lambda on: [NotificationWithdrawn(on=on, reason=Personal(command.reason))])
        case Notified(), Reclassify():
            return _after_receipt(state, command, at, lambda on: _reclassify(state, command, on))
        case _:
            raise AssertionError


def _receive(command: Receive, at: datetime) -> Decision:
    if faults := rules.future(command.notified_on, at, "#/notified_on"):
        return _refused(tuple(faults))
    received_on = rules.day(command.notified_on, at)
    edition = policy_on(received_on)
    receipt = Receipt(on=received_on, today=london_date(at), policy=edition, calendar=calendar(CURRENT_CALENDAR), live=command.live)
    if found := rules.faults(command.notification, receipt):
        return _refused(found)
    if (reference := command.references.get(received_on.year)) is None:
        return Refused(status=503, code="unavailable", detail="The year has changed meanwhile; try again.")
    return [
        NotificationReceived(
            reference=reference,
            council=command.council,
            received_at=rules.instant(command.notified_on, at),
            received_on=received_on,
            policy=edition.version,
            calendar=CURRENT_CALENDAR,
            notification=command.notification,
            flags=(*rules.flags(command.notification, receipt), *command.alike),
            register_row=command.register_row,
        )
    ]
