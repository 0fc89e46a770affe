"""What a row of a register asks of which service, under keys that make an interrupted import safe to run again. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID, uuid5

from contracts.clocks import noon_london
from contracts.codes import RegisterOutcome, ReviewKind
from contracts.imprecise import imprecise
from deploy.console.columns import CHECKS, COLUMNS, canonical
from deploy.console.register import Fault, Key, Row

REASON: Final = "As the register says."
DUPLICATE: Final = "duplicate"
KEYS: Final = UUID("5b0c8f3e-6f0d-5a53-9d0a-1f2f3a9c7e11")
"""The namespace of every key that the console makes."""

_DIGITS: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command on a case that is there; `name` tells it from others of its row."""

    row: Row
    name: str
    path: str
    service: str
    body: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Its idempotency key."""
        return key(self.row.key, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A case that intake holds already; `columns` are the fingerprints of the register's row that it came from, if any."""

    case_id: str
    reference: str
    columns: Mapping[str, str] | None

    def duplicates(self, case: Key) -> bool:
        """Whether its register said that it duplicates another."""
        return self.columns is not None and self.columns.get("outcome") == _fingerprint(case, "outcome", DUPLICATE)


def key(case: Key, step: str) -> str:
    """The idempotency key of one step of one case: the same on every machine and every day."""
    return str(uuid5(KEYS, "\0".join((*case, step))))


def fingerprints(row: Row) -> dict[str, str]:
    """A short fingerprint of each filled column, by its meaning: how a date or a council was written makes no difference."""
    said = {column: canonical(getattr(row, column)) for column in COLUMNS}
    return {column: _fingerprint(row.key, column, text) for column, text in said.items() if text}


def in_order(rows: Iterable[Row]) -> list[Row]:
    """By receipt, council and reference: the order in which references are given, whatever the file's."""
    return sorted(rows, key=lambda row: (_instant(row.notified_on), *row.key))


def notification(row: Row) -> dict[str, Any]:
    """The row as intake takes it."""
    occurred = row.occurred_on or imprecise("")
    signed = row.signed_off_by or row.signed_off_on
    return {
        "council": row.council,
        "council_reference": row.council_reference,
        "notified_on": canonical(row.notified_on),
        "occurred_on": _day(occurred.earliest),
        "occurred_on_precision": occurred.precision,
        "became_aware_on": _day(row.became_aware_on),
        "criteria": list(row.criteria),
        "incident_type": row.incident_type,
        "orders": [{"type": each} for each in row.orders or ()],
        "mappa": {"category": int(row.mappa)} if row.mappa else None,
        "signed_off_by": {"name": None, "grade": row.signed_off_by, "signed_on": _day(row.signed_off_on)} if signed else None,
        "late_reason": row.late_reason,
        "retrospective": bool(row.retrospective),
        "register_row": fingerprints(row),
    }


def told(row: Row) -> list[Step]:
    """What else the council said, before any answer to the inspectorate."""
    steps: list[Step] = []
    if row.reclassified_to:
        found = {"incident_type": row.reclassified_to, "basis": REASON}
        steps.append(_step(row, "intake", "reclassifications", row.reclassified_on, found))
    if row.sog_decision:
        steps.append(_step(row, "intake", "sog-decision", row.sog_decided_on, {"decision": row.sog_decision}))
    if row.review_kind:
        steps.append(_step(row, "intake", "reviews", row.review_submitted_on, _review(row)))
    if row.comprehensive_submitted_on:
        body = {"kind": ReviewKind.CR}
        steps.append(_step(row, "intake", "reviews", row.comprehensive_submitted_on, body, named="comprehensive"))
    return steps


def answered(row: Row, cases: Mapping[Key, str]) -> list[Step]:
    """What the inspectorate did, and the copy to Government. The first look has the notification's day and comes last."""
    steps: list[Step] = []
    if row.government_informed_on:
        copy = {"informed_on": _day(row.government_informed_on)}
        steps.append(Step(row=row, name="copies", path="copies", service="notification", body=copy))
    if row.information_requested_on:
        steps.append(_step(row, "feedback", "information-requests", row.information_requested_on, {}))
    decision = None if row.misjudged else row.iar_decision
    if decision or row.quality:
        judged = {"review": 1, "iar_decision": decision, "quality": row.quality}
        steps.append(_step(row, "feedback", "assessment", row.judged_on, judged))
    if row.feedback_sent_on:
        steps.append(_step(row, "feedback", "feedback", row.feedback_sent_on, {}))
    if row.outcome in {RegisterOutcome.OUT_OF_SCOPE, RegisterOutcome.DUPLICATE}:
        of = cases[row.council, row.duplicate_of] if row.duplicate_of else None
        look = {"outcome": row.outcome, "duplicate_of": of, "reason": REASON}
        steps.append(_step(row, "feedback", "triage", row.received_on, look))
    return steps


def replied(row: Row) -> list[Step]:
    """The council's replies, then what ended the case. A withdrawal has the notification's day and comes last."""
    steps: list[Step] = []
    if row.information_supplied_on:
        steps.append(_step(row, "intake", "information", row.information_supplied_on, {"request": 1}))
    if row.feedback_response:
        body = {"letter": 1, "response": row.feedback_response}
        steps.append(_step(row, "intake", "feedback-response", row.feedback_responded_on, body))
    if row.closed_on:
        steps.append(_step(row, "feedback", "closure", row.closed_on, {"reason": REASON}))
    if row.outcome is RegisterOutcome.WITHDRAWN:
        steps.append(_step(row, "intake", "withdrawal", row.received_on, {"reason": REASON}))
    return steps


def _review(row: Row) -> dict[str, Any]:
    checks = [{"item": item, "value": value} for item in CHECKS if (value := getattr(row, item)) is not None]
    grade = row.review_signed_off_by
    signed = {"name": None, "grade": grade, "signed_on": None} if grade else None
    return {"kind": row.review_kind, "checks": checks, "assessment_tool": row.assessment_tool, "signed_off_by": signed}


def _step(row: Row, service: str, path: str, on: date | None, body: Mapping[str, Any], *, named: str = "") -> Step:
    return Step(row=row, name=named or path, path=path, service=service, body={**body, "occurred_at": _day(on)})


def disagreements(rows: Iterable[Row], known: Mapping[Key, Known]) -> list[Fault]:
    """Where a file and what is known already contradict each other, and duplicates of cases that neither of them holds."""
    by_key = {row.key: row for row in rows}
    return [fault for row in by_key.values() for fault in (*_changed(row, known.get(row.key)), *_unfounded(row, by_key, known))]


def stranded(rows: Iterable[Row], faulty: frozenset[Key]) -> list[Fault]:
    """Duplicates of rows that stay out: they stay out too, or nothing would be there to duplicate."""
    reason = "names a row that has faults itself: correct that one first"
    return [
        Fault(row=row.number, column="duplicate_of", reason=reason)
        for row in rows
        if row.duplicate_of and (row.council, row.duplicate_of) in faulty
    ]


def _changed(row: Row, case: Known | None) -> Iterable[Fault]:
    if case is None:
        return
    if case.columns is None:
        reason = (
            f"is that of {case.reference}, which came from no register: leave the row out, or give the reference that is right"
        )
        yield Fault(row=row.number, column="council_reference", reason=reason)
        return
    now = fingerprints(row)
    for column in COLUMNS:
        if now.get(column) != case.columns.get(column):
            reason = (
                f"differs from what was imported as {case.reference}: give it as it was, and correct the case by a correction"
            )
            yield Fault(row=row.number, column=column, reason=reason)


def _unfounded(row: Row, by_key: Mapping[Key, Row], known: Mapping[Key, Known]) -> Iterable[Fault]:
    if row.duplicate_of is None or (other := (row.council, row.duplicate_of)) in by_key:
        return
    if (case := known.get(other)) is None:
        reason = "names no case of this council, neither in the file nor imported before: write its council_reference"
        yield Fault(row=row.number, column="duplicate_of", reason=reason)
    elif case.duplicates(other):
        yield Fault(
            row=row.number,
            column="duplicate_of",
            reason="names a case that is itself a duplicate: write the one that both duplicate",
        )


def _fingerprint(case: Key, column: str, text: str) -> str:
    return sha256("\0".join((*case, column, text)).encode()).hexdigest()[:_DIGITS]


def _instant(when: date | datetime) -> datetime:
    return when if isinstance(when, datetime) else noon_london(when)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
