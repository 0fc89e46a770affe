"""One case on its road, by everybody's own hands: each step waits until all have heard of the steps before it."""

from dataclasses import dataclass, field
from typing import Any, Self

import httpx2

from tests.system.conftest import GLASGOW, Running

REVIEW: dict[str, Any] = {
    "kind": "IAR",
    "reviewer": {"name": "D. Reviewer", "grade": "senior_manager", "relationship": "none"},
    "checks": [
        {"item": item, "value": "evidenced"}
        for item in (
            "risk_assessment_completed",
            "risk_assessment_up_to_date",
            "risk_management_plan",
            "plan_informed_by_assessment",
            "order_reviews",
            "contact_levels_appropriate",
            "non_compliance_managed",
        )
    ],
    "assessment_tool": "LSCMI",
    "conclusion": "iar_sufficient",
    "summary": "An invented review.",
    "signed_off_by": {"name": "E. Head", "grade": "head_of_cjsw", "signed_on": "2026-11-20"},
}
INSPECTOR = "inspector-7"


@dataclass
class Road:
    """A case and what was answered on its way."""

    stack: Running
    client: httpx2.AsyncClient
    case_id: str
    reference: str
    council: str = GLASGOW
    said: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    async def begun(cls, stack: Running, client: httpx2.AsyncClient, body: dict[str, Any], **changes: Any) -> Self:
        """Notified by Glasgow."""
        answer = await client.post(f"{stack.services['intake']}/v1/notifications", json=body | changes, headers=stack.headers())
        assert answer.status_code == httpx2.codes.CREATED, answer.text
        return cls(stack, client, answer.json()["case_id"], answer.json()["reference"])

    async def council_says(self, command: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Of the council that is responsible, or of another."""
        return await self._says("intake", command, body, role="council", **more)

    async def inspectorate_says(self, command: str, body: dict[str, Any], **more: Any) -> dict[str, Any]:
        """By the lead officer, or another role."""
        return await self._says("feedback", command, body, **({"role": "lead_officer"} | more))

    async def shown(self, service: str, path: str = "", role: str = "inspector", **query: str) -> dict[str, Any]:
        """What a service answers about the case, when everybody has heard of everything."""
        await self.stack.settled(self.client)
        url = f"{self.stack.services[service]}/v1/cases/{self.case_id}{path}"
        answer = await self.client.get(url, headers=self.stack.headers(role), params=query)
        assert answer.status_code == httpx2.codes.OK, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def clocks(self) -> dict[str, list[str]]:
        """The states of each clock, by instance."""
        found: dict[str, list[str]] = {}
        for clock in (await self.shown("deadlines", "/clocks"))["clocks"]:
            found.setdefault(clock["clock"], []).append(clock["state"])
        return found

    async def status(self) -> tuple[str, str]:
        """As intake and as feedback see it."""
        return (await self.shown("intake"))["status"], (await self.shown("feedback"))["status"]

    async def _says(
        self,
        service: str,
        command: str,
        body: dict[str, Any],
        *,
        role: str,
        council: str | None = None,
        sub: str = INSPECTOR,
        expected: int = httpx2.codes.CREATED,
    ) -> dict[str, Any]:
        await self.stack.settled(self.client)
        url = f"{self.stack.services[service]}/v1/cases/{self.case_id}"
        headers = self.stack.headers(role, council or self.council, sub=sub)
        version = (await self.client.get(url, headers=headers)).headers.get("etag", '"0"')
        answer = await self.client.post(f"{url}/{command}", json=body, headers=headers | {"If-Match": version})
        assert answer.status_code == expected, answer.text
        told: dict[str, Any] = answer.json()
        self.said.append(told)
        return told
