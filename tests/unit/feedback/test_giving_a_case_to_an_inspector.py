"""A case is given to an inspector; nobody assesses a council in which he or she has declared an interest (R-32)."""

from datetime import date, timedelta
from typing import Any

import pytest

from contracts.envelope import Decision
from contracts.feedback import CaseAllocated, ConflictDeclared
from contracts.personal import Personal
from services.feedback.domain.conflicts import Declare
from services.feedback.domain.letters import Draft, Read, Send
from services.feedback.domain.scrutiny import RequestInformation, Scrutinise
from services.feedback.domain.standing import Around
from services.feedback.domain.triage import Allocate
from tests.unit.feedback.cases import (
    COLLEAGUE,
    EDINBURGH,
    GLASGOW,
    INSPECTOR,
    TODAY,
    around,
    assess,
    assessed,
    faults,
    submitted,
    ways,
    when,
)

GIVEN = CaseAllocated(on=TODAY, inspector=INSPECTOR)
WHY = Personal("Nobody else is there.")
EXCEPTED = CaseAllocated(on=TODAY, inspector=INSPECTOR, exception=WHY)


def give(to: str = INSPECTOR, *, role: str = "lead_officer", conflict: bool = False, **more: Any) -> Allocate:
    said = {"around": around(), "exception": None} | more
    return Allocate(inspector=to, role=role, conflict=conflict, **said)


def test_a_case_is_given_and_given_to_another() -> None:
    assert when(give()) == [GIVEN]
    assert when(give(COLLEAGUE), GIVEN) == [CaseAllocated(on=TODAY, inspector=COLLEAGUE)]


def test_the_same_inspector_again_changes_nothing() -> None:
    assert when(give(), GIVEN) == []


def test_an_inspector_with_an_interest_is_refused() -> None:
    assert faults(when(give(conflict=True))) == [("#/inspector", "conflict_of_interest")]


def test_the_lead_officer_makes_an_exception_and_says_why() -> None:
    assert when(give(conflict=True, exception="Nobody else is there.")) == [EXCEPTED]


@pytest.mark.parametrize("role", ["administrator", "inspector"])
def test_nobody_else_makes_an_exception(role: str) -> None:
    refused = when(give(conflict=True, exception="Nobody else is there.", role=role))
    assert faults(refused) == [("#/exception", "lead_officer_only")]


def test_an_interest_says_nothing_against_a_registers_allocation() -> None:
    long_ago = around(registrar=True, on=date(2026, 9, 1))
    assert when(give(conflict=True, role="registrar", around=long_ago)) == [
        CaseAllocated(on=date(2026, 9, 1), inspector=INSPECTOR)
    ]


def everything(where: Around) -> list[Any]:
    return [
        Scrutinise(around=where, review=None),
        RequestInformation(around=where, items=("more",), target_on=None, review=None),
        assess(where, iar_decision="comprehensive_required"),
        Draft(around=where, text="words"),
        Send(around=where, text="words", corrects=None),
    ]


@pytest.mark.parametrize("place", range(5))
def test_an_inspector_with_an_interest_takes_no_step_on_the_review(place: int) -> None:
    where = around(submitted(), conflict=True)
    decision: Decision = when(everything(where)[place], assessed())
    assert ways(decision) == ("triage", "allocation", "good-practice")


@pytest.mark.parametrize("place", range(5))
def test_with_an_exception_he_or_she_does(place: int) -> None:
    where = around(submitted(), conflict=True)
    decision: Decision = when(everything(where)[place], assessed(), EXCEPTED)
    assert isinstance(decision, list)
    assert len(decision) == 1


def test_an_exception_for_one_inspector_is_none_for_another() -> None:
    where = around(submitted(), conflict=True, by=COLLEAGUE)
    assert "scrutiny" not in ways(when(Scrutinise(around=where, review=None), EXCEPTED))


def test_a_second_reader_has_no_interest_either() -> None:
    where = around(submitted(), conflict=True, by=COLLEAGUE)
    [drafted] = when(Draft(around=around(submitted()), text="words"), assessed())  # type: ignore[misc]
    assert "second-read" not in ways(when(Read(around=where, agreed=True, comments=None), assessed(), drafted))


def declare(council: str = GLASGOW, until: date | None = None) -> Declare:
    return Declare(inspector=INSPECTOR, council=council, until=until)


DECLARED = ConflictDeclared(inspector=INSPECTOR, council=GLASGOW, on=TODAY)


def test_an_interest_is_declared_once() -> None:
    assert when(declare()) == [DECLARED]
    assert when(declare(), DECLARED) == []


def test_an_interest_in_another_council_is_another() -> None:
    assert when(declare(EDINBURGH), DECLARED) == [ConflictDeclared(inspector=INSPECTOR, council=EDINBURGH, on=TODAY)]


def test_an_interest_may_end_even_on_a_day_that_has_passed() -> None:
    yesterday = TODAY - timedelta(days=1)
    ended = ConflictDeclared(inspector=INSPECTOR, council=GLASGOW, on=TODAY, until=yesterday)
    assert when(declare(until=yesterday), DECLARED) == [ended]


def test_an_interest_that_has_ended_is_not_declared() -> None:
    assert faults(when(declare(until=TODAY - timedelta(days=1)))) == [("#/until", "past")]
