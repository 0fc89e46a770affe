"""Steps of a case over HTTP, and what the inspectorate is heard to say of it."""

from typing import Any

import httpx2

from contracts.clocks import london_date
from contracts.envelope import Event
from services.chassis.clock import new_id, now
from services.intake.domain.review import TESTS
from tests.integration.telling.stage import Stage

TODAY = london_date(now())
EVIDENCED = [{"item": item.value, "value": "evidenced"} for items in TESTS.values() for item in items]
IAR: dict[str, Any] = {
    "kind": "IAR",
    "checks": EVIDENCED,
    "reviewer": {"name": "R. Viewer", "grade": "senior_manager", "relationship": "other_council"},
    "conclusion": "iar_sufficient",
    "strengths": ["planted strength"],
    "actions": [{"text": "planted action", "owner": "A. Owner", "due_on": "2020-01-01"}],
    "signed_off_by": {"name": "H. Head", "grade": "head_of_cjsw", "signed_on": str(TODAY)},
    "summary": "planted finding",
}


async def notified(client: httpx2.AsyncClient, body: dict[str, Any]) -> str:
    """A case; its id."""
    answer = await client.post("/v1/notifications", json=body, headers={"Idempotency-Key": str(new_id())})
    assert answer.status_code == httpx2.codes.CREATED, answer.text
    return str(answer.json()["case_id"])


async def ask(client: httpx2.AsyncClient, case: str, step: str, body: dict[str, Any] | None = None) -> httpx2.Response:
    """A step on a case, at the version that is there."""
    seen = await client.get(f"/v1/cases/{case}")
    headers = {"Idempotency-Key": str(new_id()), "If-Match": seen.headers.get("etag", '"0"')}
    return await client.post(f"/v1/cases/{case}/{step}", json=body or {}, headers=headers)


async def done(client: httpx2.AsyncClient, case: str, step: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """The same, not refused; what was answered."""
    answer = await ask(client, case, step, body)
    assert answer.status_code == httpx2.codes.CREATED, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def shown(client: httpx2.AsyncClient, case: str, **parameters: Any) -> dict[str, Any]:
    """The case as it is shown."""
    answer = await client.get(f"/v1/cases/{case}", params=parameters)
    assert answer.status_code == httpx2.codes.OK, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def hears(intake: Stage, case: str, *events: Event) -> None:
    """The inspectorate says something, and intake has taken it in."""
    for event in events:
        await intake.say(event, subject=case, council=None)
    await intake.caught_up()
