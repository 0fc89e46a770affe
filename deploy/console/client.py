"""The services' HTTP, as a registrar uses it: safe retries, clear errors, and knowing when everything has been taken in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from deploy.console.tokens import token
from deploy.local.stack import Addresses

ATTEMPTS = 40
"""With waits of up to two seconds: long enough for a service that was killed to be started again."""


class RefusedError(Exception):
    """A service said no; the message is what it said."""


@dataclass(frozen=True)
class Client:
    """Commands and queries of one registrar."""

    http: httpx2.AsyncClient
    stack: Addresses

    async def get(self, service: str, path: str) -> httpx2.Response:
        """A query."""
        return await self._sent("GET", f"{self.stack.services[service]}{path}", None, {})

    async def post(self, service: str, path: str, body: Any, *, key: str, version: str | None = None) -> Any:
        """A command, once however often it is sent.

        Raises:
            RefusedError: what the service said.
        """
        headers = {"Idempotency-Key": key} | ({"If-Match": version} if version else {})
        answer = await self._sent("POST", f"{self.stack.services[service]}{path}", body, headers)
        if answer.status_code == httpx2.codes.CREATED:
            return answer.json()
        problem = answer.json()
        words = "; ".join(f"{fault['pointer']}: {fault['detail']}" for fault in problem.get("errors", ())) or problem.get("detail", "")
        msg = f"{service} answered {answer.status_code}: {words}"
        raise RefusedError(msg)

    async def on_case(self, service: str, case_id: str, command: str, body: Any, *, key: str) -> Any:
        """A command on a case, at the version that the service has of it."""
        for _ in range(ATTEMPTS):
            read = await self.get(service, f"/v1/cases/{case_id}")
            try:
                return await self.post(service, f"/v1/cases/{case_id}/{command}", body, key=key, version=read.headers.get("etag", '"0"'))
            except RefusedError as refused:
                if "answered 412" not in str(refused):
                    raise
        msg = f"{service}: the case {case_id} changes all the time"
        raise RefusedError(msg)

    async def settled(self) -> None:
        """Wait until all services have caught up in two successive rounds with nothing new."""
        before: list[Any] = []
        while True:
            told = [(await self.get(service, "/v1/status")).json() for service in self.stack.services]
            events = [each.get("events") for each in told]
            if all(each.get("behind") == 0 and each.get("outbox") == 0 for each in told) and events == before:
                return
            before = events
            await asyncio.sleep(0.1)

    async def _sent(self, method: str, url: str, body: Any, headers: dict[str, str]) -> httpx2.Response:
        wait = 0.05
        for attempt in range(ATTEMPTS):
            try:
                answer = await self.http.request(method, url, json=body, headers=headers)
                in_progress = answer.status_code == httpx2.codes.CONFLICT and "in_progress" in answer.text
                if answer.status_code != httpx2.codes.SERVICE_UNAVAILABLE and not in_progress:
                    return answer
            except httpx2.HTTPError:
                if attempt == ATTEMPTS - 1:
                    raise
            await asyncio.sleep(wait)
            wait = min(wait * 2, 2.0)
        msg = f"{url} has not answered for a minute"
        raise RefusedError(msg)


@asynccontextmanager
async def registrar(stack: Addresses) -> AsyncIterator[Client]:
    """A registrar's client on a running stack."""
    headers = {"Authorization": f"Bearer {token(stack, 'registrar')}"}
    async with httpx2.AsyncClient(headers=headers, timeout=30, limits=httpx2.Limits(max_connections=16)) as http:
        yield Client(http, stack)
