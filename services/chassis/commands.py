"""Commands over HTTP: one order of checks for every POST, one place where a decision becomes an answer.

401, 403, 404, 400, 428, 412, 409, 422: who, may they, is it there, can it be read, which version, is it still so, is it possible,
is it right. A key that was used before gives the first answer again, before any check of versions.
"""

import json
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, Generic, Protocol, TypeVar
from uuid import UUID

import asyncpg
import orjson
from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from contracts.envelope import Fault, Refused
from services.chassis.appender import Appender
from services.chassis.describing import DONE, LONGEST_KEY, TRIED, described
from services.chassis.idempotency import Answer, Once, fingerprint, recall
from services.chassis.identity import Caller, Issuer
from services.chassis.postgres import Pool
from services.chassis.problems import ProblemError, not_found, problems
from services.chassis.reading import etag, identifier, trace
from services.chassis.store import Ask, Done, Outcome, Store

B = TypeVar("B", bound="Body")

DEEPEST: Final = 16
LONGEST_NAME: Final = 100
MOST_FAULTS: Final = 100
"""Faults told at once: an answer is not made longer than what was sent."""
EVERY_COMMAND: Final = (400, 401, 403, 409, 413, 415, 422, 503)
DRY_RUN: Final = "x-dry-run"
_VERSION: Final = re.compile('"[0-9]{1,9}"')


class Body(BaseModel):
    """A command's body: strict, and nothing unknown in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Generic[B]):
    """What a handler is given after the checks: `subject`, `version` and `state` only on routes of one subject."""

    caller: Caller
    body: B
    once: Once | None
    dry_run: bool
    traceparent: str | None
    subject: str = ""
    version: int | None = None
    state: Any = None


class Desk(Protocol):
    """What a service gives its command routes; its composition root puts one at `app.state.desk`."""

    issuer: Issuer
    pool: Pool
    store: Store[Any]
    appender: Appender
    secret: bytes
    in_progress: set[tuple[str, str]]

    async def visible(self, caller: Caller, subject: UUID) -> bool:
        """Whether the caller may know that this subject exists."""
        ...

    async def permitted(
        self, connection: asyncpg.Connection, caller: Caller, subject: str, state: Any, action: str
    ) -> Refused | None:
        """Whether the state allows the action at all, whatever its words (a 409 comes before a 422)."""
        ...


Handler = Callable[[Any, Asked[Any]], Awaitable[Ask | Response]]
"""(desk, what was asked) -> the command to carry out, or an answer of its own (a dry run)."""


def command(
    router: APIRouter,
    path: str,
    handler: Handler,
    *,
    body: type[Body],
    roles: Iterable[str],
    action: str,
    summary: str,
    errors: Sequence[int] = (),
) -> None:
    """Register `POST path`. `action` names the command for `permitted`; a path with `{case_id}` is one of a subject."""
    allowed = frozenset(roles)
    of_subject = "{case_id}" in path

    async def endpoint(request: Request) -> Response:
        desk: Desk = request.app.state.desk
        caller = await desk.issuer.caller(request, allowed)
        subject = await subject_of(desk, caller, request) if of_subject else ""
        parsed, raw = await read_json(request, may_be_empty=not body.model_fields)
        dry_run = _dry_run(request)
        once = None if dry_run and "idempotency-key" not in request.headers else _once(desk, caller, request, parsed)
        asked = Asked(caller=caller, body=None, once=once, dry_run=dry_run, traceparent=trace(request), subject=subject)  # type: ignore[type-var]  # the body takes its place once it is read
        return await _guarded(desk, request, asked, raw, body, handler, action)

    endpoint.__dict__["body"] = body
    router.add_api_route(
        path,
        endpoint,
        methods=["POST"],
        status_code=201,
        summary=summary,
        name=action,
        response_class=Response,
        openapi_extra=described(path, body, allowed),
        responses={201: DONE, 200: TRIED, **problems(*EVERY_COMMAND, *((404, 412, 428) if of_subject else ()), *errors)},
    )


async def _guarded(
    desk: Desk, request: Request, asked: Asked[Any], raw: bytes, body: type[Body], handler: Handler, action: str
) -> Response:
    once = asked.once
    if once is None or asked.dry_run:
        return await _judged(desk, request, asked, raw, body, handler, action)
    if (once.client, once.key) in desk.in_progress:
        raise ProblemError(
            409, "request_in_progress", "The first request with this key is still running.", headers={"Retry-After": "1"}
        )
    desk.in_progress.add((once.client, once.key))
    try:
        return await _judged(desk, request, asked, raw, body, handler, action)
    finally:
        desk.in_progress.discard((once.client, once.key))


async def _judged(
    desk: Desk, request: Request, asked: Asked[Any], raw: bytes, body: type[Body], handler: Handler, action: str
) -> Response:
    version, state = None, None
    if asked.subject:
        async with desk.pool.acquire() as connection:
            kept = (await recall(connection, [asked.once])).get(asked.once) if asked.once and not asked.dry_run else None
            if kept is not None and not kept.reused:
                return replied(kept, replayed=True)
            version, state = await desk.store.state(connection, asked.subject)
            refusal = await desk.permitted(connection, asked.caller, asked.subject, state, action)
        seen = _if_match(request)
        if seen != version:
            raise ProblemError(
                412, "stale_version", "Changed since you read it: read it again and decide anew.", headers={"ETag": etag(version)}
            )
        if refusal is not None:
            raise ProblemError.refused(refusal)
        if kept is not None:
            raise reused()
    words = validated(body, raw)
    ready = Asked(
        caller=asked.caller,
        body=words,
        once=asked.once,
        dry_run=asked.dry_run,
        traceparent=asked.traceparent,
        subject=asked.subject,
        version=version,
        state=state,
    )
    result = await handler(desk, ready)
    if isinstance(result, Response):
        return result
    return await _tried(desk, result) if asked.dry_run else answered(await desk.appender.execute(result))


async def _tried(desk: Desk, ask: Ask) -> Response:
    """What would be answered, with nothing kept; the key is not used up."""
    async with desk.pool.acquire() as connection:
        answer = answered(await desk.store.tried(connection, ask))
    answer.status_code = 200
    del answer.headers["etag"]
    return answer


def answered(outcome: Outcome) -> Response:
    """The HTTP answer of an outcome."""
    match outcome:
        case Refused():
            raise ProblemError.refused(outcome)
        case Answer(reused=True):
            raise reused()
        case Answer():
            return replied(outcome, replayed=True)
        case Done(answer=answer) if answer is not None:
            return replied(answer, replayed=False)
        case Done():
            msg = "a command over HTTP without an answer"
            raise AssertionError(msg)


def replied(answer: Answer, *, replayed: bool) -> Response:
    """A kept or new answer as a response."""
    headers = {"ETag": answer.etag} if answer.etag else {}
    if replayed:
        headers["Idempotent-Replayed"] = "true"
    return Response(answer.body, answer.status, headers, media_type="application/json")


def created(body: dict[str, Any], version: int) -> Answer:
    """201 with the stream's new version."""
    return Answer(status=201, body=orjson.dumps(body), etag=etag(version))


def reused() -> ProblemError:
    """The key was used for another request."""
    return ProblemError(422, "idempotency_key_reused", "This Idempotency-Key was used for another request: use a new one.")


async def read_json(request: Request, *, may_be_empty: bool = False) -> tuple[Any, bytes]:
    """The body, parsed and raw. 415 when it is not JSON by its type, 400 when it cannot be read."""
    if may_be_empty and not await request.body():
        return {}, b"{}"
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().replace('"', "")
    if kind.strip().lower() != "application/json" or charset not in {"", "charset=utf-8"}:
        raise ProblemError(415, "media_type", "Send application/json in UTF-8.")
    if request.headers.get("content-encoding", "identity") != "identity":
        raise ProblemError(415, "content_encoding", "Send the body without compression.")
    raw = await request.body()
    try:
        text = raw.decode()
        parsed = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise ProblemError(400, "invalid_json", "The body is not JSON in UTF-8, or names a member twice.") from None
    if _deeper(parsed, DEEPEST):
        raise ProblemError(400, "too_deep", f"The body is nested deeper than {DEEPEST} levels.")
    return parsed, raw


def validated(body: type[B], raw: bytes) -> B:
    """The body as its model; 422 with a pointer for each fault, never a value."""
    try:
        return body.model_validate_json(raw)
    except ValidationError as error:
        raise ProblemError(422, "invalid", "Some fields are not as they should be.", faults=faults(error.errors())) from None


def faults(errors: Iterable[Any]) -> list[Fault]:
    """Pydantic's errors as faults: the place, the kind and its general words, without what was sent."""
    return [
        Fault(
            pointer="#" + "".join(f"/{_part(part)}" for part in error["loc"]),
            code={"missing": "required", "extra_forbidden": "unknown_field"}.get(error["type"], error["type"]),
            detail=_WORDS.get(error["type"]) or str(error["msg"]).split(", got ")[0],
        )
        for error in islice(errors, MOST_FAULTS)
    ]


def _part(name: Any) -> str:
    """A step of a JSON pointer; a name that was sent is not given back at any length."""
    return str(name)[:LONGEST_NAME].replace("~", "~0").replace("/", "~1")


_WORDS: Final = {
    "missing": "This field is required.",
    "extra_forbidden": "This field is not known here.",
    "json_invalid": "The body is not JSON.",
    "model_type": "An object is expected here.",
    "uuid_parsing": "An identifier is a UUID.",  # the library's words give back a character that was sent
}


async def subject_of(desk: Desk, caller: Caller, request: Request) -> str:
    """The case in the path; 404 for one that is none, is not there or is not the caller's: one body for all."""
    found = identifier(request.path_params["case_id"])
    if found is None or not await desk.visible(caller, found):
        raise not_found()
    return str(found)


def _once(desk: Desk, caller: Caller, request: Request, parsed: Any) -> Once:
    keys = request.headers.getlist("idempotency-key")
    if not keys:
        raise ProblemError(400, "idempotency_key_required", "Send an Idempotency-Key: a new one for each thing that you do.")
    key = keys[0]
    if len(keys) > 1 or not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise ProblemError(
            400, "idempotency_key_invalid", f"An Idempotency-Key is 1 to {LONGEST_KEY} printable ASCII characters, sent once."
        )
    client = f"{caller.role}/{caller.council or ''}/{caller.actor}"
    return Once(client=client, key=key, fingerprint=fingerprint(desk.secret, request.url.path, parsed))


def _dry_run(request: Request) -> bool:
    said = request.headers.get(DRY_RUN, "false").lower()
    if said not in {"true", "false"}:
        raise ProblemError(400, "dry_run_invalid", "X-Dry-Run is true or false.")
    return said == "true"


def _if_match(request: Request) -> int:
    said = request.headers.get("if-match")
    if said is None:
        raise ProblemError(428, "if_match_required", "Send If-Match with the ETag that you read.")
    return int(said.strip('"')) if _VERSION.fullmatch(said) else -1


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        msg = "a member twice"
        raise ValueError(msg)
    return found


def _no_constant(_name: str) -> Any:
    msg = "not JSON"
    raise ValueError(msg)


def _deeper(value: Any, left: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return left == 0 or any(_deeper(each, left - 1) for each in inner)
