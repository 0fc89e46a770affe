"""Whatever is sent, the answer is never a fault of ours: a bounded walk over every operation of both services."""

import asyncio
from collections.abc import Mapping
from itertools import count
from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok

from contracts.clocks import london_date
from contracts.envelope import Origin
from contracts.intake import Review, ReviewSubmitted
from services.chassis.clock import now
from tests.integration.telling.stage import Stage

EXAMPLES = 25
BOUNDED = settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def walk(stage: Stage, role: str, real: Mapping[str, str]) -> list[str]:
    """The faults found while acting as a role, every other time on the `real` path parameters."""
    faults: list[str] = []
    for found in schemathesis.openapi.from_url(f"{stage.base}/openapi.json").get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if operation.path.startswith("/v1/"):
            BOUNDED(given(asked=operation.as_strategy())(_attack(stage, role, real, faults)))()
    return faults


def _attack(stage: Stage, role: str, real: Mapping[str, str], faults: list[str]) -> Any:
    token, numbers = stage.client(role).headers["Authorization"], count()

    def attack(asked: Any) -> None:
        number = next(numbers)
        given_path = asked.path_parameters or {}
        if number % 2:
            asked.path_parameters = given_path | {name: value for name, value in real.items() if name in given_path}
        if "wait" in (asked.query or {}):
            asked.query = asked.query | {"wait": "1"}
        headers = {"Authorization": token, "Idempotency-Key": f"{role}-{asked.operation.label}-{number}", "If-Match": '"0"'}
        answer = asked.call(base_url=stage.base, headers=headers)
        if answer.status_code == 412:
            # An earlier attempt was a step that is possible: the next is judged by the version after it.
            answer = asked.call(base_url=stage.base, headers=headers | {"If-Match": answer.headers["etag"][0]})
        # 415 would mean that the document describes no body, and that nothing was tried.
        if answer.status_code >= 500 or answer.status_code == 415:
            faults.append(f"{asked.operation.label}: {answer.status_code}")

    return attack


async def test_notification_has_no_faults(government: Stage) -> None:
    await government.start()
    case = await government.notify()
    imported = await government.notify(origin=Origin.IMPORT)
    await government.on_topic(least=1)
    [event] = await government.told()
    for role, known in (("government", case), ("registrar", imported)):
        assert await asyncio.to_thread(walk, government, role, {"case_id": known, "event_id": event["id"]}) == []


async def test_feedback_has_no_faults(inspectorate: Stage) -> None:
    case = await inspectorate.notify()
    review = Review(kind="IAR", counts_as="IAR")
    await inspectorate.say(ReviewSubmitted(number=1, on=london_date(now()), review=review), subject=case)
    await inspectorate.caught_up()
    for role in ("lead_officer", "registrar"):
        assert await asyncio.to_thread(walk, inspectorate, role, {"case_id": case}) == []
