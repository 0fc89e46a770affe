"""Days and instants as people may send them: each in one form, in bodies and in addresses alike."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Final

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100
"""Years in which something may have happened."""

_EARLIEST: Final = datetime(1, 1, 2, tzinfo=UTC)
_LATEST: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""A day of room at both ends: in another offset it is still an instant."""

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})")


def _any_day(said: Any) -> date:
    try:
        if isinstance(said, str) and _DAY.fullmatch(said):
            return date.fromisoformat(said)
    except ValueError:
        pass
    code, words = "date", "A date is written YYYY-MM-DD."
    raise PydanticCustomError(code, words)


def _day(said: Any) -> date:
    if FIRST_YEAR <= (found := _any_day(said)).year <= LAST_YEAR:
        return found
    code, words = "date", f"A date is written YYYY-MM-DD, from {FIRST_YEAR} to {LAST_YEAR}."
    raise PydanticCustomError(code, words)


def _instant(said: Any) -> datetime:
    try:
        # In an address a plus sign that nobody encoded arrives as a space.
        if isinstance(said, str) and _INSTANT.fullmatch(said := said.replace(" ", "+")):
            found = datetime.fromisoformat(said)
            if _EARLIEST <= found <= _LATEST:
                return found
    except ValueError:
        pass
    code, words = "instant", "An instant is written as RFC 3339, with its offset."
    raise PydanticCustomError(code, words)


def _occurred(said: Any) -> date | datetime:
    if not isinstance(said, str) or _DAY.fullmatch(said):
        return _day(said)
    # Two years of room: an offset may move the instant into another year.
    if FIRST_YEAR < (found := _instant(said)).year < LAST_YEAR:
        return found
    code, words = "instant", f"An instant is written as RFC 3339, with its offset, from {FIRST_YEAR} to {LAST_YEAR}."
    raise PydanticCustomError(code, words)


AnyDay = Annotated[date, PlainValidator(_any_day), WithJsonSchema({"type": "string", "format": "date"})]
Day = Annotated[date, PlainValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Instant = Annotated[datetime, PlainValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
Occurred = Annotated[
    date | datetime,
    PlainValidator(_occurred),
    WithJsonSchema({"type": "string", "examples": ["2014-03-21", "2014-03-21T10:00:00Z"]}),
]
"""When something happened: a day, or an instant with its offset."""
