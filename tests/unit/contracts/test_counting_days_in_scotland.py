"""The published calendar: its days, its names, its limits, and that it cannot change unnoticed."""

from calendar import month_abbr
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from contracts import calendars
from contracts.calendars import CURRENT_CALENDAR, CalendarAltered, OutsideCalendar, UnknownVersion, calendar
from contracts.calendars import make as maker

SCOTLAND = calendar(CURRENT_CALENDAR)

# domain.md 3.5: the weekdays that were bank holidays in the years of the report.
LISTED = {
    2012: "2 Jan, 3 Jan, 6 Apr, 7 May, 4 Jun, 5 Jun, 6 Aug, 30 Nov, 25 Dec, 26 Dec",
    2013: "1 Jan, 2 Jan, 29 Mar, 6 May, 27 May, 5 Aug, 2 Dec, 25 Dec, 26 Dec",
    2014: "1 Jan, 2 Jan, 18 Apr, 5 May, 26 May, 4 Aug, 1 Dec, 25 Dec, 26 Dec",
    2015: "1 Jan, 2 Jan, 3 Apr, 4 May, 25 May, 3 Aug, 30 Nov, 25 Dec, 28 Dec",
}


def _read(words: str, year: int) -> Iterator[date]:
    months = list(month_abbr)
    for day, month in (written.split() for written in words.split(", ")):
        yield date(year, months.index(month), int(day))


@pytest.mark.parametrize("year", LISTED)
def test_the_weekdays_not_worked_are_those_of_the_official_list(year: int) -> None:
    assert [day for day in SCOTLAND.holidays if day.year == year] == list(_read(LISTED[year], year))


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2014, 11, 29), "Saturday"),
        (date(2014, 11, 30), "Sunday"),
        (date(2014, 12, 1), "St Andrew's Day (substitute day)"),
        (date(2012, 11, 30), "St Andrew's Day"),
        (date(2014, 1, 2), "2nd January"),
        (date(2016, 1, 4), "2nd January (substitute day)"),
        (date(2023, 1, 2), "New Year's Day (substitute day)"),
        (date(2023, 1, 3), "2nd January (substitute day)"),
        (date(2014, 8, 4), "Summer bank holiday"),
        (date(2022, 9, 19), "State Funeral of Queen Elizabeth II"),
        (date(2014, 12, 2), None),
    ],
)
def test_a_day_that_is_not_counted_says_why(day: date, reason: str | None) -> None:
    assert SCOTLAND.reason(day) == reason


@pytest.mark.parametrize("day", [date(2014, 4, 21), date(2014, 8, 25)], ids=["Easter Monday", "last Monday of August"])
def test_holidays_of_england_are_worked_in_scotland(day: date) -> None:
    assert SCOTLAND.is_working(day)


@pytest.mark.parametrize(
    "day", [date(2020, 5, 8), date(2022, 6, 2), date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8), date(2026, 6, 15)]
)
def test_days_proclaimed_for_one_year_are_not_worked(day: date) -> None:
    assert not SCOTLAND.is_working(day)


@pytest.mark.parametrize("day", [date(2020, 5, 4), date(2022, 5, 30)])
def test_the_day_that_a_holiday_was_moved_from_is_worked(day: date) -> None:
    assert SCOTLAND.is_working(day)


def test_a_working_day_is_its_own_next_one() -> None:
    assert SCOTLAND.next_working(date(2014, 11, 28)) == date(2014, 11, 28)


def test_the_next_working_day_after_a_long_weekend_is_the_tuesday() -> None:
    assert SCOTLAND.next_working(date(2014, 11, 29)) == date(2014, 12, 2)


def test_stepping_day_by_day_and_counting_agree_over_all_eighty_one_years() -> None:
    day, counted = SCOTLAND.first, 0
    while day < SCOTLAND.last:
        day += timedelta(days=1)
        if SCOTLAND.is_working(day):
            counted += 1
            assert SCOTLAND.after(SCOTLAND.first, counted) == day
        assert SCOTLAND.between(SCOTLAND.first, day) == counted


def test_it_covers_1950_to_2030() -> None:
    assert (SCOTLAND.first, SCOTLAND.last) == (date(1950, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize("day", [date(1949, 12, 31), date(2031, 1, 1)])
def test_nothing_is_known_of_a_day_outside(day: date) -> None:
    for question in (SCOTLAND.is_working, SCOTLAND.reason, SCOTLAND.next_working):
        with pytest.raises(OutsideCalendar, match="covers 1950-01-01 to 2030-12-31"):
            question(day)
    with pytest.raises(OutsideCalendar):
        SCOTLAND.after(day, 1)
    with pytest.raises(OutsideCalendar):
        SCOTLAND.between(date(2000, 1, 1), day)


def test_counting_past_the_last_day_is_refused_rather_than_guessed() -> None:
    assert SCOTLAND.after(date(2030, 12, 30), 1) == date(2030, 12, 31)
    with pytest.raises(OutsideCalendar):
        SCOTLAND.after(date(2030, 12, 30), 2)


def test_an_unknown_version_is_not_answered_by_another() -> None:
    with pytest.raises(UnknownVersion, match=r"GB-SCT/1999\.9"):
        calendar("GB-SCT/1999.9")


@pytest.mark.parametrize("version", calendars.versions())
def test_every_published_file_is_the_one_that_was_published(version: str) -> None:
    assert calendar(version).version == version


def test_every_file_is_in_the_index() -> None:
    known = {calendars.file_of(version) for version in calendars.versions()}
    assert known == set(calendars.FOLDER.glob("*.json")) - {calendars.INDEX}


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the published files, which may be spoilt."""
    for published in calendars.FOLDER.glob("*.json"):
        (tmp_path / published.name).write_bytes(published.read_bytes())
    monkeypatch.setattr(calendars, "FOLDER", tmp_path)
    for module in (calendars, maker):
        monkeypatch.setattr(module, "INDEX", tmp_path / "index.json")
    _forget()
    yield tmp_path
    _forget()


def _forget() -> None:
    calendar.cache_clear()
    calendars.published.cache_clear()


def test_a_file_with_one_altered_digit_is_refused(bench: Path) -> None:
    file = bench / "GB-SCT-2026.1.json"
    file.write_bytes(file.read_bytes().replace(b"2014-12-01", b"2014-12-02"))
    with pytest.raises(CalendarAltered, match="GB-SCT-2026"):
        calendar(CURRENT_CALENDAR)


def test_making_a_version_again_changes_nothing(bench: Path) -> None:
    before = {file: file.read_bytes() for file in bench.iterdir()}
    assert maker.main(CURRENT_CALENDAR) == 0
    assert {file: file.read_bytes() for file in bench.iterdir()} == before


@pytest.mark.usefixtures("bench")
def test_a_version_is_never_made_over_with_other_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maker, "LAST", date(2029, 12, 31))
    assert maker.main(CURRENT_CALENDAR) == 1
    _forget()
    assert calendar(CURRENT_CALENDAR).last == date(2030, 12, 31)


@pytest.mark.usefixtures("bench")
def test_a_new_version_stands_beside_the_old_one() -> None:
    assert maker.main("GB-SCT/2027.1") == 0
    _forget()
    assert calendars.versions() == (CURRENT_CALENDAR, "GB-SCT/2027.1")
    assert calendar("GB-SCT/2027.1").holidays == SCOTLAND.holidays


@pytest.mark.usefixtures("bench")
def test_a_day_that_was_proclaimed_stands_in_the_new_version_beside_all_others() -> None:
    assert maker.main("GB-SCT/2027.1", "2027-06-14=World Cup") == 0
    _forget()
    assert calendar("GB-SCT/2027.1").holidays == {**SCOTLAND.holidays, date(2027, 6, 14): "World Cup"}
    assert list(calendar("GB-SCT/2027.1").holidays) == sorted(calendar("GB-SCT/2027.1").holidays)


def test_what_was_published_later_is_newer_and_a_stranger_is_neither() -> None:
    assert not calendars.newer(CURRENT_CALENDAR, CURRENT_CALENDAR)
    with pytest.raises(UnknownVersion):
        calendars.newer("GB-SCT/1999.9", CURRENT_CALENDAR)


def test_before_and_after_undo_each_other_on_every_working_day() -> None:
    for day in (date(2014, 1, 6) + timedelta(days=n) for n in range(365)):
        if SCOTLAND.is_working(day):
            assert SCOTLAND.after(SCOTLAND.before(day, 3), 3) == day
    with pytest.raises(OutsideCalendar):
        SCOTLAND.before(date(1950, 1, 4), 2)
