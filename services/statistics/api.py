"""HTTP: the figures, the councils, the types, the ledger, and what this service says of a case."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Any, Final
from uuid import UUID

import asyncpg
import orjson
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from contracts.calendars import CURRENT_CALENDAR
from contracts.clocks import london_date
from contracts.codes import COUNCIL_ROLES, IncidentType, Role
from contracts.councils import COUNCILS
from contracts.envelope import Fault
from services.chassis import codec
from services.chassis.identity import Caller
from services.chassis.moments import AnyDay, Instant
from services.chassis.problems import ProblemError
from services.chassis.queries import query
from services.chassis.reading import LARGEST_PAGE, PAGE, as_json, audited, etag, scoped
from services.chassis.service import Service
from services.statistics import queries
from services.statistics.domain.figures import figures, percent
from services.statistics.domain.funnel import limits, position
from services.statistics.queries import OfCouncil, Question

Desk = Service[None]

COUNTERS: Final = COUNCIL_ROLES | {Role.INSPECTOR, Role.LEAD_OFFICER, Role.ADMINISTRATOR, Role.ANALYST, Role.REGISTRAR}
OPERATORS: Final = frozenset({Role.OPERATOR})
BEGINNING: Final = date(2012, 1, 1)
"""The year of the first guidance: before it there are no notifications."""
SCOTLAND: Final = sum(council.population for council in COUNCILS)
LARGEST_NUMBER: Final = 2**63 - 1

_NOW: Final = "select clock_timestamp() + $1::float8 * interval '1 second'"


First = Annotated[AnyDay | None, Query(alias="from", description="first day of receipt; else 2012-01-01")]
Last = Annotated[AnyDay | None, Query(alias="to", description="last day of receipt; else today")]
AsAt = Annotated[AnyDay | None, Query(description="the day on which it is judged; else the earlier of `to` and today")]
KnownAt = Annotated[Instant | None, Query(description="only what was recorded by then; else all")]


router = APIRouter()


@query(router, "/v1/figures", roles=COUNTERS, summary="The figures of a period")
async def all_figures(
    request: Request, first: First = None, last: Last = None, as_at: AsAt = None, known_at: KnownAt = None
) -> Response:
    """Of the notifications received in a period, as at a day, as known at an instant."""
    desk, _ = _asked(request)
    async with scoped(desk.pool, role=desk.query_role, council=None) as connection:
        now, question = await _question(desk, connection, first, last, as_at, known_at)
        counted = await queries.counts(connection, question, topic=desk.settings.topic)
    return as_json(
        _period(question, now) | {"position": counted.position, "calendar": CURRENT_CALENDAR, "figures": figures(counted.counts)}
    )


@query(router, "/v1/councils", roles=COUNTERS, summary="Each council beside what its population would lead one to expect")
async def councils(
    request: Request, first: First = None, last: Last = None, as_at: AsAt = None, known_at: KnownAt = None
) -> Response:
    """All 32, in the order of the report. The limits are a question to ask, not a judgement."""
    desk, _ = _asked(request)
    async with scoped(desk.pool, role=desk.query_role, council=None) as connection:
        now, question = await _question(desk, connection, first, last, as_at, known_at)
        found = await queries.by_council(connection, question)
    return as_json(_period(question, now) | {"councils": _funnel(found)})


@query(router, "/v1/incident-types", roles=COUNTERS, summary="How many of each type")
async def incident_types(
    request: Request, first: First = None, last: Last = None, as_at: AsAt = None, known_at: KnownAt = None
) -> Response:
    """All 18 types, zeros included, by the classification on the day."""
    desk, _ = _asked(request)
    async with scoped(desk.pool, role=desk.query_role, council=None) as connection:
        now, question = await _question(desk, connection, first, last, as_at, known_at)
        found = await queries.by_type(connection, question)
    total = sum(found.values())
    rows = [
        {
            "code": each.value,
            "label": each.label,
            "notifications": found.get(each.value, 0),
            "percent": percent(found.get(each.value, 0), total),
        }
        for each in IncidentType
    ]
    return as_json(_period(question, now) | {"incident_types": rows})


@query(router, "/v1/ledger", roles=OPERATORS, summary="Every record of every service, in the order in which it was heard")
async def ledger(
    request: Request,
    after: Annotated[int, Query(ge=0, le=LARGEST_NUMBER, description="the number of the last record seen")] = 0,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = PAGE,
) -> Response:
    """Numbers rise; whoever has seen one has seen all below it. Personal values stay sealed: this service holds no key."""
    desk, caller = _asked(request)
    async with desk.pool.acquire() as connection:
        await audited(connection, caller, "ledger", None)
    async with scoped(desk.pool, role=desk.query_role, council=None) as connection:
        rows = await queries.ledger(connection, after=after, limit=limit + 1)
    shown = rows[:limit]
    headers = {}
    if len(rows) > limit:
        address = request.url.include_query_params(after=shown[-1]["number"])
        headers["Link"] = f'<{address}>; rel="next"'
    return as_json({"records": [_record(row) for row in shown]}, headers=headers)


@query(router, "/v1/cases/{case_id}", roles=COUNTERS, summary="The place of a case in every figure, then or now", errors=(422,))
async def case(request: Request, as_at: AsAt = None, known_at: KnownAt = None) -> Response:
    """Every figure of this one case: numerators and denominators are 0 or 1. This service says nothing of its own about it."""
    desk, caller = _asked(request)
    subject = UUID(request.state.subject)
    async with desk.pool.acquire() as connection:
        await audited(connection, caller, "case", str(subject))
    async with scoped(desk.pool, role=desk.query_role, council=None) as connection:
        now, question = await _question(desk, connection, date.min, None, as_at, known_at)
        counted = await queries.counts(connection, replace(question, case=subject), topic=desk.settings.topic)
    told = {"case_id": subject, "version": 0, "as_at": question.as_at, "known_at": question.known_at or now}
    return as_json(told | {"figures": figures(counted.counts)}, headers={"ETag": etag(0)})


@query(router, "/v1/cases/{case_id}/history", roles=COUNTERS, summary="This service's events of a case: none")
async def case_history(_request: Request) -> Response:
    """Statistics hears of cases and says nothing about one."""
    return as_json({"events": []}, headers={"ETag": etag(0)})


def _asked(request: Request) -> tuple[Desk, Caller]:
    return request.app.state.desk, request.state.caller


async def _question(
    desk: Desk,
    connection: asyncpg.Connection,
    first: date | None,
    last: date | None,
    as_at: date | None,
    known_at: datetime | None,
) -> tuple[datetime, Question]:
    """The question with what was left out filled in, and the database's instant."""
    now: datetime = await connection.fetchval(_NOW, desk.settings.clock_shift)
    today = london_date(now)
    begins, ends = first or BEGINNING, last or today
    if begins > ends:
        fault = Fault(pointer="#/from", code="order_of_dates", detail="The first day is after the last.")
        raise ProblemError(422, "invalid", "Some parameters are not as they should be.", faults=[fault])
    return now, Question(first=begins, last=ends, as_at=as_at or min(ends, today), known_at=known_at)


def _period(question: Question, now: datetime) -> dict[str, Any]:
    return {
        "period": {"from": question.first, "to": question.last},
        "as_at": question.as_at,
        "known_at": question.known_at or now,
    }


def _funnel(found: Mapping[str, OfCouncil]) -> list[dict[str, Any]]:
    total = sum(each.notifications for each in found.values())
    rows = []
    for council in COUNCILS:
        code = council.gss_code
        counted = found.get(code) or OfCouncil(council=code, notifications=0, in_time=0, late=0, not_measurable=0)
        expected = total * council.population / SCOTLAND
        inside = limits(expected)
        rows.append(
            {
                "gss_code": code,
                "name": council.name,
                "notifications": counted.notifications,
                "in_time": counted.in_time,
                "late": counted.late,
                "not_measurable": counted.not_measurable,
                "population": council.population,
                "expected": expected,
                "lower_95": inside.lower_95,
                "upper_95": inside.upper_95,
                "lower_998": inside.lower_998,
                "upper_998": inside.upper_998,
                "position": position(counted.notifications, inside),
            }
        )
    return rows


def _record(row: asyncpg.Record) -> dict[str, Any]:
    """One record as stored; its hash covers the envelope and the bytes of `data`."""
    number, partition, offset, source, *stored = row.values()
    envelope, data = codec.from_row(source, stored)
    return {
        "number": number,
        "partition": partition,
        "offset": offset,
        "stream": envelope.stream,
        "version": envelope.streamversion,
        "id": str(envelope.id),
        "type": envelope.type,
        "schemaversion": envelope.schemaversion,
        "time": envelope.time,
        "recordedtime": envelope.recordedtime,
        "actor": {"role": envelope.role, "id": envelope.actor},
        "council": envelope.council,
        "origin": envelope.origin,
        "policy": envelope.policy,
        "calendar": envelope.calendar,
        "correlationid": str(envelope.correlationid),
        "causationid": str(envelope.causationid) if envelope.causationid else None,
        "prevhash": envelope.prevhash.hex(),
        "hash": envelope.hash.hex(),
        "data": orjson.loads(data),
    }
