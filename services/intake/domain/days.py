"""The order of days (R-05): nothing happened in the future, nor before what it follows."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from contracts.clocks import london_date
from contracts.codes import TriageOutcome
from contracts.envelope import Event, Fault, Refused
from contracts.feedback import CaseTriaged
from contracts.intake import NotificationAmended, NotificationCorrected, NotificationReceived

WHEN: Final = "#/occurred_at"
_WORDS: Final = {
    "notified": "the notification",
    "occurred": "the incident",
    "review": "the review",
    "request": "the request",
    "letter": "the letter",
    "proposal": "the proposal",
}


def day_of(on: date | None, at: datetime) -> date:
    """The day of a fact: what a registrar said, or today in Scotland."""
    return on or london_date(at)


def misdated(on: date | None, at: datetime, after: Mapping[str, date | None]) -> tuple[Fault, ...]:
    """What is wrong with a day; `after` names what it may not be before, where that is known."""
    day = day_of(on, at)
    if day > london_date(at):
        return (in_the_future(WHEN),)
    return tuple(
        Fault(pointer=WHEN, code=f"before_{what}", detail=f"This is before {_WORDS[what]}.", rule="R-05")
        for what, earlier in after.items()
        if earlier is not None and day < earlier
    )


def in_the_future(pointer: str) -> Fault:
    """A day that has not come."""
    return Fault(pointer=pointer, code="in_the_future", detail="This is in the future.", rule="R-05")


def refused(*faults: Fault) -> Refused:
    """All that is wrong with the words of a command."""
    return Refused(code="refused", detail="This cannot be said of the case.", faults=faults)


def happened_by(event: Event, as_at: date | None) -> bool:
    """Whether a fact had happened on a day. A change and a duplicate mark have no business date: they hold on every day."""
    if as_at is None or isinstance(event, NotificationAmended | NotificationCorrected):
        return True
    if isinstance(event, CaseTriaged) and event.outcome == TriageOutcome.DUPLICATE:
        return True
    day: date = event.received_on if isinstance(event, NotificationReceived) else getattr(event, "on", as_at)
    return day <= as_at
