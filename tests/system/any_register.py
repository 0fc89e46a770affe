"""A register of cases of every kind, chosen by a number: dates in order, everything else as it falls. All people are invented."""

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from typing import Any

from contracts.codes import (
    AssessmentTool,
    Check,
    Criterion,
    FeedbackResponse,
    Grade,
    IarDecision,
    IncidentType,
    LateReason,
    OrderType,
    Quality,
    ReviewKind,
)
from contracts.councils import COUNCILS
from deploy.console.columns import CHECKS, COLUMNS
from deploy.console.invented import number, pick

Cells = dict[str, str]


def text(salt: str, first: date, count: int) -> str:
    """The file: `count` cases received within a year from `first`."""
    out = StringIO(newline="")
    writer = csv.DictWriter(out, list(COLUMNS), restval="")
    writer.writeheader()
    cases = list(_cases(salt, first, count))
    for place, cells in enumerate(cases):
        writer.writerow(cells | _double(salt, place, cells, cases[:place]))
    return out.getvalue()


def _cases(salt: str, first: date, count: int) -> Iterator[Cells]:
    for place in range(count):
        yield _case(f"{salt} {place}", f"{salt}-{place}", first + timedelta(days=number(f"{salt} {place} received", 364)))


def _case(salt: str, reference: str, received: date) -> Cells:
    def some(what: str, options: Any, times: int = 1) -> str:
        return str(pick(f"{salt} {what}", [*list(options) * times, ""]))

    def later(what: str, than: date, most: int, *, one_in: int = 4) -> date | None:
        """A day after another, or, once in so many times, none."""
        if number(f"{salt} {what} at all", one_in - 1) == 0:
            return None
        return than + timedelta(days=number(f"{salt} {what}", most))

    incident = received - timedelta(days=number(f"{salt} incident", 20))
    aware = later("aware", incident, (received - incident).days)
    cells = {
        "council": pick(f"{salt} council", COUNCILS[:9]).gss_code,
        "council_reference": reference,
        "occurred_on": pick(f"{salt} known", [incident.isoformat()] * 6 + [f"{incident:%Y-%m}", f"{incident:%Y}", ""]),
        "became_aware_on": _said(aware),
        "notified_on": pick(f"{salt} instant", [received.isoformat(), f"{received.isoformat()}T11:00:00+00:00"]),
        "criteria": pick(f"{salt} criteria", ["C1", "C3", "C1;C3", *map(str, Criterion)]),
        "incident_type": str(pick(f"{salt} type", list(IncidentType))),
        "orders": some("order", [each for each in OrderType if each.in_scope and each.first is None]),
        "signed_off_by": some("signed", Grade),
        "late_reason": some("late", LateReason),
        "retrospective": pick(f"{salt} retrospective", ["yes", "no", ""]),
        "outcome": pick(f"{salt} outcome", [""] * 6 + ["withdrawn", "out_of_scope"]),
        "government_informed_on": _said(later("informed", received, 6)),
    }
    if (found := later("reclassified", received, 200, one_in=2)) is not None:
        cells |= {"reclassified_to": str(pick(f"{salt} to", list(IncidentType))), "reclassified_on": _said(found)}
    if number(f"{salt} mappa", 2) == 0:
        cells["mappa"] = str(1 + number(f"{salt} category", 1))
        decided = later("decided", max(aware or incident, received - timedelta(days=10)), 120, one_in=3)
        if decided is not None:
            cells |= {"sog_decision": pick(f"{salt} decision", ["scr", "no_scr"]), "sog_decided_on": _said(decided)}
    if (submitted := later("submitted", received, 150)) is not None:
        cells |= _reviewed(salt, submitted, some, later)
    return cells


def _reviewed(salt: str, submitted: date, some: Any, later: Any) -> Cells:
    last = submitted
    cells = {
        "review_kind": str(pick(f"{salt} kind", list(ReviewKind))),
        "review_submitted_on": _said(submitted),
        "review_signed_off_by": some("review signed", Grade),
        "assessment_tool": some("tool", AssessmentTool),
        "iar_decision": some("judged", IarDecision, 2),
        "quality": some("quality", Quality, 2),
    } | {str(item): some(str(item), Check, 2) for item in CHECKS}
    if (requested := later("requested", last, 45, one_in=2)) is not None:
        last = requested
        cells["information_requested_on"] = _said(requested)
        if (supplied := later("supplied", last, 30)) is not None:
            last = supplied
            cells["information_supplied_on"] = _said(supplied)
    cells["comprehensive_submitted_on"] = _said(later("comprehensive", submitted, 60, one_in=2))
    if (sent := later("sent", last, 50)) is not None:
        last = sent
        cells["feedback_sent_on"] = _said(sent)
        if (answered := later("answered", last, 25)) is not None:
            last = answered
            cells |= {"feedback_response": str(pick(f"{salt} answer", list(FeedbackResponse)))}
            cells |= {"feedback_responded_on": _said(answered)}
        closed = max(last, date.fromisoformat(cells["comprehensive_submitted_on"] or "1950-01-01"))
        cells["closed_on"] = _said(later("closed", closed, 30, one_in=2))
    return cells


def _double(salt: str, place: int, cells: Cells, before: list[Cells]) -> Cells:
    """Now and then a row duplicates an earlier one of its council that is no duplicate itself."""
    of = [each for each in before if each["council"] == cells["council"] and each["outcome"] == ""]
    if cells["outcome"] or not of or number(f"{salt} {place} double", 6):
        return {}
    cells["outcome"] = "duplicate"
    return {"outcome": "duplicate", "duplicate_of": pick(f"{salt} {place} of", of)["council_reference"]}


def _said(day: date | None) -> str:
    return day.isoformat() if day else ""
