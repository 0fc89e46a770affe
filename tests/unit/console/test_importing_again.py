"""What makes an import safe to run twice: keys, fingerprints, order, and what is said where a file and the system differ."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import IncidentType
from deploy.console.client import RefusedError
from deploy.console.importing import faulty_rows, refusals, valid
from deploy.console.register import Fault, Row, read
from deploy.console.steps import Known, Step, answered, disagreements, fingerprints, in_order, key, notification, replied, told
from tests.unit.console.registers import GOOD, NOW, register, row

GLASGOW = "S12000049"


def known(was: Row) -> Known:
    return Known(case_id="c", reference="SIR-2014-0001", columns=fingerprints(was))


def columns(found: Sequence[Fault]) -> list[str]:
    return [fault.column for fault in found]


def test_a_key_is_the_same_on_every_day_and_machine() -> None:
    assert key((GLASGOW, "G1"), "notification") == "1764c4ae-1bd7-5cb6-8922-385ff842a83f"


@given(
    st.lists(
        st.tuples(st.text(max_size=4), st.text(max_size=4), st.sampled_from(["triage", "copies"])),
        min_size=2,
        max_size=2,
        unique=True,
    )
)
def test_a_key_is_of_one_step_of_one_case(asked: list[tuple[str, str, str]]) -> None:
    one, other = (key((council, reference), step) for council, reference, step in asked)
    assert one != other or any("\0" in part for each in asked for part in each)


def test_a_key_does_not_depend_on_the_content() -> None:
    withdrawn = row(outcome="withdrawn")
    assert replied(withdrawn)[0].key == replied(replace(withdrawn, incident_type=IncidentType.T02))[0].key


def test_how_a_value_is_written_makes_no_difference() -> None:
    one = row(criteria="C1;C3", orders="cpo;DTTO", notified_on="2014-03-07T10:00:00Z", council="Glasgow City Council")
    other = row(criteria="C3; C1", orders="DTTO;CPO;CPO", notified_on="2014-03-07T11:00:00+01:00", council="S12000046")
    assert fingerprints(one) == fingerprints(other)
    assert disagreements([other], {one.key: known(one)}) == []


def test_a_fingerprint_shows_nothing_that_can_be_compared_between_cases() -> None:
    assert not set(fingerprints(row()).values()) & set(fingerprints(row(council_reference="G2")).values())


def test_a_known_row_with_other_content_names_its_columns() -> None:
    changed = row(incident_type="T02", late_reason="staffing", occurred_on="2014-03")
    found = disagreements([changed], {changed.key: known(row())})
    assert sorted(columns(found)) == ["incident_type", "late_reason", "occurred_on"]
    assert "differs from what was imported as SIR-2014-0001" in found[0].reason


def test_a_reference_of_a_live_case_is_one_fault() -> None:
    live = Known(case_id="c", reference="SIR-2014-0009", columns=None)
    (fault,) = disagreements([row()], {row().key: live})
    assert (fault.column, fault.reason[:15]) == ("council_reference", "is that of SIR-")


def test_a_duplicate_is_of_a_case_of_the_council_in_the_file_or_known() -> None:
    double = row(outcome="duplicate", duplicate_of="G2")
    other = row(council_reference="G2")
    assert columns(disagreements([double], {})) == ["duplicate_of"]
    assert columns(disagreements([double, replace(other, council="S12000014")], {})) == ["duplicate_of"]
    assert disagreements([double, other], {}) == []
    assert disagreements([double], {other.key: known(other)}) == []
    assert disagreements([double], {other.key: Known(case_id="c", reference="r", columns=None)}) == []


def test_a_duplicate_is_not_of_a_known_duplicate() -> None:
    double = row(outcome="duplicate", duplicate_of="G2")
    other = row(council_reference="G2", outcome="duplicate", duplicate_of="G3")
    (fault,) = disagreements([double], {other.key: known(other)})
    assert "itself a duplicate" in fault.reason


def test_references_are_given_by_receipt_council_and_reference_whatever_the_files_order() -> None:
    rows = [
        row(council_reference="B", notified_on="2014-03-08"),
        row(council_reference="A", notified_on="2014-03-08"),
        row(council_reference="Z", notified_on="2014-03-07T23:00:00Z"),
        row(council="Falkirk", council_reference="C", notified_on="2014-03-08"),
    ]
    for mixed in permutations(rows):
        assert [each.council_reference for each in in_order(mixed)] == ["Z", "C", "A", "B"]


def test_a_row_becomes_a_notification() -> None:
    said = notification(
        row(occurred_on="2014-03", mappa="2", signed_off_by="cswo", signed_off_on="2014-03-06", orders="SRO", retrospective="yes")
    )
    assert said | {"register_row": {}} == {
        "council": GLASGOW,
        "council_reference": "G1",
        "notified_on": "2014-03-07",
        "occurred_on": "2014-03-01",
        "occurred_on_precision": "month",
        "became_aware_on": None,
        "criteria": ["C1"],
        "incident_type": "T01",
        "orders": [{"type": "SRO"}],
        "mappa": {"category": 2},
        "signed_off_by": {"name": None, "grade": "cswo", "signed_on": "2014-03-06"},
        "late_reason": None,
        "retrospective": True,
        "register_row": {},
    }


def test_an_unknown_day_is_said_to_be_unknown() -> None:
    said = notification(row(occurred_on=""))
    assert (said["occurred_on"], said["occurred_on_precision"], said["signed_off_by"]) == (None, "unknown", None)


WHOLE = {
    "mappa": "1",
    "sog_decision": "no_scr",
    "sog_decided_on": "2014-03-10",
    "reclassified_to": "T02",
    "reclassified_on": "2014-04-01",
    "review_kind": "PART1",
    "review_submitted_on": "2014-05-02",
    "review_signed_off_by": "cswo",
    "risk_assessment_completed": "evidenced",
    "order_reviews": "not_referenced",
    "assessment_tool": "LSCMI",
    "information_requested_on": "2014-05-20",
    "information_supplied_on": "2014-05-27",
    "iar_decision": "comprehensive_required",
    "comprehensive_submitted_on": "2014-06-20",
    "quality": "high",
    "feedback_sent_on": "2014-07-01",
    "feedback_response": "disputed",
    "feedback_responded_on": "2014-07-07",
    "closed_on": "2014-07-20",
    "government_informed_on": "2014-03-10",
}


def shapes(steps: Sequence[Step]) -> list[tuple[str, str, str | None]]:
    return [(step.service, step.path, step.body.get("occurred_at")) for step in steps]


def test_a_case_goes_its_whole_way_in_three_phases() -> None:
    case = row(**WHOLE)
    assert shapes(told(case)) == [
        ("intake", "reclassifications", "2014-04-01"),
        ("intake", "sog-decision", "2014-03-10"),
        ("intake", "reviews", "2014-05-02"),
        ("intake", "reviews", "2014-06-20"),
    ]
    assert shapes(answered(case, {})) == [
        ("notification", "copies", None),
        ("feedback", "information-requests", "2014-05-20"),
        ("feedback", "assessment", "2014-06-20"),
        ("feedback", "feedback", "2014-07-01"),
    ]
    assert shapes(replied(case)) == [
        ("intake", "information", "2014-05-27"),
        ("intake", "feedback-response", "2014-07-07"),
        ("feedback", "closure", "2014-07-20"),
    ]


def test_no_two_steps_of_a_case_have_one_key() -> None:
    case = row(**WHOLE, outcome="withdrawn")
    steps = [*told(case), *answered(case, {}), *replied(case)]
    assert len({step.key for step in steps}) == len(steps)


def test_a_review_says_what_the_row_says_and_no_more() -> None:
    review = told(row(**WHOLE))[2].body
    assert review["checks"] == [
        {"item": "risk_assessment_completed", "value": "evidenced"},
        {"item": "order_reviews", "value": "not_referenced"},
    ]
    assert (review["kind"], review["assessment_tool"], review["signed_off_by"]["grade"]) == ("PART1", "LSCMI", "cswo")


@pytest.mark.parametrize(
    ("days", "judged"),
    [
        ({}, "2014-05-02"),
        ({"feedback_sent_on": "2014-07-01"}, "2014-07-01"),
        ({"comprehensive_submitted_on": "2014-06-20"}, "2014-06-20"),
        ({"feedback_sent_on": "2014-07-01", "comprehensive_submitted_on": "2014-06-20"}, "2014-06-20"),
        ({"feedback_sent_on": "2014-06-01", "comprehensive_submitted_on": "2014-06-20"}, "2014-06-01"),
    ],
)
def test_a_judgement_takes_the_day_of_the_letter_or_of_the_later_review(days: dict[str, str], judged: str) -> None:
    reviewed = {"review_kind": "IAR", "review_submitted_on": "2014-05-02", "iar_decision": "appropriate"}
    (assessment, *_) = answered(row(**reviewed, **days), {})
    assert (assessment.path, assessment.body["occurred_at"]) == ("assessment", judged)


def test_a_withdrawal_takes_the_day_of_receipt_and_comes_last_of_all() -> None:
    withdrawn = row(outcome="withdrawn", closed_on="2014-07-02", notified_on="2014-06-30T23:30:00Z")
    assert shapes(replied(withdrawn)) == [("feedback", "closure", "2014-07-02"), ("intake", "withdrawal", "2014-07-01")]


def test_a_first_look_takes_the_day_of_receipt_and_names_the_other_case() -> None:
    double = row(outcome="duplicate", duplicate_of="G2", government_informed_on="2014-03-10")
    copy, look = answered(double, {(GLASGOW, "G2"): "case-2"})
    assert shapes([look]) == [("feedback", "triage", "2014-03-07")]
    assert (look.body["outcome"], look.body["duplicate_of"]) == ("duplicate", "case-2")
    assert (copy.service, copy.path, copy.body) == ("notification", "copies", {"informed_on": "2014-03-10"})


def test_valid_rows_leave_duplicates_of_faulty_ones_out() -> None:
    checked = register(
        GOOD,
        GOOD | {"council_reference": "G2", "outcome": "duplicate", "duplicate_of": "G1"},
        GOOD | {"council_reference": "G3"},
    )
    assert [each.council_reference for each in valid(checked, [Fault(row=2, column="x", reason="y")])] == ["G3"]


def test_faulty_rows_come_back_as_they_were_with_their_reasons() -> None:
    first = GOOD | {"council": "Falkirk; the old one", "criteria": "C1"}
    raw = (
        f"\ufeff{';'.join(GOOD)}\r\n"
        + ";".join(f'"{cell}"' for cell in first.values())
        + "\r\n"
        + ";".join(GOOD.values())
        + "\r\n"
    )
    checked = read(raw.encode(), NOW)
    again = faulty_rows(checked, checked.faults).decode()
    heading, only = again.removeprefix("\ufeff").strip().split("\r\n")
    assert heading == ";".join((*GOOD, "reason"))
    assert only.startswith('"Falkirk; the old one";G1;')
    assert "council: no council of this name or code" in only
    repaired = again.replace("; the old one", "")
    assert read(repaired.encode(), NOW).faults == ()


def test_all_rows_come_back_when_the_heading_is_at_fault() -> None:
    checked = register({name: cell for name, cell in GOOD.items() if name != "criteria"})
    assert "criteria: the file has no such column" in faulty_rows(checked, checked.faults).decode()


def test_a_services_refusal_names_the_column_that_it_points_at() -> None:
    errors = [
        {"pointer": "#/signed_off_by/signed_on", "code": "x", "detail": "too early"},
        {"pointer": "#/register_row", "code": "x", "detail": "too long"},
    ]
    found = refusals(row(), RefusedError("intake", 422, {"type": "urn:sir:problem:refused", "errors": errors}))
    assert [str(fault) for fault in found] == [
        "row 2, column signed_off_by: too early",
        "row 2, column council_reference: register_row: too long",
    ]
