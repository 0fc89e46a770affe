"""A case goes to another council, both agreeing (R-06). Clocks keep their start, figures the council that notified."""

from dataclasses import dataclass
from datetime import date, datetime

from contracts.codes import CaseStatus
from contracts.councils import council_named
from contracts.envelope import Decision, Event, Fault, Refused
from contracts.intake import TransferAccepted, TransferEnded, TransferProposed
from contracts.personal import Personal
from services.intake.domain.around import Around, Side
from services.intake.domain.days import day_of, misdated, refused
from services.intake.domain.path import ALLOWED, TRANSFER
from services.intake.domain.state import Case
from services.intake.domain.status import status


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """Propose (`to_council` and why), or agree or not to what is proposed (`accept`)."""

    to_council: str | None = None
    reason: str | None = None
    accept: bool | None = None
    on: date | None = None
    around: Around


def transfer(case: Case, command: Transfer, at: datetime) -> Decision:
    """What follows from the call, by who makes it."""
    if faults := misdated(
        command.on, at, {"notified": case.received_on, "proposal": case.proposal.on if case.proposal else None}
    ):
        return refused(*faults)
    if command.accept is None:
        return _propose(case, command, at)
    if command.to_council is not None:
        return refused(_fault("#/accept", "not_allowed", "Propose, or say something of what is proposed: not both."))
    if case.proposal is None:
        return _elsewhere("No transfer is proposed.")
    return _accept(case, command, at) if command.accept else _end(case, case.proposal, command, at)


def ended(case: Case, day: date) -> list[Event]:
    """A proposal ends with what it was about."""
    return [] if case.proposal is None else [TransferEnded(on=day, to_council=case.proposal.to_council, declined=False)]


def _propose(case: Case, command: Transfer, at: datetime) -> Decision:
    if _is_named(case, command.around):
        return refused(_fault("#/to_council", "not_responsible", "Only the responsible council proposes."))
    if command.to_council is None or command.reason is None:
        missing = "#/to_council" if command.to_council is None else "#/reason"
        return refused(_fault(missing, "required", "A proposal names the other council and says why."))
    other = council_named(command.to_council)
    if other is None:
        return refused(_fault("#/to_council", "unknown_council", "There is no such council."))
    if other.gss_code == case.council:
        return refused(_fault("#/to_council", "same_council", "The case is this council's already."))
    if (there := case.proposal) is not None:
        same = (there.to_council, there.reason.reveal()) == (other.gss_code, command.reason)
        return [] if same else _elsewhere("A transfer is proposed already: take it back first.")
    if _over(case, command.around):
        return _elsewhere("The case is not in a state that allows this.")
    proposed = Personal(command.reason)
    return [TransferProposed(on=day_of(command.on, at), from_council=case.council, to_council=other.gss_code, reason=proposed)]


def _accept(case: Case, command: Transfer, at: datetime) -> Decision:
    proposal = case.proposal
    if proposal is None:
        raise AssertionError
    if command.around.side is Side.COUNCIL and not _is_named(case, command.around):
        return refused(_fault("#/accept", "not_yours", "The named council accepts."))
    if _over(case, command.around):
        return _elsewhere("The case is not in a state that allows this.")
    return [TransferAccepted(on=day_of(command.on, at), from_council=case.council, to_council=proposal.to_council)]


def _end(case: Case, proposal: TransferProposed, command: Transfer, at: datetime) -> Decision:
    reason = Personal(command.reason) if command.reason is not None else None
    declined = command.around.side is Side.REGISTRAR or _is_named(case, command.around)
    return [TransferEnded(on=day_of(command.on, at), to_council=proposal.to_council, declined=declined, reason=reason)]


def _is_named(case: Case, around: Around) -> bool:
    """Whether the caller is the council that is asked to take the case over."""
    return case.proposal is not None and around.council == case.proposal.to_council


def _over(case: Case, around: Around) -> bool:
    """Whether the case has come where nobody takes it over any more; a proposal may still end there."""
    return around.live and TRANSFER not in ALLOWED[CaseStatus(status(case.progress, around.heard))]


def _fault(pointer: str, code: str, detail: str) -> Fault:
    return Fault(pointer=pointer, code=code, detail=detail, rule="R-06")


def _elsewhere(detail: str) -> Refused:
    return Refused(status=409, code="transition_not_allowed", detail=detail, allowed=(TRANSFER,))
