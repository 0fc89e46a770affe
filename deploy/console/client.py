"""The services' HTTP as a registrar uses it: safe to send again, clear when it is refused, and knowing when all is taken in."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import httpx2

from deploy.console.tokens import Bearer, token
from deploy.local.stack import Addresses

AT_ONCE: Final = 12
"""Requests under way at the same time."""

PATIENCE: Final = 40
"""Attempts, with waits of up to two seconds: long enough for a service that was killed to be there again."""

FIRST_WAIT, LONGEST_WAIT = 0.05, 2.0
ROUND: Final = 0.1


class RefusedError(Exception):
    """A service said no. The message is for people; `status`, `code` and `errors` are the problem's (RFC 9457)."""

    def __init__(self, service: str, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.code = str(problem.get("type", "")).rpartition(":")[2]
        self.errors: list[dict[str, str]] = list(problem.get("errors", ()))
        words = "; ".join(f"{error['pointer'].removeprefix('#/')}: {error['detail']}" for error in self.errors)
        super().__init__(f"{service} answered {status}: {words or problem.get('detail', 'it did not say why')}")


class SilentError(Exception):
    """A service has not answered for longer than a restart takes."""


@dataclass(frozen=True, slots=True)
class Client:
    """Commands and queries of one role."""

    http: httpx2.AsyncClient
    stack: Addresses

    async def get(self, service: str, path: str) -> httpx2.Response:
        """A query; RefusedError if it is not answered with 200."""
        answer = await self._sent("GET", service, path, None, {})
        return _accepted(service, answer)

    async def post(
        self, service: str, path: str, body: Mapping[str, Any], *, key: str, version: str | None = None
    ) -> dict[str, Any]:
        """A command, done once however often it is sent; RefusedError if it is refused."""
        headers = {"Idempotency-Key": key} | ({"If-Match": version} if version is not None else {})
        answer: dict[str, Any] = _accepted(service, await self._sent("POST", service, path, body, headers)).json()
        return answer

    async def tried(self, service: str, path: str, body: Mapping[str, Any]) -> None:
        """A command judged and not done; RefusedError if it would be refused."""
        _accepted(service, await self._sent("POST", service, path, body, {"X-Dry-Run": "true"}))

    async def on_case(self, service: str, case_id: str, command: str, body: Mapping[str, Any], *, key: str, version: int) -> int:
        """A command on a case believed to be at a version, which is read if it is another; the version after it."""
        for _ in range(PATIENCE):
            try:
                path = f"/v1/cases/{case_id}/{command}"
                answer = await self.post(service, path, body, key=key, version=f'"{version}"')
            except RefusedError as refused:
                if refused.status != httpx2.codes.PRECONDITION_FAILED:
                    raise
                version = int((await self.get(service, f"/v1/cases/{case_id}")).headers["etag"].strip('"'))
            else:
                return int(answer["version"])
        raise SilentError(f"{service}: the case {case_id} changes all the time; try again later")

    async def standing(self) -> list[dict[str, Any]]:
        """How far each service says it is."""
        return [(await self.get(service, "/v1/status")).json() for service in self.stack.services]

    async def settled(self) -> None:
        """Wait until all five have caught up in two successive rounds with nothing new (api.md 2)."""
        before: list[int] = []
        while True:
            told = await self.standing()
            events = [each["events"] for each in told]
            if all(each["behind"] == 0 and each["outbox"] == 0 for each in told):
                if events == before:
                    return
                before = events
            else:
                before = []
            await asyncio.sleep(ROUND)

    async def _sent(
        self, method: str, service: str, path: str, body: Mapping[str, Any] | None, headers: dict[str, str]
    ) -> httpx2.Response:
        wait = FIRST_WAIT
        for _ in range(PATIENCE):
            try:
                answer = await self.http.request(method, self.stack.services[service] + path, json=body, headers=headers)
            except httpx2.TransportError:
                answer = None
            if answer is not None and not _passing(answer):
                return answer
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)
        raise SilentError(f"{service} has not answered for more than a minute; start it, and run the same import again")


@asynccontextmanager
async def speaking(stack: Addresses, role: str, council: str | None = None) -> AsyncIterator[Client]:
    """A client of one role on a running stack."""
    bearer = Bearer(lambda: token(stack, role, council))
    async with httpx2.AsyncClient(auth=bearer, timeout=30, limits=httpx2.Limits(max_connections=AT_ONCE)) as http:
        yield Client(http, stack)


def registrar(stack: Addresses) -> AbstractAsyncContextManager[Client]:
    """The client that imports."""
    return speaking(stack, "registrar")


def _accepted(service: str, answer: httpx2.Response) -> httpx2.Response:
    if answer.status_code in {httpx2.codes.OK, httpx2.codes.CREATED}:
        return answer
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    raise RefusedError(service, answer.status_code, problem)


def _passing(answer: httpx2.Response) -> bool:
    """Whether the same request may be answered otherwise in a moment."""
    in_progress = answer.status_code == httpx2.codes.CONFLICT and "request_in_progress" in answer.text
    return in_progress or answer.status_code in {httpx2.codes.SERVICE_UNAVAILABLE, httpx2.codes.TOO_MANY_REQUESTS}
