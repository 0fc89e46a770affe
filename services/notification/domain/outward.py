"""What each outward event says of what a council said: codes, dates and field names, nothing of a person."""

from dataclasses import dataclass
from datetime import date

from contracts.calendars import Calendar, OutsideCalendar, calendar
from contracts.clocks import Clock, Policy, due_on, policy, working_days_taken
from contracts.codes import IncidentType, OrderType, Precision
from contracts.councils import council_named
from contracts.envelope import Event
from contracts.government import Data, NotificationAmended, NotificationCopied, NotificationWithdrawn
from contracts.government.cloudevent import NotifyingCouncil
from contracts.intake import Notification, NotificationCorrected, NotificationReceived
from contracts.intake import NotificationAmended as Amended
from contracts.intake import NotificationWithdrawn as Withdrawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What every outward event names it by: the council that notified; `council` is the one that may see it now."""

    reference: str
    council: str
    notified_by: str


def outward(case: Case, event: Event) -> Data:
    """The outward event of what intake said of a case."""
    council = _council(case.notified_by)
    match event:
        case NotificationReceived():
            return _copied(council, event)
        case Amended(changed=changed):
            return NotificationAmended(reference=case.reference, council=council, reason_code="amendment", changed=changed)
        case NotificationCorrected(changed=changed):
            return NotificationAmended(reference=case.reference, council=council, reason_code="correction", changed=changed)
        case Withdrawn(on=day):
            return NotificationWithdrawn(reference=case.reference, council=council, withdrawn_on=day)
        case _:
            msg = f"{type(event).__name__} is not for Government"
            raise TypeError(msg)


def _council(code: str) -> NotifyingCouncil:
    council = council_named(code)
    if council is None:
        msg = "a council that is not one of the 32"
        raise ValueError(msg)
    return NotifyingCouncil.of(council)


def _copied(council: NotifyingCouncil, event: NotificationReceived) -> NotificationCopied:
    rules, days, said = policy(event.policy), calendar(event.calendar), event.notification
    taken, in_time = _timeliness(said, event.received_on, rules, days)
    return NotificationCopied(
        reference=event.reference,
        council=council,
        received_on=event.received_on,
        copy_due_on=_due(Clock.GOVERNMENT_COPY, event.received_on, rules, days),
        calendar=event.calendar,
        incident_type=IncidentType(said.incident_type),
        orders=tuple(OrderType(order.type) for order in said.orders),
        occurred_on=said.occurred_on,
        occurred_on_precision=Precision(said.occurred_on_precision),
        working_days_taken=taken,
        on_time=in_time,
        mappa=said.mappa is not None,
        retrospective=said.retrospective,
    )


def _timeliness(said: Notification, received_on: date, rules: Policy, days: Calendar) -> tuple[int | None, bool | None]:
    """Working days taken, and whether that was in time; nothing for an incident whose day is not known."""
    if said.occurred_on is None or said.occurred_on_precision != Precision.DAY:
        return None, None
    due = _due(Clock.NOTIFY, said.occurred_on, rules, days)
    if due is None:
        return None, None
    return working_days_taken(said.occurred_on, received_on, days), received_on <= due


def _due(clock: Clock, day_zero: date, rules: Policy, days: Calendar) -> date | None:
    try:
        return due_on(clock, day_zero, rules, days)
    except OutsideCalendar:
        return None
