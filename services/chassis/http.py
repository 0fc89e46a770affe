"""The HTTP application of a service: the routes that all five have, problems for every error, documents without the network."""

from collections.abc import Awaitable, Callable, Iterable
from http import HTTPStatus
from typing import Any, Final, Protocol

import structlog
from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Lifespan

from contracts.envelope import Fault
from services.chassis import telemetry
from services.chassis.appender import UnavailableError
from services.chassis.codec import MAX_DATA, TooLargeError
from services.chassis.commands import faults
from services.chassis.edge import Edge
from services.chassis.keys import KeysUnavailableError
from services.chassis.postgres import UNAVAILABLE, describe
from services.chassis.problems import PROBLEM, PROBLEM_TYPE, SCHEMA, ProblemError, not_found, problems, respond
from services.chassis.queries import query
from services.chassis.reading import as_json

VERSION: Final = "0.1.0"
log = structlog.get_logger()

RETRY: Final = {"Retry-After": "1"}


class Standing(Protocol):
    """What a running service says of itself."""

    async def ready(self) -> list[str]:
        """What is not ready; empty when all is."""
        ...

    async def measure(self) -> None:
        """Bring the gauges of the store up to date."""
        ...

    async def status(self) -> dict[str, Any]:
        """`{"service", "events", "behind", "parked", "outbox", "position", "projections"}`."""
        ...


def build(*, service: str, summary: str, lifespan: Lifespan[FastAPI], routers: Iterable[APIRouter]) -> FastAPI:
    """The application. Its lifespan puts a `Desk` at `app.state.desk` and a `Standing` at `app.state.standing`."""
    app = FastAPI(
        title=f"SIR {service}",
        summary=summary,
        version=VERSION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.service = service
    app.add_middleware(Edge, version=VERSION)
    for kind, answer in _ANSWERS.items():
        app.add_exception_handler(kind, answer)
    own = list(routers)
    for router in (_common(service), *own):
        app.include_router(router)
    endpoints = [getattr(route, "endpoint", None) for router in own for route in router.routes]
    bodies = {body for endpoint in endpoints if (body := getattr(endpoint, "body", None)) is not None}
    app.openapi = lambda: _openapi(app, bodies)  # type: ignore[method-assign]  # as FastAPI documents it
    return app


def _common(service: str) -> APIRouter:
    router = APIRouter()

    @router.get("/health/live", summary="Is the process alive", responses=problems())
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @router.get("/health/ready", summary="Can it serve", responses=problems(503))
    async def ready(request: Request) -> Response:
        standing: Standing | None = getattr(request.app.state, "standing", None)
        missing = await standing.ready() if standing else ["starting"]
        if missing:
            raise ProblemError(503, "not_ready", "Not ready: " + ", ".join(missing), headers=RETRY)
        return as_json({"status": "ready"})

    @router.get("/metrics", summary="Prometheus metrics", response_class=PlainTextResponse, responses=problems())
    async def metrics(request: Request) -> Response:
        standing: Standing | None = getattr(request.app.state, "standing", None)
        if standing:
            try:
                await standing.measure()
            except UNAVAILABLE as fault:  # the scrape goes on; sir_store_measured_timestamp_seconds says how old they are
                log.warning("metrics.stale", **describe(fault))
        return Response(generate_latest(telemetry.REGISTRY), media_type=CONTENT_TYPE_LATEST)

    @router.get("/version", summary="What runs here", responses=problems())
    async def version() -> dict[str, str]:
        return {"service": service, "version": VERSION}

    @query(router, "/v1/status", roles=None, summary="How far this service has come")
    async def status(request: Request) -> Response:
        standing: Standing = request.app.state.standing
        return as_json(await standing.status())

    @router.get("/docs", summary="This API for people", response_class=HTMLResponse, include_in_schema=False)
    async def docs(request: Request) -> HTMLResponse:
        return HTMLResponse(_page(request.app.openapi()))

    return router


def _openapi(app: FastAPI, bodies: set[type[BaseModel]]) -> dict[str, Any]:
    if app.openapi_schema:
        return app.openapi_schema
    document = get_openapi(title=app.title, summary=app.summary, version=app.version, routes=app.routes)
    _, definitions = models_json_schema(
        [(body, "validation") for body in sorted(bodies, key=lambda b: b.__name__)], ref_template="#/components/schemas/{model}"
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas |= definitions.get("$defs", {})
    schemas["Problem"] = SCHEMA
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}}
    components["responses"] = {"Problem": PROBLEM}
    for methods in document["paths"].values():
        for operation in methods.values():
            judged = ["422"] if any(each["in"] == "query" for each in operation.get("parameters", ())) else []
            told = [status for status, answer in operation["responses"].items() if PROBLEM_TYPE in answer.get("content", ())]
            operation["responses"] |= {status: {"$ref": "#/components/responses/Problem"} for status in (*told, *judged)}
    app.openapi_schema = document
    return document


def _page(document: dict[str, Any]) -> str:
    """The API as one page that asks no other host for anything."""
    from html import escape

    rows = "".join(
        f"<tr><td><code>{method.upper()}</code></td><td><code>{escape(path)}</code></td>"
        f"<td>{escape(str(operation.get('summary', '')))}</td>"
        f"<td>{escape(', '.join(operation.get('x-roles', ())))}</td></tr>"
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    )
    title = escape(document["info"]["title"])
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title></head><body><h1>{title}</h1><p>{escape(document['info'].get('summary') or '')}</p>"
        '<p>The whole contract: <a href="/openapi.json">openapi.json</a></p><table><caption>Calls</caption>'
        "<thead><tr><th>Method</th><th>Address</th><th>What it does</th><th>Roles</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></body></html>"
    )


async def _problem(_request: Request, problem: Exception) -> Response:
    if not isinstance(problem, ProblemError):
        raise problem
    return respond(problem)


async def _invalid(_request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    if any(fault["loc"][0] == "path" for fault in error.errors()):
        return respond(not_found())
    told = [fault | {"loc": fault["loc"][1:]} for fault in error.errors()]
    return respond(ProblemError(422, "invalid", "Some parameters are not as they should be.", faults=faults(told)))


async def _framework(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == HTTPStatus.NOT_FOUND:
        return respond(not_found())
    return respond(
        ProblemError(error.status_code, "not_allowed", "This address does not take that.", headers=dict(error.headers or {}))
    )


async def _unavailable(_request: Request, fault: Exception) -> Response:
    if isinstance(fault, UnavailableError) and fault.unknown:
        detail = "The answer was lost on the way: send the same request with the same Idempotency-Key again."
        return respond(ProblemError(503, "outcome_unknown", detail, headers=RETRY))
    telemetry_line = describe(fault)
    return respond(ProblemError(503, "unavailable", f"Not available now ({telemetry_line['fault']}); try again.", headers=RETRY))


async def _too_large(_request: Request, _fault: Exception) -> Response:
    """Its body was within the limit; sealed, and with what was said before beside it, the event is not."""
    detail = f"What this says would be kept as more than {MAX_DATA // 1024} KiB: say it in shorter texts."
    return respond(ProblemError(422, "too_large", detail, faults=[Fault(pointer="#", code="too_large", detail=detail)]))


_ANSWERS: Final[dict[type[Exception], Callable[[Request, Exception], Awaitable[Response]]]] = {
    ProblemError: _problem,
    RequestValidationError: _invalid,
    HTTPException: _framework,
    UnavailableError: _unavailable,
    KeysUnavailableError: _unavailable,
    TooLargeError: _too_large,
    **dict.fromkeys(UNAVAILABLE, _unavailable),
}
