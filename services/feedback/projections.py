"""What was heard or said of a case, as changes of the tables behind the queue."""

from collections.abc import Sequence
from typing import Any, Final

from contracts import intake
from contracts.envelope import Envelope, Event
from contracts.feedback import CaseTriaged
from services.chassis.decider import Record
from services.chassis.hearing import Heard
from services.chassis.postgres import Change

_RECEIVED: Final = """
    insert into known_case (subject, council, reference, received_at, received_on, origin, incident_type, criteria, orders, mappa,
                            flags, withdrawn)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, false)
    on conflict (subject) do nothing
"""
_CHANGED: Final = (
    "update known_case set incident_type = $2, criteria = $3, orders = $4, mappa = $5, flags = $6 where subject = $1"
)
_RECLASSIFIED: Final = "update known_case set incident_type = $2 where subject = $1"
_WITHDRAWN: Final = "update known_case set withdrawn = true where subject = $1"
_TRIAGED: Final = """
    insert into triaged as t (subject, council, outcome, day, duplicate_of) values ($1, $2, $3, $4, $5)
    on conflict (subject) do update set outcome = excluded.outcome, day = excluded.day, duplicate_of = excluded.duplicate_of
"""

HEARD: Final = {
    (event.type, event.version): event
    for event in (
        intake.NotificationReceived,
        intake.NotificationAmended,
        intake.NotificationCorrected,
        intake.NotificationWithdrawn,
        intake.IncidentReclassified,
    )
}


def heard_changes(heard: Sequence[Heard]) -> list[Change]:
    """What follows from what was heard, in order."""
    return [change for each in heard for change in _change(each.envelope, each.event)]


def own_changes(records: Sequence[Record]) -> list[Change]:
    """What follows from what this service said, in order."""
    return [
        (_TRIAGED, (record.envelope.subject, record.envelope.council, said.outcome, said.on, said.duplicate_of))
        for record in records
        if isinstance(said := record.event, CaseTriaged)
    ]


def _change(envelope: Envelope, event: Event) -> Sequence[Change]:
    subject = envelope.subject
    match event:
        case intake.NotificationReceived(notification=said, flags=flags):
            case = (subject, event.council, event.reference, event.received_at, event.received_on, envelope.origin)
            return [(_RECEIVED, (*case, *_shown(said, flags)))]
        case intake.NotificationAmended(after=said, flags=flags) | intake.NotificationCorrected(after=said, flags=flags):
            return [(_CHANGED, (subject, *_shown(said, flags)))]
        case intake.IncidentReclassified(after=incident_type):
            return [(_RECLASSIFIED, (subject, incident_type))]
        case intake.NotificationWithdrawn():
            return [(_WITHDRAWN, (subject,))]
        case _:
            return []


def _shown(said: intake.Notification, flags: Sequence[intake.Flag]) -> tuple[Any, ...]:
    """What the administrator sees at a glance: codes only."""
    orders = [order.type for order in said.orders]
    return said.incident_type, list(said.criteria), orders, said.mappa is not None, [flag.rule for flag in flags]
