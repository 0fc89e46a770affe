"""From what was sent to a command: who may say when, what is known besides, and what is answered."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import asyncpg
from starlette.responses import Response

from contracts.clocks import london_date, noon_london
from contracts.codes import Role
from contracts.envelope import Fault, Origin, Refused
from services.chassis.clock import new_id
from services.chassis.codec import visible
from services.chassis.commands import Asked, answered, created
from services.chassis.identity import Caller
from services.chassis.keys import KeysUnavailableError
from services.chassis.problems import ProblemError, not_found
from services.chassis.service import Service
from services.chassis.store import Ask, Cause
from services.feedback import queries, standings
from services.feedback.bodies import (
    AllocationBody,
    AssessmentBody,
    ClosureBody,
    ConflictBody,
    DraftBody,
    InformationBody,
    LetterBody,
    Look,
    PracticeBody,
    ReadBody,
    ReopeningBody,
    ResolutionBody,
    ScrutinyBody,
    StepBody,
)
from services.feedback.domain.case import Case
from services.feedback.domain.closure import Close, Reopen
from services.feedback.domain.conflicts import PREFIX, Declare
from services.feedback.domain.deciding import OnCase, State
from services.feedback.domain.letters import Draft, Read, Resolve, Send
from services.feedback.domain.practice import Approve, Telling
from services.feedback.domain.scrutiny import Assess, RequestInformation, Scrutinise
from services.feedback.domain.standing import Around, allowed, permitted, status
from services.feedback.domain.triage import Allocate, Triage

Desk = Service[State]


async def triage(desk: Desk, asked: Asked[Look]) -> Ask | Response:
    """Judged under a lock of its own, so that two looks at once cannot make two cases duplicates of each other."""
    body = asked.body
    duplicate_of = None if body.duplicate_of is None else str(body.duplicate_of)
    async with desk.pool.acquire() as connection, connection.transaction():
        await queries.one_at_a_time(connection)
        command = Triage(
            around=await _said_around(desk, connection, asked),
            case=asked.subject,
            outcome=body.outcome,
            duplicate_of=duplicate_of,
            reason=body.reason,
            original=await queries.original(connection, duplicate_of),
            has_duplicates=await queries.has_duplicates(connection, asked.subject),
        )
        ask = _ask(asked, command)
        if asked.dry_run:
            return ask
        [outcome] = await desk.store.append(connection, [ask])
    desk.bell.ring()
    return answered(outcome)


async def allocate(desk: Desk, asked: Asked[AllocationBody]) -> Ask:
    """Give the case to an inspector, unless he or she has declared an interest in its council (R-32)."""
    body = asked.body
    async with desk.pool.acquire() as connection:
        known = await _said_around(desk, connection, asked)
        today = london_date(await queries.instant(connection, _shift(desk)))
        conflict = await queries.has_conflict(connection, body.inspector, known.known.council or "", today)
        command = Allocate(
            around=known, inspector=body.inspector, exception=body.exception, role=asked.caller.role, conflict=conflict
        )
        return _ask(asked, command)


async def approve(desk: Desk, asked: Asked[PracticeBody]) -> Ask:
    """Let an example of good practice be shared, after a check that nobody can be known by it."""
    body = asked.body
    async with desk.pool.acquire() as connection:
        command = Approve(
            around=await _said_around(desk, connection, asked),
            text=body.text,
            found_by=body.found_by,
            anonymised=body.anonymised,
            telling=await _telling(desk, connection, asked.subject),
        )
        return _ask(asked, command)


async def scrutinise(desk: Desk, asked: Asked[ScrutinyBody]) -> Ask:
    """Begin to read."""
    return await _step(desk, asked, lambda around: Scrutinise(around=around, review=asked.body.review))


async def request_information(desk: Desk, asked: Asked[InformationBody]) -> Ask:
    """Ask the council for more."""
    body = asked.body
    return await _step(
        desk,
        asked,
        lambda around: RequestInformation(around=around, items=tuple(body.items), target_on=body.target_on, review=body.review),
    )


async def assess(desk: Desk, asked: Asked[AssessmentBody]) -> Ask:
    """Judge a review."""
    words = {name: getattr(asked.body, name) for name in AssessmentBody.model_fields if name != "occurred_at"}
    return await _step(desk, asked, lambda around: Assess(around=around, **words))


async def draft(desk: Desk, asked: Asked[DraftBody]) -> Ask:
    """Write the letter."""
    return await _step(desk, asked, lambda around: Draft(around=around, text=asked.body.text))


async def read(desk: Desk, asked: Asked[ReadBody]) -> Ask:
    """Read somebody else's draft."""
    body = asked.body
    return await _step(desk, asked, lambda around: Read(around=around, agreed=body.agreed, comments=body.comments))


async def send(desk: Desk, asked: Asked[LetterBody]) -> Ask:
    """Send the letter, which freezes it."""
    body = asked.body
    return await _step(desk, asked, lambda around: Send(around=around, text=body.text, corrects=body.corrects))


async def resolve(desk: Desk, asked: Asked[ResolutionBody]) -> Ask:
    """Decide on what the council disputed."""
    body = asked.body
    return await _step(
        desk, asked, lambda around: Resolve(around=around, letter=body.letter, outcome=body.outcome, reason=body.reason)
    )


async def close(desk: Desk, asked: Asked[ClosureBody]) -> Ask:
    """Close the case."""
    return await _step(desk, asked, lambda around: Close(around=around, reason=asked.body.reason))


async def reopen(desk: Desk, asked: Asked[ReopeningBody]) -> Ask:
    """Open it again."""
    return await _step(desk, asked, lambda around: Reopen(around=around, reason=asked.body.reason))


async def declare(_desk: Desk, asked: Asked[ConflictBody]) -> Ask:
    """Declare an interest in a council."""
    body, caller = asked.body, asked.caller
    inspector = body.inspector or caller.actor
    if inspector != caller.actor and caller.role != Role.LEAD_OFFICER:
        detail = "Only the lead officer declares an interest of somebody else."
        raise _unfit(Fault(pointer="#/inspector", code="lead_officer_only", detail=detail, rule="R-32"))
    subject, command = f"{PREFIX}{inspector}", Declare(inspector=inspector, council=body.council, until=body.until)
    told = {"inspector": inspector, "council": body.council, "until": body.until}
    return Ask(
        subject=subject,
        command=command,
        cause=_cause(asked, council=None),
        once=asked.once,
        answer=lambda done: created(told | {"version": done.version}, done.version),
    )


async def allows(
    desk: Desk, connection: asyncpg.Connection, caller: Caller, subject: str, state: State, action: str
) -> Refused | None:
    """Whether the case allows the action now, by all that is known of it here."""
    return permitted(state, await around(desk, connection, caller, subject), action) if isinstance(state, Case) else None


async def _step(desk: Desk, asked: Asked[Any], command: Callable[[Around], OnCase]) -> Ask:
    async with desk.pool.acquire() as connection:
        return _ask(asked, command(await _said_around(desk, connection, asked)))


def _ask(asked: Asked[Any], command: OnCase) -> Ask:
    around, body = command.around, asked.body
    return Ask(
        subject=asked.subject,
        command=command,
        cause=_cause(asked, council=around.known.council),
        expected=asked.version,
        occurred=_instant(body),
        once=asked.once,
        answer=lambda done: created(_told(done.subject, done.state, done.version, command), done.version),
    )


def _told(subject: str, state: State, version: int, command: OnCase) -> dict[str, Any]:
    if not isinstance(state, Case):
        raise AssertionError
    known = command.around.known
    standing = {"status": status(state.at, known), "allowed": allowed(state, command.around)}
    return {"case_id": subject, **_said(state, command), **standing, "version": version}


def _said(case: Case, command: OnCase) -> dict[str, Any]:
    """What an answer names besides where the case stands."""
    match command:
        case Triage():
            return {"outcome": case.at.outcome}
        case RequestInformation():
            return {"request": len(case.requests)}
        case Send():
            return {"letter": len(case.letters)}
        case _:
            return {}


def _cause(asked: Asked[Any], *, council: str | None) -> Cause:
    return Cause(
        role=asked.caller.role,
        actor=asked.caller.actor,
        council=council,
        origin=Origin.IMPORT if asked.caller.role == Role.REGISTRAR else Origin.LIVE,
        correlation=new_id(),
        traceparent=asked.traceparent,
    )


async def _said_around(desk: Desk, connection: asyncpg.Connection, asked: Asked[Any]) -> Around:
    """What a command is judged by besides its own stream.

    Raises:
        ProblemError: 422, a day from anyone but a registrar.
    """
    occurred = _instant(asked.body)
    if occurred is not None and asked.caller.role != Role.REGISTRAR:
        detail = "Only a registrar says when something happened."
        raise _unfit(Fault(pointer="#/occurred_at", code="registrar_only", detail=detail))
    return await around(desk, connection, asked.caller, asked.subject, occurred)


async def around(
    desk: Desk, connection: asyncpg.Connection, caller: Caller, subject: str, occurred: datetime | None = None
) -> Around:
    """What is known of a case and of who asks, besides the case's own stream."""
    known = await standings.known(connection, subject)
    if known.council is None:
        raise not_found()
    today = london_date(await queries.instant(connection, _shift(desk)))
    registrar = caller.role == Role.REGISTRAR
    return Around(
        known=known,
        actor=caller.actor,
        registrar=registrar,
        on=None if occurred is None else london_date(occurred),
        conflict=not registrar and await queries.has_conflict(connection, caller.actor, known.council, today),
    )


def _instant(body: StepBody) -> datetime | None:
    """When it happened, if that is not now; noon stands for a day."""
    said = body.occurred_at
    return said if said is None or isinstance(said, datetime) else noon_london(said)


async def _telling(desk: Desk, connection: asyncpg.Connection, subject: str) -> Telling:
    """What people of the case could be known by; opened for this one look."""
    if desk.keyring is None:
        raise KeysUnavailableError
    await desk.keyring.fetch([subject])
    initials, names = set[str](), set[str]()
    for event, sealed in await queries.telling(connection, subject):
        fields = visible(sealed, desk.keyring.box(subject, event.bytes).open)
        initials |= {fields["initials"]} if fields.get("initials") else set()
        named = (*fields.get("names", ()), fields.get("reference"), fields.get("council_reference"))
        names |= {str(each) for each in named if each}
    return Telling(initials=frozenset(initials), names=frozenset(names))


def _unfit(fault: Fault) -> ProblemError:
    return ProblemError(422, "invalid", "Some fields are not as they should be.", faults=[fault])


def _shift(desk: Desk) -> timedelta:
    """Development only: how far the instant is moved."""
    return timedelta(seconds=desk.settings.clock_shift)
