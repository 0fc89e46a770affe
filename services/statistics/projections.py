"""Facts heard -> rows of the read models: the one fold, used live and in a rebuild, and pure.

Every row says from when until when it was known. A stream's rows depend on that stream alone, since only inside a stream is there
an order; a figure joins them by case. A fold needs no rows from before: what a batch makes obsolete is closed by its key.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final, assert_never

from contracts.clocks import Clock
from contracts.codes import Check, CheckItem
from services.statistics.readers import (
    Assessed,
    Cancelled,
    Counted,
    Decided,
    Fact,
    Notification,
    OfClock,
    Received,
    Reclassified,
    Reopened,
    Requested,
    Restated,
    Review,
    Sent,
    Started,
    Stopped,
    Submitted,
    Transferred,
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
DECIDED: Final = "decided"
TRANSFERRED: Final = "transferred"
REQUESTED: Final = "requested"
IAR_DECISION: Final = "iar_decision"
QUALITY: Final = "quality"
SENT: Final = "sent"
REOPENED: Final = "reopened"

IN_FIGURES: Final = frozenset(
    {
        Clock.NOTIFY,
        Clock.NOTIFY_FROM_AWARENESS,
        Clock.GOVERNMENT_COPY,
        Clock.REVIEW,
        Clock.FEEDBACK,
        Clock.ACCEPTANCE,
    },
)
"""The clocks that figures are made from, each by its first instance: what is asked again is shown and not counted."""

CHECKS: Final = (
    CheckItem.RISK_ASSESSMENT_COMPLETED,
    CheckItem.RISK_ASSESSMENT_UP_TO_DATE,
    CheckItem.RISK_MANAGEMENT_PLAN,
    CheckItem.PLAN_INFORMED_BY_ASSESSMENT,
    CheckItem.ORDER_REVIEWS,
)
"""The items that figures count, in the order of the columns of a review."""

_BARE: Final = {Withdrawn: WITHDRAWN, Requested: REQUESTED, Sent: SENT, Reopened: REOPENED}
"""What happened on a day, and that is all."""

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

    `received (subject, council, received_on, known_from)`, `said (subject, occurred_on, grade, incident_type, mappa, ...)`,
    `reviews (subject, submitted_on, kind, grade, one truth for each of CHECKS, known_from)`,
    `clocks (subject, clock, due_on, stopped_on, days_taken, imported, ...)` and `marks`.
    """

    received: list[tuple[Any, ...]] = field(default_factory=list)
    reviews: list[tuple[Any, ...]] = field(default_factory=list)
    said: Series = field(default_factory=Series)
    clocks: Series = field(default_factory=Series)
    marks: Marks = field(default_factory=Marks)


def fold(facts: Iterable[Told]) -> Changes:
    """The rows of a batch. Facts of one stream come in order; streams in any."""
    changes = Changes()
    for subject, version, recorded, imported, fact in facts:
        match fact:
            case Started() | Stopped() | Counted() | Cancelled():
                if fact.clock in IN_FIGURES and fact.instance == 1:
                    _run(changes.clocks, subject, recorded, fact, imported=imported)
            case Received(council=council, received_on=day, notification=notification):
                changes.received.append((subject, council, day, recorded))
                changes.said.add((subject,), _said(notification), recorded, first=True)
            case Restated(changed=changed, after=after):
                changes.said.add((subject,), _said(after), recorded)
                if INCIDENT_TYPE in changed:
                    changes.marks.restate_type(subject, recorded)
            case Submitted(number=number, on=on, review=review):
                if number == 1:
                    changes.reviews.append((subject, on, *_shown(review), recorded))
            case _:
                for kind, value in _marked(fact):
                    changes.marks.add(subject, kind, version, fact.on, value, recorded)
    return changes


def _marked(
    fact: Withdrawn | Triaged | Reclassified | Decided | Transferred | Requested | Assessed | Sent | Reopened,
) -> Sequence[tuple[str, str | None]]:
    """What the fact says of its day: kinds of mark, and their values."""
    match fact:
        case Withdrawn() | Requested() | Sent() | Reopened():
            return [(_BARE[type(fact)], None)]
        case Triaged(outcome=outcome):
            return [(TRIAGED, outcome)]
        case Reclassified(after=found):
            return [(RECLASSIFIED, found)]
        case Decided(decision=decision):
            return [(DECIDED, decision)]
        case Transferred(to_council=council):
            return [(TRANSFERRED, council)]
        case Assessed(iar_decision=decision, quality=quality):
            judged = ((IAR_DECISION, decision), (QUALITY, quality))
            return [(kind, value) for kind, value in judged if value is not None]
        case _:
            assert_never(fact)


def _run(clocks: Series, subject: str, recorded: datetime, fact: OfClock, *, imported: bool) -> None:
    match fact:
        case Started(clock=clock, due_on=due):
            clocks.add((subject, clock), (due, None, None, imported), recorded, first=True)
        case Stopped(clock=clock, on=on, due_on=due, days_taken=days, imported=told):
            clocks.add((subject, clock), (due, on, days, imported if told is None else told), recorded)
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


def _said(notification: Notification) -> tuple[date | None, str | None, str, bool]:
    occurred = notification.occurred_on if notification.occurred_on_precision == DAY else None
    signed = notification.signed_off_by
    return occurred, signed.grade if signed else None, notification.incident_type, notification.mappa is not None


def _shown(review: Review) -> tuple[Any, ...]:
    """Kind, grade of the signature, and whether each of CHECKS is evidenced."""
    evidenced = {each.item for each in review.checks if each.value == Check.EVIDENCED}
    signed = review.signed_off_by
    return review.counts_as, signed.grade if signed else None, *(item in evidenced for item in CHECKS)
