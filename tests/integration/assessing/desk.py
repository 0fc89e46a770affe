"""The inspectorate's desk: one running service, the council's voice, and people who ask."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx2

from contracts import intake
from contracts.clocks import london_date
from contracts.deadlines import ClockStarted
from contracts.envelope import Event
from contracts.intake import Answer, Review
from contracts.personal import Personal
from services.chassis.clock import new_id, now
from tests.integration.telling.stage import EDINBURGH, GLASGOW, Stage

INSPECTOR, COLLEAGUE = "inspector-7", "inspector-8"
WORDS = Personal("planted-council-words-55")


@dataclass(kw_only=True)
class Desk:
    """A case goes over it: `ask` as somebody, `hear` what a council says."""

    stage: Stage
    versions: dict[str, int] = field(default_factory=dict)

    async def ask(self, case: str, step: str, *, by: str = INSPECTOR, role: str = "inspector", **body: Any) -> httpx2.Response:
        """A step on a case, by the version that was seen last."""
        headers = {"Idempotency-Key": str(new_id()), "If-Match": f'"{self.versions.get(case, 0)}"'}
        async with self.stage.client(role, sub=by) as client:
            answer = await client.post(f"/v1/cases/{case}/{step}", json=body, headers=headers)
        if answer.status_code == 201:
            self.versions[case] = answer.json()["version"]
        return answer

    async def done(self, case: str, step: str, **more: Any) -> dict[str, Any]:
        """A step that is possible; what it answered."""
        answer = await self.ask(case, step, **more)
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.json()
        return told

    async def refused(self, case: str, step: str, **more: Any) -> list[str]:
        """A step that the case does not allow; what it does."""
        answer = await self.ask(case, step, **more)
        assert answer.status_code == 409, answer.text
        allowed: list[str] = answer.json()["allowed"]
        return allowed

    async def unfit(self, case: str, step: str, **more: Any) -> list[tuple[str, str]]:
        """A step whose words do not fit; where and why."""
        answer = await self.ask(case, step, **more)
        assert answer.status_code == 422, answer.text
        return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]

    async def get(
        self, path: str, *, role: str = "inspector", by: str = INSPECTOR, council: str | None = None
    ) -> httpx2.Response:
        """What somebody is shown."""
        async with self.stage.client(role, sub=by, council=council) as client:
            return await client.get(path)

    async def status(self, case: str) -> str:
        """Where the case stands."""
        return str((await self.get(f"/v1/cases/{case}")).json()["status"])

    async def hear(self, case: str, event: Event, *, council: str = GLASGOW) -> None:
        """The council's service, or deadlines, says something; it is taken in."""
        await self.stage.say(event, subject=case, council=council)
        await self.stage.caught_up()

    async def notified(self, **more: Any) -> str:
        """A new case without MAPPA."""
        case = await self.stage.notify(**{"mappa": None} | more)
        await self.stage.caught_up()
        return case

    async def reviewed(self, number: int = 1, *, kind: str = "IAR", **more: Any) -> str:
        """A new case whose first review has come in."""
        case = await self.notified(**more)
        await self.hear(case, submitted(number, kind))
        return case


def today() -> date:
    return london_date(now())


def submitted(number: int = 1, kind: str = "IAR", on: date | None = None) -> intake.ReviewSubmitted:
    return intake.ReviewSubmitted(number=number, on=on or today(), review=Review(kind=kind, counts_as=kind))


def supplied(request: int = 1) -> intake.InformationSupplied:
    return intake.InformationSupplied(request=request, on=today(), answers=(Answer(item=1, text=WORDS),))


def answered(response: str, letter: int = 1) -> intake.FeedbackAnswered:
    return intake.FeedbackAnswered(letter=letter, on=today(), response=response, comments=WORDS)


def moved() -> intake.TransferAccepted:
    return intake.TransferAccepted(on=today(), from_council=GLASGOW, to_council=EDINBURGH)


def started(clock: str, due_on: date) -> ClockStarted:
    return ClockStarted(clock=clock, day_zero=today(), due_on=due_on, policy="2022", calendar="GB-SCT/2026.1")
