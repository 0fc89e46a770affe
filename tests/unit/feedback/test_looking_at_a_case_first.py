"""A look finds a case in scope, out of scope, or a duplicate; a later look replaces it, the same one changes nothing."""

from datetime import date

import pytest

from contracts.feedback import CaseReopened, CaseTriaged
from contracts.personal import Personal
from services.feedback.domain.triage import Original, Triage
from tests.unit.feedback.cases import ANOTHER, CASE, RECEIVED_ON, TODAY, WORDS, around, faults, look, when, withdrawn

IN_SCOPE = CaseTriaged(outcome="in_scope", on=TODAY)


def duplicate(**more: object) -> Triage:
    return look("duplicate", **{"duplicate_of": ANOTHER, "original": Original.SOUND} | more)


def dated(day: date) -> Triage:
    return look(around=around(registrar=True, on=day))


def test_a_first_look_is_recorded_with_todays_date() -> None:
    assert when(look()) == [IN_SCOPE]


def test_the_same_look_again_changes_nothing() -> None:
    assert when(look(), IN_SCOPE) == []


@pytest.mark.parametrize(
    ("again", "said"),
    [
        (look("out_of_scope"), CaseTriaged(outcome="out_of_scope", on=TODAY)),
        (look(reason="seen twice"), CaseTriaged(outcome="in_scope", on=TODAY, reason=Personal("seen twice"))),
        (dated(RECEIVED_ON), CaseTriaged(outcome="in_scope", on=RECEIVED_ON)),
    ],
)
def test_another_look_replaces_it(again: Triage, said: CaseTriaged) -> None:
    assert when(again, IN_SCOPE) == [said]


def test_a_reopening_voids_a_look_that_found_it_out_of_scope() -> None:
    history = [CaseTriaged(outcome="out_of_scope", on=TODAY), CaseReopened(on=TODAY, reason=WORDS)]
    assert when(look("out_of_scope"), *history) == [CaseTriaged(outcome="out_of_scope", on=TODAY)]


def test_a_withdrawn_case_may_still_be_found_a_duplicate() -> None:
    assert when(duplicate(around=around(withdrawn()))) == [CaseTriaged(outcome="duplicate", on=TODAY, duplicate_of=ANOTHER)]


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        (duplicate(duplicate_of=None), ("#/duplicate_of", "required")),
        (duplicate(duplicate_of=CASE), ("#/duplicate_of", "itself")),
        (duplicate(original=Original.UNKNOWN), ("#/duplicate_of", "unknown_case")),
        (duplicate(original=Original.DUPLICATE), ("#/duplicate_of", "is_duplicate")),
        (duplicate(has_duplicates=True), ("#/outcome", "has_duplicates")),
        (look(duplicate_of=ANOTHER), ("#/duplicate_of", "not_allowed")),
        (dated(date(2026, 8, 2)), ("#/occurred_at", "before_receipt")),
        (dated(date(2026, 11, 19)), ("#/occurred_at", "in_the_future")),
    ],
)
def test_what_cannot_be_is_refused_where_it_is_said(command: Triage, fault: tuple[str, str]) -> None:
    assert faults(when(command)) == [fault]


def test_all_that_is_wrong_is_said_at_once() -> None:
    wrong = duplicate(original=Original.UNKNOWN, around=around(registrar=True, on=date(2026, 11, 19)))
    assert faults(when(wrong)) == [("#/duplicate_of", "unknown_case"), ("#/occurred_at", "in_the_future")]


def test_an_erased_reason_leaves_the_outcome() -> None:
    erased = CaseTriaged(outcome="in_scope", on=TODAY, reason=Personal(sealed={"field": "reason", "box": ""}))
    assert when(look("in_scope"), erased) == []
