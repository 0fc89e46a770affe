"""A case goes to another council, both agreeing (R-06)."""

from datetime import date, timedelta

import pytest

from contracts.intake import TransferAccepted, TransferEnded, TransferProposed
from services.intake.domain.around import Around
from services.intake.domain.case import decide
from services.intake.domain.path import TRANSFER, WITHDRAW, permitted
from services.intake.domain.state import Case
from services.intake.domain.transfer import Transfer
from tests.unit.intake.cases import CLOSED, DAY, EDINBURGH, FIFE, GLASGOW, NOW, council, events, given, refusal, registrar, then


def proposed(by: Around | None = None) -> Case:
    return then(given(), Transfer(to_council="City of Edinburgh Council", reason="moved", around=by or council()))


def test_the_responsible_council_proposes_and_stays_responsible() -> None:
    case = proposed()
    assert case.proposal is not None
    assert (case.council, case.proposal.from_council, case.proposal.to_council) == (GLASGOW, GLASGOW, EDINBURGH)


def test_the_named_council_agrees_and_the_figures_keep_the_one_that_notified() -> None:
    case = proposed()
    (event,) = events(decide(case, Transfer(accept=True, around=council(of=EDINBURGH)), NOW))
    assert event == TransferAccepted(on=DAY, from_council=GLASGOW, to_council=EDINBURGH)
    after = then(case, Transfer(accept=True, around=council(of=EDINBURGH)))
    assert (after.council, after.notified_by, after.proposal) == (EDINBURGH, GLASGOW, None)


@pytest.mark.parametrize(("of", "declined"), [(EDINBURGH, True), (GLASGOW, False)])
def test_it_is_declined_by_the_one_and_taken_back_by_the_other(of: str, *, declined: bool) -> None:
    case = proposed()
    (event,) = events(decide(case, Transfer(accept=False, around=council(of=of)), NOW))
    assert event == TransferEnded(on=DAY, to_council=EDINBURGH, declined=declined)
    assert then(case, Transfer(accept=False, around=council(of=of))).council == GLASGOW


@pytest.mark.parametrize(
    ("command", "pointer"),
    [
        (Transfer(accept=True, around=council()), "#/accept"),
        (Transfer(to_council=FIFE, reason="x", around=council(of=EDINBURGH)), "#/to_council"),
    ],
)
def test_each_says_only_what_is_its_own_to_say(command: Transfer, pointer: str) -> None:
    assert [fault.pointer for fault in refusal(decide(proposed(), command, NOW)).faults] == [pointer]


@pytest.mark.parametrize(
    ("command", "pointer"),
    [
        (Transfer(to_council="Atlantis", reason="x", around=council()), "#/to_council"),
        (Transfer(to_council=GLASGOW, reason="x", around=council()), "#/to_council"),
        (Transfer(reason="x", around=council()), "#/to_council"),
        (Transfer(to_council=EDINBURGH, around=council()), "#/reason"),
        (Transfer(to_council=EDINBURGH, reason="x", accept=True, around=council()), "#/accept"),
    ],
)
def test_a_proposal_names_another_council_and_says_why(command: Transfer, pointer: str) -> None:
    assert [fault.pointer for fault in refusal(decide(given(), command, NOW)).faults] == [pointer]


def test_one_proposal_at_a_time_and_none_where_none_is() -> None:
    again = Transfer(to_council=EDINBURGH, reason="moved", around=council())
    assert decide(proposed(), again, NOW) == []
    assert refusal(decide(proposed(), Transfer(to_council=FIFE, reason="moved", around=council()), NOW)).status == 409
    assert refusal(decide(given(), Transfer(accept=True, around=council(of=EDINBURGH)), NOW)).status == 409


def test_a_closed_case_is_handed_to_nobody_but_a_proposal_may_still_end() -> None:
    case = proposed()
    assert refusal(decide(case, Transfer(accept=True, around=council(CLOSED, of=EDINBURGH)), NOW)).status == 409
    (event,) = events(decide(case, Transfer(accept=False, around=council(CLOSED, of=EDINBURGH)), NOW))
    assert isinstance(event, TransferEnded)
    assert refusal(decide(given(), Transfer(to_council=FIFE, reason="x", around=council(CLOSED)), NOW)).status == 409


def test_who_is_only_asked_learns_nothing_else_that_the_case_allows() -> None:
    """A proposal may end between the look at the case and the judgement."""
    asked = council(CLOSED, of=EDINBURGH)
    for case in (given(), proposed()):
        for action in (TRANSFER, WITHDRAW):
            refused = permitted(case, action, asked)
            assert refused is None or set(refused.allowed) <= {TRANSFER}
    assert permitted(given(), TRANSFER, asked) is not None
    assert refusal(decide(proposed(), Transfer(accept=True, around=asked), NOW)).allowed == (TRANSFER,)


def test_a_registrar_brings_in_what_both_agreed_with_its_days_in_order() -> None:
    on = date(2026, 11, 5)
    case = then(given(), Transfer(to_council=EDINBURGH, reason="moved", on=on, around=registrar()))
    early = Transfer(accept=True, on=on - timedelta(days=1), around=registrar())
    assert [fault.code for fault in refusal(decide(case, early, NOW)).faults] == ["before_proposal"]
    assert then(case, Transfer(accept=True, on=on, around=registrar())).council == EDINBURGH


def test_the_council_that_took_over_may_hand_on() -> None:
    case = then(proposed(), Transfer(accept=True, around=council(of=EDINBURGH)))
    (event,) = events(decide(case, Transfer(to_council=FIFE, reason="x", around=council(of=EDINBURGH)), NOW))
    assert isinstance(event, TransferProposed)
    assert (event.from_council, event.to_council) == (EDINBURGH, FIFE)
