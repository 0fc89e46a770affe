"""From what was sent to a command: who may say when, what is known besides, and what is answered."""

from datetime import datetime, timedelta
from typing import Any

import asyncpg

from contracts.clocks import london_date, noon_london
from contracts.codes import Role
from contracts.envelope import Fault, Origin, Refused
from services.chassis.clock import new_id
from services.chassis.commands import Asked, created
from services.chassis.identity import Caller
from services.chassis.problems import ProblemError, not_found
from services.chassis.service import Service
from services.chassis.store import Ask, Cause
from services.feedback import queries, standings
from services.feedback.bodies import StepBody
from services.feedback.domain.case import Case
from services.feedback.domain.deciding import OnCase, State
from services.feedback.domain.letters import Send
from services.feedback.domain.scrutiny import RequestInformation
from services.feedback.domain.standing import Around, allowed, permitted, status
from services.feedback.domain.triage import Triage

Desk = Service[State]


async def allows(
    desk: Desk, connection: asyncpg.Connection, caller: Caller, subject: str, state: State, action: str
) -> Refused | None:
    """Whether the case allows the action now, by all that is known of it here."""
    return permitted(state, await around(desk, connection, caller, subject), action) if isinstance(state, Case) else None


def ask(asked: Asked[Any], command: OnCase) -> Ask:
    """What the store is asked, and what is answered when it is done."""
    around, body = command.around, asked.body
    return Ask(
        subject=asked.subject,
        command=command,
        cause=cause(asked, council=around.known.council),
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


def cause(asked: Asked[Any], *, council: str | None) -> Cause:
    """Who asks: copied into the envelope of what follows."""
    return Cause(
        role=asked.caller.role,
        actor=asked.caller.actor,
        council=council,
        origin=Origin.IMPORT if asked.caller.role == Role.REGISTRAR else Origin.LIVE,
        correlation=new_id(),
        traceparent=asked.traceparent,
    )


async def said_around(desk: Desk, connection: asyncpg.Connection, asked: Asked[Any]) -> Around:
    """What a command is judged by besides its own stream.

    Raises:
        ProblemError: 422, a day from anyone but a registrar.
    """
    occurred = _instant(asked.body)
    if occurred is not None and asked.caller.role != Role.REGISTRAR:
        detail = "Only a registrar says when something happened."
        raise unfit(Fault(pointer="#/occurred_at", code="registrar_only", detail=detail))
    return await around(desk, connection, asked.caller, asked.subject, occurred)


async def around(
    desk: Desk, connection: asyncpg.Connection, caller: Caller, subject: str, occurred: datetime | None = None
) -> Around:
    """What is known of a case and of who asks, besides the case's own stream."""
    known = await standings.known(connection, subject)
    if known.council is None:
        raise not_found()
    today = london_date(await queries.instant(connection, shift(desk)))
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


def unfit(fault: Fault) -> ProblemError:
    """422 for one fault of the words."""
    return ProblemError(422, "invalid", "Some fields are not as they should be.", faults=[fault])


def shift(desk: Desk) -> timedelta:
    """Development only: how far the instant is moved."""
    return timedelta(seconds=desk.settings.clock_shift)
