"""Which days are working days: immutable calendars, each version one frozen file with its hash in `index.json`.

LookupError
└── UnknownVersion      a name that this release does not hold
ValueError
├── OutsideCalendar     a day before the first or after the last day of a calendar
└── CalendarAltered     a file that is no longer what was published under its name
"""

import json
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Final

CURRENT_CALENDAR: Final = "GB-SCT/2026.1"
"""What new clocks are counted by. A clock that runs keeps the version that it was started with."""

FOLDER: Final = Path(__file__).parent
INDEX: Final = FOLDER / "index.json"

SATURDAY: Final = 5


class UnknownVersion(LookupError):
    """A version of a calendar or of a policy that this release does not hold."""


class OutsideCalendar(ValueError):
    """A day that the calendar does not cover: nothing can be counted there."""


class CalendarAltered(ValueError):
    """The file of a version is not the one that was published."""


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """Every day from `first` to `last`, both included; `holidays` are the weekdays not worked, with their names."""

    version: str
    holidays: Mapping[date, str] = field(repr=False, hash=False)
    first: date
    last: date

    def within(self, day: date) -> date:
        """`day` itself; OutsideCalendar if the calendar does not cover it."""
        if not self.first <= day <= self.last:
            raise OutsideCalendar(self._beyond(str(day)))
        return day

    def is_working(self, day: date) -> bool:
        """Whether `day` is counted: neither weekend nor holiday, even if the council worked."""
        self.within(day)
        return day.weekday() < SATURDAY and day not in self.holidays

    def reason(self, day: date) -> str | None:
        """Why `day` is not counted: "Saturday", "Sunday", or the holiday's name; None for a working day."""
        self.within(day)
        return ("Saturday", "Sunday")[day.weekday() - SATURDAY] if day.weekday() >= SATURDAY else self.holidays.get(day)

    def next_working(self, day: date) -> date:
        """`day` itself if it is a working day, else the first one after it."""
        return day if self.is_working(day) else self.after(day, 1)

    def after(self, day: date, count: int) -> date:
        """The `count`th working day after `day`, which itself is never counted."""
        self.within(day)
        return self._at(self._worked(day) + count - 1, f"{count} working days after {day}")

    def before(self, day: date, count: int) -> date:
        """The `count`th working day before `day`, which itself is never counted."""
        self.within(day)
        return self._at(bisect_left(self._working, day.toordinal()) - count, f"{count} working days before {day}")

    def between(self, day: date, until: date) -> int:
        """How many working days come after `day` up to and including `until`; negative if `until` is earlier."""
        self.within(day)
        self.within(until)
        return self._worked(until) - self._worked(day)

    def _at(self, place: int, what: str) -> date:
        if not 0 <= place < len(self._working):
            raise OutsideCalendar(self._beyond(what))
        return date.fromordinal(self._working[place])

    def _worked(self, day: date) -> int:
        return bisect_right(self._working, day.toordinal())

    @cached_property
    def _working(self) -> tuple[int, ...]:
        closed = {day.toordinal() for day in self.holidays}
        every = range(self.first.toordinal(), self.last.toordinal() + 1)
        # Ordinal 1 is a Monday.
        return tuple(day for day in every if (day - 1) % 7 < SATURDAY and day not in closed)

    def _beyond(self, what: str) -> str:
        return f"{what} is outside {self.version}, which covers {self.first} to {self.last}"


def versions() -> tuple[str, ...]:
    """The names of all calendars, in order of publication."""
    return tuple(published())


def newer(version: str, other: str) -> bool:
    """Whether a calendar was published after another; UnknownVersion if either is not known."""
    places = {name: place for place, name in enumerate(published())}
    try:
        return places[version] > places[other]
    except KeyError as unknown:
        raise UnknownVersion(f"no calendar {unknown}") from None


@cache
def calendar(version: str) -> Calendar:
    """The calendar of that name; UnknownVersion if there is none, CalendarAltered if its file was touched."""
    if version not in published():
        raise UnknownVersion(f"no calendar {version!r}")
    written = file_of(version).read_bytes()
    if digest(written) != published()[version]:
        raise CalendarAltered(f"{file_of(version).name} is not the file that was published as {version}")
    return read(version, written)


def read(version: str, written: bytes) -> Calendar:
    """The calendar in the bytes of its file."""
    data = json.loads(written)
    return Calendar(
        version=version,
        holidays={date.fromisoformat(day): name for day, name in data["holidays"].items()},
        first=date.fromisoformat(data["first"]),
        last=date.fromisoformat(data["last"]),
    )


def file_of(version: str) -> Path:
    """Where a version is kept: `GB-SCT/2026.1` in `GB-SCT-2026.1.json`."""
    return FOLDER / f"{version.replace('/', '-')}.json"


def digest(written: bytes) -> str:
    """What the index keeps of a file."""
    return sha256(written).hexdigest()


@cache
def published() -> dict[str, str]:
    """The names of all versions, oldest first, and the hash that each file was published with."""
    index: dict[str, str] = json.loads(INDEX.read_bytes())
    return index
