"""HTTP: clocks as a calendar to subscribe to, at a secret address of one's own."""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Annotated, Any, Final

import asyncpg
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.chassis.commands import Asked, Body, command
from services.chassis.describing import access, example
from services.chassis.identity import Caller
from services.chassis.problems import not_found, problems
from services.chassis.reading import as_json, scoped
from services.deadlines import ics
from services.deadlines.api import READERS, Desk, shift
from services.deadlines.queries import subscribed, today
from services.deadlines.settings import DeadlinesSettings

_LONGEST: Final = 64
_PATH: Final = "/v1/clocks.ics"

_END_OTHERS: Final = """
    update calendar_address set ended = clock_timestamp()
    where role = $1 and actor = $2 and coalesce(council, '') = coalesce($3, '') and ended is null
"""
_MADE_BEFORE: Final = "select true from calendar_address where digest = $1"
_MAKE: Final = "insert into calendar_address (digest, role, actor, council) values ($1, $2, $3, $4)"
_WHOSE: Final = "select role, actor, council from calendar_address where digest = $1 and ended is null"

router = APIRouter()


class Subscription(Body):
    """Nothing needs to be said: the address is the caller's own."""

    model_config = example()


@router.get(
    _PATH,
    summary="Clocks as a calendar, with a token or at one's secret address",
    response_class=Response,
    responses=problems(401, 403, 404, 503),
    openapi_extra=access(READERS),
)
async def calendar(request: Request, key: Annotated[str | None, Query(max_length=_LONGEST)] = None) -> Response:
    """Every duty that is owed, and as cancelled what was over in the last ninety days; a council's people see their council's."""
    desk: Desk = request.app.state.desk
    caller = await desk.issuer.caller(request, READERS) if key is None else await _owner(desk, key)
    async with scoped(desk.pool, role=desk.query_role, council=caller.council) as connection:
        shown = await subscribed(connection, await today(connection, shift(desk)))
    return Response(ics.written(shown, address=_address(desk)), media_type=ics.MEDIA_TYPE)


async def _subscribe(desk: Desk, asked: Asked[Subscription]) -> Response:
    """A new address ends the one before. It follows from the request's key: a retry gives the same, and none is kept."""
    caller, secret = asked.caller, _secret(desk, asked)
    if not asked.dry_run:
        async with desk.pool.acquire() as connection, connection.transaction():
            await _made(connection, caller, _digest(secret))
    return as_json({"address": f"{_address(desk)}{_PATH}?key={secret}"}, status=200 if asked.dry_run else 201)


async def _made(connection: asyncpg.Connection, caller: Caller, digest: bytes) -> None:
    if await connection.fetchval(_MADE_BEFORE, digest):
        return
    await connection.execute(_END_OTHERS, caller.role, caller.actor, caller.council)
    await connection.execute(_MAKE, digest, caller.role, caller.actor, caller.council)


async def _owner(desk: Desk, key: str) -> Caller:
    async with desk.pool.acquire() as connection:
        row = await connection.fetchrow(_WHOSE, _digest(key))
    if row is None:
        raise not_found()
    return Caller(**dict(row))


def _secret(desk: Desk, asked: Asked[Any]) -> str:
    caller, once = asked.caller, asked.once
    said = [_PATH, caller.role, caller.actor, caller.council or "", once.key if once else ""]
    return urlsafe_b64encode(hmac.digest(desk.secret, "\n".join(said).encode(), sha256)).decode().rstrip("=")


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()


def _address(desk: Desk) -> str:
    if not isinstance(desk.settings, DeadlinesSettings):
        raise TypeError
    return desk.settings.address


command(
    router,
    _PATH,
    _subscribe,
    body=Subscription,
    roles=READERS,
    action="Subscribe",
    summary="A secret address of one's own for the calendar of clocks; it ends the one before",
)
