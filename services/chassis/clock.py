"""The only place that asks the machine what time it is, and the only maker of identifiers."""

import time
from datetime import UTC, datetime
from uuid import UUID

from uuid_utils.compat import uuid7


def now() -> datetime:
    """The wall clock, in UTC. Facts are dated by the database's instant instead (`store.py`)."""
    return datetime.now(UTC)


def seconds() -> float:
    """Seconds since the epoch, for tokens and metrics."""
    return time.time()


def new_id() -> UUID:
    """A UUIDv7: unique, and rising with time."""
    return uuid7()
