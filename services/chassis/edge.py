"""Around every request: limits before anything is read, safe headers, one metric and one log line after."""

import asyncio
from http import HTTPStatus
from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.chassis import telemetry
from services.chassis.clock import new_id, seconds
from services.chassis.failpoints import StagedFaultError
from services.chassis.problems import ProblemError, respond

LARGEST_BODY: Final = 256 * 1024
LONGEST_URL: Final = 2048
LARGEST_HEADERS: Final = 16 * 1024
MOST_HEADERS: Final = 100
LONGEST_ID: Final = 64
BODY_SECONDS: Final = 30.0
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
_QUIET: Final = ("/health/", "/metrics")

log = structlog.get_logger()


class Edge:
    """ASGI middleware: nothing inside it is asked before the request is known to be bounded."""

    def __init__(self, app: ASGIApp, *, version: str) -> None:
        self._app = app
        self._version = version.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or pass on what is not HTTP."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = seconds()
        status = 500
        request_id = _request_id(scope)

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    (b"cache-control", b"no-store"),
                    (b"x-content-type-options", b"nosniff"),
                    (b"x-request-id", request_id),
                ]
            await send(message)

        try:
            if (problem := _unbounded(scope)) is not None:
                await respond(problem)(scope, receive, sending)
            else:
                await self._app(scope, _Bounded(receive), sending)
        except ProblemError as problem:
            await respond(problem)(scope, receive, sending)
        except StagedFaultError:
            await respond(ProblemError(503, "unavailable", "Not available now; try again."))(scope, receive, sending)
        except Exception as fault:  # noqa: BLE001 - a boundary: said in the log, answered as 500
            log.error("request.failed", fault=type(fault).__name__, where=where(fault), request_id=request_id.decode())
            await respond(ProblemError(500, "fault", "A fault of ours; it has been recorded."))(scope, receive, sending)
        finally:
            _measure(scope, status, seconds() - began, request_id)


class _Bounded:
    """Reads the body up to a size and within a time."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._read = 0
        self._done = False

    async def __call__(self) -> Message:
        if self._done:
            return await self._receive()
        try:
            async with asyncio.timeout(BODY_SECONDS):
                message = await self._receive()
        except TimeoutError:
            raise ProblemError(408, "too_slow", "The body took too long.") from None
        self._read += len(message.get("body", b""))
        self._done = not message.get("more_body", False)
        if self._read > LARGEST_BODY:
            raise ProblemError(413, "too_large", f"A body has at most {LARGEST_BODY // 1024} KiB.")
        return message


def _unbounded(scope: Scope) -> ProblemError | None:
    headers = scope["headers"]
    if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST_URL:
        return ProblemError(414, "too_long", f"An address has at most {LONGEST_URL} characters.")
    if len(headers) > MOST_HEADERS or sum(len(name) + len(value) for name, value in headers) > LARGEST_HEADERS:
        return ProblemError(431, "headers_too_large", f"At most {MOST_HEADERS} headers of {LARGEST_HEADERS // 1024} KiB in all.")
    if sum(name == b"host" for name, _ in headers) != 1:
        return ProblemError(400, "host_required", "Send one Host header.")
    return None


def _request_id(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and 0 < len(value) <= LONGEST_ID and value.replace(b"-", b"").isalnum():
            return bytes(value)
    return str(new_id()).encode()


def _measure(scope: Scope, status: int, took: float, request_id: bytes) -> None:
    route = getattr(scope.get("route"), "path", None) or "unknown"
    method = scope["method"] if scope["method"] in _METHODS else "other"
    telemetry.requests.labels(route=route, method=method, code=str(status)).inc()
    telemetry.durations.labels(route=route, method=method).observe(took)
    if status in {401, 403, 404}:
        telemetry.denied.labels(reason={401: "unauthenticated", 403: "role_not_allowed", 404: "not_found"}[status]).inc()
    if not route.startswith(_QUIET):
        case = scope.get("path_params", {}).get("case_id") if status != HTTPStatus.NOT_FOUND else None
        log.info(
            "request",
            route=route,
            method=method,
            status=status,
            ms=round(took * 1000, 1),
            case=case,
            request_id=request_id.decode(),
        )


def where(fault: BaseException) -> str:
    """The function and line at which a fault was raised: safe to log, as its message is not."""
    if isinstance(fault, BaseExceptionGroup):
        return ", ".join(f"{type(each).__name__} {where(each)}" for each in fault.exceptions)
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else "unknown"
