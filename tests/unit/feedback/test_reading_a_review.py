"""A review is read, more is asked for, and it is judged; each only where a review has come in and stands."""

from datetime import date
from typing import Any

import pytest

from contracts.feedback import InformationRequested, Item, ReviewAssessed, ScrutinyStarted
from contracts.intake import InformationSupplied, ReviewWithdrawn
from contracts.personal import Personal
from services.feedback.domain.scrutiny import RequestInformation, Scrutinise
from services.feedback.domain.standing import Around
from tests.unit.feedback.cases import TODAY, WORDS, around, assess, assessed, faults, requested, submitted, ways, when

READING = ScrutinyStarted(on=TODAY, review=1)


def registers(*heard: Any, on: date = date(2026, 10, 5)) -> Around:
    return around(*heard, registrar=True, on=on)


def ask(where: Around, *items: str, **more: Any) -> RequestInformation:
    return RequestInformation(around=where, items=items, **{"target_on": None, "review": None} | more)


def test_the_latest_submission_is_read() -> None:
    read = Scrutinise(around=around(submitted(), submitted(2)), review=None)
    assert when(read) == [ScrutinyStarted(on=TODAY, review=2)]


def test_what_is_being_read_is_not_begun_again() -> None:
    assert when(Scrutinise(around=around(submitted()), review=1), READING) == []


def test_after_information_came_it_is_read_once_more() -> None:
    where = around(submitted(), InformationSupplied(request=1, on=TODAY))
    assert when(Scrutinise(around=where, review=None), READING, requested()) == [READING]


def test_while_information_is_awaited_there_is_nothing_to_read() -> None:
    assert "scrutiny" not in ways(when(Scrutinise(around=around(submitted()), review=None), READING, requested()))


@pytest.mark.parametrize("review", [2, 7])
def test_a_submission_that_never_came_is_not_read(review: int) -> None:
    assert faults(when(Scrutinise(around=around(submitted()), review=review))) == [("#/review", "unknown_review")]


def test_a_submission_that_was_taken_back_is_not_read() -> None:
    where = around(submitted(), submitted(2), ReviewWithdrawn(number=1, on=TODAY, reason=WORDS))
    assert faults(when(Scrutinise(around=where, review=1))) == [("#/review", "withdrawn")]


@pytest.mark.parametrize(
    "command", [Scrutinise(around=around(), review=None), ask(around(), "x"), assess(around(), quality="high")]
)
def test_without_a_review_there_is_nothing_to_do(command: Any) -> None:
    assert ways(when(command)) == ("triage", "allocation")


def test_what_is_asked_for_is_numbered_and_named_item_by_item() -> None:
    items = tuple(Item(text=Personal(text)) for text in ("The plan.", "The contacts."))
    asked = InformationRequested(request=2, on=TODAY, review=1, target_on=date(2026, 12, 1), items=items)
    command = ask(around(submitted()), "The plan.", "The contacts.", target_on=date(2026, 12, 1))
    assert when(command, requested()) == [asked]


def test_the_same_asked_again_while_it_is_awaited_changes_nothing() -> None:
    assert when(ask(around(submitted()), "The plan."), requested()) == []


def test_the_same_is_asked_again_once_an_answer_came() -> None:
    where = around(submitted(), InformationSupplied(request=1, on=TODAY))
    assert when(ask(where, "The plan."), requested()) == [requested(2)]


def test_nothing_asked_for_is_no_request() -> None:
    assert faults(when(ask(around(submitted())))) == [("#/items", "required")]


def test_a_register_need_not_say_what_was_asked_for() -> None:
    asked = InformationRequested(request=1, on=date(2026, 10, 5), review=1)
    assert when(ask(registers(submitted()))) == [asked]
    assert when(ask(registers(submitted())), asked) == []


def test_an_answer_is_not_wanted_before_it_was_asked_for() -> None:
    command = ask(around(submitted()), "x", target_on=date(2026, 11, 17))
    assert faults(when(command)) == [("#/target_on", "before_request")]


def test_a_judgement_is_of_the_latest_submission() -> None:
    judged = ReviewAssessed(on=TODAY, review=2, kind="CR", quality="high", comments=Personal("Good."))
    command = assess(around(submitted(), submitted(2, "CR")), quality="high", comments="Good.")
    assert when(command, assessed("comprehensive_required")) == [judged]


def test_a_decision_is_of_the_latest_initial_analysis() -> None:
    command = assess(around(submitted(), submitted(2, "CR")), iar_decision="comprehensive_required")
    assert when(command) == [assessed("comprehensive_required")]


def test_a_comprehensive_review_is_not_decided_on() -> None:
    where = around(submitted(1, "CR"))
    for review in (None, 1):
        assert faults(when(assess(where, iar_decision="appropriate", review=review))) == [("#/iar_decision", "not_an_iar")]


def test_a_judgement_says_something() -> None:
    assert faults(when(assess(around(submitted()), comments="Hm."))) == [("#/iar_decision", "required")]


def test_the_same_judgement_changes_nothing_and_another_replaces_it() -> None:
    where = around(submitted())
    assert when(assess(where, iar_decision="appropriate"), assessed()) == []
    assert when(assess(where, iar_decision="comprehensive_required"), assessed()) == [assessed("comprehensive_required")]


def test_a_register_may_judge_what_was_not_heard_of_yet() -> None:
    judged = ReviewAssessed(on=date(2026, 10, 5), kind="IAR", iar_decision="appropriate")
    assert when(assess(registers(), iar_decision="appropriate")) == [judged]


def test_no_step_is_before_the_review_it_is_about() -> None:
    where = registers(submitted(), on=date(2026, 9, 30))
    for command in (Scrutinise(around=where, review=None), ask(where), assess(where, quality="high")):
        assert faults(when(command)) == [("#/occurred_at", "before_review")]
