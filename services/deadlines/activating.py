"""HTTP: a newer calendar is put in force, and every open clock that it moves is counted again, visibly, in one transaction."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Annotated, Any, Final
from uuid import UUID

import asyncpg
from fastapi import APIRouter
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from contracts.calendars import versions
from contracts.clocks import LIMITS, Unit
from contracts.codes import Role
from contracts.deadlines import ClockRecalculated
from contracts.envelope import Origin
from services.chassis.clock import new_id
from services.chassis.commands import Asked, Body, answered, command, created
from services.chassis.describing import example
from services.chassis.reading import as_json
from services.chassis.service import Service
from services.chassis.store import Ask, Cause, Done, Outcome
from services.deadlines.domain.case_clocks import NEWER_CALENDAR, Judge
from services.deadlines.domain.facts import Facts
from services.deadlines.domain.streams import CALENDAR, Activate, Stream
from services.deadlines.queries import change_calendar
from services.deadlines.readmodels import facts_of, that_may_move

ACTIVATORS: Final = frozenset({Role.OPERATOR, Role.LEAD_OFFICER})
CHUNK: Final = 500
"""Cases counted again at once."""

router = APIRouter()

Desk = Service[Stream]
Moved = Mapping[str, Any]


def _published(said: str) -> str:
    if said in versions():
        return said
    code, words = "unknown_calendar", "This release holds no such calendar."
    raise PydanticCustomError(code, words)


class Activation(Body):
    """Which of the published calendars is to be counted by from now on."""

    model_config = example(calendar="GB-SCT/2026.1")

    calendar: Annotated[str, AfterValidator(_published)]


class _TakenBack(Exception):
    """Ends the transaction, and nothing of it stays."""


async def _activate(desk: Desk, asked: Asked[Activation]) -> Response:
    """A dry run is the same work, taken back: it lists exactly the clocks that would move."""
    async with desk.pool.acquire() as connection:
        with suppress(_TakenBack):
            async with connection.transaction():
                await change_calendar(connection)
                moved = [each async for each in _recounted(desk, connection, asked)]
                outcome = await _recorded(desk, connection, asked, moved)
                if asked.dry_run or not isinstance(outcome, Done):
                    raise _TakenBack
    if asked.dry_run and isinstance(outcome, Done):
        return as_json(_told(asked.body.calendar, moved))
    desk.bell.ring()
    return answered(outcome)


async def _recounted(desk: Desk, connection: asyncpg.Connection, asked: Asked[Activation]) -> Any:
    subjects = iter(await that_may_move(connection, asked.body.calendar, _IN_WORKING_DAYS))
    while chunk := list(islice(subjects, CHUNK)):
        facts = await facts_of(connection, chunk)
        outcomes = await desk.store.append(connection, [_ask(asked, subject, facts[subject]) for subject in chunk])
        for each in _moved(outcomes):
            yield each


async def _recorded(desk: Desk, connection: asyncpg.Connection, asked: Asked[Activation], moved: Sequence[Moved]) -> Outcome:
    told = _told(asked.body.calendar, moved)
    ask = Ask(
        subject=CALENDAR,
        command=Activate(calendar=asked.body.calendar, moved=len(moved)),
        cause=_cause(asked, council=None, correlation=new_id()),
        once=None if asked.dry_run else asked.once,
        answer=lambda done: created(told, done.version),
    )
    [outcome] = await desk.store.append(connection, [ask])
    return outcome


def _ask(asked: Asked[Activation], subject: str, facts: Facts) -> Ask:
    cause = _cause(asked, council=facts.council, correlation=UUID(subject))
    return Ask(subject=subject, command=Judge(facts=facts, calendar=asked.body.calendar), cause=cause)


def _cause(asked: Asked[Activation], *, council: str | None, correlation: UUID) -> Cause:
    caller = asked.caller
    return Cause(
        role=caller.role,
        actor=caller.actor,
        council=council,
        origin=Origin.LIVE,
        correlation=correlation,
        traceparent=asked.traceparent,
    )


def _moved(outcomes: Sequence[Outcome]) -> Iterator[Moved]:
    records = [record for outcome in outcomes if isinstance(outcome, Done) for record in outcome.records]
    for record in records:
        event = record.event
        if isinstance(event, ClockRecalculated) and event.reason == NEWER_CALENDAR:
            yield {
                "case_id": record.envelope.subject,
                "council": record.envelope.council,
                "clock": event.clock,
                "instance": event.instance,
                "due_on_before": event.due_on_before,
                "due_on": event.due_on,
            }


def _told(calendar: str, moved: Sequence[Moved]) -> dict[str, Any]:
    return {"calendar": calendar, "moved": len(moved), "clocks": list(moved)}


_IN_WORKING_DAYS: Final = [clock.value for clock, limit in LIMITS.items() if limit.unit is Unit.WORKING_DAYS]

command(
    router,
    "/v1/calendars",
    _activate,
    body=Activation,
    roles=ACTIVATORS,
    action="Activate",
    summary="Put a newer calendar in force; with X-Dry-Run, list the clocks that it would move",
)
