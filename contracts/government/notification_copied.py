"""A council notified an incident: the copy that is due to Government in two working days."""

from datetime import date
from typing import ClassVar

from contracts.codes import IncidentType, OrderType, Precision
from contracts.government.cloudevent import Data, NotifyingCouncil, Reference, Version


class NotificationCopied(Data):
    """What was notified, by its codes. The copy itself is behind `dataref`, for who may read it."""

    name: ClassVar[str] = "notification-copied"

    reference: Reference
    council: NotifyingCouncil
    received_on: date
    copy_due_on: date | None
    """The last day in time for the copy; null where the calendar does not reach."""
    calendar: Version
    incident_type: IncidentType
    orders: tuple[OrderType, ...]
    occurred_on: date | None
    """The incident's day; the earliest that it can have been where the precision is coarser."""
    occurred_on_precision: Precision
    working_days_taken: int | None
    """Working days from the incident to the receipt; null where it cannot be measured."""
    on_time: bool | None
    """Whether the council notified in time; null where it cannot be measured."""
    mappa: bool
    retrospective: bool
