"""A letter says what was judged; it is frozen when sent, and only a new one that names it corrects it."""

from datetime import date
from typing import Any

import pytest

from contracts.codes import DisputeOutcome
from contracts.envelope import Refused
from contracts.feedback import DisputeResolved, FeedbackDrafted, FeedbackRead, FeedbackSent
from contracts.personal import Personal
from services.feedback.domain.letters import Draft, Read, Resolve, Send
from services.feedback.domain.standing import Around
from tests.unit.feedback.cases import (
    COLLEAGUE,
    INSPECTOR,
    TODAY,
    answered,
    around,
    assessed,
    faults,
    requested,
    sent,
    submitted,
    ways,
    when,
)

REVIEWED = around(submitted())
TEXT = Personal("A letter.")
DRAFTED = FeedbackDrafted(on=TODAY, author=INSPECTOR, text=TEXT)


def send(where: Around = REVIEWED, text: str | None = "A letter.", corrects: int | None = None) -> Send:
    return Send(around=where, text=text, corrects=corrects)


def read(by: str = COLLEAGUE, *, agreed: bool = True) -> Read:
    return Read(around=around(submitted(), by=by), agreed=agreed, comments=None)


def was_read(*, agreed: bool) -> FeedbackRead:
    return FeedbackRead(on=TODAY, reader=COLLEAGUE, agreed=agreed)


def test_a_letter_needs_a_judgement() -> None:
    assert "feedback" not in ways(when(send()))
    assert when(send(), assessed()) == [sent()]


def test_without_words_the_draft_is_sent() -> None:
    assert when(send(text=None), assessed(), DRAFTED) == [sent()]
    assert faults(when(send(text=None), assessed())) == [("#/text", "required")]


def test_a_draft_takes_the_place_of_the_one_before() -> None:
    assert when(Draft(around=REVIEWED, text="A letter.")) == [DRAFTED]
    assert when(Draft(around=REVIEWED, text="A letter."), DRAFTED) == []
    other = FeedbackDrafted(on=TODAY, author=INSPECTOR, text=Personal("Another."))
    assert when(Draft(around=REVIEWED, text="Another."), DRAFTED) == [other]


def test_who_wrote_a_draft_is_not_its_second_reader() -> None:
    refused = when(read(by=INSPECTOR), assessed(), DRAFTED)
    assert isinstance(refused, Refused)
    assert (refused.status, refused.code) == (409, "own_draft")
    assert when(read(), assessed(), DRAFTED) == [was_read(agreed=True)]
    assert when(read(), assessed(), DRAFTED, was_read(agreed=True)) == []


def test_without_a_draft_there_is_nothing_to_read() -> None:
    assert "second-read" not in ways(when(read(), assessed()))


def test_what_a_second_reader_did_not_agree_with_is_not_sent() -> None:
    history = [assessed(), DRAFTED, was_read(agreed=False)]
    assert "feedback" not in ways(when(send(), *history))
    assert when(send(), *history, was_read(agreed=True)) == [sent()]
    rewritten = FeedbackDrafted(on=TODAY, author=INSPECTOR, text=Personal("Another."))
    assert when(send(text=None), *history, rewritten) == [sent(text="Another.")]


def test_a_letter_that_was_sent_is_corrected_by_one_that_names_it() -> None:
    assert faults(when(send(text="Better."), assessed(), sent())) == [("#/corrects", "required")]
    assert when(send(text="Better.", corrects=1), assessed(), sent()) == [sent(2, text="Better.", corrects=1)]


@pytest.mark.parametrize("corrects", [1, 3])
def test_a_correction_names_the_latest_letter(corrects: int) -> None:
    history = [assessed(), sent(), sent(2, text="Better.", corrects=1)]
    assert faults(when(send(text="Best.", corrects=corrects), *history)) == [("#/corrects", "unknown_letter")]


def test_after_a_new_judgement_another_letter_corrects_nothing() -> None:
    where = around(submitted(), submitted(2, "CR"))
    history = [assessed("comprehensive_required"), sent(), assessed(None, 2, "CR", "high")]
    assert when(send(where, "Of the second."), *history) == [sent(2, review=2, text="Of the second.")]


def test_the_same_letter_again_changes_nothing() -> None:
    assert when(send(), assessed(), sent()) == []
    assert when(send(text="Better.", corrects=1), assessed(), sent(), sent(2, text="Better.", corrects=1)) == []


def test_a_letter_takes_in_what_was_judged_and_not_what_came_since() -> None:
    assert when(send(around(submitted(), submitted(2))), assessed()) == [sent(review=1)]


def test_a_registers_letter_has_no_words_and_takes_in_all_that_had_come() -> None:
    came = (submitted(), submitted(2, "CR", date(2026, 10, 20)), submitted(3, "CR", date(2026, 11, 10)))
    where = around(*came, registrar=True, on=date(2026, 11, 1))
    assert when(send(where, None), assessed()) == [FeedbackSent(letter=1, on=date(2026, 11, 1), review=2)]


@pytest.mark.parametrize(("on", "code"), [(date(2026, 9, 1), "before_review"), (date(2026, 11, 17), "before_request")])
def test_a_letter_is_not_before_the_review_nor_before_what_was_asked(on: date, code: str) -> None:
    where = around(submitted(), registrar=True, on=on)
    assert ("#/occurred_at", code) in faults(when(send(where, None), requested()))


def dispute(outcome: str = "upheld", **more: Any) -> Resolve:
    said = {"around": around(submitted(), answered("disputed")), "letter": None, "reason": "It stands."} | more
    return Resolve(outcome=DisputeOutcome(outcome), **said)


RESOLVED = DisputeResolved(letter=1, on=TODAY, outcome="upheld", reason=Personal("It stands."))


def test_a_dispute_is_resolved_once() -> None:
    assert when(dispute(), assessed(), sent()) == [RESOLVED]
    assert when(dispute(), assessed(), sent(), RESOLVED) == []


def test_a_letter_that_was_never_sent_is_not_disputed() -> None:
    assert faults(when(dispute(letter=2), assessed(), sent())) == [("#/letter", "unknown_letter")]


@pytest.mark.parametrize("where", [REVIEWED, around(submitted(), answered("accepted"))])
def test_what_nobody_disputes_is_not_resolved(where: Around) -> None:
    assert "dispute-resolution" not in ways(when(dispute(around=where), assessed(), sent()))
