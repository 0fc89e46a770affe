"""Scotland's bank holidays once more, from the rules as a person would say them, compared with the published calendar."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from contracts.calendars import CURRENT_CALENDAR, calendar

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


@pytest.mark.parametrize(("year", "day"), [(2012, (4, 8)), (2014, (4, 20)), (2019, (4, 21)), (2026, (4, 5)), (2030, (4, 21))])
def test_easter_is_where_the_almanac_has_it(year: int, day: tuple[int, int]) -> None:
    assert easter(year) == date(year, *day)
