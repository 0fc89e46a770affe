"""Codes as they are written on every border, their words, and their order."""

from itertools import combinations_with_replacement

import pytest
from pydantic import BaseModel, ValidationError

from contracts import codes
from contracts.codes import (
    SIGNS_NOTIFICATIONS,
    SIGNS_REVIEWS,
    Code,
    Grade,
    IncidentType,
    MappaCategory,
    OrderType,
    Requirement,
    ReviewKind,
)

# api.md 2 and 4, domain.md 1.3, 3.3 and 3.4, as they are written there.
WRITTEN = {
    "Criterion": "C1 C2 C3",
    "IncidentType": "T01 T02 T03 T04 T05 T06 T07 T08 T09 T10 T11 T12 T13 T14 T15 T16 T17 T18",
    "OffenceCode": "S1 S2 S3 S4 S5 S6 S7 S8 S9 N1 N2 N3 N4 N5 N6 N7 O1 other",
    "RoleOfPerson": "perpetrator_suspected victim deceased_self deceased_unexplained injured",
    "OutcomeOfHarm": "death life_threatening serious other",
    "AwarenessSource": "police court prison media family partner file_audit",
    "YesNoUnknown": "yes no unknown",
    "Interest": "none possible known",
    "LateReason": "not_aware awaiting_confirmation guidance_misread staffing administrative retrospective other",
    "Precision": "day month year unknown",
    "Grade": "supervising_officer first_line_manager service_manager senior_manager head_of_cjsw cswo",
    "SogDecision": "scr no_scr",
    "ReviewKind": "IAR CR PART1 PART2",
    "Check": "evidenced referenced_not_done not_referenced not_applicable",
    "AssessmentTool": "LSCMI SA07 SARA other",
    "ReviewerRelationship": "none line_manages_case_manager manages_case same_team other_council",
    "TriageOutcome": "in_scope out_of_scope duplicate",
    "RegisterOutcome": "out_of_scope duplicate withdrawn",
    "IarDecision": "appropriate comprehensive_required",
    "Quality": "high satisfactory needs_information",
    "FeedbackResponse": "accepted accepted_with_comments disputed",
    "Role": "council council_manager council_head administrator inspector lead_officer analyst government registrar operator",
}


@pytest.mark.parametrize("name", WRITTEN)
def test_a_list_holds_the_published_codes_in_their_order(name: str) -> None:
    assert " ".join(getattr(codes, name)) == WRITTEN[name]


@pytest.mark.parametrize("kind", Code.__subclasses__(), ids=lambda kind: kind.__name__)
def test_every_code_has_words_of_its_own(kind: type[Code]) -> None:
    labels = [code.label for code in kind]
    assert all(label[:1].isupper() for label in labels)
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize(
    ("code", "label"),
    [("T03", "Unexplained death (mostly likely drug related; post mortem may be pending)"), ("T18", "Death by accident")],
)
def test_an_incident_type_is_called_what_the_report_calls_it(code: str, label: str) -> None:
    assert IncidentType(code).label == label


def test_grades_rise_from_supervising_officer_to_chief_social_work_officer() -> None:
    for lower, higher in combinations_with_replacement(Grade, 2):
        assert higher.at_least(lower)
        assert lower.at_least(higher) == (lower is higher)


def test_a_service_manager_may_sign_a_notification_and_a_first_line_manager_may_not() -> None:
    assert Grade.SERVICE_MANAGER.at_least(SIGNS_NOTIFICATIONS)
    assert not Grade.FIRST_LINE_MANAGER.at_least(SIGNS_NOTIFICATIONS)


def test_a_review_is_signed_by_the_head_of_service_or_the_chief_officer() -> None:
    assert [grade for grade in Grade if grade.at_least(SIGNS_REVIEWS)] == [Grade.HEAD_OF_CJSW, Grade.CSWO]


@pytest.mark.parametrize("code", ["CPO", "DTTO", "PAROLE", "NON_PAROLE", "EXTENDED", "SRO", "STSO", "LIFE", "OLR"])
def test_statutory_orders_and_licences_are_in_scope(code: str) -> None:
    assert OrderType(code).in_scope


@pytest.mark.parametrize("code", ["legacy", "probation", "community_service", "supervised_attendance"])
def test_orders_of_the_law_before_2011_are_in_scope(code: str) -> None:
    assert OrderType(code).in_scope


@pytest.mark.parametrize(
    "code",
    [
        "voluntary_throughcare",
        "diversion",
        "fiscal_work_order",
        "bail_supervision",
        "structured_deferred_sentence",
        "home_detention_curfew",
        "restriction_of_liberty",
    ],
)
def test_what_is_voluntary_or_comes_before_disposal_is_known_and_out_of_scope(code: str) -> None:
    assert not OrderType(code).in_scope


def test_no_other_order_is_out_of_scope() -> None:
    assert sum(not order.in_scope for order in OrderType) == 7


class Asked(BaseModel):
    """A body with codes in it."""

    order: OrderType
    requirement: Requirement = Requirement.CONDUCT
    category: MappaCategory = MappaCategory.RESTRICTED_PATIENT


def test_an_abbreviation_is_read_in_either_case_and_kept_in_one() -> None:
    assert Asked.model_validate_json('{"order": "non_parole"}').order is OrderType.NON_PAROLE
    assert Asked.model_validate_json('{"order": "PROBATION"}').model_dump(mode="json")["order"] == "probation"


def test_the_acts_long_name_of_unpaid_work_is_the_same_requirement() -> None:
    body = '{"order": "CPO", "requirement": "unpaid_work_or_other_activity"}'
    assert Asked.model_validate_json(body).requirement is Requirement.UNPAID_WORK


@pytest.mark.parametrize(
    "body", ['{"order": "ASBO"}', '{"order": 7}', '{"order": "CPO", "requirement": "rest"}', '{"order": "CPO", "category": 4}']
)
def test_an_unknown_code_is_refused(body: str) -> None:
    with pytest.raises(ValidationError):
        Asked.model_validate_json(body)


@pytest.mark.parametrize(("kind", "counted"), [("IAR", "IAR"), ("CR", "CR"), ("PART1", "IAR"), ("PART2", "CR")])
def test_the_parts_of_2022_count_as_the_reviews_that_they_replaced(kind: str, counted: str) -> None:
    assert ReviewKind(kind).counts_as == counted
