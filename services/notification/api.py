"""HTTP: Government's feed and receipts, what was notified, and copies that were sent before this system existed."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from contracts import government
from contracts.clocks import london_date, noon_london
from contracts.codes import COUNCIL_ROLES, Role
from contracts.envelope import Fault, Origin, Refused
from contracts.government.cloudevent import BATCH_CONTENT_TYPE, CONTENT_TYPE
from services.chassis import codec
from services.chassis.clock import new_id
from services.chassis.commands import Asked, Body, command, created
from services.chassis.describing import example
from services.chassis.identity import Caller
from services.chassis.keys import Keyring
from services.chassis.moments import Day, Occurred
from services.chassis.problems import ProblemError, not_found, problems
from services.chassis.queries import query
from services.chassis.reading import LARGEST_PAGE, as_json, audited, etag, history, identifier, scoped, trace
from services.chassis.service import Service
from services.chassis.store import Ask, Cause, Done
from services.notification import queries
from services.notification.arrivals import Arrivals
from services.notification.domain.told import Acknowledge, RecordCopy, Told
from services.notification.queries import LARGEST_SEQUENCE, FeedRow, KnownCase

Desk = Service[Told]

GOVERNMENT: Final = frozenset({Role.GOVERNMENT})
EVIDENCE_READERS: Final = GOVERNMENT | {Role.LEAD_OFFICER, Role.ADMINISTRATOR}
SEE_PERSONS: Final = COUNCIL_ROLES | {Role.GOVERNMENT, Role.ADMINISTRATOR, Role.INSPECTOR, Role.LEAD_OFFICER}
"""Who is shown the copy in clear: a council's own people theirs, Government what it was told of."""
CASE_READERS: Final = SEE_PERSONS | {Role.ANALYST, Role.REGISTRAR}
LONGEST_WAIT: Final = 30

_GOVERNMENT_FOLDER: Final = Path(government.__file__).parent


class CopySent(Body):
    """A copy that Government was sent in the past. `occurred_at` says more exactly when on that day."""

    model_config = example(informed_on="2014-03-21")

    informed_on: Day
    occurred_at: Occurred | None = None


_FEED: Final = {BATCH_CONTENT_TYPE: {"schema": {"type": "array", "items": {"type": "object"}}}}
_NOTHING_NEW: Final = {"304": {"description": "Nothing came since that ETag"}}
_EVENT: Final = {CONTENT_TYPE: {"schema": {"type": "object"}}}
router = APIRouter()


def feed(arrivals: Arrivals) -> APIRouter:
    """The feed's route; `arrivals` wakes those who wait on it."""
    routes = APIRouter()

    @query(
        routes,
        "/v1/events",
        roles=GOVERNMENT,
        summary="The feed: what Government is told, in order",
        content=_FEED,
        responses=_NOTHING_NEW,
    )
    async def events(
        request: Request,
        after: Annotated[int, Query(ge=0, le=LARGEST_SEQUENCE, description="the last `sequence` that you have")] = 0,
        limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = LARGEST_PAGE,
        wait: Annotated[int, Query(ge=0, le=LONGEST_WAIT, description="seconds to wait for a first event")] = 0,
    ) -> Response:
        """A batch of CloudEvents; empty when nothing came. Ask again after the last `sequence`."""
        desk, caller = _asked(request)
        rows = await _arrived(desk, caller, arrivals, after=after, limit=limit, wait=wait)
        return _batch(request, after, limit, rows)

    return routes


@query(router, "/v1/events/{event_id}", roles=GOVERNMENT, summary="One event of the feed", content=_EVENT, errors=(404,))
async def event(request: Request, event_id: str) -> Response:
    """The same bytes as in the feed and on the topic."""
    desk, caller = _asked(request)
    found = await _outward(desk, caller, event_id)
    return Response(found.event, headers={"ETag": etag(found.sequence)}, media_type=CONTENT_TYPE)


@query(router, "/v1/events/{event_id}/deliveries", roles=EVIDENCE_READERS, summary="Where an event has arrived", errors=(404,))
async def deliveries(request: Request, event_id: str) -> Response:
    """The evidence of each delivery; none while it is on its way."""
    desk, caller = _asked(request)
    found = await _outward(desk, caller, event_id)
    async with scoped(desk.pool, role=desk.query_role, council=caller.council) as connection:
        rows = await queries.delivered(connection, found.sequence)
    evidence = [{"channel": "kafka", "offset": row["offset"], "delivered_at": row["broker_time"]} for row in rows]
    return as_json({"event_id": found.id, "sequence": found.sequence, "deliveries": evidence})


@query(
    router,
    "/v1/events/{event_id}/receipt",
    method="PUT",
    roles=GOVERNMENT,
    summary="Confirm that you have an event",
    errors=(404,),
)
async def receipt(request: Request, event_id: str) -> Response:
    """Once is enough; again changes nothing and answers the same."""
    desk, caller = _asked(request)
    found = await _outward(desk, caller, event_id)
    cause = _cause(caller, found.council, trace(request), origin=Origin.LIVE)
    outcome = await desk.appender.execute(Ask(subject=found.subject, command=Acknowledge(outward_id=found.id), cause=cause))
    if isinstance(outcome, Refused):
        raise ProblemError.refused(outcome)
    if not isinstance(outcome, Done):
        raise TypeError
    acknowledged_at = outcome.state.acknowledged[found.id]
    body = {"event_id": found.id, "case_id": found.subject, "acknowledged_at": acknowledged_at, "version": outcome.version}
    return as_json(body, headers={"ETag": etag(outcome.version)})


@query(router, "/v1/cases/{case_id}", roles=CASE_READERS, summary="What was notified, unchanged")
async def case(request: Request) -> Response:
    """The notification as it was received, whatever became of it since. Each reading is a disclosure, and recorded."""
    desk, caller = _asked(request)
    subject: str = request.state.subject
    async with desk.pool.acquire() as connection:
        await audited(connection, caller, "disclosure", subject)
        version, told = await desk.store.state(connection, subject)
    async with scoped(desk.pool, role=desk.query_role, council=caller.council) as connection:
        found = await queries.notified(connection, subject)
    if found is None:
        raise not_found()
    notification = await _opened(desk.keyring if caller.role in SEE_PERSONS else None, found)
    return as_json(_shown(found, notification, version, told), headers={"ETag": etag(version)})


@query(router, "/v1/cases/{case_id}/history", roles=CASE_READERS, summary="What Government was told, and when")
async def case_history(request: Request) -> Response:
    """Every event of this service's stream, in order."""
    desk, caller = _asked(request)
    subject: str = request.state.subject
    async with desk.pool.acquire() as connection:
        await audited(connection, caller, "history", subject)
        events = await history(connection, source=desk.store.source, subject=subject, keyring=None)
    return as_json({"events": events}, headers={"ETag": etag(len(events))})


@router.get(
    "/contracts/{name}/v1/schema.json",
    summary="The schema of an outward event's data",
    response_class=Response,
    responses={200: {"content": {"application/schema+json": {"schema": {"type": "object"}}}}, **problems(404)},
)
async def schema(name: str) -> Response:
    """JSON Schema; public."""
    if name not in {each.name for each in government.EVENTS}:
        raise not_found()
    return Response((_GOVERNMENT_FOLDER / name / "v1" / "schema.json").read_bytes(), media_type="application/schema+json")


async def _copy(desk: Desk, asked: Asked[CopySent]) -> Ask:
    said = asked.body
    occurred = said.occurred_at if isinstance(said.occurred_at, datetime) else noon_london(said.occurred_at or said.informed_on)
    if london_date(occurred) != said.informed_on:
        fault = Fault(
            pointer="#/occurred_at", code="another_day", detail="This is not on the day given in informed_on.", rule="R-05"
        )
        raise ProblemError(422, "invalid", "The dates contradict each other.", faults=[fault])
    async with desk.pool.acquire() as connection:
        case = await queries.notified(connection, asked.subject)
    if case is None:
        raise not_found()
    return Ask(
        subject=asked.subject,
        command=RecordCopy(informed_on=said.informed_on, received_on=case.received_on),
        cause=_cause(asked.caller, case.council, asked.traceparent, origin=Origin.IMPORT),
        expected=asked.version,
        occurred=occurred,
        once=asked.once,
        answer=lambda done: created(
            {"case_id": done.subject, "informed_on": said.informed_on, "version": done.version}, done.version
        ),
    )


def _asked(request: Request) -> tuple[Desk, Caller]:
    return request.app.state.desk, request.state.caller


async def _arrived(
    desk: Desk, caller: Caller, arrivals: Arrivals, *, after: int, limit: int, wait: int
) -> list[tuple[int, bytes]]:
    """One row more than `limit` if there are more; waits, holding no connection, while there is none."""
    loop = asyncio.get_running_loop()
    until = loop.time() + wait
    while True:
        arrival = arrivals.ticket()
        async with scoped(desk.pool, role=desk.query_role, council=caller.council) as connection:
            rows = await queries.after(connection, after, limit + 1)
        left = until - loop.time()
        if rows or left <= 0:
            return rows
        try:
            await asyncio.wait_for(arrival.wait(), left)
        except TimeoutError:
            continue


def _batch(request: Request, after: int, limit: int, rows: list[tuple[int, bytes]]) -> Response:
    events = rows[:limit]
    last = events[-1][0] if events else after
    headers = {"ETag": etag(last)}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    if len(rows) > limit:
        headers["Link"] = f'<{request.url.include_query_params(after=last)}>; rel="next"'
    return Response(b"[" + b",".join(event for _, event in events) + b"]", headers=headers, media_type=BATCH_CONTENT_TYPE)


async def _outward(desk: Desk, caller: Caller, event_id: str) -> FeedRow:
    outward_id = identifier(event_id)
    if outward_id is None:
        raise not_found()
    async with scoped(desk.pool, role=desk.query_role, council=caller.council) as connection:
        found = await queries.outward(connection, outward_id)
    if found is None:
        raise not_found()
    return found


async def _opened(keyring: Keyring | None, case: KnownCase) -> dict[str, Any]:
    """The notification's fields; personal ones in clear with a keyring, left out without."""
    opener = None
    if keyring is not None:
        await keyring.fetch([case.subject])
        opener = keyring.box(case.subject, case.event_id.bytes).open
    heard: dict[str, Any] = codec.visible(orjson.loads(case.data), opener)
    return dict(heard["notification"])


def _shown(case: KnownCase, notification: dict[str, Any], version: int, told: Told) -> dict[str, Any]:
    return notification | {
        "case_id": case.subject,
        "reference": case.reference,
        "council": case.council,
        "received_at": case.received_at,
        "received_on": case.received_on,
        "status": told.status,
        "informed_on": min(told.informed_on, default=None),
        "version": version,
    }


def _cause(caller: Caller, council: str, traceparent: str | None, *, origin: Origin) -> Cause:
    return Cause(
        role=caller.role,
        actor=caller.actor,
        council=council,
        origin=origin,
        correlation=new_id(),
        traceparent=traceparent,
    )


command(
    router,
    "/v1/cases/{case_id}/copies",
    _copy,
    body=CopySent,
    roles=[Role.REGISTRAR],
    action="RecordCopy",
    summary="Record a copy that was sent in the past",
)
