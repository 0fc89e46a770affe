"""Registers made from dictionaries."""

import csv
import io
from datetime import UTC, datetime

from deploy.console.register import Register, Row, read

NOW = datetime(2016, 1, 1, 12, tzinfo=UTC)
GOOD = {
    "council": "Glasgow City Council",
    "council_reference": "G1",
    "occurred_on": "2014-03-03",
    "notified_on": "2014-03-07",
    "criteria": "C1",
    "incident_type": "T01",
}


def text(*rows: dict[str, str], separator: str = ",") -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    made = io.StringIO(newline="")
    csv.writer(made, delimiter=separator).writerows([columns, *([row.get(name, "") for name in columns] for row in rows)])
    return made.getvalue()


def register(*rows: dict[str, str]) -> Register:
    return read(text(*rows).encode(), NOW)


def row(**changes: str) -> Row:
    (made,) = register(GOOD | changes).rows
    return made


def faults(**changes: str) -> dict[str, str]:
    """Column -> reason, of the only row."""
    return {fault.column: fault.reason for fault in register(GOOD | changes).faults}
