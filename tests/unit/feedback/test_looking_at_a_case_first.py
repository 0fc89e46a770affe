"""A look finds a case in scope, out of scope, or a duplicate; a later look replaces it, the same one changes nothing."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import TriageOutcome
from contracts.envelope import Decision, Event, Refused
from contracts.feedback import CaseTriaged
from contracts.personal import Personal
from services.feedback.domain.triage import WAITING, Original, State, Triage, Triaged, decide, evolve

AT = datetime(2026, 11, 18, 10, 15, tzinfo=UTC)
RECEIVED = date(2026, 11, 16)
ANOTHER = "019a6f3e-0000-7000-8000-000000000002"


def look(outcome: str = "in_scope", **more: Any) -> Triage:
    said: dict[str, Any] = {
        "case": "019a6f3e-0000-7000-8000-000000000001",
        "outcome": TriageOutcome(outcome),
        "duplicate_of": None,
        "reason": None,
        "on": None,
        "received_on": RECEIVED,
        "original": None,
        "has_duplicates": False,
    }
    return Triage(**said | more)


def duplicate(**more: Any) -> Triage:
    return look("duplicate", **{"duplicate_of": ANOTHER, "original": Original.SOUND} | more)


def when(command: Triage, *history: Event) -> Decision:
    state: State = WAITING
    for event in history:
        state = evolve(state, event)
    return decide(state, command, AT)


def codes(decision: Decision) -> list[tuple[str, str]]:
    assert isinstance(decision, Refused)
    return [(fault.pointer, fault.code) for fault in decision.faults]


IN_SCOPE = CaseTriaged(outcome="in_scope", on=AT.date())


def test_a_first_look_is_recorded_with_todays_date() -> None:
    assert when(look()) == [IN_SCOPE]


def test_the_same_look_again_changes_nothing() -> None:
    assert when(look(), IN_SCOPE) == []


@pytest.mark.parametrize(
    ("again", "said"),
    [
        (look("out_of_scope"), CaseTriaged(outcome="out_of_scope", on=AT.date())),
        (look(reason="seen twice"), CaseTriaged(outcome="in_scope", on=AT.date(), reason=Personal("seen twice"))),
        (look(on=RECEIVED), CaseTriaged(outcome="in_scope", on=RECEIVED)),
    ],
)
def test_another_look_replaces_it(again: Triage, said: CaseTriaged) -> None:
    assert when(again, IN_SCOPE) == [said]


def test_a_duplicate_names_a_known_case() -> None:
    assert when(duplicate()) == [CaseTriaged(outcome="duplicate", on=AT.date(), duplicate_of=ANOTHER)]


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        (duplicate(duplicate_of=None), ("#/duplicate_of", "required")),
        (duplicate(duplicate_of=look().case), ("#/duplicate_of", "itself")),
        (duplicate(original=Original.UNKNOWN), ("#/duplicate_of", "unknown_case")),
        (duplicate(original=Original.DUPLICATE), ("#/duplicate_of", "is_duplicate")),
        (duplicate(has_duplicates=True), ("#/outcome", "has_duplicates")),
        (look(duplicate_of=ANOTHER), ("#/duplicate_of", "not_allowed")),
        (look(on=date(2026, 11, 15)), ("#/occurred_at", "before_receipt")),
        (look(on=date(2026, 11, 19)), ("#/occurred_at", "in_future")),
    ],
)
def test_what_cannot_be_is_refused_where_it_is_said(command: Triage, fault: tuple[str, str]) -> None:
    assert codes(when(command)) == [fault]


def test_all_that_is_wrong_is_said_at_once() -> None:
    wrong = duplicate(original=Original.UNKNOWN, on=date(2026, 11, 19))
    assert codes(when(wrong)) == [("#/duplicate_of", "unknown_case"), ("#/occurred_at", "in_future")]


def test_an_erased_reason_leaves_the_outcome() -> None:
    state = evolve(WAITING, CaseTriaged(outcome="in_scope", on=RECEIVED, reason=Personal(sealed={"field": "reason", "box": ""})))
    assert isinstance(state, Triaged)
    assert (state.outcome, state.reason) == (TriageOutcome.IN_SCOPE, None)


LOOKS = st.builds(
    look,
    outcome=st.sampled_from([*TriageOutcome]),
    duplicate_of=st.sampled_from([None, ANOTHER]),
    original=st.sampled_from([*Original]),
    has_duplicates=st.booleans(),
    reason=st.sampled_from([None, "a reason"]),
    on=st.sampled_from([None, RECEIVED, AT.date()]),
)


@given(st.lists(LOOKS))
def test_a_repeated_look_decides_nothing(looks: list[Triage]) -> None:
    state: State = WAITING
    for each in looks:
        decision = decide(state, each, AT)
        for event in () if isinstance(decision, Refused) else decision:
            state = evolve(state, event)
        assert isinstance(decision, Refused) or decide(state, each, AT) == []
