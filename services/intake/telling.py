"""What is told of a case: its receipt, where it stands, and the whole of it as a reader may see it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from contracts.clocks import Due
from contracts.codes import COUNCIL_ROLES, CaseStatus, Role
from contracts.intake import Flag
from services.intake.domain.case import Case
from services.intake.domain.due import Held, duties
from services.intake.saying import told

PERSONAL: Final = COUNCIL_ROLES | {Role.INSPECTOR, Role.LEAD_OFFICER, Role.ADMINISTRATOR, Role.REGISTRAR}
"""Who may see what is personal in a case."""

READERS: Final = PERSONAL | {Role.ANALYST, Role.GOVERNMENT, Role.OPERATOR}
"""Who may see cases: a council's own people theirs, the others all."""


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


def standing(case_id: str | None, case: Case, version: int) -> dict[str, Any]:
    """The answer to a later command."""
    return {
        "case_id": case_id,
        "reference": case.reference,
        "status": status(case),
        "version": version,
        "flags": _flags(case.flags),
    }


def whole(case_id: str, case: Case, version: int, known_at: datetime, *, personal: bool) -> dict[str, Any]:
    """The case, folded; what is personal in it only for who may see that."""
    return told(case.said, personal=personal) | {
        "case_id": case_id,
        "reference": case.reference,
        "council": case.council,
        "status": status(case),
        "incident_type": case.incident_type,
        "version": version,
        "received_at": case.received_at,
        "flags": _flags(case.flags),
        "known_at": known_at,
    }


def status(case: Case) -> CaseStatus:
    """Where it stands, as far as intake knows."""
    return CaseStatus.WITHDRAWN if case.withdrawn else CaseStatus.NOTIFIED


def _flags(flags: Sequence[Flag]) -> list[dict[str, str]]:
    return [{"rule": flag.rule, "detail": flag.detail} for flag in flags]


def _due(due: Due | Held) -> dict[str, Any]:
    if isinstance(due, Held):
        return {"clock": due.clock, "due_on": None, "counted": [], "skipped": [], "calendar": due.calendar, "held": due.waits_for}
    skipped = [{"date": each.date, "reason": each.reason} for each in due.skipped]
    return {"clock": due.clock, "due_on": due.due_on, "counted": due.counted, "skipped": skipped, "calendar": due.calendar}
