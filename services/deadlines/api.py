"""HTTP: what is due when, for everyone; the clocks of cases, for who may see them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from contracts.calendars import OutsideCalendar, calendar, digest, file_of, versions
from contracts.clocks import Clock, due, london_date, policy_on
from contracts.codes import COUNCIL_ROLES, Role
from contracts.councils import council_named
from contracts.envelope import Fault
from services.chassis.describing import JSON
from services.chassis.identity import Caller
from services.chassis.moments import AnyDay, Instant
from services.chassis.problems import ProblemError, not_found, problems
from services.chassis.queries import query
from services.chassis.reading import LARGEST_PAGE, PAGE, as_json, audited, etag, history, page, scoped
from services.chassis.service import Service
from services.deadlines.domain.clock import ClockEvent
from services.deadlines.domain.streams import Stream
from services.deadlines.projections import as_known
from services.deadlines.queries import (
    ClockShown,
    KnownCase,
    Listed,
    Place,
    Wanted,
    calendar_today,
    clocks,
    clocks_of,
    known_case,
    today,
    version_of,
)
from services.deadlines.readmodels import shown_on
from services.deadlines.words import why

READERS: Final = COUNCIL_ROLES | {Role.ADMINISTRATOR, Role.INSPECTOR, Role.LEAD_OFFICER, Role.ANALYST, Role.REGISTRAR}
"""Who may see clocks: a council's own people theirs, the others all."""

_LONGEST: Final = 512


def _council(said: Any) -> str:
    """A council by its GSS code, current or former, or its name; its current code."""
    if isinstance(said, str) and (found := council_named(said)) is not None:
        return found.gss_code
    code, words = "unknown_council", "There is no such council."
    raise PydanticCustomError(code, words)


CouncilCode = Annotated[str, BeforeValidator(_council), WithJsonSchema({"type": "string", "example": "S12000036"})]
Desk = Service[Stream]

_OPEN: Final = {200: {"description": "As asked", "content": JSON}} | problems()
public = APIRouter()
cases = APIRouter()


@public.get("/v1/when-due", summary="The last day in time, and why", response_class=Response, responses=_OPEN)
async def when_due(
    request: Request,
    clock: Clock,
    day_zero: Annotated[AnyDay, Query(alias="from")],
    council: CouncilCode | None = None,  # noqa: ARG001 - checked; every council is counted by the official days (D-1)
) -> Response:
    """`counted` ends with the due day; `skipped` are the days not worked on the way; both empty for months and calendar days."""
    version = await _calendar_today(request.app.state.desk)
    try:
        found = due(clock, day_zero, policy_on(day_zero), calendar(version))
    except OutsideCalendar:
        raise _outside(version) from None
    return as_json(
        {
            "clock": found.clock,
            "from": day_zero,
            "due_on": found.due_on,
            "counted": found.counted,
            "skipped": [{"date": skipped.date, "reason": skipped.reason} for skipped in found.skipped],
            "calendar": found.calendar,
        }
    )


@public.get("/v1/calendars", summary="Which days are working days: every version", response_class=Response, responses=_OPEN)
async def calendars(request: Request) -> Response:
    """Versions in order of publication, each with the hash of its file; new clocks are counted by the current one."""
    return as_json({"current": await _calendar_today(request.app.state.desk), "calendars": _calendars()})


@query(cases, "/v1/cases/{case_id}", roles=READERS, summary="The case, as far as its clocks go")
async def case(request: Request) -> Response:
    """The case's clocks, with this stream's version."""
    desk, caller = _asked(request)
    found, shown = await _clocks(desk, caller, request.state.subject)
    version = await _version(desk, found.subject)
    body = {
        "case_id": found.subject,
        "reference": found.reference,
        "council": found.council,
        "received_on": found.received_on,
        "version": version,
        "clocks": [_told(each) for each in shown],
    }
    return as_json(body, headers={"ETag": etag(version)})


@query(cases, "/v1/cases/{case_id}/clocks", roles=READERS, summary="The clocks of a case")
async def case_clocks(request: Request, known_at: Instant | None = None, as_at: AnyDay | None = None) -> Response:
    """The soonest due first; one past due and not stopped is missed. As known at an instant and as on a day, if that is asked."""
    desk, caller = _asked(request)
    found, now = await _clocks(desk, caller, request.state.subject)
    then = await _then(desk, found, known_at, as_at) if known_at or as_at else now
    return as_json({"clocks": [_told(each) for each in then]}, headers={"ETag": etag(await _version(desk, found.subject))})


@query(cases, "/v1/cases/{case_id}/history", roles=READERS, summary="What happened to its clocks")
async def case_history(request: Request) -> Response:
    """Every event of this service's stream, in order."""
    desk, caller = _asked(request)
    found, _ = await _clocks(desk, caller, request.state.subject)
    async with desk.pool.acquire() as connection, connection.transaction():
        await audited(connection, caller, "history", found.subject)
        events = await history(connection, source=desk.store.source, subject=found.subject, keyring=None)
    return as_json({"events": events}, headers={"ETag": etag(len(events))})


@query(cases, "/v1/clocks", roles=READERS, summary="Clocks, the soonest due first")
async def list_clocks(
    request: Request,
    state: Listed | None = None,
    council: CouncilCode | None = None,
    clock: Clock | None = None,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = PAGE,
    cursor: Annotated[str | None, Query(max_length=_LONGEST)] = None,
) -> Response:
    """Open is running, overdue is missed and not stopped, due soon is due within five working days."""
    desk, caller = _asked(request)
    after = _place(desk, cursor) if cursor is not None else None
    wanted = Wanted(state=state, council=council, clock=clock)
    version = await _calendar_today(desk)
    async with scoped(desk.pool, role=desk.query_role, council=caller.council) as connection:
        found = await clocks(connection, wanted, after, limit + 1, await today(connection, shift(desk)), version)
    shown = found[:limit]
    following = _cursor(desk, shown[-1].place) if len(found) > limit else None
    of_cases = [_told(each) | {"case_id": each.subject, "reference": each.reference, "council": each.council} for each in shown]
    return page(request, {"clocks": of_cases}, following)


def _asked(request: Request) -> tuple[Desk, Caller]:
    return request.app.state.desk, request.state.caller


async def _clocks(desk: Desk, caller: Caller, subject: str) -> tuple[KnownCase, Sequence[ClockShown]]:
    async with scoped(desk.pool, role=desk.query_role, council=caller.council) as connection:
        found = await known_case(connection, subject)
        if found is None:
            raise not_found()
        return found, await clocks_of(connection, found.subject, await today(connection, shift(desk)))


async def _then(desk: Desk, case: KnownCase, known_at: datetime | None, as_at: date | None) -> list[ClockShown]:
    """Folded from the service's own events of the case."""
    async with desk.pool.acquire() as connection:
        day = as_at or (london_date(known_at) if known_at else await today(connection, shift(desk)))
        records = await desk.store.history(connection, case.subject)
    told = [
        (each.envelope, each.event)
        for each in records
        if isinstance(each.event, ClockEvent) and (known_at is None or each.envelope.recordedtime <= known_at)
    ]
    rows = sorted(as_known(told, day), key=lambda row: (row.due_on, row.clock, row.instance))
    return [shown_on(row, case.reference, day) for row in rows]


async def _version(desk: Desk, subject: str) -> int:
    async with desk.pool.acquire() as connection:
        return await version_of(connection, subject)


async def _calendar_today(desk: Desk) -> str:
    async with desk.pool.acquire() as connection:
        return await calendar_today(connection)


def shift(desk: Desk) -> timedelta:
    """How far the service's clock is ahead; nothing but in a rehearsal."""
    return timedelta(seconds=desk.settings.clock_shift)


def _cursor(desk: Desk, place: Place) -> str:
    return desk.cursors.write([place.due_on, place.subject, place.clock, place.instance])


def _place(desk: Desk, cursor: str) -> Place:
    match desk.cursors.read(cursor):
        case [str(due_on), str(subject), str(clock), int(instance)]:
            return Place(due_on=date.fromisoformat(due_on), subject=subject, clock=clock, instance=instance)
        case _:
            raise ProblemError(422, "bad_cursor", "The cursor is that of another list.")


def _told(clock: ClockShown) -> dict[str, Any]:
    return {
        "clock": clock.clock,
        "instance": clock.instance,
        "state": clock.state,
        "due_on": clock.due_on,
        "stopped_on": clock.stopped_on,
        "started_on": clock.day_zero,
        "calendar": clock.calendar,
        "policy": clock.policy,
        "why": why(clock),
    }


@cache
def _calendars() -> list[dict[str, Any]]:
    known = [(version, calendar(version)) for version in versions()]
    return [
        {
            "version": version,
            "first": each.first,
            "last": each.last,
            "sha256": digest(file_of(version).read_bytes()),
            "holidays": [{"date": day, "name": name} for day, name in each.holidays.items()],
        }
        for version, each in known
    ]


def _outside(version: str) -> ProblemError:
    covered = calendar(version)
    detail = f"The calendar covers {covered.first} to {covered.last}."
    return ProblemError(422, "outside_calendar", detail, faults=[Fault(pointer="#/from", code="outside_calendar", detail=detail)])
