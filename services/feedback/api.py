"""HTTP: the inspectorate's steps on a case, what waits for it, and what was found."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from contracts.clocks import london_date
from contracts.codes import COUNCIL_ROLES, IncidentType, Role
from contracts.envelope import Origin
from services.chassis.commands import command
from services.chassis.identity import Caller
from services.chassis.moments import AnyDay
from services.chassis.problems import ProblemError, not_found
from services.chassis.queries import query
from services.chassis.reading import LARGEST_PAGE, PAGE, as_json, audited, etag, history, page, scoped
from services.feedback import acting, asking, bodies, queries, telling
from services.feedback.asking import Desk
from services.feedback.bodies import CouncilCode
from services.feedback.domain import standing
from services.feedback.domain.case import Case
from services.feedback.queries import KnownCase, Place, Wanted

INSPECTORATE: Final = frozenset({Role.ADMINISTRATOR, Role.LEAD_OFFICER, Role.INSPECTOR})
STEPPERS: Final = INSPECTORATE | {Role.REGISTRAR}
DECIDERS: Final = frozenset({Role.LEAD_OFFICER, Role.REGISTRAR})
"""The lead officer resolves disputes and approves what is shared (domain 1.2)."""
SEE_PERSONS: Final = COUNCIL_ROLES | INSPECTORATE
CASE_READERS: Final = SEE_PERSONS | {Role.ANALYST, Role.REGISTRAR}


class Whose(StrEnum):
    """Whose part of the queue: all, the caller's own cases, or all cases of the councils in which the caller has one."""

    ALL = "all"
    MINE = "mine"
    MY_COUNCILS = "my_councils"


router = APIRouter()


@query(router, "/v1/queue", roles=STEPPERS, summary="What waits, the earliest due day first")
async def queue(
    request: Request,
    state: Annotated[standing.Waits | None, Query(description="what it waits for")] = None,
    whose: Whose = Whose.ALL,
    late: Annotated[bool, Query(description="only what has a clock past its due day")] = False,  # noqa: FBT002 - a query parameter
    council: CouncilCode | None = None,
    incident_type: IncidentType | None = None,
    since: Annotated[AnyDay | None, Query(alias="from", description="received on this day or later")] = None,
    until: Annotated[AnyDay | None, Query(alias="to", description="received on this day or earlier")] = None,
    origin: Origin = Origin.LIVE,
    cursor: Annotated[str | None, Query(max_length=512)] = None,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = PAGE,
) -> Response:
    """Every case that waits for something, with its running clocks. What a register brought in: see it with `origin=import`."""
    desk, caller = _asked(request)
    wanted = Wanted(
        origin=origin,
        council=council,
        incident_type=incident_type,
        since=since,
        until=until,
        waits_for=state,
        late=late,
        inspector=caller.actor if whose is Whose.MINE else None,
        councils_of=caller.actor if whose is Whose.MY_COUNCILS else None,
    )
    async with scoped(desk.pool, role=desk.query_role, council=caller.council) as connection:
        today = london_date(await queries.instant(connection, asking.shift(desk)))
        rows = await queries.queue(connection, wanted, today=today, after=_place(desk, cursor), limit=limit + 1)
    last = rows[limit - 1].place if len(rows) > limit else None
    following = desk.cursors.write([last.due_on.isoformat(), last.received_at.isoformat(), last.subject]) if last else None
    return page(request, {"as_at": today, "cases": [telling.waiting(row, today) for row in rows[:limit]]}, following)


@query(router, "/v1/cases/{case_id}", roles=CASE_READERS, summary="What the inspectorate found of a case")
async def case(request: Request) -> Response:
    """The case as this service knows it, and what the caller may do with it now."""
    desk, caller = _asked(request)
    found = await _found(desk, caller, request.state.subject)
    async with desk.pool.acquire() as connection:
        await audited(connection, caller, "case", found.subject)
        version, state = await desk.store.state(connection, found.subject)
        around = await asking.around(desk, connection, caller, found.subject)
    if not isinstance(state, Case):
        raise not_found()
    shown = telling.whole(found, state, around.known, personal=caller.role in SEE_PERSONS, council=caller.council is not None)
    if shown["triage"] is not None:
        shown["triage"] = await _own(desk, caller, shown["triage"])
    if caller.role in STEPPERS:
        shown["allowed"] = standing.allowed(state, around)
    return as_json(shown | {"version": version}, headers={"ETag": etag(version)})


@query(router, "/v1/cases/{case_id}/history", roles=CASE_READERS, summary="What the inspectorate did on a case")
async def case_history(request: Request) -> Response:
    """The events of this service's stream, in order; a council's without drafts, second reads and internal remarks (R-31)."""
    desk, caller = _asked(request)
    found = await _found(desk, caller, request.state.subject)
    keyring = desk.keyring if caller.role in SEE_PERSONS else None
    async with desk.pool.acquire() as connection:
        await audited(connection, caller, "history", found.subject)
        events = await history(connection, source=desk.store.source, subject=found.subject, keyring=keyring)
    seen = telling.history(events, council=caller.council is not None)
    shown = [event | {"data": await _own(desk, caller, event["data"])} for event in seen]
    return as_json({"events": shown}, headers={"ETag": etag(len(events))})


@query(router, "/v1/conflicts", roles=STEPPERS, summary="Interests that were declared")
async def conflicts(request: Request) -> Response:
    """An inspector's own; all of them for who allocates (R-32)."""
    desk, caller = _asked(request)
    async with scoped(desk.pool, role=desk.query_role, council=caller.council) as connection:
        found = await queries.conflicts(connection, caller.actor if caller.role == Role.INSPECTOR else None)
    return as_json({"conflicts": found})


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


def _place(desk: Desk, cursor: str | None) -> Place | None:
    if cursor is None:
        return None
    match desk.cursors.read(cursor):
        case [str(due_on), str(received_at), str(subject)]:
            return Place(date.fromisoformat(due_on), datetime.fromisoformat(received_at), subject)
        case _:
            raise ProblemError(422, "bad_cursor", "The cursor is that of another list.")


_ON_CASE: Final[tuple[tuple[str, Any, type[bodies.StepBody], frozenset[Role], str], ...]] = (
    (standing.TRIAGE, acting.triage, bodies.Look, STEPPERS, "Say whether a case is in scope, out of scope, or a duplicate"),
    (standing.ALLOCATION, acting.allocate, bodies.AllocationBody, STEPPERS, "Give a case to an inspector"),
    (standing.SCRUTINY, acting.scrutinise, bodies.ScrutinyBody, STEPPERS, "Begin to read a review"),
    (standing.REQUEST, acting.request_information, bodies.InformationBody, STEPPERS, "Ask the council for more"),
    (standing.ASSESSMENT, acting.assess, bodies.AssessmentBody, STEPPERS, "Judge a review"),
    (standing.DRAFT, acting.draft, bodies.DraftBody, STEPPERS, "Write the letter; no council sees it"),
    (standing.SECOND_READ, acting.read, bodies.ReadBody, STEPPERS, "Agree with a draft, or not"),
    (standing.LETTER, acting.send, bodies.LetterBody, STEPPERS, "Send the letter, which freezes it"),
    (standing.DISPUTE, acting.resolve, bodies.ResolutionBody, DECIDERS, "Decide on what the council disputes"),
    (standing.PRACTICE, acting.approve, bodies.PracticeBody, DECIDERS, "Let an example of good practice be shared"),
    (standing.CLOSURE, acting.close, bodies.ClosureBody, STEPPERS, "Nothing more is to be done"),
    (standing.REOPENING, acting.reopen, bodies.ReopeningBody, STEPPERS, "New facts: what had fallen away is owed again"),
)

for action, handler, body, roles, summary in _ON_CASE:
    command(router, f"/v1/cases/{{case_id}}/{action}", handler, body=body, roles=roles, action=action, summary=summary)
command(
    router,
    "/v1/conflicts",
    acting.declare,
    body=bodies.ConflictBody,
    roles=INSPECTORATE,
    action="conflicts",
    summary="Declare an interest in a council",
)
