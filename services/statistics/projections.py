"""Facts heard -> rows of the read models: the one fold, used live and in a rebuild, and pure.

Every row says from when until when it was known. A stream's rows depend on that stream alone, since only inside a stream is there
an order; a figure joins them by case. A fold needs no rows from before: what a batch makes obsolete is closed by its key.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final, assert_never

from services.statistics.readers import (
    Cancelled,
    Counted,
    Fact,
    Notification,
    Received,
    Reclassified,
    Restated,
    Started,
    Stopped,
    Triaged,
    Withdrawn,
)

FOREVER: Final = datetime.max.replace(tzinfo=UTC)
"""`infinity` in the database: known from some instant on, until now and beyond."""

NOT_MEASURABLE: Final = "not_measurable"
DAY: Final = "day"
INCIDENT_TYPE: Final = "incident_type"

WITHDRAWN: Final = "withdrawn"
TRIAGED: Final = "triaged"
RECLASSIFIED: Final = "reclassified"

Told = tuple[str, int, datetime, bool, Fact]
"""Subject, version in its stream, when it was recorded, whether it was imported, and the fact."""

Row = list[Any]
"""Values in the order of a table's columns; the last two are `known_from` and `known_to`."""


@dataclass(slots=True)
class Series:
    """Rows of which each is known until the next of its key is.

    `closing` says how rows of earlier batches end: their key and the instant.
    """

    rows: list[Row] = field(default_factory=list)
    closing: list[tuple[Any, ...]] = field(default_factory=list)
    _last: dict[Hashable, Row] = field(default_factory=dict)

    def add(self, key: tuple[Hashable, ...], values: Iterable[Any], known_from: datetime, *, first: bool = False) -> None:
        """One more row; `first` says that there is no earlier one of its key."""
        before = self._last.get(key)
        if before is not None:
            before[-1] = known_from
        elif not first:
            self.closing.append((*key, known_from))
        self._last[key] = row = [*key, *values, known_from, FOREVER]
        self.rows.append(row)


@dataclass(slots=True)
class Marks:
    """What befell cases on a day: rows `(subject, kind, version, on, value, known_from, known_to)`.

    `superseded` says which reclassifications of earlier batches a restated type makes void: those of the subject, and from when.
    """

    rows: list[Row] = field(default_factory=list)
    superseded: list[tuple[str, datetime]] = field(default_factory=list)
    _types: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))

    def add(self, subject: str, kind: str, version: int, on: date, value: str | None, known_from: datetime) -> None:
        """One more mark."""
        row = [subject, kind, version, on, value, known_from, FOREVER]
        self.rows.append(row)
        if kind == RECLASSIFIED:
            self._types[subject].append(row)

    def restate_type(self, subject: str, known_from: datetime) -> None:
        """The council says what the type is, and was all along: reclassifications until now are void."""
        for row in self._types.pop(subject, ()):
            row[-1] = known_from
        self.superseded.append((subject, known_from))


@dataclass(slots=True)
class Changes:
    """What a batch changes.

    `received (subject, council, received_on, known_from)`, `said (subject, occurred_on, grade, incident_type, ...)`,
    `clocks (subject, clock, due_on, stopped_on, days_taken, imported, ...)` and `marks`.
    """

    received: list[tuple[Any, ...]] = field(default_factory=list)
    said: Series = field(default_factory=Series)
    clocks: Series = field(default_factory=Series)
    marks: Marks = field(default_factory=Marks)


def fold(facts: Iterable[Told]) -> Changes:
    """The rows of a batch. Facts of one stream come in order; streams in any."""
    changes = Changes()
    for subject, version, recorded, imported, fact in facts:
        match fact:
            case Started() | Stopped() | Counted() | Cancelled():
                _run(changes.clocks, subject, recorded, fact, imported=imported)
            case Received(council=council, received_on=day, notification=notification):
                changes.received.append((subject, council, day, recorded))
                changes.said.add((subject,), _said(notification), recorded, first=True)
            case Restated(changed=changed, after=after):
                changes.said.add((subject,), _said(after), recorded)
                if INCIDENT_TYPE in changed:
                    changes.marks.restate_type(subject, recorded)
            case Triaged(on=on, outcome=outcome):
                changes.marks.add(subject, TRIAGED, version, on, outcome, recorded)
            case Withdrawn(on=on):
                changes.marks.add(subject, WITHDRAWN, version, on, None, recorded)
            case Reclassified(on=on, after=found):
                changes.marks.add(subject, RECLASSIFIED, version, on, found, recorded)
            case _:
                assert_never(fact)
    return changes


def _run(
    clocks: Series, subject: str, recorded: datetime, fact: Started | Stopped | Counted | Cancelled, *, imported: bool
) -> None:
    match fact:
        case Started(clock=clock, due_on=due, instance=instance):
            clocks.add((subject, clock), (due, None, None, imported), recorded, first=instance == 1)
        case Stopped(clock=clock, on=on, due_on=due, days_taken=days):
            clocks.add((subject, clock), (due, on, days, imported), recorded)
        case Counted(clock=clock, due_on=due):
            clocks.add((subject, clock), (due, None, None, imported), recorded)
        case Cancelled(clock=clock, reason=reason):
            # From when a case has fallen away is what its marks say; here only that there is no day to count from.
            if reason == NOT_MEASURABLE:
                clocks.add((subject, clock), (None, None, None, imported), recorded)
        case _:
            assert_never(fact)


def lasting(rows: Sequence[Row]) -> list[Row]:
    """The rows that were known for any time at all: one append may say several things of a key, all at one instant."""
    return [row for row in rows if row[-2] != row[-1]]


def _said(notification: Notification) -> tuple[date | None, str | None, str]:
    occurred = notification.occurred_on if notification.occurred_on_precision == DAY else None
    signed = notification.signed_off_by
    return occurred, signed.grade if signed else None, notification.incident_type
