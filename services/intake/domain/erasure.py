"""A legal hold, and the end of what is personal: the case's key is destroyed after it, and everything is still counted."""

from dataclasses import dataclass
from datetime import datetime

from contracts.clocks import london_date
from contracts.envelope import Decision
from contracts.intake import LegalHoldLifted, LegalHoldPlaced, PersonalDataErased
from contracts.personal import Personal
from services.intake.domain.around import Around
from services.intake.domain.state import Case
from services.intake.domain.transfer import ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Keep everything until further notice."""

    reason: str
    around: Around


@dataclass(frozen=True, slots=True, kw_only=True)
class LiftHold:
    """The hold is over."""

    around: Around


@dataclass(frozen=True, slots=True, kw_only=True)
class Erase:
    """Forget the person, on a basis of the code list."""

    basis: str
    around: Around


def hold(_case: Case, command: Hold, at: datetime) -> Decision:
    """In place from today."""
    return [LegalHoldPlaced(on=london_date(at), reason=Personal(command.reason))]


def lift_hold(_case: Case, _command: LiftHold, at: datetime) -> Decision:
    """Over from today."""
    return [LegalHoldLifted(on=london_date(at))]


def erase(case: Case, command: Erase, at: datetime) -> Decision:
    """The last of the case's own facts; a proposal to another council ends with what it was about."""
    day = london_date(at)
    return [*ended(case, day), PersonalDataErased(on=day, basis=command.basis)]
