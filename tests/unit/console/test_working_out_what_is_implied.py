"""What rows imply by api.md 5: who is counted, when a clock is met, missed or open, and how halves are rounded."""

from datetime import date
from typing import Any

import pytest

from contracts.codes import Grade
from deploy.console.implied import Implied, implied
from deploy.console.register import Row
from deploy.console.shares import share
from tests.unit.console.registers import row

FIRST, LAST = date(2014, 3, 1), date(2014, 3, 31)


def march(*rows: Row) -> Implied:
    return implied(rows, FIRST, LAST)


def figure(name: str, *rows: Row) -> Any:
    return march(*rows).figures[name]


def test_cases_are_counted_by_the_day_of_receipt_in_scotland() -> None:
    summer = row(notified_on="2014-06-30T23:30:00Z", occurred_on="")
    assert implied([summer], date(2014, 6, 1), date(2014, 6, 30)).figures["ST-01"]["value"] == 0
    assert implied([summer], date(2014, 7, 1), date(2014, 7, 1)).figures["ST-01"]["value"] == 1
    edges = [row(notified_on=day, occurred_on="") for day in ("2014-02-28", "2014-03-01", "2014-03-31", "2014-04-01")]
    assert figure("ST-01", *edges)["value"] == 2


def test_duplicates_are_not_counted_and_what_was_not_pursued_stays() -> None:
    rows = [
        row(),
        row(outcome="withdrawn"),
        row(outcome="out_of_scope"),
        row(outcome="duplicate", duplicate_of="G9", council="Falkirk"),
    ]
    assert figure("ST-01", *rows) == {"value": 3, "duplicates": 1, "withdrawn": 1, "out_of_scope": 1, "met_criteria": 1}
    assert figure("ST-04", *rows) == {"value": 1, "none": 31}
    assert march(*rows).councils == {"S12000049": 3}


@pytest.mark.parametrize(
    ("occurred_on", "numerator", "not_measurable"), [("2014-02-28", 1, 0), ("2014-02-27", 0, 0), ("2014-02", 0, 1), ("", 0, 1)]
)
def test_five_working_days_from_an_incident_known_to_the_day(occurred_on: str, numerator: int, not_measurable: int) -> None:
    found = figure("ST-07", row(occurred_on=occurred_on))
    assert (found["numerator"], found["denominator"], found["not_measurable"]) == (numerator, 1 - not_measurable, not_measurable)


def test_a_receipt_on_a_saturday_counts_as_the_monday() -> None:
    assert figure("ST-07", row(occurred_on="2014-03-03", notified_on="2014-03-08"))["numerator"] == 1
    assert figure("ST-07", row(occurred_on="2014-02-28", notified_on="2014-03-08"))["numerator"] == 0


def test_awareness_has_a_figure_of_its_own() -> None:
    found = figure("ST-07b", row(occurred_on="2013-03-03", became_aware_on="2014-03-06"), row())
    assert (found["numerator"], found["denominator"], found["not_measurable"]) == (1, 1, 1)


def test_late_ones_are_described_in_working_and_in_calendar_days() -> None:
    late = [row(occurred_on=day, notified_on="2014-03-21") for day in ("2014-03-13", "2014-03-12", "2014-03-11", "2014-02-03")]
    assert figure("ST-08", *late, row()) == {
        "count": 4,
        "min": 6,
        "max": 34,
        "median": 7.5,
        "mean": 13.75,
        "calendar_min": 8,
        "calendar_max": 46,
        "calendar_median": 9.5,
    }


def test_without_a_late_one_there_is_nothing_to_describe() -> None:
    found = figure("ST-08", row())
    assert found.pop("count") == 0
    assert set(found.values()) == {None}


def test_a_signature_counts_by_its_grade_alone() -> None:
    found = figure("ST-12", *[row(signed_off_by=grade) for grade in Grade], row())
    assert (found["numerator"], found["denominator"]) == (4, 7)


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({"notified_on": "2014-03-07", "government_informed_on": "2014-03-11"}, (1, 1, 0)),
        ({"notified_on": "2014-03-07", "government_informed_on": "2014-03-12"}, (0, 1, 0)),
        ({"notified_on": "2014-03-07"}, (0, 1, 0)),
        ({"notified_on": "2014-03-28"}, (0, 0, 1)),
        ({"notified_on": "2014-03-27"}, (0, 0, 1)),
        ({"notified_on": "2014-03-26"}, (0, 1, 0)),
        ({"notified_on": "2014-03-28", "government_informed_on": "2014-04-01"}, (0, 0, 1)),
        ({"notified_on": "2014-03-07", "outcome": "withdrawn"}, (0, 0, 0)),
        ({"notified_on": "2014-03-07", "outcome": "out_of_scope", "government_informed_on": "2014-03-10"}, (1, 1, 0)),
    ],
)
def test_government_is_informed_in_two_working_days_or_not_yet(changes: dict[str, str], counts: tuple[int, int, int]) -> None:
    found = figure("ST-13", row(**changes))
    assert (found["numerator"], found["denominator"], found["open"]) == counts


def test_a_reclassification_counts_from_its_day() -> None:
    assert march(row(reclassified_to="T04", reclassified_on="2014-03-31")).types == {"T04": 1}
    assert march(row(reclassified_to="T04", reclassified_on="2014-04-01")).types == {"T01": 1}


def test_percentages_are_exact_to_one_decimal_half_up() -> None:
    assert share(40, 111)["percent"] == 36.0
    assert share(1, 16)["percent"] == 6.3
    assert share(9, 16)["percent"] == 56.3
    assert share(0, 0)["percent"] is None
