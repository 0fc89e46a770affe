"""What each call asks: its words and what is known besides, as a command."""

from collections.abc import Callable
from typing import Any

import asyncpg
from starlette.responses import Response

from contracts.clocks import london_date
from contracts.codes import Role
from contracts.envelope import Fault
from services.chassis.codec import visible
from services.chassis.commands import Asked, answered, created
from services.chassis.keys import KeysUnavailableError
from services.chassis.store import Ask
from services.feedback import queries
from services.feedback.asking import Desk, ask, cause, said_around, shift, unfit
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
)
from services.feedback.domain.closure import Close, Reopen
from services.feedback.domain.conflicts import PREFIX, Declare
from services.feedback.domain.deciding import OnCase
from services.feedback.domain.letters import Draft, Read, Resolve, Send
from services.feedback.domain.practice import Approve, Telling
from services.feedback.domain.scrutiny import Assess, RequestInformation, Scrutinise
from services.feedback.domain.standing import Around
from services.feedback.domain.triage import Allocate, Triage


async def triage(desk: Desk, asked: Asked[Look]) -> Ask | Response:
    """Judged under a lock of its own, so that two looks at once cannot make two cases duplicates of each other."""
    body = asked.body
    duplicate_of = None if body.duplicate_of is None else str(body.duplicate_of)
    async with desk.pool.acquire() as connection, connection.transaction():
        await queries.one_at_a_time(connection)
        command = Triage(
            around=await said_around(desk, connection, asked),
            case=asked.subject,
            outcome=body.outcome,
            duplicate_of=duplicate_of,
            reason=body.reason,
            original=await queries.original(connection, duplicate_of),
            has_duplicates=await queries.has_duplicates(connection, asked.subject),
        )
        if asked.dry_run:
            return ask(asked, command)
        [outcome] = await desk.store.append(connection, [ask(asked, command)])
    desk.bell.ring()
    return answered(outcome)


async def allocate(desk: Desk, asked: Asked[AllocationBody]) -> Ask:
    """Give the case to an inspector, unless he or she has declared an interest in its council (R-32)."""
    body = asked.body
    async with desk.pool.acquire() as connection:
        known = await said_around(desk, connection, asked)
        today = london_date(await queries.instant(connection, shift(desk)))
        conflict = await queries.has_conflict(connection, body.inspector, known.known.council or "", today)
        command = Allocate(
            around=known, inspector=body.inspector, exception=body.exception, role=asked.caller.role, conflict=conflict
        )
        return ask(asked, command)


async def approve(desk: Desk, asked: Asked[PracticeBody]) -> Ask:
    """Let an example of good practice be shared, after a check that nobody can be known by it."""
    body = asked.body
    async with desk.pool.acquire() as connection:
        command = Approve(
            around=await said_around(desk, connection, asked),
            text=body.text,
            found_by=body.found_by,
            anonymised=body.anonymised,
            telling=await _telling(desk, connection, asked.subject),
        )
        return ask(asked, command)


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
        raise unfit(Fault(pointer="#/inspector", code="lead_officer_only", detail=detail, rule="R-32"))
    subject, command = f"{PREFIX}{inspector}", Declare(inspector=inspector, council=body.council, until=body.until)
    told = {"inspector": inspector, "council": body.council, "until": body.until}
    return Ask(
        subject=subject,
        command=command,
        cause=cause(asked, council=None),
        once=asked.once,
        answer=lambda done: created(told | {"version": done.version}, done.version),
    )


async def _step(desk: Desk, asked: Asked[Any], command: Callable[[Around], OnCase]) -> Ask:
    async with desk.pool.acquire() as connection:
        return ask(asked, command(await said_around(desk, connection, asked)))


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
