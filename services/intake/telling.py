"""What is told of a case: its receipt, where it stands, and the whole of it as a reader may see it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from contracts.clocks import Due
from contracts.codes import COUNCIL_ROLES, Role
from contracts.envelope import Value
from contracts.intake import Flag, ReviewSubmitted
from services.intake.domain.due import Held, duties
from services.intake.domain.heard import Heard
from services.intake.domain.plan import shown
from services.intake.domain.state import Case
from services.intake.domain.status import status
from services.intake.saying import told

PERSONAL: Final = COUNCIL_ROLES | {Role.INSPECTOR, Role.LEAD_OFFICER, Role.ADMINISTRATOR, Role.REGISTRAR}
"""Who may see what is personal in a case."""

READERS: Final = PERSONAL | {Role.ANALYST, Role.GOVERNMENT}
"""Who may see cases: a council's own people theirs, the others all."""

LETTERS: Final = PERSONAL - {Role.REGISTRAR}
"""Who may read what the inspectorate wrote: the case's own council and the inspectorate."""


def receipt(case_id: str | None, case: Case, version: int) -> dict[str, Any]:
    """The answer to a notification; one that was only tried has no id and no reference."""
    due = duties(case.said, received_on=case.received_on, edition=case.policy, days=case.calendar)
    return {
        "case_id": case_id,
        "reference": case.reference or None,
        "received_at": case.received_at,
        "version": version,
        "flags": _flags(case.flags),
        "due": [_due(each) for each in due],
    }


def standing(heard: Heard, case_id: str | None, case: Case, version: int) -> dict[str, Any]:
    """The answer to a later command."""
    return {
        "case_id": case_id,
        "reference": case.reference,
        "status": status(case.progress, heard),
        "version": version,
        "flags": _flags(case.flags),
    }


def submitted(heard: Heard, case_id: str | None, case: Case, version: int) -> dict[str, Any]:
    """The answer to a review: its number, how it is flagged, and for which tests the system proposes a comprehensive one."""
    latest = case.reviews[-1]
    return standing(heard, case_id, case, version) | {
        "number": latest.number,
        "flags": _flags(latest.flags),
        "comprehensive_proposed": latest.review.comprehensive_proposed,
    }


def handed_over(_heard: Heard, case_id: str | None, case: Case, version: int) -> dict[str, Any]:
    """The answer to a proposal or to what is said of it: nothing that the other council may not see."""
    return {
        "case_id": case_id,
        "reference": case.reference,
        "version": version,
        "council": case.council,
        "to_council": case.proposal.to_council if case.proposal else None,
    }


def proposed(case_id: str, case: Case, version: int) -> dict[str, Any]:
    """What a council sees of a case that it is asked to take over."""
    proposal = case.proposal
    if proposal is None:
        raise AssertionError
    return {
        "case_id": case_id,
        "reference": case.reference,
        "status": "transfer_proposed",
        "proposed_by": case.council,
        "proposed_on": proposal.on,
        "reason": told(proposal, personal=True)["reason"],
        "version": version,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Who reads, and of which moment: as known at an instant, as at a day."""

    role: str
    known_at: datetime
    as_at: date

    @property
    def personal(self) -> bool:
        """Whether what is personal is theirs to see."""
        return self.role in PERSONAL


def whole(case_id: str, case: Case, heard: Heard, version: int, seen: Seen) -> dict[str, Any]:
    """The case, folded; what is personal in it only for who may see that."""
    return told(case.said, personal=seen.personal) | {
        "case_id": case_id,
        "reference": case.reference,
        "council": case.council,
        "notified_by": case.notified_by,
        "status": status(case.progress, heard),
        "incident_type": case.incident_type,
        "version": version,
        "received_at": case.received_at,
        "flags": _flags(case.flags),
        "known_at": seen.known_at,
        "as_at": seen.as_at,
        **_afterwards(case, seen),
        "inspectorate": _inspectorate(heard, seen),
    }


def _afterwards(case: Case, seen: Seen) -> dict[str, Any]:
    """What the council said after the notification."""
    show = partial(told, personal=seen.personal)
    notice, progress = case.notice, case.progress
    return {
        "sog": {
            "notified_on": notice.on if notice else case.said.mappa.sog_notified_on,
            "area": notice.area if notice else case.said.mappa.area,
            "decision": progress.sog_decision,
            "decided_on": progress.sog_decided_on,
        }
        if case.said.mappa
        else None,
        "reviews": [_review(case, each, show) for each in case.reviews],
        "information": list(map(show, case.supplied)),
        "responses": list(map(show, case.answers)),
        "actions": list(map(show, shown(case.plan, seen.as_at))),
        "transfer": show(case.proposal) if case.proposal else None,
        "legal_hold": show(case.hold) if case.hold else None,
        "erased_on": case.erased.on if case.erased else None,
    }


def _review(case: Case, sent: ReviewSubmitted, show: Callable[[Value], dict[str, Any]]) -> dict[str, Any]:
    back = next((each for each in case.taken_back if each.number == sent.number), None)
    return {
        "number": sent.number,
        "submitted_on": sent.on,
        "flags": _flags(sent.flags),
        "withdrawn": {"on": back.on, "reason": show(back)["reason"]} if back else None,
        **show(sent.review),
    }


def _inspectorate(heard: Heard, seen: Seen) -> dict[str, Any]:
    """What the inspectorate said, as far as it has been heard here; its words only for the council and itself."""
    show = partial(told, personal=seen.role in LETTERS)
    triage = show(heard.triage) if heard.triage else None
    if triage and seen.role in COUNCIL_ROLES:
        del triage["duplicate_of"]  # it may be another council's case
    judged = heard.assessment
    return {
        "triage": triage,
        "requests": [each | {"items": [item["text"] for item in each["items"]]} for each in map(show, heard.requests)],
        # Comments wait for the letter that says them.
        "assessment": {"on": judged.on, "kind": judged.kind, "iar_decision": judged.iar_decision, "quality": judged.quality}
        if judged
        else None,
        "letters": list(map(show, heard.letters)),
        "dispute": show(heard.resolved) if heard.resolved else None,
        "closed_on": heard.closed_on,
        "reopened_on": heard.reopened_on,
    }


def _flags(flags: Sequence[Flag]) -> list[dict[str, str]]:
    return [{"rule": flag.rule, "detail": flag.detail} for flag in flags]


def _due(due: Due | Held) -> dict[str, Any]:
    if isinstance(due, Held):
        return {"clock": due.clock, "due_on": None, "counted": [], "skipped": [], "calendar": due.calendar, "held": due.waits_for}
    skipped = [{"date": each.date, "reason": each.reason} for each in due.skipped]
    return {"clock": due.clock, "due_on": due.due_on, "counted": due.counted, "skipped": skipped, "calendar": due.calendar}
