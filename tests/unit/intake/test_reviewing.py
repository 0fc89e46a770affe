"""A council's review: what it must say, what it is flagged for, and when a comprehensive one is proposed (R-20 to R-23)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from contracts.intake import Checked, Review, Reviewer, ReviewSubmitted, ReviewWithdrawn, SignedOff
from contracts.personal import Personal
from services.intake.domain.case import decide
from services.intake.domain.plan import Item, Record
from services.intake.domain.review import TESTS, Submit, TakeBack, proposal
from tests.unit.intake.cases import DAY, NOW, RECEIVED, council, events, given, refusal, registrar, review, then

BARE = Review(kind="IAR", counts_as="IAR")


def without(item: str, value: str | None = None) -> tuple[Checked, ...]:
    """The checks of a good review, but one item is not there, or has another value."""
    others = tuple(each for each in review().checks if each.item != item)
    return others if value is None else (*others, Checked(item=item, value=value))


def submitted(said: Review, *, live: bool = True) -> ReviewSubmitted:
    (event,) = events(decide(given(), Submit(review=said, around=council() if live else registrar()), NOW))
    assert isinstance(event, ReviewSubmitted)
    return event


def test_a_good_one_is_the_first_submission_and_carries_no_flag() -> None:
    event = submitted(review())
    assert (event.number, event.on, event.flags, event.review.comprehensive_proposed) == (1, DAY, (), ())


@pytest.mark.parametrize(("test", "item"), [(test, item) for test, items in TESTS.items() for item in items])
@pytest.mark.parametrize("value", [None, "not_referenced", "referenced_not_done", "not_applicable"])
def test_a_comprehensive_review_is_proposed_for_each_test_that_is_not_evidenced(test: str, item: str, value: str | None) -> None:
    said = review(checks=without(item, value), reason_to_stay=Personal("x"))
    assert submitted(said).review.comprehensive_proposed == (test,)


def test_staying_with_an_initial_analysis_needs_a_reason_where_a_comprehensive_one_is_proposed() -> None:
    said = review(checks=without("non_compliance_managed"))
    refused = refusal(decide(given(), Submit(review=said, around=council()), NOW))
    assert [(fault.pointer, fault.rule) for fault in refused.faults] == [("#/reason_to_stay", "R-20")]
    assert "non_compliance" in refused.faults[0].detail
    assert submitted(said.model_copy(update={"reason_to_stay": Personal("There was none.")})).number == 1
    assert submitted(said.model_copy(update={"conclusion": "cr_needed"})).review.comprehensive_proposed == ("non_compliance",)


def test_a_comprehensive_review_is_not_told_to_become_one() -> None:
    assert submitted(review("CR", checks=without("non_compliance_managed"))).review.comprehensive_proposed == ()


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"checks": ()}, "#/checks"),
        ({"conclusion": None}, "#/conclusion"),
        ({"checks": (*review().checks, review().checks[0])}, "#/checks/5/item"),
        ({"signed_off_by": SignedOff(grade="cswo", signed_on=DAY + timedelta(days=1))}, "#/signed_off_by/signed_on"),
    ],
)
def test_what_a_council_has_to_say(changes: dict[str, Any], pointer: str) -> None:
    refused = refusal(decide(given(), Submit(review=review(**changes), around=council()), NOW))
    assert pointer in [fault.pointer for fault in refused.faults]


def test_only_an_initial_analysis_concludes_that_it_is_enough() -> None:
    said = review("CR").model_copy(update={"conclusion": "iar_sufficient"})
    assert [f.pointer for f in refusal(decide(given(), Submit(review=said, around=council()), NOW)).faults] == ["#/conclusion"]


def test_a_registrar_says_no_more_than_the_kind() -> None:
    event = submitted(BARE, live=False)
    assert event.review.comprehensive_proposed == ()
    assert {flag.rule for flag in event.flags} == {"R-23"}, "the register has a column for the grade, and none for the reviewer"


def test_a_registers_proposal_is_by_what_it_says() -> None:
    said = BARE.model_copy(update={"checks": (Checked(item="risk_management_plan", value="not_referenced"),)})
    assert proposal(said, live=False) == ("risk_assessment_and_plan",)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"reviewer": Reviewer()}, "R-22"),
        ({"reviewer": Reviewer(relationship="manages_case")}, "R-22"),
        ({"reviewer": Reviewer(relationship="line_manages_case_manager")}, "R-22"),
        ({"signed_off_by": None}, "R-23"),
        ({"signed_off_by": SignedOff(grade="senior_manager")}, "R-23"),
    ],
)
def test_what_the_guidance_wants_is_flagged_and_accepted(changes: dict[str, Any], rule: str) -> None:
    assert {flag.rule for flag in submitted(review(**changes)).flags} == {rule}


@pytest.mark.parametrize("relationship", ["none", "other_council", "same_team"])
def test_who_stands_far_enough_away_is_not_flagged(relationship: str) -> None:
    assert submitted(review(reviewer=Reviewer(relationship=relationship))).flags == ()


def test_an_exception_is_flagged_too_with_its_reason_given() -> None:
    near = review(reviewer=Reviewer(relationship="line_manages_case_manager"))
    (bare,), (explained,) = (
        submitted(near).flags,
        submitted(near.model_copy(update={"objectivity_exception": Personal("Nobody else.")})).flags,
    )
    assert "No reason" in bare.detail
    assert "No reason" not in explained.detail


@pytest.mark.parametrize("kind", ["IAR", "CR", "PART1", "PART2"])
def test_both_vocabularies_are_taken_as_they_are(kind: str) -> None:
    event = submitted(review(kind))
    assert (event.review.kind, event.review.counts_as) == (kind, {"PART1": "IAR", "PART2": "CR"}.get(kind, kind))


def test_a_resubmission_is_the_next_number_and_the_same_again_is_nothing() -> None:
    case = then(given(), Submit(review=review(), around=council()))
    assert decide(case, Submit(review=review(), around=council()), NOW) == []
    (event,) = events(decide(case, Submit(review=review("CR"), around=council()), NOW))
    assert isinstance(event, ReviewSubmitted)
    assert event.number == 2


def test_a_review_sent_in_error_is_taken_back_by_its_number_or_the_latest() -> None:
    case = then(then(given(), Submit(review=review(), around=council())), Submit(review=review("CR"), around=council()))
    (latest,) = events(decide(case, TakeBack(reason="x", around=council()), NOW))
    (first,) = events(decide(case, TakeBack(reason="x", number=1, around=council()), NOW))
    assert isinstance(latest, ReviewWithdrawn)
    assert isinstance(first, ReviewWithdrawn)
    assert (latest.number, first.number) == (2, 1)
    after = then(case, TakeBack(reason="x", around=council()))
    assert refusal(decide(after, TakeBack(reason="x", number=2, around=council()), NOW)).faults[0].pointer == "#/number"
    assert then(after, Submit(review=review("CR"), around=council())).reviews[-1].number == 3


def test_days_run_in_order() -> None:
    def faults(on: date, at: datetime = NOW) -> list[str]:
        case = then(given(), Submit(review=review(), on=date(2026, 11, 10), around=registrar()))
        decision = decide(case, Submit(review=review("CR"), on=on, around=registrar()), at)
        return [fault.code for fault in refusal(decision).faults]

    assert faults(date(2026, 11, 9)) == ["before_review"]
    assert faults(RECEIVED.date() - timedelta(days=1)) == ["before_notified", "before_review"]
    assert faults(DAY + timedelta(days=1)) == ["in_the_future"]


def test_the_day_is_the_one_in_scotland() -> None:
    (event,) = events(decide(given(), Submit(review=review("CR"), around=council()), datetime(2027, 6, 1, 23, 30, tzinfo=UTC)))
    assert isinstance(event, ReviewSubmitted)
    assert event.on == date(2027, 6, 2)


def item(number: int | None = None, **values: Any) -> Item:
    return Item(number=number, values={name: Personal(value) if name == "text" else value for name, value in values.items()})


def test_items_of_the_plan_are_numbered_within_the_case() -> None:
    case = then(given(), Submit(review=review(), items=(item(text="a"), item(text="b")), around=council()))
    case = then(case, Record(item=item(text="c"), around=council()))
    case = then(case, Record(item=item(2, status="done"), evidence="Seen.", around=council()))
    assert [(each.number, each.text.reveal(), each.status) for each in case.plan] == [
        (1, "a", "open"),
        (2, "b", "done"),
        (3, "c", "open"),
    ]


def test_an_item_that_stands_as_before_is_nothing_and_an_unknown_one_is_refused() -> None:
    case = then(given(), Record(item=item(text="a"), around=council()))
    assert decide(case, Record(item=item(1, status="open"), around=council()), NOW) == []
    assert refusal(decide(case, Record(item=item(2, status="done"), around=council()), NOW)).faults[0].pointer == "#/number"
    assert refusal(decide(case, Record(item=item(status="done"), around=council()), NOW)).faults[0].pointer == "#/text"
    said = Submit(review=review(), items=(item(text="x"), item(9, text="y")), around=council())
    assert refusal(decide(case, said, NOW)).faults[0].pointer == "#/actions/1/number"


def test_the_plan_of_a_review_sent_in_error_goes_with_it_and_its_numbers_are_never_given_again() -> None:
    case = then(given(), Submit(review=review(), items=(item(text="a"),), around=council()))
    case = then(case, TakeBack(reason="x", around=council()))
    assert case.plan == ()
    case = then(case, Submit(review=review(), items=(item(text="b"),), around=council()))
    assert [each.number for each in case.plan] == [2]
