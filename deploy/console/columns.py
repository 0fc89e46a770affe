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
    CheckItem,
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
    """How a column is read and what is to be written in it; `codes` where it holds one of these, or several joined by `;`."""

    read: Read
    words: str
    codes: tuple[Any, ...] = ()
    several: bool = False
    compulsory: bool = False


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


CHECKS: Final = (
    CheckItem.RISK_ASSESSMENT_COMPLETED,
    CheckItem.RISK_ASSESSMENT_UP_TO_DATE,
    CheckItem.RISK_MANAGEMENT_PLAN,
    CheckItem.PLAN_INFORMED_BY_ASSESSMENT,
    CheckItem.ORDER_REVIEWS,
)
"""The items of a review that are columns."""


def _one(kind: type[E], words: str) -> Column:
    return Column(read=code(kind), words=words, codes=tuple(kind))


def _day(words: str) -> Column:
    return Column(read=day, words=f"{words}: 2014-03-21")


COLUMNS: Final[dict[str, Column]] = {
    "council": Column(read=council, compulsory=True, words="the council's official name, the report's spelling, or its GSS code"),
    "council_reference": Column(read=reference, compulsory=True, words="the council's own reference, used once"),
    "occurred_on": Column(
        read=day_month_or_year,
        words="day of the incident: 2014-03-21, or 2014-03 or 2014 if no more is known, or empty",
    ),
    "became_aware_on": _day("day on which the council became aware"),
    "notified_on": Column(
        read=day_or_instant,
        compulsory=True,
        words="day of the notification: 2014-03-21, or an instant with its offset: 2014-03-21T10:15:00+00:00",
    ),
    "criteria": Column(
        read=codes(code(Criterion)), compulsory=True, words="one or more, joined by ;", codes=tuple(Criterion), several=True
    ),
    "incident_type": Column(read=code(IncidentType), compulsory=True, words="one of", codes=tuple(IncidentType)),
    "orders": Column(
        read=codes(order),
        words="orders and licences, joined by ;",
        codes=tuple(each for each in OrderType if each.in_scope),
        several=True,
    ),
    "mappa": _one(MappaCategory, "MAPPA category, empty if not managed under MAPPA"),
    "sog_decision": _one(SogDecision, "decision of the Strategic Oversight Group; needs mappa and sog_decided_on"),
    "sog_decided_on": _day("day of that decision; may be before the notification"),
    "signed_off_by": _one(Grade, "grade of who signed the notification"),
    "signed_off_on": _day("day of that signature"),
    "late_reason": _one(LateReason, "why the notification was late"),
    "retrospective": Column(read=yes_or_no, words="found by looking through old files: yes or no"),
    "outcome": _one(RegisterOutcome, "empty, or one of"),
    "duplicate_of": Column(read=reference, words="council_reference, of the same council, of the case that this one duplicates"),
    "reclassified_to": _one(IncidentType, "the type that it was found to be later"),
    "reclassified_on": _day("day of that finding"),
    "government_informed_on": _day("day on which Government was informed"),
    "review_kind": _one(ReviewKind, "kind of the first review; needs review_submitted_on"),
    "review_submitted_on": _day("day on which the first review was submitted; needs review_kind"),
    "review_signed_off_by": _one(Grade, "grade of who signed the review"),
    **{item.value: _one(Check, f"what the review shows: {item.label}") for item in CHECKS},
    "assessment_tool": _one(AssessmentTool, "the tool used"),
    "information_requested_on": _day("day on which the inspectorate first asked for more"),
    "information_supplied_on": _day("day on which that was supplied"),
    "iar_decision": _one(IarDecision, "what the inspectorate found of the initial analysis review"),
    "comprehensive_submitted_on": _day("day of the comprehensive review that followed an initial analysis"),
    "quality": _one(Quality, "what the inspectorate found of the review's quality"),
    "feedback_sent_on": _day("day of the inspectorate's letter"),
    "feedback_response": _one(FeedbackResponse, "the council's answer to the letter; needs feedback_responded_on"),
    "feedback_responded_on": _day("day of that answer; needs feedback_response"),
    "closed_on": _day("day on which the case was closed"),
}
"""Every column, in the order in which a template shows them."""

COMPULSORY: Final = tuple(name for name, column in COLUMNS.items() if column.compulsory)
