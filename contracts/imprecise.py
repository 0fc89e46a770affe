"""Dates of which only a month or a year is known, as a historical incident often has."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from contracts.codes import Precision

_WRITTEN: Final = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


@dataclass(frozen=True, slots=True)
class ImpreciseDate:
    """`2014-03-21`, `2014-03`, `2014`, or nothing: the earliest day that it can have been, and how exactly it is known."""

    earliest: date | None
    precision: Precision

    def __str__(self) -> str:
        """As it was written."""
        length = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4, Precision.UNKNOWN: 0}[self.precision]
        return f"{self.earliest or ''}"[:length]


def imprecise(text: str) -> ImpreciseDate:
    """Read one of the four forms; ValueError for anything else, and for a day that no calendar has."""
    if not text:
        return ImpreciseDate(None, Precision.UNKNOWN)
    if not (written := _WRITTEN.fullmatch(text)):
        raise ValueError("a date is written 2014-03-21, 2014-03 or 2014")
    year, month, day = written.groups()
    precision = Precision.DAY if day else Precision.MONTH if month else Precision.YEAR
    return ImpreciseDate(date(int(year), int(month or 1), int(day or 1)), precision)
