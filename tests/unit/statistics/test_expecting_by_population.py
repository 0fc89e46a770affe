"""The funnel: exact Poisson limits, checked by tails summed in another way."""

from decimal import Decimal, localcontext
from math import isclose

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.councils import COUNCILS
from services.statistics.domain.funnel import limits, position, quantiles

POPULATION = {council.name.removesuffix(" Council"): council.population for council in COUNCILS}
SCOTLAND = 5_347_600


def tail(expected: float, count: int) -> Decimal:
    """P(X <= count), each term from scratch, in fifty digits."""
    with localcontext() as context:
        context.prec = 50
        mean, term, total = Decimal(expected), Decimal(1), Decimal(0)
        for k in range(count + 1):
            term = term * mean / k if k else Decimal(1)
            total += term
        return total * (-mean).exp()


@settings(max_examples=150, deadline=None)
@given(st.floats(0.001, 600))
def test_a_limit_is_the_smallest_count_whose_tail_reaches_its_level(expected: float) -> None:
    found = limits(expected)
    for count, level in (
        (found.lower_998, "0.001"),
        (found.lower_95, "0.025"),
        (found.upper_95, "0.975"),
        (found.upper_998, "0.999"),
    ):
        assert tail(expected, count) >= Decimal(level)
        assert count == 0 or tail(expected, count - 1) < Decimal(level)


def test_a_very_large_number_is_no_harder() -> None:
    low, high = quantiles(250_000, [0.025, 0.975])
    assert isclose(low, 250_000 - 1.96 * 500, abs_tol=2)
    assert isclose(high, 250_000 + 1.96 * 500, abs_tol=2)


def test_nothing_expected() -> None:
    assert quantiles(0, [0.001, 0.999]) == [0, 0]
    assert position(0, limits(0)) == "inside"


@pytest.mark.parametrize(
    ("council", "seen", "chance", "flag"),
    [
        ("South Lanarkshire", 0, 0.0014, "below_95"),
        ("Fife", 2, 0.018, "below_95"),
        ("Aberdeenshire", 1, 0.029, "inside"),
        ("Perth and Kinross", 0, 0.046, "inside"),
        ("Shetland Islands", 0, 0.62, "inside"),
        ("South Ayrshire", 8, None, "above_95"),
        ("North Ayrshire", 10, None, "above_998"),
        ("West Lothian", 12, None, "above_998"),
    ],
)
def test_the_councils_of_the_report(council: str, seen: int, chance: float | None, flag: str) -> None:
    expected = 111 * POPULATION[council] / SCOTLAND
    assert position(seen, limits(expected)) == flag
    if chance is not None:
        assert isclose(tail(expected, seen), chance, rel_tol=0.04)


@pytest.mark.parametrize(("expected", "flag"), [(3.68, "inside"), (3.69, "below_95"), (6.90, "below_95"), (6.91, "below_998")])
def test_when_silence_says_something(expected: float, flag: str) -> None:
    assert position(0, limits(expected)) == flag


def test_both_limits_are_inside() -> None:
    found = limits(5.0)
    assert {position(count, found) for count in (found.lower_95, found.upper_95)} == {"inside"}
    assert position(found.upper_95 + 1, found) == "above_95"
