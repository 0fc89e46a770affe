"""The toy services: definitions, as a service's app.py would write them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from fastapi import APIRouter

from contracts.envelope import Decision, Envelope, Event, Refused
from contracts.personal import Personal
from services.chassis.clock import new_id
from services.chassis.commands import Asked, Body, command, created
from services.chassis.decider import Decider, Record
from services.chassis.hearing import Heard, Reaction, Reactor
from services.chassis.identity import Caller
from services.chassis.service import Definition, Service
from services.chassis.store import Ask, Cause
from tests.toy.language import PING, PONG, Pinged, Ponged

ROLES = frozenset({"council", "operator"})


@dataclass(frozen=True, kw_only=True)
class State:
    """How many numbers, and their sum."""

    count: int = 0
    total: int = 0


@dataclass(frozen=True, kw_only=True)
class Ping:
    """Say a number; odd ones are refused, zero changes nothing."""

    number: int
    secret: str | None = None


@dataclass(frozen=True, kw_only=True)
class Pong:
    """Echo a number."""

    number: int


def evolve(state: State, event: Event) -> State:
    match event:
        case Pinged(number=number) | Ponged(number=number):
            return replace(state, count=state.count + 1, total=state.total + number)
        case _:
            raise AssertionError


def decide(_state: State, asked: Any, _at: datetime) -> Decision:
    match asked:
        case Ping(number=0):
            return []
        case Ping(number=number) if number % 2:
            return Refused(code="odd", detail="Say an even number.")
        case Ping(number=number, secret=secret):
            return [Pinged(number=number, secret=Personal(secret) if secret else None)]
        case Pong(number=number):
            return [Ponged(number=number)]
        case _:
            raise AssertionError


DECIDER = Decider(initial=State(), evolve=evolve, decide=decide)

_SEEN = "insert into seen (subject, source, number) select * from unnest($1::text[], $2::text[], $3::int[])"


async def project(connection: asyncpg.Connection, records: Sequence[Record]) -> None:
    """One row for each own event."""
    await rows(connection, [(r.envelope, r.event) for r in records])


async def project_heard(connection: asyncpg.Connection, heard: Sequence[Heard]) -> None:
    """One row for each event of the other; a number of 666 cannot be taken in."""
    if any(each.event.number == 666 for each in heard):
        msg = "the number of the beast"
        raise ValueError(msg)
    await rows(connection, [(h.envelope, h.event) for h in heard])


async def rows(connection: asyncpg.Connection, events: Sequence[tuple[Envelope, Any]]) -> None:
    """One row for each event."""
    if events:
        await connection.execute(
            _SEEN, *map(list, zip(*[(e.subject, e.source, event.number) for e, event in events], strict=True))
        )


def react(envelope: Envelope, event: Event) -> Sequence[Reaction]:
    match event:
        case Pinged(number=number):
            return [Reaction(rule="echo", subject=envelope.subject, command=Pong(number=number))]
        case _:
            return []


async def visible(connection: asyncpg.Connection, _caller: Caller, subject: UUID) -> bool:
    return bool(await connection.fetchval("select exists (select from stream where subject = $1 and version > 0)", str(subject)))


class Said(Body):
    """A ping over HTTP."""

    number: int
    secret: str | None = None


def cause(caller: Caller, correlation: UUID) -> Cause:
    return Cause(role=caller.role, actor=caller.actor, council=caller.council, origin="live", correlation=correlation)  # type: ignore[arg-type]


async def first(_service: Service[State], asked: Asked[Said]) -> Ask:
    subject = str(new_id())
    return Ask(
        subject=subject,
        command=Ping(number=asked.body.number, secret=asked.body.secret),
        cause=cause(asked.caller, new_id()),
        once=asked.once,
        answer=lambda done: created({"case_id": done.subject, "version": done.version}, done.version),
    )


async def again(_service: Service[State], asked: Asked[Said]) -> Ask:
    return Ask(
        subject=asked.subject,
        command=Ping(number=asked.body.number, secret=asked.body.secret),
        cause=cause(asked.caller, new_id()),
        expected=asked.version,
        once=asked.once,
        answer=lambda done: created({"case_id": done.subject, "version": done.version}, done.version),
    )


def routes() -> APIRouter:
    router = APIRouter()
    command(router, "/v1/pings", first, body=Said, roles=["council"], action="Ping", summary="Say a first number")
    command(router, "/v1/cases/{case_id}/pings", again, body=Said, roles=["council"], action="Ping", summary="Say another number")
    return router


def definition(name: str) -> Definition[State]:
    """`ping` or `pong`."""
    says, hears = (PING, PONG) if name == "ping" else (PONG, PING)
    return Definition(
        name=name,
        summary="a toy",
        decider=DECIDER,
        says=says,
        upcasters={},
        project=project,
        project_heard=project_heard,
        permitted=lambda state, _action: (
            Refused(status=409, code="full", detail="Enough.", allowed=()) if state.count >= 50 else None
        ),
        visible=visible,
        listener=lambda service: Reactor(
            store=service.store,
            catalogue=hears,
            upcasters={},
            react=react if name == "pong" else lambda _e, _h: [],
            project=project_heard,
        ),
        routers=[routes()],
        roles=ROLES,
        council_roles=frozenset({"council"}),
        keys=name == "ping",
        makes_keys=name == "ping",
    )
