"""What is due when, told with the receipt; the clocks themselves are kept by deadlines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from contracts.calendars import OutsideCalendar, calendar
from contracts.clocks import Clock, Due, due, policy
from contracts.codes import Precision
from contracts.intake import Notification

SOG_DECISION: Final = "sog_decision"
_REMEMBERED: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A clock that does not run yet, and what it waits for."""

    clock: Clock
    waits_for: str
    calendar: str


def duties(said: Notification, *, received_on: date, edition: str, days: str) -> Sequence[Due | Held]:
    """The clocks that a notification starts; one that no calendar can count is left out. With MAPPA the review waits (D-4)."""
    anchors = {
        Clock.NOTIFY: said.occurred_on if said.occurred_on_precision == Precision.DAY else None,
        Clock.NOTIFY_FROM_AWARENESS: said.became_aware_on,
        Clock.GOVERNMENT_COPY: received_on,
        Clock.REVIEW: None if said.mappa else received_on,
    }
    running = [
        found for clock, day in anchors.items() if day is not None and (found := _due(clock, day, edition, days)) is not None
    ]
    return [*running, Held(clock=Clock.REVIEW, waits_for=SOG_DECISION, calendar=days)] if said.mappa else running


@lru_cache(_REMEMBERED)
def _due(clock: Clock, day_zero: date, edition: str, days: str) -> Due | None:
    try:
        return due(clock, day_zero, policy(edition), calendar(days))
    except OutsideCalendar:
        return None
