"""Who may do what, written by hand after api.md 3 (its tables and "Who may"); nothing here is read from the code."""

from collections.abc import Iterable
from typing import Final

Call = tuple[str, str, str]
"""Service, method, path."""
Roles = frozenset[str]

COUNCIL: Final = frozenset({"council", "council_manager", "council_head"})
INSPECTORATE: Final = frozenset({"inspector", "lead_officer", "administrator"})
EVERY: Final = COUNCIL | INSPECTORATE | {"analyst", "government", "registrar", "operator"}
READERS: Final = COUNCIL | INSPECTORATE | {"analyst", "registrar"}
"""Their cases, clocks and figures. Government and the operator are of another kind: the notified copy, and the status."""
READERS_AND_GOVERNMENT: Final = READERS | {"government"}
SUBMITTERS: Final = COUNCIL | {"registrar"}
ASSESSORS: Final = INSPECTORATE | {"registrar"}

EVERY_SERVICE: Final = {"/health/live": None, "/health/ready": None, "/metrics": None, "/version": None, "/v1/status": EVERY}
GET: Final[dict[str, dict[str, Roles | None]]] = {
    "intake": {
        "/v1/cases": READERS_AND_GOVERNMENT,
        "/v1/cases/{case_id}": READERS_AND_GOVERNMENT,
        "/v1/cases/{case_id}/history": READERS_AND_GOVERNMENT,
        "/v1/drafts/{draft_id}": COUNCIL,
        "/v1/transfers": READERS,
        "/v1/register-template/{file}": None,
    },
    "deadlines": {
        "/v1/when-due": None,
        "/v1/calendars": None,
        "/v1/cases/{case_id}": READERS,
        "/v1/cases/{case_id}/history": READERS,
        "/v1/cases/{case_id}/clocks": READERS,
        "/v1/clocks": READERS,
        "/v1/clocks.ics": READERS,
    },
    "notification": {
        "/v1/events": frozenset({"government"}),
        "/v1/events/{event_id}": frozenset({"government"}),
        "/v1/events/{event_id}/deliveries": frozenset({"government", "lead_officer", "administrator"}),
        "/v1/cases/{case_id}": READERS_AND_GOVERNMENT,
        "/v1/cases/{case_id}/history": READERS_AND_GOVERNMENT,
        "/contracts/{name}/v1/schema.json": None,
    },
    "feedback": {
        "/v1/queue": ASSESSORS,
        "/v1/conflicts": ASSESSORS,
        "/v1/cases/{case_id}": READERS,
        "/v1/cases/{case_id}/history": READERS,
    },
    "statistics": {
        "/v1/figures": READERS,
        "/v1/councils": READERS,
        "/v1/incident-types": READERS,
        "/v1/cases/{case_id}": READERS,
        "/v1/cases/{case_id}/history": READERS,
        "/v1/ledger": frozenset({"operator"}),
    },
}
ON_A_CASE_OF_INTAKE: Final = (
    "amendments corrections withdrawal reclassifications sog-notice sog-decision reviews review-withdrawals information "
    "feedback-response actions transfer"
)
ON_A_CASE_OF_FEEDBACK: Final = (
    "triage allocation scrutiny information-requests assessment feedback-draft second-read feedback closure reopening"
)


def _steps(words: str, roles: Iterable[str]) -> dict[str, Roles]:
    return {f"/v1/cases/{{case_id}}/{word}": frozenset(roles) for word in words.split()}


POST: Final[dict[str, dict[str, Roles]]] = {
    "intake": {
        "/v1/notifications": SUBMITTERS,
        "/v1/considerations": COUNCIL,
        "/v1/drafts": COUNCIL,
        "/v1/drafts/{draft_id}/submit": COUNCIL,
        **_steps(ON_A_CASE_OF_INTAKE, SUBMITTERS),
        **_steps("erasure legal-hold legal-hold-end", {"lead_officer", "administrator"}),
    },
    "deadlines": {"/v1/calendars": frozenset({"lead_officer", "operator"}), "/v1/clocks.ics": READERS},
    "notification": _steps("copies", {"registrar"}),
    "feedback": {
        "/v1/conflicts": INSPECTORATE,
        **_steps(ON_A_CASE_OF_FEEDBACK, ASSESSORS),
        **_steps("dispute-resolution good-practice", {"lead_officer", "registrar"}),
    },
}
OTHERS: Final[dict[Call, Roles | None]] = {
    ("intake", "PUT", "/v1/drafts/{draft_id}"): COUNCIL,
    ("intake", "DELETE", "/v1/drafts/{draft_id}"): COUNCIL,
    ("notification", "PUT", "/v1/events/{event_id}/receipt"): frozenset({"government"}),
}
MAY: Final[dict[Call, Roles | None]] = {
    **{(service, "GET", path): may for service, reads in GET.items() for path, may in (EVERY_SERVICE | reads).items()},
    **{(service, "POST", path): may for service, commands in POST.items() for path, may in commands.items()},
    **OTHERS,
}
"""Of every call who may make it; None is everybody, without a token."""
