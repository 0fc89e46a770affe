"""Choices that look like chance and never change, and days of the Scottish calendar, for the demo register. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from hashlib import sha256
from typing import Final, TypeVar

from contracts.calendars import CURRENT_CALENDAR, calendar

T = TypeVar("T")

DAYS: Final = calendar(CURRENT_CALENDAR)


def number(salt: str, most: int) -> int:
    """A whole number from 0 to `most`, the same for the same salt."""
    return int.from_bytes(sha256(salt.encode()).digest()[:8]) % (most + 1)


def pick(salt: str, options: Sequence[T]) -> T:
    """One of the options; an option that stands twice is taken twice as often."""
    return options[number(salt, len(options) - 1)]


def mixed(salt: str, values: Iterable[T]) -> list[T]:
    """The values in another order."""
    return [value for _, value in sorted(enumerate(values), key=lambda pair: sha256(f"{salt} {pair[0]}".encode()).digest())]


def spread(first: date, last: date, count: int) -> list[date]:
    """Working days from `first` to `last`, not quite evenly, in order."""
    step = (last - first).days / (count - 1)
    wanted = (
        first + timedelta(days=min(round(place * step) + number(f"day {first} {place}", 3), (last - first).days))
        for place in range(count)
    )
    return sorted(DAYS.next_working(day) for day in wanted)


def before(day: date, working_days: int) -> date:
    """The working day from which `day`, itself one, is reached in so many working days."""
    start = day
    while DAYS.between(start, day) < working_days or not DAYS.is_working(start):
        start -= timedelta(days=1)
    return start
