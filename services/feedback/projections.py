"""What was heard or said of a case, as changes of the tables behind the queue; `standings.py` works out where it stands."""

import json
from collections.abc import Sequence
from typing import Any, Final

from contracts import deadlines, intake
from contracts.envelope import Envelope, Event, Origin
from contracts.feedback import CaseTriaged, ConflictDeclared
from services.chassis.decider import Record
from services.chassis.hearing import Heard
from services.chassis.postgres import Change
from services.feedback.domain import known

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
_TRANSFERRED: Final = "update known_case set council = $2 where subject = $1"
_LIVE: Final = "update known_case set origin = 'live' where subject = $1 and origin <> 'live'"
"""What a register brought in waits among the live cases once its council says something of it itself."""
_TELLING: Final = "insert into telling (subject, event, fields) values ($1, $2, $3) on conflict (subject, event) do nothing"
_OWED: Final = """
    insert into clock (subject, clock, instance, due_on, owed) values ($1, $2, $3, $4, true)
    on conflict (subject, clock, instance) do update set due_on = excluded.due_on, owed = true
"""
_NOT_OWED: Final = "update clock set owed = false where subject = $1 and clock = $2 and instance = $3"
_TABLES: Final = {_TELLING: "telling", _OWED: "clock", _NOT_OWED: "clock"}
_TRIAGED: Final = """
    insert into triaged as t (subject, council, outcome, day, duplicate_of) values ($1, $2, $3, $4, $5)
    on conflict (subject) do update set outcome = excluded.outcome, day = excluded.day, duplicate_of = excluded.duplicate_of
"""
_CONFLICT: Final = """
    insert into conflict (inspector, council, day, until) values ($1, $2, $3, $4)
    on conflict (inspector, council) do update set day = excluded.day, until = excluded.until
"""
_CLOCKS: Final[tuple[type[Event], ...]] = (
    deadlines.ClockStarted,
    deadlines.ClockRestarted,
    deadlines.ClockRecalculated,
    deadlines.ClockHeld,
    deadlines.ClockSatisfied,
    deadlines.ClockCorrected,
    deadlines.ClockCancelled,
)

_HEARD: Final[tuple[type[Event], ...]] = (*known.HEARD, intake.IncidentReclassified, *_CLOCKS)
HEARD: Final = {(event.type, event.version): event for event in _HEARD}


def heard_changes(heard: Sequence[Heard]) -> list[Change]:
    """What follows from what was heard, in order within each table; each table by itself, so that neighbours go together."""
    changes = [
        change
        for each in heard
        for change in (*_change(each.envelope, each.event), *_live(each.envelope), *_telling(each.envelope, each.event))
    ]
    return sorted(changes, key=lambda change: _TABLES.get(change[0], "known_case"))


def own_changes(records: Sequence[Record]) -> list[Change]:
    """What follows from what this service said, in order."""
    return [change for record in records for change in _own(record.envelope, record.event)]


def _own(envelope: Envelope, event: Event) -> Sequence[Change]:
    match event:
        case CaseTriaged():
            return [(_TRIAGED, (envelope.subject, envelope.council, event.outcome, event.on, event.duplicate_of))]
        case ConflictDeclared():
            return [(_CONFLICT, (event.inspector, event.council, event.on, event.until))]
        case _:
            return []


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
        case intake.TransferAccepted(to_council=council):
            return [(_TRANSFERRED, (subject, council))]
        case _:
            return _clock(subject, event)


def _live(envelope: Envelope) -> Sequence[Change]:
    if envelope.source != "intake" or envelope.origin is Origin.IMPORT or envelope.streamversion == 1:
        return []
    return [(_LIVE, (envelope.subject,))]


def _clock(subject: str, event: Event) -> Sequence[Change]:
    match event:
        case deadlines.ClockStarted() | deadlines.ClockRestarted() | deadlines.ClockRecalculated():
            return [(_OWED, (subject, event.clock, event.instance, event.due_on))]
        case deadlines.ClockHeld() | deadlines.ClockSatisfied() | deadlines.ClockCorrected() | deadlines.ClockCancelled():
            return [(_NOT_OWED, (subject, event.clock, event.instance))]
        case _:
            return []


def _shown(said: intake.Notification, flags: Sequence[intake.Flag]) -> tuple[Any, ...]:
    """What the administrator sees at a glance: codes only."""
    orders = [order.type for order in said.orders]
    return said.incident_type, list(said.criteria), orders, said.mappa is not None, [flag.rule for flag in flags]


def _telling(envelope: Envelope, event: Event) -> Sequence[Change]:
    """What people of the case could be known by, as sealed as it came."""
    match event:
        case intake.NotificationReceived(notification=said, reference=reference):
            fields = {"reference": reference, **_of_notification(said)}
        case intake.NotificationAmended(after=said) | intake.NotificationCorrected(after=said):
            fields = _of_notification(said)
        case intake.ReviewSubmitted(review=review):
            signed = review.signed_off_by.model_dump(mode="json") if review.signed_off_by else {}
            fields = {"names": [review.reviewer.model_dump(mode="json").get("name"), signed.get("name")]}
        case _:
            return []
    return [(_TELLING, (envelope.subject, envelope.id, json.dumps(fields)))]


def _of_notification(said: intake.Notification) -> dict[str, Any]:
    signed = said.signed_off_by.model_dump(mode="json") if said.signed_off_by else {}
    person = said.person.model_dump(mode="json")
    names = [signed.get("name"), person["council_person_id"], person["year_of_birth"]]
    return {"council_reference": said.council_reference, "initials": person["initials"], "names": names}
