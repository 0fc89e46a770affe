"""Reminders: on which days somebody is told of a limit, from which instant on, and what was said so far."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import MappingProxyType

from contracts.calendars import OutsideCalendar, calendar
from contracts.clocks import Clock, Threshold, end_of_day_london, policy, remind_on
from contracts.deadlines import ReminderCorrected, ReminderDue
from services.deadlines.domain.clock import GRACE, Terms
from services.deadlines.domain.duties import Key


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A threshold of a clock that runs until a day: what somebody is told of once."""

    key: Key
    due_on: date
    threshold: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """Somebody was told, for a day; `corrected` once that was taken back."""

    remind_on: date
    to: str
    corrected: bool = False


def thresholds(clock: Clock, terms: Terms) -> Iterator[tuple[Threshold, date]]:
    """The days on which somebody is told of a clock with these terms; none that the calendar does not reach."""
    for threshold in policy(terms.policy).reminders[clock]:
        try:
            yield threshold, remind_on(threshold, terms.due_on, calendar(terms.calendar))
        except OutsideCalendar:
            continue


def fires_from(day: date) -> datetime:
    """From when a reminder of a day may be said: when a breach of the day before may be, so that the evidence is the same."""
    return end_of_day_london(day - timedelta(days=1)) + GRACE


def remembered(reminded: Mapping[Reminder, Reminded], event: ReminderDue | ReminderCorrected) -> Mapping[Reminder, Reminded]:
    """What was said so far, after one more event."""
    reminder = Reminder(key=(Clock(event.clock), event.instance), due_on=event.due_on, threshold=event.threshold)
    match event:
        case ReminderDue(remind_on=day, to=to):
            return MappingProxyType({**reminded, reminder: Reminded(remind_on=day, to=to)})
        case ReminderCorrected():
            return MappingProxyType({**reminded, reminder: replace(reminded[reminder], corrected=True)})
