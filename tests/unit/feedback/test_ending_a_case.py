"""A case is closed after its letter, and reopened when new facts come; nothing ends in silence."""

from datetime import date, timedelta

import pytest

from contracts.envelope import Event
from contracts.feedback import CaseClosed, CaseReopened, CaseTriaged
from contracts.intake import PersonalDataErased, SogDecided
from contracts.personal import Personal
from services.feedback.domain.closure import Close, Reopen
from services.feedback.domain.letters import Send
from services.feedback.domain.standing import Around
from services.feedback.domain.triage import Triage
from tests.unit.feedback.cases import (
    MAPPA,
    TODAY,
    answered,
    around,
    assessed,
    faults,
    look,
    requested,
    sent,
    submitted,
    ways,
    when,
    withdrawn,
)

WHY = Personal("Nothing more is to be done.")
CLOSED = CaseClosed(on=TODAY, reason=WHY)
NEWS = Personal("A new charge.")
REOPENED = CaseReopened(on=TODAY, reason=NEWS)


def close(where: Around, reason: str | None = "Nothing more is to be done.") -> Close:
    return Close(around=where, reason=reason)


def reopen(where: Around) -> Reopen:
    return Reopen(around=where, reason="A new charge.")


@pytest.mark.parametrize("heard", [[], [answered("accepted")], [answered("accepted_with_comments")], [answered("disputed")]])
def test_a_case_is_closed_after_its_letter_answered_or_not(heard: list[Event]) -> None:
    assert when(close(around(submitted(), *heard)), assessed(), sent()) == [CLOSED]


@pytest.mark.parametrize("history", [[], [assessed()], [requested()]])
def test_a_case_without_a_letter_is_not_closed(history: list[Event]) -> None:
    assert "closure" not in ways(when(close(around(submitted())), *history))


def test_a_closure_says_why() -> None:
    assert faults(when(close(around(submitted()), None), assessed(), sent())) == [("#/reason", "required")]


def test_a_closed_case_takes_a_look_or_is_reopened() -> None:
    assert ways(when(close(around(submitted())), assessed(), sent(), CLOSED)) == ("triage", "reopening")
    assert when(reopen(around(submitted())), assessed(), sent(), CLOSED) == [REOPENED]


@pytest.mark.parametrize(
    ("where", "history"),
    [
        (around(withdrawn()), []),
        (around(), [CaseTriaged(outcome="out_of_scope", on=TODAY)]),
        (around(MAPPA, SogDecided(on=TODAY, decision="scr")), []),
    ],
)
def test_whatever_ended_a_case_it_may_be_reopened(where: Around, history: list[Event]) -> None:
    assert when(reopen(where), *history) == [REOPENED]
    assert "reopening" not in ways(when(reopen(where), *history, REOPENED))


@pytest.mark.parametrize(
    "history", [[], [CaseTriaged(outcome="duplicate", on=TODAY, duplicate_of="another")], [assessed(), sent()]]
)
def test_what_has_not_ended_is_not_reopened(history: list[Event]) -> None:
    assert "reopening" not in ways(when(reopen(around(submitted())), *history))


def test_a_reopened_case_may_be_closed_again() -> None:
    assert when(close(around(submitted())), assessed(), sent(), CLOSED, REOPENED) == [CLOSED]


def test_a_register_closes_whatever_is_known_here() -> None:
    day = date(2026, 11, 1)
    assert when(close(around(registrar=True, on=day), None)) == [CaseClosed(on=day)]
    assert when(close(around(registrar=True, on=day), None), CaseClosed(on=day)) == []


@pytest.mark.parametrize(
    ("heard", "history", "code"),
    [
        ([submitted(on=TODAY)], [], "before_review"),
        ([], [requested()], "before_request"),
        ([], [sent()], "before_feedback"),
        ([answered("accepted")], [sent().model_copy(update={"on": date(2026, 10, 1)})], "before_response"),
    ],
)
def test_a_closure_is_not_before_what_it_ends(heard: list[Event], history: list[Event], code: str) -> None:
    where = around(*heard, registrar=True, on=TODAY - timedelta(days=1))
    assert faults(when(close(where, None), *history)) == [("#/occurred_at", code)]


def test_a_reopening_is_not_before_the_closure() -> None:
    where = around(registrar=True, on=TODAY - timedelta(days=1))
    assert faults(when(reopen(where), CLOSED)) == [("#/occurred_at", "before_closure")]


ERASED = PersonalDataErased(on=TODAY, basis="retention_ended")


def test_a_case_whose_people_were_erased_takes_no_more_words() -> None:
    where = around(submitted(), ERASED)
    assert ways(when(Send(around=where, text="A letter.", corrects=None), assessed())) == (
        "triage",
        "allocation",
        "scrutiny",
        "assessment",
    )
    with_words: Triage = look(around=where, reason="Seen.")
    assert "triage" in ways(when(with_words))
    assert when(close(where, None), assessed(), sent()) == [CaseClosed(on=TODAY)]


def test_a_registers_words_are_refused_then_too_and_its_days_are_not() -> None:
    where = around(submitted(), ERASED, registrar=True, on=TODAY)
    assert ways(when(Send(around=where, text="A letter.", corrects=None)))
    assert when(Send(around=where, text=None, corrects=None)) == [sent(text=None)]
