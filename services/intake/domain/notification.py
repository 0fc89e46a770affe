"""The notification itself: received, changed, reclassified, taken back; and the incident that was weighed and not notified."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from contracts.calendars import CURRENT_CALENDAR
from contracts.clocks import london_date, policy_on
from contracts.councils import council_named
from contracts.envelope import Decision, Origin, Refused
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
from services.intake.domain.around import Around
from services.intake.domain.days import day_of, in_the_future, misdated, refused
from services.intake.domain.path import ALLOWED, WITHDRAW
from services.intake.domain.rules import Circumstances, changed_in, flags, refusals
from services.intake.domain.state import Case
from services.intake.domain.status import status
from services.intake.domain.transfer import ended


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
class Consider:
    """Record that an incident was weighed and not notified; on `on`, or today."""

    council: str
    reason: str
    on: date | None = None
    occurred_on: date | None = None
    criteria: tuple[str, ...] = ()
    incident_type: str | None = None
    decided_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Amend (new facts) or correct (an error): some fields and the reason."""

    correction: bool
    values: Mapping[str, Any]
    reason: str
    on: date | None = None
    around: Around


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """Take the notification back, as of a day."""

    reason: str
    on: date | None = None
    around: Around


@dataclass(frozen=True, slots=True, kw_only=True)
class Reclassify:
    """Another statistical category, as of a day."""

    incident_type: str
    basis: str
    on: date | None = None
    around: Around


def receive(command: Receive, at: datetime) -> Decision:
    """A case begins."""
    received_at = command.received(at)
    received_on = london_date(received_at)
    said = _placed(command.said, command.council) if command.origin is Origin.LIVE else command.said
    around = Circumstances(
        received_on=received_on,
        today=london_date(at),
        origin=command.origin,
        same_person_lately=command.same_person_lately,
        same_day_already=command.same_day_already,
    )
    if faults := refusals(said, around):
        return Refused(code="refused", detail="The notification breaks a rule.", faults=tuple(faults))
    return [
        NotificationReceived(
            reference=command.reference,
            council=command.council,
            received_at=received_at,
            received_on=received_on,
            policy=policy_on(received_on).version,
            calendar=CURRENT_CALENDAR,
            notification=said,
            flags=flags(said, around),
            register_row=dict(command.register_row) if command.register_row is not None else None,
        )
    ]


def consider(command: Consider, at: datetime) -> Decision:
    """What was weighed and not notified."""
    dated = {"#/considered_on": command.on, "#/occurred_on": command.occurred_on}
    if faults := tuple(in_the_future(pointer) for pointer, day in dated.items() if day is not None and day > london_date(at)):
        return refused(*faults)
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

NOTICE: Final = "R-09"
"""Answered by a notice of its own."""


def change(case: Case, command: Change, at: datetime) -> Decision:
    """Some fields are others now."""
    if faults := misdated(command.on, at, {"notified": case.received_on}):
        return refused(*faults)
    after = case.said.model_copy(update=dict(command.values))
    after = _placed(after, case.council) if command.around.live else after
    changed = tuple(sorted(name for name in command.values if getattr(after, name) != getattr(case.said, name)))
    if not changed:
        return []
    around = Circumstances(received_on=case.received_on, today=london_date(at), origin=command.around.origin)
    judged = around if LATENESS & set(changed) else replace(around, origin=Origin.IMPORT)
    if faults := changed_in(refusals(after, judged), changed):
        return Refused(code="refused", detail="The notification would break a rule.", faults=faults)
    found = flags(after, replace(around, origin=case.origin))
    kind = NotificationCorrected if command.correction else NotificationAmended
    return [
        kind(
            changed=changed,
            before=case.said,
            after=after,
            reason=Personal(command.reason),
            policy=case.policy,
            calendar=case.calendar,
            flags=(
                *(flag for flag in found if case.notice is None or flag.rule != NOTICE),
                *(flag for flag in case.flags if flag.rule in ALIKE),
            ),
        )
    ]


def withdraw(case: Case, command: Withdraw, at: datetime) -> Decision:
    """The notification is taken back; what was proposed to another council ends with it."""
    if faults := misdated(command.on, at, {"notified": case.received_on}):
        return refused(*faults)
    day, around = day_of(command.on, at), command.around
    if around.live and around.heard.reopened_on is not None and day <= around.heard.reopened_on:
        # A reopening voids what is dated on its day (`status`): this would be said and mean nothing.
        detail = "The case was reopened today: it can be withdrawn from tomorrow on."
        ways = tuple(each for each in ALLOWED[status(case.progress, around.heard)] if each != WITHDRAW)
        return Refused(status=409, code="transition_not_allowed", detail=detail, allowed=ways)
    return [*ended(case, day), NotificationWithdrawn(on=day, reason=Personal(command.reason))]


def reclassify(case: Case, command: Reclassify, at: datetime) -> Decision:
    """Another category, from a day on."""
    if faults := misdated(command.on, at, {"notified": case.received_on}):
        return refused(*faults)
    if command.incident_type == case.incident_type:
        return []
    basis = Personal(command.basis)
    return [IncidentReclassified(on=day_of(command.on, at), before=case.incident_type, after=command.incident_type, basis=basis)]


def _placed(said: Notification, council: str) -> Notification:
    """With the area of MAPPA: the council's own, where none is said (R-09)."""
    named = council_named(council)
    if said.mappa is None or said.mappa.area is not None or named is None:
        return said
    return said.model_copy(update={"mappa": said.mappa.model_copy(update={"area": named.mappa_area})})
