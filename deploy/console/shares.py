"""Shares of whole numbers, as figures are printed: to one decimal, half up. Pure."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any


def share(numerator: int, denominator: int) -> dict[str, Any]:
    """A share, its percentage to one decimal, half up; None of nothing."""
    percent = float(rounded(Decimal(100 * numerator) / denominator, "0.1")) if denominator else None
    return {"numerator": numerator, "denominator": denominator, "percent": percent}


def rounded(value: Decimal, to: str) -> Decimal:
    """To so many places, half up."""
    return value.quantize(Decimal(to), ROUND_HALF_UP)
