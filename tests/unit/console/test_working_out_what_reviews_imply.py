"""What rows imply of reviews by api.md 5: the six places of a case, and every clock from the review to the answer."""

from datetime import date
from typing import Any

import pytest

from contracts.codes import Grade
from deploy.console.implied import implied
from tests.unit.console.registers import row

FIRST, LAST = date(2014, 1, 1), date(2014, 12, 31)
RECEIVED = {"occurred_on": "2014-03-03", "notified_on": "2014-03-07"}
REVIEWED = RECEIVED | {"review_kind": "IAR", "review_submitted_on": "2014-06-07"}
MAPPA = RECEIVED | {"mappa": "1"}


def figure(name: str, *rows: dict[str, str], as_at: date = LAST) -> dict[str, Any]:
    made = [row(council_reference=f"G{number}", **cells) for number, cells in enumerate(rows)]
    return dict(implied(made, FIRST, LAST, as_at).figures[name])


@pytest.mark.parametrize(
    ("cells", "as_at", "place"),
    [
        (RECEIVED, date(2014, 6, 7), "not_yet_due"),
        (RECEIVED, date(2014, 6, 8), "overdue"),
        (REVIEWED, date(2014, 6, 6), "not_yet_due"),
        (REVIEWED, date(2014, 6, 7), "value"),
        (REVIEWED | {"outcome": "withdrawn"}, LAST, "value"),
        (RECEIVED | {"outcome": "withdrawn"}, LAST, "not_required"),
        (RECEIVED | {"outcome": "out_of_scope"}, LAST, "not_required"),
        (MAPPA, LAST, "held_for_sog"),
        (MAPPA | {"sog_decision": "scr", "sog_decided_on": "2014-04-01"}, date(2014, 3, 31), "held_for_sog"),
        (MAPPA | {"sog_decision": "scr", "sog_decided_on": "2014-04-01"}, date(2014, 4, 1), "closed_mappa_scr"),
        (MAPPA | {"sog_decision": "no_scr", "sog_decided_on": "2014-10-01"}, LAST, "not_yet_due"),
        (MAPPA | {"sog_decision": "no_scr", "sog_decided_on": "2014-09-30"}, LAST, "overdue"),
        (MAPPA | {"sog_decision": "no_scr", "sog_decided_on": "2014-03-05"}, date(2014, 6, 7), "not_yet_due"),
        (MAPPA | {"sog_decision": "no_scr", "sog_decided_on": "2014-03-05"}, date(2014, 6, 8), "overdue"),
        (MAPPA | {"outcome": "withdrawn"}, LAST, "not_required"),
    ],
)
def test_a_case_has_one_place(cells: dict[str, str], as_at: date, place: str) -> None:
    found = figure("ST-20", cells, as_at=as_at)
    assert [name for name, count in found.items() if count] == [place]


@pytest.mark.parametrize(
    ("cells", "counts"),
    [
        (REVIEWED, (1, 1, 0, 0)),
        (REVIEWED | {"review_submitted_on": "2014-06-08"}, (0, 1, 0, 0)),
        (RECEIVED, (0, 1, 0, 0)),
        (MAPPA, (0, 0, 0, 1)),
        (MAPPA | {"review_kind": "CR", "review_submitted_on": "2014-12-01"}, (1, 1, 0, 0)),
        (REVIEWED | MAPPA | {"sog_decision": "scr", "sog_decided_on": "2014-06-07"}, (1, 1, 0, 0)),
        (REVIEWED | MAPPA | {"sog_decision": "no_scr", "sog_decided_on": "2014-06-01"}, (1, 1, 0, 0)),
        (RECEIVED | {"outcome": "withdrawn"}, (0, 0, 0, 0)),
        (REVIEWED | {"outcome": "withdrawn"}, (1, 1, 0, 0)),
        (RECEIVED | {"notified_on": "2014-11-28"}, (0, 0, 1, 0)),
    ],
)
def test_three_months_are_met_missed_open_or_held(cells: dict[str, str], counts: tuple[int, ...]) -> None:
    found = figure("ST-24b", cells)
    assert (found["numerator"], found["denominator"], found["open"], found["held"]) == counts


def test_a_first_submission_decides_the_kind_whatever_followed_it() -> None:
    rows = (REVIEWED, REVIEWED | {"comprehensive_submitted_on": "2014-07-01"}, REVIEWED | {"review_kind": "PART2"})
    assert (figure("ST-22", *rows)["numerator"], figure("ST-23", *rows)["numerator"]) == (2, 1)


def test_judgements_count_from_their_day() -> None:
    judged = REVIEWED | {"iar_decision": "appropriate", "feedback_sent_on": "2014-07-01"}
    assert figure("ST-25", judged, as_at=date(2014, 6, 30))["denominator"] == 0
    assert figure("ST-25", judged, as_at=date(2014, 7, 1))["numerator"] == 1
    high = REVIEWED | {"review_kind": "CR", "quality": "high"}
    assert figure("ST-28", high, high | {"quality": "satisfactory"}, REVIEWED | {"quality": "high"}) == {
        "numerator": 1,
        "denominator": 2,
        "percent": 50.0,
    }


def test_a_review_is_signed_by_a_head_or_above() -> None:
    rows = [REVIEWED | {"review_signed_off_by": str(grade)} for grade in Grade]
    assert figure("ST-29", *rows, REVIEWED)["numerator"] == 2


def test_only_what_is_evidenced_counts() -> None:
    done = REVIEWED | {"risk_assessment_completed": "evidenced", "risk_assessment_up_to_date": "evidenced"}
    other = REVIEWED | {"risk_assessment_completed": "referenced_not_done", "risk_assessment_up_to_date": "evidenced"}
    found = figure("ST-31", done, other, REVIEWED)
    assert (found["numerator"], found["denominator"]) == (2, 3)
    assert found["of_completed"] == {"numerator": 1, "denominator": 1, "percent": 100.0}
    planned = REVIEWED | {"risk_management_plan": "evidenced", "plan_informed_by_assessment": "evidenced"}
    informed_only = REVIEWED | {"plan_informed_by_assessment": "evidenced"}
    assert figure("ST-34", planned, informed_only)["denominator"] == 1
    assert figure("ST-33", planned, informed_only)["numerator"] == 1


@pytest.mark.parametrize(
    ("cells", "counts"),
    [
        ({"feedback_sent_on": "2014-07-07"}, (1, 1, 0)),
        ({"feedback_sent_on": "2014-07-08"}, (0, 1, 0)),
        ({"information_requested_on": "2014-07-07", "feedback_sent_on": "2014-09-08"}, (1, 1, 0)),
        ({}, (0, 1, 0)),
        ({"review_submitted_on": "2014-12-01"}, (0, 1, 1)),
    ],
)
def test_the_inspectorate_answers_in_a_month(cells: dict[str, str], counts: tuple[int, int, int]) -> None:
    found = figure("ST-37", REVIEWED | cells)
    assert (found["numerator"], found["denominator"], found["open"]) == counts


@pytest.mark.parametrize(
    ("cells", "counts"),
    [
        ({"feedback_response": "disputed", "feedback_responded_on": "2014-07-15"}, (1, 1, 0)),
        ({"feedback_response": "accepted", "feedback_responded_on": "2014-07-16"}, (0, 1, 0)),
        ({}, (0, 1, 0)),
        ({"feedback_sent_on": "2014-12-20"}, (0, 0, 1)),
        ({"outcome": "withdrawn"}, (0, 0, 0)),
    ],
)
def test_a_letter_is_answered_in_two_weeks(cells: dict[str, str], counts: tuple[int, int, int]) -> None:
    found = figure("ST-38", REVIEWED | {"feedback_sent_on": "2014-07-01"} | cells)
    assert (found["numerator"], found["denominator"], found["open"]) == counts
