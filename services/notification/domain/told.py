"""What Government knows of a case: each outward event stands at a place of the feed and is confirmed at most once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import assert_never
from uuid import UUID

from contracts.clocks import london_date
from contracts.envelope import Decision, Event, Fault, Refused
from contracts.notification import CopyRecorded, GovernmentAcknowledged, GovernmentNotified, GovernmentTold


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place in the feed: its number, and the id of the outward event that stands there."""

    sequence: int
    outward_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """Tell Government that a council notified the case."""

    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class TellChange:
    """Tell Government what became of a case that it knows; `told` is the outward event's name."""

    told: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCopy:
    """A copy was sent on `informed_on`, before this system existed; the case had been received on `received_on`."""

    informed_on: date
    received_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """Government has this outward event."""

    outward_id: UUID


Command = Tell | TellChange | RecordCopy | Acknowledge


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The outward events of a case, the receipts for them, and the days on which Government was informed of it."""

    notified: bool = False
    outward: frozenset[UUID] = frozenset()
    informed_on: tuple[date, ...] = ()
    acknowledged: Mapping[UUID, datetime] = field(default_factory=dict)

    @property
    def status(self) -> str:
        """In one word."""
        if self.notified:
            return "acknowledged" if self.acknowledged else "notified"
        return "copy_recorded" if self.informed_on else "not_notified"


def evolve(told: Told, event: Event) -> Told:
    """The state after one more event."""
    match event:
        case GovernmentNotified(informed_on=day, outward_id=outward_id):
            return replace(told, notified=True, outward=told.outward | {outward_id}, informed_on=(*told.informed_on, day))
        case GovernmentTold(outward_id=outward_id):
            return replace(told, outward=told.outward | {outward_id})
        case CopyRecorded(informed_on=day):
            return replace(told, informed_on=(*told.informed_on, day))
        case GovernmentAcknowledged(outward_id=outward_id, acknowledged_at=at):
            return replace(told, acknowledged={**told.acknowledged, outward_id: at})
        case _:
            msg = f"{type(event).__name__} is not ours"
            raise TypeError(msg)


def decide(told: Told, command: Command, at: datetime) -> Decision:
    """What follows from a command at the instant `at`."""
    match command:
        case Tell(place=place):
            notified = GovernmentNotified(informed_on=london_date(at), sequence=place.sequence, outward_id=place.outward_id)
            return [] if told.notified else [notified]
        case TellChange(told=name, place=place):
            # Of what Government was never told, there is no change to tell.
            known, repeated = bool(told.informed_on), place.outward_id in told.outward
            return (
                [GovernmentTold(told=name, sequence=place.sequence, outward_id=place.outward_id)]
                if known and not repeated
                else []
            )
        case RecordCopy(informed_on=day, received_on=received_on):
            return _record_copy(told, day, received_on, london_date(at))
        case Acknowledge(outward_id=outward_id):
            return _acknowledge(told, outward_id, at)
        case _:
            assert_never(command)


def _record_copy(told: Told, day: date, received_on: date, today: date) -> Decision:
    if day < received_on:
        return _refused("before_receipt", "Government cannot have been informed before the case was received.")
    if day > today:
        return _refused("in_the_future", "This day has not come yet.")
    return [] if day in told.informed_on else [CopyRecorded(informed_on=day)]


def _acknowledge(told: Told, outward_id: UUID, at: datetime) -> Decision:
    if outward_id not in told.outward:
        return Refused(code="not_told", detail="This event is not one of the case.")
    return [] if outward_id in told.acknowledged else [GovernmentAcknowledged(outward_id=outward_id, acknowledged_at=at)]


def _refused(code: str, detail: str) -> Refused:
    fault = Fault(pointer="#/informed_on", code=code, detail=detail, rule="R-05")
    return Refused(code="invalid", detail="The dates are out of order.", faults=(fault,))
