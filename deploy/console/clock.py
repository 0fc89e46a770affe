"""The only place of the console that asks the machine what time it is."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


def ticks() -> float:
    """Seconds that only rise, to measure with."""
    return time.perf_counter()
