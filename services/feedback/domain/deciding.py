"""Every command of this service and what follows from it: the one place where a state meets a command."""

from collections.abc import Iterable
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final, assert_never

from contracts.envelope import Decision, Event, Refused, Value
from contracts.feedback import ConflictDeclared
from contracts.personal import Personal
from services.feedback.domain import standing
from services.feedback.domain.case import UNTOUCHED, Case, CaseEvent, evolved
from services.feedback.domain.closure import Close, Reopen, close, reopen
from services.feedback.domain.conflicts import Declare, Interests, declare, declared
from services.feedback.domain.letters import Draft, Read, Resolve, Send, draft, read, resolve, send
from services.feedback.domain.practice import Approve, approve
from services.feedback.domain.scrutiny import Assess, RequestInformation, Scrutinise, assess, request, scrutinise
from services.feedback.domain.triage import Allocate, Triage, allocate, triage

OnCase = Triage | Allocate | Scrutinise | RequestInformation | Assess | Draft | Read | Send | Resolve | Approve | Close | Reopen
Command = OnCase | Declare
State = Case | Interests
"""A case's stream, or an inspector's."""

ACTIONS: Final = MappingProxyType(
    {
        Triage: standing.TRIAGE,
        Allocate: standing.ALLOCATION,
        Scrutinise: standing.SCRUTINY,
        RequestInformation: standing.REQUEST,
        Assess: standing.ASSESSMENT,
        Draft: standing.DRAFT,
        Read: standing.SECOND_READ,
        Send: standing.LETTER,
        Resolve: standing.DISPUTE,
        Approve: standing.PRACTICE,
        Close: standing.CLOSURE,
        Reopen: standing.REOPENING,
    }
)
"""The name under which each is permitted, which is also the end of its address."""


def evolve(state: State, event: Event) -> State:
    """The state after one more event."""
    if isinstance(event, ConflictDeclared):
        return declared(state if isinstance(state, Interests) else Interests(), event)
    if isinstance(event, CaseEvent) and isinstance(state, Case):
        return evolved(state, event)
    raise TypeError(f"{event.type} cannot follow here")


def decide(state: State, command: Command, at: datetime) -> Decision:
    """What follows from a command at an instant, or why not."""
    if isinstance(command, Declare):
        return declare(state if isinstance(state, Interests) else Interests(), command, at)
    case = state if isinstance(state, Case) else UNTOUCHED
    if (refusal := standing.permitted(case, command.around, ACTIONS[type(command)])) is not None:
        return refusal
    decision = _decided(case, command, at)
    if command.around.known.erased and not isinstance(decision, Refused) and _has_words(decision):
        detail = "The case's personal data was erased: it takes no more words."
        return Refused(status=409, code="erased", detail=detail, allowed=standing.allowed(case, command.around))
    return decision


def _decided(case: Case, command: OnCase, at: datetime) -> Decision:
    match command:
        case Triage():
            return triage(case, command, at)
        case Allocate():
            return allocate(case, command, at)
        case Scrutinise():
            return scrutinise(case, command, at)
        case RequestInformation():
            return request(case, command, at)
        case Assess():
            return assess(case, command, at)
        case Draft():
            return draft(case, command, at)
        case Read():
            return read(case, command, at)
        case Send():
            return send(case, command, at)
        case Resolve():
            return resolve(case, command, at)
        case Approve():
            return approve(case, command, at)
        case Close():
            return close(case, command, at)
        case Reopen():
            return reopen(case, command, at)
        case _:
            assert_never(command)


def _has_words(value: Any) -> bool:
    match value:
        case Personal():
            return True
        case Value():
            return any(_has_words(each) for _, each in value)
        case str():
            return False
        case Iterable():
            return any(map(_has_words, value))
        case _:
            return False
