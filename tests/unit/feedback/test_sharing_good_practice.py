"""An example is shared when somebody confirms that nobody can be known by it, and the case's own identifiers agree (R-40)."""

from typing import Any

import pytest

from contracts.feedback import GoodPracticeApproved
from contracts.personal import Personal
from services.feedback.domain.practice import Approve, Telling, identifies
from tests.unit.feedback.cases import TODAY, around, assessed, faults, submitted, ways, when

TELLING = Telling(initials=frozenset({"ZQ"}), names=frozenset({"P-88121", "C. Manager", "1988", "SIR-2026-0001"}))
EXAMPLE = "A worker met the family each week."


def approve(text: str = EXAMPLE, *, anonymised: bool = True, **more: Any) -> Approve:
    said: dict[str, Any] = {"around": around(submitted()), "found_by": "council", "telling": TELLING} | more
    return Approve(text=text, anonymised=anonymised, **said)


APPROVED = GoodPracticeApproved(on=TODAY, found_by="council", text=Personal(EXAMPLE))


def test_an_example_is_approved_once() -> None:
    assert when(approve(), assessed()) == [APPROVED]
    assert when(approve(), assessed(), APPROVED) == []


def test_nobody_is_anonymous_by_default() -> None:
    assert faults(when(approve(anonymised=False), assessed())) == [("#/anonymised", "required")]


@pytest.mark.parametrize(
    "text",
    [
        "The worker met ZQ each week.",
        "The worker met Z.Q. each week.",
        "The worker met Z. Q., each week.",
        "The case p-88121 shows it.",
        "As c. manager found, contact was good.",
        "Born in 1988, he was met each week.",
        "See sir-2026-0001.",
    ],
)
def test_what_names_somebody_is_not_shared(text: str) -> None:
    assert faults(when(approve(text), assessed())) == [("#/text", "identifies")]


@pytest.mark.parametrize(
    "text", [EXAMPLE, "Quiz nights.", "In 19880 hours.", "A manager met them.", "Case P-881210.", "zq is no word."]
)
def test_what_only_looks_alike_is(text: str) -> None:
    assert not identifies(text, TELLING)


def test_without_a_review_there_is_no_example() -> None:
    assert "good-practice" not in ways(when(approve(around=around())))
