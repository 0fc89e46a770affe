"""Whatever the case, a command said twice decides nothing the second time, and a registrar is refused for days and nonsense only."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.codes import DisputeOutcome, FoundBy, IarDecision, Quality, TriageOutcome
from contracts.envelope import Refused
from services.feedback.domain.case import UNTOUCHED
from services.feedback.domain.closure import Close, Reopen
from services.feedback.domain.deciding import Command, State, decide, evolve
from services.feedback.domain.letters import Draft, Read, Resolve, Send
from services.feedback.domain.practice import Approve, Telling
from services.feedback.domain.scrutiny import RequestInformation, Scrutinise
from services.feedback.domain.standing import Around
from services.feedback.domain.triage import Allocate, Original
from tests.unit.feedback.cases import (
    AT,
    COLLEAGUE,
    INSPECTOR,
    TODAY,
    answered,
    assess,
    known,
    look,
    submitted,
    withdrawn,
)

HEARD = st.sampled_from(
    [
        known(*heard)
        for heard in ((), (submitted(),), (submitted(), submitted(2, "CR")), (submitted(), answered("disputed")), (withdrawn(),))
    ]
)
"""What was heard meanwhile: it may be ahead of the inspectorate's own steps, or behind."""
ACTORS = st.sampled_from([INSPECTOR, COLLEAGUE])
MAYBE = st.sampled_from([None, "words"])
LETTER = st.sampled_from([None, 1, 2])


def commands(where: st.SearchStrategy[Around]) -> st.SearchStrategy[Command]:
    said: dict[Any, dict[str, Any]] = {
        look: {
            "outcome": st.sampled_from([*TriageOutcome]),
            "duplicate_of": MAYBE,
            "original": st.sampled_from([*Original]),
            "reason": MAYBE,
            "has_duplicates": st.booleans(),
        },
        Allocate: {"inspector": ACTORS, "exception": MAYBE, "role": st.just("lead_officer"), "conflict": st.booleans()},
        Scrutinise: {"review": LETTER},
        RequestInformation: {
            "items": st.sampled_from([(), ("more",)]),
            "target_on": st.sampled_from([None, TODAY]),
            "review": LETTER,
        },
        assess: {"iar_decision": st.sampled_from([None, *IarDecision]), "quality": st.sampled_from([None, *Quality])},
        Draft: {"text": st.sampled_from(["words", "other"])},
        Read: {"agreed": st.booleans(), "comments": MAYBE},
        Send: {"text": MAYBE, "corrects": LETTER},
        Resolve: {"letter": LETTER, "outcome": st.sampled_from([*DisputeOutcome]), "reason": st.just("words")},
        Approve: {
            "text": st.just("words"),
            "found_by": st.sampled_from([*FoundBy]),
            "anonymised": st.sampled_from([True]),
            "telling": st.just(Telling()),
        },
        Close: {"reason": MAYBE},
        Reopen: {"reason": st.just("words")},
    }
    return st.one_of(*(st.builds(kind, around=where, **words) for kind, words in said.items()))


def settings(days: list[date | None], *, registrar: list[bool]) -> st.SearchStrategy[Around]:
    return st.builds(Around, known=HEARD, actor=ACTORS, registrar=st.sampled_from(registrar), on=st.sampled_from(days))


ANYONE = commands(settings([None], registrar=[True, False]))
REGISTRAR = commands(settings([date(2026, 10, 20), TODAY], registrar=[True]))


@given(st.lists(ANYONE, max_size=8))
def test_a_repeated_command_decides_nothing(asked: list[Command]) -> None:
    state: State = UNTOUCHED
    for command in asked:
        decision = decide(state, command, AT)
        for event in () if isinstance(decision, Refused) else decision:
            state = evolve(state, event)
        again = decide(state, command, AT)
        assert isinstance(again, Refused) or again == []


OWN_NONSENSE = {
    ("Read", "transition_not_allowed"), ("Read", "own_draft"), ("Resolve", "transition_not_allowed"), ("Reopen", "transition_not_allowed"), ("Resolve", "unknown_letter"),
    ("Send", "unknown_letter"), ("Send", "required"), ("Assess", "required"), ("Assess", "not_an_iar"),
    ("Scrutinise", "unknown_review"), ("RequestInformation", "unknown_review"),
}  # fmt: skip
"""What is refused to a registrar besides days: a step on what the own stream, or the submissions known, never held."""


@given(st.lists(REGISTRAR, max_size=8))
def test_a_registrar_is_refused_for_days_and_for_nonsense_only(asked: list[Command]) -> None:
    state: State = UNTOUCHED
    for command in asked:
        decision = decide(state, command, AT)
        if not isinstance(decision, Refused):
            for event in decision:
                state = evolve(state, event)
            continue
        kind = type(command).__name__
        codes = {fault.code for fault in decision.faults if fault.rule != "R-05"} | ({decision.code} - {"invalid"})
        assert kind == "Triage" or all((kind, code) in OWN_NONSENSE for code in codes), decision
