"""Queries over HTTP: one order of checks for every read. 401, 403, 404, and only then what a parameter says (422)."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from services.chassis.commands import Desk, subject_of
from services.chassis.describing import JSON, access, subject_in
from services.chassis.problems import problems

F = TypeVar("F", bound=Callable[..., Any])


def query(
    router: APIRouter,
    path: str,
    *,
    roles: Iterable[str] | None,
    summary: str,
    method: str = "GET",
    status: int = 200,
    content: dict[str, Any] = JSON,
    errors: Iterable[int] = (),
    **more: Any,
) -> Callable[[F], F]:
    """Register a read of `path`, or what else is no command; `roles` None is any role.

    The handler finds `request.state.caller`, and `request.state.subject` where the path names a case. A dependency comes before
    the framework judges the handler's own parameters: nobody learns from a 422 what a 401 keeps.
    """
    allowed = None if roles is None else frozenset(roles)
    of_subject = "{case_id}" in path

    async def admitted(request: Request) -> None:
        desk: Desk = request.app.state.desk
        request.state.caller = await desk.issuer.caller(request, allowed)
        if of_subject:
            request.state.subject = await subject_of(desk, request.state.caller, request)

    return router.api_route(
        path,
        methods=[method],
        status_code=status,
        summary=summary,
        response_class=Response,
        dependencies=[Depends(admitted)],
        openapi_extra=access(allowed) | subject_in(path) | more,
        responses={
            status: {"description": "As asked", "content": content},
            **problems(401, 403, 503, *((404,) if of_subject else ()), *errors),
        },
    )
