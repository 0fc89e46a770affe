"""A council took a notification back."""

from datetime import date
from typing import ClassVar, Literal

from contracts.government.cloudevent import Data, NotifyingCouncil, Reference


class NotificationWithdrawn(Data):
    """It stays counted as received."""

    name: ClassVar[str] = "notification-withdrawn"

    reference: Reference
    council: NotifyingCouncil
    reason_code: Literal["withdrawn"] = "withdrawn"
    withdrawn_on: date
