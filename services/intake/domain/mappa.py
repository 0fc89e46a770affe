"""The Strategic Oversight Group: that it was told of the incident, and what it decided (R-09 to R-11)."""

from dataclasses import dataclass
from datetime import date, datetime

from contracts.councils import COUNCILS, council_named
from contracts.envelope import Decision, Fault
from contracts.intake import SogDecided, SogNotified
from services.intake.domain.around import Around
from services.intake.domain.days import day_of, misdated, refused
from services.intake.domain.state import Case

AREAS = frozenset(council.mappa_area for council in COUNCILS)
"""The areas of today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySog:
    """The group was told; of which area, if not the council's own."""

    area: str | None = None
    on: date | None = None
    around: Around


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideSog:
    """What the group decided; a later decision replaces an earlier one."""

    decision: str
    on: date | None = None
    around: Around


def notify_sog(case: Case, command: NotifySog, at: datetime) -> Decision:
    """The notice."""
    if faults := (*misdated(command.on, at, {"occurred": case.said.occurred_on}), *_unknown(command.area)):
        return refused(*faults)
    event = SogNotified(on=day_of(command.on, at), area=command.area or _own_area(case))
    same = case.notice is not None and case.notice.area == event.area and command.on in {None, case.notice.on}
    return [] if same else [event]


def decide_sog(case: Case, command: DecideSog, at: datetime) -> Decision:
    """The decision, which may be older than the notification."""
    if faults := misdated(command.on, at, {"occurred": case.said.occurred_on}):
        return refused(*faults)
    known = case.progress
    if known.sog_decision == command.decision and command.on in {None, known.sog_decided_on}:
        return []
    return [SogDecided(on=day_of(command.on, at), decision=command.decision)]


def _own_area(case: Case) -> str | None:
    said = case.said.mappa.area if case.said.mappa else None
    council = council_named(case.council)
    return said or (council.mappa_area if council else None)


def _unknown(area: str | None) -> tuple[Fault, ...]:
    if area is None or area in AREAS:
        return ()
    return (Fault(pointer="#/area", code="unknown_area", detail="There is no MAPPA area of that name.", rule="R-09"),)
