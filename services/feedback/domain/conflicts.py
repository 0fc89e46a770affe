"""In which councils an inspector has declared an interest (R-32): a stream of the inspector's own, never a case."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from contracts.clocks import london_date
from contracts.envelope import Decision, Fault
from contracts.feedback import ConflictDeclared
from services.feedback.domain.days import refused

PREFIX = "inspector/"
"""What the subject of such a stream begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interests:
    """What was declared last of each council."""

    declared: Mapping[str, ConflictDeclared] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Declare:
    """An inspector may not assess a council, until a day if one is said; a later declaration replaces it."""

    inspector: str
    council: str
    until: date | None


def declared(interests: Interests, event: ConflictDeclared) -> Interests:
    """The interests after one more declaration."""
    return Interests(declared=MappingProxyType({**interests.declared, event.council: event}))


def declare(interests: Interests, command: Declare, at: datetime) -> Decision:
    """What follows from a declaration; the same one again changes nothing."""
    before = interests.declared.get(command.council)
    if before is not None and before.until == command.until:
        return []
    today = london_date(at)
    if before is None and command.until is not None and command.until < today:
        return refused((Fault(pointer="#/until", code="past", detail="This day has passed.", rule="R-32"),))
    return [ConflictDeclared(inspector=command.inspector, council=command.council, on=today, until=command.until)]
