"""A register file against the rules of api.md 4: typed rows, and every fault by row and column with what to do. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from contracts.calendars import CURRENT_CALENDAR, OutsideCalendar, calendar
from contracts.clocks import Clock, due_on, london_date, policy_on
from contracts.codes import (
    AssessmentTool,
    Check,
    Criterion,
    FeedbackResponse,
    Grade,
    IarDecision,
    IncidentType,
    LateReason,
    MappaCategory,
    OrderType,
    Precision,
    Quality,
    RegisterOutcome,
    ReviewKind,
    SogDecision,
)
from contracts.imprecise import ImpreciseDate
from deploy.console.columns import CHECKS, COLUMNS, COMPULSORY
from deploy.console.sheet import Record, Sheet, letter, name, sheet

Key = tuple[str, str]
"""What a case is known by outside: its council's GSS code and the council's reference."""

Values = Mapping[str, Any]
"""The cells of a row that could be read, by column; an empty cell is None."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Fault:
    """One thing to put right: the row as a spreadsheet numbers it, the column, and what to do."""

    row: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"row {self.row}, column {self.column}: {self.reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One case as a register tells it. What is empty in the file is None."""

    number: int
    council: str
    council_reference: str
    occurred_on: ImpreciseDate | None
    became_aware_on: date | None
    notified_on: date | datetime
    criteria: tuple[Criterion, ...]
    incident_type: IncidentType
    orders: tuple[OrderType, ...] | None
    mappa: MappaCategory | None
    sog_decision: SogDecision | None
    sog_decided_on: date | None
    signed_off_by: Grade | None
    signed_off_on: date | None
    late_reason: LateReason | None
    retrospective: bool | None
    outcome: RegisterOutcome | None
    duplicate_of: str | None
    reclassified_to: IncidentType | None
    reclassified_on: date | None
    government_informed_on: date | None
    review_kind: ReviewKind | None
    review_submitted_on: date | None
    review_signed_off_by: Grade | None
    risk_assessment_completed: Check | None
    risk_assessment_up_to_date: Check | None
    risk_management_plan: Check | None
    plan_informed_by_assessment: Check | None
    order_reviews: Check | None
    assessment_tool: AssessmentTool | None
    information_requested_on: date | None
    information_supplied_on: date | None
    iar_decision: IarDecision | None
    comprehensive_submitted_on: date | None
    quality: Quality | None
    feedback_sent_on: date | None
    feedback_response: FeedbackResponse | None
    feedback_responded_on: date | None
    closed_on: date | None

    @property
    def key(self) -> Key:
        """Its name outside."""
        return self.council, self.council_reference

    @property
    def judged_on(self) -> date | None:
        """The day of the inspectorate's judgement: of the letter, or of the comprehensive review where that is earlier."""
        later = [day for day in (self.feedback_sent_on, self.comprehensive_submitted_on) if day is not None]
        return min(later, default=self.review_submitted_on)

    @property
    def misjudged(self) -> bool:
        """Whether a comprehensive review is said to have been judged as an initial analysis is."""
        kind = self.review_kind
        return self.iar_decision is not None and kind is not None and kind.counts_as is ReviewKind.CR

    @property
    def received_on(self) -> date:
        """The day of receipt, in Europe/London."""
        received: date = day_of(self.notified_on)
        return received


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A file that was checked: `rows` are those without a fault, in the file's order."""

    sheet: Sheet
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[str, ...]


EVERYTHING_ELSE: Final = (
    "reclassified_on",
    "government_informed_on",
    "review_submitted_on",
    "information_requested_on",
    "information_supplied_on",
    "comprehensive_submitted_on",
    "feedback_sent_on",
    "feedback_responded_on",
    "closed_on",
)
SCRUTINY: Final = (
    "review_submitted_on",
    "information_requested_on",
    "information_supplied_on",
    "feedback_sent_on",
    "feedback_responded_on",
)
INCIDENT: Final = ("occurred_on", "became_aware_on")
NOT_BEFORE: Final[dict[str, tuple[str, ...]]] = {
    "became_aware_on": ("occurred_on",),
    "notified_on": INCIDENT,
    "signed_off_on": INCIDENT,
    "sog_decided_on": INCIDENT,
    **dict.fromkeys(EVERYTHING_ELSE, ("notified_on",)),
    "comprehensive_submitted_on": ("notified_on", "review_submitted_on"),
    **{column: ("notified_on", *SCRUTINY[:place]) for place, column in enumerate(SCRUTINY) if place},
    "closed_on": ("notified_on", *SCRUTINY, "comprehensive_submitted_on"),
}
"""The dates of a row, each with those that it may not precede; equal dates are in order."""

NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "sog_decision": ("mappa", "sog_decided_on"),
    "reclassified_to": ("reclassified_on",),
    "review_kind": ("review_submitted_on",),
    "review_submitted_on": ("review_kind",),
    **dict.fromkeys(
        ("review_signed_off_by", *CHECKS, "assessment_tool", "information_requested_on", "iar_decision", "quality"),
        ("review_submitted_on",),
    ),
    "comprehensive_submitted_on": ("review_submitted_on",),
    "information_supplied_on": ("information_requested_on",),
    "feedback_response": ("feedback_sent_on", "feedback_responded_on"),
    "feedback_responded_on": ("feedback_response",),
}
"""What a column cannot be understood without."""


def read(raw: bytes, now: datetime) -> Register:
    """Check a whole file as things stand at `now`.

    Raises:
        UnreadableError: it cannot be taken apart into rows at all.
    """
    parted = sheet(raw, COLUMNS)
    places = _places(parted.heading)
    heading_faults = list(_heading_faults(parted.heading, places))
    faults: list[Fault] = []
    values: dict[int, Values] = {}
    for record in parted.records:
        cells, unread = _cells(record, places, len(parted.heading.cells))
        values[record.row] = cells
        faults += unread
        faults += row_faults(
            record.row, cells, now, silent=frozenset(fault.column for fault in unread) | (set(COMPULSORY) - places.keys())
        )
    faults += repeated(values)
    faults += duplicates(values)
    faulty = {fault.row for fault in faults}
    rows = () if heading_faults else tuple(Row(number=row, **cells) for row, cells in values.items() if row not in faulty)
    return Register(
        sheet=parted,
        rows=rows,
        faults=tuple(sorted(set(heading_faults + faults))),
        warnings=(*_unknown(parted.heading), *_late_without_reason(rows), *_misjudged(rows)),
    )


def row_faults(row: int, values: Values, now: datetime, silent: frozenset[str] = frozenset()) -> Iterator[Fault]:
    """The faults of one row by itself; columns in `silent` are absent or were found unreadable already."""
    for column in COMPULSORY:
        if not values[column] and column not in silent:
            yield Fault(row=row, column=column, reason="compulsory: write it in every row")
    yield from _in_the_future(row, values, now)
    yield from _out_of_order(row, values)
    for column, needed in NEEDS.items():
        for other in needed:
            if values[column] is not None and values[other] is None and other not in silent:
                yield Fault(row=row, column=column, reason=f"needs {other}: write it too, or leave {column} empty")
    duplicate = values["outcome"] is RegisterOutcome.DUPLICATE
    if duplicate and values["duplicate_of"] is None and "duplicate_of" not in silent:
        yield Fault(row=row, column="duplicate_of", reason="say which case this one duplicates: write that council_reference")
    if values["duplicate_of"] is not None and not duplicate and "outcome" not in silent:
        yield Fault(
            row=row,
            column="duplicate_of",
            reason="only a row with outcome duplicate has one: write that outcome, or leave it empty",
        )


def repeated(values: Mapping[int, Values]) -> Iterator[Fault]:
    """References that stand in more than one row: none of them is taken, since nothing says which is right."""
    rows: defaultdict[Key, list[int]] = defaultdict(list)
    for row, key in _keys(values):
        rows[key].append(row)
    for numbers in rows.values():
        for row in numbers if len(numbers) > 1 else ():
            others = ", ".join(str(number) for number in numbers if number != row)
            reason = f"stands in row {others} too: a council uses a reference once, so correct it or remove all but one"
            yield Fault(row=row, column="council_reference", reason=reason)


def duplicates(values: Mapping[int, Values]) -> Iterator[Fault]:
    """Duplicates of a case that the file shows to be a duplicate itself, or that are duplicates of themselves."""
    outcomes = {key: values[row]["outcome"] for row, key in _keys(values)}
    for row, (council, reference) in _keys(values):
        named = values[row]["duplicate_of"]
        if named is None:
            continue
        if named == reference:
            yield Fault(row=row, column="duplicate_of", reason="names its own row: write the council_reference of the other case")
        elif outcomes.get((council, named)) is RegisterOutcome.DUPLICATE:
            yield Fault(
                row=row,
                column="duplicate_of",
                reason="names a case that is itself a duplicate: write the one that both duplicate",
            )


def day_of(when: Any) -> Any:
    """The calendar day of a cell: of an instant in Europe/London, of an imprecise date the earliest."""
    match when:
        case datetime():
            return london_date(when)
        case ImpreciseDate():
            return when.earliest
        case _:
            return when


def _places(heading: Record) -> dict[str, int]:
    """Where each known column stands; of a column named twice, the first place."""
    return {known: place for place, cell in reversed(list(enumerate(heading.cells))) if (known := name(cell)) in COLUMNS}


def _heading_faults(heading: Record, places: Mapping[str, int]) -> Iterator[Fault]:
    names = [name(cell) for cell in heading.cells]
    for column in COMPULSORY:
        if column not in places:
            yield Fault(row=heading.row, column=column, reason="the file has no such column, and it is compulsory: add it")
    for column in places:
        if names.count(column) > 1:
            yield Fault(row=heading.row, column=column, reason="two columns have this name: remove one")


def _cells(record: Record, places: Mapping[str, int], width: int) -> tuple[dict[str, Any], list[Fault]]:
    values: dict[str, Any] = dict.fromkeys(COLUMNS)
    faults: list[Fault] = []
    for column, place in places.items():
        text = record.cells[place].strip() if place < len(record.cells) else ""
        try:
            values[column] = COLUMNS[column].read(text) if text else None
        except ValueError as unread:
            faults.append(Fault(row=record.row, column=column, reason=str(unread)))
    for place in range(width, len(record.cells)):
        if record.cells[place].strip():
            reason = (
                "stands beside the last column: put quotation marks round a cell that holds the separator, or name the column"
            )
            faults.append(Fault(row=record.row, column=letter(place), reason=reason))
    return values, faults


def _in_the_future(row: int, values: Values, now: datetime) -> Iterator[Fault]:
    today = london_date(now)
    for column in ("occurred_on", *NOT_BEFORE):
        when = values[column]
        day = day_of(when)
        if day is not None and (day > today or (isinstance(when, datetime) and when > now)):
            yield Fault(row=row, column=column, reason="lies in the future: correct the date")


def _out_of_order(row: int, values: Values) -> Iterator[Fault]:
    days = {column: day_of(values[column]) for column in ("occurred_on", *NOT_BEFORE)}
    for column, earlier in NOT_BEFORE.items():
        day = days[column]
        passed = [other for other in earlier if day is not None and (before := days[other]) is not None and day < before]
        if passed:
            yield Fault(row=row, column=column, reason=f"is before {passed[-1]}: correct one of the two dates")


def _keys(values: Mapping[int, Values]) -> Iterator[tuple[int, Key]]:
    for row, cells in values.items():
        if cells["council"] is not None and cells["council_reference"] is not None:
            yield row, (cells["council"], cells["council_reference"])


def _unknown(heading: Record) -> Iterator[str]:
    unknown = [cell.strip() or letter(place) for place, cell in enumerate(heading.cells) if name(cell) not in COLUMNS]
    if unknown:
        yield f"columns not known here, left out: {', '.join(unknown)}"


_NO_REASON: Final = "notified after five working days without a reason: add one if it is known"


def _misjudged(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        if row.misjudged:
            yield f"row {row.number}, column iar_decision: only an initial analysis is judged so: left out"


def _late_without_reason(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        if row.late_reason is None and late(row):
            yield f"row {row.number}, column late_reason: {_NO_REASON}"


def late(row: Row) -> bool:
    """Whether the notification came after its due day, as far as that can be told."""
    occurred = row.occurred_on
    if occurred is None or occurred.precision is not Precision.DAY or occurred.earliest is None:
        return False
    try:
        return row.received_on > due_on(Clock.NOTIFY, occurred.earliest, policy_on(row.received_on), calendar(CURRENT_CALENDAR))
    except OutsideCalendar:
        return False
