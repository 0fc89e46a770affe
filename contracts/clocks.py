"""The nine duties with a limit: how long each is under which guidance, when it is due, and who is reminded. Pure arithmetic.

Day 0 is the anchor; the first working day after it is day 1; a clock is in time until its due day ends in Europe/London.
"""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from contracts.calendars import Calendar, UnknownVersion

LONDON: Final = ZoneInfo("Europe/London")


class Clock(StrEnum):
    """What has to be done in time."""

    NOTIFY = "notify"
    NOTIFY_FROM_AWARENESS = "notify_from_awareness"
    SOG_NOTICE = "sog_notice"
    GOVERNMENT_COPY = "government_copy"
    REVIEW = "review"
    FEEDBACK = "feedback"
    ACCEPTANCE = "acceptance"
    INFORMATION = "information"
    COMPREHENSIVE_REVIEW = "comprehensive_review"


class Unit(StrEnum):
    """What a limit is counted in."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a clock may run."""

    length: int
    unit: Unit


class Party(StrEnum):
    """Who is told of a limit."""

    COUNCIL = "council"
    INSPECTORATE = "inspectorate"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A day on which somebody is told: so many days before the limit (fewer than 0), on it (0), or after it."""

    days: int
    to: Party
    unit: Unit = Unit.CALENDAR_DAYS

    @property
    def name(self) -> str:
        """What events call it: `7_days_before`, `on_the_day`, `1_working_day_after`."""
        if self.days == 0:
            return "on_the_day"
        plural = "" if abs(self.days) == 1 else "s"
        kind = "working_day" if self.unit is Unit.WORKING_DAYS else "day"
        return f"{abs(self.days)}_{kind}{plural}_{'before' if self.days < 0 else 'after'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One edition of the guidance, for cases received from its first day on (domain 1.11)."""

    version: str
    first: date
    limits: Mapping[Clock, Limit]
    reminders: Mapping[Clock, tuple[Threshold, ...]]
    excludes_registered_sex_offenders: bool = False
    """R-12: the letter of January 2012 left them out; MAPPA category 1 is flagged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A day that was not counted, and why: a weekday's or a holiday's name."""

    date: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The last day in time, with the days behind it. Both lists are empty for clocks in months or calendar days."""

    clock: Clock
    due_on: date
    counted: tuple[date, ...]
    skipped: tuple[Skipped, ...]
    calendar: str


LIMITS: Final[Mapping[Clock, Limit]] = MappingProxyType(
    {
        Clock.NOTIFY: Limit(5, Unit.WORKING_DAYS),
        Clock.NOTIFY_FROM_AWARENESS: Limit(5, Unit.WORKING_DAYS),
        Clock.SOG_NOTICE: Limit(5, Unit.WORKING_DAYS),
        Clock.GOVERNMENT_COPY: Limit(2, Unit.WORKING_DAYS),
        Clock.REVIEW: Limit(3, Unit.MONTHS),
        Clock.FEEDBACK: Limit(1, Unit.MONTHS),
        Clock.ACCEPTANCE: Limit(14, Unit.CALENDAR_DAYS),
        Clock.INFORMATION: Limit(10, Unit.WORKING_DAYS),
        Clock.COMPREHENSIVE_REVIEW: Limit(1, Unit.MONTHS),
    },
)
"""The same in every edition so far; an edition that changes one says `LIMITS | {...}`."""

_COUNCIL_IN_MONTHS: Final = (
    Threshold(-28, Party.COUNCIL),
    Threshold(-7, Party.COUNCIL),
    Threshold(0, Party.COUNCIL),
    Threshold(1, Party.COUNCIL),
    Threshold(7, Party.INSPECTORATE),
)
_COUNCIL_IN_DAYS: Final = (
    Threshold(-2, Party.COUNCIL, Unit.WORKING_DAYS),
    Threshold(0, Party.COUNCIL),
    Threshold(1, Party.COUNCIL),
    Threshold(5, Party.INSPECTORATE, Unit.WORKING_DAYS),
)

REMINDERS: Final[Mapping[Clock, tuple[Threshold, ...]]] = MappingProxyType(
    {
        Clock.NOTIFY: (),  # nobody knows of the incident here before it is notified
        Clock.NOTIFY_FROM_AWARENESS: (),
        Clock.SOG_NOTICE: _COUNCIL_IN_DAYS,
        Clock.GOVERNMENT_COPY: (Threshold(0, Party.INSPECTORATE), Threshold(1, Party.INSPECTORATE)),
        Clock.REVIEW: _COUNCIL_IN_MONTHS,
        Clock.FEEDBACK: tuple(Threshold(days, Party.INSPECTORATE) for days in (-7, 0, 1)),
        Clock.ACCEPTANCE: _COUNCIL_IN_DAYS,
        Clock.INFORMATION: _COUNCIL_IN_DAYS,
        Clock.COMPREHENSIVE_REVIEW: _COUNCIL_IN_MONTHS[1:],
    },
)
"""Who is told and when (domain 1.6, rule 8). Earlier than a clock began, nobody is."""

POLICIES: Final = (
    Policy(
        version="2012",
        first=date(2012, 1, 27),
        limits=LIMITS,
        reminders=REMINDERS,
        excludes_registered_sex_offenders=True,
    ),
    Policy(version="2013", first=date(2013, 2, 1), limits=LIMITS, reminders=REMINDERS),
    Policy(version="2013+2014", first=date(2014, 8, 1), limits=LIMITS, reminders=REMINDERS),
    Policy(version="2022", first=date(2022, 1, 1), limits=LIMITS, reminders=REMINDERS),
)
"""Every edition, oldest first."""


def policy(version: str) -> Policy:
    """The edition of that name; UnknownVersion if there is none."""
    for edition in POLICIES:
        if edition.version == version:
            return edition
    raise UnknownVersion(f"no policy {version!r}")


def policy_on(day: date) -> Policy:
    """The edition for a case received on `day`; before the first edition, the first."""
    return next((edition for edition in reversed(POLICIES) if edition.first <= day), POLICIES[0])


def due_on(clock: Clock, day_zero: date, policy: Policy, calendar: Calendar) -> date:
    """The last day in time; OutsideCalendar where the calendar does not reach."""
    limit, anchor = policy.limits[clock], calendar.within(day_zero)
    match limit.unit:
        case Unit.WORKING_DAYS:
            return calendar.after(anchor, limit.length)
        case Unit.CALENDAR_DAYS:
            return calendar.within(anchor + timedelta(days=limit.length))
        case Unit.MONTHS:
            return calendar.within(months_after(anchor, limit.length))
        case _:
            assert_never(limit.unit)


def due(clock: Clock, day_zero: date, policy: Policy, calendar: Calendar) -> Due:
    """The last day in time and why: every day after day 0, counted or skipped."""
    last = due_on(clock, day_zero, policy, calendar)
    working = policy.limits[clock].unit is Unit.WORKING_DAYS
    days = [day_zero + timedelta(days=n) for n in range(1, (last - day_zero).days + 1)] if working else []
    reasons = {day: calendar.reason(day) for day in days}
    return Due(
        clock=clock,
        due_on=last,
        counted=tuple(day for day, reason in reasons.items() if reason is None),
        skipped=tuple(Skipped(date=day, reason=reason) for day, reason in reasons.items() if reason is not None),
        calendar=calendar.version,
    )


def remind_on(threshold: Threshold, due_on: date, calendar: Calendar) -> date:
    """The day of a threshold; OutsideCalendar where the calendar does not reach."""
    if threshold.unit is not Unit.WORKING_DAYS:
        return due_on + timedelta(days=threshold.days)
    return calendar.after(due_on, threshold.days) if threshold.days > 0 else calendar.before(due_on, -threshold.days)


def working_days_taken(day_zero: date, received_on: date, calendar: Calendar) -> int:
    """Working days after day 0 up to the receipt; a receipt on a day not worked counts as the next working day (ST-08)."""
    return calendar.between(day_zero, calendar.next_working(received_on))


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it is shorter; never moved off a weekend."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def london_date(instant: datetime) -> date:
    """The calendar date in Europe/London at an instant. A datetime without offset is no instant: ValueError."""
    if instant.utcoffset() is None:
        raise ValueError("an instant needs an offset")
    return instant.astimezone(LONDON).date()


def end_of_day_london(day: date) -> datetime:
    """The instant, in UTC, at which `day` is over in Europe/London: the midnight that begins the next."""
    return datetime.combine(day + timedelta(days=1), time.min, LONDON).astimezone(UTC)


def noon_london(day: date) -> datetime:
    """The instant, in UTC, that stands for a day of which only the date is known."""
    return datetime.combine(day, time(12), LONDON).astimezone(UTC)
