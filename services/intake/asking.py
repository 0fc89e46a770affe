"""From what was sent to a command: who may say it, what must be known before it is judged, and what is answered."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import asyncpg

from contracts.clocks import london_date
from contracts.codes import COUNCIL_ROLES, Role
from contracts.envelope import Fault, Origin, Refused
from services.chassis.clock import new_id
from services.chassis.commands import Asked, created
from services.chassis.identity import Caller
from services.chassis.keys import Keyring, KeysUnavailableError
from services.chassis.problems import ProblemError
from services.chassis.service import Service
from services.chassis.store import Ask, Cause
from services.intake.bodies import ChangeBody, ConsiderationBody, Notify, ReclassificationBody, WithdrawalBody
from services.intake.domain.around import Around, Side
from services.intake.domain.case import Command
from services.intake.domain.heard import Heard
from services.intake.domain.notification import Change, Consider, Receive, Reclassify, Withdraw
from services.intake.domain.path import permitted
from services.intake.domain.state import Case, State
from services.intake.queries import heard_of
from services.intake.saying import council_of, fields, instant_of, missing, not_yours, notification, taken_back
from services.intake.telling import receipt, standing

Desk = Service[State]
Told = Callable[[str | None, Any, int], dict[str, Any]]
"""(id, or None for a dry run; state after; version) -> the answer."""
Telling = Callable[[Heard, str | None, Any, int], dict[str, Any]]
"""The same, of a case of which something was heard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """Which stream a command is for, whose it is, and when it happened, if that is not now."""

    subject: str
    council: str
    occurred: datetime | None = None


async def notify(desk: Desk, asked: Asked[Notify]) -> Ask:
    """A notification, for a case that is new."""
    return await received(desk, asked, asked.body, str(new_id()))


async def received(desk: Desk, asked: Asked[Any], body: Notify, subject: str) -> Ask:
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
    return _carried(desk, asked, command, receipt, About(subject=subject, council=council))


async def consider(desk: Desk, asked: Asked[ConsiderationBody]) -> Ask:
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
    return _carried(desk, asked, command, _considered, About(subject=subject, council=council))


async def amend(desk: Desk, asked: Asked[ChangeBody]) -> Ask:
    """New facts."""
    return await _change(desk, asked, correction=False)


async def correct(desk: Desk, asked: Asked[ChangeBody]) -> Ask:
    """An error put right."""
    return await _change(desk, asked, correction=True)


async def _change(desk: Desk, asked: Asked[ChangeBody], *, correction: bool) -> Ask:
    body, changes = asked.body, asked.body.changes
    refuse(taken_back(changes, registrar=is_registrar(asked.caller)))
    values = fields(changes, changes.model_fields_set)

    def change(around: Around, on: date | None) -> Change:
        return Change(correction=correction, values=values, reason=body.reason, on=on, around=around)

    return await on_case(desk, asked, change)


async def withdraw(desk: Desk, asked: Asked[WithdrawalBody]) -> Ask:
    """Take the notification back."""
    body = asked.body
    return await on_case(desk, asked, lambda around, on: Withdraw(reason=body.reason, on=on, around=around))


async def reclassify(desk: Desk, asked: Asked[ReclassificationBody]) -> Ask:
    """Another statistical category."""
    body = asked.body

    def reclassify(around: Around, on: date | None) -> Reclassify:
        return Reclassify(incident_type=body.incident_type.value, basis=body.basis, on=on, around=around)

    return await on_case(desk, asked, reclassify)


async def on_case(
    desk: Desk,
    asked: Asked[Any],
    make: Callable[[Around, date | None], Command],
    tell: Telling = standing,
    council: str | None = None,
) -> Ask:
    """A command on a case that is there, with all that it is judged by; `council` if another than the case's answers for it."""
    refuse(not_yours(asked.body, registrar=is_registrar(asked.caller)))
    case: Case = asked.state
    said: date | datetime | None = getattr(asked.body, "occurred_at", None)
    async with desk.pool.acquire() as connection:
        around = await around_of(connection, asked.caller, asked.subject)
    about = About(subject=asked.subject, council=council or case.council, occurred=instant_of(said))
    return _carried(desk, asked, make(around, _on(said)), partial(tell, around.heard), about)


async def allows(
    _desk: Desk, connection: asyncpg.Connection, caller: Caller, subject: str, state: State, action: str
) -> Refused | None:
    """Whether this caller may ask this of the case, as far as anything is known of it here."""
    return permitted(state, action, await around_of(connection, caller, subject))


async def around_of(connection: asyncpg.Connection, caller: Caller, subject: str) -> Around:
    """Who asks, and what the inspectorate has said of the case so far."""
    side = Side.REGISTRAR if is_registrar(caller) else Side.COUNCIL if caller.role in COUNCIL_ROLES else Side.INSPECTORATE
    return Around(side=side, council=caller.council, heard=await heard_of(connection, subject))


def _carried(desk: Desk, asked: Asked[Any], command: Command, tell: Told, about: About) -> Ask:
    """What the store is asked. A case that is only tried has no id, and is asked of a stream that is nobody's."""
    keys(desk)  # without them nothing can be said of anybody
    caller = asked.caller
    return Ask(
        subject=asked.subject if asked.dry_run else about.subject,
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
        answer=lambda done: created(tell(done.subject or None, done.state, done.version), done.version),
    )


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
