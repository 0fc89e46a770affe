"""What notification says: that Government was told, when, and what it answered."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from contracts.envelope import Event


class GovernmentNotified(Event):
    """The copy stands in Government's feed under `sequence`; the same transaction wrote both."""

    type: ClassVar[str] = "sir.notification.government-notified"

    informed_on: date
    sequence: int
    outward_id: UUID


class GovernmentTold(Event):
    """A later fact about a notified case stands in the feed: an amendment, a correction or a withdrawal."""

    type: ClassVar[str] = "sir.notification.government-told"

    told: str
    sequence: int
    outward_id: UUID


class CopyRecorded(Event):
    """A copy that was sent before this system existed; nothing is sent because of it."""

    type: ClassVar[str] = "sir.notification.copy-recorded"

    informed_on: date


class GovernmentAcknowledged(Event):
    """Government confirmed that it has one outward event."""

    type: ClassVar[str] = "sir.notification.government-acknowledged"

    outward_id: UUID
    acknowledged_at: datetime
