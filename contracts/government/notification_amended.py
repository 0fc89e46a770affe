"""A notified case was amended (new facts) or corrected (an error put right)."""

from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from contracts.government.cloudevent import Data, NotifyingCouncil, Reference

FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_./]*$", max_length=64)]


class NotificationAmended(Data):
    """Which fields changed, by name. What they say now is not told here."""

    name: ClassVar[str] = "notification-amended"

    reference: Reference
    council: NotifyingCouncil
    reason_code: Literal["amendment", "correction"]
    changed: tuple[FieldName, ...]
