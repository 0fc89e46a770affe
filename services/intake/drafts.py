"""Drafts over HTTP: a notification that is not said yet, kept sealed for 28 days for the council's own people."""

import asyncio
from contextvars import ContextVar
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson
import structlog
from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from contracts.codes import COUNCIL_ROLES
from services.chassis.clock import new_id
from services.chassis.commands import Asked, Body, answered, command, created, read_json, replied, validated
from services.chassis.describing import body_of
from services.chassis.idempotency import keep, recall
from services.chassis.keys import KeysUnavailableError
from services.chassis.postgres import UNAVAILABLE, describe
from services.chassis.problems import ProblemError, not_found
from services.chassis.queries import query
from services.chassis.reading import as_json, etag, identifier, scoped
from services.chassis.store import Ask
from services.intake import keeping
from services.intake.asking import Desk, keys, received, refuse
from services.intake.bodies import Draft, Notify, SubmitBody
from services.intake.keeping import Kept, Saved
from services.intake.saying import council_of

SWEEP_SECONDS: Final = 3600.0
PATH: Final = "/v1/drafts/{draft_id}"
_FIELD: Final = "draft"
_REPLACING: Final = (400, 404, 412, 413, 415, 422)
_submitted: ContextVar[Kept] = ContextVar("submitted")

log = structlog.get_logger()
drafts = APIRouter()


async def save_new(desk: Desk, asked: Asked[Draft]) -> Response:
    """Save for later. Not an event, so the key is kept here."""
    council, mismatch = council_of(asked.body.council, asked.caller.council)
    refuse([mismatch] if mismatch else [])
    if asked.once is None or asked.dry_run or council is None:
        return as_json({"draft_id": None})
    draft_id = new_id()
    await keys(desk).create([str(draft_id)])
    box = _sealed(desk, draft_id, asked.body)
    try:
        async with desk.pool.acquire() as connection, connection.transaction():
            if (kept := (await recall(connection, [asked.once])).get(asked.once)) is not None:
                return answered(kept)
            saved = await keeping.add(connection, draft_id=draft_id, case_id=new_id(), council=council, box=box)
            answer = created(_told(draft_id, saved), saved.version)
            await keep(connection, [(asked.once, answer)])
    except asyncpg.UniqueViolationError:
        raise ProblemError(
            409, "request_in_progress", "The first request with this key is still running.", headers={"Retry-After": "1"}
        ) from None
    return replied(answer, replayed=False)


@query(drafts, PATH, roles=COUNCIL_ROLES, summary="Return to a draft", errors=(404,))
async def draft(request: Request, draft_id: str) -> Response:
    """What was saved."""
    desk, found = await _own(request, draft_id)
    return as_json(await _opened(desk, found) | _told(found.draft_id, found), headers={"ETag": etag(found.version)})


@query(drafts, PATH, method="PUT", roles=COUNCIL_ROLES, summary="Save a draft again", errors=_REPLACING, **body_of(Draft))
async def save(request: Request, draft_id: str) -> Response:
    """Replace what was saved; with If-Match, only if nobody else did so since it was read."""
    desk, found = await _own(request, draft_id)
    _, raw = await read_json(request)
    if request.headers.get("if-match", etag(found.version)) != etag(found.version):
        raise _stale()
    body = validated(Draft, raw)
    refuse([fault] if (fault := council_of(body.council, found.council)[1]) else [])
    await keys(desk).fetch([str(found.draft_id)])
    async with desk.pool.acquire() as connection:
        saved = await keeping.replace(connection, found.draft_id, _sealed(desk, found.draft_id, body), version=found.version)
    if saved is None:
        raise _stale()
    return as_json(_told(found.draft_id, saved), headers={"ETag": etag(saved.version)})


save.__dict__["body"] = Draft


def _stale() -> ProblemError:
    return ProblemError(412, "stale_version", "Saved by somebody else since you read it: read it again.")


@query(drafts, PATH, method="DELETE", roles=COUNCIL_ROLES, summary="Forget a draft", status=204, content={}, errors=(404,))
async def drop(request: Request, draft_id: str) -> Response:
    """Gone at once, and its key with it."""
    desk, found = await _own(request, draft_id)
    async with desk.pool.acquire() as connection, connection.transaction():
        await keeping.drop(connection, found.draft_id)
        await keys(desk).destroy(str(found.draft_id))
    return Response(status_code=204)


async def submit(desk: Desk, asked: Asked[SubmitBody]) -> Ask:
    """Notify what the draft says, as the case whose id it has had from the start: sent twice, it is one case."""
    found = _submitted.get()
    body = validated(Notify, orjson.dumps(await _opened(desk, found)))
    return await received(desk, asked, body, str(found.case_id))


async def _remember(request: Request, draft_id: str) -> None:
    """The draft of a request to submit; one that was submitted still stands for a while, for the request's repetition."""
    _submitted.set((await _own(request, draft_id, submitted_too=True))[1])


submitting = APIRouter(dependencies=[Depends(_remember)])
command(drafts, "/v1/drafts", save_new, body=Draft, roles=COUNCIL_ROLES, action="Save", summary="Save a notification for later")
command(
    submitting,
    f"{PATH}/submit",
    submit,
    body=SubmitBody,
    roles=COUNCIL_ROLES,
    action="Submit",
    summary="Notify what a draft says",
    errors=(404,),
)


async def sweeping(desk: Desk) -> None:
    """Forget what has been kept long enough, and destroy its keys and those that are nobody's, until cancelled."""
    while True:
        try:
            # Before the drafts: one that is swept now may be on its way to becoming a case.
            await _sweep_orphans(desk)
            async with desk.pool.acquire() as connection, connection.transaction():
                swept = await keeping.sweep(connection)
                await keys(desk).destroy(*swept)
            log.info("drafts.swept", count=len(swept))
        except (KeysUnavailableError, *UNAVAILABLE) as fault:
            log.warning("drafts.waits", **describe(fault))
        await asyncio.sleep(SWEEP_SECONDS)


async def _sweep_orphans(desk: Desk) -> None:
    """Destroy keys that were made for what was then refused: after an hour nothing can still be on its way to use them."""
    after = ""
    while old := await keys(desk).old(after=after):
        async with desk.pool.acquire() as connection:
            orphans = await keeping.nobodys(connection, old)
        await keys(desk).destroy(*orphans)
        log.info("keys.swept", count=len(orphans))
        after = old[-1]


async def _own(request: Request, draft_id: str, *, submitted_too: bool = False) -> tuple[Desk, Kept]:
    desk: Desk = request.app.state.desk
    caller = await desk.issuer.caller(request, COUNCIL_ROLES)
    identity = identifier(draft_id)
    async with scoped(desk.pool, role=desk.query_role, council=caller.council) as connection:
        found = await keeping.find(connection, identity) if identity else None
    if found is None or (found.submitted and not submitted_too):
        raise not_found()
    return desk, found


def _sealed(desk: Desk, draft_id: UUID, body: Body) -> str:
    said = body.model_dump_json(exclude_unset=True).encode()
    return keys(desk).box(str(draft_id), draft_id.bytes).seal(_FIELD, said)["box"]


async def _opened(desk: Desk, found: Kept) -> dict[str, Any]:
    await keys(desk).fetch([str(found.draft_id)])
    clear = keys(desk).box(str(found.draft_id), found.draft_id.bytes).open({"field": _FIELD, "box": found.box})
    if clear is None:
        raise not_found()
    said: dict[str, Any] = orjson.loads(clear)
    return said


def _told(draft_id: UUID, saved: Saved) -> dict[str, Any]:
    return {"draft_id": str(draft_id), "version": saved.version, "saved_at": saved.saved_at, "expires_at": saved.expires_at}
