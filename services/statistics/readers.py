"""What the figures read of each event: a few fields, decoded fast. A test holds these against the published language.

Personal fields are not among them: this service keeps them sealed in its ledger, and holds no key.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

import msgspec

from services.chassis.codec import UnknownEventError


class SignedOff(msgspec.Struct, frozen=True, gc=False):
    """By whom, as far as it counts."""

    grade: str | None = None


class Mappa(msgspec.Struct, frozen=True, gc=False):
    """That the case is under MAPPA; of what kind counts for no figure."""


class Notification(msgspec.Struct, frozen=True, gc=False):
    """What figures need of what a council said."""

    incident_type: str
    occurred_on: date | None = None
    occurred_on_precision: str = "day"
    mappa: Mappa | None = None
    signed_off_by: SignedOff | None = None


class Received(msgspec.Struct, frozen=True, gc=False):
    """A notification came in."""

    council: str
    received_on: date
    notification: Notification


class Restated(msgspec.Struct, frozen=True, gc=False):
    """Amended or corrected: the same to a figure."""

    changed: tuple[str, ...]
    after: Notification


class Withdrawn(msgspec.Struct, frozen=True, gc=False):
    """Taken back."""

    on: date


class Reclassified(msgspec.Struct, frozen=True, gc=False):
    """Of another type from a day on."""

    on: date
    after: str


class Triaged(msgspec.Struct, frozen=True, gc=False):
    """Judged in scope, out of scope, or a duplicate."""

    on: date
    outcome: str


class Decided(msgspec.Struct, frozen=True, gc=False):
    """The Strategic Oversight Group decided."""

    on: date
    decision: str


class Checked(msgspec.Struct, frozen=True, gc=False):
    """What the review shows of one item."""

    item: str
    value: str


class Review(msgspec.Struct, frozen=True, gc=False):
    """What figures need of a review."""

    counts_as: str
    checks: tuple[Checked, ...] = ()
    signed_off_by: SignedOff | None = None


class Transferred(msgspec.Struct, frozen=True, gc=False):
    """Another council is responsible now; figures keep the one that notified."""

    on: date
    to_council: str


class Submitted(msgspec.Struct, frozen=True, gc=False):
    """A review came in; the first of a case is the one that counts."""

    number: int
    on: date
    review: Review


class Requested(msgspec.Struct, frozen=True, gc=False):
    """The inspector asked for more."""

    on: date


class Assessed(msgspec.Struct, frozen=True, gc=False):
    """What the inspector judged; None of what was not judged."""

    on: date
    iar_decision: str | None = None
    quality: str | None = None


class Sent(msgspec.Struct, frozen=True, gc=False):
    """A letter went out."""

    on: date


class Reopened(msgspec.Struct, frozen=True, gc=False):
    """What had fallen away until then is owed again."""

    on: date


class Started(msgspec.Struct, frozen=True, gc=False):
    """A duty began; `instance` above 1 when it is a further one of the same clock."""

    clock: str
    due_on: date
    instance: int = 1


class Counted(msgspec.Struct, frozen=True, gc=False):
    """Started again or counted again: another due day, and nothing done by it yet."""

    clock: str
    due_on: date
    instance: int = 1


class Stopped(msgspec.Struct, frozen=True, gc=False):
    """Done on a day, in time or not."""

    clock: str
    on: date
    due_on: date
    days_taken: int | None = None
    instance: int = 1
    imported: bool | None = None


class Cancelled(msgspec.Struct, frozen=True, gc=False):
    """Fallen away."""

    clock: str
    reason: str
    instance: int = 1


OfClock = Started | Counted | Stopped | Cancelled
OfCase = (
    Received
    | Restated
    | Withdrawn
    | Reclassified
    | Triaged
    | Decided
    | Transferred
    | Submitted
    | Requested
    | Assessed
    | Sent
    | Reopened
)
Fact = OfClock | OfCase

READERS: Final[Mapping[tuple[str, int], type[Any]]] = {
    ("sir.intake.notification-received", 1): Received,
    ("sir.intake.notification-amended", 1): Restated,
    ("sir.intake.notification-corrected", 1): Restated,
    ("sir.intake.notification-withdrawn", 1): Withdrawn,
    ("sir.intake.incident-reclassified", 1): Reclassified,
    ("sir.intake.sog-decided", 1): Decided,
    ("sir.intake.transfer-accepted", 1): Transferred,
    ("sir.intake.review-submitted", 1): Submitted,
    ("sir.feedback.case-triaged", 1): Triaged,
    ("sir.feedback.information-requested", 1): Requested,
    ("sir.feedback.review-assessed", 1): Assessed,
    ("sir.feedback.feedback-sent", 1): Sent,
    ("sir.feedback.case-reopened", 1): Reopened,
    ("sir.deadlines.clock-started", 1): Started,
    ("sir.deadlines.clock-restarted", 1): Counted,
    ("sir.deadlines.clock-recalculated", 1): Counted,
    ("sir.deadlines.clock-satisfied", 1): Stopped,
    ("sir.deadlines.clock-corrected", 1): Stopped,
    ("sir.deadlines.clock-cancelled", 1): Cancelled,
}
TYPES: Final = frozenset(kind for kind, _ in READERS)
"""The types that figures are made from. All others are kept and passed by."""


class _Decoders(dict[tuple[str, int], Callable[[bytes], Any]]):
    """By type and version."""

    def __missing__(self, key: tuple[str, int]) -> Any:
        msg = f"{key[0]} version {key[1]}"
        raise UnknownEventError(msg)


DECODERS: Final = _Decoders({kind: msgspec.json.Decoder(reader).decode for kind, reader in READERS.items()})
"""The fact in the bytes of a type and version that figures use.

Raises:
    UnknownEventError: a version that is not known here.
    msgspec.MsgspecError: the bytes are not what the type says.
"""


def read(kind: str, version: int, data: bytes) -> Fact | None:
    """The fact in an event, None in one that figures do not use.

    Raises:
        UnknownEventError, msgspec.MsgspecError: as DECODERS.
    """
    return DECODERS[kind, version](data) if kind in TYPES else None
