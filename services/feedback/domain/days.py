"""The order of days (R-05): a step is not before the receipt, nor before what it follows, nor in the future."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from contracts.clocks import london_date
from contracts.envelope import Fault, Refused
from services.feedback.domain.standing import Around


def day_of(around: Around, at: datetime) -> date:
    """The day of the step: what a registrar said, or today in Scotland."""
    return around.on or london_date(at)


def misdated(around: Around, at: datetime, after: Mapping[str, date | None]) -> Iterator[Fault]:
    """What is wrong with the day that was given; `after` names what cannot be later than it, where that is known."""
    if around.on is None:
        return
    if around.on > london_date(at):
        yield _fault("in_the_future", "This day has not come yet.")
    if around.known.received_on is not None and around.on < around.known.received_on:
        yield _fault("before_receipt", "The case had not been received on this day.")
    for what, day in after.items():
        if day is not None and around.on < day:
            yield _fault(f"before_{what}", f"This is before the {what}.")


def refused(faults: tuple[Fault, ...]) -> Refused:
    """All that is wrong with the words of a command."""
    return Refused(code="invalid", detail="This cannot be said of the case.", faults=faults)


def _fault(code: str, detail: str) -> Fault:
    return Fault(pointer="#/occurred_at", code=code, detail=detail, rule="R-05")
