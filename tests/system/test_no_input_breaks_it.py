"""Whatever is sent to any operation of any service: no fault of ours, every refusal a problem, and nothing given back that was sent."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

import httpx2
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it ships no types
from schemathesis.core.result import Ok
from schemathesis.core.transport import Response

from contracts.codes import Role
from services.chassis.clock import new_id
from services.chassis.problems import SCHEMA
from tests.contract.describe import DEFINITIONS, application
from tests.system.conftest import GLASGOW, Running, invented

BOUNDED: Final = settings(
    max_examples=15, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
AT_THE_EDGE: Final = {400, 404, 405, 413, 414, 431}
"""What may be answered before a route is asked: told by `default`."""

SHORTEST: Final = 6
"""Shorter values stand in any answer by chance."""


@dataclass(frozen=True, kw_only=True)
class Attack:
    """Requests to one service, in every role, every other one on things that are there; `faults` is what was wrong with answers."""

    stack: Running
    service: str
    real: Mapping[str, str]
    session: requests.Session = field(default_factory=requests.Session)
    numbers: Iterator[int] = field(default_factory=count)
    faults: list[str] = field(default_factory=list)

    @property
    def base(self) -> str:
        """Where it is."""
        return self.stack.services[self.service]

    def run(self) -> None:
        """All operations of the committed document."""
        document = next(application(each).openapi() for each in DEFINITIONS if each.name == self.service)
        published = json.dumps(document, ensure_ascii=False)
        for found in schemathesis.openapi.from_dict(document).get_all_operations():
            assert isinstance(found, Ok)
            operation = found.ok()

            def attacked(asked: Any, role: str) -> None:
                answer = self.sent(asked, role)
                self.faults.extend(f"{role}: {asked.operation.label}: {fault}" for fault in self.judged(asked, answer, published))

            roles = [*operation.definition.raw.get("x-roles", Role), Role.OPERATOR]
            BOUNDED(given(asked=operation.as_strategy(), role=st.sampled_from(roles))(attacked))()

    def sent(self, asked: Any, role: str) -> Response:
        """One request."""
        number = next(self.numbers)
        headers = self.stack.headers(role, **{"Idempotency-Key": f"{role}-{number}"})
        if number % 2:
            given_path = asked.path_parameters or {}
            asked.path_parameters = given_path | {name: value for name, value in self.real.items() if name in given_path}
        if asked.operation.method.upper() == "POST" and "case_id" in self.real:
            case = self.session.get(f"{self.base}/v1/cases/{self.real['case_id']}", headers=headers, timeout=30)
            headers["If-Match"] = case.headers.get("etag", '"0"')
        if "wait" in (asked.query or {}):
            asked.query = asked.query | {"wait": "0"}
        answer: Response = asked.call(base_url=self.base, session=self.session, headers=headers)
        return answer

    def judged(self, asked: Any, answer: Response, published: str) -> Iterator[str]:
        """What is wrong with an answer."""
        described = {int(status) for status in asked.operation.definition.raw["responses"] if status.isdigit()}
        if answer.status_code >= 500 or answer.status_code not in described | AT_THE_EDGE:
            yield f"{answer.status_code}"
        if answer.status_code == 415:
            yield "the document describes no body, and nothing was tried"
        if answer.status_code >= 400:
            [kind] = answer.headers["content-type"]
            if kind != "application/problem+json" or not Draft202012Validator(SCHEMA).is_valid(answer.json()):
                yield f"{answer.status_code} is no problem but {kind}"
            words = json.dumps([answer.json()["detail"], answer.json()["errors"]], ensure_ascii=False)
            sent = {*texts(asked.body), *texts(asked.query), *texts(asked.path_parameters), *texts(asked.headers)}
            for value in sent:
                if len(value) >= SHORTEST and value in words and value not in published:
                    yield f"{answer.status_code} gives back what was sent: {value!r}"


def texts(sent: Any) -> Iterator[str]:
    """Every text among values that were sent; names are not values."""
    match sent:
        case str():
            yield sent
        case dict():
            for each in sent.values():
                yield from texts(each)
        case list() | tuple():
            for each in sent:
                yield from texts(each)
        case _:
            pass


async def there(stack: Running) -> dict[str, str]:
    """A case that all five know, a draft, and what Government was told."""
    async with httpx2.AsyncClient(timeout=40) as client:
        said = invented() | {"council_reference": str(new_id())}
        intake = stack.services["intake"]
        case = (await client.post(f"{intake}/v1/notifications", json=said, headers=stack.headers(council=GLASGOW))).json()
        draft = (await client.post(f"{intake}/v1/drafts", json={}, headers=stack.headers(council=GLASGOW))).json()
        await stack.settled(client)
        url = f"{stack.services['notification']}/v1/events"
        [event] = [
            event
            for event in (await client.get(url, headers=stack.headers("government"))).json()
            if event["subject"] == case["case_id"]
        ]
    return {"case_id": case["case_id"], "draft_id": draft["draft_id"], "event_id": event["id"]}


@pytest.mark.parametrize("service", [definition.name for definition in DEFINITIONS])
def test_no_operation_has_a_fault(stack: Running, service: str) -> None:
    attack = Attack(stack=stack, service=service, real=asyncio.run(there(stack)))
    attack.run()
    assert next(attack.numbers) > 100, "it was tried"
    assert attack.faults == []
