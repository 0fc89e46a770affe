"""Percentages and means: exact, half up, and nothing of nothing."""

from fractions import Fraction
from math import floor

from hypothesis import given
from hypothesis import strategies as st

from services.statistics.domain.figures import Counts, Reviews, Spread, Timeliness, figures, mean, percent

NO_CLOCK = Timeliness(met=0, missed=0, open=0, held=0, not_measurable=0)
NO_SPREAD = Spread(
    count=0,
    smallest=None,
    largest=None,
    median=None,
    total=None,
    calendar_smallest=None,
    calendar_largest=None,
    calendar_median=None,
)
NO_REVIEWS = Reviews(**dict.fromkeys(Reviews.__slots__, 0))
NOTHING = Counts(
    counted=0, duplicates=0, withdrawn=0, out_of_scope=0, councils=0, signed_off=0,
    notify=NO_CLOCK, notify_from_awareness=NO_CLOCK, government_copy=NO_CLOCK, review=NO_CLOCK, feedback=NO_CLOCK,
    acceptance=NO_CLOCK, late=NO_SPREAD, reviews=NO_REVIEWS,
)  # fmt: skip


def half_up(value: Fraction, digits: int) -> float:
    return float(Fraction(floor(value * 10**digits + Fraction(1, 2)), 10**digits))


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_percentage_is_exact_to_one_decimal_half_up(numerator: int, denominator: int) -> None:
    assert percent(numerator, denominator) == half_up(Fraction(100 * numerator, denominator), 1)


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_a_mean_is_exact_to_two_decimals_half_up(total: int, count: int) -> None:
    assert mean(total, count) == half_up(Fraction(total, count), 2)


def test_half_goes_up_where_bankers_would_go_down() -> None:
    assert (percent(1, 16), percent(1, 800), mean(1, 8)) == (6.3, 0.1, 0.13)


def test_the_reports_own_percentages() -> None:
    assert [percent(40, 111), percent(79, 111), percent(108, 111), percent(22, 111)] == [36.0, 71.2, 97.3, 19.8]


def test_without_cases_there_is_no_percentage_and_no_spread() -> None:
    told = figures(NOTHING)
    assert told["ST-07"]["percent"] is None
    assert told["ST-04"] | {"label": "", "note": ""} == {"label": "", "note": "", "value": 0, "none": 32}
    assert {name: value for name, value in told["ST-08"].items() if name not in {"label", "note"}} == {
        "count": 0, "min": None, "max": None, "median": None, "mean": None, "calendar_min": None, "calendar_max": None, "calendar_median": None,
    }  # fmt: skip


def test_a_median_keeps_its_half_and_loses_its_zero() -> None:
    def late(median: float) -> Spread:
        return Spread(
            count=2, smallest=6, largest=7, median=median, total=13, calendar_smallest=8, calendar_largest=9, calendar_median=8.5
        )

    halves = {half: figures(Counts(**{**_fields(NOTHING), "late": late(half)}))["ST-08"]["median"] for half in (6.5, 7.0)}  # type: ignore[arg-type]
    assert halves == {6.5: 6.5, 7.0: 7}
    assert isinstance(halves[7.0], int)


def _fields(counts: Counts) -> dict[str, object]:
    return {name: getattr(counts, name) for name in Counts.__slots__}
