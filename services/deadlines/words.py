"""What people read: a duty's name, a day, and why something is due when it is."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from contracts.calendars import OutsideCalendar, calendar
from contracts.clocks import Clock, Unit, due, policy
from services.deadlines.queries import ClockShown

DUTIES: Final[Mapping[str, str]] = {
    Clock.NOTIFY: "Notify the Care Inspectorate of the incident",
    Clock.NOTIFY_FROM_AWARENESS: "Notify the Care Inspectorate, counted from awareness",
    Clock.SOG_NOTICE: "Tell the Strategic Oversight Group",
    Clock.GOVERNMENT_COPY: "Copy the notification to the Scottish Government",
    Clock.REVIEW: "Submit the review",
    Clock.FEEDBACK: "Answer the review",
    Clock.ACCEPTANCE: "Respond to the feedback",
    Clock.INFORMATION: "Supply the information asked for",
    Clock.COMPREHENSIVE_REVIEW: "Submit the comprehensive review",
}

_DAY_ZERO: Final[Mapping[str, str]] = {
    Clock.NOTIFY: "the day of the incident",
    Clock.NOTIFY_FROM_AWARENESS: "the day on which the council became aware",
    Clock.SOG_NOTICE: "the day of the incident",
    Clock.GOVERNMENT_COPY: "the day of receipt",
    Clock.REVIEW: "the day of receipt, or under MAPPA that of the decision that there is no other review",
    Clock.FEEDBACK: "the day on which the first review was received",
    Clock.ACCEPTANCE: "the day of the letter",
    Clock.INFORMATION: "the day of the request",
    Clock.COMPREHENSIVE_REVIEW: "the day on which it was required",
}
_SUPPLIED: Final = "the day on which the information was supplied"

_NUMBERS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_UNITS: Final = {Unit.WORKING_DAYS: "working day", Unit.CALENDAR_DAYS: "calendar day", Unit.MONTHS: "month"}
_REASONS: Final[Mapping[str, str]] = {
    "withdrawn": "the council withdrew the notification",
    "out_of_scope": "the case is out of scope",
    "duplicate": "the case is a duplicate",
    "mappa_scr": "there will be a MAPPA significant case review",
    "judged_appropriate": "the initial analysis was judged enough after all",
    "not_measurable": "the day to count from is not known",
    "not_owed": "the case is not managed under MAPPA",
    "mappa": "the Strategic Oversight Group has not decided",
    "date_corrected": "a date was corrected",
    "calendar": "a newer calendar was put in force",
}
_WEEKEND: Final = 5


def written(day: date) -> str:
    """A day as people write it."""
    return f"{day.day} {day:%B %Y}"


def why(clock: ClockShown) -> str:
    """Why it is due then, and what became of it."""
    told = [_counted(clock)]
    if clock.due_before is not None:
        told.append(f"It was due on {written(clock.due_before)} before: {_reason(clock.moved_by)}.")
    if clock.stopped_on is not None:
        told.append(f"Done on {written(clock.stopped_on)}.")
    if clock.held_on is not None:
        told.append(f"Held since {written(clock.held_on)}: {_reason(clock.reason)}; then it runs anew at full length.")
    if clock.cancelled_on is not None:
        told.append(f"Fell away on {written(clock.cancelled_on)}: {_reason(clock.reason)}.")
    return " ".join(told)


def _counted(clock: ClockShown) -> str:
    kind, edition = Clock(clock.clock), policy(clock.policy)
    limit = edition.limits[kind]
    since = _SUPPLIED if kind is Clock.FEEDBACK and clock.instance > 1 else _DAY_ZERO[kind]
    try:
        found = due(kind, clock.day_zero, edition, calendar(clock.calendar))
    except OutsideCalendar:
        found = None
    if found is None or found.due_on != clock.due_on:
        return f"{written(clock.due_on)} is the day that was named."
    length = f"{_NUMBERS[limit.length].capitalize() if limit.length < len(_NUMBERS) else limit.length} {_UNITS[limit.unit]}"
    plural = "" if limit.length == 1 else "s"
    told = f"{length}{plural} after {written(clock.day_zero)}, {since} (guidance of {clock.policy})"
    holidays = [f"{written(day.date)} ({day.reason})" for day in found.skipped if day.date.weekday() < _WEEKEND]
    match limit.unit:
        case Unit.WORKING_DAYS:
            *most, last = ["Saturdays", "Sundays", *holidays]
            return f"{told}, by the calendar {clock.calendar}: {', '.join(most)} and {last} are not counted."
        case Unit.MONTHS:
            return f"{told}: the same day of that month, or its last day if it is shorter; a weekend does not move it."
        case _:
            return f"{told}: every day is counted."


def _reason(code: str | None) -> str:
    return _REASONS.get(code or "", (code or "no reason was said").replace("_", " "))
