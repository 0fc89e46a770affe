"""What is due when, told with the receipt; the clocks themselves are kept by deadlines."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from contracts.calendars import OutsideCalendar, calendar
from contracts.clocks import Clock, Due, due, policy
from contracts.codes import Precision
from contracts.intake import Notification

HELD_FOR_SOG: Final = "sog_decision"
_REMEMBERED: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A clock that does not run yet, and what it waits for."""

    clock: Clock
    waits_for: str
    calendar: str


def duties(told: Notification, *, received_on: date, edition: str, days: str) -> tuple[Due | Held, ...]:
    """The clocks that a notification starts, each with its days; one that the calendar cannot count is left out."""
    anchors = {
        Clock.NOTIFY: told.occurred_on if told.occurred_on_precision == Precision.DAY else None,
        Clock.NOTIFY_FROM_AWARENESS: told.became_aware_on,
        Clock.GOVERNMENT_COPY: received_on,
        Clock.REVIEW: received_on if told.mappa is None else None,
    }
    found: list[Due | Held] = [each for clock, day in anchors.items() if day and (each := _due(clock, day, edition, days))]
    return (*found, Held(clock=Clock.REVIEW, waits_for=HELD_FOR_SOG, calendar=days)) if told.mappa else tuple(found)


@lru_cache(_REMEMBERED)
def _due(clock: Clock, day_zero: date, edition: str, days: str) -> Due | None:
    try:
        return due(clock, day_zero, policy(edition), calendar(days))
    except OutsideCalendar:
        return None
