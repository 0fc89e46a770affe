"""Councils' front door: notifications and what follows them, cases and their histories."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

import contracts
from contracts.clocks import london_date
from contracts.codes import COUNCIL_ROLES, CaseStatus, Role
from contracts.councils import council_named
from contracts.envelope import Fault
from services.chassis.commands import Body, Handler, command
from services.chassis.decider import Record
from services.chassis.identity import Caller
from services.chassis.moments import AnyDay, Instant
from services.chassis.problems import ProblemError, not_found, problems
from services.chassis.queries import query
from services.chassis.reading import LARGEST_PAGE, PAGE, as_json, audited, etag, history, identifier, page, scoped
from services.intake import acting
from services.intake.asking import Desk, amend, consider, correct, is_registrar, keys, notify, reclassify, shift, withdraw
from services.intake.bodies import ChangeBody, ConsiderationBody, Notify, ReclassificationBody, WithdrawalBody
from services.intake.domain import path
from services.intake.domain.days import happened_by
from services.intake.domain.state import Case, Nothing, State, evolve
from services.intake.following import (
    ActionBody,
    ErasureBody,
    HoldBody,
    HoldEndBody,
    InformationBody,
    ResponseBody,
    ReviewBody,
    ReviewWithdrawalBody,
    SogDecisionBody,
    SogNoticeBody,
    TransferBody,
)
from services.intake.queries import Filter, cases, heard_of, instant, is_responsible, transfers
from services.intake.telling import LETTERS, PERSONAL, READERS, Seen, proposed, whole

WRITERS: Final = COUNCIL_ROLES | {Role.REGISTRAR}
KEEPERS: Final = frozenset({Role.ADMINISTRATOR, Role.LEAD_OFFICER})
"""Who holds and erases what is personal."""

router = APIRouter()
_BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)

TEMPLATES: Final = Path(contracts.__file__).parent / "register"
_TEMPLATES: Final = {
    "register-template.csv": "text/csv; charset=utf-8",
    "register-template.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "register-template.ods": "application/vnd.oasis.opendocument.spreadsheet",
}
_FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "The file", "content": {kind: {} for kind in _TEMPLATES.values()}},
    **problems(404),
}

ON_CASE: Final = "/v1/cases/{case_id}"
command(router, "/v1/notifications", notify, body=Notify, roles=WRITERS, action=path.NOTIFY, summary="Notify an incident")
command(
    router,
    "/v1/considerations",
    consider,
    body=ConsiderationBody,
    roles=COUNCIL_ROLES,
    action=path.CONSIDER,
    summary="Considered, not notified",
)


async def _responsible(request: Request, case_id: str) -> None:
    """To a council that is only asked to take a case over, everything but that is as if the case were not there."""
    desk: Desk = request.app.state.desk
    caller = await desk.issuer.caller(request)
    if caller.council is not None:
        subject = identifier(case_id)
        async with desk.pool.acquire() as connection:
            if subject is None or not await is_responsible(connection, str(subject), caller.council):
                raise not_found()


on_case = APIRouter(dependencies=[Depends(_responsible)])
_OF_COUNCILS: Final[tuple[tuple[str, Handler, type[Body], str], ...]] = (
    (path.AMEND, amend, ChangeBody, "New facts"),
    (path.CORRECT, correct, ChangeBody, "An error put right"),
    (path.RECLASSIFY, reclassify, ReclassificationBody, "Another category"),
    (path.WITHDRAW, withdraw, WithdrawalBody, "Take it back"),
    (path.NOTIFY_SOG, acting.notify_sog, SogNoticeBody, "The Strategic Oversight Group was told"),
    (path.DECIDE_SOG, acting.decide_sog, SogDecisionBody, "What the group decided"),
    (path.REVIEW, acting.submit_review, ReviewBody, "A review"),
    (path.WITHDRAW_REVIEW, acting.take_review_back, ReviewWithdrawalBody, "A review was sent in error"),
    (path.SUPPLY, acting.supply, InformationBody, "The information that was asked for"),
    (path.ANSWER, acting.respond, ResponseBody, "Accept or dispute a letter"),
    (path.PLAN, acting.record_action, ActionBody, "An item of the plan"),
)
for _path, _handler, _body, _summary in _OF_COUNCILS:
    command(on_case, f"{ON_CASE}/{_path}", _handler, body=_body, roles=WRITERS, action=_path, summary=_summary)
command(
    router,
    f"{ON_CASE}/{path.TRANSFER}",
    acting.transfer,
    body=TransferBody,
    roles=WRITERS,
    action=path.TRANSFER,
    summary="Propose another council, or agree",
)
_OF_THE_INSPECTORATE: Final[tuple[tuple[str, Handler, type[Body], str], ...]] = (
    (path.HOLD, acting.hold, HoldBody, "Nothing may be erased"),
    (path.LIFT_HOLD, acting.lift_hold, HoldEndBody, "The legal hold is over"),
    (path.ERASE, acting.erase, ErasureBody, "Erase what is personal"),
)
for _path, _handler, _body, _summary in _OF_THE_INSPECTORATE:
    command(router, f"{ON_CASE}/{_path}", _handler, body=_body, roles=KEEPERS, action=_path, summary=_summary)


@router.get("/v1/register-template/{file}", summary="An empty register to fill in", response_class=Response, responses=_FILES)
async def register_template(file: str) -> Response:
    """As CSV, XLSX or ODS: the columns, and in the latter two what each may hold. No token: it is the same for everybody."""
    if (kind := _TEMPLATES.get(file)) is None:
        raise not_found()
    named = {"Content-Disposition": f'attachment; filename="{file}"'}
    return Response(TEMPLATES.joinpath(file).read_bytes(), media_type=kind, headers=named)


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
    async with scoped(desk.pool, role=desk.query_role, council=caller.council) as connection:
        found = await cases(connection, wanted, after, limit + 1)
    following = desk.cursors.write([found[limit - 1]["received_at"], found[limit - 1]["case_id"]]) if len(found) > limit else None
    shown = [each if is_registrar(caller) else {k: v for k, v in each.items() if k != "register_row"} for each in found[:limit]]
    return page(request, {"cases": shown}, following)


@query(router, "/v1/transfers", roles=READERS - {Role.GOVERNMENT}, summary="Cases proposed to another council")
async def list_transfers(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = PAGE,
    cursor: Annotated[str | None, Query(max_length=512)] = None,
) -> Response:
    """A council sees what it proposed and what it is asked, the oldest first; the reason stands with the case."""
    desk, caller = _asked(request)
    moment, subject = _place(desk, cursor) if cursor is not None else (_BEGINNING, "")
    async with scoped(desk.pool, role=desk.query_role, council=caller.council) as connection:
        found = await transfers(connection, (moment.date(), subject), limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    following = desk.cursors.write([f"{last['proposed_on']}T00:00:00+00:00", last["case_id"]]) if last else None
    return page(request, {"transfers": found[:limit]}, following)


@query(router, ON_CASE, roles=READERS, summary="A case, as known now or then")
async def one_case(
    request: Request,
    known_at: Instant | None = None,
    as_at: AnyDay | None = None,
) -> Response:
    """Folded from what was recorded by `known_at` and had happened by the day `as_at`; both are now, if not said."""
    desk, caller = _asked(request)
    subject: str = request.state.subject
    then = known_at
    keyring = keys(desk) if caller.role in LETTERS else None
    async with desk.pool.acquire() as connection:
        await audited(connection, caller, "case", subject)
        seen_at = then or await instant(connection, shift(desk))
        every = await desk.store.history(connection, subject)
        records = [record for record in every if record.envelope.recordedtime <= seen_at]
        heard = await heard_of(connection, subject, keyring, known_at=then, as_at=as_at)
    now = _folded(every, None)
    if isinstance(now, Case) and caller.council is not None and now.council != caller.council:
        return as_json(proposed(subject, now, len(every)), headers={"ETag": etag(len(every))})
    state = _folded(records, as_at)
    if not isinstance(state, Case):
        raise not_found()
    seen = Seen(role=caller.role, known_at=seen_at, as_at=as_at or london_date(seen_at))
    return as_json(whole(subject, state, heard, len(records), seen), headers={"ETag": etag(len(records))})


@query(on_case, f"{ON_CASE}/history", roles=READERS, summary="Its events, in order")
async def case_history(request: Request) -> Response:
    """Personal fields only for who may see them; each reading is recorded."""
    desk, caller = _asked(request)
    subject: str = request.state.subject
    keyring = keys(desk) if caller.role in PERSONAL else None
    async with desk.pool.acquire() as connection, connection.transaction():
        await audited(connection, caller, "history", subject)
        events = await history(connection, source=desk.store.source, subject=subject, keyring=keyring)
    return as_json({"events": events}, headers={"ETag": etag(len(events))})


def _folded(records: Sequence[Record], as_at: date | None) -> State:
    """The state by what had happened on a day; nothing before the receipt."""
    state: State = Nothing()
    for record in records:
        if happened_by(record.event, as_at):
            state = evolve(state, record.event)
        elif record.envelope.streamversion == 1:
            break
    return state


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
