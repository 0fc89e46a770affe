"""Scotland's bank holidays once more, from the rules as a person would say them, and by them every clock on every day."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from contracts.calendars import CURRENT_CALENDAR, OutsideCalendar, calendar
from contracts.clocks import POLICIES, Clock, due_on, policy_on, remind_on, working_days_taken

YEARS = range(2012, 2031)
MONDAY, SATURDAY = 0, 5

MOVED = {
    date(2012, 5, 28): date(2012, 6, 4),  # Diamond Jubilee
    date(2020, 5, 4): date(2020, 5, 8),  # VE day
    date(2022, 5, 30): date(2022, 6, 2),  # Platinum Jubilee
}
ONCE = {date(2012, 6, 5), date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8), date(2026, 6, 15)}


def easter(year: int) -> date:
    """Easter Sunday by the full moon table of the Gregorian calendar (Meeus, Jones, Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    moon = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * moon) // 433
    month = (h + moon - 7 * m + 90) // 25
    return date(year, month, (h + moon - 7 * m + 33 * month + 19) % 32)


def first_monday(year: int, month: int) -> date:
    return next(day for day in (date(year, month, n) for n in range(1, 8)) if day.weekday() == MONDAY)


def last_monday_of_may(year: int) -> date:
    return next(day for day in (date(year, 5, n) for n in range(31, 24, -1)) if day.weekday() == MONDAY)


def with_substitutes(*days: date) -> Iterator[date]:
    """Each day that falls on a weekend is kept on the next weekday that is not one of them already."""
    taken = {day for day in days if day.weekday() < SATURDAY}
    yield from taken
    for day in days:
        if day.weekday() >= SATURDAY:
            kept = day
            while kept.weekday() >= SATURDAY or kept in taken:
                kept += timedelta(days=1)
            taken.add(kept)
            yield kept


def bank_holidays(year: int) -> set[date]:
    regular = {
        *with_substitutes(date(year, 1, 1), date(year, 1, 2)),
        easter(year) - timedelta(days=2),
        first_monday(year, 5),
        last_monday_of_may(year),
        first_monday(year, 8),
        *with_substitutes(date(year, 11, 30)),
        *with_substitutes(date(year, 12, 25), date(year, 12, 26)),
    }
    return {MOVED.get(day, day) for day in regular} | {day for day in ONCE if day.year == year}


@pytest.mark.parametrize("year", YEARS)
def test_both_calendars_work_on_the_same_days(year: int) -> None:
    published, simple = calendar(CURRENT_CALENDAR), bank_holidays(year)
    days = [date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)]
    worked = {day for day in days if day.weekday() < SATURDAY and day not in simple}
    assert {day for day in days if published.is_working(day)} == worked


LIMITS = {
    Clock.NOTIFY: "5 working days",
    Clock.NOTIFY_FROM_AWARENESS: "5 working days",
    Clock.SOG_NOTICE: "5 working days",
    Clock.GOVERNMENT_COPY: "2 working days",
    Clock.REVIEW: "3 months",
    Clock.FEEDBACK: "1 month",
    Clock.ACCEPTANCE: "14 days",
    Clock.INFORMATION: "10 working days",
    Clock.COMPREHENSIVE_REVIEW: "1 month",
}
HOLIDAYS = {day for year in range(2011, 2032) for day in bank_holidays(year)}
LAST = date(2030, 12, 31)


def works(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in HOLIDAYS


def by_walking(day: date, count: int) -> date:
    """The day on which a finger on the wall calendar has passed so many working days, forwards or backwards."""
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= works(day)
    return day


def by_the_page(day: date, months: int) -> date:
    """So many pages on, the same number; where the page has none, the last that it has."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return next(date(year, month, number) for number in range(day.day, 0, -1) if _stands(year, month, number))


def _stands(year: int, month: int, number: int) -> bool:
    lengths = (31, 29 if year % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # 2012 to 2031: no century
    return number <= lengths[month - 1]


def simply_due(clock: Clock, day: date) -> date:
    number, _, unit = LIMITS[clock].partition(" ")
    if unit == "working days":
        return by_walking(day, int(number))
    return day + timedelta(days=int(number)) if unit == "days" else by_the_page(day, int(number))


@pytest.mark.parametrize("clock", Clock)
def test_every_clock_ends_on_the_same_day_from_every_day_of_2012_to_2030(clock: Clock) -> None:
    published = calendar(CURRENT_CALENDAR)
    for day in (date(2012, 1, 1) + timedelta(days=n) for n in range((LAST - date(2012, 1, 1)).days + 1)):
        expected = simply_due(clock, day)
        if expected <= LAST:
            assert due_on(clock, day, policy_on(day), published) == expected
        else:
            with pytest.raises(OutsideCalendar):
                due_on(clock, day, policy_on(day), published)


@pytest.mark.parametrize("clock", [clock for clock in Clock if POLICIES[-1].reminders[clock]])
def test_every_reminder_falls_on_the_same_day_for_every_due_day(clock: Clock) -> None:
    published = calendar(CURRENT_CALENDAR)
    for day in (date(2012, 2, 1) + timedelta(days=n) for n in range((date(2030, 12, 1) - date(2012, 2, 1)).days)):
        for threshold in POLICIES[-1].reminders[clock]:
            in_working_days = "working" in threshold.name
            expected = by_walking(day, threshold.days) if in_working_days else day + timedelta(days=threshold.days)
            assert remind_on(threshold, day, published) == expected


@pytest.mark.parametrize("waited", [0, 1, 4, 9, 30])
def test_days_taken_are_those_that_the_finger_passes(waited: int) -> None:
    published = calendar(CURRENT_CALENDAR)
    for day in (date(2012, 1, 1) + timedelta(days=n) for n in range((date(2030, 11, 1) - date(2012, 1, 1)).days)):
        came = day + timedelta(days=waited)
        passed = sum(works(day + timedelta(days=n + 1)) for n in range(waited))
        assert working_days_taken(day, came, published) == passed + (0 if works(came) else 1)


@pytest.mark.parametrize(("year", "day"), [(2012, (4, 8)), (2014, (4, 20)), (2019, (4, 21)), (2026, (4, 5)), (2030, (4, 21))])
def test_easter_is_where_the_almanac_has_it(year: int, day: tuple[int, int]) -> None:
    assert easter(year) == date(year, *day)
