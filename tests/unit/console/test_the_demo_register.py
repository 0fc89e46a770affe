"""The committed demo register is what its generator makes, and gives every figure that the 2015 report printed (domain 1.9)."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from contracts.clocks import months_after
from contracts.codes import SIGNS_REVIEWS, Check, FeedbackResponse, IarDecision, Quality, ReviewKind, SogDecision
from contracts.councils import council_named
from deploy.console.comparing import value_of
from deploy.console.demo_register import EARLIER_COUNCILS, FILE, lines, main, text
from deploy.console.implied import Implied, implied
from deploy.console.published import FIGURES, FIRST, LAST, SINCE, TABLE_2, TABLE_3, Figure
from deploy.console.register import Register, Row, read

NOW = datetime(2026, 1, 1, tzinfo=UTC)
REGISTER: Register = read(FILE.read_bytes(), NOW)
PERIOD: Implied = implied(REGISTER.rows, FIRST, LAST)
WHOLE: Implied = implied(REGISTER.rows, SINCE, LAST)
CASES: list[Row] = [row for row in REGISTER.rows if FIRST <= row.received_on <= LAST]
REVIEWED: list[Row] = [row for row in CASES if row.review_submitted_on and row.review_submitted_on <= LAST]


def test_the_file_is_what_the_generator_makes() -> None:
    assert FILE.read_text(encoding="utf-8") == text()
    assert main(["--check"]) == 0


def test_no_row_has_a_fault_and_every_late_one_has_its_reason() -> None:
    assert REGISTER.faults == ()
    assert REGISTER.warnings == ()
    assert len(REGISTER.rows) == len(list(lines())) - 1 == 162


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: f"{figure.id} {figure.field}")
def test_it_implies_the_printed_figure(figure: Figure) -> None:
    found = (WHOLE if figure.since_2012 else PERIOD).figures[figure.source]
    value = value_of(figure, found)
    counted = round(value) if figure.field == "mean" else value
    assert counted >= figure.number if figure.at_least else counted == figure.number
    if figure.of is not None:
        assert found["denominator"] == figure.of
    if figure.of is not None and (printed := re.match(r"([0-9.]+)%", figure.printed)):
        digits = len(printed[1].partition(".")[2])
        assert f"{round(Decimal(100 * figure.number) / figure.of, digits)}" == printed[1]


def test_it_implies_tables_2_and_3() -> None:
    assert {name: PERIOD.councils.get(council.gss_code, 0) for name in TABLE_2 if (council := council_named(name))} == TABLE_2
    assert PERIOD.types == {kind: number for kind, (number, _) in TABLE_3.items()}


def test_17_councils_notified_before_of_which_13_again_and_4_fell_silent() -> None:
    before = implied(REGISTER.rows, SINCE, date(2013, 5, 31)).councils
    assert (len(before), sum(before.values())) == (17, 51)
    assert len(before.keys() & PERIOD.councils.keys()) == 13
    assert {name for name in EARLIER_COUNCILS if TABLE_2[name] == 0} == {
        "South Lanarkshire",
        "Perth & Kinross",
        "Moray",
        "West Dunbartonshire",
    }


def test_it_tries_what_can_be_said_of_a_notification() -> None:
    outcomes = [str(row.outcome) for row in REGISTER.rows if row.outcome]
    assert sorted(outcomes) == ["out_of_scope", "withdrawn"]
    assert sum(isinstance(row.notified_on, datetime) for row in REGISTER.rows) == 3
    assert len({row.council_reference for row in REGISTER.rows}) > 100
    changed = [row for row in CASES if row.reclassified_on]
    assert sorted(row.reclassified_on <= LAST for row in changed if row.reclassified_on) == [False, True, True]
    assert PERIOD.figures["ST-13"]["open"] == 0


def test_its_cases_lie_within_the_scheme() -> None:
    assert min(row.occurred_on.earliest for row in REGISTER.rows if row.occurred_on and row.occurred_on.earliest) >= date(
        2012, 1, 27
    )


def _due(row: Row) -> date:
    return months_after(max(row.received_on, row.sog_decided_on or row.received_on), 3)


def _first_answer(row: Row) -> date:
    return min(day for day in (row.information_requested_on, row.feedback_sent_on) if day)


def _place(row: Row) -> str:
    if row in REVIEWED:
        return "received"
    if row.sog_decision is SogDecision.SCR:
        return "closed_mappa_scr"
    if row.mappa and row.sog_decision is None:
        return "held_for_sog"
    return "overdue" if _due(row) < LAST else "not_yet_due"


def _of(kind: ReviewKind) -> list[Row]:
    return [row for row in REVIEWED if row.review_kind is kind]


def _evidenced(name: str) -> Callable[[Row], bool]:
    return lambda row: getattr(row, name) is Check.EVIDENCED


def test_a_review_that_is_not_there_is_not_yet_due_overdue_held_or_replaced() -> None:
    places = [_place(row) for row in CASES]
    found = {place: places.count(place) for place in set(places)}
    assert found == {"received": 80, "closed_mappa_scr": 3, "held_for_sog": 3, "overdue": 9, "not_yet_due": 16}
    assert [row.review_submitted_on for row in CASES if row.sog_decision is SogDecision.SCR] == [None] * 3


@pytest.mark.parametrize(
    ("holds", "number"),
    [
        pytest.param(lambda row: row.review_kind is ReviewKind.IAR, 60, id="ST-22"),
        pytest.param(lambda row: row.review_kind is ReviewKind.CR, 20, id="ST-23"),
        pytest.param(lambda row: row.review_submitted_on <= _due(row), 60, id="ST-24"),
        pytest.param(lambda row: row.review_signed_off_by.at_least(SIGNS_REVIEWS), 74, id="ST-29"),
        pytest.param(_evidenced("risk_assessment_completed"), 58, id="ST-30"),
        pytest.param(_evidenced("risk_assessment_up_to_date"), 43, id="ST-31"),
        pytest.param(_evidenced("risk_management_plan"), 49, id="ST-32"),
        pytest.param(lambda row: not _evidenced("risk_management_plan")(row), 31, id="ST-33"),
        pytest.param(_evidenced("order_reviews"), 30, id="ST-35"),
        pytest.param(lambda row: _first_answer(row) <= min(months_after(row.review_submitted_on, 1), LAST), 69, id="ST-37"),
    ],
)
def test_so_many_of_the_80_reviews(holds: Callable[[Row], bool], number: int) -> None:
    assert len(REVIEWED) == 80
    assert sum(holds(row) for row in REVIEWED) == number


def test_every_initial_analysis_is_judged_within_the_period() -> None:
    judged = [row.iar_decision for row in _of(ReviewKind.IAR) if row.feedback_sent_on and row.feedback_sent_on <= LAST]
    assert (judged.count(IarDecision.APPROPRIATE), judged.count(IarDecision.COMPREHENSIVE_REQUIRED)) == (51, 9)
    assert all(row.iar_decision is None for row in _of(ReviewKind.CR))
    asked = [row for row in _of(ReviewKind.IAR) if row.information_requested_on and row.information_requested_on <= LAST]
    assert len(asked) == 25


def test_over_half_of_the_comprehensive_reviews_are_of_high_quality() -> None:
    judged = [row.quality for row in _of(ReviewKind.CR) if row.feedback_sent_on and row.feedback_sent_on <= LAST]
    assert (len(judged), judged.count(Quality.HIGH), judged.count(Quality.NEEDS_INFORMATION)) == (20, 12, 8)


def test_over_half_of_the_plans_are_informed_by_the_assessment() -> None:
    informed = [row for row in REVIEWED if _evidenced("plan_informed_by_assessment")(row)]
    assert len(informed) == 28
    assert all(map(_evidenced("risk_management_plan"), informed))


def test_an_assessment_that_is_up_to_date_was_completed_and_nearly_always_the_core_one() -> None:
    assert all(_evidenced("risk_assessment_completed")(row) for row in REVIEWED if _evidenced("risk_assessment_up_to_date")(row))
    tools = [str(row.assessment_tool) for row in REVIEWED if row.assessment_tool]
    assert tools.count("LSCMI") > 0.8 * len(tools)


def test_a_disputed_letter_is_not_closed() -> None:
    assert all(row.closed_on is None for row in REVIEWED if row.feedback_response is FeedbackResponse.DISPUTED)


def test_nobody_reviews_out_of_the_period() -> None:
    assert [row for row in REGISTER.rows if row.review_kind and row not in REVIEWED] == []
