"""Councils' front door: notifications and what follows them, cases and their histories."""

from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from contracts.codes import COUNCIL_ROLES, CaseStatus, Role
from contracts.councils import council_named
from contracts.envelope import Fault
from services.chassis.commands import command
from services.chassis.identity import Caller
from services.chassis.moments import Instant
from services.chassis.problems import ProblemError, not_found
from services.chassis.queries import query
from services.chassis.reading import LARGEST_PAGE, PAGE, as_json, audited, etag, history, page, scoped
from services.intake.asking import Desk, amend, consider, correct, is_registrar, keys, notify, reclassify, shift, withdraw
from services.intake.bodies import ChangeBody, ConsiderationBody, Notify, ReclassificationBody, WithdrawalBody
from services.intake.domain.case import Case, Nothing, State, evolve
from services.intake.queries import Filter, cases, instant
from services.intake.saying import seen_by
from services.intake.telling import PERSONAL, READERS, whole

WRITERS: Final = COUNCIL_ROLES | {Role.REGISTRAR}

router = APIRouter()
_BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)

ON_CASE: Final = "/v1/cases/{case_id}"
command(router, "/v1/notifications", notify, body=Notify, roles=WRITERS, action="Receive", summary="Notify an incident")
command(
    router,
    "/v1/considerations",
    consider,
    body=ConsiderationBody,
    roles=COUNCIL_ROLES,
    action="Consider",
    summary="Considered, not notified",
)
command(router, f"{ON_CASE}/amendments", amend, body=ChangeBody, roles=WRITERS, action="Amend", summary="New facts")
command(router, f"{ON_CASE}/corrections", correct, body=ChangeBody, roles=WRITERS, action="Correct", summary="An error put right")
command(router, f"{ON_CASE}/withdrawal", withdraw, body=WithdrawalBody, roles=WRITERS, action="Withdraw", summary="Take it back")
command(
    router,
    f"{ON_CASE}/reclassifications",
    reclassify,
    body=ReclassificationBody,
    roles=WRITERS,
    action="Reclassify",
    summary="Another category",
)


@query(router, "/v1/cases", roles=READERS, summary="Cases in order of receipt")
async def list_cases(
    request: Request,
    council: Annotated[str | None, Query(max_length=100)] = None,
    council_reference: Annotated[str | None, Query(max_length=100)] = None,
    status: CaseStatus | None = None,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = PAGE,
    cursor: Annotated[str | None, Query(max_length=512)] = None,
) -> Response:
    """A council sees its own."""
    desk, caller = _asked(request)
    wanted = Filter(council=_council(council), council_reference=_text(council_reference), status=status)
    after = _place(desk, cursor) if cursor is not None else (_BEGINNING, "")
    async with scoped(desk.pool, role=desk.query_role, council=seen_by(caller.council)) as connection:
        found = await cases(connection, wanted, after, limit + 1)
    following = desk.cursors.write([found[limit - 1]["received_at"], found[limit - 1]["case_id"]]) if len(found) > limit else None
    shown = [each if is_registrar(caller) else {k: v for k, v in each.items() if k != "register_row"} for each in found[:limit]]
    return page(request, {"cases": shown}, following)


@query(router, ON_CASE, roles=READERS, summary="A case, as known now or then")
async def one_case(request: Request, known_at: Instant | None = None) -> Response:
    """Folded from its events, up to those recorded by `known_at`."""
    desk, caller = _asked(request)
    subject: str = request.state.subject
    async with desk.pool.acquire() as connection:
        await audited(connection, caller, "case", subject)
        now = await instant(connection, shift(desk))
        records = [
            record
            for record in await desk.store.history(connection, subject)
            if known_at is None or record.envelope.recordedtime <= known_at
        ]
    state: State = Nothing()
    for record in records:
        state = evolve(state, record.event)
    if not isinstance(state, Case):
        raise not_found()
    body = whole(subject, state, len(records), known_at or now, personal=caller.role in PERSONAL)
    return as_json(body, headers={"ETag": etag(len(records))})


@query(router, f"{ON_CASE}/history", roles=READERS, summary="Its events, in order")
async def case_history(request: Request) -> Response:
    """Personal fields only for who may see them; each reading is recorded."""
    desk, caller = _asked(request)
    subject: str = request.state.subject
    keyring = keys(desk) if caller.role in PERSONAL else None
    async with desk.pool.acquire() as connection, connection.transaction():
        await audited(connection, caller, "history", subject)
        events = await history(connection, source=desk.store.source, subject=subject, keyring=keyring)
    return as_json({"events": events}, headers={"ETag": etag(len(events))})


def _asked(request: Request) -> tuple[Desk, Caller]:
    return request.app.state.desk, request.state.caller


def _place(desk: Desk, cursor: str) -> tuple[datetime, str]:
    match desk.cursors.read(cursor):
        case [str(received_at), str(subject)]:
            return datetime.fromisoformat(received_at), subject
        case _:
            raise _unreadable("cursor", "bad_cursor", "The cursor is that of another list.")


def _council(said: str | None) -> str | None:
    if said is None:
        return None
    if (named := council_named(said)) is None:
        raise _unreadable("council", "unknown_council", "There is no such council.")
    return named.gss_code


def _text(said: str | None) -> str | None:
    if said is not None and not said.isprintable():
        raise _unreadable("council_reference", "control_character", "A character that cannot be seen is not allowed here.")
    return said


def _unreadable(name: str, code: str, detail: str) -> ProblemError:
    return ProblemError(
        422, code, "A parameter is not as it should be.", faults=[Fault(pointer=f"#/{name}", code=code, detail=detail)]
    )
