"""What may be asked of a case in every state, by whom; that decisions agree with it, and that what is repeated decides nothing."""

from datetime import datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from contracts.codes import CaseStatus
from contracts.envelope import Event, Refused
from contracts.feedback import FeedbackSent, InformationRequested, Item
from contracts.intake import Notification, PersonalDataErased, TransferEnded
from contracts.personal import Personal
from services.intake.domain import path
from services.intake.domain.around import Around, Side
from services.intake.domain.case import action_of, decide
from services.intake.domain.heard import NOTHING_HEARD, learn
from services.intake.domain.path import ALLOWED, permitted
from services.intake.domain.state import Case, Considered, Nothing, State, evolve
from services.intake.domain.status import status
from tests.unit.intake.cases import (
    CLOSED,
    COMMANDS,
    CR_REQUIRED,
    DAY,
    DUPLICATE,
    EDINBURGH,
    GLASGOW,
    IN_SCOPE,
    MAPPA,
    NOW,
    OUT_OF_SCOPE,
    READ,
    REOPENED,
    REQUESTED,
    SENT,
    council,
    events,
    given,
    inspectorate,
    refusal,
    registrar,
    then,
)

SAID_OF_NO_MAPPA = given().said
SAID = frozenset({path.AMEND, path.CORRECT, path.RECLASSIFY})
OPEN = SAID | {path.WITHDRAW, path.REVIEW, path.PLAN, path.TRANSFER}
SOG = {path.NOTIFY_SOG, path.DECIDE_SOG}


def may(state: State, around: Around) -> set[str]:
    return {action for action in COMMANDS if permitted(state, action, around) is None}


def test_an_open_case_takes_everything_that_is_not_missing_its_ground() -> None:
    assert may(given(), council()) == OPEN
    assert may(given(said=MAPPA), council()) == OPEN | SOG
    assert may(given(), council(REQUESTED)) == OPEN | {path.SUPPLY}
    assert may(given(), council(SENT)) == OPEN | {path.ANSWER}
    assert may(then(given(), COMMANDS[path.REVIEW](council())), council()) == OPEN | {path.WITHDRAW_REVIEW}


def test_a_withdrawn_case_may_only_be_put_right_until_it_is_reopened() -> None:
    case = then(given(said=MAPPA), COMMANDS[path.WITHDRAW](council()))
    assert may(case, council(REQUESTED, SENT)) == {path.CORRECT}
    assert may(case, council(REOPENED)) == OPEN | SOG


def test_what_was_set_aside_may_change_and_is_reviewed_no_more() -> None:
    for look in (OUT_OF_SCOPE, DUPLICATE):
        assert may(given(said=MAPPA), council(REQUESTED, SENT, look)) == SAID | {path.WITHDRAW}


def test_with_a_mappa_review_only_the_group_may_change_that() -> None:
    case = then(given(said=MAPPA), COMMANDS[path.DECIDE_SOG](council()))
    assert may(case, council(REQUESTED, SENT)) == SAID | {path.WITHDRAW} | SOG


def test_a_closed_case_is_put_right_answered_and_its_plan_goes_on() -> None:
    assert may(given(said=MAPPA), council(REQUESTED, SENT, CLOSED)) == SAID | {path.SUPPLY, path.ANSWER, path.PLAN}


def test_an_erased_case_takes_nothing_from_anybody() -> None:
    case = then(given(), COMMANDS[path.ERASE](inspectorate()))
    for around in (council(SENT), registrar(), inspectorate()):
        assert may(case, around) == set()


def test_the_data_are_the_inspectorates_to_hold_and_to_erase_wherever_the_case_stands() -> None:
    for heard in ((), (CLOSED,), (OUT_OF_SCOPE,)):
        assert may(given(), inspectorate(*heard)) == {path.HOLD, path.ERASE}
    held = then(given(), COMMANDS[path.HOLD](inspectorate()))
    assert may(held, inspectorate()) == {path.LIFT_HOLD}
    assert "legal hold" in refusal(decide(held, COMMANDS[path.ERASE](inspectorate()), NOW)).detail
    assert may(then(held, COMMANDS[path.LIFT_HOLD](inspectorate())), inspectorate()) == {path.HOLD, path.ERASE}


@pytest.mark.parametrize("heard", [(), (CLOSED,), (OUT_OF_SCOPE,), (DUPLICATE,)])
def test_a_registrar_waits_for_nobody(heard: tuple[Event, ...]) -> None:
    everything = OPEN | SOG | {path.SUPPLY, path.ANSWER}
    assert may(given(said=MAPPA), registrar(*heard)) == everything
    scr = then(given(said=MAPPA), COMMANDS[path.DECIDE_SOG](council()))
    assert may(scr, registrar(*heard)) == everything
    withdrawn = then(given(said=MAPPA), COMMANDS[path.WITHDRAW](registrar()))
    assert may(withdrawn, registrar(*heard)) == everything - {path.WITHDRAW}


def test_a_registrar_too_is_told_what_makes_no_sense() -> None:
    assert not may(given(), registrar()) & SOG
    assert path.WITHDRAW_REVIEW not in may(given(), registrar())


def test_a_refusal_names_what_may_be_asked_instead() -> None:
    refused = refusal(decide(given(), COMMANDS[path.ANSWER](council()), NOW))
    assert (refused.status, refused.code) == (409, "transition_not_allowed")
    assert set(refused.allowed) == OPEN
    assert refused.detail == "No feedback is known here yet."


def test_only_what_is_new_begins_a_stream() -> None:
    assert may(Nothing(), council()) == set()
    assert may(Considered(), council()) == set()
    assert permitted(Nothing(), path.NOTIFY, council()) is None
    assert permitted(given(), path.NOTIFY, council()) is not None


def test_the_day_of_a_reopening_is_too_early_to_withdraw_again() -> None:
    case = then(given(), COMMANDS[path.WITHDRAW](council()))
    refused = refusal(decide(case, COMMANDS[path.WITHDRAW](council(REOPENED)), NOW))
    assert (refused.status, path.WITHDRAW in refused.allowed) == (409, False)
    after = then(case, COMMANDS[path.WITHDRAW](council(REOPENED)), NOW + timedelta(days=1))
    assert status(after.progress, council(REOPENED).heard) is CaseStatus.WITHDRAWN


def test_every_status_has_its_row() -> None:
    assert set(ALLOWED) == set(CaseStatus)
    assert {each for actions in ALLOWED.values() for each in actions} | {path.HOLD, path.LIFT_HOLD, path.ERASE} == set(COMMANDS)


HEARD = (IN_SCOPE, OUT_OF_SCOPE, DUPLICATE, READ, REQUESTED, CR_REQUIRED, SENT, CLOSED, REOPENED)
AGAIN = InformationRequested(request=2, on=DAY, review=1, items=(Item(text=Personal("c")),))
LATER = FeedbackSent(letter=2, on=DAY, review=1)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(sorted(COMMANDS)), st.sampled_from(list(Side)), st.sampled_from([GLASGOW, EDINBURGH]), st.integers(0, 3)
    ),
    max_size=14,
)
OTHERS = st.lists(st.sampled_from([*HEARD, AGAIN, LATER]), max_size=8)


@over(STEPS, OTHERS, st.sampled_from([SAID_OF_NO_MAPPA, MAPPA]))
def test_whatever_is_asked_the_answer_is_events_or_a_refusal_and_permission_agrees(
    steps: list[tuple[str, Side, str, int]], others: list[Event], said: Notification
) -> None:
    state: State = given(said=said)
    at = NOW
    for number, (action, side, of, wait) in enumerate(steps):
        at += timedelta(days=wait, hours=1)
        heard = reduce(learn, others[:number], NOTHING_HEARD)
        command = COMMANDS[action](Around(side=side, council=of if side is Side.COUNCIL else None, heard=heard))
        assert action_of(command) == action
        decision = decide(state, command, at)
        possible = permitted(state, action, command.around)  # type: ignore[union-attr]
        if possible is not None:
            assert decision == possible
        if isinstance(decision, Refused):
            assert action not in decision.allowed or action == path.TRANSFER or decision.status == 422
        else:
            state = checked(state, command, decision, at)


def checked(state: State, command: object, decision: object, at: datetime) -> State:
    """The state after; the same asked again is nothing or refused, but for what may be said any number of times."""
    after = reduce(evolve, decision, state)  # type: ignore[call-overload]
    assert isinstance(after, Case)
    again = decide(after, command, at)  # type: ignore[arg-type]
    repeatable = action_of(command) in {path.WITHDRAW, path.PLAN, path.WITHDRAW_REVIEW}  # type: ignore[arg-type]
    assert isinstance(again, Refused) or again == [] or repeatable, (command, again)
    return after


def test_a_proposal_ends_with_what_it_was_about() -> None:
    case = then(given(), COMMANDS[path.TRANSFER](council()))
    for command in (COMMANDS[path.WITHDRAW](council()), COMMANDS[path.ERASE](inspectorate())):
        first, *_ = events(decide(case, command, NOW))
        assert first == TransferEnded(on=DAY, to_council=EDINBURGH, declined=False)
    *_, last = events(decide(case, COMMANDS[path.ERASE](inspectorate()), NOW))
    assert isinstance(last, PersonalDataErased)
