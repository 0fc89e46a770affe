"""What is known of a case so far, as far as its clocks need it.

Order counts inside a stream only: each stream writes fields of its own, so that streams may interleave in any way.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from contracts.envelope import Envelope, Event, Origin
from contracts.feedback import CaseTriaged
from contracts.intake import Notification, NotificationAmended, NotificationCorrected, NotificationReceived, NotificationWithdrawn
from contracts.notification import CopyRecorded, GovernmentNotified

HEARD: Final[tuple[type[Event], ...]] = (
    NotificationReceived,
    NotificationAmended,
    NotificationCorrected,
    NotificationWithdrawn,
    CaseTriaged,
    GovernmentNotified,
    CopyRecorded,
)
"""The events that facts are learnt from."""


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
class Triage:
    """The inspectorate's latest view of the case."""

    outcome: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything that clocks follow from. `occurred` and `aware` are None where no day can be counted from."""

    council: str | None = None
    received: Anchor | None = None
    receipt: Stop | None = None
    occurred: Anchor | None = None
    aware: Anchor | None = None
    withdrawn_on: date | None = None
    triage: Triage | None = None
    informed: tuple[Stop, ...] = ()


def learn(facts: Facts, envelope: Envelope, event: Event) -> Facts:
    """What is known after one more event of a case."""
    match event:
        case NotificationReceived():
            day = event.received_on
            received = Anchor(day=day, policy=event.policy, calendar=event.calendar)
            receipt = Stop(on=day, origin=envelope.origin)
            known = replace(facts, council=event.council, received=received, receipt=receipt)
            return _dated(known, event.notification, event)
        case NotificationAmended() | NotificationCorrected():
            return _dated(facts, event.after, event)
        case NotificationWithdrawn():
            return replace(facts, withdrawn_on=event.on)
        case CaseTriaged():
            return replace(facts, triage=Triage(outcome=event.outcome, on=event.on))
        case GovernmentNotified() | CopyRecorded():
            return replace(facts, informed=(*facts.informed, Stop(on=event.informed_on, origin=envelope.origin)))
        case _:
            return facts


def _dated(facts: Facts, said: Notification, by: NotificationReceived | NotificationAmended | NotificationCorrected) -> Facts:
    occurred = said.occurred_on if said.occurred_on_precision == "day" else None
    return replace(facts, occurred=_anchor(facts.occurred, occurred, by), aware=_anchor(facts.aware, said.became_aware_on, by))


def _anchor(
    before: Anchor | None, day: date | None, by: NotificationReceived | NotificationAmended | NotificationCorrected
) -> Anchor | None:
    """A day that was not touched keeps the versions that it was counted by."""
    if day is None or (before is not None and before.day == day):
        return before if day else None
    return Anchor(day=day, policy=by.policy, calendar=by.calendar)
