"""The read side of HTTP: scoped connections, entity tags, pages with a cursor, and a stream's history."""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson
from starlette.requests import Request
from starlette.responses import Response

from contracts.envelope import Fault
from services.chassis import codec
from services.chassis.identity import Caller
from services.chassis.keys import Keyring
from services.chassis.postgres import Pool
from services.chassis.problems import ProblemError

EVERY_COUNCIL: Final = "*"
PAGE: Final = 50
LARGEST_PAGE: Final = 200
_TAG: Final = 16
_TRACE: Final = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")

_READ_AUDIT: Final = "insert into audit (role, actor, council, action, subject, purpose) values ($1, $2, $3, $4, $5, $6)"


@asynccontextmanager
async def scoped(pool: Pool, *, role: str, council: str | None) -> AsyncIterator[asyncpg.Connection]:
    """A read transaction as the query role `role`, which row-level security holds to one council, or to all when None."""
    async with pool.acquire() as connection, connection.transaction(readonly=True):
        await connection.execute(
            "select set_config('role', $1, true), set_config('sir.council', $2, true)", role, council or EVERY_COUNCIL
        )
        yield connection


async def audited(
    connection: asyncpg.Connection, caller: Caller, action: str, subject: str | None, purpose: str | None = None
) -> None:
    """Record who read what. Call before the data leaves: no audit row, no data."""
    await connection.execute(_READ_AUDIT, caller.role, caller.actor, caller.council, action, subject, purpose)


def as_json(body: Any, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(body), status, headers, media_type="application/json")


def etag(version: int) -> str:
    """A stream's version as an entity tag."""
    return f'"{version}"'


class Cursors:
    """Opaque cursors: a keyset position, signed so that nobody builds one, nor brings another service's."""

    def __init__(self, secret: bytes, service: str) -> None:
        self._secret = hmac.digest(secret, service.encode(), sha256)

    def write(self, position: Sequence[Any]) -> str:
        """The cursor behind a position."""
        raw = orjson.dumps(list(position))
        return urlsafe_b64encode(self._sign(raw) + raw).decode().rstrip("=")

    def read(self, cursor: str) -> list[Any]:
        """The position behind a cursor.

        Raises:
            ProblemError: 422, not a cursor of ours.
        """
        try:
            whole = urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4))
            tag, raw = whole[:_TAG], whole[_TAG:]
            if hmac.compare_digest(tag, self._sign(raw)):
                return list(orjson.loads(raw))
        except ValueError:
            pass
        fault = Fault(pointer="#/cursor", code="bad_cursor", detail="Take the cursor from the Link header of the page before.")
        raise ProblemError(422, "bad_cursor", "The cursor is not one of ours.", faults=[fault])

    def _sign(self, raw: bytes) -> bytes:
        return hmac.digest(self._secret, raw, sha256)[:_TAG]


def page(request: Request, body: dict[str, Any], following: str | None) -> Response:
    """One page; `following` is the cursor of the next one."""
    if following is None:
        return as_json(body)
    address = request.url.include_query_params(cursor=following)
    return as_json(body, headers={"Link": f'<{address}>; rel="next"'})


async def history(
    connection: asyncpg.Connection,
    *,
    source: str,
    subject: str,
    keyring: Keyring | None,
    known_at: datetime | None = None,
) -> list[dict[str, Any]]:
    """A stream's events as JSON, in order; personal values opened with `keyring`, left out without."""
    rows = await connection.fetch(
        f"select {codec.COLUMNS} from event where subject = $1 and ($2::timestamptz is null or recorded <= $2) order by version",
        subject,
        known_at,
    )
    if keyring and rows:
        await keyring.fetch([subject])
    told: list[dict[str, Any]] = []
    for row in rows:
        envelope, data = codec.from_row(source, row)
        opener = keyring.box(subject, envelope.id.bytes).open if keyring else None
        told.append(
            {
                "stream": envelope.stream,
                "version": envelope.streamversion,
                "id": str(envelope.id),
                "type": envelope.type,
                "time": envelope.time,
                "recordedtime": envelope.recordedtime,
                "actor": {"role": envelope.role, "id": envelope.actor},
                "origin": envelope.origin,
                "hash": envelope.hash.hex(),
                "data": codec.visible(orjson.loads(data), opener),
            }
        )
    return told


def trace(request: Request) -> str | None:
    """The caller's trace (W3C traceparent): it goes into every event, so what is not one is left out."""
    said = request.headers.get("traceparent", "")
    return said if _TRACE.fullmatch(said) else None


def identifier(raw: str) -> UUID | None:
    """The identifier in a path; None when it is none (which is answered like an unknown one)."""
    try:
        return UUID(raw) if len(raw) == 36 else None  # noqa: PLR2004 - the length of a hyphenated UUID
    except ValueError:
        return None
