"""When a duty is due, why then, and by which edition of the guidance."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.calendars import CURRENT_CALENDAR, OutsideCalendar, UnknownVersion, calendar
from contracts.clocks import (
    LIMITS,
    POLICIES,
    Clock,
    Limit,
    Policy,
    Skipped,
    Unit,
    due,
    due_on,
    end_of_day_london,
    london_date,
    months_after,
    noon_london,
    policy,
    policy_on,
    working_days_taken,
)

SCOTLAND = calendar(CURRENT_CALENDAR)
GUIDANCE = policy("2013")

days = st.dates(date(1950, 1, 1), date(2030, 6, 30))
clocks = st.sampled_from(Clock)
in_working_days = st.sampled_from([clock for clock, limit in LIMITS.items() if limit.unit is Unit.WORKING_DAYS])


@pytest.mark.parametrize(
    ("occurred_on", "last_day"),
    [
        (date(2013, 12, 23), date(2014, 1, 3)),
        (date(2014, 4, 14), date(2014, 4, 22)),
        (date(2014, 7, 31), date(2014, 8, 8)),
        (date(2014, 11, 28), date(2014, 12, 8)),
        (date(2014, 12, 24), date(2015, 1, 6)),
    ],
    ids=["2 January", "Easter Monday is worked", "first Monday of August", "St Andrew's Day moved", "Christmas and New Year"],
)
def test_a_notification_is_due_on_the_fifth_scottish_working_day(occurred_on: date, last_day: date) -> None:
    assert due(Clock.NOTIFY, occurred_on, GUIDANCE, SCOTLAND).due_on == last_day


def test_a_due_date_explains_itself_day_by_day() -> None:
    answer = due(Clock.NOTIFY, date(2014, 11, 28), policy("2013+2014"), SCOTLAND)
    assert answer.counted == (date(2014, 12, 2), date(2014, 12, 3), date(2014, 12, 4), date(2014, 12, 5), date(2014, 12, 8))
    assert answer.skipped == (
        Skipped(date=date(2014, 11, 29), reason="Saturday"),
        Skipped(date=date(2014, 11, 30), reason="Sunday"),
        Skipped(date=date(2014, 12, 1), reason="St Andrew's Day (substitute day)"),
        Skipped(date=date(2014, 12, 6), reason="Saturday"),
        Skipped(date=date(2014, 12, 7), reason="Sunday"),
    )
    assert (answer.clock, answer.calendar) == (Clock.NOTIFY, "GB-SCT/2026.1")


@pytest.mark.parametrize(
    ("clock", "day_zero", "last_day"),
    [
        (Clock.REVIEW, date(2014, 11, 30), date(2015, 2, 28)),
        (Clock.REVIEW, date(2014, 5, 31), date(2014, 8, 31)),
        (Clock.REVIEW, date(2015, 11, 30), date(2016, 2, 29)),
        (Clock.FEEDBACK, date(2014, 1, 31), date(2014, 2, 28)),
        (Clock.FEEDBACK, date(2014, 12, 15), date(2015, 1, 15)),
        (Clock.COMPREHENSIVE_REVIEW, date(2014, 3, 31), date(2014, 4, 30)),
        (Clock.ACCEPTANCE, date(2014, 12, 20), date(2015, 1, 3)),
    ],
)
def test_months_and_weeks_end_where_the_calendar_page_says_even_on_a_weekend(
    clock: Clock, day_zero: date, last_day: date
) -> None:
    answer = due(clock, day_zero, GUIDANCE, SCOTLAND)
    assert answer.due_on == last_day
    assert (answer.counted, answer.skipped) == ((), ())


@pytest.mark.parametrize(
    ("clock", "length", "unit"),
    [
        ("notify", 5, "working_days"),
        ("notify_from_awareness", 5, "working_days"),
        ("sog_notice", 5, "working_days"),
        ("government_copy", 2, "working_days"),
        ("review", 3, "months"),
        ("feedback", 1, "months"),
        ("acceptance", 14, "calendar_days"),
        ("information", 10, "working_days"),
        ("comprehensive_review", 1, "months"),
    ],
)
def test_every_edition_gives_each_duty_its_length(clock: str, length: int, unit: str) -> None:
    assert {edition.limits[Clock(clock)] for edition in POLICIES} == {Limit(length, Unit(unit))}


def test_every_edition_limits_all_nine_duties_and_no_other() -> None:
    assert len(Clock) == 9
    assert all(set(edition.limits) == set(Clock) for edition in POLICIES)


@pytest.mark.parametrize(
    ("received_on", "version"),
    [
        (date(2005, 6, 1), "2012"),
        (date(2012, 1, 26), "2012"),
        (date(2012, 1, 27), "2012"),
        (date(2013, 1, 31), "2012"),
        (date(2013, 2, 1), "2013"),
        (date(2014, 7, 31), "2013"),
        (date(2014, 8, 1), "2013+2014"),
        (date(2021, 12, 31), "2013+2014"),
        (date(2022, 1, 1), "2022"),
        (date(2026, 11, 27), "2022"),
    ],
)
def test_the_edition_is_that_of_the_day_of_receipt(received_on: date, version: str) -> None:
    assert policy_on(received_on).version == version


def test_only_the_first_edition_leaves_registered_sex_offenders_out() -> None:
    assert [edition.version for edition in POLICIES if edition.excludes_registered_sex_offenders] == ["2012"]


def test_an_unknown_edition_is_not_answered_by_another() -> None:
    with pytest.raises(UnknownVersion, match="2099"):
        policy("2099")


@given(clock=in_working_days, day_zero=days, edition=st.sampled_from(POLICIES))
def test_a_clock_in_working_days_ends_on_a_working_day_after_exactly_its_length(
    clock: Clock, day_zero: date, edition: Policy
) -> None:
    answer = due(clock, day_zero, edition, SCOTLAND)
    assert SCOTLAND.is_working(answer.due_on)
    assert answer.counted[-1] == answer.due_on
    assert len(answer.counted) == edition.limits[clock].length == working_days_taken(day_zero, answer.due_on, SCOTLAND)


@given(clock=in_working_days, day_zero=days)
def test_every_day_after_day_zero_is_either_counted_or_skipped(clock: Clock, day_zero: date) -> None:
    answer = due(clock, day_zero, GUIDANCE, SCOTLAND)
    every = [day_zero + timedelta(days=n) for n in range(1, (answer.due_on - day_zero).days + 1)]
    assert sorted([*answer.counted, *(skipped.date for skipped in answer.skipped)]) == every


@given(clock=clocks, one=days, other=days)
def test_a_later_day_zero_is_never_due_earlier(clock: Clock, one: date, other: date) -> None:
    earlier, later = sorted((one, other))
    assert due_on(clock, earlier, GUIDANCE, SCOTLAND) <= due_on(clock, later, GUIDANCE, SCOTLAND)


@given(clock=clocks, day_zero=days, day=days)
def test_one_more_holiday_never_makes_a_duty_due_earlier(clock: Clock, day_zero: date, day: date) -> None:
    proclaimed = replace(SCOTLAND, holidays={**SCOTLAND.holidays, day: "Proclaimed"})
    assert due_on(clock, day_zero, GUIDANCE, proclaimed) >= due_on(clock, day_zero, GUIDANCE, SCOTLAND)


@given(day_zero=days, waited=st.integers(0, 60))
def test_late_by_the_days_taken_is_late_by_the_clock(day_zero: date, waited: int) -> None:
    received_on = day_zero + timedelta(days=waited)
    in_time = received_on <= due_on(Clock.NOTIFY, day_zero, GUIDANCE, SCOTLAND)
    assert (working_days_taken(day_zero, received_on, SCOTLAND) <= 5) == in_time


@pytest.mark.parametrize(
    ("received_on", "taken"),
    [
        (date(2014, 11, 28), 0),
        (date(2014, 11, 29), 1),
        (date(2014, 12, 2), 1),
        (date(2014, 12, 5), 4),
        (date(2014, 12, 6), 5),
        (date(2014, 12, 8), 5),
        (date(2014, 12, 9), 6),
    ],
)
def test_a_receipt_on_a_day_not_worked_takes_as_long_as_one_on_the_next_working_day(received_on: date, taken: int) -> None:
    assert working_days_taken(date(2014, 11, 28), received_on, SCOTLAND) == taken


@given(day=days, months=st.integers(0, 240))
def test_a_month_later_is_the_same_day_number_or_the_last_day_of_a_shorter_month(day: date, months: int) -> None:
    later = months_after(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


@pytest.mark.parametrize("clock", Clock)
@pytest.mark.parametrize("day_zero", [date(1949, 12, 31), date(2030, 12, 31), date(9999, 12, 1)])
def test_a_due_date_outside_the_calendar_is_not_measurable(clock: Clock, day_zero: date) -> None:
    with pytest.raises(OutsideCalendar):
        due(clock, day_zero, GUIDANCE, SCOTLAND)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2014-03-30T00:30:00+00:00", date(2014, 3, 30)),
        ("2014-06-30T23:30:00+00:00", date(2014, 7, 1)),
        ("2014-12-31T23:59:59.999999+00:00", date(2014, 12, 31)),
        ("2014-07-01T00:15:00+05:30", date(2014, 6, 30)),
    ],
)
def test_an_instant_belongs_to_the_day_that_london_had(instant: str, day: date) -> None:
    assert london_date(datetime.fromisoformat(instant)) == day


def test_a_time_without_offset_is_no_instant() -> None:
    with pytest.raises(ValueError, match="offset"):
        london_date(datetime(2014, 7, 1, 12))  # noqa: DTZ001 - the fault


@pytest.mark.parametrize(
    ("day", "ends"),
    [
        (date(2014, 12, 8), datetime(2014, 12, 9, 0, tzinfo=UTC)),
        (date(2014, 7, 8), datetime(2014, 7, 8, 23, tzinfo=UTC)),
        (date(2014, 3, 30), datetime(2014, 3, 30, 23, tzinfo=UTC)),
        (date(2014, 10, 26), datetime(2014, 10, 27, 0, tzinfo=UTC)),
    ],
    ids=["winter", "summer", "clocks go forward", "clocks go back"],
)
def test_a_day_ends_at_londons_midnight(day: date, ends: datetime) -> None:
    assert end_of_day_london(day) == ends


@given(day=days)
def test_a_day_is_over_at_its_end_and_not_before(day: date) -> None:
    assert london_date(end_of_day_london(day)) == day + timedelta(days=1)
    assert london_date(end_of_day_london(day) - timedelta(microseconds=1)) == day
    assert london_date(noon_london(day)) == day


def test_noon_is_londons_noon() -> None:
    assert noon_london(date(2014, 7, 8)) == datetime(2014, 7, 8, 11, tzinfo=UTC)
