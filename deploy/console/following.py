"""A live case followed hop by hop over HTTP: notified, known to everybody, then step by step to accepted feedback and closure."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid5

from contracts.clocks import london_date
from contracts.codes import CheckItem
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What somebody says of the case after its notification, and where and as what it is seen to stand by another service."""

    words: str
    role: str
    service: str
    command: str
    body: Mapping[str, Any]
    seen_by: str
    status: str


REVIEW: Final[Mapping[str, Any]] = {
    "kind": "IAR",
    "reviewer": {"name": "An invented reviewer", "grade": "senior_manager", "relationship": "none"},
    "records_examined": True,
    "checks": [{"item": str(item), "value": "evidenced"} for item in CheckItem if item is not CheckItem.STAFFING_FACTOR],
    "assessment_tool": "LSCMI",
    "conclusion": "iar_sufficient",
    "summary": "An invented review, for the demonstration.",
    "signed_off_by": {"name": "An invented head", "grade": "head_of_cjsw", "signed_on": None},
}
ROAD: Final = (
    Step(
        words="found in scope by the administrator",
        role="administrator",
        service="feedback",
        command="triage",
        body={"outcome": "in_scope"},
        seen_by="intake",
        status="review_in_progress",
    ),
    Step(
        words="reviewed by its council",
        role="council",
        service="intake",
        command="reviews",
        body=REVIEW,
        seen_by="feedback",
        status="review_submitted",
    ),
    Step(
        words="read by an inspector",
        role="inspector",
        service="feedback",
        command="scrutiny",
        body={},
        seen_by="intake",
        status="under_scrutiny",
    ),
    Step(
        words="judged",
        role="inspector",
        service="feedback",
        command="assessment",
        body={"iar_decision": "appropriate", "quality": "high"},
        seen_by="intake",
        status="assessed",
    ),
    Step(
        words="answered by a letter",
        role="inspector",
        service="feedback",
        command="feedback",
        body={"text": "An invented letter, for the demonstration."},
        seen_by="intake",
        status="feedback_sent",
    ),
    Step(
        words="the letter accepted by the council",
        role="council",
        service="intake",
        command="feedback-response",
        body={"response": "accepted"},
        seen_by="feedback",
        status="accepted",
    ),
    Step(
        words="closed",
        role="inspector",
        service="feedback",
        command="closure",
        body={"reason": "All is done."},
        seen_by="intake",
        status="closed",
    ),
)


async def followed(stack: Addresses) -> list[Hop]:
    """Notify an invented case, wait for it everywhere, and take it to its end. LostError if it does not come."""
    case_id, hops = await notified(stack)
    async with AsyncExitStack() as open_:
        clients = {
            role: await open_.enter_async_context(speaking(stack, role, GLASGOW if role == "council" else None))
            for role in ("council", "inspector", "administrator")
        }
        for step in ROAD:
            hops.append(await _taken(clients, case_id, step))
    return hops


async def _taken(clients: Mapping[str, Client], case_id: str, step: Step) -> Hop:
    """Said at one service, and seen by another; how long that took."""
    began, key = ticks(), str(uuid5(KEYS, f"{case_id} {step.command}"))
    await clients[step.role].on_case(step.service, case_id, step.command, step.body, key=key, version=0)
    place = f"{step.words}, and {step.seen_by} knows"

    async def seen() -> bool:
        shown = (await clients["inspector"].get(step.seen_by, f"/v1/cases/{case_id}")).json()
        return bool(shown["status"] == step.status)

    await _until(seen, f"The case {case_id} does not stand as {step.status} in {step.seen_by} after {PATIENCE:.0f} s")
    return Hop(place=place, seconds=ticks() - began)


async def _until(there: Callable[[], Awaitable[bool]], otherwise: str) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while not await there():
                await asyncio.sleep(PAUSE)
    except TimeoutError:
        raise LostError(otherwise) from None


async def notified(stack: Addresses) -> tuple[str, list[Hop]]:
    """Notify an invented case and wait for it everywhere: its id, and the hops."""
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
            await _until(there, f"The case {case_id} has not arrived after {PATIENCE:.0f} s: {place}")
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
    return case_id, sorted(hops, key=lambda hop: hop.seconds)


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
