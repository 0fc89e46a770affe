"""What feedback says: the inspectorate's own steps on a case."""

from datetime import date
from typing import ClassVar

from contracts.envelope import Event
from contracts.personal import Personal


class CaseTriaged(Event):
    """The administrator looked: in scope, out of scope, or a duplicate of another case. A later triage replaces it."""

    type: ClassVar[str] = "sir.feedback.case-triaged"

    outcome: str
    on: date
    duplicate_of: str | None = None
    reason: Personal[str] | None = None
