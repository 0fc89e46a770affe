"""One live notification followed hop by hop, as its council, an inspector, an analyst and Government see it over HTTP."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid5

from contracts.clocks import london_date
from contracts.topics import GOVERNMENT
from deploy.console.client import Client, RefusedError, speaking
from deploy.console.clock import now, ticks
from deploy.console.steps import KEYS
from deploy.local.stack import Addresses

GLASGOW: Final = "S12000049"
PATIENCE: Final = 20.0
PAUSE: Final = 0.005


class LostError(Exception):
    """The case did not arrive; the message says where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """Where the case arrived, and how long after it was sent."""

    place: str
    seconds: float


async def followed(stack: Addresses) -> list[Hop]:
    """Notify an invented case and wait for it everywhere. LostError if it does not come."""
    async with AsyncExitStack() as open_:
        council, inspector, analyst, government = [
            await open_.enter_async_context(speaking(stack, role, GLASGOW if role == "council" else None))
            for role in ("council", "inspector", "analyst", "government")
        ]
        figures = f"/v1/figures?from={_today()}&to={_today()}"
        counted, last = await _counted(analyst, figures), await _last_told(government)
        body = invented()
        began = ticks()
        answer = await council.post("intake", "/v1/notifications", body, key=str(uuid5(KEYS, body["council_reference"])))
        hops = [Hop(place=f"accepted by intake as {answer['reference']}", seconds=ticks() - began)]
        case_id, told = answer["case_id"], list[str]()

        async def arriving(place: str, there: Callable[[], Awaitable[bool]]) -> None:
            try:
                async with asyncio.timeout(PATIENCE):
                    while not await there():
                        await asyncio.sleep(PAUSE)
            except TimeoutError:
                raise LostError(f"The case {case_id} has not arrived after {PATIENCE:.0f} s: {place}") from None
            hops.append(Hop(place=place, seconds=ticks() - began))

        async def its_clocks_run() -> bool:
            try:
                return bool((await inspector.get("deadlines", f"/v1/cases/{case_id}/clocks")).json()["clocks"])
            except RefusedError:
                return False

        async def counted_one_more() -> bool:
            return await _counted(analyst, figures) > counted

        async def in_the_feed() -> bool:
            page = await government.get("notification", f"/v1/events?after={last}&wait=10")
            told.extend(event["id"] for event in page.json() if event["subject"] == case_id)
            return bool(told)

        async def on_the_topic() -> bool:
            return bool(told and (await government.get("notification", f"/v1/events/{told[0]}/deliveries")).json()["deliveries"])

        async with asyncio.TaskGroup() as group:
            group.create_task(arriving("its clocks run (deadlines)", its_clocks_run))
            group.create_task(arriving("in Government's feed (GET /v1/events)", in_the_feed))
            group.create_task(arriving(f"on Government's topic ({GOVERNMENT})", on_the_topic))
            group.create_task(arriving("in the figures (statistics)", counted_one_more))
    return sorted(hops, key=lambda hop: hop.seconds)


def invented() -> dict[str, Any]:
    """A notification of today, about nobody."""
    today = _today()
    return {
        "council_reference": f"DEMO-{now():%Y%m%d-%H%M%S-%f}",
        "occurred_on": today,
        "became_aware_on": today,
        "awareness_source": "police",
        "criteria": ["C1"],
        "charged_on": today,
        "role_of_person": "perpetrator_suspected",
        "offence_codes": ["N1"],
        "incident_type": "T06",
        "outcome_of_harm": "serious",
        "person": {"initials": "QZ", "year_of_birth": 1988, "sex": "male"},
        "orders": [{"type": "CPO", "requirements": ["offender_supervision"]}],
        "signed_off_by": {"name": "An invented manager", "grade": "service_manager", "signed_on": today},
        "summary": "An invented incident, for the demonstration.",
    }


async def _counted(analyst: Client, figures: str) -> int:
    return int((await analyst.get("statistics", figures)).json()["figures"]["ST-01"]["value"])


async def _last_told(government: Client) -> int:
    last = 0
    while events := (await government.get("notification", f"/v1/events?after={last}&limit=200")).json():
        last = int(events[-1]["sequence"])
    return last


def _today() -> str:
    return london_date(now()).isoformat()
