"""Errors as RFC 9457 problems: a code for programs, words for people, a pointer to the fault; never a submitted value."""

from collections.abc import Sequence
from typing import Any, Final

import orjson
from starlette.responses import Response

from contracts.envelope import Fault, Refused

TITLES: Final = {
    400: "The request cannot be read",
    401: "Sign in",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Not possible now",
    412: "Changed since you read it",
    413: "Too large",
    414: "Address too long",
    415: "Media type not supported",
    422: "Refused",
    428: "Say which version you saw",
    429: "Too many requests",
    431: "Headers too large",
    500: "Fault here",
    503: "Not available now",
}


PROBLEM_TYPE: Final = "application/problem+json"
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {name: {"type": "string"} for name in ("pointer", "code", "detail", "rule")},
            },
        },
    },
}
PROBLEM: Final[dict[str, Any]] = {
    "description": "A problem (RFC 9457)",
    "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For OpenAPI: the statuses that a caller should expect, and that every other one is a problem too."""
    return {**dict.fromkeys(sorted(statuses), PROBLEM), "default": PROBLEM}


class ProblemError(Exception):
    """An answer that is not the one asked for. Raised at the HTTP edge, answered by `respond`."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        faults: Sequence[Fault] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.detail = detail
        self.faults = faults
        self.headers = headers or {}
        self.more: dict[str, Any] = {}

    @classmethod
    def refused(cls, refusal: Refused) -> "ProblemError":
        """The problem of a decision's refusal."""
        problem = cls(refusal.status, refusal.code, refusal.detail, faults=refusal.faults)
        if refusal.status == 409:  # noqa: PLR2004 - the state forbids it: say what it allows
            problem.more = {"allowed": list(refusal.allowed)}
        return problem


def respond(problem: ProblemError) -> Response:
    """The problem as an HTTP answer."""
    body = {
        "type": f"urn:sir:problem:{problem.code}",
        "title": TITLES.get(problem.status, "Problem"),
        "status": problem.status,
        "detail": problem.detail,
        "errors": [
            {"pointer": f.pointer, "code": f.code, "detail": f.detail} | ({"rule": f.rule} if f.rule else {})
            for f in problem.faults
        ],
        **problem.more,
    }
    return Response(orjson.dumps(body), problem.status, problem.headers, media_type=PROBLEM_TYPE)


def not_found() -> ProblemError:
    """One body for what does not exist and for what is not yours."""
    return ProblemError(404, "not_found", "There is nothing here that you may see.")
