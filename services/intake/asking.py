"""From what was sent to a command: who may say it, what must be known before it is judged, and what is answered."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from starlette.responses import Response

from contracts.clocks import london_date
from contracts.codes import Role
from contracts.envelope import Fault, Origin, Refused
from services.chassis.clock import new_id
from services.chassis.commands import Asked, created
from services.chassis.identity import Caller
from services.chassis.keys import Keyring, KeysUnavailableError
from services.chassis.problems import ProblemError
from services.chassis.reading import as_json
from services.chassis.service import Service
from services.chassis.store import Ask, Cause
from services.intake.bodies import ChangeBody, ConsiderationBody, Notify, ReclassificationBody, WithdrawalBody
from services.intake.domain.case import (
    Case,
    Change,
    Command,
    Consider,
    Nothing,
    Receive,
    Reclassify,
    State,
    Withdraw,
    decide,
    evolve,
)
from services.intake.queries import instant
from services.intake.saying import council_of, fields, instant_of, missing, not_yours, notification, taken_back
from services.intake.telling import receipt, standing

Desk = Service[State]
Told = Callable[[str | None, Any, int], dict[str, Any]]
"""(id, or None for a dry run; state after; version) -> the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Which stream a command is for, whose it is, and when it happened, if that is not now."""

    subject: str
    council: str
    occurred: datetime | None = None


async def notify(desk: Desk, asked: Asked[Notify]) -> Ask | Response:
    """A notification, for a case that is new."""
    return await received(desk, asked, asked.body, str(new_id()))


async def received(desk: Desk, asked: Asked[Any], body: Notify, subject: str) -> Ask | Response:
    """A notification, for the case with this id."""
    registrar = is_registrar(asked.caller)
    council, mismatch = council_of(body.council, asked.caller.council)
    refuse(
        [
            *missing(body, registrar=registrar),
            *not_yours(body, registrar=registrar),
            *_one(mismatch, unless=registrar and not body.council),
        ]
    )
    if council is None:
        raise AssertionError
    command = Receive(
        council=council,
        said=notification(body),
        origin=_origin(asked.caller),
        received_at=instant_of(body.notified_on),
        register_row=(body.register_row or {}) if registrar else None,
    )
    return await _carried(desk, asked, command, receipt, About(subject=subject, council=council))


async def consider(desk: Desk, asked: Asked[ConsiderationBody]) -> Ask | Response:
    """An incident that was weighed and not notified."""
    body, subject = asked.body, str(new_id())
    council, mismatch = council_of(body.council, asked.caller.council)
    refuse(_one(mismatch))
    if council is None:
        raise AssertionError
    command = Consider(
        council=council,
        reason=body.reason,
        on=body.considered_on,
        occurred_on=body.occurred_on,
        criteria=tuple(map(str, body.criteria)),
        incident_type=body.incident_type,
        decided_by=body.decided_by,
    )
    return await _carried(desk, asked, command, _considered, About(subject=subject, council=council))


async def amend(desk: Desk, asked: Asked[ChangeBody]) -> Ask | Response:
    """New facts."""
    return await _change(desk, asked, correction=False)


async def correct(desk: Desk, asked: Asked[ChangeBody]) -> Ask | Response:
    """An error put right."""
    return await _change(desk, asked, correction=True)


async def _change(desk: Desk, asked: Asked[ChangeBody], *, correction: bool) -> Ask | Response:
    body, changes = asked.body, asked.body.changes
    refuse(taken_back(changes, registrar=is_registrar(asked.caller)))
    values = fields(changes, changes.model_fields_set)
    change = Change(
        correction=correction, values=values, reason=body.reason, origin=_origin(asked.caller), on=_on(body.occurred_at)
    )
    return await _on_case(desk, asked, change, body.occurred_at)


async def withdraw(desk: Desk, asked: Asked[WithdrawalBody]) -> Ask | Response:
    """Take the notification back."""
    body = asked.body
    return await _on_case(desk, asked, Withdraw(reason=body.reason, on=_on(body.occurred_at)), body.occurred_at)


async def reclassify(desk: Desk, asked: Asked[ReclassificationBody]) -> Ask | Response:
    """Another statistical category."""
    body = asked.body
    command = Reclassify(incident_type=body.incident_type.value, basis=body.basis, on=_on(body.occurred_at))
    return await _on_case(desk, asked, command, body.occurred_at)


async def _on_case(desk: Desk, asked: Asked[Any], command: Command, said: date | datetime | None) -> Ask | Response:
    refuse(not_yours(asked.body, registrar=is_registrar(asked.caller)))
    case: Case = asked.state
    return await _carried(
        desk, asked, command, standing, About(subject=asked.subject, council=case.council, occurred=instant_of(said))
    )


async def _carried(desk: Desk, asked: Asked[Any], command: Command, tell: Told, about: About) -> Ask | Response:
    """What the store is asked; for a dry run the answer that it would give, and nothing is kept."""
    keys(desk)  # without them nothing can be said of anybody
    if asked.dry_run:
        return await _rehearsed(desk, asked, command, tell)
    caller = asked.caller
    return Ask(
        subject=about.subject,
        command=command,
        cause=Cause(
            role=caller.role,
            actor=caller.actor,
            council=about.council,
            origin=_origin(caller),
            correlation=UUID(about.subject),
            traceparent=asked.traceparent,
        ),
        expected=asked.version,
        occurred=about.occurred,
        once=asked.once,
        answer=lambda done: created(tell(done.subject, done.state, done.version), done.version),
    )


async def _rehearsed(desk: Desk, asked: Asked[Any], command: Command, tell: Told) -> Response:
    async with desk.pool.acquire() as connection:
        at = await instant(connection, shift(desk))
        [command] = await desk.definition.inform(connection, [command], at, kept=False)
    state: State = asked.state if asked.state is not None else Nothing()
    decision = decide(state, command, at)
    if isinstance(decision, Refused):
        raise ProblemError.refused(decision)
    for event in decision:
        state = evolve(state, event)
    version = asked.version + len(decision) if asked.version is not None else 0
    return as_json(tell(asked.subject or None, state, version))


def _considered(subject: str | None, _state: State, version: int) -> dict[str, Any]:
    return {"consideration_id": subject, "version": version}


def _on(said: date | datetime | None) -> date | None:
    return london_date(said) if isinstance(said, datetime) else said


def _origin(caller: Caller) -> Origin:
    return Origin.IMPORT if is_registrar(caller) else Origin.LIVE


def is_registrar(caller: Caller) -> bool:
    """Whether the caller brings in what happened before the system existed."""
    return caller.role == Role.REGISTRAR


def _one(fault: Fault | None, *, unless: bool = False) -> list[Fault]:
    return [fault] if fault is not None and not unless else []


def refuse(faults: Iterable[Fault]) -> None:
    """422 if there are any.

    Raises:
        ProblemError: with all of them.
    """
    if found := tuple(faults):
        raise ProblemError(422, "invalid", "Some fields are not as they should be.", faults=found)


def keys(desk: Desk) -> Keyring:
    """The case keys.

    Raises:
        KeysUnavailableError: this process was given none.
    """
    if desk.keyring is None:
        raise KeysUnavailableError
    return desk.keyring


def shift(desk: Desk) -> timedelta:
    """Development only: how far the instant is moved."""
    return timedelta(seconds=desk.settings.clock_shift)
