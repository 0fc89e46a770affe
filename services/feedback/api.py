"""HTTP: the first look at a case, what waits for it, and what was found."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request
from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from contracts.clocks import london_date, noon_london
from contracts.codes import COUNCIL_ROLES, IncidentType, Role, TriageOutcome
from contracts.councils import council_named
from contracts.envelope import Fault, Origin
from services.chassis import text
from services.chassis.clock import new_id
from services.chassis.commands import Asked, Body, answered, command, created, example
from services.chassis.identity import Caller
from services.chassis.moments import AnyDay, Occurred
from services.chassis.problems import ProblemError, not_found
from services.chassis.queries import query
from services.chassis.reading import LARGEST_PAGE, PAGE, as_json, audited, etag, history, page, scoped
from services.chassis.service import Service
from services.chassis.store import Ask, Cause
from services.feedback import queries
from services.feedback.domain.triage import State, Triage, Triaged
from services.feedback.queries import KnownCase, Wanted

Desk = Service[State]

TRIAGERS: Final = frozenset({Role.ADMINISTRATOR, Role.LEAD_OFFICER, Role.REGISTRAR})
QUEUE_READERS: Final = frozenset({Role.ADMINISTRATOR, Role.LEAD_OFFICER, Role.INSPECTOR})
SEE_PERSONS: Final = COUNCIL_ROLES | QUEUE_READERS
CASE_READERS: Final = SEE_PERSONS | {Role.ANALYST, Role.REGISTRAR}


def _code(said: Any) -> str:
    if isinstance(said, str) and (found := council_named(said)) is not None:
        return found.gss_code
    code, words = "unknown_council", "There is no such council."
    raise PydanticCustomError(code, words)


CouncilCode = Annotated[str, BeforeValidator(_code), WithJsonSchema({"type": "string", "example": "S12000036"})]


class Look(Body):
    """What the first look found. `occurred_at` (an instant or a date) is for a registrar only."""

    model_config = example(outcome="out_of_scope", reason="The person was not on an order on the day.")

    outcome: TriageOutcome
    duplicate_of: UUID | None = None
    reason: Annotated[str, text.Prose(4000)] | None = None
    occurred_at: Occurred | None = None


router = APIRouter()


@query(router, "/v1/queue", roles=QUEUE_READERS, summary="What waits for triage, the longest first")
async def queue(
    request: Request,
    council: CouncilCode | None = None,
    incident_type: IncidentType | None = None,
    since: Annotated[AnyDay | None, Query(alias="from", description="received on this day or later")] = None,
    until: Annotated[AnyDay | None, Query(alias="to", description="received on this day or earlier")] = None,
    origin: Origin = Origin.LIVE,
    cursor: Annotated[str | None, Query(max_length=512)] = None,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = PAGE,
) -> Response:
    """Cases that nobody has triaged and no council has withdrawn. What a register brought in waits for nobody: see it with `origin=import`."""
    desk, caller = _asked(request)
    wanted = Wanted(origin=origin, council=council, incident_type=incident_type, since=since, until=until)
    async with scoped(desk.pool, role=desk.query_role, council=caller.council) as connection:
        rows = await queries.waiting(connection, wanted, after=_place(desk, cursor), limit=limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    following = desk.cursors.write([last.received_at.isoformat(), last.subject]) if last else None
    return page(request, {"cases": [_shown(row) for row in rows[:limit]]}, following)


@query(router, "/v1/cases/{case_id}", roles=CASE_READERS, summary="What the inspectorate found of a case")
async def case(request: Request) -> Response:
    """The case as this service knows it."""
    desk, caller = _asked(request)
    found = await _found(desk, caller, request.state.subject)
    async with desk.pool.acquire() as connection:
        await audited(connection, caller, "case", found.subject)
        version, state = await desk.store.state(connection, found.subject)
    triage = (
        await _own(desk, caller, _told(state, with_reason=caller.role in SEE_PERSONS)) if isinstance(state, Triaged) else None
    )
    return as_json(
        _shown(found) | {"status": _status(found, state), "triage": triage, "version": version}, headers={"ETag": etag(version)}
    )


@query(router, "/v1/cases/{case_id}/history", roles=CASE_READERS, summary="What the inspectorate did on a case")
async def case_history(request: Request) -> Response:
    """Every event of this service's stream, in order."""
    desk, caller = _asked(request)
    found = await _found(desk, caller, request.state.subject)
    keyring = desk.keyring if caller.role in SEE_PERSONS else None
    async with desk.pool.acquire() as connection:
        await audited(connection, caller, "history", found.subject)
        events = await history(connection, source=desk.store.source, subject=found.subject, keyring=keyring)
    shown = [event | {"data": await _own(desk, caller, event["data"])} for event in events]
    return as_json({"events": shown}, headers={"ETag": etag(len(events))})


async def _triage(desk: Desk, asked: Asked[Look]) -> Ask | Response:
    """Judged under a lock of its own, so that two looks at once cannot make two cases duplicates of each other."""
    said = asked.body
    occurred = _occurred(asked.caller, said)
    duplicate_of = None if said.duplicate_of is None else str(said.duplicate_of)
    async with desk.pool.acquire() as connection, connection.transaction():
        await queries.one_at_a_time(connection)
        case = await queries.known_case(connection, asked.subject)
        if case is None:
            raise not_found()
        triage = Triage(
            case=asked.subject,
            outcome=said.outcome,
            duplicate_of=duplicate_of,
            reason=said.reason,
            on=None if occurred is None else london_date(occurred),
            received_on=case.received_on,
            original=await queries.original(connection, duplicate_of),
            has_duplicates=await queries.has_duplicates(connection, asked.subject),
        )
        ask = _ask(asked, triage, case.council, occurred)
        if asked.dry_run:
            return ask
        [outcome] = await desk.store.append(connection, [ask])
    desk.bell.ring()
    return answered(outcome)


def _ask(asked: Asked[Look], triage: Triage, council: str, occurred: datetime | None) -> Ask:
    return Ask(
        subject=asked.subject,
        command=triage,
        cause=Cause(
            role=asked.caller.role,
            actor=asked.caller.actor,
            council=council,
            origin=Origin.IMPORT if asked.caller.role == Role.REGISTRAR else Origin.LIVE,
            correlation=new_id(),
            traceparent=asked.traceparent,
        ),
        expected=asked.version,
        occurred=occurred,
        once=asked.once,
        answer=lambda done: created({"case_id": done.subject, "outcome": triage.outcome, "version": done.version}, done.version),
    )


def _occurred(caller: Caller, said: Look) -> datetime | None:
    """When it happened, if that is not now; noon stands for a day."""
    if said.occurred_at is None:
        return None
    if caller.role != Role.REGISTRAR:
        fault = Fault(pointer="#/occurred_at", code="registrar_only", detail="Only a registrar says when something happened.")
        raise ProblemError(422, "invalid", "Some fields are not as they should be.", faults=[fault])
    return said.occurred_at if isinstance(said.occurred_at, datetime) else noon_london(said.occurred_at)


def _asked(request: Request) -> tuple[Desk, Caller]:
    return request.app.state.desk, request.state.caller


async def _found(desk: Desk, caller: Caller, subject: str) -> KnownCase:
    async with scoped(desk.pool, role=desk.query_role, council=caller.council) as connection:
        found = await queries.known_case(connection, subject)
    # In the query too, not by row-level security alone.
    if found is None or caller.council not in {None, found.council}:
        raise not_found()
    return found


async def _own(desk: Desk, caller: Caller, told: Mapping[str, Any]) -> dict[str, Any]:
    """Without another council's case: a duplicate may be of one."""
    original = told.get("duplicate_of")
    if original is None or caller.council is None:
        return dict(told)
    async with scoped(desk.pool, role=desk.query_role, council=caller.council) as connection:
        seen = await queries.seen_among(connection, [original])
    return {**told, "duplicate_of": original if original in seen else None}


def _place(desk: Desk, cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    received_at, subject = desk.cursors.read(cursor)
    return datetime.fromisoformat(received_at), subject


def _shown(case: KnownCase) -> dict[str, Any]:
    shown = case._asdict()
    return {"case_id": shown.pop("subject")} | shown


def _status(case: KnownCase, state: State) -> str:
    """The council's withdrawal is shown whatever was found."""
    if case.withdrawn:
        return "withdrawn"
    return state.outcome if isinstance(state, Triaged) else "waiting"


def _told(triaged: Triaged, *, with_reason: bool) -> dict[str, Any]:
    reason = {"reason": triaged.reason if with_reason else None}
    return {"outcome": triaged.outcome, "on": triaged.on, "duplicate_of": triaged.duplicate_of} | reason


command(
    router,
    "/v1/cases/{case_id}/triage",
    _triage,
    body=Look,
    roles=TRIAGERS,
    action="Triage",
    summary="Say whether a case is in scope, out of scope, or a duplicate",
)
