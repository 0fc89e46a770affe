"""What was heard of a case, as a change of the cases that this service knows."""

from collections.abc import Sequence

from contracts.intake import NotificationReceived, TransferAccepted
from services.chassis.hearing import Heard
from services.notification.queries import KnownCase


def known_cases(heard: Sequence[Heard]) -> list[KnownCase]:
    """The cases that begin with what was heard."""
    return [
        KnownCase(
            subject=each.envelope.subject,
            council=each.event.council,
            reference=each.event.reference,
            received_at=each.event.received_at,
            received_on=each.event.received_on,
            event_id=each.envelope.id,
            data=each.data,
        )
        for each in heard
        if isinstance(each.event, NotificationReceived)
    ]


def handed_over(heard: Sequence[Heard]) -> dict[str, str]:
    """The council that is responsible now, of each case that was handed over."""
    return {each.envelope.subject: each.event.to_council for each in heard if isinstance(each.event, TransferAccepted)}
