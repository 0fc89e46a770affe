"""What a council answers: to requests for information, and to letters."""

from datetime import timedelta
from typing import Any

import pytest

from contracts.feedback import FeedbackSent, InformationRequested
from contracts.intake import Answer, FeedbackAnswered, InformationSupplied
from contracts.personal import Personal
from services.intake.domain.case import decide
from services.intake.domain.reply import Respond, Supply
from tests.unit.intake.cases import DAY, NOW, RECEIVED, REQUESTED, SENT, council, events, given, refusal, registrar, then

SECOND = InformationRequested(request=2, on=DAY, review=1)
CORRECTED = FeedbackSent(letter=2, on=DAY, review=1, corrects=1)
SOME = (Answer(item=1, text=Personal("x")),)


def test_the_latest_request_is_answered_unless_another_is_named() -> None:
    case, around = given(), council(REQUESTED, SECOND)
    assert events(decide(case, Supply(answers=SOME, around=around), NOW)) == [
        InformationSupplied(request=2, on=DAY, answers=SOME)
    ]
    assert events(decide(case, Supply(answers=SOME, request=1, around=around), NOW)) == [
        InformationSupplied(request=1, on=DAY, answers=SOME)
    ]


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"answers": ()}, "#/answers"),
        ({"answers": SOME, "request": 3}, "#/request"),
        ({"answers": (*SOME, Answer(item=3))}, "#/answers/1/item"),
    ],
)
def test_an_answer_fits_what_was_asked(more: dict[str, Any], pointer: str) -> None:
    refused = refusal(decide(given(), Supply(**more, around=council(REQUESTED)), NOW))
    assert [fault.pointer for fault in refused.faults] == [pointer]


def test_more_may_be_supplied_and_the_same_again_is_nothing() -> None:
    case = then(given(), Supply(answers=SOME, around=council(REQUESTED)))
    assert decide(case, Supply(answers=SOME, around=council(REQUESTED)), NOW) == []
    rest = (Answer(item=2, text=Personal("y")),)
    assert len(events(decide(case, Supply(answers=rest, around=council(REQUESTED)), NOW))) == 1


def test_the_latest_letter_is_answered_unless_another_is_named() -> None:
    around = council(SENT, CORRECTED)
    assert events(decide(given(), Respond(response="accepted", around=around), NOW)) == [
        FeedbackAnswered(letter=2, on=DAY, response="accepted")
    ]
    assert events(decide(given(), Respond(response="accepted", letter=1, around=around), NOW)) == [
        FeedbackAnswered(letter=1, on=DAY, response="accepted")
    ]


@pytest.mark.parametrize("response", ["accepted_with_comments", "disputed"])
def test_comments_and_disputes_have_words(response: str) -> None:
    refused = refusal(decide(given(), Respond(response=response, around=council(SENT)), NOW))
    assert [fault.pointer for fault in refused.faults] == ["#/comments"]
    assert len(events(decide(given(), Respond(response=response, comments="x", around=council(SENT)), NOW))) == 1


def test_a_later_answer_takes_the_place_of_an_earlier_one_and_the_same_again_is_nothing() -> None:
    case = then(given(), Respond(response="disputed", comments="x", around=council(SENT)))
    assert decide(case, Respond(response="disputed", comments="x", around=council(SENT)), NOW) == []
    case = then(case, Respond(response="accepted", around=council(SENT)))
    assert case.progress.answer(1) == "accepted"
    back = Respond(response="disputed", comments="x", around=council(SENT))
    assert len(events(decide(case, back, NOW))) == 1, "what was said before the latest may be said again"


def test_a_letter_that_is_not_there_is_not_answered() -> None:
    refused = refusal(decide(given(), Respond(response="accepted", letter=7, around=council(SENT)), NOW))
    assert [fault.pointer for fault in refused.faults] == ["#/letter"]


def test_a_registrar_answers_the_first_before_either_was_heard() -> None:
    on = RECEIVED.date()
    assert events(decide(given(), Supply(on=on, around=registrar()), NOW)) == [InformationSupplied(request=1, on=on)]
    assert events(decide(given(), Respond(response="disputed", on=on, around=registrar()), NOW)) == [
        FeedbackAnswered(letter=1, on=on, response="disputed")
    ]


def test_an_answer_is_not_before_what_it_answers() -> None:
    early = DAY - timedelta(days=1)
    codes = [
        refusal(decide(given(), command, NOW)).faults[0].code
        for command in (
            Supply(on=early, around=registrar(REQUESTED)),
            Respond(response="accepted", on=early, around=registrar(SENT)),
            Respond(response="accepted", on=RECEIVED.date() - timedelta(days=1), around=registrar()),
        )
    ]
    assert codes == ["before_request", "before_letter", "before_notified"]
