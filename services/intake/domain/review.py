"""The council's review of its own supervision: submitted, by which rules it is flagged, and taken back (R-20 to R-27)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from contracts.clocks import london_date
from contracts.codes import SIGNS_REVIEWS, Check, CheckItem, Conclusion, Grade, ReviewerRelationship, ReviewKind
from contracts.envelope import Decision, Fault
from contracts.intake import Flag, Review, ReviewSubmitted, ReviewWithdrawn
from contracts.personal import Personal
from services.intake.domain.around import Around
from services.intake.domain.days import day_of, in_the_future, misdated, refused
from services.intake.domain.plan import Item, faulty, planned
from services.intake.domain.state import Case

TESTS: Final[Mapping[str, tuple[CheckItem, ...]]] = MappingProxyType(
    {
        "risk_assessment_and_plan": (
            CheckItem.RISK_ASSESSMENT_COMPLETED,
            CheckItem.RISK_ASSESSMENT_UP_TO_DATE,
            CheckItem.RISK_MANAGEMENT_PLAN,
        ),
        "contact_levels": (CheckItem.CONTACT_LEVELS_APPROPRIATE,),
        "non_compliance": (CheckItem.NON_COMPLIANCE_MANAGED,),
    }
)
"""The three tests of R-20: an initial analysis is enough where each item is evidenced."""

TOO_NEAR: Final[Mapping[str, str]] = MappingProxyType(
    {
        ReviewerRelationship.MANAGES_CASE: "The reviewer manages the case.",
        ReviewerRelationship.LINE_MANAGES_CASE_MANAGER: "The reviewer is the case manager's line manager.",
    }
)
"""Not far enough removed from the case (R-22)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submit:
    """Send a review, with its plan apart from it: an item has its number only in the case."""

    review: Review
    items: tuple[Item, ...] = ()
    on: date | None = None
    around: Around


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack:
    """A submission was sent in error: that of the number, or the latest."""

    reason: str
    number: int | None = None
    on: date | None = None
    around: Around


def submit(case: Case, command: Submit, at: datetime) -> Decision:
    """The next submission of the case, whatever its kind."""
    said, live = command.review, command.around.live
    proposed = proposal(said, live=live)
    latest = case.progress.reviews[-1].on if case.progress.reviews else None
    if faults := (
        *misdated(command.on, at, {"notified": case.received_on, "review": latest}),
        *_signed_later(said, london_date(at)),
        *_checked_twice(said),
        *faulty(case, command.items, "#/actions"),
        *(_incomplete(said, proposed) if live else ()),
    ):
        return refused(*faults)
    review = said.model_copy(update={"comprehensive_proposed": proposed, "actions": planned(case, command.items)})
    if _repeats(case, review, command.on):
        return []
    number = len(case.reviews) + 1
    return [ReviewSubmitted(number=number, on=day_of(command.on, at), review=review, flags=tuple(flags(said, live=live)))]


def take_back(case: Case, command: TakeBack, at: datetime) -> Decision:
    """Its day stays the day on which a review was first submitted (domain 1.6, rule 9)."""
    newest = case.progress.newest
    wanted = command.number or (newest.number if newest else None)
    found = next((each for each in case.progress.reviews if each.number == wanted and not each.withdrawn), None)
    if found is None:
        return refused(Fault(pointer="#/number", code="unknown_review", detail="There is no such submission to be taken back."))
    if faults := misdated(command.on, at, {"review": found.on}):
        return refused(*faults)
    return [ReviewWithdrawn(number=found.number, on=day_of(command.on, at), reason=Personal(command.reason))]


def proposal(review: Review, *, live: bool) -> tuple[str, ...]:
    """The tests for which the system proposes a comprehensive review; of a register only by what it says."""
    if review.counts_as != ReviewKind.IAR:
        return ()
    said = {each.item: each.value for each in review.checks}
    unsaid = Check.NOT_REFERENCED if live else Check.EVIDENCED
    return tuple(test for test, items in TESTS.items() if any(said.get(item, unsaid) != Check.EVIDENCED for item in items))


def flags(review: Review, *, live: bool) -> Iterator[Flag]:
    """What is not as the guidance wants, accepted all the same and shown to the inspector."""
    near = review.reviewer.relationship
    if near is None and live:
        yield Flag(rule="R-22", detail="It is not said how near the reviewer stands to the case.")
    if near is not None and near in TOO_NEAR:
        why = "" if review.objectivity_exception is not None else " No reason for an exception is given."
        yield Flag(rule="R-22", detail=TOO_NEAR[near] + why)
    grade = review.signed_off_by.grade if review.signed_off_by else None
    if grade is None:
        yield Flag(rule="R-23", detail="Not signed off.")
    elif not Grade(grade).at_least(SIGNS_REVIEWS):
        yield Flag(rule="R-23", detail="Signed off below head of criminal justice social work.")


def _incomplete(review: Review, proposed: tuple[str, ...]) -> Iterator[Fault]:
    """What a council says, and a register cannot."""
    if not review.checks:
        yield Fault(pointer="#/checks", code="required", detail="Say what the review shows, item by item.")
    initial = review.counts_as == ReviewKind.IAR
    if initial and review.conclusion is None:
        detail = "Say whether the initial analysis is enough, or a comprehensive review is needed."
        yield Fault(pointer="#/conclusion", code="required", detail=detail, rule="R-20")
    if not initial and review.conclusion is not None:
        yield Fault(pointer="#/conclusion", code="not_allowed", detail="Only an initial analysis concludes this.", rule="R-20")
    if proposed and review.conclusion == Conclusion.IAR_SUFFICIENT and review.reason_to_stay is None:
        detail = f"A comprehensive review is proposed, by {', '.join(proposed)}: say why the initial analysis is enough."
        yield Fault(pointer="#/reason_to_stay", code="required", detail=detail, rule="R-20")


def _signed_later(review: Review, today: date) -> Iterator[Fault]:
    signed = review.signed_off_by.signed_on if review.signed_off_by else None
    if signed is not None and signed > today:
        yield in_the_future("#/signed_off_by/signed_on")


def _checked_twice(review: Review) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, each in enumerate(review.checks):
        if each.item in seen:
            yield Fault(pointer=f"#/checks/{place}/item", code="repeated", detail="Each item is said once.")
        seen.add(each.item)


def _repeats(case: Case, said: Review, on: date | None) -> bool:
    """Whether the latest submission says the same, of the same day."""
    newest = case.progress.newest
    if newest is None or newest.number != len(case.reviews) or on not in {None, newest.on}:
        return False
    return _unnumbered(case.reviews[-1].review) == _unnumbered(said)


def _unnumbered(review: Review) -> Review:
    return review.model_copy(update={"actions": tuple(each.model_copy(update={"number": 0}) for each in review.actions)})
