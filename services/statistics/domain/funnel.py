"""A council's number beside what its population lets one expect: exact Poisson limits, a question and no verdict (domain 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, isqrt, lgamma, log
from typing import Final

NINETY_FIVE: Final = 0.05
NINETY_NINE_EIGHT: Final = 0.002
_REACH: Final = 12
"""Standard deviations below the mean at which summing starts: what lies under them is less than 1e-30."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The range inside which a count says nothing, both ends included."""

    lower_95: int
    upper_95: int
    lower_998: int
    upper_998: int


def limits(expected: float) -> Limits:
    """Of a Poisson count around `expected`: the smallest k with P(X <= k) >= a/2, and >= 1 - a/2, for a = 0.05 and 0.002."""
    outer, inner = NINETY_NINE_EIGHT / 2, NINETY_FIVE / 2
    lower_998, lower_95, upper_95, upper_998 = quantiles(expected, [outer, inner, 1 - inner, 1 - outer])
    return Limits(lower_95=lower_95, upper_95=upper_95, lower_998=lower_998, upper_998=upper_998)


def quantiles(expected: float, levels: Sequence[float]) -> list[int]:
    """For each level, in rising order, the smallest k with P(X <= k) >= level."""
    if expected == 0:
        return [0] * len(levels)
    count = max(0, int(expected) - _REACH * (isqrt(int(expected)) + 2))
    chance = exp(count * log(expected) - expected - lgamma(count + 1))
    below = chance
    found: list[int] = []
    for level in levels:
        while below < level:
            count += 1
            chance *= expected / count
            below += chance
        found.append(count)
    return found


def position(count: int, limits: Limits) -> str:
    """Where a count lies; on a limit is inside."""
    if count < limits.lower_998:
        return "below_998"
    if count < limits.lower_95:
        return "below_95"
    if count > limits.upper_998:
        return "above_998"
    return "above_95" if count > limits.upper_95 else "inside"
