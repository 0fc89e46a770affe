"""Faults of a register by row and column, and keys that make an import safe to run again."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from deploy.console.importing import faulty_rows, fingerprints, in_order, key, known_faults, notification
from deploy.console.register import Register, read

NOW = datetime(2016, 1, 1, 12, tzinfo=UTC)
GOOD = {
    "council": "Glasgow City Council", "council_reference": "G1", "notified_on": "2014-03-07", "criteria": "C1", "incident_type": "T01",
    "occurred_on": "2014-03-03",
}  # fmt: skip


def register(*rows: dict[str, str], separator: str = ",") -> Register:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [separator.join(columns), *(separator.join(row.get(name, "") for name in columns) for row in rows)]
    return read("\n".join(lines).encode(), NOW)


def faults(**changes: str) -> set[tuple[int, str]]:
    return {(fault.row, fault.column) for fault in register(GOOD | changes).faults}


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"council": "Atlantis"}, "council"),
        ({"council_reference": ""}, "council_reference"),
        ({"notified_on": "07/03/2014"}, "notified_on"),
        ({"notified_on": "2014-03-07T10:00:00"}, "notified_on"),
        ({"notified_on": "2016-01-02"}, "notified_on"),
        ({"notified_on": "2014-03-02"}, "notified_on"),
        ({"criteria": "C4"}, "criteria"),
        ({"incident_type": "T19"}, "incident_type"),
        ({"occurred_on": "2014-02-30"}, "occurred_on"),
        ({"became_aware_on": "2014-03-01"}, "became_aware_on"),
        ({"sog_decision": "scr"}, "sog_decision"),
        ({"outcome": "duplicate"}, "duplicate_of"),
        ({"outcome": "duplicate", "duplicate_of": "G1"}, "duplicate_of"),
        ({"duplicate_of": "G9"}, "duplicate_of"),
        ({"reclassified_to": "T02"}, "reclassified_to"),
        ({"government_informed_on": "2014-03-06"}, "government_informed_on"),
        ({"review_submitted_on": "2014-03-06"}, "review_submitted_on"),
    ],
)
def test_a_fault_names_its_row_and_column(changes: dict[str, str], column: str) -> None:
    assert (2, column) in faults(**changes)


def test_a_good_row_has_none_however_it_is_separated() -> None:
    assert register(GOOD).faults == ()
    assert register(GOOD, separator=";").rows == register(GOOD).rows


def test_a_reference_stands_once() -> None:
    assert {(fault.row, fault.column) for fault in register(GOOD, GOOD).faults} == {(2, "council_reference"), (3, "council_reference")}


def test_an_instant_counts_by_the_day_in_scotland() -> None:
    (row,) = register(GOOD | {"notified_on": "2014-06-30T23:30:00Z"}).rows
    assert row.received_on.isoformat() == "2014-07-01"


def test_the_order_of_rows_makes_no_difference() -> None:
    later = GOOD | {"council_reference": "G2", "notified_on": "2014-03-06"}
    assert [row.council_reference for row in in_order(register(GOOD, later).rows)] == ["G2", "G1"]
    assert in_order(register(later, GOOD).rows)[0].key == in_order(register(GOOD, later).rows)[0].key


def test_keys_follow_from_council_reference_and_step_only() -> None:
    (row,) = register(GOOD).rows
    (moved,) = register(GOOD | {"incident_type": "T02"}).rows
    assert key(row, "notification") == key(moved, "notification") != key(row, "withdrawal")
    assert key(row, "notification") != key(replace(row, council_reference="G2"), "notification")


def test_a_known_row_with_other_content_names_its_columns() -> None:
    (row,) = register(GOOD).rows
    (changed,) = register(GOOD | {"incident_type": "T02", "late_reason": "staffing"}).rows
    known = {row.key: {"register_row": fingerprints(row)}}
    assert known_faults([row], known) == []
    assert {fault.column for fault in known_faults([changed], known)} == {"incident_type", "late_reason"}


def test_a_duplicate_of_nothing_known_is_a_fault() -> None:
    (row,) = register(GOOD | {"outcome": "duplicate", "duplicate_of": "G9"}).rows
    assert [fault.column for fault in known_faults([row], {})] == ["duplicate_of"]
    assert known_faults([row], {(row.council, "G9"): {}}) == []


def test_an_imprecise_day_is_said_with_its_precision() -> None:
    (row,) = register(GOOD | {"occurred_on": "2014-03"}).rows
    said = notification(row)
    assert (said["occurred_on"], said["occurred_on_precision"]) == ("2014-03-01", "month")


def test_faulty_rows_come_back_with_their_reasons_and_no_formula() -> None:
    checked = register(GOOD | {"council_reference": "=1+1", "incident_type": "T19"})
    text = faulty_rows(checked, checked.faults).decode()
    assert "'=1+1" in text
    assert "incident_type:" in text
