"""The columns of a register (api.md 4): how each cell is read, and what to write where one cannot be."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Final, TypeVar

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
    Quality,
    RegisterOutcome,
    ReviewKind,
    SogDecision,
)
from contracts.councils import council_named
from contracts.imprecise import ImpreciseDate, imprecise

E = TypeVar("E", bound=Enum)
Read = Callable[[str], Any]
"""A cell that is not empty -> its value. ValueError says what to write instead."""

LONGEST_REFERENCE: Final = 100
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT: Final = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?)([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)
_BIDI: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """How a column is read; `later` while its values are checked but not yet imported."""

    read: Read
    compulsory: bool = False
    later: bool = False


def day(text: str) -> date:
    """A calendar date."""
    if not _DATE.fullmatch(text):
        msg = "write a date as 2014-03-21"
        raise ValueError(msg)
    try:
        return date.fromisoformat(text)
    except ValueError:
        msg = "there is no such day: write a date as 2014-03-21"
        raise ValueError(msg) from None


def day_or_instant(text: str) -> date | datetime:
    """A calendar date, or an instant with its offset."""
    if not (written := _INSTANT.fullmatch(text)):
        return day(text)
    on, at, offset = written.groups()
    if offset is None:
        msg = "an instant needs an offset: write 2014-03-21T10:15:00+00:00, or the date alone"
        raise ValueError(msg)
    try:
        return datetime.fromisoformat(f"{on}T{at}{offset.upper()}").astimezone(UTC)
    except (ValueError, OverflowError):
        msg = "there is no such instant: write 2014-03-21T10:15:00+00:00, or the date alone"
        raise ValueError(msg) from None


def day_month_or_year(text: str) -> ImpreciseDate:
    """A date of which only the month or the year may be known."""
    try:
        return imprecise(text)
    except ValueError:
        msg = "write 2014-03-21, or 2014-03 or 2014 if no more is known, or leave it empty"
        raise ValueError(msg) from None


def council(text: str) -> str:
    """The council's present GSS code."""
    if (found := council_named(text)) is None:
        msg = "no council of this name or code: write one of the 32 by its official name or its GSS code (S12...)"
        raise ValueError(msg)
    return found.gss_code


def reference(text: str) -> str:
    """The council's own reference."""
    text = unicodedata.normalize("NFC", text)
    if len(text) > LONGEST_REFERENCE:
        msg = f"write at most {LONGEST_REFERENCE} characters"
        raise ValueError(msg)
    if any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} or character in _BIDI for character in text):
        msg = "write it in one line, without characters that cannot be seen"
        raise ValueError(msg)
    return text


def code(kind: type[E]) -> Read:
    """One code of a list, in either case of letters."""
    known = {str(each.value).casefold(): each for each in kind}

    def read(text: str) -> E:
        if (found := known.get(text.casefold())) is None:
            msg = f"write {_either(list(known.values()))}"
            raise ValueError(msg)
        return found

    return read


def codes(one: Read) -> Read:
    """Codes joined by `;`, each once, in order."""

    def read(text: str) -> tuple[Any, ...]:
        return tuple(sorted({one(part.strip()) for part in text.split(";") if part.strip()}))

    return read


def order(text: str) -> OrderType:
    """An order or licence that is in scope."""
    found = _order(text)
    if not found.in_scope:
        name = found.label.removesuffix(" (out of scope)")
        msg = f"{name} is out of scope (R-01): name the order or licence after final disposal, or leave it empty"
        raise ValueError(msg)
    return OrderType(found)


def yes_or_no(text: str) -> bool:
    """An answer."""
    try:
        return {"yes": True, "no": False}[text.casefold()]
    except KeyError:
        msg = "write yes or no"
        raise ValueError(msg) from None


def canonical(value: Any) -> str:
    """One text for one meaning, however it was written."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case Enum():
            return str(value.value)
        case datetime() | date():
            return value.isoformat()
        case tuple():
            return ";".join(map(canonical, value))
        case _:
            return str(value)


def _either(values: list[Any]) -> str:
    words = [canonical(value) for value in values]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


_order: Final = code(OrderType)
_check: Final = Column(read=code(Check), later=True)
_later_day: Final = Column(read=day, later=True)

COLUMNS: Final[dict[str, Column]] = {
    "council": Column(read=council, compulsory=True),
    "council_reference": Column(read=reference, compulsory=True),
    "occurred_on": Column(read=day_month_or_year),
    "became_aware_on": Column(read=day),
    "notified_on": Column(read=day_or_instant, compulsory=True),
    "criteria": Column(read=codes(code(Criterion)), compulsory=True),
    "incident_type": Column(read=code(IncidentType), compulsory=True),
    "orders": Column(read=codes(order)),
    "mappa": Column(read=code(MappaCategory)),
    "sog_decision": Column(read=code(SogDecision), later=True),
    "sog_decided_on": _later_day,
    "signed_off_by": Column(read=code(Grade)),
    "signed_off_on": Column(read=day),
    "late_reason": Column(read=code(LateReason)),
    "retrospective": Column(read=yes_or_no),
    "outcome": Column(read=code(RegisterOutcome)),
    "duplicate_of": Column(read=reference),
    "reclassified_to": Column(read=code(IncidentType)),
    "reclassified_on": Column(read=day),
    "government_informed_on": Column(read=day),
    "review_kind": Column(read=code(ReviewKind), later=True),
    "review_submitted_on": _later_day,
    "review_signed_off_by": Column(read=code(Grade), later=True),
    "risk_assessment_completed": _check,
    "risk_assessment_up_to_date": _check,
    "risk_management_plan": _check,
    "plan_informed_by_assessment": _check,
    "order_reviews": _check,
    "assessment_tool": Column(read=code(AssessmentTool), later=True),
    "information_requested_on": _later_day,
    "information_supplied_on": _later_day,
    "iar_decision": Column(read=code(IarDecision), later=True),
    "comprehensive_submitted_on": _later_day,
    "quality": Column(read=code(Quality), later=True),
    "feedback_sent_on": _later_day,
    "feedback_response": Column(read=code(FeedbackResponse), later=True),
    "feedback_responded_on": _later_day,
    "closed_on": _later_day,
}
"""Every column, in the order of api.md 4."""

COMPULSORY: Final = tuple(name for name, column in COLUMNS.items() if column.compulsory)
IMPORTED: Final = tuple(name for name, column in COLUMNS.items() if not column.later)
LATER: Final = tuple(name for name, column in COLUMNS.items() if column.later)
